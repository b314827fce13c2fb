//! A build of drafts over final reports: they are kept and named, and `--redraft` turns them into drafts.

use crate::support::{Project, Run, files};

crate::harness::tests! {
    alone: [
        a_build_keeps_a_final_report_and_names_what_a_draft_would_lose,
        a_final_report_becomes_a_draft_when_redraft_is_given,
        a_draft_of_a_final_report_asked_for_by_name_is_refused,
        a_build_over_final_reports_alone_changes_none,
        a_final_report_that_a_person_edited_is_kept,
        a_final_report_outlives_an_error_in_the_roster,
        a_final_report_outlives_a_run_that_cannot_make_it_again,
        a_final_report_whose_documents_are_gone_is_no_obstacle,
        redraft_and_final_exclude_each_other,
        shards_keep_final_reports_until_redraft_is_given,
    ]
}

const STUDY: &str = "input/干部在线学习.csv";
const BRANCHES: [&str; 2] = ["甲党支部", "乙党支部"];

/// The first branch has a final report and a signed copy, the second a draft.
fn half_final() -> Project {
    let project = Project::ready(&BRANCHES).file("signed/甲党支部.pdf", b"%PDF-1.4 scan");
    project.build();
    assert_eq!(project.zicha(&["build", "--final", "--branch", BRANCHES[0]]).code, 0);
    project
}

/// Both branches and the department have final reports.
fn all_final() -> Project {
    let project = Project::ready(&BRANCHES);
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    project
}

fn record(project: &Project, branch: usize) -> serde_json::Value {
    let run: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    run["branches"][branch].clone()
}

fn state(project: &Project, branch: usize) -> String {
    record(project, branch)["state"].as_str().expect("a state").to_owned()
}

fn reports_of(project: &Project, folder: &str) -> Vec<(String, Vec<u8>)> {
    let files = files(&project.path(&format!("output/{folder}")));
    assert!(files.len() > 3, "{folder}");
    files
}

/// How many final reports a run names as kept.
fn kept(run: &Run) -> usize {
    run.stdout.matches("没有改成草稿").count()
}

fn a_build_keeps_a_final_report_and_names_what_a_draft_would_lose() {
    let project = half_final();
    let (before, recorded) = (reports_of(&project, BRANCHES[0]), record(&project, 0));
    let code = recorded["issued"]["code"].as_str().expect("a code").to_owned();
    let run = project.build();
    assert!(run.stdout.contains("警告[Z310]") && kept(&run) == 1, "{}", run.stdout);
    assert!(run.stdout.contains(&format!("（核对码 {code}，签字件 甲党支部.pdf）")), "{}", run.stdout);
    assert!(run.stdout.contains("--redraft") && !run.stdout.contains("定稿之后"), "{}", run.stdout);
    // The other branch's draft follows its ledger.
    let project = project.edit(STUDY, "甲党支部,赵,50,40", "甲党支部,赵,50,41").edit(
        STUDY,
        "乙党支部,赵,50,40",
        "乙党支部,赵,50,43",
    );
    let run = project.build();
    assert!(run.stdout.contains("定稿之后台账改过：干部在线学习.csv"), "{}", run.stdout);
    assert!(run.stdout.contains("报告 1 份，正式报告 1 份没有动，汇总 1 份"), "{}", run.stdout);
    assert_eq!(reports_of(&project, BRANCHES[0]), before);
    // The record says that it would be another report now, and nothing else.
    let mut now = record(&project, 0);
    assert_eq!(now.as_object_mut().and_then(|fields| fields.remove("outdated")), Some(true.into()));
    assert_eq!(now, recorded);
    assert!(project.report_text(BRANCHES[1], "md").contains('7') && state(&project, 1) == "draft");
    let answer: serde_json::Value = serde_json::from_str(&project.zicha(&["build", "--json"]).stdout).expect("JSON");
    let flags = answer["branches"].as_array().expect("branches").iter().map(|branch| branch["kept_final"] == true);
    assert_eq!((flags.collect::<Vec<_>>(), &answer["kept_finals"]), (vec![true, false], &1.into()));
}

fn a_final_report_becomes_a_draft_when_redraft_is_given() {
    let project = half_final();
    let code = record(&project, 0)["issued"]["code"].as_str().expect("a code").to_owned();
    assert!(project.report_text(BRANCHES[0], "html").contains(&code));
    let run = project.zicha(&["build", "--redraft"]);
    let lost = format!("正式报告（核对码 {code}，签字件 甲党支部.pdf）已改成草稿");
    assert!(run.code == 0 && run.stdout.contains(&lost), "{}", run.all());
    assert!(state(&project, 0) == "draft" && !project.report_text(BRANCHES[0], "html").contains(&code));
    for arguments in [&["build"][..], &["build", "--redraft"]] {
        let run = project.zicha(arguments);
        assert!(run.code == 0 && !run.stdout.contains("[Z310]"), "{}", run.all());
    }
}

fn a_draft_of_a_final_report_asked_for_by_name_is_refused() {
    let project = half_final();
    let before = reports_of(&project, BRANCHES[0]);
    let run = project.zicha(&["build", "--branch", BRANCHES[0]]);
    assert!(run.code == 1 && kept(&run) == 1, "{}", run.all());
    assert_eq!(reports_of(&project, BRANCHES[0]), before);
    assert_eq!(project.zicha(&["build", "--branch", BRANCHES[1]]).code, 0);
    let run = project.zicha(&["build", "--branch", BRANCHES[0], "--redraft"]);
    assert!(run.code == 0 && state(&project, 0) == "draft", "{}", run.all());
}

fn a_build_over_final_reports_alone_changes_none() {
    let project = all_final();
    let folders = ["甲党支部", "乙党支部", "汇总"];
    let before = folders.map(|folder| reports_of(&project, folder));
    let run = project.build();
    assert_eq!(kept(&run), 3, "{}", run.stdout);
    assert!(run.stdout.contains("报告 0 份，正式报告 2 份没有动，正式的汇总没有动"), "{}", run.stdout);
    assert_eq!(folders.map(|folder| reports_of(&project, folder)), before);
    // They are final still.
    let run = project.zicha(&["build", "--final"]);
    assert!(run.code == 0 && run.stdout.contains("正式报告 2 份（2 份没有变化）"), "{}", run.all());
    let run = project.zicha(&["build", "--redraft"]);
    assert_eq!(run.stdout.matches("已改成草稿").count(), 3, "{}", run.all());
}

fn a_final_report_that_a_person_edited_is_kept() {
    let project = half_final().file("output/甲党支部/甲党支部-自查报告.docx", b"mine");
    let before = reports_of(&project, BRANCHES[0]);
    assert_eq!(kept(&project.build()), 1);
    assert_eq!((reports_of(&project, BRANCHES[0]), state(&project, 0)), (before, "final".to_owned()));
}

fn a_final_report_outlives_an_error_in_the_roster() {
    let project = half_final();
    let before = reports_of(&project, BRANCHES[0]);
    let project = project.edit("input/党组织名册.csv", "甲党支部,机关党支部", "甲党支部,");
    let run = project.zicha(&["build"]);
    assert!(run.code == 1 && run.stdout.contains("[Z205]"), "{}", run.all());
    let project = project.edit("input/党组织名册.csv", "甲党支部,", "甲党支部,机关党支部");
    assert_eq!(kept(&project.build()), 1);
    assert_eq!(reports_of(&project, BRANCHES[0]), before);
}

/// A gap keeps the report from being made final again: its code was off the record then, and the next draft replaced
/// it.
fn a_final_report_outlives_a_run_that_cannot_make_it_again() {
    let project = all_final();
    let folders = ["甲党支部", "汇总"];
    let before = folders.map(|folder| reports_of(&project, folder));
    let code = record(&project, 0)["issued"]["code"].as_str().expect("a code").to_owned();
    let project = project.edit(STUDY, "甲党支部,赵,50,40", "甲党支部,赵,50,");
    let stopped = || {
        let run = project.zicha(&["build", "--final"]);
        assert!(run.code == 1 && run.stdout.contains("[Z302]"), "{}", run.all());
        assert_eq!(state(&project, 0), "stopped");
    };
    stopped();
    stopped();
    let run = project.build();
    assert!(kept(&run) == 3 && run.stdout.contains(&code), "{}", run.stdout);
    assert_eq!(folders.map(|folder| reports_of(&project, folder)), before);
    assert_eq!(
        (state(&project, 0), &record(&project, 0)["issued"]["code"]),
        ("final".to_owned(), &code.as_str().into())
    );
    stopped();
    let run = project.zicha(&["build", "--redraft"]);
    assert!(run.code == 0 && run.stdout.contains(&format!("正式报告（核对码 {code}）已改成草稿")), "{}", run.all());
    assert_eq!(state(&project, 0), "draft");
}

fn a_final_report_whose_documents_are_gone_is_no_obstacle() {
    let project = half_final();
    for extension in ["md", "html", "docx"] {
        std::fs::remove_file(project.report(BRANCHES[0], extension)).expect("removed");
    }
    let run = project.build();
    assert!(kept(&run) == 0 && state(&project, 0) == "draft", "{}", run.stdout);
}

fn redraft_and_final_exclude_each_other() {
    let project = half_final();
    let run = project.zicha(&["build", "--final", "--redraft"]);
    assert!(run.code == 2 && run.stderr.contains("--redraft"), "{}", run.all());
    assert_eq!(state(&project, 0), "final");
}

fn shards_keep_final_reports_until_redraft_is_given() {
    let names: Vec<String> = (1..=6).map(|n| format!("第{n}党支部")).collect();
    let project = Project::ready(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let shards = |more: &[&str]| -> Vec<Run> {
        let shard = |shard| project.zicha(&[&["build", "--shard", shard], more].concat());
        ["0/2", "1/2"].into_iter().map(shard).collect()
    };
    assert!(shards(&["--final"]).iter().all(|run| run.code == 0));
    let before: Vec<_> = names.iter().map(|name| reports_of(&project, name)).collect();
    // Before shards are merged and after.
    for _ in 0..2 {
        let runs = shards(&[]);
        assert_eq!(runs.iter().map(kept).sum::<usize>(), 6, "{}", runs[0].all());
        let merged = project.zicha(&["merge"]);
        assert!(merged.code == 0 && kept(&merged) == 6, "{}", merged.all());
        assert_eq!(names.iter().map(|name| reports_of(&project, name)).collect::<Vec<_>>(), before);
        assert!((0..6).all(|branch| state(&project, branch) == "final"));
    }
    let runs = shards(&["--redraft"]);
    assert_eq!(runs.iter().map(|run| run.stdout.matches("已改成草稿").count()).sum::<usize>(), 6);
    let merged = project.zicha(&["merge", "--redraft"]);
    assert!(merged.code == 0 && !merged.stdout.contains("[Z310]"), "{}", merged.all());
    assert!((0..6).all(|branch| state(&project, branch) == "draft"));
}
