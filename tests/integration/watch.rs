//! `build --watch`: a saved file is built again and the changes are shown.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_saved_ledger_is_rebuilt_and_the_changes_are_shown,
        a_report_made_final_meanwhile_is_kept,
        an_input_folder_that_is_gone_is_stated_and_watched_again_when_it_is_back,
    ]
}

/// A running `build --watch`, killed when dropped.
struct Watching {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Watching {
    fn over(project: &Project, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_zicha"))
            .args(["build", "--watch", "--quiet"])
            .args(more)
            .current_dir(project.path(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("zicha runs");
        let lines = BufReader::new(child.stdout.take().expect("an output"));
        Self { child, lines }
    }

    /// The next line.
    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.lines.read_line(&mut line).expect("a line"), 0, "it ended");
        line
    }

    /// The output until it waits for the next change.
    fn said(&mut self) -> String {
        let mut said = String::new();
        loop {
            let line = self.line();
            if line.starts_with("等待") {
                return said;
            }
            said.push_str(&line);
        }
    }

    /// Kills it and returns its standard error.
    fn ended(mut self) -> String {
        self.child.kill().expect("killed");
        let mut said = String::new();
        self.child.stderr.take().expect("an error output").read_to_string(&mut said).expect("text");
        self.child.wait().expect("ended");
        said
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // A failed test leaves no process behind.
        let _ = self.child.kill();
    }
}

const STUDY: &str = "干部在线学习.csv";

fn study(done: [&str; 2]) -> String {
    format!("党组织,姓名,规定学时,已完成学时\n甲党支部,赵,50,{}\n乙党支部,钱,50,{}\n", done[0], done[1])
}

fn a_saved_ledger_is_rebuilt_and_the_changes_are_shown() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部"), ("乙党支部", "机关党支部")])
        .file(&format!("input/{STUDY}"), study(["40", "40"]).as_bytes());
    let mut watching = Watching::over(&project, &[]);
    assert!(watching.said().contains("报告 2 份，汇总 1 份"));

    let project = project.file(&format!("input/{STUDY}"), study(["40", "50"]).as_bytes());
    let said = watching.said();
    assert!(said.contains(&format!("有改动：{STUDY}")), "{said}");
    assert!(said.contains("乙党支部\n  未达规定学时人数：1 → 0") && said.contains("已完成学时：40 → 50"), "{said}");
    assert!(!said.contains("甲党支部\n"), "{said}");
    assert!(said.contains("报告 2 份（1 份没有变化），汇总 1 份"), "{said}");

    // An error is reported and does not end the run.
    let settings = format!("{NOTICE}/notice.toml");
    let text = project.read(&settings);
    let project = project.file(&settings, b"[notice");
    let said = watching.said();
    assert!(said.contains("有改动：notice.toml") && !said.contains("份"), "{said}");
    let project = project.file(&settings, text.as_bytes());
    assert!(watching.said().contains("没有变化\n报告 2 份（2 份没有变化）"));
    let _project = project.file(&format!("input/{STUDY}"), study(["40", "多"]).as_bytes());
    let said = watching.said();
    assert!(said.contains("[Z102]") && said.contains("未达规定学时人数：0 → 待填写"), "{said}");
    let errors = watching.ended();
    assert!(errors.contains("错误：") && errors.contains("notice.toml"), "{errors}");
}

fn a_report_made_final_meanwhile_is_kept() {
    let project = Project::ready(&["甲党支部", "乙党支部"]);
    let make_final = ["build", "--final", "--branch", "甲党支部"];
    assert_eq!(project.zicha(&make_final).code, 0);
    let mut watching = Watching::over(&project, &["--redraft"]);
    let said = watching.said();
    assert!(said.contains("已改成草稿") && said.contains("报告 2 份，"), "{said}");
    assert_eq!(project.zicha(&make_final).code, 0);
    let report = project.report_text("甲党支部", "html");
    let project = project.edit(&format!("input/{STUDY}"), "甲党支部,赵,50,40", "甲党支部,赵,50,45");
    let said = watching.said();
    assert!(said.contains("没有改成草稿") && said.contains("正式报告 1 份没有动"), "{said}");
    assert_eq!(project.report_text("甲党支部", "html"), report);
    watching.ended();
}

fn an_input_folder_that_is_gone_is_stated_and_watched_again_when_it_is_back() {
    let project = Project::ready(&["甲党支部", "乙党支部"]);
    let mut watching = Watching::over(&project, &[]);
    assert!(watching.said().contains("报告 2 份，"));
    let (input, away) = (project.path("input"), project.path("别处"));
    std::fs::rename(&input, &away).expect("renamed");
    // A build that finds no folder may come first.
    while !watching.line().contains("input 不在了，等它回来") {}
    std::fs::rename(&away, &input).expect("renamed");
    while !watching.said().contains("报告 2 份（2 份没有变化）") {}
    let project = project.edit(&format!("input/{STUDY}"), "甲党支部,赵,50,40", "甲党支部,赵,50,45");
    while !watching.said().contains("报告 2 份（1 份没有变化）") {}
    // Another folder in its place.
    crate::support::copy(&input, &project.path("新"));
    std::fs::remove_dir_all(&input).expect("removed");
    std::fs::rename(project.path("新"), &input).expect("renamed");
    while !watching.said().contains("报告 2 份（2 份没有变化）") {}
    let _project = project.edit(&format!("input/{STUDY}"), "甲党支部,赵,50,45", "甲党支部,赵,50,46");
    while !watching.said().contains("报告 2 份（1 份没有变化）") {}
    watching.ended();
}
