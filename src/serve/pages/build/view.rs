//! The page: the running job, or the build form and the outcome of the last job.

use std::sync::Arc;

use axum::extract::{Query, State};
use maud::{Markup, html};

use super::status_text::status_text;
use crate::dashboard::Dashboard;
use crate::manifest::{ReportOutcome, RunManifest};
use crate::scans::ScanInventory;
use crate::serve::cache::CacheState;
use crate::serve::job::{FinishedJob, JobStatus};
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::pages::archive;
use crate::serve::pages::banner::banner;
use crate::serve::pages::findings;
use crate::serve::pages::query::PageQuery;
use crate::serve::response::{self, HandlerResult, run_blocking};
use crate::serve::state::{AppState, PAGE_TIMEOUT};

/// Serves the page of builds.
pub(crate) async fn show(State(state): State<Arc<AppState>>, Query(query): Query<PageQuery>) -> HandlerResult {
    run_blocking(state, move |state| {
        let status = state.jobs.status();
        let (body, is_complete) = match &status {
            Some(status) => (running_job(state, status), false),
            None => {
                let snapshot = state.snapshot(PAGE_TIMEOUT)?;
                let dashboard = snapshot.evidence().map(Dashboard::new);
                let body = html! {
                    (banner(state, &snapshot, dashboard.as_ref()))
                    (build_form(state))
                    @if let Some(last) = state.jobs.last() { (finished_job(&last)) }
                };
                (body, snapshot.is_complete)
            }
        };
        let layout = PageLayout { title: "生成", tab: Tab::Build, refresh: (!is_complete).then_some(3) };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

fn running_job(state: &AppState, status: &JobStatus) -> Markup {
    let has_total = status.total > 0;
    html! {
        section class="panel" data-live="/work/events" {
            h2 { "正在" (status.name) }
            p role="status" data-live-text { (status_text(status)) }
            progress aria-label="进度" data-live-bar
                value=[has_total.then_some(status.done)] max=[has_total.then_some(status.total)] {}
            p { "关掉这一页也会继续做完。" }
            @if status.is_cancellable {
                form method="post" action="/work/cancel" {
                    (csrf_field(state))
                    button { "取消" }
                }
            }
        }
    }
}

fn build_form(state: &AppState) -> Markup {
    let run = state.run().ok();
    let scans = run.clone().map(|run| state.scans(run, PAGE_TIMEOUT));
    let inventory = scans.as_ref().and_then(CacheState::value);
    let run = run.as_ref().and_then(|run| run.as_ref().as_ref().ok());
    let finals = final_reports(run, inventory.map(|inventory| &**inventory));
    html! {
        form class="panel" method="post" action="/work/build" {
            (csrf_field(state))
            p { "读取台账，为每个" (state.words().branch) "生成报告。只有受影响的重新生成，其余的不动。" }
            fieldset {
                legend { "生成什么" }
                p { label { input type="radio" name="what" value="draft" checked; " 草稿" } }
                p {
                    label {
                        input type="radio" name="what" value="final";
                        " 全部定稿（还有待填写或错误的，草稿不动）"
                    }
                }
            }
            (archive::reminder(state))
            @if !finals.is_empty() {
                p {
                    label {
                        input type="checkbox" name="redraft" value="yes";
                        " 已定稿的 " (finals.len()) " 份也改回草稿，核对码和签字件随即作废"
                    }
                }
                p class="hint" { "不选的话，已定稿的不动。" }
                details {
                    summary { "已定稿的有哪些" }
                    ul { @for report in &finals { li { (report) } } }
                }
            }
            p { button class="main" { "开始生成" } }
        }
    }
}

/// The final reports of a run: each with its code and its signed copies, which a draft makes void.
fn final_reports(run: Option<&RunManifest>, scans: Option<&ScanInventory>) -> Vec<String> {
    let records = run.into_iter().flat_map(|run| run.branches.iter().chain([&run.department]));
    let describe = |record: &ReportOutcome| {
        let mut parts = vec![record.name.clone()];
        parts.extend(record.issued.as_ref().map(|issued| format!("核对码 {}", issued.code)));
        let copies = scans.into_iter().flat_map(|scans| scans.copies_of(&record.name));
        parts.extend(copies.map(|copy| format!("签字件 {}", copy.name)));
        parts.join("，")
    };
    records.filter_map(ReportOutcome::final_report).map(describe).collect()
}

fn finished_job(job: &FinishedJob) -> Markup {
    let outcome = &job.outcome;
    let (class, role, result) = match outcome.succeeded {
        true => ("note done", "status", "已完成"),
        false => ("note refused", "alert", "没有全部完成"),
    };
    html! {
        section id="outcome" {
            h2 { (job.name) "：" (result) }
            div class=(class) role=(role) {
                @for message in &outcome.messages { p { (message) } }
                p {
                    "用时 " (format_args!("{:.1}", job.seconds)) " 秒。"
                    a href=(job.return_link.href) { (job.return_link.label) }
                }
            }
            @if let Some(list) = findings::list(outcome.findings.iter(), &findings::linked_place) { (list) }
        }
    }
}
