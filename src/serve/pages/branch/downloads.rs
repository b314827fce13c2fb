//! The report and its files, the issue list, the blank form.

use std::sync::Arc;

use axum::extract::{Path, State};

use super::lookup::{branch_record, with_branch};
use crate::pipeline::{self, chain};
use crate::serve::pages::report as report_files;
use crate::serve::pages::report_pages::{self, Viewer};
use crate::serve::response::{self, ErrorPage, HandlerResult, sandboxed_report};
use crate::serve::state::AppState;

/// The report as a document of its own.
pub(crate) async fn report(State(state): State<Arc<AppState>>, Path(number): Path<usize>) -> HandlerResult {
    with_branch(state, number, |state, record| Ok(sandboxed_report(report_files::html_file(state, record)?, ""))).await
}

/// The pages of the report as embedded in the branch's page, its gaps linked to their explanations there.
pub(crate) async fn pages(
    State(state): State<Arc<AppState>>,
    Path(number): Path<usize>,
    viewer: Viewer,
) -> HandlerResult {
    report_pages::pages(state, viewer, format!("/branch/{number}"), move |state| branch_record(state, number)).await
}

/// Downloads the report in one format.
pub(crate) async fn file(
    State(state): State<Arc<AppState>>,
    Path((number, extension)): Path<(usize, String)>,
) -> HandlerResult {
    with_branch(state, number, move |state, record| report_files::file(state, record, &extension)).await
}

/// Downloads a zip of all files of the report.
pub(crate) async fn all_files(State(state): State<Arc<AppState>>, Path(number): Path<usize>) -> HandlerResult {
    with_branch(state, number, |state, record| report_files::all_files(state, record)).await
}

/// Downloads the workbook with the branch's findings.
pub(crate) async fn issue_list(State(state): State<Arc<AppState>>, Path(number): Path<usize>) -> HandlerResult {
    with_branch(state, number, |state, record| {
        let analysis = state.fresh_analysis()?;
        let analysis = analysis.as_ref().as_ref().map_err(Clone::clone)?;
        let list = pipeline::issue_list(analysis, &record.name).map_err(|error| chain(&error))?;
        Ok(response::download(&list.name, list.bytes))
    })
    .await
}

/// Downloads the workbook with the branch's blank form.
pub(crate) async fn blank_form(State(state): State<Arc<AppState>>, Path(number): Path<usize>) -> HandlerResult {
    with_branch(state, number, |state, record| {
        let settings = state.settings()?;
        let analysis = state.fresh_analysis()?;
        let analysis = analysis.as_ref().as_ref().map_err(Clone::clone)?;
        let branch = std::slice::from_ref(&record.name);
        let mut forms = pipeline::forms(&settings, analysis, branch).map_err(|error| chain(&error))?;
        let form = forms.next().ok_or_else(|| ErrorPage::not_found("名册里没有这个单位"))?;
        let form = form.map_err(|error| chain(&error))?;
        Ok(response::download(&form.name, form.bytes))
    })
    .await
}
