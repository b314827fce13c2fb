//! The start page: progress of all branches, those that need attention first; searchable, filtered, paginated.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Query, State};
use maud::{Markup, html};

use super::query::PageQuery;
use super::table::{count_cell, text_cell};
use crate::dashboard::{BranchStatus, Dashboard, Stage, days_left, days_text};
use crate::diagnostics::SeverityCounts;
use crate::manifest::RunManifest;
use crate::render::percent_encode;
use crate::serve::clock::today;
use crate::serve::layout::{PageLayout, Tab};
use crate::serve::response::{self, HandlerResult, run_blocking};
use crate::serve::state::{AppState, PAGE_TIMEOUT};

/// Branches on one page of the list.
const PAGE_SIZE: usize = 100;

/// A filter of the list.
struct Filter {
    /// The value of the `show` parameter.
    value: &'static str,
    label: &'static str,
    matches: fn(&BranchStatus<'_>) -> bool,
}

const FILTERS: [Filter; 8] = [
    Filter { value: "", label: "全部", matches: |_| true },
    Filter { value: "open", label: "要处理的", matches: |status| !status.is_clear() },
    Filter { value: "error", label: "有错误的", matches: |status| status.findings.errors > 0 },
    Filter { value: "gap", label: "有待填写的", matches: |status| status.gaps > 0 },
    Filter { value: "clear", label: "不用再处理的", matches: |status| status.is_clear() },
    Filter { value: "final", label: "正式报告", matches: |status| status.state.stage >= Stage::Final },
    Filter { value: "stale", label: "之后有改动的", matches: |status| status.state.is_stale },
    Filter { value: "signed", label: "已签字的", matches: |status| status.state.stage >= Stage::Signed },
];

/// The page.
pub(crate) async fn show(State(state): State<Arc<AppState>>, Query(query): Query<PageQuery>) -> HandlerResult {
    run_blocking(state, move |state| {
        let known = state.known(PAGE_TIMEOUT)?;
        let body = match known.evidence() {
            None => first_steps(&state.words().branch),
            Some(evidence) => html! {
                @if !known.is_complete {
                    p class="note" role="status" { "正在核对台账和签字件，稍后刷新这一页。" }
                }
                (progress(evidence.run, &Dashboard::new(evidence), &query, &state.paths.output))
            },
        };
        let refresh = (!known.is_complete).then_some(3);
        let layout = PageLayout { title: "进度", tab: Tab::Dashboard, refresh };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

/// Shown before the first build.
fn first_steps(branch: &str) -> Markup {
    html! {
        div class="panel" {
            p { "还没有生成过报告。" }
            ol {
                li { "到" a href="/ledgers" { "台账" } "，把收到的 Excel 文件放进来，先放" (branch) "名册。" }
                li { "按提示改好标出的单元格。" }
                li { "到" a href="/work" { "生成" } "，生成各" (branch) "的报告。" }
            }
        }
    }
}

fn progress(run: &RunManifest, dashboard: &Dashboard<'_>, query: &PageQuery, output: &Path) -> Markup {
    let filter = FILTERS.iter().find(|filter| filter.value == query.show).unwrap_or(&FILTERS[0]);
    let matches = |status: &&BranchStatus<'_>| {
        let text_matches =
            query.q.split_whitespace().all(|word| status.branch.contains(word) || status.kind.contains(word));
        text_matches && (filter.matches)(status)
    };
    let found: Vec<&BranchStatus<'_>> = dashboard.branches.iter().filter(matches).collect();
    html! {
        (totals(dashboard))
        (filter_form(query))
        p role="status" { (found.len()) " / " (dashboard.branches.len()) " 个" (dashboard.words.branch) }
        @if found.is_empty() {
            p { "没有符合的" (dashboard.words.branch) "。" a href="/" { "看全部" } }
        } @else {
            (branch_table(run, &found, query, output))
        }
    }
}

/// The notice, its deadline, and how many branches are in each state.
fn totals(dashboard: &Dashboard<'_>) -> Markup {
    let remaining = days_left(dashboard.deadline, today()).map(days_text).unwrap_or_default();
    let open = dashboard.branches.iter().filter(|status| !status.is_clear()).count();
    html! {
        p class="lead" { (dashboard.notice) }
        p {
            "截止 " time datetime=(dashboard.deadline) { (dashboard.deadline) }
            strong { (remaining) }
        }
        ul class="counts" {
            @for (state, count) in &dashboard.counts {
                li { (state.label()) " " b { (count) } }
            }
            li { a href="/?show=open" { "要处理的 " b { (open) } } }
        }
    }
}

fn filter_form(query: &PageQuery) -> Markup {
    html! {
        form role="search" class="filters" action="/" {
            label { "查找 " input type="search" name="q" value=(query.q) placeholder="名称或类别"; }
            " "
            label {
                "只看 "
                select name="show" {
                    @for filter in &FILTERS {
                        option value=(filter.value) selected[filter.value == query.show] { (filter.label) }
                    }
                }
            }
            " "
            button { "查找" }
        }
    }
}

/// One page of the branches found, with links to the pages before and after it.
fn branch_table(run: &RunManifest, found: &[&BranchStatus<'_>], query: &PageQuery, output: &Path) -> Markup {
    let page_count = found.len().div_ceil(PAGE_SIZE).max(1);
    let page = query.page.clamp(1, page_count);
    let shown = found.iter().skip((page - 1) * PAGE_SIZE).take(PAGE_SIZE);
    let numbers: HashMap<&str, usize> = run.branches.iter().map(|record| record.name.as_str()).zip(1..).collect();
    html! {
        table class="cards" {
            thead {
                tr {
                    @for label in [&run.words.branch, "报告", "错误", "待填写", "警告", "没有记录的台账", "最近变化"] {
                        th scope="col" { (label) }
                    }
                }
            }
            tbody {
                @for status in shown {
                    (branch_row(status, numbers.get(status.branch).copied().unwrap_or_default(), output))
                }
            }
        }
        @if page_count > 1 { (pager(query, page, page_count)) }
    }
}

/// The row of a branch; `number` is its position in the run manifest, from 1.
fn branch_row(status: &BranchStatus<'_>, number: usize, output: &Path) -> Markup {
    let SeverityCounts { errors, warnings, .. } = status.findings;
    html! {
        tr {
            th scope="row" {
                a href={ "/branch/" (number) } { (status.branch) }
                " "
                small { (status.kind) }
            }
            td data-label="报告" { (status.label()) }
            (count_cell("错误", errors, "bad"))
            (count_cell("待填写", status.gaps, "bad"))
            (count_cell("警告", warnings, ""))
            (text_cell("没有记录的台账", &status.empty_ledgers()))
            (text_cell("最近变化", &status.last_change(output).unwrap_or_default()))
        }
    }
}

fn pager(query: &PageQuery, page: usize, page_count: usize) -> Markup {
    let address =
        |page: usize| format!("/?q={}&show={}&page={page}", percent_encode(&query.q), percent_encode(&query.show));
    html! {
        nav class="pager" aria-label="分页" {
            @if page > 1 { a href=(address(page - 1)) { "上一页" } " " }
            @if page < page_count { a href=(address(page + 1)) { "下一页" } " " }
            span { "第 " (page) " 页，共 " (page_count) " 页" }
        }
    }
}
