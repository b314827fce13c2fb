//! Makes the folder of the next notice from an earlier one: settings and templates are copied with their days and
//! periods moved on. Ledgers and reports stay with the earlier notice.

use std::path::{Path, PathBuf};

use super::new_notice::{NewNoticeError, Targets, begin, relative_path};
use super::trial::{TrialError, try_settings};
use super::{SETTINGS_FILE, Settings, SettingsFile, settings_files};
use crate::ingest::find_files;
use crate::manifest;
use crate::notice::{NoticeError, TextFileError, read_text, settings_folders};
use crate::scaffold::{EarlierNotice, LineNote, Renewed, Step, TemplateFile, renew};
use crate::store::{NewFolder, StoreError, is_below, parent_folder};

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
        /// The path of the template.
        file: PathBuf,
        /// Why it cannot be read.
        source: TextFileError,
    },
    /// A template is a link that leads out of the notice's folder.
    #[error("{} 是链接，指到通知的文件夹外面；请把文件本身放进来，或删去这个链接", .0.display())]
    Outside(PathBuf),
    /// The new notice could not be used.
    #[error("日期挪过以后设置不能使用，什么也没有写")]
    New(#[source] NoticeError),
    /// The new notice, which has a base, could not be used.
    #[error("日期挪过以后设置不能使用，什么也没有写")]
    NewWithBase(#[source] TrialError),
    /// A notice with a base is beside it.
    #[error("原来的通知以旁边的通知为底子（base），新的通知也要放在 {} 里", .0.display())]
    NotBeside(PathBuf),
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
    /// Lines that were moved on, before and after.
    pub changed: Vec<LineNote>,
    /// Lines that name a month or a day that was not moved.
    pub doubtful: Vec<LineNote>,
    /// Whether the new settings name the earlier reports, to compare with them.
    pub has_previous: bool,
    /// How many ledger files its folder of ledgers has already.
    pub ledgers: usize,
}

impl RenewedNotice {
    /// That the ledgers in `input`, if there are any, belong to the new notice from now on.
    pub fn sentence_about_ledgers(&self, input: &Path) -> Option<String> {
        let (input, count) = (input.display(), self.ledgers);
        (count > 0).then(|| format!("{input} 里已有的 {count} 个台账文件从此归这份新通知，别的通知不再读它们"))
    }
}

/// The notice that a next one is made from.
#[derive(Clone, Copy, Debug)]
pub struct EarlierPeriod<'a> {
    /// The folder of its settings.
    pub notice: &'a Path,
    /// The folder of its reports, which need not exist.
    pub output: &'a Path,
}

/// Makes the next notice from an earlier one. Where that has reports, the new settings name them as the previous
/// period.
///
/// # Errors
/// When the earlier notice cannot be used, or the new folder cannot be made; nothing is written then.
pub fn renew_notice(from: EarlierPeriod<'_>, targets: &Targets, step: Step) -> Result<RenewedNotice, RenewError> {
    let EarlierPeriod { notice: from, output } = from;
    let settings = from.join(SETTINGS_FILE);
    if !settings.is_file() {
        return Err(RenewError::NoNotice(from.to_owned()));
    }
    let new = begin(&targets.notice)?;
    Settings::load(&settings).map_err(RenewError::Old)?;
    let texts = read_files(&settings)?;
    // The program has just read them.
    let bases = read_bases(&settings)?;
    let parent = |folder: &Path| std::path::absolute(folder).ok()?.parent().map(Path::to_owned);
    if !bases.is_empty() && parent(from) != parent(&targets.notice) {
        return Err(RenewError::NotBeside(parent(from).unwrap_or_default()));
    }
    let output = if output.join(manifest::FILE).is_file() { relative_path(&targets.notice, output) } else { None };
    let earlier = EarlierNotice { files: &texts, settings: SETTINGS_FILE, bases: &bases, output: output.as_deref() };
    let Some(renewed) = renew(earlier, step) else { return Err(RenewError::NoNotice(from.to_owned())) };
    for file in &renewed.files {
        new.write(&file.name, file.text.as_bytes())?;
    }
    if bases.is_empty() {
        Settings::load(&new.path().join(SETTINGS_FILE)).map_err(RenewError::New)?;
    } else {
        // The new folder is not in its place yet, so that its base would not be found from it.
        let text = renewed.files.iter().find(|file| file.name == SETTINGS_FILE).map_or("", |file| &file.text);
        try_settings(&settings, SETTINGS_FILE, text).map_err(RenewError::NewWithBase)?;
    }
    // The folder by which the notice has ledgers of its own; one that holds ledgers already stays.
    let ledgers = find_files(&targets.input, &[]).map_or(0, |found| found.output.len());
    if !targets.input.is_dir() {
        NewFolder::begin(&targets.input)?.finish()?;
    }
    new.finish()?;
    let Renewed { changed, doubtful, .. } = renewed;
    Ok(RenewedNotice { changed, doubtful, has_previous: output.is_some(), ledgers })
}

/// The settings of the notices that one is based on, the nearest first.
fn read_bases(settings: &Path) -> Result<Vec<TemplateFile>, RenewError> {
    let mut bases = Vec::new();
    for folder in settings_folders(settings).into_iter().skip(1) {
        let file = folder.join(SETTINGS_FILE);
        match read_text(&file) {
            Ok(text) => bases.push(TemplateFile { name: file.display().to_string(), text }),
            Err(source) => return Err(RenewError::Read { file, source }),
        }
    }
    Ok(bases)
}

/// The settings and templates of a notice. Files of annexes belong to the earlier period and are not among them.
fn read_files(settings: &Path) -> Result<Vec<TemplateFile>, RenewError> {
    let folder = parent_folder(settings);
    let read = |SettingsFile { name, path }: SettingsFile| match read_text(&path) {
        _ if !is_below(&path, folder) => Err(RenewError::Outside(path)),
        Ok(text) => Ok(TemplateFile { name, text }),
        Err(source) => Err(RenewError::Read { file: path, source }),
    };
    settings_files(settings).into_iter().map(read).collect()
}
