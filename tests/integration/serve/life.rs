//! A report's life after 定稿 in the pages: out of date, final again, signed, withdrawn; building by itself.

use serde_json::Value;

use super::browser::assert_fit;
use super::client::Server;
use super::webdriver::{Browser, ENTER, SPACE};
use super::{BRANCHES, ready};
use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_final_report_is_made_again_and_withdrawn_after_a_question,
        finalizing_all_asks_before_it_replaces_a_signature,
        finalizing_all_asks_about_a_signed_summary_as_well,
        the_summary_is_made_final_and_withdrawn_from_its_page,
        changes_since_the_last_build_are_shown_with_a_button,
        two_tabs_decide_once_about_a_scan_a_final_and_a_withdrawal,
        drafts_are_made_by_themselves_where_the_settings_say_so,
        another_branchs_rows_and_archive_settings_keep_no_report_from_the_archive,
        the_branch_page_counts_what_is_found_now,
        gaps_of_now_are_listed_beside_a_final_without_any,
        a_stale_summary_still_waits_for_the_others,
    ]
    with_tools: [
        the_life_after_the_final_by_mouse_in_wide_and_narrow_windows,
        the_life_after_the_final_by_keyboard,
    ]
}

const STUDY: &str = "input/干部在线学习.csv";
pub(super) const SCAN: &[u8] = b"%PDF-1.4 scan";

/// A project with final reports of all branches.
pub(super) fn finals() -> Project {
    let project = ready();
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 0, "{}", run.all());
    project
}

pub(super) fn code(project: &Project, branch: usize) -> String {
    let run: Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    run["branches"][branch]["issued"]["code"].as_str().expect("a code").to_owned()
}

pub(super) fn changed(project: Project, done: u8) -> Project {
    let text = project.read(STUDY);
    let lines = text.lines().map(|line| match line.starts_with(BRANCHES[0]) {
        true => format!("{},赵,50,{done}\n", BRANCHES[0]),
        false => format!("{line}\n"),
    });
    let text: String = lines.collect();
    project.file(STUDY, text.as_bytes())
}

pub(super) fn act(server: &Server, what: &str, report: &str, more: &[(&str, &str)]) -> super::client::Reply {
    server.post("/reports", &[&[("what", what), ("report", report)], more].concat())
}

fn a_final_report_is_made_again_and_withdrawn_after_a_question() {
    let project = finals();
    let server = Server::over(&project);
    let page = server.settled("/branch/1");
    assert!(page.contains("<strong>已定稿</strong>：还没有签字件") && page.contains("撤回定稿"), "{page}");
    assert!(!page.contains("重新定稿"), "{page}");
    let first = code(&project, 0);
    let project = changed(project, 41);
    let page = server.settled("/branch/1");
    assert!(page.contains("<strong>已定稿，之后有改动</strong>") && page.contains("定稿之后台账改过："), "{page}");
    assert!(page.contains(">重新定稿</button>"), "{page}");
    assert!(server.settled("/branch/2").contains("<strong>已定稿</strong>："), "another branch's rows");
    // Nothing is signed: no question.
    assert_eq!(act(&server, "final", BRANCHES[0], &[]).header("location"), Some("/work"));
    assert!(server.worked().contains("定稿“甲党支部”：已完成"));
    let second = code(&project, 0);
    assert!(second != first && server.settled("/branch/1").contains("<strong>已定稿</strong>"));
    // Signed: a question that names what is lost.
    let project = changed(project.file(&format!("signed/{second}.pdf"), SCAN), 42);
    assert!(server.settled("/branch/1").contains("<strong>已签字，之后有改动</strong>"));
    let page = act(&server, "final", BRANCHES[0], &[]).body;
    assert!(page.contains("换掉已签字的报告？") && page.contains(&second) && page.contains("随即作废"), "{page}");
    assert_eq!(code(&project, 0), second);
    act(&server, "final", BRANCHES[0], &[("yes", "yes")]);
    assert!(server.worked().contains("已完成"));
    let third = code(&project, 0);
    let page = server.settled("/branch/1");
    assert!(
        third != second && page.contains("签的不是现在这一版") && page.contains("<strong>已定稿</strong>"),
        "{page}"
    );
    // Withdrawn: always a question.
    let page = act(&server, "withdraw", BRANCHES[0], &[]).body;
    assert!(page.contains("撤回定稿？") && page.contains(&third), "{page}");
    assert_eq!(code(&project, 0), third);
    act(&server, "withdraw", BRANCHES[0], &[("yes", "yes")]);
    assert!(server.worked().contains("撤回定稿“甲党支部”：已完成"));
    assert!(server.settled("/branch/1").contains("<strong>可以定稿</strong>"));
    let page = server.follow(&act(&server, "withdraw", BRANCHES[0], &[]));
    assert!(page.contains("还没有定稿，不用撤回"), "{page}");
    // Several, chosen on the board.
    let fields = [("what", "final"), ("report", BRANCHES[0]), ("report", BRANCHES[1])];
    assert_eq!(server.post("/reports", &fields).header("location"), Some("/work"));
    assert!(server.worked().contains("定稿 2 份：已完成"));
    let page = server.follow(&server.post("/reports", &[("what", "final")]));
    assert!(page.contains("没有选报告"), "{page}");
    let page = server.settled("/");
    assert_eq!(page.matches("name=\"report\"").count(), 2, "{page}");
}

fn finalizing_all_asks_before_it_replaces_a_signature() {
    let project = finals();
    let signed = code(&project, 0);
    let project = changed(project.file(&format!("signed/{signed}.pdf"), SCAN), 41);
    let server = Server::over(&project);
    let page = server.post("/work/build", &[("what", "final")]).body;
    assert!(page.contains("换掉已签字的报告？") && page.contains(&signed), "{page}");
    assert_eq!(code(&project, 0), signed);
    server.post("/reports", &[("what", "final"), ("all", "yes"), ("yes", "yes")]);
    let page = server.worked();
    assert!(page.contains("全部定稿：已完成") && code(&project, 0) != signed, "{page}");
    assert!(server.settled("/department").contains("<strong>已定稿</strong>"));
}

/// The question named the branches alone, and the summary lost its signature with them.
fn finalizing_all_asks_about_a_signed_summary_as_well() {
    let project = finals();
    let run: Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let summary = run["department"]["issued"]["code"].as_str().expect("a code").to_owned();
    let (row, two) = ("甲党支部,赵,50,40\n", "甲党支部,赵,50,40\n甲党支部,钱,50,40\n");
    let project = project.file(&format!("signed/{summary}.pdf"), SCAN).edit(STUDY, row, two);
    let server = Server::over(&project);
    let page = server.settled("/department");
    let waits = "下一步：还有 1 份报告没有定稿，或者定稿之后有改动：先给它们定稿，再重新定稿。";
    assert!(page.contains("<strong>已签字，之后有改动</strong>") && page.contains(waits), "{page}");
    assert!(!page.contains(">重新定稿</button>"), "{page}");
    let page = server.post("/work/build", &[("what", "final")]).body;
    assert!(page.contains("换掉已签字的报告？") && page.contains(&summary), "{page}");
    server.post("/reports", &[("what", "final"), ("all", "yes"), ("yes", "yes")]);
    let page = server.worked();
    assert!(page.contains("全部定稿：已完成") && page.contains("；汇总 1 份"), "{page}");
    assert!(server.settled("/department").contains("签的是旧版"));
    drop(project);
}

fn the_summary_is_made_final_and_withdrawn_from_its_page() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    assert!(server.settled("/department").contains("<strong>等其他报告定稿</strong>"));
    let page = server.follow(&act(&server, "final", "汇总", &[]));
    assert!(page.contains("还有 2 份报告没有定稿"), "{page}");
    server.post("/work/build", &[("what", "final")]);
    server.worked();
    assert!(server.settled("/department").contains("<strong>已定稿</strong>"));
    let project = changed(project, 41);
    assert!(server.settled("/department").contains("<strong>已定稿，之后有改动</strong>"));
    assert!(act(&server, "withdraw", "汇总", &[]).body.contains("撤回定稿？"));
    act(&server, "withdraw", "汇总", &[("yes", "yes")]);
    assert!(server.worked().contains("撤回定稿“汇总”：已完成"));
    assert!(server.settled("/department").contains("<strong>等其他报告定稿</strong>"));
    assert!(server.settled("/branch/2").contains("<strong>已定稿</strong>"));
    drop(project);
}

fn changes_since_the_last_build_are_shown_with_a_button() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    assert!(!server.settled("/").contains("在上次生成之后有改动"));
    let project = changed(project, 41).edit("input/获奖情况.csv", "先进", "优秀");
    for path in ["/", "/branch/1", "/work"] {
        let page = server.settled(path);
        let said = "台账在上次生成之后有改动（2 个）：干部在线学习.csv、获奖情况.csv";
        assert!(page.contains(said) && page.contains(">重新生成草稿</button>"), "{path}: {page}");
    }
    server.post("/work/build", &[("what", "draft")]);
    server.worked();
    assert!(!server.settled("/").contains("在上次生成之后有改动"));
    // A setting that no report prints.
    let project = project.edit(&format!("{NOTICE}/notice.toml"), "\"Z109\"", "\"Z110\"");
    let page = server.settled("/");
    assert!(page.contains("设置或模板在上次生成之后有改动") && page.contains("内容都不受影响"), "{page}");
    drop(project);
}

/// The page of a stale final report mentioned gaps without a list of them, and its button led nowhere.
fn gaps_of_now_are_listed_beside_a_final_without_any() {
    let project = finals();
    let server = Server::over(&project);
    let project = project.edit(STUDY, "甲党支部,赵,50,40", "甲党支部,赵,50,");
    let page = server.settled("/branch/1");
    assert!(page.contains("现在有 1 处待填写") && page.contains("href=\"#gaps\">去补上</a>"), "{page}");
    assert!(page.contains("<section id=\"gaps\"><h2>待填写（1 处）</h2>") && page.contains("所缺学时"), "{page}");
    let page = server.follow(&act(&server, "final", BRANCHES[0], &[]));
    assert!(page.contains("不能定稿：“一、学习情况”中待填写：所缺学时"), "{page}");
    // The other way round: the draft has the gap, and the ledgers have the number again.
    act(&server, "withdraw", BRANCHES[0], &[("yes", "yes")]);
    server.worked();
    assert!(server.settled("/branch/1").contains("id=\"gaps\""));
    let project = project.edit(STUDY, "甲党支部,赵,50,", "甲党支部,赵,50,40");
    assert!(!server.settled("/branch/1").contains("id=\"gaps\""));
    drop(project);
}

/// The summary was called ready to be final while its branches were drafts.
fn a_stale_summary_still_waits_for_the_others() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    let project = changed(project, 41);
    let page = server.settled("/department");
    assert!(
        page.contains("<strong>等其他报告定稿，之后有改动</strong>") && page.contains("还有 2 份报告没有定稿"),
        "{page}"
    );
    assert!(page.contains("台账在上次生成之后有改动") && page.contains(">重新生成草稿</button>"), "{page}");
    drop(project);
}

fn the_branch_page_counts_what_is_found_now() {
    let project = ready().edit(STUDY, "50,40", "约五十,40");
    project.build();
    let server = Server::over(&project);
    assert!(server.settled("/branch/1").contains("<dt>问题</dt><dd>错误 1 项"));
    // Mended, while the draft is still the old one.
    let project = project.edit(STUDY, "约五十", "50");
    let page = server.settled("/branch/1");
    assert!(
        page.contains("<dt>待填写</dt><dd>0 处") && page.contains("<dt>问题</dt><dd>错误 0 项，警告 0 项"),
        "{page}"
    );
    let page = server.follow(&act(&server, "final", BRANCHES[0], &[]));
    assert!(page.contains("不能定稿：生成草稿之后，台账、设置或模板有改动，草稿还是以前的"), "{page}");
    // An error of no report.
    let project = project.file("input/照片.xlsx", b"\x89PNG\r\n\x1a\n");
    server.post("/work/build", &[("what", "draft")]);
    server.worked();
    assert!(server.settled("/branch/1").contains("有不属于哪一份报告的错误 1 项"));
    drop(project);
}

fn two_tabs_decide_once_about_a_scan_a_final_and_a_withdrawal() {
    let project = finals().file("signed/甲党支部.jpg", b"\xff\xd8\xff");
    let server = Server::over(&project);
    let key = |page: &str| {
        let rest = page.split("action=\"/scan/").nth(1).expect("a scan");
        rest.split('/').next().expect("a key").to_owned()
    };
    // Both tabs show the scan; one removes it, the other confirms it afterwards.
    let scan = key(&server.settled("/branch/1"));
    let back = [("back", "/branch/1")];
    server.post(&format!("/scan/{scan}/remove"), &back);
    let late = server.post(&format!("/scan/{scan}/confirm"), &back);
    assert!(late.status == 404 && late.body.contains("没有这个签字件，可能刚被移走"), "{}", late.body);
    assert!(server.settled("/branch/1").contains("<strong>已定稿</strong>"));
    // Both tabs offer to make it final again; the second finds that it is.
    let first = code(&project, 0);
    let project = changed(project, 41);
    server.settled("/branch/1");
    act(&server, "final", BRANCHES[0], &[]);
    server.worked();
    let second = code(&project, 0);
    let page = server.follow(&act(&server, "final", BRANCHES[0], &[]));
    assert!(page.contains("都已经定稿，没有变化"), "{page}");
    assert!(second != first && code(&project, 0) == second);
    // Both tabs were asked about a withdrawal, and both say yes.
    assert!(act(&server, "withdraw", BRANCHES[0], &[]).body.contains("撤回定稿？"));
    act(&server, "withdraw", BRANCHES[0], &[("yes", "yes")]);
    server.worked();
    let page = server.follow(&act(&server, "withdraw", BRANCHES[0], &[("yes", "yes")]));
    assert!(page.contains("“甲党支部”还没有定稿，不用撤回"), "{page}");
    assert!(server.settled("/branch/1").contains("<strong>可以定稿</strong>"));
}

fn drafts_are_made_by_themselves_where_the_settings_say_so() {
    let project = ready().edit(&format!("{NOTICE}/notice.toml"), "[notice]\n", "[notice]\nauto_build = true\n");
    project.build();
    let server = Server::over(&project);
    let project = changed(project, 33);
    for _ in 0..300 {
        if project.report_text(BRANCHES[0], "md").contains("17") {
            assert!(server.worked().contains("自动生成草稿：已完成"));
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("no build: {}", server.get("/work").body);
}

fn another_branchs_rows_and_archive_settings_keep_no_report_from_the_archive() {
    let project = finals();
    let signed = code(&project, 0);
    let project = project
        .file(&format!("signed/{signed}.pdf"), SCAN)
        .edit(STUDY, "乙党支部,赵,50,40", "乙党支部,赵,50,44")
        .edit(&format!("{NOTICE}/notice.toml"), "\"Z109\"", "\"Z110\"");
    let archive = ["archive", "--by", "张三", "--at", "2018-11-05", "--branch"];
    let run = project.zicha(&[&archive[..], &[BRANCHES[0]]].concat());
    assert!(run.code == 0 && run.stdout.contains("Z110-WS·2018-D30-ZZB-0001"), "{}", run.all());
    // The package has the ledgers as they are, and the report can be made again from them.
    let run = project.zicha(&["verify", "archive/Z110-WS·2018-D30-ZZB-0001", "--rebuild"]);
    assert_eq!(run.code, 0, "{}", run.all());
    // The other branch's own rows changed.
    let other = code(&project, 1);
    let project = project.file(&format!("signed/{other}.pdf"), SCAN);
    let run = project.zicha(&[&archive[..], &[BRANCHES[1]]].concat());
    assert!(run.code == 1 && run.stdout.contains("与报告所据的不同"), "{}", run.all());
}

/// Looks at a page in a wide and a narrow window.
fn look(server: &Server, path: &str, name: &str) {
    server.settled(path);
    for (width, height) in [(1440, 1000), (360, 780)] {
        let browser = Browser::new(width, height);
        browser.open(&format!("http://{}{path}", server.host));
        browser.wait("通知：");
        assert_fit(&browser, &format!("{name}-{width}"));
    }
}

fn the_life_after_the_final_by_mouse_in_wide_and_narrow_windows() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    let browser = Browser::new(1440, 1000);
    let address = format!("http://{}/branch/1", server.host);
    browser.open(&address);
    browser.wait("可以定稿");
    look(&server, "/branch/1", "life-ready");
    browser.click(".state button[value=final]");
    browser.wait("定稿“甲党支部”：已完成");
    browser.click("#outcome a");
    browser.wait("已定稿：还没有签字件");
    let signed = code(&project, 0);
    let project = project.file(&format!("mail/扫描 {signed}.pdf"), SCAN);
    browser.choose("#scan", &[&project.path(&format!("mail/扫描 {signed}.pdf"))]);
    browser.click("form[action='/branch/1/signed'] button");
    browser.wait("已签字：");
    look(&server, "/branch/1", "life-signed");
    look(&server, "/scans", "life-scans");
    let _project = changed(project, 41);
    browser.open(&address);
    browser.wait("已签字，之后有改动");
    browser.wait("台账在上次生成之后有改动（1 个）");
    look(&server, "/branch/1", "life-stale");
    look(&server, "/", "life-board");
    look(&server, "/department", "life-department");
    look(&server, "/work", "life-work");
    browser.click(".state button[value=final]");
    browser.wait("换掉已签字的报告？");
    assert_fit(&browser, "life-question-1440");
    browser.click(".ask button");
    browser.wait("定稿“甲党支部”：已完成");
    browser.click("#outcome a");
    browser.wait("签的不是现在这一版");
    let narrow = Browser::new(360, 780);
    narrow.open(&address);
    narrow.wait("撤回定稿");
    narrow.click(".state button[value=withdraw]");
    narrow.wait("撤回定稿？");
    assert_fit(&narrow, "life-question-360");
    narrow.click(".ask button");
    narrow.wait("撤回定稿“甲党支部”：已完成");
    narrow.click("#outcome a");
    narrow.wait("可以定稿");
    // Two reports, ticked on the board.
    browser.open(&format!("http://{}/", server.host));
    browser.wait("2 / 2 个单位");
    browser.click("[data-choose-all] input");
    browser.click("#chosen button[value=final]");
    browser.wait("定稿 2 份：已完成");
}

fn the_life_after_the_final_by_keyboard() {
    let project = finals();
    let server = Server::over(&project);
    let browser = Browser::new(1440, 1000);
    browser.open(&format!("http://{}/branch/1", server.host));
    browser.wait("已定稿");
    browser.tab_to("BUTTON 撤回定稿");
    browser.press(ENTER);
    browser.wait("撤回定稿？");
    browser.tab_to("BUTTON 撤回定稿");
    browser.press(ENTER);
    browser.wait("撤回定稿“甲党支部”：已完成");
    browser.open(&format!("http://{}/", server.host));
    browser.wait("2 / 2 个单位");
    browser.tab_to("INPUT report");
    browser.press(SPACE);
    browser.open(&format!("http://{}/branch/1", server.host));
    browser.wait("可以定稿");
    browser.tab_to("BUTTON 定稿");
    browser.press(ENTER);
    browser.wait("定稿“甲党支部”：已完成");
}
