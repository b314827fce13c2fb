//! `[severity]` in the settings holds for the findings of every stage, whichever command prints them.

use std::collections::BTreeSet;

use serde_json::json;
use zicha::diagnostics::{Code, Severity, code};

use crate::support::{NOTICE, Project, SCAN, tools};

crate::harness::tests! {
    alone: [every_stage_has_the_severities_of_the_settings]
    with_tools: [fonts_have_the_severities_of_the_settings]
}

/// The codes that only commands with fonts print.
const OF_FONTS: [&str; 5] = ["Z331", "Z332", "Z333", "Z334", "Z335"];
const BRANCHES: [&str; 2] = ["甲党支部", "乙党支部"];
const STUDY: &str = "input/干部在线学习.csv";

/// A severity that is not the code's own and does not stop a final report.
fn other(code: Code) -> Severity {
    if code.severity == Severity::Note { Severity::Warning } else { Severity::Note }
}

/// The project with another severity for the code of every stage.
fn overridden(project: Project) -> Project {
    let notice = format!("{NOTICE}/notice.toml");
    let mut text = project.read(&notice);
    text.push_str("\n[severity]\n");
    for code in code::ALL.iter().copied().filter(|code| code::fixed_severity(code).is_none()) {
        text.push_str(&format!("{} = \"{}\"\n", code.id, other(code).label()));
    }
    project.file(&notice, text.as_bytes())
}

fn ready() -> Project {
    overridden(Project::ready(&BRANCHES))
}

/// The codes that a command has printed, each with the severity of the settings.
#[derive(Default)]
struct Seen(BTreeSet<&'static str>);

impl Seen {
    fn run(&mut self, project: &Project, arguments: &[&str], expected: &[&str]) {
        let printed = project.zicha(arguments).all();
        for code in code::ALL.iter().copied().filter(|code| code::fixed_severity(code).is_none()) {
            let own = format!("{}[{}]", code.severity.label(), code.id);
            assert!(!printed.contains(&own), "{arguments:?}: {printed}");
            if printed.contains(&format!("{}[{}]", other(code).label(), code.id)) {
                self.0.insert(code.id);
            }
        }
        for code in expected {
            assert!(printed.contains(&format!("[{code}]")), "{arguments:?} prints no {code}: {printed}");
        }
    }
}

fn every_stage_has_the_severities_of_the_settings() {
    let mut seen = Seen::default();
    let roster = "党组织名称,类别,联系人\n甲党支部,机关党支部,袁\n甲党支部,机关党支部,袁\n乙党支部,,袁\n";
    let project = ready()
        .file("input/党组织名册.csv", roster.as_bytes())
        .file("input/坏.xlsx", b"PK")
        .file("input/说明.txt", b"x")
        .file(&format!("{NOTICE}/study.md"), "共{{ n.cadres + 1 }}人".as_bytes());
    seen.run(&project, &["check"], &["Z001", "Z004", "Z204", "Z205", "Z306"]);
    let spec = json!({ "sheets": [{ "name": "干部在线学习", "rows": [["党组织"], ["甲党支部"]] }] });
    let project = ready().patched_workbook("学习.xlsx", &spec, "r=\"A2\"", "r=\"\"");
    seen.run(&project, &["check"], &["Z009"]);
    let spec = json!({ "sheets": [{ "name": "干部在线学习", "rows": [["党组织"], ["甲党支部"], ["乙党支部"]] }] });
    let project = ready().patched_workbook("学\u{202e}习.xlsx", &spec, "r=\"A3\"", "r=\"A2\"");
    std::os::unix::fs::symlink("没有.csv", project.path("input/断.csv")).expect("a link");
    seen.run(&project, &["check"], &["Z015", "Z016", "Z017"]);

    // Counted with more than a MiB: 600 rows of four cells of 512 bytes.
    let rows = vec![vec!["甲党支部", "赵", "50", "40"]; 600];
    let project = ready().edit(&format!("{NOTICE}/notice.toml"), "[roster]", "[limits]\nrun_mib = 1\n[roster]");
    let project = project.ledger("干部在线学习", &["党组织", "姓名", "规定学时", "已完成学时"], &rows);
    seen.run(&project, &["check"], &["Z018"]);

    let project = ready().edit(STUDY, "甲党支部,赵,50,40", "甲党支部,赵,50,");
    seen.run(&project, &["build"], &["Z301"]);
    seen.run(&project, &["build", "--final"], &["Z302", "Z305"]);
    let project = ready().edit(STUDY, "甲党支部,赵,50,40", "甲党支部,赵,50,若干");
    seen.run(&project, &["build", "--final"], &["Z303"]);

    let project = ready().file("output/index.html/x", b"").file("output/甲党支部/甲党支部-自查报告.docx/x", b"");
    seen.run(&project, &["build"], &["Z304"]);
    assert_eq!(project.zicha(&["build"]).stdout.matches("提示[Z304]").count(), 2, "the report's and the run's own");

    seen.run(&ready().file("output/run.json", b"{"), &["build"], &["Z019"]);
    let project = ready();
    project.build();
    let project = project
        .file("output/甲党支部/甲党支部-自查报告.md", b"mine")
        .edit(STUDY, "甲党支部,赵,50,40", "甲党支部,赵,50,45")
        .edit(STUDY, "乙党支部,赵,50,40\n", "")
        .edit("input/党组织名册.csv", "乙党支部,机关党支部,袁联系\n", "");
    seen.run(&project, &["build"], &["Z307", "Z308"]);
    seen.run(&ready(), &["merge"], &["Z309"]);

    let ready_project = Project::ready(&BRANCHES);
    let settings = format!("{NOTICE}/notice.toml");
    let text = ready_project.read(&settings) + "[[annex]]\ntitle = \"证书\"\nfiles = \"files\"\n";
    let with_files = overridden(ready_project.file(&settings, text.as_bytes()))
        .file(&format!("{NOTICE}/files/甲党支部/证书.pdf"), b"no pdf")
        .file(&format!("{NOTICE}/files/甲党支部/证书.docx"), b"PK")
        .file(&format!("{NOTICE}/files/证书.pdf"), b"%PDF-");
    seen.run(&with_files, &["check"], &["Z320", "Z321", "Z322", "Z324"]);
    let with_files = with_files.file(&format!("{NOTICE}/files/甲党支部/证书.pdf"), b"%PDF-");
    with_files.build();
    std::fs::remove_file(with_files.path(&format!("{NOTICE}/files/甲党支部/证书.pdf"))).expect("a removed file");
    seen.run(&with_files, &["build"], &["Z323"]);

    let checks = ["branch\"\nwhen = 'cadres > 0'", "department\"\nwhen = 'cadres_all > 0'"];
    let checks = checks.map(|check| format!("[[check]]\nscope = \"{check}\nseverity = \"警告\"\nmessage = \"甲\"\n\n"));
    let with_checks = Project::ready(&BRANCHES).edit(&settings, "[[section]]", &(checks.concat() + "[[section]]"));
    seen.run(&overridden(with_checks), &["check"], &["Z211", "Z212"]);

    let compared =
        ready().file(&format!("{NOTICE}/study.md"), "{{ change(cadres) }}，{{ change(prizes) }}。".as_bytes());
    seen.run(&compared, &["check"], &["Z217"]);
    // The table of an earlier run lacks a metric and a branch, and has a text in place of a number.
    let rows = json!([["学习"], ["序号", "党组织", "类别", "应学人数（人）"], [1, "甲党支部", "机关党支部", "很多"]]);
    let compared = compared.workbook("上期.xlsx", &json!({ "sheets": [{ "name": "学习", "rows": rows }] }));
    std::fs::rename(compared.path("input/上期.xlsx"), compared.path("上期.xlsx")).expect("moved");
    seen.run(&compared, &["check", "--previous", "上期.xlsx"], &["Z215", "Z216", "Z218"]);

    let archive = ["archive", "--by", "张三", "--at", "2018-11-05"];
    seen.run(&project, &archive, &["Z411"]);
    let project = ready();
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    seen.run(&project, &["build"], &["Z310"]);
    seen.run(&project, &archive, &["Z412"]);
    seen.run(&project, &[&archive[..], &["--unsigned"]].concat(), &["Z413"]);

    let run: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let code_of = |at: usize| run["branches"][at]["issued"]["code"].as_str().expect("a code").to_owned();
    let mistyped = format!("signed/{}X.png", &code_of(1)[..20]);
    let project = project
        .file(&format!("signed/{}.pdf", code_of(0)), SCAN)
        .file(&mistyped, b"")
        .file("signed/乙党支部.jpg", b"\xff\xd8\xff")
        .file("signed/乙党支部.pdf", SCAN)
        .file("signed/扫描.tif", b"II*\0")
        .edit(STUDY, "甲党支部,赵,50,40", "甲党支部,赵,50,45");
    // Too large to be opened; the disk holds none of it.
    let too_large = std::fs::File::create(project.path("signed/太大.pdf")).expect("a file");
    too_large.set_len((256 << 20) + 1).expect("a sparse file");
    seen.run(&project, &["build", "--final"], &["Z311"]);
    assert_eq!(project.zicha(&["build", "--final", "--replace-signed"]).code, 0);
    seen.run(&project, &["status"], &["Z401", "Z402", "Z403", "Z404", "Z405"]);
    seen.run(&project, &archive, &["Z414"]);

    let all = code::ALL.iter().copied().filter(|code| code::fixed_severity(code).is_none()).map(|code| code.id);
    let all: BTreeSet<&str> = all.filter(|code| !OF_FONTS.contains(code)).collect();
    assert_eq!(seen.0, all);
}

fn fonts_have_the_severities_of_the_settings() {
    let mut seen = Seen::default();
    let project = overridden(Project::ready(&["甲\u{2a6d6}党支部"]));
    let folder = project.path("fonts");
    std::fs::create_dir_all(&folder).expect("a folder");
    let song = std::fs::read(tools().join("fonts/FandolFang-Regular.otf")).expect("a font");
    std::fs::write(folder.join("FandolFang-Regular.otf"), &song).expect("a copy");
    std::fs::write(folder.join("FandolHei-Regular.otf"), not_to_be_embedded("FandolHei-Regular.otf")).expect("a copy");
    seen.run(&project, &["build", "--format", "pdf", "--fonts", "fonts"], &["Z331", "Z332", "Z333"]);

    // One report is final, with an annex that cannot be bound in.
    let settings = format!("{NOTICE}/notice.toml");
    let project = Project::ready(&BRANCHES);
    let annex = "\n[[annex]]\ntitle = \"证书\"\nfiles = \"files\"\nwithout_data = \"omit\"\n";
    let text = project.read(&settings) + annex;
    let project = overridden(project.file(&settings, text.as_bytes()));
    let project = project.file(&format!("{NOTICE}/files/{}/坏.pdf", BRANCHES[0]), b"%PDF-1.4\nnothing\n%%EOF\n");
    let fonts = tools().join("fonts").display().to_string();
    seen.run(&project, &["build", "--final", "--branch", BRANCHES[0], "--fonts", &fonts], &[]);
    seen.run(&project, &["print", "--fonts", &fonts], &["Z334", "Z335"]);
    assert_eq!(seen.0, OF_FONTS.into());
}

/// A font of the tools that says that it must not be embedded (`fsType` 2, eight bytes into the table OS/2).
fn not_to_be_embedded(name: &str) -> Vec<u8> {
    let mut font = std::fs::read(tools().join("fonts").join(name)).expect("a font");
    let entry = font[12..].chunks(16).find(|entry| entry.starts_with(b"OS/2")).expect("a table OS/2");
    let offset = u32::from_be_bytes(entry[8..12].try_into().expect("four bytes")) as usize;
    font[offset + 8..offset + 10].copy_from_slice(&[0, 2]);
    font
}
