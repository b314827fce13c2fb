//! Receives the scan of a signed report.
//!
//! A scan whose code is another report's is not stored here: the page offers to put it there. `scan_files` names and
//! stores it.

use std::sync::Arc;

use axum::extract::{Path, Request, State};

use super::lookup::{check_name, with_branch};
use crate::manifest::{ReportOutcome, RunManifest};
use crate::serve::author::Author;
use crate::serve::flash::{Flash, MisplacedScan};
use crate::serve::form;
use crate::serve::held_scans::InspectedScan;
use crate::serve::pages::scans::MAX_SCAN_BYTES;
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash};
use crate::serve::scan_files;
use crate::serve::state::AppState;

/// Stores a scan among the signed copies.
pub(crate) async fn upload_signed_copy(
    State(state): State<Arc<AppState>>,
    Path(number): Path<usize>,
    author: Author,
    request: Request,
) -> HandlerResult {
    let mut form = form::read_multipart(&state, request, MAX_SCAN_BYTES).await?;
    with_branch(state, number, move |state, record| {
        check_name(&form.fields, record)?;
        let scan = form.single_file().ok_or_else(|| ErrorPage::bad_request("请选一个扫描件"))?;
        let run = state.run()?;
        let run = run.as_ref().as_ref().map_err(Clone::clone)?;
        let inspected = scan_files::inspect(state, scan, form.fields.get("code"));
        let flash =
            inspected.and_then(|scan| receive(state, run, scan, record, &author)).unwrap_or_else(Flash::refused);
        Ok(redirect_with_flash(state, &format!("/branch/{number}"), flash))
    })
    .await
}

/// Stores a scan, or keeps it when it belongs to another report than the one whose page it was sent from.
fn receive(
    state: &AppState,
    run: &RunManifest,
    scan: InspectedScan,
    record: &ReportOutcome,
    author: &Author,
) -> Result<Flash, String> {
    let target = scan.target(run, Some(record))?;
    if target.report == record.name {
        return Ok(scan_files::store(state, run, scan, target, author)?.flash());
    }
    let report = target.report;
    let sentence = format!("这份签字件的核对码是“{report}”的，没有放到“{}”", record.name);
    let misplaced = MisplacedScan { key: state.held_scans.insert(scan), sentence, report };
    Ok(Flash { misplaced: Some(misplaced), ..Flash::default() })
}
