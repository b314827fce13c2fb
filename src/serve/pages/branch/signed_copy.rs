//! Receives the scan of a signed report.
//!
//! The file is named by the program: the folder of the branch's report, the report code when it was typed in, a
//! number when the name is taken. Of the name the sender gives, only the extension is used, and only one of the known
//! formats. An existing file is never replaced.

use std::sync::Arc;

use axum::extract::{Path, Request, State};

use super::lookup::{check_name, with_branch};
use crate::diagnostics::localize;
use crate::manifest::ReportOutcome;
use crate::pipeline::chain;
use crate::report_code::ReportCode;
use crate::scans::is_scan;
use crate::serve::flash::Flash;
use crate::serve::form::{self, UploadedFile};
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash};
use crate::serve::state::AppState;
use crate::store::{is_plain_name, write_new};

/// Bytes of a scan.
const MAX_SCAN_BYTES: u64 = 100 << 20;
/// Signed copies under the same name, distinguished by a number.
const MAX_COPIES: usize = 1000;

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
        let flash = match store_scan(state, record, &scan, form.fields.get("code")) {
            Ok(name) => Flash::done(format!("签字件已放入：{name}")),
            Err(reason) => Flash::refused(reason),
        };
        Ok(redirect_with_flash(state, &format!("/branch/{number}"), flash))
    })
    .await
}

/// Stores a scan and returns its name; `code` is the report code as typed in, or empty.
fn store_scan(state: &AppState, record: &ReportOutcome, scan: &UploadedFile, code: &str) -> Result<String, String> {
    let extension = scan.name.rsplit('.').next().unwrap_or_default().to_lowercase();
    if !is_scan(&format!("a.{extension}")) {
        return Err("签字件应是 PDF、JPEG、PNG 或 TIFF".to_owned());
    }
    // A manifest edited by hand must not lead out of the folder of signed copies.
    if !is_plain_name(&record.folder) {
        return Err("生成记录里这个单位的文件夹不对，请重新生成".to_owned());
    }
    let mut stem = record.folder.clone();
    if !code.is_empty() {
        let parsed = ReportCode::parse(&code.to_uppercase());
        let parsed = parsed.ok_or_else(|| format!("核对码“{code}”抄错了：校验字符不对"))?;
        stem = format!("{stem}-{parsed}");
    }
    std::fs::create_dir_all(&state.paths.signed)
        .map_err(|error| format!("签字件存不下：{}", localize::io_error(&error)))?;
    for number in 1..MAX_COPIES {
        let name = if number == 1 { format!("{stem}.{extension}") } else { format!("{stem}-{number}.{extension}") };
        match write_new(&state.paths.signed.join(&name), scan.file.path()) {
            Ok(()) => return Ok(name),
            Err(error) if error.source.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(chain(&error)),
        }
    }
    Err("签字件太多".to_owned())
}
