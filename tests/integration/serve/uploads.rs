//! Uploads: valid, wrong and hostile ledgers, concurrent uploads, a killed server.

use std::io::{Cursor, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zicha::store::{FolderChange, VersionedDir, sha256};

use super::client::{Client, MULTIPART, Server, multipart};
use super::{key, ready};
use crate::support::{NOTICE, Project, files, mounted, slow_page, wait_for_child};

crate::harness::tests! {
    alone: [
        uploads_are_read_and_stored_and_can_be_undone,
        a_zip_is_unpacked_with_its_folders_inside_the_input_folder,
        concurrent_uploads_lose_nothing,
        a_client_that_holds_all_its_uploads_leaves_room_for_others,
        texts_of_files_that_a_client_sends_at_once_are_few,
        hanging_files_of_a_client_do_not_hold_up_the_build_of_another,
        a_killed_upload_leaves_no_partial_file,
        killing_200_servers_that_store_ledgers_loses_nothing_and_leaves_no_entry_without_its_change,
        a_full_disk_leaves_no_entry_in_the_history,
        a_file_with_invisible_characters_in_its_name_is_shown_and_removed,
        a_file_with_control_characters_in_its_name_is_refused_with_the_true_reason,
        accepting_a_header_spelling_keeps_the_settings_comments,
    ]
    with_tools: [
        hostile_uploads_are_refused_with_a_reason,
    ]
}

const STUDY: &str = "党组织,姓名,规定学时,已完成学时\n甲党支部,赵,50,40\n";

/// The names and texts of the files in the folder of ledgers.
fn ledgers(project: &Project) -> Vec<(String, String)> {
    let text = |(name, bytes): (String, Vec<u8>)| (name, String::from_utf8_lossy(&bytes).into_owned());
    files(&project.path("input")).into_iter().map(text).collect()
}

/// A zip of these files.
fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        package.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        package.write_all(bytes).expect("bytes");
    }
    package.finish().expect("a package").into_inner()
}

fn a_file_with_control_characters_in_its_name_is_refused_with_the_true_reason() {
    let project = Project::new();
    let server = Server::over(&project);
    for name in ["学习\u{7f}.csv", "学习\u{1}.csv"] {
        let reply = server.upload("/ledgers", &[], &[(name, STUDY.as_bytes())]);
        assert!(reply.status == 400 && reply.body.contains("名称里有看不见的控制字符"), "{}", reply.body);
        assert!(!reply.body.contains("没有收完") && ledgers(&project).is_empty(), "{}", reply.body);
    }
    let whole = multipart(&server.ticket(), &[], &[("学习.csv", STUDY.as_bytes())]);
    let cut = &whole[..whole.len() - 30];
    let reply = server.ask("POST", "/ledgers", MULTIPART, cut);
    assert!(reply.status == 400 && reply.body.contains("没有收完"), "{}", reply.body);
}

fn uploads_are_read_and_stored_and_can_be_undone() {
    let project = Project::new();
    let server = Server::over(&project);
    let send = |bytes: &str| {
        let reply = server.upload("/ledgers", &[("same", "replace")], &[("学习.csv", bytes.as_bytes())]);
        server.follow(&reply)
    };
    assert!(send(STUDY).contains("收下“学习.csv”：认作《干部在线学习》，1 行"));
    assert!(send(STUDY).contains("和已有的一样，没有变化"));
    let other = STUDY.replace("40", "45");
    let page = send(&other);
    assert!(page.contains("换下了原来的同名文件") && page.contains("/history/2/undo"), "{page}");
    assert_eq!(ledgers(&project), [("学习.csv".to_owned(), other.clone())]);
    let page = server.follow(&server.post("/history/2/undo", &[]));
    assert!(page.contains("恢复成原来的样子") && ledgers(&project)[0].1 == STUDY, "{page}");
    // On request both files are kept.
    let reply = server.upload("/ledgers", &[("same", "both")], &[("学习.csv", other.as_bytes())]);
    assert!(server.follow(&reply).contains("收下“学习-2.csv”"));
    // Removed and restored.
    let page = server.settled("/ledgers");
    let address = format!("/ledger/{}", key(&page, "学习-2.csv"));
    let seen = server.get(&address).body;
    let seen =
        seen.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a hash").to_owned();
    let page = server.follow(&server.post(&format!("{address}/remove"), &[("seen", &seen)]));
    assert!(page.contains("已移走“学习-2.csv”") && ledgers(&project).len() == 1, "{page}");
    let page = server.follow(&server.post("/history/5/undo", &[]));
    assert!(ledgers(&project).len() == 2, "{page}");
    assert_eq!(server.follow(&server.post("/history/5/undo", &[])).matches("不能撤销").count(), 1);
    // A page opened before someone else replaced the file.
    std::fs::write(project.path("input/学习-2.csv"), STUDY.replace("40", "1")).expect("a file");
    let page = server.follow(&server.post(&format!("{address}/remove"), &[("seen", &seen)]));
    assert!(page.contains("刚刚被别人换过") && ledgers(&project).len() == 2, "{page}");
    let page = server.follow(&server.upload(&format!("{address}/replace"), &[("seen", &seen)], &[("x.csv", b"1")]));
    assert!(page.contains("刚刚被别人换过"), "{page}");
    // The history is not read as ledgers.
    assert!(!project.zicha(&["check", "--json"]).all().contains("zicha-history"));
}

fn a_zip_is_unpacked_with_its_folders_inside_the_input_folder() {
    let project = Project::new();
    let server = Server::over(&project);
    let others = [41, 42, 43].map(|hours| STUDY.replace("40", &hours.to_string()));
    let gbk = [b"\xd1\xa7\xcf\xb0.csv".as_slice()];
    let zip = zipped(&[
        ("甲党支部/学习.csv", STUDY.as_bytes()),
        ("../../outside.csv", others[0].as_bytes()),
        ("/etc/absolute.csv", others[1].as_bytes()),
        ("..\\..\\windows.csv", others[2].as_bytes()),
        ("__MACOSX/._学习.csv", b"x"),
        ("程序.exe", b"MZ"),
    ]);
    let page = server.follow(&server.upload("/ledgers", &[], &[("全部.zip", &zip)]));
    let names: Vec<String> = ledgers(&project).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["etc/absolute.csv", "outside.csv", "windows.csv", "甲党支部/学习.csv"], "{page}");
    assert!(page.contains("程序.exe”没有收下：不是台账文件"), "{page}");
    assert!(!project.path("outside.csv").exists() && !project.path("../outside.csv").exists());
    // Names in GBK, as Chinese Windows writes them.
    let mut zip = zipped(&[("aaaa.csv", STUDY.replace("40", "44").as_bytes())]);
    for at in 0..zip.len() - 8 {
        if &zip[at..at + 8] == b"aaaa.csv" {
            zip[at..at + 8].copy_from_slice(gbk[0]);
        }
    }
    let page = server.follow(&server.upload("/ledgers", &[], &[("windows.zip", &zip)]));
    assert!(page.contains("收下“学习.csv”"), "{page}");
    // A zip bomb, and a file that is no zip.
    let bomb = zipped(&[("大.csv", &vec![b'1'; 101 << 20])]);
    let page = server.follow(&server.upload("/ledgers", &[], &[("炸弹.zip", &bomb), ("坏.zip", b"PK\x03\x04")]));
    assert!(
        page.contains("“大.csv”没有收下：解开后太大：一个文件最多 100 MB") && page.contains("压缩包打不开"),
        "{page}"
    );
    assert_eq!(ledgers(&project).len(), 5);
    assert_eq!(files(&project.path(".zicha-history/input/incoming")), []);
}

fn hostile_uploads_are_refused_with_a_reason() {
    let project = Project::new().edit(&format!("{NOTICE}/notice.toml"), "seconds      = 20", "seconds      = 3");
    let ledger = |key: &str, value: Value| {
        let rows = vec![json!(["党组织", "姓名", "规定学时", "已完成学时"]), json!(["教务处党支部", "赵", 50, 38.5])];
        let mut spec = json!({ "sheets": [{ "name": "在线学习", "rows": rows }] });
        spec[key] = value;
        spec
    };
    let made = Project::new()
        .foreign_workbook("半截.xlsx", &ledger("truncate", json!(3000)))
        .foreign_workbook("炸弹.xlsx", &ledger("bomb", json!(["xl/media/image1.bin", 600])))
        .foreign_workbook("密码.xlsx", &ledger("password", json!("1234")))
        .foreign_workbook("重名.xlsx", &ledger("repeat_part", json!("xl/worksheets/sheet1.xml")))
        .file("input/图片.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01")
        .file("input/空.xls", b"\xd0\xcf\x11\xe0")
        .file("input/零.csv", &[0; 100]);
    let server = Server::over(&project);
    let sent = files(&made.path("input"));
    let sent: Vec<(&str, &[u8])> = sent.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    assert_eq!(sent.len(), 7);
    let page = server.follow(&server.upload("/ledgers", &[], &sent));
    for said in [
        "半截.xlsx”没有收下：文件已损坏",
        "炸弹.xlsx”没有收下：文件太大",
        "密码.xlsx”没有收下：设有打开密码",
        "图片.xlsx”没有收下：不是表格文件",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.matches("没有收下").count() == 7 && page.matches("。办法：").count() == 7, "{page}");
    assert_eq!(ledgers(&project), []);
    // A bad file copied into the folder is reported on its page.
    let project = project.file("input/零.csv", &[0; 100]);
    let page = server.settled("/ledgers");
    let page = server.settled(&format!("/ledger/{}", key(&page, "零.csv")));
    assert!(page.contains("没有读取：不是表格文件"), "{page}");
    drop(project);
}

fn concurrent_uploads_lose_nothing() {
    let project = Project::new();
    let server = Server::over(&project);
    let text = |n: usize| STUDY.replace("40", &n.to_string());
    std::thread::scope(|scope| {
        for n in 0..12 {
            let (server, text) = (&server, text(n));
            let same = if n % 2 == 0 { "replace" } else { "both" };
            scope.spawn(move || server.upload("/ledgers", &[("same", same)], &[("学习.csv", text.as_bytes())]));
        }
    });
    // Every upload is either in the folder or in the history.
    let all = files(&project.path("input")).into_iter().chain(files(&project.path(".zicha-history/input/kept")));
    let all: Vec<Vec<u8>> = all.map(|(_, bytes)| bytes).collect();
    for n in 0..12 {
        assert!(all.contains(&text(n).into_bytes()), "{n} is lost");
    }
}

/// Sends a form with files but for its last bytes; the connection.
fn begun_upload(client: &Client, ticket: &str) -> TcpStream {
    let body = multipart(ticket, &[("same", "both")], &[("学习.csv", STUDY.as_bytes())]);
    begun(client, "/ledgers", MULTIPART, &body)
}

/// Sends a form but for its last bytes; the connection.
fn begun(client: &Client, path: &str, kind: &str, body: &[u8]) -> TcpStream {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\n{kind}Sec-Fetch-Site: same-origin\r\nContent-Length: {}\r\n\r\n",
        client.host,
        body.len()
    );
    let mut stream = client.connect();
    stream.write_all(&[head.as_bytes(), &body[..body.len() - 20]].concat()).expect("sent");
    stream
}

/// Waits until all but twelve of a client's requests are answered, each of which lacks its end.
fn assert_twelve_under_way(begun: &[TcpStream]) {
    begun.iter().for_each(|stream| stream.set_nonblocking(true).expect("a stream that does not wait"));
    let is_answered = |stream: &&TcpStream| stream.peek(&mut [0; 1]).is_ok();
    while begun.iter().filter(is_answered).count() < begun.len() - 12 {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(begun.iter().filter(is_answered).count(), begun.len() - 12);
}

fn a_client_that_holds_all_its_uploads_leaves_room_for_others() {
    let project = Project::new();
    let server = Server::over(&project);
    let upload = |client: &Client| client.upload("/ledgers", &[("same", "both")], &[("学习.csv", STUDY.as_bytes())]);
    let ticket = server.ticket();
    let begun: Vec<TcpStream> = (0..20).map(|_| begun_upload(&server, &ticket)).collect();
    // The others are refused.
    assert_twelve_under_way(&begun);
    let refused = upload(&server);
    assert!(refused.status == 429 && refused.body.contains("这台电脑正在传的太多"), "{}", refused.body);
    let other = server.other_client();
    assert_eq!(upload(&other).status, 303);
    assert_twelve_under_way(&begun);
    drop(begun);
    while upload(&server).status == 429 {}
}

fn texts_of_files_that_a_client_sends_at_once_are_few() {
    let project = Project::new();
    let server = Server::over(&project);
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let body = format!("csrf_token={}&text={}", server.ticket(), "x".repeat(100_000));
    let begun: Vec<TcpStream> = (0..20).map(|_| begun(&server, "/settings/preview", kind, body.as_bytes())).collect();
    assert_twelve_under_way(&begun);
    let preview = |client: &Client| client.post("/settings/preview", &[("text", "")]).status;
    assert_eq!(preview(&server), 429);
    assert_ne!(preview(&server.other_client()), 429);
    drop(begun);
    while preview(&server) == 429 {}
}

fn hanging_files_of_a_client_do_not_hold_up_the_build_of_another() {
    let project = ready().edit(&format!("{NOTICE}/notice.toml"), "[roster]", "[limits]\nseconds = 3600\n[roster]");
    let server = Server::over(&project);
    // Reading both takes many times as long as a build.
    let slow = slow_page(12);
    let body = multipart(&server.ticket(), &[], &[("慢.xls", &slow), ("慢2.xls", &slow)]);
    let mut hanging = server.connect();
    let head = format!(
        "POST /ledgers HTTP/1.1\r\nHost: {}\r\n{MULTIPART}Sec-Fetch-Site: same-origin\r\nContent-Length: {}\r\n\r\n",
        server.host,
        body.len()
    );
    hanging.write_all(&[head.as_bytes(), &body].concat()).expect("sent");
    wait_for_child(server.id(), "read-worker");
    let other = server.other_client();
    assert_eq!(other.post("/work/build", &[]).status, 303);
    let page = other.worked();
    assert!(page.contains("草稿 2 份"), "{page}");
    let upload = other.upload("/ledgers", &[], &[("学习.csv", STUDY.as_bytes())]);
    assert_eq!(upload.status, 303);
    hanging.set_nonblocking(true).expect("a stream that does not wait");
    let unanswered = hanging.read(&mut [0; 1]).map_err(|error| error.kind());
    assert_eq!(unanswered, Err(ErrorKind::WouldBlock), "the first client still waits");
    server.kill();
}

fn a_killed_upload_leaves_no_partial_file() {
    let project = Project::new();
    let server = Server::over(&project);
    let body = multipart(&server.ticket(), &[], &[("学习.csv", &vec![b'1'; 4 << 20])]);
    let head =
        format!("POST /ledgers HTTP/1.1\r\nHost: {}\r\n{MULTIPART}Content-Length: {}\r\n\r\n", server.host, body.len());
    let mut stream = server.connect();
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body[..2 << 20])).expect("half of it");
    let incoming = project.path(".zicha-history/input/incoming");
    for _ in 0..200 {
        if files(&incoming).iter().any(|(_, bytes)| bytes.len() > 1 << 20) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(files(&incoming).len(), 1);
    server.kill();
    assert_eq!(ledgers(&project), []);
    let server = Server::over(&project);
    assert_eq!(files(&incoming), [], "the next one clears up");
    assert!(server.follow(&server.upload("/ledgers", &[], &[("学习.csv", STUDY.as_bytes())])).contains("收下"));
}

/// Checks a history in which a program died: each change was made, what they replaced is kept, nothing else is left.
fn assert_is_whole(project: &Project, sent: &[String]) -> usize {
    let dir = VersionedDir::open(&project.path("input")).expect("a history");
    let mut changes: Vec<FolderChange> =
        dir.recent_changes(usize::MAX).into_iter().map(|recent| recent.change).collect();
    changes.reverse();
    let numbers: Vec<u64> = changes.iter().map(|change| change.number).collect();
    assert_eq!(numbers, (1..=changes.len() as u64).collect::<Vec<_>>());
    let texts: Vec<String> = ledgers(project).into_iter().map(|(_, text)| text).collect();
    let current = texts.first().map(|text| sha256(text.as_bytes()));
    assert_eq!(changes.last().and_then(|change| change.hash), current, "the last entry is the file");
    assert!(texts.len() <= 1 && texts.iter().all(|text| sent.contains(text)), "{texts:?}");
    assert_eq!(files(&project.path(".zicha-history/input/incoming")), []);
    let mut kept = files(&project.path(".zicha-history/input/kept"));
    kept.sort_by_key(|(name, _)| name.parse::<u64>().unwrap_or_default());
    let expected =
        changes.iter().zip(changes.iter().skip(1)).map(|(before, after)| (after.number.to_string(), before.hash));
    let expected: Vec<_> = expected.collect();
    let kept: Vec<_> = kept.into_iter().map(|(name, bytes)| (name, Some(sha256(&bytes)))).collect();
    // The program may die before it removes the oldest.
    assert!(
        kept.len() <= 21 && kept.ends_with(&expected[expected.len().saturating_sub(20)..]),
        "{kept:?} {expected:?}"
    );
    changes.len()
}

fn killing_200_servers_that_store_ledgers_loses_nothing_and_leaves_no_entry_without_its_change() {
    let project = Project::new();
    let server = Server::over(&project);
    let begun = Instant::now();
    server.upload("/ledgers", &[("same", "replace")], &[("学习.csv", STUDY.as_bytes())]);
    let whole = begun.elapsed();
    server.kill();
    let mut sent = vec![STUDY.to_owned()];
    for round in 0..200 {
        let server = Server::over(&project);
        sent.push(STUDY.replace("40", &round.to_string()));
        let body =
            multipart(&server.ticket(), &[("same", "replace")], &[("学习.csv", sent[sent.len() - 1].as_bytes())]);
        let head = format!(
            "POST /ledgers HTTP/1.1\r\nHost: {}\r\n{MULTIPART}Sec-Fetch-Site: same-origin\r\nContent-Length: {}\r\n\r\n",
            server.host,
            body.len()
        );
        let mut stream = server.connect();
        stream.write_all(&[head.as_bytes(), &body].concat()).expect("a request");
        // Delays from none to more than an upload takes, also where the first one was the fastest.
        std::thread::sleep(whole * (round * 37 % 100) / 50);
        server.kill();
        assert_is_whole(&project, &sent);
    }
    let changes = assert_is_whole(&project, &sent);
    assert!(changes > 10, "{changes} of 200");
}

fn a_full_disk_leaves_no_entry_in_the_history() {
    let project = Project::new();
    let input = project.path("input");
    let own = mounted(&input, "size=64k");
    let dir = VersionedDir::open(&input).expect("a history");
    let put = |text: &[u8]| {
        let mut file = dir.receive().expect("a file");
        file.write_all(text).expect("received");
        dir.put(file, "学习.csv", None, "2018-11-02T09:30")
    };
    assert!(put(&[b'1'; 40 << 10]).is_ok_and(|change| change.is_some()));
    // Without the right to mount, a folder that cannot be written takes the disk's place.
    let mode = |mode| std::fs::set_permissions(&input, std::fs::Permissions::from_mode(mode)).expect("a mode");
    if !own {
        mode(0o555);
    }
    let refused = put(&[b'2'; 60 << 10]).map(|_| ());
    let removed = if own { None } else { Some(dir.remove("学习.csv", None, "2018-11-02T09:31").map(|_| ())) };
    mode(0o755);
    let changes = dir.recent_changes(9).len();
    let (left, kept) = (ledgers(&project), files(&project.path(".zicha-history/input/kept")));
    let incoming = files(&project.path(".zicha-history/input/incoming"));
    drop(dir);
    assert!(!own || Command::new("umount").arg(&input).status().is_ok_and(|status| status.success()));
    assert!(refused.is_err() && removed.is_none_or(|removed| removed.is_err()));
    assert_eq!((changes, kept, incoming), (1, vec![], vec![]));
    assert!(left.len() == 1 && left[0].1 == "1".repeat(40 << 10), "{} files", left.len());
    assert_eq!(project.read(".zicha-history/input/journal.jsonl").lines().count(), 1);
}

fn a_file_with_invisible_characters_in_its_name_is_shown_and_removed() {
    let name = "学习\u{202e}xslx.csv";
    let project = ready().file(&format!("input/{name}"), STUDY.as_bytes());
    let server = Server::over(&project);
    let page = server.settled("/ledgers");
    let address = format!("/ledger/{}", key(&page, "学习‹U+202E›xslx.csv"));
    assert!(!page.contains('\u{202e}'), "{page}");
    let page = server.settled(&address);
    assert!(page.contains("文件名里有看不见的字符") && !page.contains('\u{202e}'), "{page}");
    let seen = sha256(STUDY.as_bytes()).to_string();
    let page = server.follow(&server.post(&format!("{address}/remove"), &[("seen", &seen)]));
    assert!(page.contains("已移走“学习‹U+202E›xslx.csv”") && !page.contains('\u{202e}'), "{page}");
    assert!(!project.path(&format!("input/{name}")).exists());
    server.follow(&server.post("/history/1/undo", &[]));
    assert!(project.path(&format!("input/{name}")).exists());
    // A received file gets a name without them.
    let page =
        server.follow(&server.upload("/ledgers", &[], &[("a\u{202e}b.csv", STUDY.replace("40", "41").as_bytes())]));
    assert!(page.contains("收下“a_b.csv”"), "{page}");
}

fn accepting_a_header_spelling_keeps_the_settings_comments() {
    let project = ready().file("input/学习二.csv", "党组织,姓名,规定的学时,已完成学时\n甲党支部,钱,50,40\n".as_bytes());
    let settings = format!("{NOTICE}/notice.toml");
    let before = project.read(&settings);
    let server = Server::over(&project);
    let address = format!("/ledger/{}", key(&server.settled("/ledgers"), "学习二.csv"));
    let page = server.settled(&address);
    assert!(page.contains("“规定的学时”就是《干部在线学习》的“规定学时”"), "{page}");
    let fields = [("sheet", "0"), ("ledger", "study"), ("column", "required"), ("header", "规定的学时")];
    let page = server.follow(&server.post(&format!("{address}/accept"), &fields));
    assert!(page.contains("已记住：“规定的学时”就是“规定学时”"), "{page}");
    let expected = before.replace("header = [\"规定学时\"]", "header = [\"规定学时\", \"规定的学时\"]");
    assert!(before != expected && project.read(&settings) == expected, "{}", project.read(&settings));
    assert!(!server.settled(&address).contains("记住这种写法"));
    assert!(server.get("/settings").body.contains("改了设置"), "it can be undone");
    // Only suggested spellings can be accepted.
    for other in [("column", "done"), ("header", "\"] # x"), ("ledger", "none")] {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|pair| if pair.0 == other.0 { other } else { *pair }).collect();
        assert_eq!(server.post(&format!("{address}/accept"), &fields).status, 409);
    }
    assert_eq!(project.read(&settings), expected);
}
