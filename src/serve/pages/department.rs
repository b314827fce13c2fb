//! The department's page: its summary report, files to send to clerks.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};

use super::banner::banner;
use super::branch::{archive_form, gaps};
use super::query::PageQuery;
use super::report_pages::{self, Viewer};
use super::{findings, print, report, state_panel};
use crate::archive::zip;
use crate::dashboard::Dashboard;
use crate::diagnostics::localize;
use crate::manifest::ReportOutcome;
use crate::notice::Words;
use crate::pipeline::{self, BuildError, Handout, chain};
use crate::serve::evidence::Snapshot;
use crate::serve::layout::{PageLayout, Tab};
use crate::serve::response::{self, ErrorPage, HandlerResult, run_blocking, sandboxed_report};
use crate::serve::state::{AppState, PAGE_TIMEOUT};

/// The address of the page.
const ADDRESS: &str = "/department";

/// Serves the department's page, with its report as it was built last.
pub(crate) async fn show(State(state): State<Arc<AppState>>, Query(query): Query<PageQuery>) -> HandlerResult {
    run_blocking(state, move |state| {
        let snapshot = state.snapshot(PAGE_TIMEOUT)?;
        let report = match record(state) {
            Ok(record) => html! {
                @let dashboard = snapshot.evidence().map(Dashboard::new);
                (banner(state, &snapshot, dashboard.as_ref()))
                @let settings = state.settings()?;
                @let department = dashboard.as_ref().and_then(|dashboard| dashboard.department.as_ref());
                @if let Some(panel) = department { (state_panel::panel(state, &record, panel)) }
                (gaps(&settings, &snapshot, &record))
                (own_findings(&snapshot, &record))
                (report::section(state, &record, ADDRESS, false))
                @if let Some(metrics) = report::metrics(state, &settings.notice, &record) { (metrics) }
                (archive_form(state, &record, department))
            },
            Err(_) => {
                let Words { branch, department, .. } = state.words();
                html! { p { "还没有" (department) "汇总：所有" (branch) "的报告一起生成之后就有。" } }
            }
        };
        let Words { branch, department, .. } = state.words();
        let body = html! {
            (report)
            section class="screen" {
                h2 { "发给填报人" }
                ul class="downloads" {
                    li { a href="/department/issues" download { "各" (branch) "的问题清单（zip）" } }
                    li { a href="/department/forms" download { "各" (branch) "的空白填报表（zip）" } }
                }
            }
            (print::section(state, snapshot.evidence().map(|evidence| evidence.run)))
            section class="screen" id="signed" {
                h2 { "签字件" }
                p { a href="/scans" { "放入、查看各份报告的签字件" } }
            }
        };
        let layout =
            PageLayout { title: &department, tab: Tab::Department, refresh: (!snapshot.is_complete).then_some(3) };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

/// What was found that concerns its report, to which the state's button leads.
fn own_findings(snapshot: &Snapshot, record: &ReportOutcome) -> Markup {
    let all = snapshot.analysis().into_iter().flat_map(|analysis| &analysis.findings);
    let own = all.filter(|finding| finding.branch.as_deref() == Some(&record.name));
    html! {
        @if let Some(list) = findings::list(own, &findings::linked_place) {
            section id="findings" { h2 { "核对出的问题" } (list) }
        }
    }
}

/// The department's record in the run manifest; it has one after a run over all branches.
fn record(state: &AppState) -> Result<ReportOutcome, ErrorPage> {
    let run = state.run()?;
    let run = run.as_ref().as_ref().map_err(|_| ErrorPage::not_found("还没有生成过报告"))?;
    let record = Some(&run.department).filter(|record| !record.name.is_empty());
    record.cloned().ok_or_else(|| ErrorPage::not_found("还没有汇总报告"))
}

/// The summary report as a document of its own.
pub(crate) async fn report(State(state): State<Arc<AppState>>) -> HandlerResult {
    run_blocking(state, |state| Ok(sandboxed_report(report::html_file(state, &record(state)?)?, ""))).await
}

/// The pages of the summary report as embedded in the page.
pub(crate) async fn pages(State(state): State<Arc<AppState>>, viewer: Viewer) -> HandlerResult {
    report_pages::pages(state, viewer, ADDRESS.to_owned(), record).await
}

/// Downloads the summary report in one format.
pub(crate) async fn file(State(state): State<Arc<AppState>>, Path(extension): Path<String>) -> HandlerResult {
    run_blocking(state, move |state| report::file(state, &record(state)?, &extension)).await
}

/// Downloads a zip with the issue lists of all branches.
pub(crate) async fn issue_lists(State(state): State<Arc<AppState>>) -> HandlerResult {
    run_blocking(state, |state| {
        let analysis = state.fresh_analysis()?;
        let analysis = analysis.as_ref().as_ref().map_err(Clone::clone)?;
        download_zip("问题清单.zip", pipeline::issue_lists(analysis))
    })
    .await
}

/// Downloads a zip with blank forms for all branches.
pub(crate) async fn blank_forms(State(state): State<Arc<AppState>>) -> HandlerResult {
    run_blocking(state, |state| {
        let settings = state.settings()?;
        let analysis = state.fresh_analysis()?;
        let analysis = analysis.as_ref().as_ref().map_err(Clone::clone)?;
        if analysis.bound.branches.is_empty() {
            let form = pipeline::blank_form(&settings).map_err(|error| chain(&error))?;
            return Ok(response::download(&form.name, form.bytes));
        }
        let forms = pipeline::forms(&settings, analysis, &[]).map_err(|error| chain(&error))?;
        download_zip("空白填报表.zip", forms)
    })
    .await
}

fn download_zip(name: &str, files: impl Iterator<Item = Result<Handout, BuildError>>) -> HandlerResult {
    let files = files.map(|file| file.map(|file| (file.name, file.bytes)).map_err(std::io::Error::other));
    let zip = zip::pack(files)
        .map_err(|error| ErrorPage::conflict(format!("打包没有成功：{}", localize::io_error(&error))))?;
    Ok(response::download(name, zip))
}
