//! The frame of every page: `<head>`, main menu, flash message.
//!
//! Pages are built with `maud::html!`, which escapes every spliced value; markup is spliced unescaped only as
//! [`Markup`], which only `html!` makes. No page uses `PreEscaped`, except here for line breaks.

use std::collections::HashMap;
use std::time::Duration;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::assets::{SCRIPT_ADDRESS, STYLE_ADDRESS};
use super::auth::CSRF_FIELD;
use super::flash::{Flash, MisplacedScan};
use super::form::NOTICE_FIELD;
use super::notices;
use super::settings_faults;
use super::state::AppState;
use crate::diagnostics::SeverityCounts;
use crate::notice::Words;

/// A line break in the markup.
const NEWLINE: PreEscaped<&str> = PreEscaped("\n");

/// The entry of the main menu that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    /// Progress of all branches.
    Dashboard,
    /// Ledger files.
    Ledgers,
    /// Builds and other jobs.
    Build,
    /// The department's summary.
    Department,
    /// Archiving.
    Archive,
    /// The notice's settings and templates.
    Settings,
    /// The list of all notices of the folder that is served.
    Notices,
    /// The start page of a folder without a notice, an entry of its own nowhere.
    Start,
    /// No entry: the page has no menu.
    None,
}

/// An entry of the main menu.
struct MenuEntry<'w> {
    tab: Tab,
    href: &'static str,
    label: &'w str,
}

/// The main menu, in which the department is called as the notice calls it.
fn menu(words: &Words) -> [MenuEntry<'_>; 6] {
    [
        MenuEntry { tab: Tab::Dashboard, href: "/", label: "进度" },
        MenuEntry { tab: Tab::Ledgers, href: "/ledgers", label: "台账" },
        MenuEntry { tab: Tab::Build, href: "/work", label: "生成" },
        MenuEntry { tab: Tab::Department, href: "/department", label: &words.department },
        MenuEntry { tab: Tab::Archive, href: "/archive", label: "归档" },
        MenuEntry { tab: Tab::Settings, href: "/settings", label: "设置" },
    ]
}

/// What the frame of a page depends on.
pub(super) struct PageLayout<'t> {
    /// The title, shown as heading and in the browser's tab.
    pub title: &'t str,
    /// The current entry of the main menu.
    pub tab: Tab,
    /// Seconds until the browser reloads the page, for pages that wait for a cached value or a job.
    pub refresh: Option<u8>,
}

impl PageLayout<'_> {
    /// A page with main menu and flash message, for logged-in users.
    pub(super) fn render(&self, state: &AppState, flash: Option<&Flash>, body: &Markup) -> Markup {
        let words = state.words();
        if let Some(flash) = flash.filter(|_| self.refresh.is_none()) {
            state.flashes.remove(flash);
        }
        // Without a notice only the pages that lead to one have something to say.
        let is_without_notice = !state.paths.notice.exists() && !matches!(self.tab, Tab::Start | Tab::Notices);
        self.document(&html! {
            header class="top" {
                nav aria-label="主菜单" {
                    ul {
                        @for entry in menu(&words) {
                            li { a href=(entry.href) aria-current=[(entry.tab == self.tab).then_some("page")] { (entry.label) } }
                        }
                    }
                }
                a class="which" href="/notices" aria-current=[(self.tab == Tab::Notices).then_some("page")] {
                    @match notice_title(state).as_str() { "" => "通知", title => { "通知：" (title) } }
                }
                @if state.auth.requires_login() {
                    form method="post" action="/logout" {
                        (csrf_field(state))
                        button class="quiet" { "退出登录" }
                    }
                }
            }
            main id="main" tabindex="-1" {
                h1 { (self.title) }
                @if !is_without_notice && !matches!(self.tab, Tab::Settings | Tab::Start) { (settings_error(state)) }
                @if let Some(flash) = flash { (flash_message(state, flash)) }
                @if is_without_notice {
                    p class="note" role="status" { "这个文件夹里还没有通知。" a href="/" { "从这里开始" } }
                } @else {
                    (body)
                }
            }
        })
    }

    /// A page without menu, for the login form and error messages.
    pub(super) fn render_bare(&self, body: &Markup) -> Markup {
        self.document(&html! {
            main id="main" tabindex="-1" {
                h1 { (self.title) }
                (body)
            }
        })
    }

    fn document(&self, inner: &Markup) -> Markup {
        html! {
            (DOCTYPE) (NEWLINE)
            html lang="zh-CN" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " · 自查" }
                    @if let Some(seconds) = self.refresh {
                        noscript { meta http-equiv="refresh" content=(seconds); }
                    }
                    link rel="icon" href="/assets/icon.svg";
                    link rel="stylesheet" href=(*STYLE_ADDRESS);
                    script src=(*SCRIPT_ADDRESS) defer {}
                }
                (NEWLINE)
                body data-refresh=[self.refresh] {
                    a class="skip" href="#main" { "跳到正文" }
                    (NEWLINE) (inner) (NEWLINE)
                }
            }
            (NEWLINE)
        }
    }
}

/// The notice's title; as far as it can be read when the settings cannot be used.
fn notice_title(state: &AppState) -> String {
    let title = state.settings().map(|settings| settings.notice.facts.title.clone());
    title.unwrap_or_else(|_| notices::title(&state.paths.notice))
}

/// What is wrong with the settings, with the way to mend it; nothing when they can be used.
fn settings_error(state: &AppState) -> Markup {
    let Err(error) = state.settings() else { return html! {} };
    if !state.paths.notice.exists() {
        return html! {};
    }
    let faults = settings_faults::current(state);
    html! {
        (settings_faults::list(state, &faults))
        @if faults.is_empty() { div class="note refused" role="alert" { @for line in error.lines() { p { (line) } } } }
        p { a href="/settings" { "到设置里改" } }
    }
}

/// The hidden fields with the CSRF token and the notice of the page; every form has them as its first fields.
pub(super) fn csrf_field(state: &AppState) -> Markup {
    html! {
        input type="hidden" name=(CSRF_FIELD) value=(state.auth.csrf_token());
        input type="hidden" name=(NOTICE_FIELD) value=(state.notice_key);
    }
}

/// Stored ledgers that a message names before it folds the others.
const MAX_STORED_SHOWN: usize = 8;

/// The outcome of the last action, with a button to undo it.
fn flash_message(state: &AppState, flash: &Flash) -> Markup {
    let done: Vec<String> = stored_sentences(state, flash).into_iter().chain(flash.done.iter().cloned()).collect();
    html! {
        @if !done.is_empty() || flash.undo.is_some() || !flash.undo_scans.is_empty() {
            div class="note done" role="status" data-outcome {
                @if done.len() > MAX_STORED_SHOWN {
                    // Of stored ledgers the number is the outcome, of anything else the first sentence.
                    @let shown = if flash.stored.is_empty() { 1 } else { 0 };
                    (sentences(&done[..shown]))
                    details {
                        summary { (summary_of(&done[shown..], flash)) }
                        (sentences(&done[shown..]))
                    }
                } @else {
                    (sentences(&done))
                }
                @if !flash.undo_scans.is_empty() {
                    form method="post" action="/scans/undo" {
                        (csrf_field(state))
                        @for number in &flash.undo_scans { input type="hidden" name="change" value=(number); }
                        button { "撤销" }
                    }
                }
                @if let Some(number) = flash.undo {
                    form method="post" action={ "/history/" (number) "/undo-upload" } {
                        (csrf_field(state))
                        button { @if flash.stored.len() > 1 { "撤销这次放入的全部 " (flash.stored.len()) " 个" } @else { "撤销" } }
                    }
                }
            }
        }
        @if flash.asked > 0 {
            p class="note asked" role="alert" data-outcome {
                "有 " (flash.asked) " 个文件先没有放入，等你决定：" a href="/ledgers#asked" { "去看" }
            }
        }
        @if let Some(MisplacedScan { key, sentence, report }) = &flash.misplaced {
            div class="note asked" role="alert" data-outcome {
                p { (sentence) }
                form method="post" action={ "/scans/held/" (key) } {
                    (csrf_field(state))
                    button { "放到“" (report) "”" }
                }
            }
        }
        @if !flash.refused.is_empty() {
            div class="note refused" role="alert" data-outcome { (sentences(&flash.refused)) }
        }
    }
}

/// The line above many sentences.
fn summary_of(done: &[String], flash: &Flash) -> String {
    if flash.stored.is_empty() {
        format!("详细的有 {} 项", done.len())
    } else {
        format!("收下 {} 个文件，点开看每个", flash.stored.len())
    }
}

/// What was stored, each with what the analysis of the ledgers finds in it; those with findings first.
fn stored_sentences(state: &AppState, flash: &Flash) -> Vec<String> {
    if flash.stored.is_empty() {
        return Vec::new();
    }
    let cached = state.analysis(Duration::ZERO);
    let analysis = cached.value().filter(|_| cached.is_fresh()).and_then(|result| result.as_ref().as_ref().ok());
    let Some(analysis) = analysis else {
        return flash.stored.iter().map(|stored| format!("{}；正在核对", stored.sentence)).collect();
    };
    let mut counts: HashMap<&str, SeverityCounts> = HashMap::new();
    for finding in &analysis.findings {
        counts.entry(finding.location.file().unwrap_or_default()).or_default().add(finding.severity);
    }
    let mut told: Vec<(bool, String)> = flash
        .stored
        .iter()
        .map(|stored| {
            let counts = counts.get(stored.name.as_str()).copied().unwrap_or_default();
            (counts == SeverityCounts::default(), format!("{}；{}", stored.sentence, counts_sentence(counts)))
        })
        .collect();
    told.sort_by_key(|(is_clear, _)| *is_clear);
    told.into_iter().map(|(_, sentence)| sentence).collect()
}

/// The numbers of findings in words.
fn counts_sentence(counts: SeverityCounts) -> String {
    let parts = [("错误", counts.errors), ("警告", counts.warnings), ("提示", counts.notes)];
    let parts: Vec<String> =
        parts.iter().filter(|(_, count)| *count > 0).map(|(label, count)| format!("{label} {count} 项")).collect();
    if parts.is_empty() { "没有发现问题".to_owned() } else { format!("核对出{}", parts.join("、")) }
}

/// One sentence as a paragraph, several as a list.
fn sentences(sentences: &[String]) -> Markup {
    html! {
        @if sentences.is_empty() {
        } @else if let [sentence] = sentences {
            p { (sentence) }
        } @else {
            ul { @for sentence in sentences { li { (sentence) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use maud::html;

    #[test]
    fn values_act_as_no_markup() {
        let piece = html! {};
        let out = html! { p title=("\"><script>") { (7) (piece) } };
        assert_eq!(out.into_string(), "<p title=\"&quot;&gt;&lt;script&gt;\">7</p>");
    }
}
