//! The banners above what pages tell of reports: that something is still being looked at, and that ledgers or settings
//! changed since the last run, or that drafts are older than it, with the button that builds.

use maud::{Markup, html};

use crate::dashboard::Dashboard;
use crate::serve::evidence::{InputChanges, Snapshot, stale_reports};
use crate::serve::layout::csrf_field;
use crate::serve::state::AppState;

/// Names shown of ledgers, and of reports.
const MAX_NAMES: usize = 5;

/// The banners; that of changes only where a build has something to do, and not while that is not known. `dashboard` is
/// made of the snapshot; `None` before the first run.
pub(super) fn banner(state: &AppState, snapshot: &Snapshot, dashboard: Option<&Dashboard<'_>>) -> Markup {
    if !snapshot.is_complete {
        return html! {
            p class="note" role="status" { "正在核对台账、查看签字件，做完这一页自己更新；在那之前写的是上次生成时的情况。" }
        };
    }
    let (Some(evidence), Some(dashboard)) = (snapshot.evidence(), dashboard) else { return html! {} };
    let changes = snapshot.changes(state);
    let stale = stale_reports(evidence.run, dashboard);
    if changes.is_none() && stale.iter().all(|report| report.is_final) {
        return html! {};
    }
    let finals = stale.iter().filter(|report| report.is_final).count();
    let names: Vec<&str> = stale.iter().map(|report| report.name).collect();
    let is_running = state.jobs.status().is_some();
    html! {
        div class="note asked changed" role="status" {
            p { strong { (what_changed(changes.as_ref())) } }
            p {
                @if names.is_empty() { "各份报告的内容都不受影响。" }
                @else {
                    (names.len()) " 份报告的内容会不一样：" (first_of(&names)) "。"
                    @if finals > 0 { "其中 " (finals) " 份已经定稿，要到它的页面上重新定稿。" }
                }
            }
            @if is_running {
                p { a href="/work" { "正在生成" } }
            } @else {
                form method="post" action="/work/build" {
                    (csrf_field(state))
                    button name="what" value="draft" { "重新生成草稿" }
                }
            }
        }
    }
}

/// What changed since the last run, in a sentence; without a change, that drafts are older than that run.
fn what_changed(changes: Option<&InputChanges<'_>>) -> String {
    let Some(InputChanges { ledgers, settings }) = changes else {
        return "有的草稿还是以前的，不是按现在的台账和设置生成的".to_owned();
    };
    let names = || first_of(ledgers);
    match (ledgers.len(), settings) {
        (0, _) => "设置或模板在上次生成之后有改动".to_owned(),
        (count, false) => format!("台账在上次生成之后有改动（{count} 个）：{}", names()),
        (count, true) => format!("台账（{count} 个：{}）、设置或模板在上次生成之后有改动", names()),
    }
}

/// The first of many names.
fn first_of(names: &[&str]) -> String {
    let more = if names.len() > MAX_NAMES { "等" } else { "" };
    format!("{}{more}", names[..names.len().min(MAX_NAMES)].join("、"))
}
