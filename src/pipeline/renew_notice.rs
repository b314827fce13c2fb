//! Makes the folder of the next notice from an earlier one: settings and templates are copied with their days and periods moved
//! on. Ledgers and reports stay with the earlier notice.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::new_notice::{NewNoticeError, Targets, begin};
use super::{SETTINGS_FILE, Settings};
use crate::notice::{NoticeError, TextFileError, read_text};
use crate::scaffold::{LineNote, Step, TemplateFile, renew};
use crate::store::{NewFolder, StoreError};

/// Folders between a notice's folder and its templates.
const MAX_DEPTH: usize = 4;

/// Why no next notice was made. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// There is no earlier notice.
    #[error("{} 里没有 notice.toml；--from 写原来那份通知的文件夹", .0.display())]
    NoNotice(PathBuf),
    /// The earlier notice cannot be used.
    #[error("原来的通知不能使用，先改好它")]
    Old(#[source] NoticeError),
    /// A template cannot be read.
    #[error("读不到 {}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: TextFileError,
    },
    /// The new notice could not be used.
    #[error("日期挪过以后设置不能使用，什么也没有写")]
    New(#[source] NoticeError),
    /// The new folder cannot be made.
    #[error(transparent)]
    Folder(#[from] NewNoticeError),
    /// The new folder cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was done for the next notice.
#[derive(Debug)]
pub struct RenewedNotice {
    /// Lines that were changed.
    pub changed: Vec<LineNote>,
    /// Lines that name a month or a day that was not moved.
    pub doubtful: Vec<LineNote>,
    /// Files of the earlier notice that were not taken over.
    pub left: Vec<String>,
}

/// Makes the next notice. `from` is the folder of the earlier one.
///
/// # Errors
/// When the earlier notice cannot be used, or the new folder cannot be made; nothing is written then.
pub fn renew_notice(from: &Path, targets: &Targets, step: Step) -> Result<RenewedNotice, RenewError> {
    let settings = from.join(SETTINGS_FILE);
    if !settings.is_file() {
        return Err(RenewError::NoNotice(from.to_owned()));
    }
    let new = begin(&targets.notice)?;
    Settings::load(&settings).map_err(RenewError::Old)?;
    let Files { texts, left } = read_files(from)?;
    // The program has just read them.
    let Some(renewed) = renew(&texts, SETTINGS_FILE, step) else { return Err(RenewError::NoNotice(from.to_owned())) };
    for file in &renewed.files {
        new.write(&file.name, file.text.as_bytes())?;
    }
    Settings::load(&new.path().join(SETTINGS_FILE)).map_err(RenewError::New)?;
    // The folder by which the notice has ledgers of its own; one that holds ledgers already stays.
    if !targets.input.is_dir() {
        NewFolder::begin(&targets.input)?.finish()?;
    }
    new.finish()?;
    Ok(RenewedNotice { changed: renewed.changed, doubtful: renewed.doubtful, left })
}

/// The files of a notice.
struct Files {
    /// Settings and templates.
    texts: Vec<TemplateFile>,
    /// The names of the others.
    left: Vec<String>,
}

fn read_files(folder: &Path) -> Result<Files, RenewError> {
    let mut files = Files { texts: Vec::new(), left: Vec::new() };
    let is_visible = |name: &std::ffi::OsStr| !name.to_string_lossy().starts_with('.');
    let entries = WalkDir::new(folder).max_depth(MAX_DEPTH).sort_by_file_name().into_iter();
    let entries = entries.filter_entry(|entry| entry.depth() == 0 || is_visible(entry.file_name())).flatten();
    for entry in entries.filter(|entry| entry.file_type().is_file()) {
        let path = entry.path();
        let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
        if name != SETTINGS_FILE && !name.to_lowercase().ends_with(".md") {
            files.left.push(name);
            continue;
        }
        let text = read_text(path).map_err(|source| RenewError::Read { file: path.to_owned(), source })?;
        files.texts.push(TemplateFile { name, text });
    }
    Ok(files)
}
