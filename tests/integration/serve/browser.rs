//! The web pages in a real browser: from an empty folder to a signed, archived branch, by mouse and by keyboard, in
//! narrow and wide windows, by two people at once, with accessibility checks by axe.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::client::Server;
use super::draft_pages::with_fonts;
use super::webdriver::{Browser, ENTER};
use super::{BRANCHES, ready};
use crate::support::{Project, tools};

crate::harness::tests! {
    with_tools: [
        from_an_empty_folder_to_a_signed_archived_branch,
        the_keyboard_alone_is_enough,
        pages_fit_narrow_and_wide_windows_and_are_accessible,
        an_office_logs_in_and_out,
        two_people_at_once_see_each_others_work,
        a_gap_on_a_page_leads_to_its_hint,
        a_gap_of_a_report_in_one_piece_leads_to_its_hint,
        scripts_written_into_a_report_do_not_run_in_its_frame,
    ]
}

/// A project with an empty input folder, and ledgers in `mail` to upload.
fn empty() -> (Project, Vec<PathBuf>) {
    let project = ready();
    std::fs::rename(project.path("input"), project.path("mail")).expect("moved");
    let files = ["党组织名册.csv", "干部在线学习.csv", "获奖情况.csv"];
    (project, files.map(|name| PathBuf::from(format!("mail/{name}"))).to_vec())
}

/// Saves a screenshot in the folder that `ZICHA_PICTURES` names.
pub(super) fn keep_picture(browser: &Browser, name: &str) {
    if let Some(folder) = std::env::var_os("ZICHA_PICTURES") {
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), browser.picture()).expect("a picture");
    }
}

/// Asserts that a page is as wide as its window, that axe finds nothing, and that every link, button and field is large
/// enough to be hit (WCAG 2.2, 2.5.8); keeps its picture.
pub(super) fn assert_fit(browser: &Browser, name: &str) {
    browser.settle();
    let over = "const e = document.documentElement; return e.scrollWidth - e.clientWidth";
    assert_eq!(browser.run(over, &json!([])), 0, "{name} is too wide");
    assert_eq!(barriers(browser), [""; 0], "{name}");
    // A box in a label is as large as the label.
    let small = "return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((e) => { \
                 const box = e.getBoundingClientRect(); \
                 return box.width > 0 && box.right > 0 && !e.closest('label') && (box.width < 24 || box.height < 24); \
                 }).map((e) => e.outerHTML.slice(0, 120))";
    assert_eq!(browser.run(small, &json!([])), json!([]), "{name}: too small to be hit");
    let nowhere = "return [...document.querySelectorAll('a[href^=\"#\"]')].map((a) => a.getAttribute('href')) \
                   .filter((href) => !document.getElementById(decodeURIComponent(href.slice(1))))";
    assert_eq!(browser.run(nowhere, &json!([])), json!([]), "{name}: links that lead nowhere");
    keep_picture(browser, name);
}

/// The accessibility violations that axe finds.
fn barriers(browser: &Browser) -> Vec<Value> {
    let axe = std::fs::read_to_string(tools().join("axe/package/axe.min.js")).expect("tests/run fetches axe");
    browser.run(&axe, &json!([]));
    let found = browser.run_async(
        "const done = arguments[arguments.length - 1]; axe.run(document, { resultTypes: ['violations'] }).then(\
         (result) => done(result.violations.filter((v) => ['serious', 'critical', 'moderate'].includes(v.impact)).map(\
         (v) => v.id + ': ' + v.help + ' ' + v.nodes.map((n) => n.html).slice(0, 3).join(' | '))))",
    );
    found.as_array().cloned().unwrap_or_default()
}

fn from_an_empty_folder_to_a_signed_archived_branch() {
    let (project, files) = empty();
    let server = Server::over(&project);
    let browser = Browser::new(1440, 1000);
    let address = format!("http://{}/", server.host);
    browser.open(&address);
    browser.wait("还没有生成过报告");
    // Wrong files first: a picture, and a ledger with an error.
    let project = project.file("mail/照片.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01");
    browser.click("a[href='/ledgers']");
    browser.choose("#files", &[&project.path("mail/照片.xlsx")]);
    browser.click("form[data-send] button");
    browser.wait("“照片.xlsx”没有收下：不是表格文件");
    let right = project.read("mail/干部在线学习.csv");
    std::fs::write(project.path("mail/干部在线学习.csv"), right.replacen("50", "约五十", 1)).expect("a ledger");
    let paths: Vec<PathBuf> = files.iter().map(|file| project.path(&file.display().to_string())).collect();
    browser.choose("#files", &paths.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    browser.click("form[data-send] button");
    browser.wait("收下“党组织名册.csv”：认作《党组织名册》，2 行");
    // The error is shown at its cell and corrected.
    browser.run("[...document.links].find((link) => link.textContent === '干部在线学习.csv').click()", &json!([]));
    browser.wait("现为：约五十");
    browser.click("a[href='#cell-C2']");
    assert!(browser.address().ends_with("#cell-C2"));
    std::fs::write(project.path("mail/干部在线学习.csv"), right).expect("a ledger");
    browser.choose("#file", &[&project.path("mail/干部在线学习.csv")]);
    browser.click("form[action$='/replace'] button");
    browser.wait("换下了原来的同名文件");
    browser.wait("没有发现问题");
    // The page follows the build.
    browser.click("a[href='/work']");
    browser.click("form[action='/work/build'] button");
    browser.wait("生成报告：已完成");
    browser.open(&address);
    browser.click("a[href='/branch/1']");
    browser.wait("机关党支部");
    browser.click("form[action='/reports'] button[value=final]");
    browser.wait("定稿“甲党支部”：已完成");
    browser.click("#outcome a");
    browser.wait("已定稿");
    let code = browser.run(
        "return [...document.querySelectorAll('dt')].find((t) => t.textContent === '核对码').nextSibling.textContent",
        &json!([]),
    );
    let code = code.as_str().expect("a code").to_owned();
    let project = project.file("mail/扫描.pdf", b"%PDF-1.4 scan");
    browser.choose("#scan", &[&project.path("mail/扫描.pdf")]);
    browser.fill("#code", &code);
    browser.click("form[action='/branch/1/signed'] button");
    browser.wait("签的是现在这一版");
    browser.click("a[href='/archive']");
    browser.fill("#by", "张三");
    // The time is never filled in by the program.
    assert_eq!(browser.run("return document.querySelector('#at').value", &json!([])), "");
    browser.run("document.querySelector('#at').value = '2018-11-05'", &json!([]));
    browser.click("form[action='/department/archive'] button");
    browser.wait("甲党支部：Z109-WS·2018-D30-ZZB-0001");
    browser.click("#outcome a");
    browser.click("form[action='/department/verify'] button");
    browser.wait("归档包 1 个，完好 1 个，问题 0 项");
    let run = project.zicha(&["verify", "archive/Z109-WS·2018-D30-ZZB-0001", "--rebuild"]);
    assert_eq!(run.code, 0, "{}", run.all());
}

fn the_keyboard_alone_is_enough() {
    let project = ready();
    let server = Server::over(&project);
    let browser = Browser::new(1440, 1000);
    browser.open(&format!("http://{}/", server.host));
    browser.tab_to("A 跳到正文");
    browser.press(ENTER);
    browser.open(&format!("http://{}/", server.host));
    browser.tab_to("A 生成");
    browser.press(ENTER);
    browser.wait("开始生成");
    browser.tab_to("BUTTON 开始生成");
    browser.press(ENTER);
    browser.wait("生成报告：已完成");
    browser.tab_to("A 进度");
    browser.press(ENTER);
    browser.wait("2 / 2 个单位");
    browser.tab_to(&format!("A {}", BRANCHES[1]));
    browser.press(ENTER);
    browser.wait("定稿和签字");
    browser.tab_to("BUTTON 定稿");
    browser.press(ENTER);
    browser.wait("定稿“乙党支部”：已完成");
    browser.tab_to("A 台账");
    browser.press(ENTER);
    browser.wait("已有的台账");
    browser.tab_to("A 干部在线学习.csv");
    browser.press(ENTER);
    browser.wait("认作《干部在线学习》");
    browser.tab_to("BUTTON 移走这个台账");
    browser.press(ENTER);
    browser.wait("已移走");
    browser.tab_to("BUTTON 撤销");
    browser.press(ENTER);
    browser.wait("恢复成原来的样子");
}

fn pages_fit_narrow_and_wide_windows_and_are_accessible() {
    let project = Project::sample();
    let rows = "党组织,姓名,规定学时,已完成学时\n教务处党支部,赵,约五十,40\n教务处党支部,钱,5,40\n";
    let project = project.file("input/在线学习补报.csv", rows.as_bytes());
    project.build();
    let server = Server::over(&project);
    let list = server.settled("/ledgers");
    let ledger = format!("/ledger/{}", super::key(&list, "在线学习补报.csv"));
    let branch = "/branch/3".to_owned();
    let reply = server.upload("/new", &[("name", "2019")], &[("学习.csv", rows.as_bytes())]);
    let draft = reply.header("location").expect("a draft").to_owned();
    let paths = ["/", "/ledgers", "/work", "/department", &ledger, &branch, "/new", &draft];
    paths.iter().for_each(|path| drop(server.settled(path)));
    for (width, height) in [(360, 780), (1440, 1000)] {
        let browser = Browser::new(width, height);
        for path in paths {
            browser.open(&format!("http://{}{path}", server.host));
            browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })", &json!([]));
            let name =
                path.trim_start_matches('/').split('/').next().filter(|name| !name.is_empty()).unwrap_or("board");
            let name = if path == draft { "draft" } else { name };
            assert_fit(&browser, &format!("{name}-{width}"));
        }
    }
}

fn an_office_logs_in_and_out() {
    let project = ready().file("token", b"correct-horse-battery");
    let own = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(project.path("token"), own).expect("set");
    let server = Server::with(&project, &["--listen", "localhost", "--token-file", "token"]);
    let browser = Browser::new(360, 780);
    browser.open(&format!("http://{}/ledgers", server.host));
    browser.wait("登录令牌");
    assert_fit(&browser, "login-360");
    browser.fill("#token", "guess");
    browser.press(ENTER);
    browser.wait("令牌不对");
    assert_fit(&browser, "login-refused-360");
    browser.fill("#token", "correct-horse-battery");
    browser.press(ENTER);
    // The page that was asked for.
    browser.wait("已有的台账");
    let seen = browser.run("return document.cookie", &json!([]));
    assert_eq!(seen, "", "no script reads the session");
    browser.click("form[action='/logout'] button");
    browser.wait("登录令牌");
    browser.open(&format!("http://{}/", server.host));
    browser.wait("登录令牌");
}

fn two_people_at_once_see_each_others_work() {
    let (project, files) = empty();
    let server = Server::over(&project);
    let (one, other) = (Browser::new(1200, 900), Browser::new(1200, 900));
    for browser in [&one, &other] {
        browser.open(&format!("http://{}/ledgers", server.host));
        browser.wait("还没有台账");
    }
    let path = |at: usize| project.path(&files[at].display().to_string());
    one.choose("#files", &[&path(0)]);
    other.choose("#files", &[&path(1), &path(2)]);
    one.click("form[data-send] button");
    other.click("form[data-send] button");
    one.wait("收下“党组织名册.csv”");
    other.wait("收下“获奖情况.csv”");
    one.open(&format!("http://{}/ledgers", server.host));
    one.wait("已有的台账（3 个）");
    // While one builds, the other sees it and cannot start another build.
    one.open(&format!("http://{}/work", server.host));
    other.open(&format!("http://{}/work", server.host));
    one.click("form[action='/work/build'] button");
    one.wait("生成报告：已完成");
    other.open(&format!("http://{}/", server.host));
    other.wait("2 / 2 个单位");
}

/// A place in a picture that is yellow for so many pixels around, in pixels from the left and the top.
fn yellow_place(picture: &[u8]) -> Option<Value> {
    const AROUND: u32 = 5;
    let picture = image::load_from_memory(picture).expect("a picture").to_rgb8();
    let is_yellow = |x: u32, y: u32| picture.get_pixel(x, y).0 == [255, 255, 0];
    let mut places = (AROUND..picture.height() - AROUND)
        .flat_map(|y| (AROUND..picture.width() - AROUND).map(move |x| (x, y)))
        .filter(|(x, y)| is_yellow(*x, *y));
    let (x, y) =
        places.find(|(x, y)| (x - AROUND..=x + AROUND).all(|x| (y - AROUND..=y + AROUND).all(|y| is_yellow(x, y))))?;
    Some(json!([x, y]))
}

fn a_gap_on_a_page_leads_to_its_hint() {
    let project = with_fonts(Project::with_a_gap(&BRANCHES, BRANCHES[0]));
    project.build();
    let server = Server::over(&project);
    // High enough for a whole page.
    let browser = Browser::new(1440, 3000);
    browser.open(&format!("http://{}/branch/1", server.host));
    browser.wait("单独打开看");
    let advice = "里补上本单位的";
    assert!(!browser.text().contains(advice), "folded until it is opened");
    let place = (0..300).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        yellow_place(&browser.picture())
    });
    keep_picture(&browser, "draft-pages-1440");
    browser.click_at(&place.expect("the gap, on a page"));
    browser.wait(advice);
    assert!(browser.address().ends_with("/branch/1#gap-1"), "{}", browser.address());
}

fn a_gap_of_a_report_in_one_piece_leads_to_its_hint() {
    // Without fonts there are no pages.
    let project = Project::with_a_gap(&BRANCHES, BRANCHES[0]);
    project.build();
    let server = Server::over(&project);
    let browser = Browser::new(1440, 1000);
    browser.open(&format!("http://{}/branch/1", server.host));
    browser.wait("单独打开看");
    let advice = "里补上本单位的";
    assert!(!browser.text().contains(advice), "folded until it is opened");
    browser.within_frame("iframe.pages", |browser| browser.fill(".gap a", ENTER));
    browser.wait(advice);
    assert!(browser.address().ends_with("/branch/1#gap-1"), "{}", browser.address());
}

fn scripts_written_into_a_report_do_not_run_in_its_frame() {
    let project = ready();
    project.build();
    let report = project.report(BRANCHES[0], "html");
    let ran = "parent.document.title = 'ran'";
    let page = std::fs::read_to_string(&report).expect("a report").replace(
        "</article>",
        &format!(
            "<p>补记<script>{ran}</script><img src=\"x\" onerror=\"{ran}\"><svg onload=\"{ran}\"></svg></p></article>"
        ),
    );
    std::fs::write(&report, page).expect("a report");
    let server = Server::over(&project);
    let browser = Browser::new(1440, 1000);
    browser.open(&format!("http://{}/branch/1", server.host));
    browser.within_frame("iframe.pages", |browser| {
        browser.wait("补记");
        let shown = "return document.querySelectorAll('article img').length";
        assert_eq!(browser.run(shown, &json!([])), 1);
    });
    assert_eq!(browser.run("return document.title", &json!([])), "甲党支部 · 自查");
}
