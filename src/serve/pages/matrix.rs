//! Branches by ledgers: which are in, which are missing, what was found; from the ledgers as they are, before any
//! build.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use maud::{Markup, html};

use super::list_form::{Choice, ListForm};
use super::pager::{PAGE_SIZE, pager, shown_page};
use super::query::PageQuery;
use super::search;
use crate::diagnostics::SeverityCounts;
use crate::pipeline::{LedgerMatrix, MatrixCell, MatrixRow, Submission, ledger_matrix};
use crate::serve::layout::{PageLayout, Tab};
use crate::serve::response::{self, HandlerResult, run_blocking};
use crate::serve::state::{AppState, PAGE_TIMEOUT};

/// The address of the page.
pub(super) const ADDRESS: &str = "/matrix";

/// A filter of the list.
struct Filter {
    value: &'static str,
    label: &'static str,
    matches: fn(&MatrixRow<'_>) -> bool,
}

const FILTERS: [Filter; 4] = [
    Filter { value: "", label: "全部", matches: |_| true },
    Filter { value: "missing", label: "缺台账的", matches: |row| row.missing() > 0 },
    Filter { value: "error", label: "有错误的", matches: |row| row.findings().errors > 0 },
    Filter {
        value: "clear",
        label: "不缺也没有错误的",
        matches: |row| row.missing() == 0 && row.findings().errors == 0,
    },
];

/// An order of the list.
const SORTS: [(&str, &str); 4] =
    [("", "名册的次序"), ("missing", "缺得多的在前"), ("error", "错误多的在前"), ("name", "按拼音")];

/// Serves the page of branches by ledgers.
pub(crate) async fn show(State(state): State<Arc<AppState>>, Query(query): Query<PageQuery>) -> HandlerResult {
    run_blocking(state, move |state| {
        let settings = state.settings()?;
        let words = state.words();
        let cached = state.analysis(PAGE_TIMEOUT);
        let body = html! {
            p { a href="/" { "回到进度" } }
            @match cached.value().map(Arc::as_ref) {
                None => p class="note" role="status" { "正在核对台账……" },
                Some(Err(error)) => p class="note refused" role="alert" { (error) },
                Some(Ok(analysis)) => {
                    @if !cached.is_fresh() { p class="note" role="status" { "台账刚改过，正在重新核对……" } }
                    @let matrix = ledger_matrix(&settings, analysis);
                    @if matrix.rows.is_empty() {
                        p { "还没有名册，不知道有哪些" (words.branch) "。先到" a href="/ledgers" { "台账" } "放名册。" }
                    } @else {
                        (list(&matrix, &numbers(state), &query, &words.branch))
                    }
                }
            }
        };
        let title = format!("各{}交了哪些台账", words.branch);
        let layout = PageLayout { title: &title, tab: Tab::Dashboard, refresh: (!cached.is_fresh()).then_some(2) };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

/// The positions of branches in the run manifest, from 1; none before the first build.
fn numbers(state: &AppState) -> HashMap<String, usize> {
    let run = state.run().ok();
    let run = run.as_deref().and_then(|run| run.as_ref().ok());
    run.into_iter().flat_map(|run| run.branches.iter().map(|record| record.name.clone()).zip(1..)).collect()
}

fn list(matrix: &LedgerMatrix<'_>, numbers: &HashMap<String, usize>, query: &PageQuery, branch: &str) -> Markup {
    let filter = FILTERS.iter().find(|filter| filter.value == query.show).unwrap_or(&FILTERS[0]);
    let is_found = |row: &&MatrixRow<'_>| {
        (query.q.is_empty() || search::matches(&query.q, &format!("{} {}", row.branch, row.kind)))
            && (filter.matches)(row)
    };
    let mut found: Vec<&MatrixRow<'_>> = matrix.rows.iter().filter(is_found).collect();
    match query.sort.as_str() {
        "missing" => found.sort_by_key(|row| std::cmp::Reverse(row.missing())),
        "error" => found.sort_by_key(|row| std::cmp::Reverse(row.findings().errors)),
        "name" => found.sort_by_cached_key(|row| search::sort_key(row.branch)),
        _ => {}
    }
    let page = shown_page(query, found.len());
    html! {
        (list_form().show(query))
        p role="status" { (found.len()) " / " (matrix.rows.len()) " 个" (branch) }
        p class="hint" { "✓ 交了几行　○ 零报告　✗ 缺　– 不用交　错、警：核对出几项" }
        div class="matrix" role="region" tabindex="0" aria-label={ "各" (branch) "的台账" } {
            table class="cards" {
                thead {
                    tr {
                        th scope="col" { (branch) }
                        @for title in &matrix.ledgers { th scope="col" { (title) } }
                    }
                }
                tbody {
                    @for row in found.iter().skip((page - 1) * PAGE_SIZE).take(PAGE_SIZE) {
                        tr {
                            th scope="row" {
                                @match numbers.get(row.branch) {
                                    Some(number) => a href={ "/branch/" (number) } { (row.branch) },
                                    None => (row.branch),
                                }
                            }
                            @for (cell, title) in row.cells.iter().zip(&matrix.ledgers) { (table_cell(*cell, title)) }
                        }
                    }
                }
            }
        }
        (pager(ADDRESS, query, found.len()))
    }
}

/// A sign and a word for each state: no state is shown by its colour alone.
fn table_cell(cell: MatrixCell, title: &str) -> Markup {
    let MatrixCell { presence, rows, findings: SeverityCounts { errors, warnings, .. } } = cell;
    let class = match presence {
        Submission::Missing => "bad",
        Submission::NotNeeded => "none",
        Submission::In | Submission::Nil => "",
    };
    html! {
        td class=[Some(class).filter(|class| !class.is_empty())] data-label=(title) {
            @match presence {
                Submission::In => span class="whole" { span class="good" { "✓" } " " (rows) " 行" },
                Submission::Nil => "○ 零报告",
                Submission::Missing => "✗ 缺",
                Submission::NotNeeded => "–",
            }
            @if errors > 0 { " " span class="bad whole" { "错 " (errors) } }
            @if warnings > 0 { " " span class="warned whole" { "警 " (warnings) } }
        }
    }
}

fn list_form() -> ListForm<'static> {
    ListForm {
        address: ADDRESS,
        placeholder: "名称或拼音",
        filters: FILTERS.iter().map(|filter| Choice::fixed(filter.value, filter.label)).collect(),
        sorts: SORTS.map(|(value, label)| Choice::fixed(value, label)).into(),
    }
}
