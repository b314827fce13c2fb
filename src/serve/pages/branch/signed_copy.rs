//! Receives the scan of a signed report.
//!
//! A scan whose code is another branch's is refused; `scan_files` names and stores it.

use std::sync::Arc;

use axum::extract::{Path, Request, State};

use super::lookup::{check_name, with_branch};
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::pages::scans::MAX_SCAN_BYTES;
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash};
use crate::serve::scan_files;
use crate::serve::state::AppState;

/// Stores a scan among the signed copies.
pub(crate) async fn upload_signed_copy(
    State(state): State<Arc<AppState>>,
    Path(number): Path<usize>,
    request: Request,
) -> HandlerResult {
    let mut form = form::read_multipart(&state, request, MAX_SCAN_BYTES).await?;
    with_branch(state, number, move |state, record| {
        check_name(&form.fields, record)?;
        let scan = form.single_file().ok_or_else(|| ErrorPage::bad_request("请选一个扫描件"))?;
        let run = state.run()?;
        let run = run.as_ref().as_ref().map_err(Clone::clone)?;
        let inspected = scan_files::inspect(state, scan, form.fields.get("code"));
        let flash = match inspected.and_then(|scan| scan_files::store(state, run, scan, Some(record))) {
            Ok(stored) => {
                let undo_scans = stored.change.into_iter().collect();
                Flash { done: vec![stored.sentence()], undo_scans, ..Flash::default() }
            }
            Err(reason) => Flash::refused(reason),
        };
        Ok(redirect_with_flash(state, &format!("/branch/{number}"), flash))
    })
    .await
}
