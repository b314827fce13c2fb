//! Access control, limits on requests and connections, shutdown.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use super::client::{Client, MULTIPART, Server, multipart};
use super::{BRANCHES, key, ready};
use crate::support::{NOTICE, Project, children, files, slow_page};

crate::harness::tests! {
    alone: [
        every_response_has_the_security_headers,
        other_hosts_and_cross_site_requests_are_refused,
        no_path_of_a_request_reaches_the_disk,
        requests_too_large_or_too_slow_are_refused_while_others_are_served,
        a_response_that_is_not_read_times_out,
        the_number_of_connections_is_limited,
        two_hundred_requests_at_once_are_answered,
        pages_of_many_hanging_files_start_few_readers,
        the_token_logs_in_and_wrong_tokens_are_rate_limited,
        wrong_tokens_of_one_computer_lock_no_other_out,
        a_port_or_folder_in_use_is_reported,
        endless_preambles_and_file_names_are_refused,
        an_unread_log_stops_no_request,
        a_build_that_is_killed_leaves_the_page_alive_and_says_so,
        stopping_the_server_completes_the_files_being_written,
        the_log_has_route_and_duration_and_no_personal_data,
    ]
    with_tools: [
        tls_uses_the_given_certificate_and_key,
        handshakes_that_are_garbage_or_never_end_are_closed_while_others_are_served,
    ]
}

fn every_response_has_the_security_headers() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    for path in ["/", "/ledgers", "/work", "/department", "/branch/1", "/branch/99", "/nothing", "/branch/%2e%2e"] {
        let reply = server.get(path);
        let policy = reply.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'"), "{path}: {policy}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        for outside in ["http://", "https://", "<style", " style=", " onclick=", "javascript:"] {
            assert!(!reply.body.contains(outside), "{path}: {outside}");
        }
    }
    let page = server.get("/").body;
    let style =
        page.split("rel=\"stylesheet\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("styles");
    let reply = server.get(style);
    assert!(reply.status == 200 && reply.header("cache-control").is_some_and(|kept| kept.contains("immutable")));
    assert_eq!(server.get("/assets/0000000000000000/style.css").status, 404);
    // A report is shown in a sandboxed frame without scripts or network.
    let report = server.get("/branch/1/report");
    let policy = report.header("content-security-policy").unwrap_or_default();
    assert!(report.status == 200 && policy.starts_with("sandbox; default-src 'none'"), "{policy}");
    assert!(!policy.contains("allow-") && report.header("x-frame-options") == Some("SAMEORIGIN"));
}

fn other_hosts_and_cross_site_requests_are_refused() {
    let project = ready();
    let server = Server::over(&project);
    let port = server.host.rsplit(':').next().expect("a port").to_owned();
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1", &format!("evil.example:{port}")] {
        assert_eq!(server.ask("GET", "/", &format!("Host: {host}\r\n"), b"").status, 421, "{host}");
    }
    assert_eq!(server.ask("GET", "/", &format!("Host: localhost:{port}\r\n"), b"").status, 200);
    let twice = format!("Host: {0}\r\nHost: evil.example\r\n", server.host);
    assert!(matches!(server.ask("GET", "/", &twice, b"").status, 400 | 421));
    assert!(matches!(server.raw(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").status, 400 | 421));

    let ticket = server.ticket();
    let body = format!("csrf_token={ticket}&what=draft");
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    for head in [
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
    ] {
        let reply = server.ask("POST", "/work/build", &format!("{form}{head}"), body.as_bytes());
        assert!(reply.status == 403 && reply.body.contains("别的网站"), "{head}");
    }
    // A form without this server's ticket.
    for body in ["what=draft", "csrf_token=&what=draft", "csrf_token=0000&what=draft"] {
        let reply = server.ask("POST", "/work/build", form, body.as_bytes());
        assert!(reply.status == 403 && reply.body.contains("刷新"), "{body}: {}", reply.body);
    }
    let sent = multipart("wrong", &[], &[("a.csv", b"1")]);
    assert_eq!(server.ask("POST", "/ledgers", MULTIPART, &sent).status, 403);
    assert_eq!(server.ask("POST", "/work/build", form, body.as_bytes()).status, 303);
    server.worked();
}

fn no_path_of_a_request_reaches_the_disk() {
    let project = ready().file("secret.csv", b"secret");
    project.build();
    let server = Server::over(&project);
    for path in [
        "/../secret.csv",
        "/%2e%2e/secret.csv",
        "/ledger/..%2f..%2fsecret.csv",
        "/ledger/../../secret.csv",
        "/ledger/secret.csv",
        "/branch/1/file/..%2f..%2fsecret.csv",
        "/branch/1/file/json",
        "/branch/-1",
        "/branch/0",
        "/branch/18446744073709551616",
        "/branch/1%00",
        "/department/file/..%2fx",
        "/assets/../../Cargo.toml",
        "//etc/passwd",
    ] {
        let reply = server.get(path);
        assert!((400..500).contains(&reply.status) && !reply.body.contains("secret,"), "{path}: {}", reply.status);
        assert!(reply.body.contains("没有"), "{path}: {}", reply.body);
    }
    // Neither does a manifest whose folder leads out of the output folder, to a file that exists.
    let project = project.edit("output/run.json", "\"folder\":\"甲党支部\"", "\"folder\":\"../input\"").edit(
        "output/run.json",
        "甲党支部-自查报告.html",
        "干部在线学习.csv",
    );
    for path in ["/branch/1/report", "/branch/1/file/html", "/branch/1/all"] {
        let reply = server.get(path);
        assert!(reply.status == 404 && !reply.body.contains("规定学时"), "{path}: {} {}", reply.status, reply.body);
    }
    // Nor is a signed copy stored elsewhere.
    let reply = server.upload("/branch/1/signed", &[("branch", BRANCHES[0])], &[("扫描.pdf", b"%PDF-1.4")]);
    assert!(server.follow(&reply).contains("文件夹不对，请重新生成"), "{}", reply.body);
    assert!(!project.path("input.pdf").exists());
}

fn requests_too_large_or_too_slow_are_refused_while_others_are_served() {
    let project = ready().edit(&format!("{NOTICE}/notice.toml"), "[roster]\n", "[limits]\nfile_mib = 1\n\n[roster]\n");
    let server = Server::over(&project);
    let large = vec![b'a'; (1 << 20) + 1];
    let reply = server.upload("/ledgers", &[], &[("大.csv", &large)]);
    assert!(server.follow(&reply).contains("一个文件最多 1 MB"), "{}", reply.body);
    let head =
        format!("POST /ledgers HTTP/1.1\r\nHost: {}\r\n{MULTIPART}Content-Length: 99999999999\r\n\r\n", server.host);
    assert_eq!(server.raw(head.as_bytes()).status, 413);
    let head = format!("GET / HTTP/1.1\r\nHost: {}\r\nX: {}\r\n\r\n", server.host, "a".repeat(100_000));
    assert!(matches!(server.raw(head.as_bytes()).status, 431 | 400));
    let long = format!("csrf_token={}&x={}", server.ticket(), "a".repeat(100_000));
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    assert!(matches!(server.ask("POST", "/work/build", form, long.as_bytes()).status, 400 | 413));
    // Requests that stop in the header, in a form, in a file.
    let starts = [
        format!("GET / HTTP/1.1\r\nHost: {}\r\n", server.host),
        format!("POST /work/build HTTP/1.1\r\nHost: {}\r\n{form}Content-Length: 100\r\n\r\ncsrf_token=", server.host),
        format!("POST /ledgers HTTP/1.1\r\nHost: {}\r\n{MULTIPART}Content-Length: 1000\r\n\r\n--zzz\r\n", server.host),
    ];
    let mut slow: Vec<_> = starts
        .iter()
        .map(|start| {
            let mut stream = server.connect();
            stream.write_all(start.as_bytes()).expect("a start");
            stream
        })
        .collect();
    assert_eq!(server.get("/").status, 200, "others are served meanwhile");
    for stream in &mut slow {
        let mut said = String::new();
        let ended = stream.read_to_string(&mut said).err().map(|error| error.kind());
        assert!(!matches!(ended, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "it is still waited for");
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    }
    assert_eq!(files(&project.path(".zicha-history/input/incoming")), [], "nothing is left of them");
}

fn a_response_that_is_not_read_times_out() {
    let project = Project::sample();
    project.build();
    let server = Server::over(&project);
    let mut stream = server.connect();
    let request = format!("GET /branch/1/report HTTP/1.1\r\nHost: {}\r\n\r\n", server.host);
    // Requests more responses than any buffer holds and reads none.
    stream.write_all(request.repeat(400).as_bytes()).expect("requests");
    assert_eq!(server.get("/").status, 200, "others are served meanwhile");
    let until = Instant::now() + Duration::from_secs(60);
    while stream.write_all(request.as_bytes()).is_ok() {
        assert!(Instant::now() < until, "it is still waited for");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn the_number_of_connections_is_limited() {
    let project = ready();
    let server = Server::over(&project);
    let mut held: Vec<_> = (0..300).map(|_| server.connect()).collect();
    let given_up = held.iter_mut().map(|stream| {
        stream.set_read_timeout(Some(Duration::from_millis(20))).expect("set");
        let said = stream.read(&mut [0]);
        !said.is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    });
    assert!(given_up.filter(|given_up| *given_up).count() >= 300 - 256);
    drop(held);
    let until = Instant::now() + Duration::from_secs(60);
    let asked = format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.host);
    let answer = || {
        let (mut stream, mut said) = (server.connect(), String::new());
        stream.write_all(asked.as_bytes()).and_then(|()| stream.read_to_string(&mut said)).map(|_| said)
    };
    while !answer().is_ok_and(|said| said.starts_with("HTTP/1.1 200")) {
        assert!(Instant::now() < until, "its places never came back");
    }
}

fn two_hundred_requests_at_once_are_answered() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    std::thread::scope(|scope| {
        let paths = ["/", "/ledgers", "/branch/1", "/department", "/work"];
        let ask = |at: usize| {
            let server = &server;
            scope.spawn(move || server.get(paths[at % paths.len()]).status)
        };
        let asked: Vec<_> = (0..200).map(ask).collect();
        for status in asked {
            assert_eq!(status.join().expect("an answer"), 200);
        }
    });
}

fn pages_of_many_hanging_files_start_few_readers() {
    // With so small a budget, the analysis of all ledgers reads one file at a time.
    let limits = "[limits]\nseconds = 3600\nrun_mib = 1\n[roster]";
    let mut project = ready().edit(&format!("{NOTICE}/notice.toml"), "[roster]", limits);
    let (names, slow) = ((0..12).map(|number| format!("慢{number}.xls")), slow_page(4));
    let names: Vec<String> = names.collect();
    for name in &names {
        project = project.file(&format!("input/{name}"), &slow);
    }
    let server = Server::over(&project);
    let list = server.get("/ledgers").body;
    for name in &names {
        assert!(server.get(&format!("/ledger/{}", key(&list, name))).body.contains("data-refresh"), "{name}");
    }
    let readers = children(server.id(), "read-worker").len();
    assert!((2..=1 + 4).contains(&readers), "{readers} readers for {} files", names.len());
    server.kill();
}

fn wrong_tokens_of_one_computer_lock_no_other_out() {
    let project = ready().file("token", b"correct-horse-battery\n");
    std::fs::set_permissions(project.path("token"), std::fs::Permissions::from_mode(0o600)).expect("set");
    let server = Server::with(&project, &["--listen", "0.0.0.0", "--token-file", "token"]);
    let stranger = server.other_client();
    let page = server.get("/login").body;
    let ticket =
        page.split("name=\"csrf_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a ticket");
    let enter = |client: &Client, token: &str| {
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        client.ask("POST", "/login", form, format!("csrf_token={ticket}&token={token}").as_bytes()).status
    };
    let guesses: Vec<u16> = (0..40).map(|_| enter(&stranger, "guess")).collect();
    assert_eq!(guesses, [[401; 5].to_vec(), [429; 35].to_vec()].concat());
    assert_eq!(enter(&stranger, "correct-horse-battery"), 429);
    assert_eq!(enter(&server, "correct-horse-battery"), 303);
}

fn the_token_logs_in_and_wrong_tokens_are_rate_limited() {
    let project = ready().file("token", b"correct-horse-battery\n");
    let refused = |options: &[&str], said: &str| {
        let run = project.zicha(&[&["serve", "--port", "0"], options].concat());
        assert!(run.code == 2 && run.stderr.contains(said), "{said}: {}", run.all());
    };
    refused(&["--listen", "0.0.0.0"], "--token-file");
    refused(&["--listen", "0.0.0.0", "--token-file", "none"], "读不到令牌文件");
    refused(&["--listen", "0.0.0.0", "--token-file", "token"], "别人也能读");
    let own =
        |name: &str| std::fs::set_permissions(project.path(name), std::fs::Permissions::from_mode(0o600)).expect("set");
    own("token");
    std::fs::write(project.path("short"), "1234").expect("a file");
    own("short");
    refused(&["--listen", "0.0.0.0", "--token-file", "short"], "太短");

    let server = Server::with(&project, &["--listen", "0.0.0.0", "--token-file", "token"]);
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    for path in ["/", "/ledgers", "/branch/1/report", "/work/events"] {
        let reply = server.get(path);
        assert!(reply.status == 303 && reply.header("location").is_some_and(|to| to.starts_with("/login")), "{path}");
    }
    let page = server.get("/login").body;
    let ticket =
        page.split("name=\"csrf_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a ticket");
    assert_eq!(server.ask("POST", "/work/build", form, format!("csrf_token={ticket}").as_bytes()).status, 401);
    let enter =
        |token: &str| server.ask("POST", "/login", form, format!("csrf_token={ticket}&token={token}").as_bytes());
    let reply = enter("correct-horse-battery");
    let cookie = reply.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict; Path=/"), "{cookie}");
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().expect("a pair"));
    assert_eq!(server.ask("GET", "/", &cookie, b"").status, 200);
    assert_eq!(server.ask("GET", "/", "Cookie: zicha=0000\r\n", b"").status, 303);
    assert_eq!(
        server.ask("POST", "/logout", &format!("{form}{cookie}"), format!("csrf_token={ticket}").as_bytes()).status,
        303
    );
    assert_eq!(server.ask("GET", "/", &cookie, b"").status, 303, "a session that ended opens nothing");
    for _ in 0..5 {
        assert_eq!(enter("guess").status, 401);
    }
    let reply = enter("correct-horse-battery");
    assert!(reply.status == 429 && reply.header("retry-after") == Some("60"), "{}", reply.status);
}

/// Bytes that the parser of forms keeps in memory until it finds the next part. The bodies go on for 100 MB after what
/// is sent: they are refused before.
fn endless_preambles_and_file_names_are_refused() {
    let project = ready();
    let server = Server::over(&project);
    let ticket = server.ticket();
    let field = format!("--zzz\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n{ticket}\r\n");
    let part = "--zzz\r\nContent-Disposition: form-data; name=\"files\"; filename=\"";
    for start in [String::new(), format!("{field}{part}")] {
        let head =
            format!("POST /ledgers HTTP/1.1\r\nHost: {}\r\n{MULTIPART}Content-Length: 100000000\r\n\r\n", server.host);
        let reply = server.raw(format!("{head}{start}{}", "a".repeat(1 << 20)).as_bytes());
        let said = "填的字太多：文件名和栏名最多 64 KB";
        assert!(reply.status == 413 && reply.body.contains(said), "{} {}", reply.status, reply.body);
    }
    // What is between two parts of an honest form is short, whatever the parts have.
    let large = vec![b'1'; 1 << 20];
    let reply = server.upload("/ledgers", &[("same", "both")], &[("甲.csv", &large), ("乙.csv", &large)]);
    assert_eq!(reply.status, 303, "{}", reply.body);
}

/// A pipe holds 64 KiB, which these requests log several times over.
fn an_unread_log_stops_no_request() {
    let project = ready();
    let server = Server::with_unread_log(&project);
    for _ in 0..2_000 {
        assert_eq!(server.get("/assets/0000000000000000/style.css").status, 404);
    }
}

/// The processes that a process has started for builds.
fn build_workers(parent: u32) -> Vec<u32> {
    let own_id = |entry: std::fs::DirEntry| entry.file_name().to_str()?.parse::<u32>().ok();
    let ids = std::fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(own_id);
    let is_worker = |id: &u32| {
        let text = |name: &str| std::fs::read_to_string(format!("/proc/{id}/{name}")).unwrap_or_default();
        text("status").contains(&format!("PPid:\t{parent}\n")) && text("cmdline").contains("build-worker")
    };
    ids.filter(is_worker).collect()
}

fn a_build_that_is_killed_leaves_the_page_alive_and_says_so() {
    // So many branches that the build outlasts the search for its process.
    let names: Vec<String> = (0..400).map(|n| format!("第{n}党支部")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let project = Project::ready(&names);
    let server = Server::over(&project);
    assert_eq!(server.post("/work/build", &[("what", "draft")]).status, 303);
    let until = Instant::now() + Duration::from_secs(60);
    let workers = std::iter::repeat_with(|| build_workers(server.id())).find(|workers| {
        assert!(Instant::now() < until, "no build was started");
        !workers.is_empty()
    });
    for worker in workers.into_iter().flatten() {
        assert!(Command::new("kill").args(["-KILL", &worker.to_string()]).status().expect("kill runs").success());
    }
    let page = server.worked();
    assert!(page.contains("没有全部完成") && page.contains("生成中途出错（进程被系统结束）"), "{page}");
    // The next one completes it.
    assert_eq!(server.post("/work/build", &[("what", "draft")]).status, 303);
    let page = server.worked();
    assert!(page.contains("已完成") && page.contains("草稿 400 份"), "{page}");
}

/// Makes a certificate for this machine and its key.
fn make_certificate(project: &Project) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .current_dir(project.path(""))
        .output()
        .expect("openssl runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The response to a request over TLS.
fn get_over_tls(project: &Project, server: &Server) -> String {
    let mut client = Command::new("openssl");
    client.args(["s_client", "-quiet", "-verify_return_error", "-CAfile", "cert.pem", "-connect", &server.host]);
    let mut client = client
        .current_dir(project.path(""))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("openssl runs");
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.host);
    client.stdin.take().expect("an input").write_all(request.as_bytes()).expect("sent");
    String::from_utf8_lossy(&client.wait_with_output().expect("an answer").stdout).into_owned()
}

fn tls_uses_the_given_certificate_and_key() {
    let project = ready();
    make_certificate(&project);
    let run = project.zicha(&["serve", "--port", "0", "--tls-cert", "key.pem", "--tls-key", "key.pem"]);
    assert!(run.code == 2 && run.stderr.contains("证书"), "{}", run.all());
    let server = Server::with(&project, &["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    let said = get_over_tls(&project, &server);
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("strict-transport-security"), "{said}");
    assert_ne!(server.get("/").status, 200, "nothing without encryption");
}

fn handshakes_that_are_garbage_or_never_end_are_closed_while_others_are_served() {
    let project = ready();
    make_certificate(&project);
    let server = Server::with(&project, &["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    // Nothing, the beginning of a client hello, and no TLS at all.
    let begun: [&[u8]; 3] = [b"", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", b"GET / HTTP/1.1\r\n\r\n"];
    let mut open: Vec<_> = (0..60)
        .map(|at| {
            let mut stream = server.connect();
            stream.write_all(begun[at % 3]).expect("sent");
            stream
        })
        .collect();
    let said = get_over_tls(&project, &server);
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    for stream in &mut open {
        // An alert, then the end; the client's patience is longer than the server's.
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest);
        assert!(ended.is_ok() || ended.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset), "still open");
        assert!(rest.len() < 16, "{rest:?}");
    }
}

fn a_port_or_folder_in_use_is_reported() {
    let project = ready();
    let server = Server::over(&project);
    let port = server.host.rsplit(':').next().expect("a port");
    let run = ready().zicha(&["serve", "--port", port]);
    assert!(run.code == 2 && run.stderr.contains(&format!("端口 {port} 已被占用")), "{}", run.all());
    let run = project.zicha(&["serve", "--port", "0"]);
    assert!(run.code == 2 && run.stderr.contains("另一个 zicha serve"), "{}", run.all());
}

fn stopping_the_server_completes_the_files_being_written() {
    let many: Vec<String> = (0..400).map(|n| format!("第{n}党支部")).collect();
    let project = Project::ready(&many.iter().map(String::as_str).collect::<Vec<_>>());
    let server = Server::over(&project);
    assert_eq!(server.post("/work/build", &[("what", "draft")]).status, 303);
    let begun = || std::fs::read_dir(project.path("output")).is_ok_and(|entries| entries.count() > 5);
    for _ in 0..600 {
        if begun() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(begun(), "no build has begun");
    let (said, code) = server.end();
    assert!(code == 0 && said.contains("先写完手上的文件"), "{code} {said}");
    // Every report is complete or absent, and the next build does not mistake it for an edited one.
    for (name, bytes) in files(&project.path("output")) {
        assert!(!name.contains("改动") && (!name.ends_with(".docx") || bytes.starts_with(b"PK")), "{name}");
    }
    let run = project.build();
    assert!(!run.stdout.contains("[Z307]"), "{}", run.stdout);
    assert_eq!(files(&project.path("output/.zicha")), []);
}

fn the_log_has_route_and_duration_and_no_personal_data() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    server.get("/?q=%E7%94%B2%E5%85%9A");
    server.get("/branch/1");
    server.upload("/ledgers", &[], &[("机密名单.csv", "党组织,奖项\n甲党支部,机密\n".as_bytes())]);
    drop(server);
    let log = project.read("serve.log");
    assert!(log.contains("方法=GET 页面=\"/branch/{number}\" 状态码=200 毫秒="), "{log}");
    for private in [BRANCHES[0], "机密", "%E7", "csrf_token"] {
        assert!(!log.contains(private), "{private}: {log}");
    }
}
