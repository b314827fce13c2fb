//! What surrounds every page: head, the way to other pages, what was done last.

use super::assets::{SCRIPT_ADDRESS, STYLE_ADDRESS};
use super::flash::Flash;
use super::html::{Html, put};
use super::state::AppState;

/// The part of the site that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// How far everybody is.
    Dashboard,
    /// Ledgers.
    Ledgers,
    /// Building.
    Work,
    /// The department.
    Department,
    /// None of them.
    None,
}

/// The parts with their addresses and names.
const TABS: [(Tab, &str, &str); 4] = [
    (Tab::Dashboard, "/", "进度"),
    (Tab::Ledgers, "/ledgers", "台账"),
    (Tab::Work, "/work", "生成"),
    (Tab::Department, "/department", "部门"),
];

/// A page's surroundings.
pub struct PageLayout<'t> {
    /// The page's title.
    pub title: &'t str,
    /// The part that it belongs to.
    pub tab: Tab,
    /// After how many seconds the page is to be asked for again, when it waits for something.
    pub refresh: Option<u8>,
}

impl PageLayout<'_> {
    /// A whole page for somebody who is in.
    pub fn page(&self, state: &AppState, note: Option<&Flash>, body: &Html) -> Html {
        let mut inner = Html::default();
        put!(inner; "<header class=\"top\"><nav aria-label=\"主菜单\"><ul>");
        for (tab, address, name) in TABS {
            put!(inner; "<li><a href=\"" (address) "\"");
            if tab == self.tab {
                put!(inner; " aria-current=\"page\"");
            }
            put!(inner; ">" (name) "</a></li>");
        }
        put!(inner; "</ul></nav>");
        if state.auth.is_locked() {
            put!(inner; "<form method=\"post\" action=\"/logout\">" {&ticket(state)}
                "<button class=\"quiet\">退出登录</button></form>");
        }
        put!(inner; "</header><main id=\"main\" tabindex=\"-1\"><h1>" (self.title) "</h1>");
        if let Some(note) = note {
            inner.add(&said(state, note));
        }
        put!(inner; {body} "</main>");
        self.document(&inner)
    }

    /// A page for anybody.
    pub fn bare(&self, body: &Html) -> Html {
        let mut inner = Html::default();
        put!(inner; "<main id=\"main\" tabindex=\"-1\"><h1>" (self.title) "</h1>" {body} "</main>");
        self.document(&inner)
    }

    fn document(&self, inner: &Html) -> Html {
        let mut out = Html::default();
        put!(out; "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" (self.title)
            " · 自查</title>\n");
        if let Some(seconds) = self.refresh {
            put!(out; "<noscript><meta http-equiv=\"refresh\" content=\"" (seconds) "\"></noscript>\n");
        }
        put!(out; "<link rel=\"icon\" href=\"/assets/icon.svg\">\n<link rel=\"stylesheet\" href=\"" (&*STYLE_ADDRESS)
            "\">\n" "<script src=\"" (&*SCRIPT_ADDRESS) "\" defer></script>\n</head>\n<body");
        if let Some(seconds) = self.refresh {
            put!(out; " data-refresh=\"" (seconds) "\"");
        }
        put!(out; ">\n<a class=\"skip\" href=\"#main\">跳到正文</a>\n" {inner} "\n</body>\n</html>\n");
        out
    }
}

/// The hidden field that every form begins with.
pub fn ticket(state: &AppState) -> Html {
    let mut out = Html::default();
    put!(out; "<input type=\"hidden\" name=\"ticket\" value=\"" (state.auth.ticket()) "\">");
    out
}

/// What was done last, with a way to undo it.
fn said(state: &AppState, note: &Flash) -> Html {
    let mut out = Html::default();
    if !note.done.is_empty() || !note.undo.is_empty() {
        put!(out; "<div class=\"note done\" role=\"status\">");
        lines(&mut out, &note.done);
        for number in &note.undo {
            put!(out; "<form method=\"post\" action=\"/history/" (number) "/undo\">" {&ticket(state)}
                "<button>撤销</button></form>");
        }
        put!(out; "</div>");
    }
    if !note.refused.is_empty() {
        put!(out; "<div class=\"note refused\" role=\"alert\">");
        lines(&mut out, &note.refused);
        put!(out; "</div>");
    }
    out
}

fn lines(out: &mut Html, lines: &[String]) {
    if let [line] = lines {
        put!(out; "<p>" (line) "</p>");
        return;
    }
    put!(out; "<ul>");
    for line in lines {
        put!(out; "<li>" (line) "</li>");
    }
    put!(out; "</ul>");
}
