//! Words and manners of the pages: no English, no internal paths, the way back after a login, filters by keyboard,
//! outcomes where their buttons were, links that are large enough.

use serde_json::json;

use super::browser::assert_fit;
use super::client::Server;
use super::life::finals;
use super::webdriver::{Browser, ENTER};
use super::{key, ready};
use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_login_returns_to_the_page_that_was_asked_for,
        broken_settings_keep_the_menu_and_name_the_line_without_a_path,
        no_page_has_english_words_or_paths_of_the_machine,
    ]
    with_tools: [
        filters_wait_for_the_button_when_the_keyboard_chooses,
        an_outcome_appears_where_its_button_was,
        going_back_sends_no_form_again_and_repeats_no_note,
        pages_of_the_sample_fit,
    ]
}

/// The arrow key that goes down.
const DOWN: &str = "\u{e015}";

fn a_login_returns_to_the_page_that_was_asked_for() {
    let project = ready().file("token", b"correct-horse-battery\n");
    let own = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(project.path("token"), own).expect("set");
    let server = Server::with(&project, &["--listen", "localhost", "--token-file", "token"]);
    let to = |path: &str| server.get(path).header("location").expect("a login").to_owned();
    assert_eq!(to("/"), "/login");
    assert_eq!(to("/ledgers?show=odd&q=%E7%94%B2"), "/login?next=%2Fledgers%3Fshow%3Dodd%26q%3D%25E7%2594%25B2");
    let page = server.get(&to("/ledgers?show=odd&q=%E7%94%B2")).body;
    assert!(page.contains("name=\"next\" value=\"/ledgers?show=odd&amp;q=%E7%94%B2\""), "{page}");
    let ticket = page.split("name=\"csrf_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let ticket = ticket.expect("a ticket").to_owned();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let log_in = |next: &str| {
        let body = format!("csrf_token={ticket}&token=correct-horse-battery&name=%E5%BC%A0%E4%B8%89&next={next}");
        let reply = server.ask("POST", "/login", form, body.as_bytes());
        assert_eq!(reply.status, 303);
        reply.header("location").expect("a page").to_owned()
    };
    assert_eq!(log_in("%2Fledgers%3Fshow%3Dodd"), "/ledgers?show=odd");
    for foreign in ["%2F%2Fevil.example", "https%3A%2F%2Fevil.example", "%2F%5Cevil.example", "", "%2Fa%0D%0Ab"] {
        assert_eq!(log_in(foreign), "/", "{foreign}");
    }
}

fn broken_settings_keep_the_menu_and_name_the_line_without_a_path() {
    let project = ready();
    let settings = project.read(&format!("{NOTICE}/notice.toml"));
    let line = settings.lines().position(|line| line.starts_with("[roster]")).expect("a line") + 1;
    let project = project.edit(&format!("{NOTICE}/notice.toml"), "[roster]", "[roster");
    let server = Server::over(&project);
    for path in ["/", "/ledgers", "/work", "/department", "/archive", "/notices", "/settings"] {
        let page = server.settled(path);
        assert!(page.contains("主菜单") && page.contains(&format!("设置的原文 第 {line} 行")), "{path}: {page}");
        assert!(
            !page.contains("notice.toml") && !page.contains(&project.path("").display().to_string()),
            "{path}: {page}"
        );
    }
    // A build that cannot begin says the same at once.
    let refused = server.post("/work/build", &[("what", "draft")]);
    assert!(refused.status == 409 && refused.body.contains(&format!("设置的原文 第 {line} 行")), "{}", refused.body);
    assert!(!refused.body.contains("notice.toml"), "{}", refused.body);
}

/// The visible text of a page: what is between its tags.
fn visible(page: &str) -> String {
    let body = page.split("<main").nth(1).unwrap_or_default();
    let mut text = String::new();
    for part in body.split('<').skip(1) {
        let (tag, rest) = part.split_once('>').unwrap_or(("", part));
        if !tag.starts_with("script") && !tag.starts_with("textarea") {
            text.push_str(rest);
        }
        text.push(' ');
    }
    text.replace("&quot;", " ").replace("&amp;", " ")
}

/// Words of a text in Latin letters that neither name a format nor are codes of findings or columns of a sheet.
fn english(text: &str, allowed: &[&str]) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.' | '/' | '\\'));
    let formats = ["Excel", "Word", "PDF", "JPEG", "PNG", "TIFF", "zip", "MB", "Markdown", "HTML", "DOCX", "OFD"];
    let is_english = |word: &&str| {
        let word = word.trim_matches(['.', '-', '/']);
        let letters = word.chars().filter(char::is_ascii_alphabetic).count();
        letters > 1
            && !formats.contains(&word)
            && !allowed.contains(&word)
            && word.chars().any(|c| c.is_ascii_lowercase())
    };
    words.filter(is_english).map(str::to_owned).collect()
}

fn no_page_has_english_words_or_paths_of_the_machine() {
    let rows = "党组织,姓名,规定学时,已完成学时\n教务处党支部,赵,约五十,40\n教务处党支部,钱,5,40\n";
    let project = Project::sample().file("input/在线学习补报.csv", rows.as_bytes());
    project.build();
    let server = Server::over(&project);
    let mut paths: Vec<String> = [
        "/",
        "/matrix",
        "/work",
        "/ledgers",
        "/department",
        "/archive",
        "/scans",
        "/settings",
        "/notices",
        "/new",
        "/branch/1",
        "/branch/3",
    ]
    .map(str::to_owned)
    .to_vec();
    let list = server.settled("/ledgers");
    paths.extend(
        list.split("href=\"/ledger/").skip(1).filter_map(|part| Some(format!("/ledger/{}", part.split('"').next()?))),
    );
    // Names of files are those that the office gave; the addresses of people and machines are in the ledgers.
    let names: Vec<String> = std::fs::read_dir(project.path("input"))
        .expect("ledgers")
        .flatten()
        .filter_map(|entry| Some(entry.file_name().to_str()?.rsplit_once('.')?.1.to_owned()))
        .collect();
    for path in &paths {
        let page = server.settled(path);
        let text = visible(&page);
        let found: Vec<String> = english(&text, &[])
            .into_iter()
            .filter(|word| !names.iter().any(|extension| word.trim_matches('.') == extension))
            .filter(|word| !word.contains("edu.cn") && !word.starts_with("branch"))
            // The names that the author gave templates.
            .filter(|word| !project.path(&format!("templates/2018-grassroots/{word}.md")).exists())
            // The names of the notices' folders, and names and extensions of files to be chosen.
            .filter(|word| {
                !["2018-grassroots", "2019-safety", ".docx", ".txt", ".md", ".json", "run.json"]
                    .contains(&word.as_str())
            })
            .collect();
        assert_eq!(found, [""; 0], "{path}");
        for inner in [project.path("").display().to_string().as_str(), "notice.toml", "templates/", "output/", "--"] {
            assert!(!text.contains(inner), "{path} shows {inner}");
        }
    }
}

fn filters_wait_for_the_button_when_the_keyboard_chooses() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    let browser = Browser::new(1440, 1000);
    browser.open(&format!("http://{}/ledgers", server.host));
    browser.wait("已有的台账");
    browser.run("document.querySelector('.filters select').focus()", &json!([]));
    // What sends the form leaves a mark: the page itself would be gone only some time later.
    let watch = "window.sent = false;
        document.addEventListener('submit', () => window.sent = true, true);
        HTMLFormElement.prototype.submit = () => window.sent = true";
    browser.run(watch, &json!([]));
    browser.press(DOWN);
    assert_eq!(browser.run("return window.sent", &json!([])), false);
    assert_eq!(browser.run("return document.querySelector('.filters select').value", &json!([])), "odd");
    browser.tab_to("BUTTON 查找");
    browser.press(ENTER);
    browser.wait("/ 3 个文件");
    assert!(browser.address().contains("show=odd"), "{}", browser.address());
}

fn an_outcome_appears_where_its_button_was() {
    let project = ready();
    let server = Server::over(&project);
    let study = project.read("input/干部在线学习.csv").replace("50,40", "50,41");
    server.upload("/ledgers", &[], &[("干部在线学习.csv", study.as_bytes())]);
    for (width, height) in [(360, 780), (1440, 1000)] {
        let browser = Browser::new(width, height);
        let place = || {
            let script = "const note = document.querySelector('[data-outcome]').getBoundingClientRect(); \
                          return note.top >= 0 && note.bottom <= window.innerHeight";
            browser.run(script, &json!([]))
        };
        // At the end of the page of all ledgers.
        browser.open(&format!("http://{}/ledgers", server.host));
        browser.fill("form[action='/name'] input[name='name']", "张三");
        browser.click("form[action='/name'] button");
        browser.wait("以后的改动记在“张三”名下");
        assert_eq!(place(), true, "the note is in view");
        let above = "const note = document.querySelector('[data-outcome]'); \
                     return note.nextElementSibling && note.nextElementSibling.getAttribute('action')";
        assert_eq!(browser.run(above, &json!([])), "/name");
        // A reload shows it no more.
        browser.open(&browser.address());
        assert_eq!(browser.run("return document.querySelectorAll('[data-outcome]').length", &json!([])), 0);
        // Of a ledger's page.
        let address = format!("/ledger/{}", key(&server.settled("/ledgers"), "干部在线学习.csv"));
        browser.open(&format!("http://{}{address}", server.host));
        let project = project.path("mail.py");
        std::fs::write(&project, "print(1)").expect("a file");
        browser.choose("#file", &[&project]);
        browser.click("form[action$='/replace'] button");
        browser.wait("没有收下：原来的是 .csv 文件");
        assert_eq!(place(), true, "the note is in view");
    }
}

fn going_back_sends_no_form_again_and_repeats_no_note() {
    let project = finals();
    let server = Server::over(&project);
    let browser = Browser::new(1440, 1000);
    let go = |steps: i8| browser.run("history.go(arguments[0])", &json!([steps]));
    let withdraw = "form:has(button[value=withdraw]) button";
    browser.open(&format!("http://{}/branch/1", server.host));
    browser.click(withdraw);
    browser.wait("撤回定稿？");
    let question = browser.address();
    assert!(question.contains("/answer/"), "{question}");
    // The question is fetched, not sent again.
    go(-1);
    browser.wait("已定稿：");
    go(1);
    browser.wait("撤回定稿？");
    browser.run("location.reload()", &json!([]));
    browser.wait("撤回定稿？");
    browser.click(withdraw);
    browser.wait("撤回定稿“甲党支部”：已完成");
    // Once it is answered it asks no more.
    go(-1);
    browser.wait("这里问的已经做过了");
    go(-1);
    browser.wait("可以定稿：");
    // A refusal, and the note about it, are there once.
    browser.open(&format!("http://{}/", server.host));
    browser.click("#chosen button[value=final]");
    browser.wait("没有选报告");
    browser.open(&format!("http://{}/ledgers", server.host));
    browser.wait("已有的台账");
    go(-1);
    browser.wait("2 / 2 个单位");
    assert!(!browser.text().contains("没有选报告"), "{}", browser.text());
    let settings = format!("{NOTICE}/notice.toml");
    let project = project.edit(&settings, "[roster]", "[rooster]");
    browser.open(&format!("http://{}/work", server.host));
    browser.click("form[action='/work/build'] button.main");
    browser.wait("没有做成");
    browser.open(&format!("http://{}/ledgers", server.host));
    go(-1);
    browser.wait("没有做成");
    drop(project);
}

fn pages_of_the_sample_fit() {
    let project = Project::sample();
    project.build();
    let server = Server::over(&project);
    let ledger = format!("/ledger/{}", key(&server.settled("/ledgers"), "党组织名册.xlsx"));
    for (width, height) in [(360, 780), (1440, 1000)] {
        let browser = Browser::new(width, height);
        for path in ["/", "/ledgers", "/department", "/archive", "/work", "/branch/1", "/settings", "/notices", &ledger]
        {
            server.settled(path);
            browser.open(&format!("http://{}{path}", server.host));
            browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })", &json!([]));
            let name = path.trim_start_matches('/').split('/').next().unwrap_or_default();
            assert_fit(&browser, &format!("sample-{name}-{width}"));
        }
    }
}
