//! The page.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};

use super::aliases::alias_forms;
use super::{changes, columns, sheet, versions};
use crate::diagnostics::Diagnostic;
use crate::ingest;
use crate::notice::Notice;
use crate::notice::edit::Written;
use crate::pipeline::{FilePreview, SheetPreview};
use crate::render::percent_encode;
use crate::serve::layout::{PageLayout, Tab};
use crate::serve::pages::findings;
use crate::serve::pages::ledger_lookup::find_ledger;
use crate::serve::pages::query::PageQuery;
use crate::serve::response::{self, HandlerResult, run_blocking};
use crate::serve::settings_files::settings_file;
use crate::serve::state::{AppState, PAGE_TIMEOUT};

/// The page; it reloads until the file is read and the analysis is fresh.
pub(crate) async fn show(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    Query(query): Query<PageQuery>,
) -> HandlerResult {
    run_blocking(state, move |state| {
        let settings = state.settings()?;
        let file = find_ledger(state, &key)?;
        let cached = state.analysis(PAGE_TIMEOUT);
        let analysis = cached.value().map(Arc::as_ref);
        let all_findings = analysis.and_then(|result| result.as_ref().ok()).map(|analysis| &analysis.findings);
        let is_own = |finding: &&Diagnostic| finding.location.file() == Some(file.name());
        let findings: Vec<&Diagnostic> = all_findings.into_iter().flatten().filter(is_own).collect();
        let preview = state.preview(&file, Arc::clone(&settings));
        let page = LedgerPage { state, notice: &settings.notice, key: &key, findings, asked_sheet: &query.sheet };
        let body = html! {
            p { a href="/ledgers" { "所有台账" } }
            @if let Some(Err(error)) = analysis {
                p class="note refused" role="alert" { (error) }
            }
            @if !cached.is_fresh() {
                p class="note" role="status" { "正在核对……" }
            }
            @match preview.as_deref() {
                None => { p class="note" role="status" { "正在读取……" } }
                Some(Err(error)) => {
                    p class="note refused" role="alert" { "没有读取：" (error.reason()) "。办法：" (error.cure()) }
                }
                Some(Ok(preview)) => { (page.sheets(preview)) }
            }
            (versions::section(state, &key, &file))
            (changes::forms(state, &key, &changes::content_hash(&file)?))
        };
        let is_complete = cached.is_fresh() && preview.is_some();
        let layout = PageLayout { title: file.name(), tab: Tab::Ledgers, refresh: (!is_complete).then_some(2) };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

/// What the sections of the page have in common.
struct LedgerPage<'a> {
    state: &'a AppState,
    notice: &'a Notice,
    /// The file's key in addresses.
    key: &'a str,
    /// The findings in the file.
    findings: Vec<&'a Diagnostic>,
    /// The sheet asked for, by its normalized name; empty for none.
    asked_sheet: &'a str,
}

impl LedgerPage<'_> {
    /// Findings without a sheet, then one sheet, the others behind their tabs.
    fn sheets(&self, preview: &FilePreview) -> Markup {
        let without_sheet = self.findings.iter().copied().filter(|finding| finding.location.source().is_none());
        html! {
            @if preview.sheets.is_empty() {
                p { "文件里没有内容。" }
            }
            @if let Some(list) = findings::list(without_sheet, &|_| None) { (list) }
            @if self.findings.is_empty() && preview.tables() > 0 {
                p class="note done" { "没有发现问题。" }
            }
            @if let Some(index) = self.chosen_sheet(preview) {
                @let sheet = &preview.sheets[index];
                @if preview.sheets.len() > 1 { (self.tabs(preview, index)) }
                section id="sheet" {
                    h2 { (sheet_title(sheet)) }
                    @if sheet.raw.hidden {
                        p { "隐藏的工作表，没有读。" }
                    } @else {
                        (self.sheet(index, sheet))
                    }
                }
            }
        }
    }

    /// The sheet that is shown, by its index: the one asked for, otherwise the first with the gravest findings.
    fn chosen_sheet(&self, preview: &FilePreview) -> Option<usize> {
        let asked = |sheet: &SheetPreview| !self.asked_sheet.is_empty() && normalized_name(sheet) == self.asked_sheet;
        let gravest = |sheet: &SheetPreview| {
            // Errors are the least; a sheet without findings comes behind all.
            let severity = self.findings_of(sheet).map(|finding| finding.severity).min();
            (severity.is_none(), severity)
        };
        let by_gravity = || (0..preview.sheets.len()).min_by_key(|index| gravest(&preview.sheets[*index]));
        preview.sheets.iter().position(asked).or_else(by_gravity)
    }

    /// A link to each sheet, with the number of its findings.
    fn tabs(&self, preview: &FilePreview, shown: usize) -> Markup {
        html! {
            nav class="tabs" aria-label="工作表" {
                ul {
                    @for (index, sheet) in preview.sheets.iter().enumerate() {
                        @let count = self.findings_of(sheet).count();
                        @let address = format!("?sheet={}#sheet", percent_encode(&normalized_name(sheet)));
                        li {
                            a href=(address) aria-current=[(index == shown).then_some("true")] {
                                (sheet_title(sheet)) @if count > 0 { "（" (count) " 项）" }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The findings in a sheet.
    fn findings_of(&self, sheet: &SheetPreview) -> impl Iterator<Item = &'_ Diagnostic> {
        let name = normalized_name(sheet);
        let is_own = move |finding: &&Diagnostic| finding.location.source().is_some_and(|source| source.sheet == name);
        self.findings.iter().copied().filter(is_own)
    }

    /// The sheet with that index in the file: its columns, aliases to accept, findings and cells.
    fn sheet(&self, index: usize, sheet: &SheetPreview) -> Markup {
        let own: Vec<&Diagnostic> = self.findings_of(sheet).collect();
        let cell_link = |finding: &Diagnostic| {
            let cell = sheet::first_cell(finding)?;
            let address = finding.location.address().unwrap_or_default();
            Some(html! { a href={ "#" (sheet::anchor(cell)) } { (address) } })
        };
        let cells = sheet::table(&sheet.raw, &own);
        html! {
            @for table in &sheet.tables {
                @if let Some((id, ledger)) = self.notice.ledger.get_index(table.ledger) {
                    (columns::table(ledger, &table.header, &sheet.raw, columns_address(self.state, id).as_deref()))
                }
            }
            @if sheet.tables.is_empty() {
                p class="note refused" { "没有认出是哪一种台账。" }
            }
            (alias_forms(self.state, self.notice, self.key, index, sheet))
            @match findings::list(own.iter().copied(), &cell_link) {
                Some(list) => { div class="beside" { div { (list) } (cells) } }
                None => { (cells) }
            }
        }
    }
}

/// The name of a sheet as findings have it.
fn normalized_name(sheet: &SheetPreview) -> String {
    ingest::normalize(&sheet.raw.name).0.to_string()
}

fn sheet_title(sheet: &SheetPreview) -> &str {
    if sheet.raw.name.is_empty() { "表格内容" } else { &sheet.raw.name }
}

/// Where a ledger gets a column more; `None` where its settings are those of a base, or cannot be read.
fn columns_address(state: &AppState, ledger: &str) -> Option<String> {
    let file = settings_file(state).ok()?;
    let at = Written::new(&file.text).ids(&["ledger"]).iter().position(|id| id == ledger)?;
    Some(format!("/settings/columns/{at}#add"))
}
