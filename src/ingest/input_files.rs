//! The files of the input folder: which may hold ledgers, and which are skipped for what reason.
//!
//! Input: a folder. Output: [`LedgerFile`]s in the order of their names, and a finding for each file that is skipped.
//! Decided by names alone; nothing is opened here.

use std::path::{Path, PathBuf};

use super::normalize::normalize;
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code};

/// Extensions of the files that are opened, in lower case.
pub const LEDGER_EXTENSIONS: [&str; 17] = [
    "xlsx", "xlsm", "xlsb", "xls", "xltx", "xltm", "xlt", "et", "ett", "ods", "ots", "fods", "csv", "tsv", "mht",
    "mhtml", "xml",
];

/// A file of the input folder that may hold ledgers.
#[derive(Clone, Debug)]
pub struct LedgerFile {
    path: PathBuf,
    name: String,
}

impl LedgerFile {
    /// Its size in bytes; 0 when the system does not give it.
    pub fn size(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// The path to open it by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its path below the input folder, with `/` between segments, as documents print it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Why a file is not opened.
enum SkipReason {
    /// Hidden files are skipped without a finding.
    Hidden,
    /// The message of the finding.
    Reported(&'static str),
}

/// The files below `folder` that may hold ledgers, in the order of their names.
///
/// # Errors
/// When the folder cannot be listed.
pub fn find_files(folder: &Path) -> std::io::Result<WithDiagnostics<Vec<LedgerFile>>> {
    let mut found = WithDiagnostics::<Vec<LedgerFile>>::default();
    for entry in walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|e| e.into_io_error().unwrap_or_else(|| std::io::ErrorKind::InvalidInput.into()))?;
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.into_path();
        let name = relative_name(&path, folder);
        match skip_reason(&path) {
            None => found.output.push(LedgerFile { path, name }),
            Some(SkipReason::Hidden) => {}
            Some(SkipReason::Reported(message)) => {
                found.findings.push(Diagnostic::new(&code::SKIPPED, Location::File(name), message));
            }
        }
    }
    Ok(found)
}

/// Whether a file of that name would be opened.
pub fn is_ledger(name: &str) -> bool {
    skip_reason(Path::new(name)).is_none()
}

/// The path below `folder`, with `/` between segments on every system and without characters that no document can hold.
fn relative_name(path: &Path, folder: &Path) -> String {
    let segments = path.strip_prefix(folder).unwrap_or(path).components();
    let name = segments.map(|segment| segment.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    normalize(&name).0.replace('\n', " ")
}

fn skip_reason(path: &Path) -> Option<SkipReason> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with("~$") || name.starts_with(".~") {
        return Some(SkipReason::Reported("表格软件的临时文件，未读"));
    }
    if name.starts_with('.') {
        return Some(SkipReason::Hidden);
    }
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let is_ledger = LEDGER_EXTENSIONS.contains(&extension.as_str());
    (!is_ledger).then_some(SkipReason::Reported("不是台账文件，未读"))
}
