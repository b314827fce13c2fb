//! Killed servers.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Command;
use std::thread::JoinHandle;
use std::time::Instant;

use super::client::{MULTIPART, Reply, Server, multipart};
use super::life::{act, changed, code, finals};
use super::{BRANCHES, ready};
use crate::support::{
    NOTICE, Project, assert_group_gone, assert_whole, files, mounted, pipe, slow_page, wait_for_child,
};

crate::harness::tests! {
    alone: [
        killing_200_servers_loses_no_upload_and_leaves_no_process,
        a_build_ends_when_its_server_is_killed,
        killed_servers_leave_scans_whole_and_reports_final_or_not,
        a_pipe_in_place_of_a_report_holds_up_no_build,
        a_full_disk_leaves_scans_whole_and_reports_final_or_not,
    ]
}

/// The ledger that is uploaded in a round.
fn ledger(round: u32) -> Vec<u8> {
    format!("党组织,姓名,规定学时,已完成学时\n甲党支部,赵,50,{round}\n乙党支部,钱,50,40\n").into_bytes()
}

/// Uploads the ledger of a round, then starts a build, in a thread; the statuses of the two responses, 0 for none.
fn upload_and_build(server: &Server, round: u32) -> JoinHandle<[u16; 2]> {
    let ticket = server.ticket();
    let request = |path: &str, kind: &str, body: &[u8]| {
        let (host, length) = (&server.host, body.len());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\n{kind}Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        [head.as_bytes(), body].concat()
    };
    let form = multipart(&ticket, &[("same", "replace")], &[("干部在线学习.csv", &ledger(round))]);
    let upload = request("/ledgers", MULTIPART, &form);
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let build = request("/work/build", kind, format!("csrf_token={ticket}").as_bytes());
    let requests = [(server.connect(), upload), (server.connect(), build)];
    std::thread::spawn(move || {
        requests.map(|(mut stream, request)| {
            // The server may be dead by now.
            let _ = stream.write_all(&request);
            Reply::of(stream).status
        })
    })
}

fn killing_200_servers_loses_no_upload_and_leaves_no_process() {
    let project = ready();
    let (input, kept) = (project.path("input"), project.path(".zicha-history/input/kept"));
    let server = Server::over(&project);
    let begun = Instant::now();
    assert_eq!(upload_and_build(&server, 0).join().expect("requests"), [303, 303]);
    server.worked();
    let whole = begun.elapsed();
    drop(server);
    let mut accepted = 0;
    for round in 1..=200 {
        let server = Server::over(&project);
        let requests = upload_and_build(&server, round);
        // Delays over all of the work.
        std::thread::sleep(whole * (round * 37 % 100) / 100);
        server.kill();
        let is_accepted = requests.join().expect("requests")[0] == 303;
        accepted += u32::from(is_accepted);
        let now = std::fs::read(input.join("干部在线学习.csv")).expect("a ledger");
        assert!((0..=round).any(|round| now == ledger(round)), "half a ledger after round {round}");
        // The history keeps the last twenty.
        let is_there = || now == ledger(round) || files(&kept).iter().any(|(_, bytes)| *bytes == ledger(round));
        assert!(!is_accepted || is_there(), "the upload of round {round} is lost");
        assert_whole(&project.path("output"));
    }
    assert!(accepted > 20, "{accepted} uploads");
    let server = Server::over(&project);
    assert_eq!(files(&project.path(".zicha-history/input/incoming")), []);
    assert_eq!(server.get("/").status, 200);
    server.kill();
    assert!(project.build().stdout.contains("报告 2 份"));
}

fn a_build_ends_when_its_server_is_killed() {
    let project = ready()
        .edit(&format!("{NOTICE}/notice.toml"), "[roster]", "[limits]\nseconds = 3600\n[roster]")
        .file("input/慢.xls", &slow_page(12));
    let server = Server::over(&project);
    assert_eq!(server.post("/work/build", &[]).status, 303);
    let build = wait_for_child(server.id(), "build-worker");
    wait_for_child(build, "read-worker");
    server.kill();
    // It leads a group of its own, in which its readers are.
    assert_group_gone(build);
    assert!(!project.path("output").exists(), "it had read one file of several");
}

/// The request of a form, as bytes.
fn request(server: &Server, path: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let (host, length) = (&server.host, body.len());
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: {host}\r\n{kind}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// The state of the first branch's report on disk: what is recorded is whole, and its files are as recorded.
fn recorded_state(project: &Project) -> String {
    assert_whole(&project.path("output"));
    let run: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let record = &run["branches"][0];
    assert_eq!(record["name"], BRANCHES[0]);
    let state = record["state"].as_str().expect("a state").to_owned();
    assert_eq!(state == "final", record["issued"]["code"].is_string(), "{record}");
    state
}

/// Scans are in the folder whole, each under the name of its own.
fn assert_scans(project: &Project, sent: &BTreeSet<Vec<u8>>) -> usize {
    let scans = files(&project.path("signed"));
    for (name, bytes) in &scans {
        assert!(sent.contains(bytes), "half a scan: {name}, {} bytes", bytes.len());
    }
    scans.len()
}

fn killed_servers_leave_scans_whole_and_reports_final_or_not() {
    const KIND: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
    let project = finals();
    std::fs::create_dir_all(project.path("signed")).expect("a folder");
    let server = Server::over(&project);
    let begun = Instant::now();
    act(&server, "withdraw", BRANCHES[0], &[("yes", "yes")]);
    server.worked();
    let whole = begun.elapsed();
    server.kill();
    let (mut sent, mut states) = (BTreeSet::new(), BTreeSet::new());
    for round in 0_u32..60 {
        let server = Server::over(&project);
        let scan = format!("%PDF-1.4 scan {round} {}", "x".repeat(200_000)).into_bytes();
        let ticket = server.ticket();
        let form = multipart(&ticket, &[], &[("甲党支部.pdf", &scan)]);
        let deed = if round % 2 == 0 { "final" } else { "withdraw" };
        let form_of_deed =
            format!("csrf_token={ticket}&what={deed}&report=%E7%94%B2%E5%85%9A%E6%94%AF%E9%83%A8&yes=yes");
        let scan_request = request(&server, "/scans", MULTIPART, &form);
        let deed_request = request(&server, "/reports", KIND, form_of_deed.as_bytes());
        sent.insert(scan);
        let requests = [(server.connect(), scan_request), (server.connect(), deed_request)];
        let answers = std::thread::spawn(move || {
            requests.map(|(mut stream, request)| {
                let _ = stream.write_all(&request);
                Reply::of(stream).status
            })
        });
        std::thread::sleep(whole * (round * 37 % 100) / 80);
        server.kill();
        let [stored, _] = answers.join().expect("requests");
        let scans = assert_scans(&project, &sent);
        assert!(stored != 303 || scans > 0, "the scan of round {round} is lost");
        states.insert(recorded_state(&project));
    }
    assert!(assert_scans(&project, &sent) > 10);
    assert_eq!(states.len(), 2, "some rounds ended final, others not: {states:?}");
    // What was broken off is done now, and the pages say so.
    let server = Server::over(&project);
    act(&server, "final", BRANCHES[0], &[("yes", "yes")]);
    server.worked();
    assert_eq!(recorded_state(&project), "final");
    let page = server.settled("/branch/1");
    assert!(page.contains("<strong>已定稿</strong>") && page.contains("去确认签字件"), "{page}");
    assert_eq!(files(&project.path(".zicha-history/signed/incoming")), []);
}

/// Opening a pipe waits for whoever writes into it.
fn a_pipe_in_place_of_a_report_holds_up_no_build() {
    let project = ready();
    let server = Server::over(&project);
    assert_eq!(server.post("/work/build", &[]).status, 303);
    server.worked();
    let report = project.path(&format!("output/{0}/{0}-自查报告.md", BRANCHES[0]));
    for round in 1..3 {
        std::fs::remove_file(&report).expect("removed");
        pipe(&report);
        std::fs::write(project.path("input/干部在线学习.csv"), ledger(round)).expect("written");
        assert_eq!(server.post("/work/build", &[]).status, 303);
        server.worked();
    }
}

fn a_full_disk_leaves_scans_whole_and_reports_final_or_not() {
    let project = finals();
    let signed = project.path("signed");
    std::fs::create_dir_all(&signed).expect("a folder");
    let own = mounted(&signed, "size=64k");
    let server = Server::over(&project);
    let name = format!("{}.pdf", code(&project, 0));
    let scan = [&b"%PDF-1.4 "[..], &[b'x'; 100 << 10]].concat();
    let page = server.follow(&server.upload("/scans", &[], &[(&name, &scan)]));
    if own {
        assert!(page.contains("没有收下：") && files(&signed).is_empty(), "{page}");
        assert!(server.settled("/branch/1").contains("<strong>已定稿</strong>：还没有签字件"));
        assert!(mounted(&signed, "remount,size=10m"));
        server.follow(&server.upload("/scans", &[], &[(&name, &scan)]));
    }
    assert_eq!(files(&signed).len(), 1);
    assert!(server.settled("/branch/1").contains("<strong>已签字</strong>"));
    drop(server);
    assert!(!own || Command::new("umount").arg(&signed).status().is_ok_and(|status| status.success()));
    // The same for reports: the output folder is a disk of its own, which something else fills.
    let project = finals();
    let (output, former) = (project.path("output"), project.path("former"));
    std::fs::rename(&output, &former).expect("moved");
    std::fs::create_dir_all(&output).expect("a folder");
    let own = mounted(&output, "size=8m");
    crate::support::copy(&former, &output);
    let filler = output.join("别的.bin");
    let fill = || {
        // As much as there is room for.
        let mut file = std::fs::File::create(&filler).expect("a file");
        while own && file.write_all(&[0; 4096]).is_ok() {}
    };
    let before = code(&project, 0);
    let project = changed(project, 41);
    let server = Server::over(&project);
    fill();
    for deed in ["final", "withdraw"] {
        act(&server, deed, BRANCHES[0], &[("yes", "yes")]);
        let page = server.worked();
        assert!(!own || page.contains("没有全部完成"), "{deed}: {page}");
        std::fs::remove_file(&filler).expect("room");
        if own {
            assert_eq!((recorded_state(&project), code(&project, 0)), ("final".to_owned(), before.clone()), "{deed}");
            assert!(server.settled("/branch/1").contains("<strong>已定稿，之后有改动</strong>"), "{deed}");
        }
        fill();
    }
    std::fs::remove_file(&filler).expect("room");
    act(&server, "final", BRANCHES[0], &[("yes", "yes")]);
    server.worked();
    let after = (recorded_state(&project), code(&project, 0));
    drop(server);
    assert!(!own || Command::new("umount").arg(&output).status().is_ok_and(|status| status.success()));
    assert!(after.0 == "final" && after.1 != before, "{after:?}");
}
