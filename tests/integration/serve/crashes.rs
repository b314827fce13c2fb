//! Killed servers.

use std::io::Write;
use std::time::Duration;

use super::client::{MULTIPART, Reply, Server, multipart};
use super::ready;
use crate::support::{assert_whole, files};

crate::harness::tests! {
    alone: [
        killing_200_servers_loses_no_upload_and_leaves_no_process,
    ]
}

/// The ledger that is uploaded in a round.
fn ledger(round: u64) -> Vec<u8> {
    format!("党组织,姓名,规定学时,已完成学时\n甲党支部,赵,50,{round}\n乙党支部,钱,50,40\n").into_bytes()
}

fn killing_200_servers_loses_no_upload_and_leaves_no_process() {
    let project = ready();
    let (input, kept) = (project.path("input"), project.path(".zicha-history/input/kept"));
    let first = std::fs::read(input.join("干部在线学习.csv")).expect("a ledger");
    let mut accepted = Vec::new();
    for round in 0..200 {
        let server = Server::over(&project);
        let body = multipart(&server.ticket(), &[("same", "replace")], &[("干部在线学习.csv", &ledger(round))]);
        let ticket = format!("csrf_token={}", server.ticket());
        let post = |path: &str, kind: &str, body: &[u8]| {
            let (host, length) = (&server.host, body.len());
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: {host}\r\n{kind}Content-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            [head.as_bytes(), body].concat()
        };
        let upload = post("/ledgers", MULTIPART, &body);
        let build = post("/work/build", "Content-Type: application/x-www-form-urlencoded\r\n", ticket.as_bytes());
        let connections = [server.connect(), server.connect()];
        let requests = std::thread::spawn(move || {
            let pairs = connections.into_iter().zip([upload, build]);
            let statuses = pairs.map(|(mut stream, request)| {
                // The server may be dead by now.
                let _ = stream.write_all(&request);
                Reply::of(stream).status
            });
            statuses.collect::<Vec<_>>()
        });
        std::thread::sleep(Duration::from_millis(round * 37 % 250));
        server.kill();
        if requests.join().expect("requests")[0] == 303 {
            accepted.push(round);
        }
        let now = std::fs::read(input.join("干部在线学习.csv")).expect("a ledger");
        assert!(now == first || (0..=round).any(|round| now == ledger(round)), "half a ledger after round {round}");
        if project.path("output").exists() {
            assert_whole(&project.path("output"));
        }
    }
    assert!(accepted.len() > 20, "{} uploads", accepted.len());
    let there: Vec<Vec<u8>> = files(&input).into_iter().chain(files(&kept)).map(|(_, bytes)| bytes).collect();
    for round in accepted {
        assert!(there.contains(&ledger(round)), "the upload of round {round} is lost");
    }
    let server = Server::over(&project);
    assert_eq!(files(&project.path(".zicha-history/input/incoming")), []);
    assert_eq!(server.get("/").status, 200);
    server.kill();
    assert!(project.build().stdout.contains("报告 2 份"));
}
