//! Branches in addresses: the position in the run manifest, from 1.
//!
//! Positions shift when the roster changes. Pages that only show something show whatever branch is at the position
//! now; forms carry the branch's name as well, and [`check_name`] refuses them when it is another one.

use std::sync::Arc;

use crate::manifest::{ReportOutcome, RunManifest};
use crate::serve::form::FormFields;
use crate::serve::response::{ErrorPage, HandlerResult, run_blocking};
use crate::serve::state::AppState;

/// Runs a handler with the record of the branch at a position, on the pool for blocking work.
pub(super) async fn with_branch(
    state: Arc<AppState>,
    number: usize,
    handler: impl FnOnce(&Arc<AppState>, &ReportOutcome) -> HandlerResult + Send + 'static,
) -> HandlerResult {
    run_blocking(state, move |state| {
        let run = state.run()?;
        let run = run.as_ref().as_ref().map_err(|_| ErrorPage::not_found("还没有生成过报告"))?;
        handler(state, record_at(run, number)?)
    })
    .await
}

/// The record of the branch at a position.
///
/// # Errors
/// When there is none.
pub(super) fn branch_record(state: &AppState, number: usize) -> Result<ReportOutcome, ErrorPage> {
    let run = state.run()?;
    let run = run.as_ref().as_ref().map_err(|_| ErrorPage::not_found("还没有生成过报告"))?;
    record_at(run, number).cloned()
}

fn record_at(run: &RunManifest, number: usize) -> Result<&ReportOutcome, ErrorPage> {
    let record = number.checked_sub(1).and_then(|index| run.branches.get(index));
    record.ok_or_else(|| ErrorPage::not_found("没有这份报告，请回到首页再找"))
}

/// Checks that a form was made for this branch.
///
/// # Errors
/// When another branch is at the position now.
pub(super) fn check_name(fields: &FormFields, record: &ReportOutcome) -> Result<(), ErrorPage> {
    if fields.get("branch") == record.name.trim() {
        Ok(())
    } else {
        Err(ErrorPage::conflict("名册刚刚变过，请回到首页重新打开"))
    }
}
