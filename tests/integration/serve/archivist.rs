//! The archivist's page: the elements of archive numbers, packages, verification, catalogue and register.

use serde_json::json;

use super::browser::assert_fit;
use super::client::Server;
use super::life::finals;
use super::webdriver::{Browser, ENTER};
use super::{BRANCHES, ready};
use crate::support::{NOTICE, Project, copy};

crate::harness::tests! {
    alone: [
        elements_of_archive_numbers_are_asked_for_before_anything_is_final,
        packages_are_listed_downloaded_and_verified_one_by_one,
        the_branch_page_names_the_archive_number,
        verifying_on_the_command_line_is_recorded_too,
        verifications_at_once_are_all_recorded,
        archiving_is_offered_when_a_report_is_final,
    ]
    with_tools: [
        the_summary_is_archived_from_its_page,
        the_archivist_works_by_mouse_and_keyboard_in_narrow_and_wide_windows,
    ]
}

/// A project whose settings lack two elements of archive numbers.
fn without_elements() -> Project {
    let project = ready();
    let settings = project.read(&format!("{NOTICE}/notice.toml"));
    let lines = settings.lines().filter(|line| !line.starts_with("fonds") && !line.starts_with("retention"));
    let text = lines.collect::<Vec<_>>().join("\n");
    project.file(&format!("{NOTICE}/notice.toml"), text.as_bytes())
}

/// A project with both reports final and archived without signed copies.
fn archived(server: &Server) {
    for what in ["draft", "final"] {
        assert_eq!(server.post("/work/build", &[("what", what)]).status, 303);
        assert!(server.worked().contains(if what == "draft" { "草稿 2 份" } else { "正式报告 2 份" }));
    }
    server.post("/department/archive", &[("by", "李四"), ("at", "2018-11-05"), ("unsigned", "yes")]);
    let page = server.worked();
    assert!(page.contains("甲党支部：Z109-WS·2018-D30-ZZB-0001"), "{page}");
}

/// The key of a package in the list.
fn key(page: &str, number: &str) -> String {
    let row =
        page.split(&format!("<th scope=\"row\">{number}")).nth(1).unwrap_or_else(|| panic!("no {number}: {page}"));
    row.split("/archive/package/").nth(1).and_then(|rest| rest.split('"').next()).expect("a key").to_owned()
}

fn elements_of_archive_numbers_are_asked_for_before_anything_is_final() {
    let project = without_elements();
    let server = Server::over(&project);
    assert!(server.get("/work").body.contains("归档要用的全宗号、保管期限还没有填，最好定稿之前就填"));
    let page = server.get("/archive").body;
    assert!(page.contains("还没有填全宗号、保管期限") && page.contains("还没有归档包"), "{page}");
    let refused = server.post("/department/archive", &[("by", "李四"), ("at", "2018-11-05")]);
    assert!(server.follow(&refused).contains("还没有归档：先填全宗号、保管期限"));
    // The form writes the settings, after a look at what it changes.
    let names: Vec<&str> = page.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let names: Vec<&str> = names.into_iter().filter(|name| name.starts_with('f') && name.len() < 4).collect();
    let value = |name: &str, form: &str| match form.split(&format!("name=\"{name}\"")).nth(1) {
        Some(rest) if rest.starts_with(" value=\"") => rest[8..].split('"').next().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    let seen = value("seen", &page);
    let mut selects = page.split("<select ").skip(1).filter_map(|rest| rest.split("</select>").next());
    let retention = selects.find(|select| select.contains("value=\"D30\"")).expect("a choice");
    let retention = retention.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a name");
    let sent: Vec<(&str, String)> = names
        .iter()
        .map(|name| match *name {
            "f0" => (*name, "Z109".to_owned()),
            name if name == retention => (name, "D30".to_owned()),
            name => (name, value(name, &page)),
        })
        .collect();
    let mut fields: Vec<(&str, &str)> = vec![("place", "archive-0"), ("seen", &seen), ("confirmed", "yes")];
    fields.extend(sent.iter().map(|(name, value)| (*name, value.as_str())));
    let asked: Vec<(&str, &str)> = fields.iter().copied().filter(|(name, _)| *name != "confirmed").collect();
    let question = server.post("/settings/change", &asked).body;
    assert!(question.contains("<div>定期30年</div>") && !question.contains("<div>D30</div>"), "{question}");
    let reply = server.post("/settings/change", &fields);
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert!(
        reply.header("location").is_some_and(|to| to.starts_with("/archive?flash=")),
        "{:?}",
        reply.header("location")
    );
    let text = project.read(&format!("{NOTICE}/notice.toml"));
    assert!(text.contains("fonds = \"Z109\"") && text.contains("retention = \"D30\""), "{text}");
    assert!(!server.get("/work").body.contains("归档要用的"));
}

fn packages_are_listed_downloaded_and_verified_one_by_one() {
    let project = ready();
    let server = Server::over(&project);
    archived(&server);
    let page = server.get("/archive").body;
    assert!(page.contains("已有的归档包（3 个）") && page.contains("李四 2018-11-05"), "{page}");
    assert!(page.contains("data-label=\"题名\">甲党支部") && page.contains("没有校验过"), "{page}");
    let (first, second) = (key(&page, "Z109-WS·2018-D30-ZZB-0001"), key(&page, "Z109-WS·2018-D30-ZZB-0002"));
    let zip = server.get(&format!("/archive/package/{first}"));
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip.bytes)).expect("a zip");
    assert!(zip.by_name("Z109-WS·2018-D30-ZZB-0001/bagit.txt").is_ok());
    assert_eq!(server.get("/archive/package/0123").status, 404);
    assert!(server.get("/archive/catalogue").body.starts_with("PK"));
    assert_eq!(server.get("/archive/register").body, project.read("archive/登记册.jsonl"));
    assert_eq!(server.get("/archive/seals").body, project.read("archive/封存清单.txt"));
    // One is sound, the other was changed; the third was not looked at.
    let report = "archive/Z109-WS·2018-D30-ZZB-0002/metadata.xml";
    let project = project.edit(report, "乙党支部", "丙党支部");
    for (package, result) in [(&first, "完好 1 个，问题 0 项"), (&second, "完好 0 个，问题")] {
        server.post("/department/verify", &[("package", package)]);
        assert!(server.worked().contains(result));
    }
    let page = server.get("/archive").body;
    let cell = |number: &str| {
        let row = page.split(&format!("<th scope=\"row\">{number}")).nth(1).expect("a row").to_owned();
        row.split("data-label=\"上次校验\">")
            .nth(1)
            .and_then(|rest| rest.split("</td>").next())
            .expect("a cell")
            .to_owned()
    };
    assert!(cell("Z109-WS·2018-D30-ZZB-0001").contains("✓ 完好</span> <span class=\"whole\">20"), "{page}");
    assert!(cell("Z109-WS·2018-D30-ZZB-0002").contains("✗ 问题"), "{page}");
    assert_eq!(cell("Z109-WS·2018-D30-ZZB-0003"), "没有校验过");
    server.end();
    let server = Server::over(&project);
    assert!(server.get("/archive").body.contains("✓ 完好"), "results survive a restart");
}

fn the_branch_page_names_the_archive_number() {
    let project = ready();
    let server = Server::over(&project);
    archived(&server);
    assert!(server.settled("/branch/2").contains("<dt>档号</dt><dd>Z109-WS·2018-D30-ZZB-0002</dd>"));
    assert_eq!(BRANCHES[1], "乙党支部");
    // The package is of an earlier version then.
    server.post("/reports", &[("what", "withdraw"), ("report", BRANCHES[1]), ("yes", "yes")]);
    server.worked();
    let number = "Z109-WS·2018-D30-ZZB-0002";
    assert!(server.settled("/branch/2").contains(&format!("<dt>以前归档的档号</dt><dd>{number}</dd>")));
    assert!(
        server.settled("/").contains(&format!("<small>以前归档的档号 <span class=\"number\">{number}</span></small>"))
    );
}

fn verifying_on_the_command_line_is_recorded_too() {
    let project = ready();
    let server = Server::over(&project);
    archived(&server);
    let project = project.edit("archive/Z109-WS·2018-D30-ZZB-0002/metadata.xml", "乙党支部", "丙党支部");
    let run = project.zicha(&["verify", "archive/Z109-WS·2018-D30-ZZB-0001", "archive/Z109-WS·2018-D30-ZZB-0002"]);
    assert_eq!(run.code, 1, "{}", run.all());
    let page = server.get("/archive").body;
    let row = |number: &str| page.split(&format!("<th scope=\"row\">{number}")).nth(1).expect("a row").to_owned();
    let row = |number: &str| row(number).split("</tr>").next().unwrap_or_default().to_owned();
    assert!(row("Z109-WS·2018-D30-ZZB-0001").contains("✓ 完好</span> <span class=\"whole\">20"), "{page}");
    assert!(row("Z109-WS·2018-D30-ZZB-0002").contains("✗ 问题"), "{page}");
    assert!(row("Z109-WS·2018-D30-ZZB-0003").contains("没有校验过"), "{page}");
    // A copy without a register beside it gets no record.
    std::fs::create_dir_all(project.path("usb")).expect("a folder");
    copy(&project.path("archive/Z109-WS·2018-D30-ZZB-0001"), &project.path("usb/Z109-WS·2018-D30-ZZB-0001"));
    assert_eq!(project.zicha(&["verify", "usb/Z109-WS·2018-D30-ZZB-0001"]).code, 0);
    assert!(!project.path(".zicha-history/usb").exists() && !project.path("usb/.zicha-history").exists());
}

fn the_archivist_works_by_mouse_and_keyboard_in_narrow_and_wide_windows() {
    for (width, height) in [(360, 780), (1440, 1000)] {
        let project = without_elements();
        let server = Server::over(&project);
        let browser = Browser::new(width, height);
        let check = |name: &str| assert_fit(&browser, &format!("archive-{name}-{width}"));
        browser.open(&format!("http://{}/work", server.host));
        browser.click("a[href='/archive#elements']");
        browser.wait("还没有填全宗号、保管期限");
        check("lacking");
        // By mouse.
        browser.fill("#section-0", "Z109");
        browser.run(
            "for (const select of document.querySelectorAll('#elements select')) { \
             if ([...select.options].some((option) => option.value === 'D30')) { select.value = 'D30'; } }",
            &json!([]),
        );
        browser.click("#elements button.main");
        browser.click("form:has(input[name='confirmed']) button");
        browser.wait("档号的要素");
        assert!(project.read(&format!("{NOTICE}/notice.toml")).contains("fonds = \"Z109\""));
        archived(&server);
        browser.open(&format!("http://{}/archive", server.host));
        // By keyboard.
        browser.tab_to("BUTTON 校验");
        browser.press(ENTER);
        browser.wait("归档包 1 个，完好 1 个，问题 0 项");
        browser.click("#outcome a");
        browser.wait("✓ 完好");
        check("packages");
    }
}

fn verifications_at_once_are_all_recorded() {
    let project = ready();
    let server = Server::over(&project);
    archived(&server);
    let records = project.path(".zicha-history/archive");
    let number = |position: usize| format!("Z109-WS·2018-D30-ZZB-000{position}");
    assert_eq!(project.zicha(&["verify", &format!("archive/{}", number(1))]).code, 0);
    // A program that is about to write the record: another one waits, and keeps what was written meanwhile.
    let lock = std::fs::File::options().write(true).open(records.join("verified.lock")).expect("a lock");
    lock.lock().expect("locked");
    let recorded = project.read(".zicha-history/archive/verified.json");
    std::thread::scope(|scope| {
        let second = scope.spawn(|| project.zicha(&["verify", &format!("archive/{}", number(2))]));
        std::thread::sleep(std::time::Duration::from_secs(1));
        let more = recorded.replacen(&number(1), &number(3), 1);
        std::fs::write(records.join("verified.json"), more).expect("a record");
        lock.unlock().expect("unlocked");
        assert_eq!(second.join().expect("it ran").code, 0);
    });
    let page = server.get("/archive").body;
    assert_eq!(page.matches("✓ 完好").count(), 2, "{page}");
}

fn archiving_is_offered_when_a_report_is_final() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    let page = server.get("/archive").body;
    assert!(page.contains("还没有正式报告：定稿、签字以后再归档。") && !page.contains("归档全部正式报告"), "{page}");
    server.post("/work/build", &[("what", "final")]);
    server.worked();
    let page = server.get("/archive").body;
    assert!(page.contains("归档全部正式报告</button> 现在有 3 份"), "{page}");
}

fn the_summary_is_archived_from_its_page() {
    let project = finals();
    let server = Server::over(&project);
    let browser = Browser::new(1440, 1000);
    browser.open(&format!("http://{}/department", server.host));
    browser.fill("#by", "李四");
    browser.run("document.querySelector('#at').value = '2018-11-05'", &json!([]));
    // Without a signed copy nothing is archived; the outcome says so, and how to.
    browser.click("#archive button");
    browser.wait("归档：没有全部完成");
    browser.wait("没有归档 1 份");
    assert_fit(&browser, "department-archive-refused");
    assert!(!project.path("archive/Z109-WS·2018-D30-ZZB-0001").exists());
    browser.open(&format!("http://{}/department", server.host));
    browser.fill("#by", "李四");
    browser.run("document.querySelector('#at').value = '2018-11-05'", &json!([]));
    browser.click("#archive input[name='unsigned']");
    browser.fill("#pages", "1");
    browser.click("#archive button");
    browser.wait("归档：已完成");
    browser.wait("Z109-WS·2018-D30-ZZB-0001");
    browser.click("#outcome a");
    browser.wait("已有的归档包（1 个）");
    browser.wait("各党支部学习情况汇总报告");
    assert_fit(&browser, "department-archive-done");
    assert!(server.settled("/department").contains("<strong>已归档</strong>"));
    assert_eq!(project.zicha(&["verify", "archive/Z109-WS·2018-D30-ZZB-0001"]).code, 0);
}
