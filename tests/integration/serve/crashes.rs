//! Killed servers.

use std::io::Write;
use std::thread::JoinHandle;
use std::time::Instant;

use super::client::{MULTIPART, Reply, Server, multipart};
use super::ready;
use crate::support::{NOTICE, assert_group_gone, assert_whole, files, slow_page, wait_for_child};

crate::harness::tests! {
    alone: [
        killing_200_servers_loses_no_upload_and_leaves_no_process,
        a_build_ends_when_its_server_is_killed,
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
