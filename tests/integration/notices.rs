//! Several notices beside one another: each finds its own ledgers and writes its own reports.

use crate::support::{Project, copy, files};

crate::harness::tests! {
    alone: [
        each_notice_reads_its_own_ledgers_and_writes_its_own_reports,
        signed_copies_of_another_notice_are_not_looked_at,
        reports_of_another_notice_are_not_replaced,
        a_renamed_notice_goes_on_in_its_output_folder,
    ]
}

/// The settings of the second notice.
const OTHER: &str = "templates/2026-safety/notice.toml";

/// Two notices: the shipped one's place has a small one with 甲党支部, the other one has 乙党支部 in its own ledgers.
fn two_notices() -> Project {
    let project = Project::ready(&["甲党支部"]);
    copy(&project.path("templates/2018-grassroots"), &project.path("templates/2026-safety"));
    project
        .edit(OTHER, "title    = \"", "title    = \"安全")
        .file("input/2026-safety/党组织名册.csv", "党组织名称,类别,联系人\n乙党支部,机关党支部,袁联系\n".as_bytes())
        .file(
            "input/2026-safety/干部在线学习.csv",
            "党组织,姓名,规定学时,已完成学时\n乙党支部,赵,50,40\n乙党支部,钱,50,40\n".as_bytes(),
        )
}

/// The names of the branches whose reports are in an output folder.
fn reports(project: &Project, output: &str) -> Vec<String> {
    let names = files(&project.path(output)).into_iter().map(|(name, _)| name);
    names.filter(|name| name.ends_with(".md") && !name.starts_with("汇总")).collect()
}

fn each_notice_reads_its_own_ledgers_and_writes_its_own_reports() {
    let project = two_notices();
    project.build();
    assert_eq!(reports(&project, "output"), ["甲党支部/甲党支部-自查报告.md"]);
    let first = files(&project.path("output"));
    let run = project.zicha(&["build", "--notice", OTHER]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_eq!(reports(&project, "output/2026-safety"), ["乙党支部/乙党支部-自查报告.md"]);
    let of_first: Vec<_> =
        files(&project.path("output")).into_iter().filter(|(name, _)| !name.starts_with("2026-safety/")).collect();
    assert_eq!(of_first, first, "the first notice's reports stay as they are");

    // Every command finds them likewise.
    let check = project.zicha(&["check", "--json", "--notice", OTHER]).stdout;
    assert!(!check.contains("甲党支部"), "{check}");
    let forms = project.zicha(&["form", "forms", "--notice", OTHER]);
    assert!(forms.stdout.contains("填报表 1 份"), "{}", forms.all());
    let status = project.zicha(&["status", "--json", "--notice", OTHER]).stdout;
    assert!(status.contains("乙党支部") && !status.contains("甲党支部"), "{status}");
    assert!(project.zicha(&["status", "--json"]).stdout.contains("甲党支部"));
    // A notice without a folder of its own has the ledgers that belong to no other, unless an option names a folder.
    std::fs::rename(project.path("input/2026-safety"), project.path("elsewhere")).expect("renamed");
    let run = project.zicha(&["build", "--notice", OTHER, "--output", "common"]);
    assert_eq!((run.code, reports(&project, "common")), (0, vec!["甲党支部/甲党支部-自查报告.md".to_owned()]));
    let run = project.zicha(&["build", "--notice", OTHER, "--input", "elsewhere", "--output", "named"]);
    assert_eq!((run.code, reports(&project, "named")), (0, vec!["乙党支部/乙党支部-自查报告.md".to_owned()]));
}

fn signed_copies_of_another_notice_are_not_looked_at() {
    let project = two_notices().file("signed/2026-safety/甲党支部.pdf", b"%PDF-1.4");
    project.build();
    let status = project.zicha(&["status", "--json"]);
    assert!(!status.all().contains("2026-safety"), "{}", status.all());
    let run = project.zicha(&["build", "--notice", OTHER]);
    assert_eq!(run.code, 0, "{}", run.all());
    let status = project.zicha(&["status", "--notice", OTHER]);
    assert!(status.all().contains("signed/2026-safety/甲党支部.pdf"), "{}", status.all());
}

fn reports_of_another_notice_are_not_replaced() {
    let project = two_notices();
    project.build();
    // The journal of a run that wrote nothing is in `.zicha`.
    let kept = || files(&project.path("output")).into_iter().filter(|(name, _)| !name.starts_with(".zicha/"));
    let before: Vec<_> = kept().collect();
    let run = project.zicha(&["build", "--notice", OTHER, "--output", "output"]);
    let expected = "错误：output 里是另一份通知《关于报送学习情况的通知》的报告，没有生成；\
                    这份通知的台账放在 input/2026-safety 里，报告就写到 output/2026-safety，也可以用 --output 另指一个文件夹";
    assert_eq!((run.code, run.stderr.lines().last()), (2, Some(expected)), "{}", run.all());
    assert!(kept().eq(before));
}

fn a_renamed_notice_goes_on_in_its_output_folder() {
    let project = two_notices();
    project.build();
    std::fs::rename(project.path("templates/2018-grassroots"), project.path("templates/2018")).expect("renamed");
    let run = project.zicha(&["build", "--notice", "templates/2018/notice.toml"]);
    assert_eq!(run.code, 0, "{}", run.all());
}
