//! The start page: progress of all branches, those that need attention first; searchable, filtered, paginated.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Query, State};
use maud::{Markup, html};

use super::banner::banner;
use super::list_form::{Choice, ListForm};
use super::pager::{PAGE_SIZE, list_address, pager, shown_page};
use super::query::PageQuery;
use super::table::{count_cell, text_cell};
use super::{first_steps, matrix, search, state_panel, welcome};
use crate::dashboard::{BranchStatus, Dashboard, ReportStage, days_left, days_text};
use crate::diagnostics::SeverityCounts;
use crate::manifest::RunManifest;
use crate::serve::clock::today;
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::response::{self, HandlerResult, run_blocking};
use crate::serve::state::{AppState, PAGE_TIMEOUT};

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
    Filter { value: "error", label: "有错误的", matches: |status| status.has_errors() },
    Filter { value: "gap", label: "有待填写的", matches: |status| status.gaps > 0 },
    Filter { value: "clear", label: "不用再处理的", matches: |status| status.is_clear() },
    Filter { value: "final", label: "已定稿的", matches: |status| status.state.stage >= ReportStage::Final },
    Filter { value: "stale", label: "之后有改动的", matches: |status| status.state.is_stale },
    Filter { value: "signed", label: "已签字的", matches: |status| status.state.stage >= ReportStage::Signed },
];

/// An order of the list.
struct Sort {
    /// The value of the `sort` parameter.
    value: &'static str,
    label: &'static str,
    sort: fn(&mut Vec<&BranchStatus<'_>>, &Path),
}

/// The orders that go upwards; the others begin with the greatest.
const ASCENDING: [&str; 2] = ["name", "state"];

const SORTS: [Sort; 7] = [
    Sort {
        value: "name",
        label: "按拼音",
        sort: |found, _| found.sort_by_cached_key(|status| search::sort_key(status.branch)),
    },
    Sort {
        value: "state", label: "没做完的在前", sort: |found, _| found.sort_by_key(|status| status.state.stage)
    },
    Sort {
        value: "errors",
        label: "错误多的在前",
        sort: |found, _| found.sort_by_key(|status| Reverse(status.findings.errors)),
    },
    Sort {
        value: "gaps", label: "待填写多的在前", sort: |found, _| found.sort_by_key(|status| Reverse(status.gaps))
    },
    Sort {
        value: "warnings",
        label: "警告多的在前",
        sort: |found, _| found.sort_by_key(|status| Reverse(status.findings.warnings)),
    },
    Sort {
        value: "missing",
        label: "缺台账多的在前",
        sort: |found, _| found.sort_by_key(|status| Reverse(status.missing.len())),
    },
    // Reads the times of all report files.
    Sort {
        value: "changed",
        label: "刚变过的在前",
        sort: |found, output| found.sort_by_cached_key(|status| Reverse(status.last_change(output))),
    },
];

/// Serves the start page, filtered and sorted as the query says.
pub(crate) async fn show(State(state): State<Arc<AppState>>, Query(query): Query<PageQuery>) -> HandlerResult {
    run_blocking(state, move |state| {
        if !state.paths.notice.exists() {
            return welcome::page(state, &query);
        }
        let snapshot = state.snapshot(PAGE_TIMEOUT)?;
        let body = match snapshot.evidence() {
            None => first_steps::panel(state, snapshot.analysis()),
            Some(evidence) => {
                let dashboard = Dashboard::new(evidence);
                html! {
                    (banner(state, &snapshot, Some(&dashboard)))
                    (progress(state, evidence.run, &dashboard, &query))
                }
            }
        };
        let refresh = (!snapshot.is_complete).then_some(3);
        let layout = PageLayout { title: "进度", tab: Tab::Dashboard, refresh };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

fn progress(state: &AppState, run: &RunManifest, dashboard: &Dashboard<'_>, query: &PageQuery) -> Markup {
    let filter = FILTERS.iter().find(|filter| filter.value == query.show).unwrap_or(&FILTERS[0]);
    let stage = ReportStage::ALL.into_iter().find(|stage| stage_filter(*stage) == query.show);
    let matches = |status: &&BranchStatus<'_>| {
        let is_found = query.q.is_empty() || query.matches(&format!("{} {}", status.branch, status.kind));
        is_found && (filter.matches)(status) && stage.is_none_or(|stage| status.state.stage == stage)
    };
    let mut found: Vec<&BranchStatus<'_>> = dashboard.branches.iter().filter(matches).collect();
    if let Some(sort) = SORTS.iter().find(|sort| sort.value == query.sort) {
        (sort.sort)(&mut found, &state.paths.output);
    }
    html! {
        (totals(dashboard))
        (common_errors(dashboard))
        (department(run, dashboard))
        (list_form(dashboard).show(query))
        p role="status" { (found.len()) " / " (dashboard.branches.len()) " 个" (dashboard.words.branch) }
        @if found.is_empty() {
            p { "没有符合的" (dashboard.words.branch) "。" a href="/" { "看全部" } }
        } @else {
            (branch_table(state, run, &found, query))
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
                li { a href={ "/?show=" (stage_filter(*state)) } { (state.label()) " " b { (count) } } }
            }
            li { a href="/?show=open" { "要处理的 " b { (open) } } }
            li { a href=(matrix::ADDRESS) { "交了哪些台账" } }
        }
    }
}

/// Errors that belong to no report and keep all from being final, with the way to them.
fn common_errors(dashboard: &Dashboard<'_>) -> Markup {
    html! {
        @if dashboard.common_errors > 0 {
            p class="note refused" {
                "有 " (dashboard.common_errors) " 项错误不属于哪一份报告，改正之前哪一份都不能定稿。"
                a href="/ledgers" { "到“台账”页上看" }
            }
        }
    }
}

/// The state of the department's report; nothing when there is none.
fn department(run: &RunManifest, dashboard: &Dashboard<'_>) -> Markup {
    html! {
        @if let Some(own) = &dashboard.department {
            p class="department" {
                a href="/department" { (run.department.name) } "：" (state_panel::sign(own)) (own.label())
                span class="hint" { "（" (own.reason) "）" }
            }
        }
    }
}

/// The value of the `show` parameter for the branches in one stage.
fn stage_filter(stage: ReportStage) -> String {
    format!("stage-{}", stage.id())
}

fn list_form(dashboard: &Dashboard<'_>) -> ListForm<'static> {
    let stages = dashboard.counts.iter().map(|(stage, _)| Choice {
        value: stage_filter(*stage).into(),
        label: format!("状态：{}", stage.label()).into(),
    });
    let sorts = SORTS.iter().map(|sort| Choice::fixed(sort.value, sort.label));
    ListForm {
        address: "/",
        placeholder: "名称、类别或拼音",
        filters: FILTERS.iter().map(|filter| Choice::fixed(filter.value, filter.label)).chain(stages).collect(),
        sorts: std::iter::once(Choice::fixed("", "要紧的在前")).chain(sorts).collect(),
    }
}

/// One page of the branches found, with links to the pages before and after it.
fn branch_table(state: &AppState, run: &RunManifest, found: &[&BranchStatus<'_>], query: &PageQuery) -> Markup {
    let page = shown_page(query, found.len());
    let shown = found.iter().skip((page - 1) * PAGE_SIZE).take(PAGE_SIZE);
    let numbers: HashMap<&str, usize> = run.branches.iter().map(|record| record.name.as_str()).zip(1..).collect();
    let archived = state.archive_numbers();
    html! {
        (selection_form(state))
        table class="cards" {
            thead {
                tr {
                    @for (label, sort) in [
                        (run.words.branch.as_str(), "name"),
                        ("报告", "state"),
                        ("错误", "errors"),
                        ("待填写", "gaps"),
                        ("警告", "warnings"),
                        ("没有记录的台账", "missing"),
                        ("最近变化", "changed"),
                    ] {
                        @let is_sorted = query.sort == sort;
                        @let order = if ASCENDING.contains(&sort) { "ascending" } else { "descending" };
                        th scope="col" aria-sort=[is_sorted.then_some(order)] {
                            a href=(list_address("/", query, if is_sorted { "" } else { sort })) {
                                (label) @if is_sorted { @if order == "ascending" { " ▲" } @else { " ▼" } }
                            }
                        }
                    }
                }
            }
            tbody {
                @for status in shown {
                    @let number = numbers.get(status.branch).copied().unwrap_or_default();
                    (branch_row(status, number, &state.paths.output, archived.get(status.branch)))
                }
            }
        }
        (pager("/", query, found.len()))
    }
}

/// The row of a branch; `number` is its position in the run manifest, from 1.
fn branch_row(status: &BranchStatus<'_>, number: usize, output: &Path, archived: Option<&String>) -> Markup {
    let SeverityCounts { errors, warnings, .. } = status.findings;
    html! {
        tr {
            th scope="row" {
                a href={ "/branch/" (number) } { (status.branch) }
                " "
                small { (status.kind) }
                input class="choice" type="checkbox" form="chosen" name="report" value=(status.branch)
                    aria-label={ "选“" (status.branch) "”" };
            }
            td data-label="报告" {
                (state_panel::sign(&status.state)) (status.label())
                @if let Some(archive_number) = archived {
                    " "
                    small { (state_panel::archive_number_label(&status.state)) " " span class="number" { (archive_number) } }
                }
            }
            (count_cell("错误", errors, "bad"))
            (count_cell("待填写", status.gaps, "bad"))
            (count_cell("警告", warnings, ""))
            (text_cell("没有记录的台账", &status.empty_ledgers()))
            (text_cell("最近变化", &status.last_change(output).unwrap_or_default()))
        }
    }
}

/// Buttons for the reports that are ticked in the table.
fn selection_form(state: &AppState) -> Markup {
    html! {
        form class="actions" id="chosen" method="post" action="/reports" {
            (csrf_field(state))
            label data-choose-all hidden { input type="checkbox"; " 选这一页全部" }
            button name="what" value="final" { "定稿所选" }
            button name="what" value="withdraw" { "撤回所选" }
        }
    }
}
