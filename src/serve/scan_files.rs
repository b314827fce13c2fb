//! Scans of signed copies as the pages receive them: read by a worker, matched with a report, stored under a name of
//! the program's own.
//!
//! A stored scan is named by the folder of its report and the code on it, so that it stays matched when the report is
//! made anew. Nothing is replaced; what is removed is kept in a history and can be restored.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::author::Author;
use super::flash::Flash;
use super::form::UploadedFile;
use super::held_scans::InspectedScan;
use super::state::AppState;
use crate::diagnostics::localize;
use crate::manifest::{ReportOutcome, RunManifest};
use crate::pipeline::chain;
use crate::report_code::{self, ReportCode};
use crate::scans::{self, Inspector, Version, is_scan};
use crate::store::{VersionedDir, is_plain_name, read_regular, sha256};

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
    /// What was done, with the undo.
    pub(super) fn flash(&self) -> Flash {
        Flash { done: vec![self.sentence()], undo_scans: self.change.into_iter().collect(), ..Flash::default() }
    }

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

/// The report that a scan belongs to.
pub(super) struct ScanTarget {
    /// The name of the branch or department.
    pub report: String,
    version: Version,
}

impl InspectedScan {
    /// The report that its codes are of, otherwise `own`, otherwise the one that its name names.
    ///
    /// # Errors
    /// With the reason, in Chinese, when it belongs to no report.
    pub(super) fn target(&self, run: &RunManifest, own: Option<&ReportOutcome>) -> Result<ScanTarget, String> {
        let (report, version) = match own {
            Some(record) if self.codes.is_empty() => {
                let version = if record.standing_issue().is_some() { Version::ByName } else { Version::Old };
                (record.name.clone(), version)
            }
            _ if self.codes.is_empty() => scans::attribute(run, &self.upload.name, &[])?,
            _ => scans::attribute(run, "", &self.codes)?,
        };
        Ok(ScanTarget { report, version })
    }
}

/// The record of a report, which may be the department's.
///
/// # Errors
/// When there is none of that name, or its folder's name leads out of the folder of signed copies, as a manifest edited
/// by hand may.
pub(super) fn record_of<'r>(run: &'r RunManifest, report: &str) -> Result<&'r ReportOutcome, String> {
    let mut records = run.branches.iter().chain([&run.department]);
    let record = records.find(|record| record.name == report).ok_or("没有这份报告")?;
    if is_plain_name(&record.folder) {
        Ok(record)
    } else {
        Err("生成记录里这个单位的文件夹不对，请重新生成".to_owned())
    }
}

/// Stores a scan under the name of its report and the code on it.
///
/// # Errors
/// With the reason, in Chinese, when it cannot be stored.
pub(super) fn store(
    state: &AppState,
    run: &RunManifest,
    scan: InspectedScan,
    target: ScanTarget,
    author: &Author,
) -> Result<StoredScan, String> {
    let InspectedScan { upload, extension, codes } = scan;
    let ScanTarget { report, version } = target;
    let record = record_of(run, &report)?;
    let code = codes.first().map(|code| format!("-{code}")).unwrap_or_default();
    let name = format!("{}{code}.{extension}", record.folder);
    let stored = history(state)?.put_beside(upload.file, &name, &author.stamp()).map_err(|error| chain(&error))?;
    let change = stored.as_ref().map(|change| change.number);
    let name = stored.map_or(name, |change| change.name);
    Ok(StoredScan { name, report, version, change })
}

/// Gives a scan in the folder another name, by which it belongs to another report or version; the numbers of the
/// changes, which are undone together. The scan is there under one name at least, whenever this is broken off, and the
/// same change then completes it.
///
/// # Errors
/// With the reason, in Chinese, when the system refuses or the scan was just removed.
pub(super) fn rename(state: &AppState, path: &Path, from: &str, to: &str, author: &Author) -> Result<Vec<u64>, String> {
    let history = history(state)?;
    let bytes = read_regular(path).map_err(|error| localize::io_error(&error))?;
    let mut received = history.receive().map_err(|error| chain(&error))?;
    received.write_all(&bytes).map_err(|error| localize::io_error(&error))?;
    let stored = history.put_beside(received, to, &author.stamp()).map_err(|error| chain(&error))?;
    let removed = history.remove(from, Some(&sha256(&bytes)), &author.stamp()).map_err(|error| chain(&error))?;
    Ok(stored.map(|change| change.number).into_iter().chain([removed.number]).collect())
}
