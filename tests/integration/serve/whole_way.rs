//! The whole way of a notice in a browser, by mouse and by keyboard alone: from an empty project to a verified package.
//! Every page on the way is checked as [`assert_fit`] does, and says what is so.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::browser::assert_fit;
use super::client::Server;
use super::webdriver::{Browser, ENTER};
use crate::support::Project;

crate::harness::tests! {
    with_tools: [
        the_whole_way_by_mouse,
        the_whole_way_by_keyboard_in_a_narrow_window,
    ]
}

const BRANCHES: [&str; 8] =
    ["甲党支部", "乙党支部", "丙党支部", "丁党支部", "戊党支部", "己党支部", "庚党支部", "辛党支部"];
const STUDY: &str = "干部在线学习-甲党支部.csv";
const NUMBER: &str = "Z109-WS·2018-D30-ZZB-0001";

/// How somebody uses a page.
#[derive(Clone, Copy)]
enum Hand {
    Mouse,
    Keyboard,
}

/// Somebody at a browser.
struct User {
    browser: Browser,
    hand: Hand,
    name: &'static str,
}

impl User {
    /// Uses a link or a button, named by its tag and its text.
    fn activate(&self, wanted: &str) {
        match self.hand {
            Hand::Mouse => self.browser.click_at(&self.place_of(wanted)),
            Hand::Keyboard => {
                self.browser.tab_to(wanted);
                self.browser.press(ENTER);
            }
        }
    }

    /// The middle of an element in the window.
    fn place_of(&self, wanted: &str) -> Value {
        self.browser.settle();
        let script = "const found = [...document.querySelectorAll('a, button, summary, input')].find((e) => \
                      e.getClientRects().length > 0 && \
                      e.tagName + ' ' + (e.innerText || e.name || e.title || '').trim() === arguments[0]); \
                      if (!found) { return null; } found.scrollIntoView({ block: 'center' }); \
                      const box = found.getClientRects()[0]; \
                      return [box.left + box.width / 2, box.top + box.height / 2]";
        let place = self.browser.run(script, &json!([wanted]));
        assert!(!place.is_null(), "no {wanted}: {}", self.browser.text());
        place
    }

    /// Types into a field, named by its id.
    fn type_into(&self, id: &str, text: &str) {
        match self.hand {
            Hand::Mouse => {
                // At the start of the field: of a date, the first part.
                let script = "const field = document.getElementById(arguments[0]); \
                              field.scrollIntoView({ block: 'center' }); const box = field.getBoundingClientRect(); \
                              return [box.left + 18, box.top + box.height / 2]";
                self.browser.click_at(&self.browser.run(script, &json!([id])));
            }
            Hand::Keyboard => self.browser.tab_to(&format!("INPUT {id}")),
        }
        self.browser.press(text);
    }

    /// Waits for a text, then looks at the page.
    fn sees(&self, said: &str, page: &str) {
        self.browser.wait(said);
        assert_fit(&self.browser, &format!("way-{}-{page}", self.name));
    }
}

/// A project with settings alone, and 18 ledgers to upload, in one of which a number is none.
fn project() -> (Project, Vec<PathBuf>) {
    let project = Project::ready(&BRANCHES);
    std::fs::rename(project.path("input"), project.path("mail")).expect("moved");
    std::fs::remove_file(project.path("mail/干部在线学习.csv")).expect("removed");
    std::fs::remove_file(project.path("mail/获奖情况.csv")).expect("removed");
    let mut files = vec!["党组织名册.csv".to_owned()];
    let mut project = project;
    for branch in BRANCHES {
        let done = if branch == BRANCHES[0] { "约五十" } else { "40" };
        let study = format!("党组织,姓名,规定学时,已完成学时\n{branch},赵,50,{done}\n");
        let prize = format!("党组织,奖项\n{branch},先进\n");
        for (ledger, text) in [("干部在线学习", study), ("获奖情况", prize)] {
            let name = format!("{ledger}-{branch}.csv");
            project = project.file(&format!("mail/{name}"), text.as_bytes());
            files.push(name);
        }
    }
    project = project.file("mail/获奖情况-补报.csv", "党组织,奖项\n乙党支部,模范\n".as_bytes());
    files.push("获奖情况-补报.csv".to_owned());
    assert_eq!(files.len(), 18);
    let paths = files.iter().map(|name| project.path(&format!("mail/{name}"))).collect();
    (project, paths)
}

/// Puts another number in the place of the first branch's.
fn with_number(project: Project, number: &str) -> Project {
    let text = format!("党组织,姓名,规定学时,已完成学时\n甲党支部,赵,50,{number}\n");
    project.file(&format!("mail/{STUDY}"), text.as_bytes())
}

fn replace_ledger(user: &User, project: &Project) {
    user.activate("A 台账");
    user.browser.wait("已有的台账");
    user.activate(&format!("A {STUDY}"));
    user.browser.wait("换掉或移走");
    user.browser.choose("#file", &[&project.path(&format!("mail/{STUDY}"))]);
    user.activate("BUTTON 换成这个文件");
    user.browser.wait("换下了原来的同名文件");
}

fn walk(hand: Hand, name: &'static str, width: u32, height: u32) {
    let (project, files) = project();
    let server = Server::over(&project);
    let user = User { browser: Browser::new(width, height), hand, name };
    let browser = &user.browser;
    browser.open(&format!("http://{}/", server.host));
    user.sees("还没有生成过报告", "empty");
    user.activate("A 台账");
    user.sees("还没有台账", "no-ledgers");
    browser.choose("#files", &files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    user.activate("BUTTON 放入台账");
    browser.wait("收下 18 个文件");
    user.sees("已有的台账（18 个）", "ledgers");
    // The finding is at its cell, and corrected.
    user.activate(&format!("A {STUDY}"));
    user.sees("现为：约五十", "finding");
    let project = with_number(project, "40");
    replace_ledger(&user, &project);
    user.sees("没有发现问题", "corrected");
    user.activate("A 生成");
    user.sees("开始生成", "build");
    user.activate("BUTTON 开始生成");
    user.sees("生成报告：已完成", "built");
    user.activate("A 进度");
    user.sees("8 / 8 个单位", "board");
    user.activate("A 甲党支部");
    user.sees("可以定稿：没有错误，没有待填写", "ready");
    user.activate("BUTTON 定稿");
    browser.wait("定稿“甲党支部”：已完成");
    user.activate("A 回到这份报告");
    user.sees("已定稿：还没有签字件", "final");
    // The ledger changes; every page that knows of the report says so, and one button makes it final again.
    let project = with_number(project, "41");
    replace_ledger(&user, &project);
    user.activate("A 进度");
    user.sees("已定稿，之后有改动", "stale-board");
    user.activate("A 甲党支部");
    user.sees("已定稿，之后有改动：", "stale");
    assert!(!browser.text().contains("已签字"), "nobody has signed");
    user.activate("BUTTON 重新定稿");
    browser.wait("定稿“甲党支部”：已完成");
    user.activate("A 回到这份报告");
    user.sees("已定稿：还没有签字件", "final-again");
    assert!(!browser.text().contains("已定稿，之后有改动"), "{}", browser.text());
    assert!(browser.text().contains("1 份报告的内容会不一样：汇总。"), "its draft is of the former number");
    let run: Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let code = run["branches"][0]["issued"]["code"].as_str().expect("a code").to_owned();
    let project = project.file(&format!("mail/扫描 {code}.pdf"), b"%PDF-1.4 scan");
    browser.choose("#scan", &[&project.path(&format!("mail/扫描 {code}.pdf"))]);
    user.activate("BUTTON 放入签字件");
    user.sees("已签字：", "signed");
    user.type_into("by", "张三");
    // As a browser in English takes a date from the keyboard.
    user.type_into("at", "11052018");
    assert_eq!(browser.run("return document.querySelector('#at').value", &json!([])), "2018-11-05");
    user.activate("BUTTON 归档这份报告");
    user.sees(&format!("甲党支部：{NUMBER}"), "archived");
    user.activate("A 回到归档");
    user.sees("没有校验过", "packages");
    user.activate("BUTTON 校验");
    browser.wait("归档包 1 个，完好 1 个，问题 0 项");
    user.activate("A 回到归档");
    user.sees("✓ 完好", "verified");
    user.activate("A 进度");
    user.sees("已归档", "archived-board");
    assert!(browser.text().contains(NUMBER), "{}", browser.text());
    let run = project.zicha(&["verify", &format!("archive/{NUMBER}"), "--rebuild"]);
    assert_eq!(run.code, 0, "{}", run.all());
}

fn the_whole_way_by_mouse() {
    walk(Hand::Mouse, "mouse", 1440, 1000);
}

fn the_whole_way_by_keyboard_in_a_narrow_window() {
    walk(Hand::Keyboard, "keyboard", 360, 780);
}
