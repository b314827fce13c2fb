//! Worker processes: none outlives the run that started it, and none can do more than its work needs.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use zicha::sandbox::{Access, confine};

use crate::support::{Group, NOTICE, Project, slow_page};

crate::harness::tests! {
    alone: [
        a_killed_build_leaves_no_reader,
        a_reader_ends_in_the_middle_of_its_work_when_nobody_waits_for_it,
        a_reader_that_uses_up_its_processor_time_is_ended_by_the_system,
        a_worker_that_is_sent_more_than_it_may_have_ends_with_a_code_of_its_own,
    ]
    confined: [
        a_confined_thread_opens_no_file_socket_or_process,
        a_reader_is_confined_with_all_its_threads,
        a_thread_that_may_read_writes_no_file,
        a_rebuild_reads_and_writes_only_below_its_folder,
    ]
}

fn a_killed_build_leaves_no_reader() {
    let project = Project::sample()
        .edit(&format!("{NOTICE}/notice.toml"), "seconds      = 20", "seconds      = 3600")
        .file("input/慢.xls", &slow_page(12));
    let mut run = Group::start(&project.path(""), &["build", "--format", "md"]);
    run.wait_for("read-worker");
    assert!(run.kill());
    run.assert_gone();
}

/// A command that starts a worker as the program does.
fn worker() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zicha"));
    command.env_clear().env("MIMALLOC_ARENA_RESERVE", "0").env("MALLOC_ARENA_MAX", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// Starts a reader with so many seconds and sends it the bytes of a file; the pipe stays open.
fn reader(seconds: u64, file: &[u8]) -> Child {
    let mut command = worker();
    command.args(["read-worker", "536870912", "536870912", "2000000", "100000000"]).arg(seconds.to_string());
    let mut child = command.spawn().expect("zicha runs");
    let input = child.stdin.as_mut().expect("a pipe");
    for frame in [&[0], file] {
        input.write_all(&(frame.len() as u64).to_le_bytes()).and_then(|()| input.write_all(frame)).expect("a request");
    }
    child
}

fn a_reader_ends_in_the_middle_of_its_work_when_nobody_waits_for_it() {
    let mut reader = reader(600, &slow_page(2));
    drop(reader.stdin.take());
    let mut answer = Vec::new();
    reader.stdout.take().expect("a pipe").read_to_end(&mut answer).expect("an end");
    assert!(reader.wait().expect("ended").success());
    assert_eq!(answer, b"");
}

fn a_reader_that_uses_up_its_processor_time_is_ended_by_the_system() {
    const XCPU: i32 = 24;
    let mut reader = reader(0, &slow_page(12));
    // The pipe stays open: only the system ends the process.
    let _input = reader.stdin.take();
    let status = reader.wait().expect("ended");
    assert_eq!(status.signal(), Some(XCPU), "{status}");
}

/// A frame may state any length. It is no fault of the program, so nothing is aborted.
fn a_worker_that_is_sent_more_than_it_may_have_ends_with_a_code_of_its_own() {
    for (name, length) in [("inspect-worker", u64::MAX), ("annex-worker", 1 << 62), ("rebuild-worker", 1 << 45)] {
        let mut child = worker().arg(name).spawn().expect("zicha runs");
        let input = child.stdin.as_mut().expect("a pipe");
        input.write_all(&length.to_le_bytes()).expect("a length");
        let status = child.wait().expect("ended");
        assert_eq!((status.code(), status.signal()), (Some(3), None), "{name} {length}");
    }
}

fn a_reader_is_confined_with_all_its_threads() {
    let mut reader = reader(20, "党组织,姓名\n甲,赵\n".as_bytes());
    // The first bytes of the answer: it is confined, and waits.
    reader.stdout.as_mut().expect("a pipe").read_exact(&mut [0; 8]).expect("an answer");
    let threads = std::fs::read_dir(format!("/proc/{}/task", reader.id())).expect("threads");
    let mut number = 0;
    for thread in threads {
        let status = thread.expect("a thread").path().join("status");
        let status = std::fs::read_to_string(status).expect("a status");
        assert!(status.contains("\nNoNewPrivs:\t1\n") && status.contains("\nSeccomp:\t2\n"), "{status}");
        number += 1;
    }
    assert_eq!(number, 2);
    drop(reader.stdin.take());
    assert!(reader.wait().expect("ended").success());
}

fn a_confined_thread_opens_no_file_socket_or_process() {
    let file = std::env::current_exe().expect("a program");
    let opened = std::thread::spawn(move || {
        confine(Access::Nothing);
        [
            ("a file", File::open(&file).is_ok()),
            ("a new file", File::create(std::env::temp_dir().join("zicha-confined")).is_ok()),
            ("a folder", std::fs::read_dir("/").is_ok()),
            ("a TCP socket", TcpListener::bind("127.0.0.1:0").is_ok()),
            ("a UDP socket", UdpSocket::bind("127.0.0.1:0").is_ok()),
            ("a process", Command::new("true").spawn().is_ok()),
        ]
    });
    let opened = opened.join().expect("it goes on");
    assert!(opened.iter().all(|(_, is_open)| !is_open), "{opened:?}");
}

fn a_thread_that_may_read_writes_no_file() {
    let file = std::env::current_exe().expect("a program");
    let target = std::env::temp_dir().join("zicha-confined");
    let (is_read, is_written) = std::thread::spawn(move || {
        confine(Access::Reading);
        (File::open(&file).is_ok() && std::fs::read_dir("/").is_ok(), File::create(target).is_ok())
    })
    .join()
    .expect("it goes on");
    assert!(is_read && !is_written, "{is_read} {is_written}");
}

fn a_rebuild_reads_and_writes_only_below_its_folder() {
    let project = Project::sample();
    let other = Project::sample();
    // Whether a process with the project as its working folder built.
    let rebuild = |source: &Project, target: &Path| {
        let mut command = worker();
        command
            .args(["rebuild-worker", "--format", "md", "--notice"])
            .arg(source.path(&format!("{NOTICE}/notice.toml")));
        command.arg("--input").arg(source.path("input")).arg("--output").arg(target).current_dir(project.path(""));
        let mut child = command.stdout(Stdio::null()).spawn().expect("zicha runs");
        let mut input = child.stdin.take().expect("a pipe");
        // One empty request.
        input.write_all(&[0; 8]).expect("a request");
        child.wait().expect("ended");
        target.join("run.json").exists()
    };
    assert!(rebuild(&project, &project.path("output")));
    assert!(!rebuild(&other, &project.path("output-2")), "it read another folder");
    assert!(!rebuild(&project, &other.path("output")), "it wrote into another folder");
}
