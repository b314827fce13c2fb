//! Projects under test: a temporary folder with templates and ledgers, in which zicha runs.

use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::workbook::{assert_read_alike, patched, workbook};
use super::{NOTICE, copy, machine, python, root, tools};

/// Keys of specifications that make files which are to be opened in processes of their own.
const HOSTILE: [&str; 6] = ["bomb", "patch", "repeat_part", "replace", "strings", "truncate"];

/// A folder with templates and ledgers, in which zicha runs.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// The shipped templates and no ledger.
    pub(crate) fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        copy(&root().join(NOTICE), &project.path(NOTICE));
        std::fs::create_dir_all(project.path("input")).expect("an input folder");
        project
    }

    /// Neither templates nor ledgers.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A small notice, in the shipped one's place, whose reports have no gap; a cadre for each of the branches, and a
    /// prize for the second.
    pub(crate) fn ready(branches: &[&str]) -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        copy(&root().join("tests/integration/archive/notice"), &project.path(NOTICE));
        let cells = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let roster = branches.iter().map(|name| cells(&[name, "机关党支部", "袁联系"])).collect::<Vec<_>>();
        let study = branches.iter().map(|name| cells(&[name, "赵", "50", "40"])).collect::<Vec<_>>();
        let prize = branches.get(1).map(|name| cells(&[name, "先进"]));
        project
            .ledger("党组织名册", &["党组织名称", "类别", "联系人"], &roster)
            .ledger("干部在线学习", &["党组织", "姓名", "规定学时", "已完成学时"], &study)
            .ledger("获奖情况", &["党组织", "奖项"], prize.as_slice())
    }

    /// Likewise, where one branch did not fill in a number: its report has one gap.
    pub(crate) fn with_a_gap(branches: &[&str], incomplete: &str) -> Self {
        let row = |done: &str| format!("{incomplete},赵,50,{done}\n");
        Self::ready(branches).edit("input/干部在线学习.csv", &row("40"), &row(""))
    }

    /// The first shipped notice with its ledgers; those of other notices are in folders of their own.
    pub(crate) fn sample() -> Self {
        let project = Self::new();
        for entry in std::fs::read_dir(root().join("input")).expect("shipped ledgers") {
            let path = entry.expect("a readable folder").path();
            if path.is_file() {
                let name = path.file_name().unwrap_or_default();
                std::fs::copy(&path, project.path("input").join(name)).expect("a copied ledger");
            }
        }
        project
    }

    /// The shipped templates and a roster of branches with kind 党总支 or 机关党支部.
    pub(crate) fn with_branches(branches: &[(&str, &str)]) -> Self {
        let rows: Vec<Vec<&str>> =
            branches.iter().map(|(name, kind)| vec![*name, kind, "许书记", "袁联系", "b@example.edu.cn"]).collect();
        Self::new().ledger("党组织名册", &["党组织名称", "类别", "书记", "联系人", "电子邮箱"], &rows)
    }

    /// A branch whose report has a table of 14 columns and 40 rows, too wide for a portrait page.
    pub(crate) fn with_a_wide_table(branch: &str) -> Self {
        let columns: Vec<String> = (1..=14).map(|n| format!("指标数值第{n}季")).collect();
        let settings: String = columns
            .iter()
            .enumerate()
            .map(|(n, c)| format!("c{n} = {{ header = [\"{c}\"], type = \"text\" }}\n"))
            .collect();
        let head = format!("| {} |\n| {} |", columns.join(" | "), vec![":---:"; 14].join(" | "));
        let cells: Vec<String> = (0..14).map(|n| format!("{{{{ row.c{n} }}}}")).collect();
        let template = format!(
            "宽表。\n\n表：宽表\n\n{head}\n{{%- for row in wide %}}\n| {} |\n{{%- endfor %}}\n",
            cells.join(" | ")
        );
        let header: Vec<&str> = std::iter::once("党组织").chain(columns.iter().map(String::as_str)).collect();
        let row: Vec<String> =
            std::iter::once(branch.to_owned()).chain((0..14).map(|n| format!("123456789{n:02}"))).collect();
        Self::with_branches(&[(branch, "机关党支部")])
            .ledger("宽表", &header, &vec![row; 40])
            .edit(
                "templates/2018-grassroots/notice.toml",
                "[ledger.rectify]",
                &format!("[ledger.wide]\ntitle = \"宽表\"\n[ledger.wide.columns]\nbranch = {{ header = [\"党组织\"], type = \"branch\" }}\n{settings}\n[ledger.rectify]"),
            )
            .edit("templates/2018-grassroots/notice.toml", "template = \"project.md\"", "template = \"wide.md\"")
            .edit("templates/2018-grassroots/notice.toml", "ledgers  = [\"project\"]", "ledgers  = [\"wide\"]")
            .file("templates/2018-grassroots/wide.md", template.as_bytes())
    }

    /// Adds a ledger that both readers of its format must read alike.
    fn read_alike(self, name: &str, bytes: &[u8]) -> Self {
        assert_read_alike(name, bytes);
        self.file(&format!("input/{name}"), bytes)
    }

    /// Adds a ledger as a CSV file.
    pub(crate) fn ledger<S: AsRef<str>>(self, name: &str, header: &[&str], rows: &[Vec<S>]) -> Self {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(header).expect("a header");
        for row in rows {
            writer.write_record(row.iter().map(AsRef::as_ref)).expect("a row");
        }
        let bytes = writer.into_inner().expect("the table");
        self.read_alike(&format!("{name}.csv"), &bytes)
    }

    /// Adds a workbook with the sheets of a specification.
    pub(crate) fn workbook(self, name: &str, spec: &serde_json::Value) -> Self {
        self.read_alike(name, &workbook(spec))
    }

    /// Adds a workbook with a text of its first sheet's XML replaced, which readers may read differently.
    pub(crate) fn patched_workbook(self, name: &str, spec: &serde_json::Value, from: &str, to: &str) -> Self {
        self.file(&format!("input/{name}"), &patched(&workbook(spec), from, to))
    }

    /// Adds a workbook that openpyxl or LibreOffice writes from a specification, by `tests/tools/workbook.py`.
    pub(crate) fn foreign_workbook(self, name: &str, spec: &serde_json::Value) -> Self {
        let project = self.file("spec.json", spec.to_string().as_bytes());
        let target = project.path(&format!("input/{name}"));
        std::fs::create_dir_all(target.parent().expect("a parent")).expect("a folder");
        python("workbook.py", &[&project.path("spec.json"), &target]);
        if !HOSTILE.iter().any(|key| spec.get(key).is_some()) {
            assert_read_alike(name, &std::fs::read(target).expect("a workbook"));
        }
        project
    }

    /// Everything that `zicha check` finds, as JSON.
    pub(crate) fn findings(&self) -> Vec<serde_json::Value> {
        let run = self.zicha(&["check", "--json"]);
        assert_ne!(run.code, 2, "{}", run.all());
        run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect()
    }

    /// The findings with one code.
    pub(crate) fn findings_of(&self, code: &str) -> Vec<serde_json::Value> {
        self.findings().into_iter().filter(|finding| finding["code"] == code).collect()
    }

    /// A branch's rows of a ledger as they were read: each cell with its address and its value.
    pub(crate) fn rows(&self, branch: &str, ledger: &str) -> Vec<Vec<String>> {
        use zicha::model::Value;
        let settings = zicha::pipeline::Settings::load(&self.path(&format!("{NOTICE}/notice.toml"))).expect("settings");
        let readers = zicha::pipeline::readers(&settings.notice, &machine());
        let examined = zicha::pipeline::analyze(&settings, &self.path("input"), &readers, &zicha::pipeline::NoProgress)
            .expect("an input folder");
        let index = settings.notice.ledger_index(ledger).expect("a ledger");
        let branch = examined.bound.branches.iter().find(|b| b.name() == branch).expect("a branch");
        let text = |value: Value<'_>| match value {
            Value::Text(text) => text.to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Missing => String::new(),
            other => format!("{other:?}"),
        };
        let rows = branch.rows(index).unwrap_or_default().iter();
        rows.map(|row| {
            (0..row.cells().count()).map(|at| format!("{} {}", row.cell_ref(at).a1(), text(row.value(at)))).collect()
        })
        .collect()
    }

    /// Adds or replaces a file.
    pub(crate) fn file(self, name: &str, bytes: &[u8]) -> Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, bytes).expect("a written file");
        self
    }

    /// Replaces text in a file; the text must be there.
    pub(crate) fn edit(self, name: &str, from: &str, to: &str) -> Self {
        let text = self.read(name);
        assert!(text.contains(from), "{name} holds no {from:?}");
        self.file(name, text.replacen(from, to, 1).as_bytes())
    }

    /// The path of a file in the project.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The text of a file in the project.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// The path of a branch's report.
    pub(crate) fn report(&self, branch: &str, extension: &str) -> PathBuf {
        self.path(&format!("output/{branch}/{branch}-自查报告.{extension}"))
    }

    /// The text of a branch's report.
    pub(crate) fn report_text(&self, branch: &str, extension: &str) -> String {
        std::fs::read_to_string(self.report(branch, extension)).unwrap_or_else(|e| panic!("{branch}.{extension}: {e}"))
    }

    /// Runs zicha in the project.
    pub(crate) fn zicha(&self, arguments: &[&str]) -> Run {
        self.zicha_with(arguments, &[])
    }

    /// Runs zicha in the project with environment variables. It finds no fonts but those of `--fonts`: what is
    /// installed differs.
    pub(crate) fn zicha_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zicha"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("ZICHA_FONTS", "")
            .envs(environment.iter().copied());
        Run::new(command.output().expect("zicha runs"))
    }

    /// Builds the formats with the Fandol fonts, which must end with 0.
    pub(crate) fn build_with_fonts(&self, formats: &str) -> Run {
        let fonts = tools().join("fonts");
        let run = self.zicha(&["build", "--format", formats, "--fonts", &fonts.to_string_lossy()]);
        assert_eq!(run.code, 0, "{}", run.all());
        run
    }

    /// Runs `zicha build`, which must end with 0.
    pub(crate) fn build(&self) -> Run {
        let run = self.zicha(&["build"]);
        assert_eq!(run.code, 0, "{}", run.all());
        run
    }
}

/// The exit code and the output of a program that has ended.
pub(crate) struct Run {
    /// The exit code; −1 after a signal.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Run {
    /// Takes the exit code and the text from a process that has ended.
    pub(crate) fn new(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Both outputs, for messages.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}
