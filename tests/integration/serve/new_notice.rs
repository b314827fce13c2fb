//! A new notice on the page: ledgers and outline uploaded, guesses changed, the notice made and opened.

use super::client::{MULTIPART, Server, multipart};
use super::{quoted_before, ready};
use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_notice_is_made_from_uploaded_ledgers_and_offered,
        what_cannot_become_a_notice_is_refused_with_the_reason,
        ledgers_that_name_no_branches_are_asked_for_them,
        the_present_notice_is_moved_on,
        what_was_typed_is_there_to_be_corrected,
        the_first_notice_of_an_empty_folder_is_made,
        the_previous_result_is_chosen_or_uploaded,
        a_previous_result_that_cannot_be_used_is_refused_as_on_the_command_line,
        the_browser_works_on_the_notice_that_it_made,
        the_only_notice_is_shown_where_the_servers_own_is_missing,
    ]
}

const HAZARDS: &str = "科室,隐患内容,级别,整改期限,整改情况\n内科,灭火器过期,一般,2026-08-10,已整改\n\
    内科,走廊堆放杂物,一般,2026-09-20,整改中\n外科,插座破损,重大,2026-08-31,整改中\n";
const OUTLINE: &str = "一、隐患排查治理\n二、下一步打算\n";

/// Uploads files for a notice; returns the address of its draft.
fn draft(server: &Server, name: &str, files: &[(&str, &[u8])]) -> String {
    let reply = server.upload("/new", &[("name", name)], files);
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.header("location").expect("an address").to_owned()
}

/// The name of the field of the question that has a text.
fn field(page: &str, question: &str) -> String {
    quoted_before(page, "for=\"", &format!(">{question}</label>")).to_owned()
}

fn a_notice_is_made_from_uploaded_ledgers_and_offered() {
    let project = ready();
    let server = Server::over(&project);
    let files = [("隐患台账.csv", HAZARDS.as_bytes()), ("提纲.txt", OUTLINE.as_bytes())];
    let address = draft(&server, "2026-q3", &files);
    let page = server.get(&address).body;
    for text in ["看字面", "3 格只有 2 种：重大、一般", "台账里没有名册", "报告 2 个方面"] {
        assert!(page.contains(text), "no {text}: {page}");
    }
    let cutoff = field(&page, "数据截止到哪一天");
    let reply = server.post(&address, &[("version", "0"), (&cutoff, "2026.9.29"), ("act", "look")]);
    let page = server.follow(&reply);
    assert!(page.contains("照您说的") && page.contains("value=\"2026-09-29\""), "{page}");
    // A page that was opened before the answer.
    let page = server.follow(&server.post(&address, &[("version", "0"), (&cutoff, "2026-10-01"), ("act", "make")]));
    assert!(page.contains("别处又改过"), "{page}");
    let page = server.follow(&server.post(&address, &[("version", "1"), ("act", "make"), (&cutoff, "下周")]));
    assert!(page.contains("“数据截止日”不能是“下周”"), "{page}");
    assert!(!project.path("templates/2026-q3").exists());
    let page = server.follow(&server.post(&address, &[("version", "1"), ("act", "make")]));
    assert!(page.contains("写好") && page.contains("文件夹 2026-q3"), "{page}");
    assert!(project.read("templates/2026-q3/notice.toml").contains("cutoff = 2026-09-29  # 照您说的"));
    assert_eq!(project.read("input/2026-q3/隐患台账.csv"), HAZARDS);
    assert_eq!(server.get(&address).status, 404, "it is made");
    let run = project.zicha(&["build", "--notice", "templates/2026-q3/notice.toml", "--format", "md"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let report = project.read("output/2026-q3/内科/内科-自查报告.md");
    assert!(report.contains("超过整改期限仍未完成的有1项"), "{report}");
}

fn what_cannot_become_a_notice_is_refused_with_the_reason() {
    let project = ready();
    let server = Server::over(&project);
    let ledger = ("隐患台账.csv", HAZARDS.as_bytes());
    let refused = |name: &str, files: &[(&str, &[u8])]| server.follow(&server.upload("/new", &[("name", name)], files));
    for (name, files, reason) in [
        ("", &[ledger][..], "文件夹的名称不能用"),
        ("../x", &[ledger], "文件夹的名称不能用"),
        (".x", &[ledger], "文件夹的名称不能用"),
        ("2018-grassroots", &[ledger], "里已有文件，不覆盖"),
        ("新", &[], "没有给台账"),
        ("新", &[("a.exe", b"1")], "“a.exe”不是台账文件"),
        ("新", &[("坏.xlsx", b"PK\x03\x04")], "坏.xlsx：文件已损坏"),
        ("新", &[("无表头.csv", b"1,2\n3,4\n")], "“无表头.csv”里没有找到表头"),
        ("新", &[ledger, ("提纲.txt", b"\n")], "“提纲.txt”里没有找到标题"),
    ] {
        let page = refused(name, files);
        assert!(page.contains(reason), "{name} {reason}: {page}");
    }
    assert_eq!(server.get("/new/0123456789abcdef").status, 404);
    let head = format!("Content-Type: application/x-www-form-urlencoded\r\nOrigin: http://{}\r\n", server.host);
    assert_eq!(server.ask("POST", "/new/from", &head, b"next=x&step=year").status, 403, "no token");
    assert!(!project.path("templates/新").exists() && !project.path("input/新").exists());
}

fn ledgers_that_name_no_branches_are_asked_for_them() {
    let project = ready();
    let server = Server::over(&project);
    let address = draft(&server, "新", &[("空白.csv", "科室,隐患内容\n".as_bytes())]);
    let page = server.get(&address).body;
    assert!(page.contains("台账里没有科室的名称") && !page.contains("value=\"make\""), "{page}");
    let page = server.follow(&server.post(&address, &[("version", "0"), ("branches", "内科\n外科"), ("act", "look")]));
    assert!(page.contains("value=\"make\""), "{page}");
    let page = server.follow(&server.post(&address, &[("version", "1"), ("act", "make")]));
    assert!(page.contains("写好"), "{page}");
    assert!(project.read("input/新/科室名册.csv").contains("\"外科\",\"科室\""));
}

fn the_present_notice_is_moved_on() {
    let project = Project::new();
    let server = Server::over(&project);
    let page = server.follow(&server.post("/new/from", &[("next", "2019-grassroots"), ("step", "year")]));
    assert!(page.contains("cutoff   = 2019-10-25") && page.contains("6月份检查"), "{page}");
    // The outcome is open, the lines that were moved are folded.
    let outcome = page.find("<p>新的通知“2019-grassroots”写好了").expect("the outcome");
    assert!(outcome < page.find("<details").expect("the lines") && page.contains("详细的有"), "{page}");
    assert!(project.read("templates/2019-grassroots/notice.toml").contains("deadline = 2019-11-02"));
    assert!(project.read(&format!("{NOTICE}/notice.toml")).contains("deadline = 2018-11-02"));
    let page = server.follow(&server.post("/new/from", &[("next", "2019-grassroots"), ("step", "year")]));
    assert!(page.contains("里已有文件，不覆盖"), "{page}");
}

fn what_was_typed_is_there_to_be_corrected() {
    let project = ready();
    let server = Server::over(&project);
    let fields = [("name", "新"), ("headings", "一、甲情况\n二、乙情况"), ("branches", "内科\n外科")];
    let page = server.follow(&server.upload("/new", &fields, &[("a.exe", b"1")]));
    for text in ["value=\"新\"", ">一、甲情况\n二、乙情况</textarea>", ">内科\n外科</textarea>", "文件请再选一次"]
    {
        assert!(page.contains(text), "no {text}: {page}");
    }
    let page = server.follow(&server.post("/new/from", &[("next", "a/b"), ("step", "quarter")]));
    assert!(page.contains("value=\"a/b\"") && page.contains("value=\"quarter\" selected"), "{page}");
    // An answer that is refused stays, and the others with it.
    let address = draft(&server, "2026-q3", &[("隐患台账.csv", HAZARDS.as_bytes())]);
    let page = server.get(&address).body;
    let (cutoff, issuer) = (field(&page, "数据截止到哪一天"), field(&page, "发通知的部门"));
    let answers = [("version", "0"), (&cutoff, "9月31日"), (&issuer, "医务处"), ("act", "look")];
    let page = server.follow(&server.post(&address, &answers));
    assert!(page.contains("没有31日") && page.contains("value=\"9月31日\""), "{page}");
    assert!(page.contains("value=\"医务处\""), "{page}");
    let page = server.get(&address).body;
    assert!(!page.contains("value=\"9月31日\""), "once: {page}");
}

fn the_first_notice_of_an_empty_folder_is_made() {
    let project = Project::empty();
    let server = Server::over(&project);
    let page = server.get("/new").body;
    assert!(!page.contains("从现在这份通知开始") && !page.contains("从这里开始"), "{page}");
    // Other pages have no form to take the ticket from.
    let ticket = page.split("name=\"csrf_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let ticket = ticket.expect("a ticket");
    let body = multipart(ticket, &[("name", "2026-q3")], &[("隐患台账.csv", HAZARDS.as_bytes())]);
    let reply = server.ask("POST", "/new", &format!("{MULTIPART}Sec-Fetch-Site: same-origin\r\n"), &body);
    let address = reply.header("location").expect("a draft").to_owned();
    let page = server.get(&address).body;
    assert!(page.contains("写出通知") && !page.contains("从这里开始"), "{page}");
    let head = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let fields = format!("csrf_token={ticket}&version=0&act=make");
    let page = server.follow(&server.ask("POST", &address, head, fields.as_bytes()));
    assert!(page.contains("写好了") && !page.contains("从这里开始") && page.contains("换到这一份"), "{page}");
}

/// A project whose notice 二季度 has been built.
fn with_earlier_run() -> Project {
    let project = ready().file("隐患台账.csv", HAZARDS.as_bytes());
    let run = project.zicha(&["new", "templates/二季度", "隐患台账.csv", "--answer", "数据截止日=2026-06-30"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let run = project.zicha(&["build", "--notice", "templates/二季度/notice.toml", "--format", "md"]);
    assert_eq!(run.code, 0, "{}", run.all());
    project
}

/// Sends the form with a file of results.
fn upload_previous(server: &Server, fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> super::client::Reply {
    const END: &[u8] = b"--zzz--\r\n";
    let form = multipart(&server.ticket(), fields, &[("隐患台账.csv", HAZARDS.as_bytes())]);
    let head = format!("--zzz\r\nContent-Disposition: form-data; name=\"previous-file\"; filename=\"{name}\"\r\n\r\n");
    let form = form.strip_suffix(END).expect("an end");
    let body = [form, head.as_bytes(), bytes, b"\r\n", END].concat();
    server.ask("POST", "/new", &format!("{MULTIPART}Sec-Fetch-Site: same-origin\r\n"), &body)
}

/// The key of a notice in the list of earlier results.
fn earlier_key(page: &str, folder: &str) -> String {
    quoted_before(page, "<option value=\"", &format!("（文件夹 {folder}）")).to_owned()
}

/// Makes the notice of a draft.
fn make(server: &Server, address: &str) {
    let page = server.get(address).body;
    assert!(page.contains("与上一期的结果比"), "{page}");
    let page = server.follow(&server.post(address, &[("version", "0"), ("act", "make")]));
    assert!(page.contains("写好"), "{page}");
}

fn the_previous_result_is_chosen_or_uploaded() {
    let project = with_earlier_run();
    let server = Server::over(&project);
    let page = server.get("/new").body;
    // The shipped notice has not been built.
    assert!(!page.contains("（文件夹 2018-grassroots）"), "{page}");
    let key = earlier_key(&page, "二季度");
    let ledger = [("隐患台账.csv", HAZARDS.as_bytes())];
    let reply = server.upload("/new", &[("name", "三季度"), ("previous", &key)], &ledger);
    make(&server, reply.header("location").expect("an address"));
    let table = std::fs::read(project.path("output/二季度/汇总/汇总表.xlsx")).expect("a table");
    let record = std::fs::read(project.path("output/二季度/run.json")).expect("a record");
    for (notice, name, bytes) in [("从表", "汇总表.XLSX", &table), ("从记录", "run.json", &record)] {
        let reply = upload_previous(&server, &[("name", notice)], name, bytes);
        make(&server, reply.header("location").expect("an address"));
    }
    for (notice, previous) in
        [("三季度", "../../output/二季度"), ("从表", "上期/汇总表.xlsx"), ("从记录", "上期/run.json")]
    {
        let settings = format!("templates/{notice}/notice.toml");
        assert!(project.read(&settings).contains(&format!("previous = \"{previous}\"\n")), "{notice}");
        let run = project.zicha(&["build", "--notice", &settings, "--format", "md"]);
        assert_eq!(run.code, 0, "{}", run.all());
        let report = project.read(&format!("output/{notice}/内科/内科-自查报告.md"));
        assert!(report.contains("隐患共2项（与上期持平）；"), "{notice}: {report}");
    }
}

fn a_previous_result_that_cannot_be_used_is_refused_as_on_the_command_line() {
    let project = with_earlier_run();
    let record = project.read("output/二季度/run.json");
    let other = "{\"version\": \"0.1.0\", \"labels\": {\"fund\": \"经费\"}, \"branches\": []}";
    let later = record.replacen(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"99.1.0\"", 1);
    let server = Server::over(&project);
    for (name, bytes, reason) in [
        ("坏.json", &record[..record.len() / 2], "上一期的结果 坏.json 不能用：不完整或改坏了"),
        ("以后.json", later.as_str(), "上一期的结果 以后.json 不能用：由更新的版本 99.1.0 生成"),
        ("别的.json", other, "上一期的结果 别的.json 不能用：里面没有这份通知的任何一个指标"),
        ("表.xlsx", HAZARDS, "上一期的结果 表.xlsx 不能用：不是汇总表"),
    ] {
        let page = server.follow(&upload_previous(&server, &[("name", "三季度")], name, bytes.as_bytes()));
        assert!(page.contains(reason), "{name}: {page}");
        std::fs::write(project.path(name), bytes).expect("written");
        let run = project.zicha(&["new", "templates/三季度", "隐患台账.csv", "--previous", name]);
        assert!(run.code == 2 && run.stderr.contains(reason), "{name}: {}", run.all());
    }
    let page = server.get("/new").body;
    let key = earlier_key(&page, "二季度");
    let fields = [("name", "三季度"), ("previous", key.as_str())];
    let page = server.follow(&upload_previous(&server, &fields, "run.json", record.as_bytes()));
    assert!(page.contains("上一期的结果给了不止一份"), "{page}");
    // The choice is still there.
    assert!(page.contains(&format!("<option value=\"{key}\" selected>")), "{page}");
    let page = server.follow(&upload_previous(&server, &[("name", "三季度")], "表.txt", b"1"));
    assert!(page.contains("“表.txt”不是上一期的结果：放那时的汇总表.xlsx 或 run.json"), "{page}");
    std::fs::remove_file(project.path("output/二季度/run.json")).expect("removed");
    let ledger = [("隐患台账.csv", HAZARDS.as_bytes())];
    let page = server.follow(&server.upload("/new", &fields, &ledger));
    assert!(page.contains("选的那份通知里没有上一期的结果了"), "{page}");
    let run = project.zicha(&["new", "templates/三季度", "隐患台账.csv", "--previous", "output/二季度"]);
    assert!(run.code == 2 && run.stderr.contains("文件夹里没有 run.json"), "{}", run.all());
    assert!(!project.path("templates/三季度").exists() && !project.path("input/三季度").exists());
}

/// Ledgers that are put in next are those of the new notice.
fn the_browser_works_on_the_notice_that_it_made() {
    let project = ready();
    let server = Server::over(&project);
    let address = draft(&server, "三季度", &[("隐患台账.csv", HAZARDS.as_bytes())]);
    let reply = server.post(&address, &[("version", "0"), ("act", "make")]);
    let page = server.follow(&reply);
    assert!(page.contains("这个浏览器已经换到这一份") && page.contains("现在就是这一份"), "{page}");
    let cookie = reply.header("set-cookie").expect("a cookie").split(';').next().expect("a pair").to_owned();
    let page = server.ask("GET", "/ledgers", &format!("Cookie: {cookie}\r\n"), b"").body;
    assert!(page.contains("隐患台账.csv"), "{page}");
    let reply = server.post("/new/from", &[("next", "2019-grassroots"), ("step", "year")]);
    assert!(reply.header("set-cookie").is_some() && server.follow(&reply).contains("写好了"));
    // Another browser stays with its own.
    assert!(server.get("/ledgers").body.contains("干部在线学习.csv"));
}

fn the_only_notice_is_shown_where_the_servers_own_is_missing() {
    let project = Project::empty().file("隐患台账.csv", HAZARDS.as_bytes());
    let run = project.zicha(&["new", "templates/三季度", "隐患台账.csv"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let server = Server::over(&project);
    for address in ["/", "/ledgers", "/settings", "/work"] {
        let page = server.get(address).body;
        assert!(!page.contains("还没有通知") && !page.contains("从这里开始"), "{address}: {page}");
    }
    assert!(server.get("/ledgers").body.contains("隐患台账.csv"));
}
