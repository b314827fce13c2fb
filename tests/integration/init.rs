//! `zicha init`: a project folder from what is built in.

use std::path::Path;

use crate::support::{Project, SHIPPED_BRANCHES, files, root};

crate::harness::tests! {
    alone: [
        a_new_project_has_the_shipped_files_and_builds,
        a_folder_that_has_a_project_is_refused_and_stays_as_it_is,
        ledgers_and_files_that_are_there_stay,
        a_folder_that_cannot_be_written_gets_no_project,
        what_is_in_the_way_of_a_project_is_said_as_it_is,
    ]
}

/// The files that belong to a folder of the repository; hidden ones are a working copy's own.
fn shipped(folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = files(&root().join(folder));
    found.retain(|(name, _)| !name.split('/').any(|part| part.starts_with('.')));
    found
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn a_new_project_has_the_shipped_files_and_builds() {
    let project = Project::empty();
    let run = project.zicha(&["init", "党建 自查/一"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let folder = project.path("党建 自查/一");
    assert_eq!(names(&folder), ["input", "templates", "使用说明.txt"]);
    assert_eq!(files(&folder.join("templates")), shipped("templates"));
    assert_eq!(files(&folder.join("input")), shipped("input"));
    assert!(run.stdout.contains("示例台账") && run.stdout.contains("zicha start"), "{}", run.stdout);
    let project = Project::empty();
    assert_eq!(project.zicha(&["init"]).code, 0);
    let run = project.zicha(&["build", "--format", "md"]);
    let counts = format!("报告 {} 份", SHIPPED_BRANCHES.len());
    assert!(run.code == 0 && run.stdout.contains(&counts), "{}", run.all());
}

fn a_folder_that_has_a_project_is_refused_and_stays_as_it_is() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]);
    let before = files(&project.path(""));
    let run = project.zicha(&["init"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.all());
    assert!(run.stderr.contains("已有 templates") && run.stderr.contains("换一个文件夹"), "{}", run.stderr);
    assert_eq!(files(&project.path("")), before);
}

fn ledgers_and_files_that_are_there_stay() {
    let project = Project::empty().file("input/名册.csv", b"1").file("使用说明.txt", b"2").file("zicha.exe", b"3");
    std::fs::create_dir(project.path("templates")).expect("an empty folder");
    let run = project.zicha(&["init"]);
    assert!(run.code == 0 && run.stdout.contains("原有的台账（input）没有动"), "{}", run.all());
    assert_eq!(names(&project.path("input")), ["名册.csv"]);
    assert_eq!(files(&project.path("templates")), shipped("templates"));
    assert_eq!((project.read("使用说明.txt"), project.read("zicha.exe")), ("2".to_owned(), "3".to_owned()));
    assert_eq!(names(&project.path("")), ["input", "templates", "zicha.exe", "使用说明.txt"]);
}

fn a_folder_that_cannot_be_written_gets_no_project() {
    let project = Project::empty().file("甲", b"1");
    let run = project.zicha(&["init", "甲/乙"]);
    assert_eq!(run.code, 2, "{}", run.all());
    assert!(run.stderr.contains("写不进") && run.stderr.contains("甲"), "{}", run.stderr);
    assert_eq!(names(&project.path("")), ["甲"]);
}

fn what_is_in_the_way_of_a_project_is_said_as_it_is() {
    let project = Project::empty().file("甲", b"1");
    for (link, target) in [("断", "/nowhere/x"), ("圈", "圈")] {
        std::os::unix::fs::symlink(target, project.path(link)).expect("a link");
    }
    let long = "字".repeat(100);
    for (folder, reason) in [
        ("甲", "路径中有一段不是文件夹"),
        ("甲/乙", "路径中有一段不是文件夹"),
        ("断", "路径中有一段是链接，它指向的文件夹不存在"),
        ("断/乙", "路径中有一段是链接，它指向的文件夹不存在"),
        ("圈/乙", "链接绕成了圈"),
        (&long, "文件名太长"),
    ] {
        let run = project.zicha(&["init", folder]);
        assert!(run.code == 2 && run.stderr.contains(reason), "{folder}: {}", run.all());
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
    assert_eq!(names(&project.path("")), ["圈", "断", "甲"]);
    let run = project.zicha(&["init", "gpj\u{202e}甲"]);
    assert!(run.code == 0 && run.stdout.contains("“gpj‹U+202E›甲”"), "{}", run.all());
}
