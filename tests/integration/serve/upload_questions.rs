//! Uploads that are perhaps not meant, limits, undoing a whole upload, earlier contents, and who did it.

use std::io::{Cursor, Write};

use serde_json::json;

use super::browser::assert_fit;
use super::client::Server;
use super::webdriver::{Browser, ENTER};
use super::{key, ready};
use crate::support::{NOTICE, Project, files};

crate::harness::tests! {
    alone: [
        a_file_that_is_another_ledger_replaces_nothing_without_a_yes,
        a_replacement_of_another_format_is_refused_with_the_cure,
        a_replacement_with_far_fewer_rows_is_asked_about,
        the_same_bytes_under_another_name_are_asked_about,
        a_copy_in_place_of_another_ledger_is_asked_about_both,
        a_temporary_file_of_an_open_ledger_is_refused_as_such,
        a_whole_upload_is_undone_in_one_step,
        a_file_that_is_too_large_keeps_no_other_out,
        limits_are_named_truly,
        a_folder_called_like_the_notice_does_not_become_its_only_ledgers,
        an_empty_zip_is_refused_by_name,
        the_note_counts_findings_and_a_reload_repeats_it_not,
        ledgers_are_downloaded_also_as_of_earlier,
        the_history_names_who,
    ]
    with_tools: [
        questions_are_answered_by_mouse_and_keyboard_in_narrow_and_wide_windows,
        two_browsers_see_whose_questions_they_are_and_each_is_decided_once,
    ]
}

const STUDY: &str = "党组织,姓名,规定学时,已完成学时\n甲党支部,赵,50,40\n乙党支部,钱,50,50\n";
const PRIZES: &str = "党组织,奖项\n乙党支部,先进\n";

/// The text of a ledger.
fn ledger(project: &Project, name: &str) -> String {
    project.read(&format!("input/{name}"))
}

/// The hash in the forms of a ledger's page, and the page's address.
fn seen(server: &Server, name: &str) -> (String, String) {
    let address = format!("/ledger/{}", key(&server.settled("/ledgers"), name));
    let page = server.get(&address).body;
    let seen = page.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    (seen.expect("a hash").to_owned(), address)
}

/// The address of the form that answers the only question of a page.
fn asked(page: &str) -> String {
    let rest = page.split("action=\"/ledgers/asked/").nth(1).unwrap_or_else(|| panic!("no question: {page}"));
    format!("/ledgers/asked/{}", rest.split('"').next().expect("a key"))
}

/// A project with one ledger, of two rows.
fn with_study() -> Project {
    let project = ready();
    std::fs::remove_file(project.path("input/干部在线学习.csv")).expect("removed");
    project.file("input/学习.csv", STUDY.as_bytes())
}

fn a_file_that_is_another_ledger_replaces_nothing_without_a_yes() {
    let project = with_study();
    let server = Server::over(&project);
    let (hash, address) = seen(&server, "学习.csv");
    let send = |bytes: &str| {
        server.follow(&server.upload(&format!("{address}/replace"), &[("seen", &hash)], &[("x.csv", bytes.as_bytes())]))
    };
    // Prizes in place of study hours, a program in place of a ledger: both wait.
    let page = send(&PRIZES.replace("先进", "模范"));
    assert!(page.contains("等你决定") && !page.contains("换下了"), "{page}");
    let page = send("import os\nprint(1)\n");
    assert!(page.contains("等你决定"), "{page}");
    assert_eq!(ledger(&project, "学习.csv"), STUDY);
    let page = server.settled("/ledgers");
    assert!(page.contains("等你决定的文件（2 个）"), "{page}");
    assert!(
        page.contains("“学习.csv”原来是《干部在线学习》，2 行；新的文件是《获奖情况》，1 行。要换下原来的吗？"),
        "{page}"
    );
    assert!(page.contains("新的文件没有认出是哪一种台账。要换下原来的吗？"), "{page}");
    // No: the newest question first.
    let page = server.follow(&server.post(&asked(&page), &[]));
    assert!(page.contains("“学习.csv”没有放入") && ledger(&project, "学习.csv") == STUDY, "{page}");
    // Yes, of another browser, and only once.
    let form = asked(&page);
    let page = server.follow(&server.post(&form, &[("take0", "yes")]));
    assert!(page.contains("换下了原来的同名文件") && ledger(&project, "学习.csv").contains("模范"), "{page}");
    assert!(server.follow(&server.post(&form, &[("take0", "yes")])).contains("已经有人决定过"));
    // Undone.
    server.post("/history/1/undo-upload", &[]);
    assert_eq!(ledger(&project, "学习.csv"), STUDY);
    // A file of the same name among ledgers is asked about likewise.
    let page = server.follow(&server.upload(
        "/ledgers",
        &[("same", "replace")],
        &[("学习.csv", PRIZES.replace("先进", "标兵").as_bytes())],
    ));
    assert!(page.contains("等你决定的文件（1 个）") && ledger(&project, "学习.csv") == STUDY, "{page}");
    // Someone else replaced the file since: the answer is late.
    let project = project.file("input/学习.csv", STUDY.replace("40", "45").as_bytes());
    let page = server.follow(&server.post(&asked(&page), &[("take0", "yes")]));
    assert!(page.contains("刚刚被别人换过") && ledger(&project, "学习.csv").contains("45"), "{page}");
}

fn a_replacement_of_another_format_is_refused_with_the_cure() {
    let project = with_study();
    let server = Server::over(&project);
    let (hash, address) = seen(&server, "学习.csv");
    for (name, said) in
        [("x.py", "原来的是 .csv 文件，这个是 .py 文件"), ("x", "这个没有扩展名"), ("x.ods", "另存为 .csv 再换")]
    {
        let sent = STUDY.replace("40", "41");
        let reply = server.upload(&format!("{address}/replace"), &[("seen", &hash)], &[(name, sent.as_bytes())]);
        let page = server.follow(&reply);
        assert!(page.contains(said) && ledger(&project, "学习.csv") == STUDY, "{page}");
    }
}

fn a_replacement_with_far_fewer_rows_is_asked_about() {
    let rows: String = (0..54).map(|n| format!("甲党支部,赵{n},50,40\n")).collect();
    let head = "党组织,姓名,规定学时,已完成学时\n";
    let project = with_study().file("input/学习.csv", format!("{head}{rows}").as_bytes());
    let server = Server::over(&project);
    let send = |rows: usize| {
        let rows: String = (0..rows).map(|n| format!("甲党支部,钱{n},50,40\n")).collect();
        server.follow(&server.upload("/ledgers", &[], &[("学习.csv", format!("{head}{rows}").as_bytes())]))
    };
    let page = send(26);
    assert!(page.contains("“学习.csv”原来有 54 行，新的只有 26 行。要换下原来的吗？"), "{page}");
    assert!(send(0).contains("等你决定"), "a head alone");
    assert!(send(27).contains("换下了原来的同名文件"));
}

fn the_same_bytes_under_another_name_are_asked_about() {
    let project = with_study();
    let server = Server::over(&project);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let other = STUDY.replace("40", "41");
    for (name, bytes) in [("台账/学习.csv", STUDY), ("台账/新.csv", &other), ("台账/又一份.csv", &other)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(bytes.as_bytes()).expect("bytes");
    }
    let zip = zip.finish().expect("a zip").into_inner();
    let page = server.follow(&server.upload("/ledgers", &[], &[("全部.zip", &zip)]));
    assert!(page.contains("收下“台账/新.csv”") && page.contains("等你决定的文件（2 个）"), "{page}");
    assert!(page.contains("“台账/学习.csv”和“学习.csv”内容一模一样，放进来每一行都会算两遍。还要放吗？"), "{page}");
    assert!(page.contains("“台账/又一份.csv”和“台账/新.csv”内容一模一样"), "{page}");
    assert!(!project.path("input/台账/学习.csv").exists());
    // One of both is taken.
    let page = server.follow(&server.post(&asked(&page), &[("take1", "yes")]));
    assert!(page.contains("“台账/学习.csv”没有放入") && page.contains("收下“台账/又一份.csv”"), "{page}");
    assert_eq!(ledger(&project, "台账/又一份.csv"), other);
}

fn a_copy_in_place_of_another_ledger_is_asked_about_both() {
    let project = with_study().file("input/获奖.csv", PRIZES.as_bytes());
    let server = Server::over(&project);
    let page = server.follow(&server.upload("/ledgers", &[], &[("学习.csv", PRIZES.as_bytes())]));
    let both = "“学习.csv”原来是《干部在线学习》，2 行；新的文件是《获奖情况》，1 行。要换下原来的吗？\
                “学习.csv”和“获奖.csv”内容一模一样";
    assert!(page.contains(both) && ledger(&project, "学习.csv") == STUDY, "{page}");
}

fn a_temporary_file_of_an_open_ledger_is_refused_as_such() {
    let project = with_study();
    let server = Server::over(&project);
    for name in ["~$学习.csv", ".~学习.csv"] {
        let page = server.follow(&server.upload("/ledgers", &[], &[(name, PRIZES.as_bytes())]));
        let said = format!("“{name}”没有收下：是表格软件打开文件时的临时文件");
        assert!(page.contains(&said) && ledger(&project, "学习.csv") == STUDY, "{page}");
    }
}

fn a_whole_upload_is_undone_in_one_step() {
    let project = with_study();
    let server = Server::over(&project);
    let before = files(&project.path("input"));
    let sent = [41, 42, 43].map(|hours| STUDY.replace("40", &hours.to_string()));
    let names = ["学习.csv", "二.csv", "三.csv"];
    let sent: Vec<(&str, &[u8])> = names.iter().zip(&sent).map(|(name, text)| (*name, text.as_bytes())).collect();
    let page = server.follow(&server.upload("/ledgers", &[], &sent));
    assert!(page.contains("撤销这次放入的全部 3 个") && page.contains("/history/1/undo-upload"), "{page}");
    let page = server.follow(&server.post("/history/1/undo-upload", &[]));
    assert!(page.contains("已撤销：3 个文件恢复成原来的样子"), "{page}");
    assert_eq!(files(&project.path("input")), before);
    // What was undone comes back in one step, too; a file that was changed since stays.
    let project = project.file("input/学习.csv", STUDY.replace("40", "50").as_bytes());
    let page = server.follow(&server.post("/history/4/undo-upload", &[]));
    assert!(page.contains("已撤销：2 个文件") && page.contains("“学习.csv”：这一步不能撤销"), "{page}");
    assert_eq!(files(&project.path("input")).len(), before.len() + 2);
}

fn a_file_that_is_too_large_keeps_no_other_out() {
    let project = ready().edit(&format!("{NOTICE}/notice.toml"), "[roster]", "[limits]\nfile_mib = 1\n[roster]");
    let server = Server::over(&project);
    let sent: [(&str, &[u8]); 3] =
        [("先.csv", STUDY.as_bytes()), ("大.csv", &vec![b'1'; 2 << 20]), ("后.csv", PRIZES.as_bytes())];
    let sent = [sent[0], sent[1], ("后.csv", "党组织,奖项\n乙党支部,模范\n".as_bytes())];
    let page = server.follow(&server.upload("/ledgers", &[], &sent));
    assert!(page.contains("“大.csv”没有收下：文件太大：一个文件最多 1 MB"), "{page}");
    assert!(page.contains("收下“先.csv”") && page.contains("收下“后.csv”"), "{page}");
}

fn limits_are_named_truly() {
    let project = ready();
    let server = Server::over(&project);
    let texts: Vec<String> = (0..302).map(|n| format!("党组织,奖项\n乙党支部,先进{n}\n")).collect();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (n, text) in texts.iter().enumerate() {
        zip.start_file(format!("{n:03}.txt"), zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("bytes");
    }
    let zip = zip.finish().expect("a zip").into_inner();
    let page = server.follow(&server.upload("/ledgers", &[], &[("全部.zip", &zip)]));
    assert!(page.contains("“300.txt”没有收下：压缩包里的文件太多：一次最多 300 个，请分几次上传"), "{page}");
    assert!(page.contains("“299.txt”没有收下：不是台账文件"), "{page}");
    let names: Vec<String> = (0..302).map(|n| format!("{n:03}.txt")).collect();
    let sent: Vec<(&str, &[u8])> = names.iter().map(String::as_str).zip(texts.iter().map(String::as_bytes)).collect();
    let page = server.follow(&server.upload("/ledgers", &[], &sent));
    assert!(page.contains("“301.txt”没有收下：文件太多：一次最多 300 个，请分几次上传"), "{page}");
    // Of texts those of their own.
    let said = |fields: &[(&str, &str)], files: &[(&str, &[u8])]| {
        let reply = server.upload("/ledgers", fields, files);
        (reply.status, reply.body)
    };
    let (status, page) = said(&[("same", &"字".repeat(22_000))], &[]);
    assert!(status == 413 && page.contains("填的字太多：一栏最多 64 KB，请删短再交"), "{page}");
    let (status, page) = said(&[("same", "both"); 40], &[]);
    assert!(status == 400 && page.contains("表单最多 32 栏"), "{page}");
    let (status, page) = said(&[], &[(&"长".repeat(60_000), b"1")]);
    assert!(status == 413 && page.contains("填的字太多：文件名和栏名最多 64 KB"), "{page}");
    let reply = server.post("/history/1/undo", &[("text", &"a".repeat(70_000))]);
    assert!(reply.status == 413 && reply.body.contains("填的字太多：一次最多 64 KB"), "{}", reply.body);
    let reply = server.post("/settings/preview", &[("a", ""); 70_000]);
    assert!(reply.status == 400 && reply.body.contains("表单最多 65536 栏"), "{}", reply.body);
}

fn a_folder_called_like_the_notice_does_not_become_its_only_ledgers() {
    let project = ready();
    let server = Server::over(&project);
    let ledger = "党组织,姓名,规定学时,已完成学时\n甲党支部,赵,50,1\n".as_bytes();
    let name = NOTICE.trim_start_matches("templates/");
    for name in [name.to_owned(), name.to_uppercase()] {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(format!("{name}/学习.csv"), zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(ledger).expect("bytes");
        let zip = zip.finish().expect("a zip").into_inner();
        let page = server.follow(&server.upload("/ledgers", &[], &[("台账.zip", &zip)]));
        assert!(page.contains("没有收下：这个文件夹与通知的文件夹同名"), "{page}");
        assert!(!project.path("input").join(name).exists());
    }
}

fn an_empty_zip_is_refused_by_name() {
    let project = ready();
    let server = Server::over(&project);
    let empty = zip::ZipWriter::new(std::io::Cursor::new(Vec::new())).finish().expect("a zip").into_inner();
    let page = server.follow(&server.upload("/ledgers", &[], &[("空.zip", &empty)]));
    assert!(page.contains("“空.zip”没有收下：压缩包里没有文件，请把台账放进去再传"), "{page}");
    assert!(!page.contains("没有选文件"), "{page}");
    let page = server.follow(&server.upload("/ledgers", &[], &[]));
    assert!(page.contains("没有选文件"), "{page}");
}

fn the_note_counts_findings_and_a_reload_repeats_it_not() {
    let project = ready();
    let server = Server::over(&project);
    let sent = "党组织,姓名,规定学时,已完成学时\n甲党支部,孙,约五十,40\n";
    let good = "党组织,奖项\n乙党支部,模范\n";
    let reply = server.upload("/ledgers", &[], &[("奖.csv", good.as_bytes()), ("学习.csv", sent.as_bytes())]);
    let address = reply.header("location").expect("an address").to_owned();
    let page = server.settled(&address);
    assert!(page.contains("收下“学习.csv”：认作《干部在线学习》，1 行；核对出错误 1 项"), "{page}");
    assert!(page.contains("收下“奖.csv”：认作《获奖情况》，1 行；没有发现问题"), "{page}");
    assert!(page.find("收下“学习.csv”") < page.find("收下“奖.csv”"), "findings come first");
    assert!(!server.get(&address).body.contains("收下"), "a reload shows the note no more");
    // The script of the pages learns where to go without fetching that page.
    let ticket = server.ticket();
    let body = super::client::multipart(&ticket, &[], &[("奖二.csv", good.replace("模范", "标兵").as_bytes())]);
    let head = format!("{}Sec-Fetch-Site: same-origin\r\nzicha-script: 1\r\n", super::client::MULTIPART);
    let reply = server.ask("POST", "/ledgers", &head, &body);
    assert_eq!((reply.status, reply.header("location")), (200, None));
    let next = reply.header("zicha-location").expect("an address");
    assert!(server.settled(next).contains("收下“奖二.csv”"));
}

fn ledgers_are_downloaded_also_as_of_earlier() {
    let project = with_study();
    let server = Server::over(&project);
    let newer = STUDY.replace("40", "41");
    server.upload("/ledgers", &[], &[("学习.csv", newer.as_bytes())]);
    let (hash, address) = seen(&server, "学习.csv");
    let page = server.get(&address).body;
    assert!(page.contains("现在的这一份") && page.contains("href=\"/history/1/file\""), "{page}");
    let reply = server.get(&format!("{address}/file"));
    assert_eq!((reply.body.as_str(), reply.status), (newer.as_str(), 200));
    assert!(reply.header("content-disposition").is_some_and(|kept| kept.contains("attachment")));
    assert_eq!(server.get("/history/1/file").body, STUDY);
    server.post(&format!("{address}/remove"), &[("seen", &hash)]);
    assert!(server.settled("/ledgers").contains("下载移走的"));
    assert_eq!(server.get("/history/2/file").body, newer);
    assert_eq!(server.get("/history/9/file").status, 404);
}

fn the_history_names_who() {
    let project = with_study();
    let server = Server::over(&project);
    server.upload("/ledgers", &[], &[("学习.csv", STUDY.replace("40", "41").as_bytes())]);
    assert!(server.settled("/ledgers").contains(" 本机 换成新的 学习.csv"));
    let reply = server.post("/name", &[("name", "张三 ")]);
    let cookie = reply.header("set-cookie").expect("a cookie").split(';').next().expect("a pair").to_owned();
    assert!(server.follow(&reply).contains("以后的改动记在“张三”名下"));
    let body = super::client::multipart(&server.ticket(), &[], &[("学习.csv", STUDY.replace("40", "42").as_bytes())]);
    let head = format!("{}Sec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n", super::client::MULTIPART);
    assert_eq!(server.ask("POST", "/ledgers", &head, &body).status, 303);
    assert!(server.settled("/ledgers").contains(" 张三（本机） 换成新的 学习.csv"));
    assert!(project.read(".zicha-history/input/journal.jsonl").contains("\"by\":\"张三（本机）\""));
}

fn questions_are_answered_by_mouse_and_keyboard_in_narrow_and_wide_windows() {
    for (width, height) in [(360, 780), (1440, 1000)] {
        let project = with_study().file("mail/学习.csv", PRIZES.replace("先进", "模范").as_bytes());
        let project = project.file("mail/又一份.csv", STUDY.as_bytes());
        let server = Server::over(&project);
        let browser = Browser::new(width, height);
        let send = || {
            browser.open(&format!("http://{}/ledgers", server.host));
            browser.choose("#files", &[&project.path("mail/学习.csv"), &project.path("mail/又一份.csv")]);
            browser.click("form[data-send] button");
            browser.wait("等你决定的文件（2 个）");
        };
        send();
        assert_fit(&browser, &format!("asked-{width}"));
        // By keyboard: nothing is chosen.
        browser.tab_to("BUTTON 放入勾选的，其余不要");
        browser.press(ENTER);
        browser.wait("“又一份.csv”没有放入");
        assert_eq!(ledger(&project, "学习.csv"), STUDY);
        // By mouse: the first one.
        send();
        browser.click("input[name='take0']");
        browser.click("form.asked button");
        browser.wait("收下“学习.csv”，换下了原来的同名文件");
        browser.wait("没有发现问题");
        browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })", &json!([]));
        assert_fit(&browser, &format!("answered-{width}"));
        browser.click("form[action$='/undo-upload'] button");
        browser.wait("恢复成原来的样子");
        assert_eq!(ledger(&project, "学习.csv"), STUDY);
    }
}

fn two_browsers_see_whose_questions_they_are_and_each_is_decided_once() {
    let project = with_study().file("mail/学习.csv", PRIZES.replace("先进", "模范").as_bytes());
    let project = project.file("mail/又一份.csv", STUDY.as_bytes());
    let server = Server::over(&project);
    let address = format!("http://{}/ledgers", server.host);
    let [one, other] = [("张三", "学习.csv"), ("李四", "又一份.csv")].map(|(name, file)| {
        let browser = Browser::new(1440, 1000);
        browser.open(&address);
        browser.fill("form[action='/name'] input[name='name']", name);
        browser.click("form[action='/name'] button");
        browser.wait(&format!("以后的改动记在“{name}”名下"));
        browser.choose("#files", &[&project.path(&format!("mail/{file}"))]);
        browser.click("form[data-send] button");
        browser.wait("有 1 个文件先没有放入，等你决定");
        browser
    });
    // Each sees its own first, and whose the other is.
    one.open(&address);
    for (browser, theirs) in [(&one, "别人（李四（本机））传来的"), (&other, "别人（张三（本机））传来的")]
    {
        browser.wait("等你决定的文件（2 个）");
        let text = browser.text();
        let own = text.find("你传来的，还没有放入").unwrap_or_else(|| panic!("{text}"));
        assert!(text.find(theirs).is_some_and(|at| own < at), "{text}");
    }
    // Both decide about the same file: the first answer counts, and the second is told.
    one.click("form.asked input[name='take0']");
    one.click("form.asked button");
    one.wait("收下“学习.csv”，换下了原来的同名文件");
    other.click("form.asked:nth-of-type(2) button");
    other.wait("这些文件已经有人决定过");
    assert_eq!(ledger(&project, "学习.csv"), PRIZES.replace("先进", "模范"));
    other.wait("等你决定的文件（1 个）");
    other.click("form.asked button");
    other.wait("“又一份.csv”没有放入");
    one.open(&address);
    one.wait("已有的台账");
    assert!(!one.text().contains("等你决定的文件"), "{}", one.text());
}
