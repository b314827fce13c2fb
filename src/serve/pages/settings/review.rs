//! The outcome of a change, shown before it is made.

use std::sync::Arc;

use axum::response::Response;
use maud::{Markup, html};

use crate::diagnostics::Diagnostic;
use crate::pipeline::{MAX_COMPARED, ReportChanges, Settings, Trial, TrialError, chain, compare, try_settings};
use crate::serve::author::Author;
use crate::serve::flash::Flash;
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::response::{self, HandlerResult, redirect_with_flash_at};
use crate::serve::settings_faults::{Fault, MAX_FAULTS, faults, place};
use crate::serve::settings_files::EditedFile;
use crate::serve::state::AppState;

/// Names of reports that are listed.
const MAX_NAMES: usize = 30;

/// A value before and after a change.
pub(super) struct Row {
    pub what: String,
    pub old: String,
    pub new: String,
}

/// A new text of a file, with what the page about it needs.
pub(super) struct Proposal {
    pub text: String,
    /// The values that change; none for a file that was changed as a whole.
    pub rows: Vec<Row>,
    /// Where the form is sent to again when the change is confirmed.
    pub action: String,
    /// The page that the form is on.
    pub address: String,
    /// The id, on that page, of the field that changes, or of the form.
    pub anchor: String,
    /// The fields of the form.
    pub fields: Vec<(String, String)>,
    /// The form as it was sent.
    pub again: Markup,
}

/// Who sent a form, and whether as an answer to the page about what changes.
pub(super) struct Answer<'a> {
    pub author: &'a Author,
    pub is_confirmed: bool,
}

/// The page with the form again and why nothing was done.
pub(super) fn refused(state: &AppState, address: &str, reasons: &[String], again: &Markup) -> Response {
    let body = html! {
        div class="note refused" role="alert" {
            p { "没有写入，请改好再试：" }
            ul { @for reason in reasons { li { (reason) } } }
        }
        (again)
        p { a href=(address) { "不改了" } }
    };
    response::page(PageLayout { title: "没有写入", tab: Tab::Settings, refresh: None }.render(state, None, &body))
}

/// Shows what a new text would change, or writes it when it is confirmed.
pub(super) fn respond(
    state: &Arc<AppState>,
    file: &EditedFile,
    proposal: &Proposal,
    answer: &Answer<'_>,
) -> HandlerResult {
    let tried = try_settings(&state.paths.notice, &file.file.name, &proposal.text);
    let (settings, elsewhere) = match tried {
        Ok(settings) => (Some(settings), Vec::new()),
        Err(TrialError::Notice(error)) => {
            let faults = faults(&error, &state.paths.notice);
            let own: Vec<String> = faults.iter().filter(|fault| fault.file == file.file.name).map(described).collect();
            // Where several files are broken, each is mended by itself.
            if !own.is_empty() || state.settings().is_ok() {
                let all: Vec<String> = faults.iter().take(MAX_FAULTS).map(described).collect();
                return Ok(refused(state, &proposal.address, &all, &proposal.again));
            }
            (None, faults)
        }
        Err(error) => return Ok(refused(state, &proposal.address, &[chain(&error)], &proposal.again)),
    };
    if answer.is_confirmed {
        let flash = match file.write(state, &proposal.text, answer.author) {
            Ok(()) => Flash::done("已写入；可以在“设置”的“最近的改动”里撤销。会变的报告，重新生成以后才变"),
            Err(reason) => Flash::refused(reason),
        };
        return Ok(redirect_with_flash_at(state, &proposal.address, &proposal.anchor, flash));
    }
    let changes = settings.map(|settings| changes(state, settings));
    let body = html! {
        @if !proposal.rows.is_empty() { (table(&proposal.rows)) }
        @match &changes {
            Some(Ok(changes)) => (effect(changes, &state.words().branch)),
            Some(Err(reason)) => p class="note" { "改动本身没有问题。没有比较报告：" (reason) },
            None => p class="note" { "这个文件改好了，别的文件还有 " (elsewhere.len()) " 处要改，改好之前不能生成报告。" },
        }
        form method="post" action=(proposal.action) {
            (csrf_field(state))
            @for (name, value) in &proposal.fields { textarea name=(name) hidden { "\n" (value) } }
            input type="hidden" name="confirmed" value="yes";
            p { button class="main" { "写入" } " " a href=(proposal.address) { "不改了" } }
        }
    };
    let layout = PageLayout { title: "会改变什么", tab: Tab::Settings, refresh: None };
    Ok(response::page(layout.render(state, None, &body)))
}

fn described(fault: &Fault) -> String {
    if fault.line == 0 { fault.message.clone() } else { format!("{}：{}", place(fault), fault.message) }
}

/// Compares the reports of the settings as they are with those of others.
fn changes(state: &Arc<AppState>, settings: Settings) -> Result<ReportChanges, String> {
    let old_analysis = state.fresh_analysis().ok();
    let of_trial = Arc::clone(state);
    state.comparisons.run(move |stop| {
        let state = of_trial;
        let settings = settings.stopped_by(stop.clone());
        let analysis = state.analysis_with(&settings, stop)?;
        let after = Trial { settings: &settings, analysis: &analysis };
        // Loaded anew: those that the pages have in common go on when this comparison is stopped.
        let old_settings = Settings::load(&state.paths.notice).ok().map(|settings| settings.stopped_by(stop.clone()));
        let old_analysis = old_analysis.as_ref().and_then(|analysis| analysis.as_ref().as_ref().ok());
        let before = old_settings.as_ref().zip(old_analysis);
        Ok(compare(before.map(|(settings, analysis)| Trial { settings, analysis }), after))
    })?
}

fn table(rows: &[Row]) -> Markup {
    html! {
        table class="cards" {
            thead { tr { th scope="col" { "改什么" } th scope="col" { "原来" } th scope="col" { "改成" } } }
            tbody {
                @for Row { what, old, new } in rows {
                    tr {
                        th scope="row" { (what) }
                        td data-label="原来" { (value(old)) }
                        td data-label="改成" { (value(new)) }
                    }
                }
            }
        }
    }
}

/// A value, or that there is none.
fn value(text: &str) -> Markup {
    html! {
        @if text.is_empty() { span class="hint" { "不写" } }
        @for line in text.lines() { div { (line) } }
    }
}

fn effect(changes: &ReportChanges, branch: &str) -> Markup {
    let ReportChanges { total, compared, changed, stopped, table, errors_before, errors_after, new_errors } = changes;
    html! {
        section {
            h2 { "报告" }
            p role="status" {
                @if changed.is_empty() { "没有报告会变。" }
                @else { (changed.len()) " 份报告会变（共 " (total) " 份）：" (names(changed)) }
            }
            @if let Some(table) = table {
                p { (table) "会变" @if changed.is_empty() { "（变的只有它）" } "。" }
            }
            @if compared < total {
                p class="hint" { "只比较了前 " (MAX_COMPARED) " 个" (branch) "的报告，其余的没有比较。" }
            }
            @if !stopped.is_empty() {
                div class="note refused" role="alert" {
                    p { (stopped.len()) " 份报告会生成不了：" }
                    ul {
                        @for finding in stopped.iter().take(MAX_NAMES) {
                            li { (finding.branch.as_deref().unwrap_or_default()) "：" (finding.message) }
                        }
                    }
                }
            }
            @if errors_after != errors_before {
                div class="note" {
                    p { "台账里的错误从 " (errors_before) " 项变成 " (errors_after) " 项。" }
                    @if !new_errors.is_empty() {
                        ul { @for finding in new_errors { li { (error_line(finding)) } } }
                    }
                }
            }
            @if !changed.is_empty() {
                p class="hint" { "已定稿的报告不会自动改变；生成草稿以后，变了的" (branch) "要重新定稿。" }
            }
        }
    }
}

/// An error with its place and what was found there.
fn error_line(finding: &Diagnostic) -> String {
    let found = finding.found.as_ref().map(|found| format!("（现在是“{found}”）")).unwrap_or_default();
    format!("{}：{}{found}", finding.location, finding.message)
}

fn names(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(MAX_NAMES).map(String::as_str).collect();
    let rest = names.len().saturating_sub(MAX_NAMES);
    let more = if rest > 0 { format!(" 等 {} 份", names.len()) } else { String::new() };
    format!("{}{more}。", shown.join("、"))
}
