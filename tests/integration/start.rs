//! `zicha start`: makes a project where there is none, builds its sample reports and opens its page.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::serve::client::Client;
use crate::support::{NOTICE, Project, SHIPPED_BRANCHES, files};

crate::harness::tests! {
    alone: [
        an_empty_folder_becomes_a_project_and_its_page_is_opened,
        a_project_that_is_there_is_opened_as_it_is,
        a_folder_that_cannot_be_made_is_said,
    ]
}

/// A running `zicha start`, killed when dropped.
struct Started {
    child: Child,
    /// What it printed up to the address.
    said: Vec<String>,
    address: String,
}

impl Started {
    /// Starts it in the project's folder; a stand-in for the browser writes the address that it is given into `opened`.
    fn new(project: &Project, arguments: &[&str]) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let browser = project.path("bin/xdg-open");
        let script = format!("#!/bin/sh\nprintf %s \"$1\" >{}\n", project.path("opened").display());
        std::fs::create_dir_all(project.path("bin")).expect("a folder");
        std::fs::write(&browser, script).expect("a program");
        std::fs::set_permissions(&browser, PermissionsExt::from_mode(0o755)).expect("a mode");
        let path = format!("{}:{}", project.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut child = Command::new(env!("CARGO_BIN_EXE_zicha"))
            .arg("start")
            .args(arguments)
            .current_dir(project.path(""))
            .env("PATH", path)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("zicha runs");
        let mut lines = BufReader::new(child.stdout.take().expect("an output")).lines();
        let (mut said, mut address) = (Vec::new(), String::new());
        while address.is_empty() {
            let Some(Ok(line)) = lines.next() else { panic!("it did not start: {said:?}") };
            address = line.strip_prefix("网页已打开：").unwrap_or_default().to_owned();
            said.push(line);
        }
        Self { child, said, address }
    }

    /// Waits until the browser was opened.
    fn assert_opened(&self, project: &Project) {
        let begun = Instant::now();
        while std::fs::read_to_string(project.path("opened")).unwrap_or_default() != self.address {
            assert!(begun.elapsed() < Duration::from_secs(60), "no browser was opened");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn an_empty_folder_becomes_a_project_and_its_page_is_opened() {
    let project = Project::empty();
    let started = Started::new(&project, &["我的 自查"]);
    started.assert_opened(&project);
    let host = started.address.trim_start_matches("http://").trim_end_matches('/');
    let text = Client::of(host.to_owned()).get("/").body;
    for branch in SHIPPED_BRANCHES {
        assert!(text.contains(branch), "{branch} is not on the page: {text}");
    }
    assert!(project.path("我的 自查/output/教务处党支部/教务处党支部-自查报告.docx").exists());
    assert!(started.said.iter().any(|line| line.contains("这个窗口不要关")), "{:?}", started.said);
}

fn a_project_that_is_there_is_opened_as_it_is() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]);
    let before = files(&project.path(NOTICE));
    let started = Started::new(&project, &[]);
    started.assert_opened(&project);
    assert!(!started.said.iter().any(|line| line.contains("例子")), "{:?}", started.said);
    assert_eq!(files(&project.path(NOTICE)), before);
    assert!(!project.path("output/run.json").exists() && !project.path("使用说明.txt").exists());
}

fn a_folder_that_cannot_be_made_is_said() {
    let project = Project::empty().file("甲", b"1");
    let run = project.zicha(&["start", "甲/乙"]);
    assert_eq!((run.code, run.stderr.as_str()), (2, "错误：打不开文件夹 甲/乙：路径中有一段不是文件夹\n"));
}
