//! The page of a whole file: the settings as they are written, or a template with a draft beside it.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use maud::{Markup, html};

use super::review::{self, Answer, Proposal};
use crate::serve::author::Author;
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::pages::query::PageQuery;
use crate::serve::response::{self, ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::settings_faults::{self, Fault};
use crate::serve::settings_files::{EditedFile, file_key, find};
use crate::serve::state::{AppState, PAGE_TIMEOUT};
use crate::template::ReportStructure;

/// Lines shown around one that is wrong.
const CONTEXT: usize = 2;
/// The value that stands for the department's report among the branches.
pub(super) const SUMMARY: &str = "summary";

/// Serves the page of the file with that key.
pub(crate) async fn show_file(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    Query(query): Query<PageQuery>,
) -> HandlerResult {
    run_blocking(state, move |state| {
        let file = find(state, &key)?;
        let faults = settings_faults::current(state);
        let body = html! {
            p { a href="/settings#files" { "回到设置" } }
            (settings_faults::list(state, &faults))
            (excerpts(&file, &faults))
            (editor(state, &file, &file.text))
        };
        let title = title(&file);
        let layout = PageLayout { title: &title, tab: Tab::Settings, refresh: None };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

fn title(file: &EditedFile) -> String {
    if file.file.name.ends_with(".md") {
        format!("模板 {}", file.file.name.trim_end_matches(".md"))
    } else {
        "设置的原文".to_owned()
    }
}

/// The lines of the file that are wrong, with those around them.
fn excerpts(file: &EditedFile, faults: &[Fault]) -> Markup {
    let lines: Vec<&str> = file.text.lines().collect();
    let own = faults.iter().filter(|fault| fault.file == file.file.name && fault.line > 0);
    html! {
        @for fault in own {
            figure class="lines" {
                figcaption { "第 " (fault.line) " 行：" (fault.message) }
                @for at in fault.line.saturating_sub(CONTEXT + 1)..lines.len().min(fault.line + CONTEXT) {
                    @let line = lines.get(at).copied().unwrap_or_default();
                    div class=[(at + 1 == fault.line).then_some("at")] { span class="hint" { (at + 1) } " " code { (line) } }
                }
            }
        }
    }
}

/// The form with the text, the branch to look at, and the frame with the draft.
fn editor(state: &AppState, file: &EditedFile, text: &str) -> Markup {
    let is_summary = state.settings().is_ok_and(|settings| {
        let summary = settings.notice.summary.as_ref();
        summary.is_some_and(|summary| {
            ReportStructure::for_summary(summary).template_files().any(|name| *name.get_ref() == file.file.name)
        })
    });
    let has_summary = state.settings().is_ok_and(|settings| settings.notice.summary.is_some());
    let analysis = state.analysis(PAGE_TIMEOUT);
    let branches = analysis.value().and_then(|analysis| analysis.as_ref().as_ref().ok());
    let branches = branches.map(|analysis| analysis.bound.branches.as_slice()).unwrap_or_default();
    html! {
        div class="beside even" {
            form class="panel" method="post" action={ "/settings/file/" (file_key(&file.file.name)) } {
                (csrf_field(state))
                input type="hidden" name="key" value=(file_key(&file.file.name));
                input type="hidden" name="seen" value=(file.hash);
                label for="text" { (title(file)) }
                textarea class="text" id="text" name="text" rows="22" spellcheck="false" required data-look="look" { "\n" (text) }
                @if !branches.is_empty() {
                    p {
                        label for="branch" { "看哪一份报告" } br;
                        select id="branch" name="branch" data-look="look" {
                            @for (at, branch) in branches.iter().enumerate() { option value=(at) { (branch.name()) } }
                            @if has_summary { option value=(SUMMARY) selected[is_summary] { "汇总" } }
                        }
                        " "
                        button id="look" formaction="/settings/preview" formtarget="draft" { "看报告" }
                    }
                }
                p { button class="main" { "看看会改变什么" } }
            }
            div {
                iframe class="report" name="draft" title="用改过的文字排出的报告草稿" {}
            }
        }
    }
}

/// Shows what a new text would change, or writes it when it is confirmed.
pub(crate) async fn change_file(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    author: Author,
    request: Request,
) -> HandlerResult {
    let fields = form::read_large_form(&state, request).await?;
    run_blocking(state, move |state| {
        let _lock = fields.has("confirmed").then(|| state.lock_settings());
        let file = find(state, &key)?;
        file.check_seen(state, fields.get("seen"))?;
        let sent = fields.find("text").ok_or_else(|| ErrorPage::bad_request("这一页不完整，请刷新后再试"))?;
        let text = file.with_own_line_ends(sent);
        let address = format!("/settings/file/{}", file_key(&file.file.name));
        if text == file.text {
            return Ok(redirect_with_flash(state, &address, Flash::done("没有改动")));
        }
        let proposal = Proposal {
            rows: Vec::new(),
            action: address.clone(),
            fields: vec![("seen".to_owned(), fields.get("seen").to_owned()), ("text".to_owned(), text.clone())],
            again: editor(state, &file, &text),
            anchor: "text".to_owned(),
            address,
            text,
        };
        let answer = Answer { author: &author, is_confirmed: fields.has("confirmed") };
        review::respond(state, &file, &proposal, &answer)
    })
    .await
}
