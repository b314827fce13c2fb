//! Receives, confirms, moves, removes and restores scans.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::extract::{Path, Request, State};

use super::{ADDRESS, FoundScan, find};
use crate::manifest::RunManifest;
use crate::pipeline::chain;
use crate::scans::Version;
use crate::serve::author::Author;
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::listener::Peer;
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::scan_files::{self, history, record_of, rename};
use crate::serve::state::AppState;
use crate::serve::upload::READ_TIME;

/// The most bytes of one uploaded scan: 100 MiB.
pub(in crate::serve::pages) const MAX_SCAN_BYTES: u64 = 100 << 20;

/// The page that a form came from: a branch's, the department's, or that of all scans.
fn back(fields: &form::FormFields) -> String {
    let back = fields.get("back");
    let number = back.strip_prefix("/branch/").unwrap_or_default();
    let is_branch = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_branch || back == "/department" { back.to_owned() } else { ADDRESS.to_owned() }
}

/// The page of a report.
fn page_of(run: &RunManifest, report: &str) -> String {
    match run.branches.iter().position(|record| record.name == report) {
        Some(index) => format!("/branch/{}", index + 1),
        None => "/department".to_owned(),
    }
}

/// Receives scans of any reports; each is stored or refused by itself.
pub(crate) async fn upload(
    State(state): State<Arc<AppState>>,
    Extension(Peer(peer)): Extension<Peer>,
    author: Author,
    request: Request,
) -> HandlerResult {
    let form = form::read_multipart(&state, request, MAX_SCAN_BYTES).await?;
    let turn = state.upload_readers.turn(peer.ip()).await;
    run_blocking(state, move |state| {
        let _turn = turn;
        let run = state.run()?;
        let run = run.as_ref().as_ref().map_err(|_| ErrorPage::conflict("还没有报告，先定稿再放签字件"))?;
        let mut flash = Flash::default();
        let started = Instant::now();
        for upload in form.files {
            let name = upload.name.clone();
            if started.elapsed() > READ_TIME {
                let reason = format!("这次上传看了 {} 秒还没有看完；请分几次再传", READ_TIME.as_secs());
                flash.refused.push(format!("“{name}”没有收下：{reason}"));
                continue;
            }
            let stored = scan_files::inspect(state, upload, "").and_then(|scan| {
                let target = scan.target(run, None)?;
                scan_files::store(state, run, scan, target, &author)
            });
            match stored {
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

/// Stores a scan that was sent to another report with the one whose code it has.
pub(crate) async fn store_held(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    author: Author,
    request: Request,
) -> HandlerResult {
    form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let Some(scan) = state.held_scans.take(&key) else {
            let reason = "这份扫描件已经放过了，或者放得太久，请再传一次";
            return Ok(redirect_with_flash(state, ADDRESS, Flash::refused(reason)));
        };
        let run = state.run()?;
        let run = run.as_ref().as_ref().map_err(Clone::clone)?;
        let target = scan.target(run, None)?;
        let address = page_of(run, &target.report);
        let stored = scan_files::store(state, run, scan, target, &author);
        let flash = stored.map_or_else(Flash::refused, |stored| stored.flash());
        Ok(redirect_with_flash(state, &address, flash))
    })
    .await
}

/// Names a scan by the code of the present version: the user looked at it and says that this was signed.
pub(crate) async fn confirm(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    author: Author,
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
        let record = record_of(run.as_ref().as_ref().map_err(Clone::clone)?, &copy.branch)?;
        let issued = record.standing_issue().ok_or_else(|| ErrorPage::conflict("报告还没有定稿"))?;
        let name = copy.confirmed_name(&issued.code);
        let undo_scans = rename(state, &copy.path, &copy.name, &name, &author)?;
        let done = vec![format!("已确认签的是现在这一版，改名为 {name}")];
        Ok(redirect_with_flash(state, &back(&fields), Flash { done, undo_scans, ..Flash::default() }))
    })
    .await
}

/// Names a scan by the report whose code it has: only its file's name spoke against it.
pub(crate) async fn assign(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    author: Author,
    request: Request,
) -> HandlerResult {
    form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let unmatched = match find(state, &key)? {
            FoundScan::Unmatched(scan) => scan.belongs_to.clone().map(|report| (scan, report)),
            FoundScan::Matched(_) => None,
        };
        let (scan, report) = unmatched.ok_or_else(|| ErrorPage::conflict("这个文件刚刚变过，请刷新后再看"))?;
        let run = state.run()?;
        let run = run.as_ref().as_ref().map_err(Clone::clone)?;
        let record = record_of(run, &report)?;
        let issued = record.standing_issue().ok_or_else(|| ErrorPage::conflict("报告还没有定稿"))?;
        let extension = scan.name.rsplit('.').next().unwrap_or("pdf");
        let name = format!("{}-{}.{extension}", record.folder, issued.code);
        let undo_scans = rename(state, &scan.path, &scan.name, &name, &author)?;
        let done = vec![format!("已归到“{report}”，改名为 {name}")];
        Ok(redirect_with_flash(state, ADDRESS, Flash { done, undo_scans, ..Flash::default() }))
    })
    .await
}

/// Moves a scan into the history.
pub(crate) async fn remove(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    author: Author,
    request: Request,
) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let scan = find(state, &key)?;
        let flash = match history(state)?.remove(scan.name(), None, &author.stamp()) {
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
pub(crate) async fn undo(State(state): State<Arc<AppState>>, author: Author, request: Request) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let mut numbers: Vec<u64> = fields.all("change").filter_map(|number| number.parse().ok()).collect();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        let history = history(state)?;
        let mut flash = Flash::default();
        for number in numbers {
            match history.undo(number, &author.stamp()) {
                Ok(change) => flash.done.push(format!("签字件 {} 恢复成原来的样子", change.name)),
                Err(error) => flash.refused.push(chain(&error)),
            }
        }
        Ok(redirect_with_flash(state, ADDRESS, flash))
    })
    .await
}
