//! The files of the input folder: which may hold ledgers, and which are skipped for what reason.
//!
//! Input: a folder. Output: [`LedgerFile`]s in the order of their names, and a finding for everything else: what is
//! skipped by its name, what is no file, what the system does not list. Nothing is opened here.

use std::path::{Path, PathBuf};

use crate::diagnostics::localize;
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code};
use crate::escape::visible;
use crate::store::{HISTORIES, MAX_ENTRIES, is_unfinished, too_many_entries};

/// Extensions of the files that are opened, in lower case.
pub const LEDGER_EXTENSIONS: [&str; 17] = [
    "xlsx", "xlsm", "xlsb", "xls", "xltx", "xltm", "xlt", "et", "ett", "ods", "ots", "fods", "csv", "tsv", "mht",
    "mhtml", "xml",
];

/// The folder at a file system's root that only the system may read.
const LOST_AND_FOUND: &str = "lost+found";

/// A file of the input folder that may hold ledgers.
#[derive(Clone, Debug)]
pub struct LedgerFile {
    path: PathBuf,
    relative: String,
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

    /// Its path below the input folder, with `/` between segments.
    pub fn relative_path(&self) -> &str {
        &self.relative
    }

    /// The input folder.
    pub(super) fn root(&self) -> &Path {
        self.path.ancestors().nth(self.relative.split('/').count()).unwrap_or(Path::new("."))
    }

    /// The same as documents print it: invisible characters are shown by their codes.
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

/// The files below `folder` that may hold ledgers, in the order of their names, without those in a folder of it that is
/// named in `others`: they belong to other notices. Links are followed.
///
/// # Errors
/// When the folder itself cannot be listed, or holds more than any folder of ledgers; what cannot be listed or reached
/// in it is a finding.
pub fn find_files(folder: &Path, others: &[String]) -> std::io::Result<WithDiagnostics<Vec<LedgerFile>>> {
    let mut found = WithDiagnostics::<Vec<LedgerFile>>::default();
    let is_own = |entry: &walkdir::DirEntry| {
        let is_named = |name: &String| entry.file_name() == name.as_str();
        // The history of a folder in this one is beside it.
        let is_other =
            others.iter().any(is_named) || entry.file_name() == HISTORIES || is_unfinished(entry.file_name());
        entry.depth() != 1 || !entry.file_type().is_dir() || !is_other
    };
    let walk = walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().filter_entry(is_own);
    for (at, entry) in walk.enumerate() {
        if at > MAX_ENTRIES {
            return Err(too_many_entries());
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 => {
                return Err(error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::InvalidInput.into()));
            }
            Err(error) => {
                found.findings.extend(unreached(&error, folder));
                continue;
            }
        };
        let path = entry.path();
        let (relative, name) = (relative_path(path, folder), relative_name(path, folder));
        let finding = |code, message: &str| Diagnostic::new(code, Location::File(name.clone()), message);
        if entry.file_type().is_dir() {
            continue;
        }
        match skip_reason(path) {
            Some(SkipReason::Hidden) => continue,
            Some(SkipReason::Reported(message)) => {
                found.findings.push(finding(&code::SKIPPED, message));
                continue;
            }
            None => {}
        }
        if !entry.file_type().is_file() {
            let message = "没有读取：是管道、套接字或设备，不是文件";
            found.findings.push(finding(&code::UNREACHED, message).cure("移走它；本来应是台账的，重新放入文件"));
            continue;
        }
        if name != relative {
            let message = "文件名里有看不见的字符，与看上去的名称不同";
            found.findings.push(finding(&code::INVISIBLE_NAME, message).found(name.as_str()));
        }
        found.output.push(LedgerFile { path: entry.into_path(), relative, name });
    }
    Ok(found)
}

/// The finding about an entry that cannot be listed; none for a hidden one.
fn unreached(error: &walkdir::Error, folder: &Path) -> Option<Diagnostic> {
    let path = error.path()?;
    if matches!(skip_reason(path), Some(SkipReason::Hidden)) {
        return None;
    }
    let location = Location::File(relative_name(path, folder));
    if path.file_name().is_some_and(|name| name == LOST_AND_FOUND) {
        return Some(Diagnostic::new(&code::SKIPPED, location, "是磁盘自带的文件夹，未读"));
    }
    let reason = error.io_error().map(localize::io_error).unwrap_or_default();
    let (message, cure) = if error.loop_ancestor().is_some() {
        ("是链接，绕回了它上级的文件夹".to_owned(), "删去这个链接")
    } else if path.is_symlink() {
        (format!("是链接，它指向的文件读不到（{reason}）"), "删去这个链接，或把文件本身放进来")
    } else {
        (format!("读不到（{reason}）"), "让运行本程序的用户能读它；不是台账的，移出台账文件夹")
    };
    Some(Diagnostic::new(&code::UNREACHED, location, format!("没有读取：{message}")).cure(cure))
}

/// Whether a file of that name would be opened.
pub fn is_ledger(name: &str) -> bool {
    skip_reason(Path::new(name)).is_none()
}

/// The path below `folder`, with `/` between segments on every system.
fn relative_path(path: &Path, folder: &Path) -> String {
    let segments = path.strip_prefix(folder).unwrap_or(path).components();
    segments.map(|segment| segment.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The same as documents print it.
pub(super) fn relative_name(path: &Path, folder: &Path) -> String {
    visible(&relative_path(path, folder)).into_owned()
}

/// Whether a spreadsheet program keeps a file of that name beside one that it has open.
pub(crate) fn is_temporary(name: &str) -> bool {
    name.starts_with("~$") || name.starts_with(".~")
}

fn skip_reason(path: &Path) -> Option<SkipReason> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if is_temporary(&name) {
        return Some(SkipReason::Reported("表格软件的临时文件，未读"));
    }
    if name.starts_with('.') {
        return Some(SkipReason::Hidden);
    }
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let is_ledger = LEDGER_EXTENSIONS.contains(&extension.as_str());
    (!is_ledger).then_some(SkipReason::Reported("不是台账文件，未读"))
}
