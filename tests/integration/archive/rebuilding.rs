//! Reports rebuilt from the ledgers archived with them.

use super::{BRANCHES, archive, forget_seals, package, project, rehash, unsigned};
use crate::support::{NOTICE, Project, tools};

crate::harness::tests! {
    alone: [
        rebuilding_from_the_archived_ledgers_gives_the_same_bytes,
        a_report_of_the_shipped_notice_is_rebuilt_from_every_kind_of_workbook,
        a_metric_that_the_ledgers_do_not_yield_is_named,
        a_report_with_source_comments_is_never_final,
    ]
    with_tools: [
        a_pdf_is_archived_with_its_pages_and_rebuilt_in_the_same_fonts,
    ]
}

fn rebuilding_from_the_archived_ledgers_gives_the_same_bytes() {
    let project = Project::ready(&["甲党支部", "乙党支部", "丙党支部"]).edit(
        &format!("{NOTICE}/notice.toml"),
        "qr         = false",
        "qr         = true",
    );
    let run = project.zicha(&["build", "--final", "--date", "2018-11-01"]);
    assert_eq!(run.code, 0, "{}", run.all());
    unsigned(&project, &[]);
    unsigned(&project, &["--out", "zipped", "--zip"]);
    // The project's own input and templates are not used.
    std::fs::remove_dir_all(project.path("input")).expect("removed");
    std::fs::remove_dir_all(project.path("templates")).expect("removed");
    for number in 1..=4 {
        let name = format!("Z109-WS·2018-D30-ZZB-{number:04}");
        for path in [format!("archive/{name}"), format!("zipped/{name}.zip")] {
            let run = project.zicha(&["verify", "--rebuild", &path]);
            // `--date` sets the branches' date and not the department's.
            assert_eq!(run.code, 0, "{path}: {}", run.all());
            assert!(run.stdout.contains("重新生成的报告与归档的一致"), "{}", run.stdout);
        }
    }
}

fn a_pdf_is_archived_with_its_pages_and_rebuilt_in_the_same_fonts() {
    let project = Project::ready(&BRANCHES);
    let fonts = tools().join("fonts");
    let fonts = fonts.to_string_lossy();
    let run = project.zicha(&["build", "--final", "--fonts", &fonts]);
    assert_eq!(run.code, 0, "{}", run.all());
    let run = archive(&project, &["--unsigned"]);
    assert!(run.code == 0 && !run.all().contains("页数未著录"), "{}", run.all());
    let bag = package(&project, 1);
    let report = bag.join(format!("data/reports/{0}/{0}-自查报告.pdf", BRANCHES[0]));
    assert!(report.is_file() && report.with_file_name("fonts.json").is_file());
    let path = bag.display().to_string();
    let run = project.zicha(&["verify", "--rebuild", "--fonts", &fonts, &path]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(run.stdout.contains("重新生成的报告与归档的一致"), "{}", run.stdout);
    let run = project.zicha(&["verify", "--rebuild", &path]);
    assert!(run.code == 1 && run.all().contains("PDF 没有比对：这台电脑没有排它的字体“Fandol"), "{}", run.all());
}

fn a_report_of_the_shipped_notice_is_rebuilt_from_every_kind_of_workbook() {
    let settings = format!("{NOTICE}/notice.toml");
    let project = Project::sample().edit(&settings, "# fonds      = ", "fonds = ").edit(
        &settings,
        "# retention  = ",
        "retention = ",
    );
    let branch = "信息工程学院党总支";
    let run = project.zicha(&["build", "--final", "--branch", branch]);
    assert_eq!(run.code, 0, "{}", run.all());
    unsigned(&project, &["--branch", branch]);
    let bag = project.path("archive/0001-WS·2018-D30-组织人事处-0001");
    let run = project.zicha(&["verify", "--rebuild", &bag.display().to_string()]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(bag.join("data/ledgers/突破项目.xls").exists() && bag.join("data/notice/summary/theme.md").exists());
}

fn a_metric_that_the_ledgers_do_not_yield_is_named() {
    let project = project();
    unsigned(&project, &["--branch", BRANCHES[0]]);
    let bag = package(&project, 1);
    // With its seal at hand, the package is not rebuilt.
    forget_seals(&project);
    let path = bag.display().to_string();
    let edit = |name: &str, from: &str, to: &str| {
        let text = std::fs::read_to_string(bag.join(name)).expect("a file");
        assert!(text.contains(from), "{name}: {from}");
        std::fs::write(bag.join(name), text.replace(from, to)).expect("a file");
        rehash(&bag);
    };
    edit("data/ledgers/干部在线学习.csv", "甲党支部,赵,50,40", "甲党支部,赵,50,30");
    let run = project.zicha(&["verify", &path]);
    assert_eq!(run.code, 0, "the hashes are right: {}", run.all());
    let run = project.zicha(&["verify", "--rebuild", &path]);
    assert!(run.code == 1 && run.stdout.contains("[Z428]") && run.stdout.contains("完好 0 个"), "{}", run.all());
    assert!(run.stdout.contains("“所缺学时”归档的是 10，重新生成的是 20"), "{}", run.stdout);
    // A package by another version: only the metrics are compared.
    edit("data/ledgers/干部在线学习.csv", "甲党支部,赵,50,30", "甲党支部,赵,50,40");
    let version = format!("<程序版本>{}<", env!("CARGO_PKG_VERSION"));
    edit("metadata.xml", &version, "<程序版本>0.0.1<");
    edit("data/reports/甲党支部/甲党支部-自查报告.html", "<title>", "<title> ");
    edit("bag-info.txt", "Payload-Oxum", "X-Oxum");
    let run = project.zicha(&["verify", "--rebuild", &path]);
    assert_eq!(run.code, 0, "{}", run.all());
    edit("metadata.xml", "<程序版本>0.0.1<", &version);
    let run = project.zicha(&["verify", "--rebuild", &path]);
    assert!(run.code == 1 && run.stdout.contains("甲党支部-自查报告.html 与重新生成的不同"), "{}", run.all());
}

fn a_report_with_source_comments_is_never_final() {
    let run = project().zicha(&["build", "--final", "--trace"]);
    assert_eq!(run.code, 2, "{}", run.all());
    assert_eq!(archive(&project(), &["--unsigned"]).code, 0);
}
