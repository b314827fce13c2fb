//! The list of ledger files: upload, files that wait for an answer, search, history.

mod asked;
mod history;

use std::collections::HashMap;
use std::sync::Arc;

pub(crate) use asked::answer;
pub(crate) use history::{earlier_file, set_name, undo, undo_upload};
pub(in crate::serve::pages) use history::{earlier_link, kind_label};

use axum::Extension;
use axum::extract::{Query, Request, State};
use maud::{Markup, html};

use super::findings;
use super::ledger_lookup::ledger_address;
use super::query::PageQuery;
use super::table::count_cell;
use crate::diagnostics::localize;
use crate::diagnostics::{Diagnostic, Location, SeverityCounts};
use crate::ingest::{LedgerFile, find_files};
use crate::pipeline::{Analysis, Settings, other_notices};
use crate::serve::author::Author;
use crate::serve::form;
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::listener::Peer;
use crate::serve::response::{self, ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::state::{AppState, PAGE_TIMEOUT};
use crate::serve::upload::{self, NameConflict};

/// Files shown in the list.
const MAX_FILES_SHOWN: usize = 500;

/// Serves the page of ledgers, up to `MAX_FILES_SHOWN` files.
pub(crate) async fn show(
    State(state): State<Arc<AppState>>,
    Query(query): Query<PageQuery>,
    author: Author,
) -> HandlerResult {
    run_blocking(state, move |state| {
        let settings = state.settings()?;
        let files = find_files(&state.paths.input, &other_notices(&state.paths.notice))
            .map_err(|error| format!("读不到台账文件夹：{}", localize::io_error(&error)))?;
        let cached = state.analysis(PAGE_TIMEOUT);
        let analysis = cached.value().map(Arc::as_ref);
        let body = html! {
            (asked::section(state, &author))
            (upload_form(state))
            @if !cached.is_fresh() {
                p class="note" role="status" { "正在核对台账……" }
            }
            @match analysis {
                Some(Err(error)) => { p class="note refused" role="alert" { (error) } }
                Some(Ok(analysis)) => { (general_findings(analysis, &settings)) }
                None => {}
            }
            (file_list(&files.output, analysis.and_then(|result| result.as_ref().ok()), &settings, &query))
            @for skipped in &files.findings {
                p class="hint" { (skipped.location.file().unwrap_or_default()) "：" (skipped.message) }
            }
            (history::section(state, &author))
        };
        let refresh = (!cached.is_fresh()).then_some(2);
        let layout = PageLayout { title: "台账", tab: Tab::Ledgers, refresh };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

fn upload_form(state: &AppState) -> Markup {
    html! {
        form class="panel drop" method="post" action="/ledgers" enctype="multipart/form-data" data-send {
            (csrf_field(state))
            fieldset {
                legend { "收到同名的文件时" }
                label { input type="radio" name="same" value="replace" checked; " 换下原来的（可以撤销）" }
                " "
                label { input type="radio" name="same" value="both"; " 两份都留" }
            }
            p {
                label for="files" { "台账文件，可以一次选多个，也可以是装着它们的 zip" }
                br;
                input id="files" type="file" name="files" multiple required
                    accept={ (upload::accepted_extensions(",")) ",.zip" };
            }
            p class="hint" { "一个文件里有几张工作表的都读，同一种台账合在一起算。数字空着的是没有填，不是 0；没有的写 0。" }
            p class="hint" data-drop-hint hidden { "也可以把文件拖到这里。" }
            p { button class="main" { "放入台账" } }
            p role="status" aria-live="polite" data-progress {}
        }
    }
}

/// Findings that belong to no ledger file and no branch, such as missing ledgers, and those in the settings and
/// templates.
fn general_findings(analysis: &Analysis, settings: &Settings) -> Markup {
    let department = settings.notice.summary.as_ref().map(|summary| summary.name.as_str());
    let is_general = |finding: &&Diagnostic| match &finding.location {
        Location::Line { .. } => true,
        place => {
            let is_of_no_branch = finding.branch.is_none() || finding.branch.as_deref() == department;
            is_of_no_branch && place.file().is_none_or(str::is_empty)
        }
    };
    let general = analysis.findings.iter().filter(is_general);
    html! {
        @if let Some(list) = findings::list(general, &findings::linked_place) {
            section { h2 { "总体" } (list) }
        }
    }
}

/// Counts findings by file; those in the settings file are left out.
fn counts_by_file(findings: &[Diagnostic]) -> HashMap<&str, SeverityCounts> {
    let mut counts: HashMap<&str, SeverityCounts> = HashMap::new();
    for finding in findings.iter().filter(|finding| !matches!(finding.location, Location::Line { .. })) {
        counts.entry(finding.location.file().unwrap_or_default()).or_default().add(finding.severity);
    }
    counts
}

/// The titles of the ledgers found in each file.
fn titles_by_file<'a>(analysis: Option<&'a Analysis>, settings: &'a Settings) -> HashMap<&'a str, Vec<&'a str>> {
    let mut titles: HashMap<&str, Vec<&str>> = HashMap::new();
    for sheet in analysis.iter().flat_map(|analysis| &analysis.bound.sheets) {
        if let Some((_, ledger)) = settings.notice.ledger.get_index(sheet.ledger) {
            let of_file = titles.entry(&sheet.source.file).or_default();
            if !of_file.contains(&ledger.title.as_str()) {
                of_file.push(&ledger.title);
            }
        }
    }
    titles
}

fn file_list(files: &[LedgerFile], analysis: Option<&Analysis>, settings: &Settings, query: &PageQuery) -> Markup {
    if files.is_empty() {
        return html! {
            section {
                h2 { "已有的台账（0 个）" }
                p { "还没有台账。先放" (settings.notice.words.branch) "名册，再放其他台账。" }
            }
        };
    }
    let counts = analysis.map(|analysis| counts_by_file(&analysis.findings)).unwrap_or_default();
    let titles = titles_by_file(analysis, settings);
    let counts_of = |file: &LedgerFile| counts.get(file.name()).copied().unwrap_or_default();
    let has_problem = |file: &LedgerFile| {
        let counts = counts_of(file);
        counts.errors > 0 || counts.warnings > 0 || !titles.contains_key(file.name())
    };
    let matches = |file: &&LedgerFile| query.matches(file.name()) && (query.show != "odd" || has_problem(file));
    let found: Vec<&LedgerFile> = files.iter().filter(matches).collect();
    html! {
        section {
            h2 { "已有的台账（" (files.len()) " 个）" }
            (filter_form(query))
            p role="status" { (found.len()) " / " (files.len()) " 个文件" }
            table class="cards" {
                thead {
                    tr {
                        @for label in ["文件", "认作", "错误", "警告", "提示"] { th scope="col" { (label) } }
                    }
                }
                tbody {
                    @for file in found.iter().take(MAX_FILES_SHOWN) {
                        (file_row(file, titles.get(file.name()), counts_of(file), analysis.is_some()))
                    }
                }
            }
            @if found.len() > MAX_FILES_SHOWN {
                p { "另有 " (found.len() - MAX_FILES_SHOWN) " 个没有列出，请用上面的查找。" }
            }
        }
    }
}

fn file_row(file: &LedgerFile, titles: Option<&Vec<&str>>, counts: SeverityCounts, is_analyzed: bool) -> Markup {
    html! {
        tr {
            th scope="row" { a href=(ledger_address(file.name())) { (file.name()) } }
            td data-label="认作" {
                @if let Some(titles) = titles {
                    "《" (titles.join("》《")) "》"
                } @else if is_analyzed {
                    span class="bad" { "没有认出" }
                }
            }
            (count_cell("错误", counts.errors, "bad"))
            (count_cell("警告", counts.warnings, ""))
            (count_cell("提示", counts.notes, ""))
        }
    }
}

fn filter_form(query: &PageQuery) -> Markup {
    html! {
        form role="search" class="filters" action="/ledgers" {
            label { "查找 " input type="search" name="q" value=(query.q) placeholder="文件名"; }
            " "
            label {
                "只看 "
                select name="show" {
                    option value="" { "全部" }
                    option value="odd" selected[query.show == "odd"] { "有问题的" }
                }
            }
            " "
            button { "查找" }
        }
    }
}

/// Stores uploaded ledgers.
pub(crate) async fn upload(
    State(state): State<Arc<AppState>>,
    Extension(Peer(peer)): Extension<Peer>,
    author: Author,
    request: Request,
) -> HandlerResult {
    let settings = load_settings(&state).await?;
    let mut received = form::read_each(&state, request, upload::max_file_bytes(&settings)).await?;
    let turn = state.upload_readers.turn(peer.ip()).await;
    run_blocking(state, move |state| {
        let (_turn, _slot) = (turn, received.form.slot.take());
        let keep_both = received.form.fields.get("same") == "both";
        let on_conflict = if keep_both { NameConflict::KeepBoth } else { NameConflict::Replace };
        let flash = upload::store_uploads(state, &settings, received, on_conflict, &author);
        Ok(redirect_with_flash(state, "/ledgers", flash))
    })
    .await
}

/// The notice settings, loaded outside the async threads.
///
/// # Errors
/// When they are invalid.
pub(crate) async fn load_settings(state: &Arc<AppState>) -> Result<Arc<Settings>, ErrorPage> {
    let state = Arc::clone(state);
    let settings = tokio::task::spawn_blocking(move || state.settings()).await;
    Ok(settings.map_err(|_| ErrorPage::internal())??)
}
