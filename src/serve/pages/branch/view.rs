//! The page.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use maud::html;

use super::lookup::with_branch;
use super::sections::{archive_form, changes, gaps, send_back, signed_copies, status};
use crate::dashboard::Dashboard;
use crate::serve::layout::{PageLayout, Tab};
use crate::serve::pages::banner::banner;
use crate::serve::pages::query::PageQuery;
use crate::serve::pages::{findings, next_branch, report, state_panel};
use crate::serve::response::{self, HandlerResult};
use crate::serve::state::{AppState, PAGE_TIMEOUT};

/// The page; it reloads until the analysis and the comparison with the last run are fresh.
pub(crate) async fn show(
    State(state): State<Arc<AppState>>,
    Path(number): Path<usize>,
    Query(query): Query<PageQuery>,
) -> HandlerResult {
    with_branch(state, number, move |state, record| {
        let settings = state.settings()?;
        let snapshot = state.snapshot(PAGE_TIMEOUT)?;
        let analysis = snapshot.analysis();
        let all_findings = analysis.into_iter().flat_map(|analysis| &analysis.findings);
        let own_findings = all_findings.filter(|finding| finding.branch.as_deref() == Some(&record.name));
        let findings = findings::list(own_findings, &findings::linked_place);
        let changed = state.changes(Duration::ZERO);
        let differences = changed.value().and_then(|value| value.as_ref().as_ref());
        let address = format!("/branch/{number}");
        let dashboard = snapshot.evidence().map(Dashboard::new);
        let body = html! {
            (banner(state, &snapshot, dashboard.as_ref()))
            @if let (Some(evidence), Some(dashboard)) = (snapshot.evidence(), &dashboard) {
                (next_branch::link(evidence.run, dashboard, &record.name))
                @if let Some(current) = dashboard.branches.iter().find(|status| status.branch == record.name) {
                    (state_panel::panel(state, record, &current.state))
                    (status(state, record, current))
                }
            }
            (gaps(&settings, &snapshot, record))
            @if let Some(findings) = findings {
                section id="findings" { h2 { "核对出的问题" } (findings) }
            }
            (report::section(state, record, &address, true))
            @if let Some(metrics) = report::metrics(state, &settings.notice, record) { (metrics) }
            @if let Some(differences) = differences { (changes(differences, record)) }
            section class="screen" {
                h2 { "定稿和签字" }
                p { "没有待填写、没有错误的报告可以定稿。定稿的报告末尾印有核对码，打印签字后扫描放回这里。" }
                (signed_copies(state, &address, record))
            }
            (archive_form(state, record, dashboard.as_ref().and_then(|dashboard| dashboard.state_of(&record.name))))
            (send_back(&address))
        };
        let is_complete = snapshot.is_complete && changed.is_fresh();
        let layout = PageLayout { title: &record.name, tab: Tab::Dashboard, refresh: (!is_complete).then_some(3) };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}
