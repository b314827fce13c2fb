//! Makes the folder of the next notice from an earlier one: settings and templates are copied with their days and periods moved
//! on. Ledgers and reports stay with the earlier notice.

use std::path::{Path, PathBuf};

use super::new_notice::{NewNoticeError, Targets, begin};
use super::{SETTINGS_FILE, Settings, SettingsFile, settings_files};
use crate::notice::{NoticeError, TextFileError, read_text};
use crate::scaffold::{LineNote, Step, TemplateFile, renew};
use crate::store::{NewFolder, StoreError};

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
    let texts = read_files(&settings)?;
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
    Ok(RenewedNotice { changed: renewed.changed, doubtful: renewed.doubtful })
}

/// The settings and templates of a notice. Files of annexes belong to the earlier period and are not among them.
fn read_files(settings: &Path) -> Result<Vec<TemplateFile>, RenewError> {
    let read = |SettingsFile { name, path }: SettingsFile| match read_text(&path) {
        Ok(text) => Ok(TemplateFile { name, text }),
        Err(source) => Err(RenewError::Read { file: path, source }),
    };
    settings_files(settings).into_iter().map(read).collect()
}
