//! Receives, confirms, removes and restores scans.

use std::io::Write;
use std::sync::Arc;

use axum::extract::{Path, Request, State};

use super::{ADDRESS, FoundScan, find};
use crate::diagnostics::localize;
use crate::pipeline::chain;
use crate::scans::Version;
use crate::serve::clock::now;
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::scan_files::{self, history};
use crate::serve::state::AppState;
use crate::store::read_regular;

/// Bytes of a scan.
pub(in crate::serve::pages) const MAX_SCAN_BYTES: u64 = 100 << 20;

/// The page that a form came from: a branch's, the department's, or that of all scans.
fn back(fields: &form::FormFields) -> String {
    let back = fields.get("back");
    let number = back.strip_prefix("/branch/").unwrap_or_default();
    let is_branch = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_branch || back == "/department" { back.to_owned() } else { ADDRESS.to_owned() }
}

/// Receives scans of any reports; each is stored or refused by itself.
pub(crate) async fn upload(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let form = form::read_multipart(&state, request, MAX_SCAN_BYTES).await?;
    run_blocking(state, move |state| {
        let run = state.run()?;
        let run = run.as_ref().as_ref().map_err(|_| ErrorPage::conflict("还没有报告，先定稿再放签字件"))?;
        let mut flash = Flash::default();
        for upload in form.files {
            let name = upload.name.clone();
            let stored = scan_files::inspect(state, upload, "");
            match stored.and_then(|scan| scan_files::store(state, run, scan, None)) {
                Ok(stored) => {
                    flash.done.push(stored.sentence());
                    flash.undo_scans.extend(stored.change);
                }
                Err(reason) => flash.refused.push(format!("“{name}”没有收下：{reason}")),
            }
        }
        Ok(redirect_with_flash(state, ADDRESS, flash))
    })
    .await
}

/// Names a scan by the code of the present version: the user looked at it and says that this was signed.
pub(crate) async fn confirm(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    request: Request,
) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let FoundScan::Matched(copy) = find(state, &key)? else {
            return Err(ErrorPage::conflict("这个文件对不上报告"));
        };
        if copy.version != Version::ByName {
            return Err(ErrorPage::conflict("这份签字件刚刚变过，请刷新后再看"));
        }
        let run = state.run()?;
        let run = run.as_ref().as_ref().map_err(Clone::clone)?;
        let record = run.branches.iter().chain([&run.department]).find(|record| record.name == copy.branch);
        let issued =
            record.and_then(|record| record.standing_issue()).ok_or_else(|| ErrorPage::conflict("报告还没有定稿"))?;
        let (stem, extension) = copy.name.rsplit_once('.').unwrap_or((&copy.name, "pdf"));
        let history = history(state)?;
        let bytes = read_regular(&copy.path).map_err(|error| localize::io_error(&error))?;
        let mut received = history.receive().map_err(|error| chain(&error))?;
        received.write_all(&bytes).map_err(|error| localize::io_error(&error))?;
        let name = format!("{stem}-{}.{extension}", issued.code);
        let stored = history.put_beside(received, &name, &now()).map_err(|error| chain(&error))?;
        let removed = history.remove(&copy.name, None, &now()).map_err(|error| chain(&error))?;
        let changes = stored.map(|change| change.number).into_iter().chain([removed.number]).collect();
        let done = vec![format!("已确认签的是现在这一版，改名为 {name}")];
        Ok(redirect_with_flash(state, &back(&fields), Flash { done, undo_scans: changes, ..Flash::default() }))
    })
    .await
}

/// Moves a scan into the history.
pub(crate) async fn remove(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    request: Request,
) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let scan = find(state, &key)?;
        let flash = match history(state)?.remove(scan.name(), None, &now()) {
            Ok(change) => {
                let done = vec![format!("已移走签字件 {}", scan.name())];
                Flash { done, undo_scans: vec![change.number], ..Flash::default() }
            }
            Err(error) => Flash::refused(chain(&error)),
        };
        Ok(redirect_with_flash(state, &back(&fields), flash))
    })
    .await
}

/// Takes changes back, the last first.
pub(crate) async fn undo(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let mut numbers: Vec<u64> = fields.all("change").filter_map(|number| number.parse().ok()).collect();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        let history = history(state)?;
        let mut flash = Flash::default();
        for number in numbers {
            match history.undo(number, &now()) {
                Ok(change) => flash.done.push(format!("签字件 {} 恢复成原来的样子", change.name)),
                Err(error) => flash.refused.push(chain(&error)),
            }
        }
        Ok(redirect_with_flash(state, ADDRESS, flash))
    })
    .await
}
