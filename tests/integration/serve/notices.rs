//! Several notices in one server: each browser works on one at a time.

use super::client::Server;
use super::{quoted_before, ready};
use crate::support::{NOTICE, Project, copy};

crate::harness::tests! {
    alone: [
        a_browser_changes_from_one_notice_to_another,
        a_form_of_another_notice_is_refused,
        a_notice_without_ledgers_of_its_own_gets_a_folder,
        titles_are_listed_with_their_variables_put_in,
    ]
}

/// Two notices; the second has ledgers of its own, with 丙党支部.
fn two() -> Project {
    let project = ready();
    copy(&project.path(NOTICE), &project.path("templates/2026-safety"));
    project
        .edit("templates/2026-safety/notice.toml", "title    = \"", "title    = \"安全")
        .file("input/2026-safety/党组织名册.csv", "党组织名称,类别,联系人\n丙党支部,机关党支部,袁联系\n".as_bytes())
        .file("input/2026-safety/学习.csv", "党组织,姓名,规定学时,已完成学时\n丙党支部,赵,50,40\n".as_bytes())
}

/// The key of a notice on the page of all notices.
fn key(server: &Server, title: &str) -> String {
    let page = server.get("/notices").body;
    let key = quoted_before(&page, "name=\"key\" value=\"", &format!("<h2>{title}</h2>"));
    assert_eq!(key.len(), 20, "{key}");
    key.to_owned()
}

/// The cookie that a browser gets with the other notice.
fn cookie(server: &Server, key: &str) -> String {
    let reply = server.post("/notices/open", &[("key", key)]);
    assert_eq!(reply.status, 303, "{}", reply.body);
    let cookie = reply.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    format!("Cookie: {}\r\n", cookie.split(';').next().unwrap_or_default())
}

fn a_browser_changes_from_one_notice_to_another() {
    let project = two();
    let server = Server::over(&project);
    let first = server.get("/").body;
    assert!(first.contains("通知：关于报送学习情况的通知"), "{first}");
    let cookie = cookie(&server, &key(&server, "安全关于报送学习情况的通知"));
    let page = server.ask("GET", "/ledgers", &cookie, b"").body;
    assert!(page.contains("学习.csv") && page.contains("通知：安全关于"), "{page}");
    // Another browser stays with its own.
    let page = server.get("/ledgers").body;
    assert!(page.contains("干部在线学习.csv") && !page.contains("学习.csv\"") && !page.contains("安全"), "{page}");
    // A build of the second notice leaves the first one's reports alone.
    let ticket = server.ticket();
    let head = format!("{cookie}Content-Type: application/x-www-form-urlencoded\r\nOrigin: http://{}\r\n", server.host);
    let reply = server.ask("POST", "/work/build", &head, format!("csrf_token={ticket}&what=draft").as_bytes());
    assert_eq!(reply.status, 303, "{}", reply.body);
    let built = project.path("output/2026-safety/丙党支部/丙党支部-自查报告.md");
    assert!((0..300).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        built.exists()
    }));
    assert!(!project.path("output/run.json").exists());
    // The cookie is known to a server that was started anew; one that names no notice leads to the first.
    assert_eq!(server.end().1, 0);
    let server = Server::over(&project);
    assert!(server.ask("GET", "/ledgers", &cookie, b"").body.contains("通知：安全关于"));
    for other in ["Cookie: zicha-notice=../../etc\r\n", "Cookie: zicha-notice=\r\n", "Cookie: x=1\r\n"] {
        assert!(server.ask("GET", "/", other, b"").body.contains("通知：关于报送学习情况的通知"), "{other}");
    }
    let refused = server.follow(&server.post("/notices/open", &[("key", "../../etc")]));
    assert!(refused.contains("没有这份通知"), "{refused}");
}

fn a_form_of_another_notice_is_refused() {
    let project = two();
    let server = Server::over(&project);
    let other = key(&server, "安全关于报送学习情况的通知");
    cookie(&server, &other);
    let reply = server.post("/work/build", &[("notice", &other), ("what", "draft")]);
    assert_eq!(reply.status, 409);
    assert!(reply.body.contains("换到了另一份通知；没有执行"), "{}", reply.body);
    assert!(!project.path("output/run.json").exists());
    let own = key(&server, "关于报送学习情况的通知");
    assert_eq!(server.post("/work/build", &[("notice", &own), ("what", "draft")]).status, 303);
    server.worked();
}

fn a_notice_without_ledgers_of_its_own_gets_a_folder() {
    let project = ready();
    copy(&project.path(NOTICE), &project.path("templates/2027"));
    let project = project.edit("templates/2027/notice.toml", "title    = \"", "title    = \"明年");
    let server = Server::over(&project);
    let page = server.get("/notices").body;
    assert!(
        page.contains("换到这一份时建好。") && !page.contains("input/") && !project.path("input/2027").exists(),
        "{page}"
    );
    let cookie = cookie(&server, &key(&server, "明年关于报送学习情况的通知"));
    let page = server.ask("GET", "/ledgers", &cookie, b"").body;
    assert!(page.contains("还没有台账。先放单位名册") && project.path("input/2027").is_dir(), "{page}");
    // From now on the command line reads that folder, too.
    let run = project.zicha(&["check", "--notice", "templates/2027/notice.toml"]);
    assert!(run.all().contains("名册"), "{}", run.all());
    assert_eq!(run.code, 1, "{}", run.all());
    // The history of that folder is no ledger of the first notice.
    let run = project.zicha(&["check"]);
    assert!(run.code == 0 && !run.all().contains("journal"), "{}", run.all());
}

fn titles_are_listed_with_their_variables_put_in() {
    let project = two();
    let settings = project.read("templates/2026-safety/notice.toml");
    let settings = settings.replacen("安全", "{{ vars.季度 }}安全", 1) + "\n[vars]\n季度 = \"三季度\"\n";
    let project = project.file("templates/2026-safety/notice.toml", settings.as_bytes());
    let server = Server::over(&project);
    key(&server, "三季度安全关于报送学习情况的通知");
}
