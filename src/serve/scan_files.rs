//! Scans of signed copies as the pages receive them: read by a worker, matched with a report, stored under a name of the
//! program's own.
//!
//! A stored scan is named by the folder of its report and the code on it, so that it stays matched when the report is made
//! anew. Nothing is replaced; what is removed is kept in a history and can be restored.

use std::sync::Arc;

use super::clock::now;
use super::form::UploadedFile;
use super::state::AppState;
use crate::manifest::{ReportOutcome, RunManifest};
use crate::pipeline::chain;
use crate::report_code::{self, ReportCode};
use crate::scans::{self, Inspector, Version, is_scan};
use crate::store::{VersionedDir, is_plain_name, sha256};

/// A scan that was stored.
pub(super) struct StoredScan {
    /// Its name in the folder of signed copies.
    pub name: String,
    /// The report that it belongs to.
    pub report: String,
    /// Which version was signed.
    pub version: Version,
    /// The change that stored it; `None` when the same scan was there already.
    pub change: Option<u64>,
}

impl StoredScan {
    /// What was done, in a sentence.
    pub(super) fn sentence(&self) -> String {
        let Self { name, report, version, change } = self;
        let stored = if change.is_some() { "已放入" } else { "已经有了同样的" };
        match version {
            Version::Current => format!("签字件{stored}：{name}，签的是“{report}”现在这一版"),
            Version::ByName => {
                format!("签字件{stored}：{name}；上面没有看到核对码，请核对签的是“{report}”现在这一版，再点“确认”")
            }
            Version::Old => format!("签字件{stored}：{name}；签的不是“{report}”现在这一版，不算已签字"),
        }
    }
}

/// The key of a scan in addresses.
pub(super) fn scan_key(name: &str) -> String {
    sha256(name.as_bytes()).to_string().chars().take(20).collect()
}

/// The history of the folder of signed copies, opened by the first change.
///
/// # Errors
/// When another program holds it, or nothing can be written beside the folder.
pub(super) fn history(state: &AppState) -> Result<Arc<VersionedDir>, String> {
    let mut history = state.scans_history.lock().map_err(|_| "程序内部出错".to_owned())?;
    if let Some(history) = &*history {
        return Ok(Arc::clone(history));
    }
    let opened = VersionedDir::open(&state.paths.signed).map_err(|error| chain(&error))?;
    Ok(Arc::clone(history.insert(Arc::new(opened))))
}

/// What was found out about a scan before it is stored.
pub(super) struct InspectedScan {
    upload: UploadedFile,
    extension: String,
    /// The codes in its picture, otherwise the one typed in, otherwise those in its name.
    codes: Vec<ReportCode>,
}

/// Looks into a received scan; `typed` is the report code as typed in, or empty.
///
/// # Errors
/// With the reason, in Chinese, when it is no scan or a code is mistyped.
pub(super) fn inspect(state: &AppState, upload: UploadedFile, typed: &str) -> Result<InspectedScan, String> {
    let extension = upload.name.rsplit('.').next().unwrap_or_default().to_lowercase();
    if !is_scan(&format!("a.{extension}")) {
        return Err("签字件应是 PDF、JPEG、PNG 或 TIFF".to_owned());
    }
    let parse = |text: &str| {
        let parsed = ReportCode::parse(&text.to_uppercase());
        parsed.ok_or_else(|| format!("核对码“{text}”抄错了：校验字符不对"))
    };
    let typed = if typed.is_empty() { None } else { Some(parse(typed)?) };
    let inspector = Inspector { program: state.paths.machine.program.clone() };
    // A scan that cannot be looked into may still be named by its code.
    let seen = scans::read(upload.file.path()).and_then(|bytes| inspector.inspect(&bytes)).unwrap_or_default().codes;
    if let Some(typed) = &typed
        && let Some(other) = seen.iter().find(|code| !code.has_same_content(typed))
    {
        return Err(format!("扫描件上的核对码是 {other}，抄写的是 {typed}，对不上"));
    }
    let mut named = Vec::new();
    for found in report_code::find(&upload.name) {
        named.push(found.map_err(|code| format!("文件名中的核对码“{code}”抄错了：校验字符不对"))?);
    }
    let codes = [seen, typed.into_iter().collect(), named].into_iter().find(|codes| !codes.is_empty());
    Ok(InspectedScan { extension, codes: codes.unwrap_or_default(), upload })
}

/// Stores a scan with the report that its codes are of, otherwise with `own`, otherwise with the one that its name names.
///
/// # Errors
/// With the reason, in Chinese: it belongs to no report, or to another than `own`, or cannot be stored.
pub(super) fn store(
    state: &AppState,
    run: &RunManifest,
    scan: InspectedScan,
    own: Option<&ReportOutcome>,
) -> Result<StoredScan, String> {
    let InspectedScan { upload, extension, codes } = scan;
    let by_name = |record: &ReportOutcome| {
        let version = if record.standing_issue().is_some() { Version::ByName } else { Version::Old };
        (record.name.clone(), version)
    };
    let (report, version) = match own {
        Some(record) if codes.is_empty() => by_name(record),
        _ if codes.is_empty() => scans::attribute(run, &upload.name, &[])?,
        _ => scans::attribute(run, "", &codes)?,
    };
    if let Some(own) = own.filter(|own| own.name != report) {
        return Err(format!("扫描件上的核对码是“{report}”的，没有放到“{}”；请到“{report}”的页面放入", own.name));
    }
    let records = run.branches.iter().chain([&run.department]);
    let record = records.into_iter().find(|record| record.name == report).ok_or("没有这份报告")?;
    // A manifest edited by hand must not lead out of the folder of signed copies.
    if !is_plain_name(&record.folder) {
        return Err("生成记录里这个单位的文件夹不对，请重新生成".to_owned());
    }
    let code = codes.first().map(|code| format!("-{code}")).unwrap_or_default();
    let name = format!("{}{code}.{extension}", record.folder);
    let stored = history(state)?.put_beside(upload.file, &name, &now()).map_err(|error| chain(&error))?;
    let change = stored.as_ref().map(|change| change.number);
    let name = stored.map_or(name, |change| change.name);
    Ok(StoredScan { name, report, version, change })
}
