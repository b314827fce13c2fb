//! The one builder of projects under test, and the outside programs that look at what zicha made.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The settings' folder of the shipped notice.
pub const NOTICE: &str = "templates/2018-grassroots";

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with templates and ledgers, in which zicha runs.
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// The shipped templates and no ledger.
    pub fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        copy(&root().join(NOTICE), &project.path(NOTICE));
        std::fs::create_dir_all(project.path("input")).expect("an input folder");
        project
    }

    /// A small notice, in the shipped one's place, whose reports have no gap; a cadre for each of the branches, and a
    /// prize for the second.
    pub fn ready(branches: &[&str]) -> Self {
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

    /// The shipped templates and the shipped ledgers.
    pub fn sample() -> Self {
        let project = Self::new();
        copy(&root().join("input"), &project.path("input"));
        project
    }

    /// The shipped templates and a roster of branches with kind 党总支 or 机关党支部.
    pub fn with_branches(branches: &[(&str, &str)]) -> Self {
        let rows: Vec<Vec<&str>> =
            branches.iter().map(|(name, kind)| vec![*name, kind, "许书记", "袁联系", "b@example.edu.cn"]).collect();
        Self::new().ledger("党组织名册", &["党组织名称", "类别", "书记", "联系人", "电子邮箱"], &rows)
    }

    /// A branch whose report has a table of 14 columns and 40 rows, too wide for an upright page.
    pub fn with_a_wide_table(branch: &str) -> Self {
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

    /// Adds a ledger as a CSV file.
    pub fn ledger<S: AsRef<str>>(self, name: &str, header: &[&str], rows: &[Vec<S>]) -> Self {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(header).expect("a header");
        for row in rows {
            writer.write_record(row.iter().map(AsRef::as_ref)).expect("a row");
        }
        let bytes = writer.into_inner().expect("the table");
        self.file(&format!("input/{name}.csv"), &bytes)
    }

    /// Adds a workbook made by `tests/tools/workbook.py` from a specification.
    pub fn workbook(self, name: &str, spec: &serde_json::Value) -> Self {
        let project = self.file("spec.json", spec.to_string().as_bytes());
        let target = project.path(&format!("input/{name}"));
        std::fs::create_dir_all(target.parent().expect("a parent")).expect("a folder");
        python("workbook.py", &[&project.path("spec.json"), &target]);
        project
    }

    /// Everything that `zicha check` finds, as JSON.
    pub fn findings(&self) -> Vec<serde_json::Value> {
        let run = self.zicha(&["check", "--json"]);
        assert_ne!(run.code, 2, "{}", run.all());
        run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect()
    }

    /// The findings with one code.
    pub fn findings_of(&self, code: &str) -> Vec<serde_json::Value> {
        self.findings().into_iter().filter(|finding| finding["code"] == code).collect()
    }

    /// A branch's rows of a ledger as they were read: each cell with its address and its value.
    pub fn rows(&self, branch: &str, ledger: &str) -> Vec<Vec<String>> {
        use zicha::model::Value;
        let settings = zicha::pipeline::Settings::load(&self.path(&format!("{NOTICE}/notice.toml"))).expect("settings");
        let readers = zicha::pipeline::readers(&settings.notice, Path::new(env!("CARGO_BIN_EXE_zicha")));
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
    pub fn file(self, name: &str, bytes: &[u8]) -> Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, bytes).expect("a written file");
        self
    }

    /// Replaces text in a file; the text must be there.
    pub fn edit(self, name: &str, from: &str, to: &str) -> Self {
        let text = self.read(name);
        assert!(text.contains(from), "{name} holds no {from:?}");
        self.file(name, text.replacen(from, to, 1).as_bytes())
    }

    /// The path of a file in the project.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The text of a file in the project.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// The path of a branch's report.
    pub fn report(&self, branch: &str, extension: &str) -> PathBuf {
        self.path(&format!("output/{branch}/{branch}-自查报告.{extension}"))
    }

    /// The text of a branch's report.
    pub fn report_text(&self, branch: &str, extension: &str) -> String {
        std::fs::read_to_string(self.report(branch, extension)).unwrap_or_else(|e| panic!("{branch}.{extension}: {e}"))
    }

    /// Runs zicha in the project.
    pub fn zicha(&self, arguments: &[&str]) -> RunManifest {
        self.zicha_with(arguments, &[])
    }

    /// Runs zicha in the project with environment variables.
    pub fn zicha_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> RunManifest {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zicha"));
        command.args(arguments).current_dir(self.folder.path()).envs(environment.iter().copied());
        RunManifest::of(command.output().expect("zicha runs"))
    }

    /// Runs `zicha build`, which must end with 0.
    pub fn build(&self) -> RunManifest {
        let run = self.zicha(&["build"]);
        assert_eq!(run.code, 0, "{}", run.all());
        run
    }
}

/// How a program ended and what it said.
pub struct RunManifest {
    /// The exit code; −1 after a signal.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl RunManifest {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Everything it said.
    pub fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.expect("a readable folder");
        let target = to.join(entry.path().strip_prefix(from).expect("below"));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).expect("a folder");
        } else {
            std::fs::copy(entry.path(), target).expect("a copied file");
        }
    }
}

/// Every file below `folder` with its bytes, by its path, in order.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|e| e.expect("a readable folder"));
    entries
        .filter(|entry| entry.file_type().is_file())
        // What tells the time is another in every run; what a run read is another with every program.
        .filter(|entry| entry.file_name() != "index-changed.js" && entry.file_name() != ".zicha-cache")
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).expect("below").to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).expect("a readable file"))
        })
        .collect()
}

/// The parts of a package by name, XML put on lines of its own so that a difference shows.
pub fn parts(package: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(package)).expect("a package");
    let mut parts: Vec<(String, String)> = (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).expect("a part");
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut part, &mut bytes).expect("a whole part");
            let text =
                String::from_utf8(bytes).map_or_else(|e| e.as_bytes().escape_ascii().to_string(), |t| normalised(&t));
            (part.name().expect("a name").into_owned(), text)
        })
        .collect();
    parts.sort();
    parts
}

/// XML with one tag a line and attributes in order.
fn normalised(xml: &str) -> String {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut out = String::new();
    let mut depth = 0_usize;
    let tag = |start: &quick_xml::events::BytesStart<'_>| {
        let mut attributes: Vec<String> = start
            .attributes()
            .map(|a| a.expect("an attribute"))
            .map(|a| format!(" {}=\"{}\"", a.key.as_ref(), a.value))
            .collect();
        attributes.sort();
        format!("<{}{}>", start.name().as_ref(), attributes.concat())
    };
    loop {
        let event = reader.read_event().expect("well-formed XML");
        if matches!(event, Event::End(_)) {
            depth -= 1;
        }
        let line = match &event {
            Event::Start(start) | Event::Empty(start) => tag(start),
            Event::Text(text) => text.to_string().trim_matches('\n').to_owned(),
            Event::GeneralRef(name) => format!("&{};", &**name),
            Event::Eof => return out,
            _ => String::new(),
        };
        if !line.is_empty() {
            let _ = writeln!(out, "{}{line}", "  ".repeat(depth));
        }
        if matches!(event, Event::Start(_)) {
            depth += 1;
        }
    }
}

/// The folder in which `tests/run` put the fonts and Python packages.
pub fn tools() -> PathBuf {
    std::env::var_os("ZICHA_TOOLS").map_or_else(|| root().join("target/test-tools"), PathBuf::from)
}

/// An outside program that must end well; its output.
fn outside(mut command: Command) -> String {
    let name = format!("{command:?}");
    let output = command.output().unwrap_or_else(|e| panic!("{name}: {e}; tests/run installs what the tests need"));
    let run = RunManifest::of(output);
    assert_eq!(run.code, 0, "{name}\n{}", run.all());
    run.stdout
}

/// Runs a script of `tests/tools`.
pub fn python(script: &str, arguments: &[&Path]) -> String {
    let mut command = Command::new(tools().join("venv/bin/python"));
    command.arg(root().join("tests/tools").join(script)).args(arguments).env("PYTHONDONTWRITEBYTECODE", "1");
    outside(command)
}

/// Runs a script of `tests/tools` that prints JSON.
pub fn python_json(script: &str, arguments: &[&Path]) -> serde_json::Value {
    serde_json::from_str(&python(script, arguments)).expect("JSON")
}

/// Mounts a small disk; whether this user may.
pub fn mounted(disk: &Path, options: &str) -> bool {
    let mut command = Command::new("mount");
    command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(disk).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs bagit.py, which must be content.
pub fn bagit(arguments: &[&str], folder: &Path) {
    let mut command = Command::new(tools().join("venv/bin/python"));
    outside({
        command.args(["-m", "bagit", "--quiet"]).args(arguments).arg(folder);
        command
    });
}

/// Runs Debian's minisign, which must be content; what it says.
pub fn minisign(arguments: &[&str], folder: &Path) -> String {
    let mut command = Command::new("minisign");
    command.args(arguments).current_dir(folder);
    outside(command)
}

/// Checks a package with openxml-audit, which must find nothing.
pub fn audit(docx: &Path) {
    let mut command = Command::new(tools().join("venv/bin/openxml-audit"));
    command.arg(docx).args(["--output", "json", "--max-errors", "0"]);
    let said: serde_json::Value = serde_json::from_str(&outside(command)).expect("JSON");
    assert_eq!((&said[0]["valid"], &said[0]["error_count"]), (&true.into(), &0.into()), "{said:#}");
}

/// Turns documents into PDF with LibreOffice and the Fandol fonts; the PDFs' folder.
pub fn libreoffice(documents: &[PathBuf]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let profile = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new("soffice");
    command
        .arg(format!("-env:UserInstallation=file://{}", profile.path().display()))
        .args(["--headless", "--convert-to", "pdf", "--outdir"])
        .arg(folder.path())
        .args(documents)
        .env("FONTCONFIG_FILE", tools().join("fonts.conf"));
    outside(command);
    folder
}

/// Chromium without a window, with the Fandol fonts; what it says.
fn headless(page: &Path, task: &[&str]) -> String {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new("chromium");
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"])
        .args(["--disable-background-networking", "--disable-component-update"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(task)
        .arg(format!("file://{}", page.display()))
        .env("FONTCONFIG_FILE", tools().join("fonts.conf"));
    outside(command)
}

/// Prints a page to PDF with Chromium.
pub fn chromium(page: &Path, pdf: &Path) {
    headless(page, &["--no-pdf-header-footer", &format!("--print-to-pdf={}", pdf.display())]);
}

/// A picture of a page as Chromium shows it, at 192 dots an inch, about as a scanner would.
pub fn screenshot(page: &Path, picture: &Path) {
    headless(
        page,
        &["--window-size=900,1200", "--force-device-scale-factor=2", &format!("--screenshot={}", picture.display())],
    );
}

/// A page as Chromium has it after its scripts have run.
pub fn chromium_dom(page: &Path) -> String {
    headless(page, &["--dump-dom"])
}

/// A document as plain text, read by pandoc.
pub fn pandoc(document: &Path, format: &str) -> String {
    let mut command = Command::new("pandoc");
    command.args(["--from", format, "--to", "plain", "--wrap", "none"]).arg(document);
    outside(command)
}
