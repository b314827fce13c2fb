//! `zicha start`: makes a project where there is none, builds its sample reports and opens its page.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::serve::client::Client;
use crate::support::{NOTICE, Project, Run, SHIPPED_BRANCHES, files};

crate::harness::tests! {
    alone: [
        an_empty_folder_becomes_a_project_and_its_page_is_opened,
        ledgers_without_a_roster_lead_to_the_page_as_well,
        a_project_that_is_there_is_opened_as_it_is,
        looking_at_pages_moves_nothing_out_of_the_window,
        a_second_start_opens_the_page_of_the_first,
        a_killed_start_does_not_keep_the_next_from_starting,
        a_folder_that_another_computer_has_open_is_said,
        where_another_program_has_the_port_the_next_one_is_used,
        a_folder_that_cannot_be_made_is_said,
    ]
}

/// The note with the address of the page.
const NOTE: &str = ".zicha-history/input/page.json";

/// A running `zicha start`, killed when dropped.
struct Started {
    child: Child,
    /// What it printed up to the address.
    said: Vec<String>,
    address: String,
}

impl Started {
    /// Starts it in the project's folder.
    fn new(project: &Project, arguments: &[&str]) -> Self {
        Self::of(start(project).args(arguments))
    }

    /// Starts it by a command.
    fn of(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("zicha runs");
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

    /// The host and port of the page.
    fn host(&self) -> &str {
        self.address.trim_start_matches("http://").trim_end_matches('/')
    }
}

/// `zicha start` in the project's folder; a stand-in for the browser writes the address that it is given into `opened`.
fn start(project: &Project) -> Command {
    use std::os::unix::fs::PermissionsExt;
    let browser = project.path("bin/xdg-open");
    let script = format!("#!/bin/sh\nprintf %s \"$1\" >{}\n", project.path("opened").display());
    std::fs::create_dir_all(project.path("bin")).expect("a folder");
    std::fs::write(&browser, script).expect("a program");
    std::fs::set_permissions(&browser, PermissionsExt::from_mode(0o755)).expect("a mode");
    let path = format!("{}:{}", project.path("bin").display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new(env!("CARGO_BIN_EXE_zicha"));
    command.arg("start").current_dir(project.path("")).env("PATH", path);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// Runs `zicha start` to its end, which comes by itself only when it serves no page.
fn run_to_end(project: &Project) -> Run {
    Run::new(start(project).stderr(Stdio::piped()).output().expect("zicha runs"))
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
    let text = Client::of(started.host().to_owned()).get("/").body;
    for branch in SHIPPED_BRANCHES {
        assert!(text.contains(branch), "{branch} is not on the page: {text}");
    }
    assert!(project.path("我的 自查/output/教务处党支部/教务处党支部-自查报告.docx").exists());
    assert!(started.said.iter().any(|line| line.contains("这个窗口不要关")), "{:?}", started.said);
}

fn ledgers_without_a_roster_lead_to_the_page_as_well() {
    let ledger = "党组织,姓名,规定学时,已完成学时\n教务处党支部,赵,50,40\n";
    let project = Project::empty().file("input/干部在线学习.csv", ledger.as_bytes());
    let started = Started::new(&project, &[]);
    started.assert_opened(&project);
    let text = Client::of(started.host().to_owned()).get("/").body;
    assert!(text.contains("<title>进度") && text.contains("党组织名册"), "{text}");
    assert!(!project.path("output/run.json").exists());
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

fn looking_at_pages_moves_nothing_out_of_the_window() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]);
    let window = std::fs::File::create(project.path("window")).expect("a file");
    let started = Started::of(start(&project).stderr(window));
    let client = Client::of(started.host().to_owned());
    for _ in 0..20 {
        assert_eq!(client.get("/").status, 200);
    }
    drop(started);
    assert_eq!(project.read("window"), "");
}

fn a_second_start_opens_the_page_of_the_first() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]);
    let first = Started::new(&project, &[]);
    first.assert_opened(&project);
    std::fs::remove_file(project.path("opened")).expect("the first was opened");
    let second = run_to_end(&project);
    let said = format!("这个文件夹的网页已经打开着：{}\n", first.address);
    assert_eq!((second.code, second.stdout.as_str(), second.stderr.as_str()), (0, said.as_str(), ""));
    first.assert_opened(&project);
}

fn a_killed_start_does_not_keep_the_next_from_starting() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]);
    drop(Started::new(&project, &[]));
    assert!(project.path(NOTE).exists(), "the killed one left its note");
    let next = Started::new(&project, &[]);
    let text = Client::of(next.host().to_owned()).get("/").body;
    assert!(text.contains("<title>进度"), "{text}");
}

fn a_folder_that_another_computer_has_open_is_said() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]);
    let _first = Started::new(&project, &[]);
    let note = r#"{"address":"http://127.0.0.1:8018/","computer":"组织部"}"#;
    std::fs::write(project.path(NOTE), note).expect("a note");
    let second = run_to_end(&project);
    let said = "错误：另一台电脑（组织部）正用着这个文件夹，在那台电脑上关掉再打开\n";
    assert_eq!((second.code, second.stdout.as_str(), second.stderr.as_str()), (2, "", said));
}

fn where_another_program_has_the_port_the_next_one_is_used() {
    // Another test may have it already.
    let _other = TcpListener::bind(("127.0.0.1", 8018));
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]);
    let started = Started::new(&project, &[]);
    started.assert_opened(&project);
    let port: u16 = started.host().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    assert!((8019..8038).contains(&port), "{port}");
    let said = "端口 8018 被别的程序占用，这次换一个。";
    assert!(started.said.iter().any(|line| line == said), "{:?}", started.said);
    let text = Client::of(started.host().to_owned()).get("/").body;
    assert!(text.contains("<title>进度"), "{text}");
}

fn a_folder_that_cannot_be_made_is_said() {
    let project = Project::empty().file("甲", b"1");
    let run = project.zicha(&["start", "甲/乙"]);
    assert_eq!((run.code, run.stderr.as_str()), (2, "错误：打不开文件夹 甲/乙：路径中有一段不是文件夹\n"));
}
