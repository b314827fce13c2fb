//! Writes a new notice.

use super::error::NewNoticeError;
use super::ledgers::LedgerFolder;
use super::place::begin;
use super::read::NoticeSources;
use crate::pipeline::readers::readers_without_notice;
use crate::pipeline::{SETTINGS_FILE, Settings};
use crate::scaffold::Scaffold;
use crate::store::NewFolder;

/// Refuses a notice whose earlier period cannot be compared with it, before anybody answers questions.
///
/// # Errors
/// As for [`write_notice`]; nothing stays written.
pub fn try_notice(sources: &NoticeSources, scaffold: &Scaffold) -> Result<(), NewNoticeError> {
    if sources.previous.is_some() { settings_folder(sources, scaffold).map(drop) } else { Ok(()) }
}

/// The folder of settings and templates, not in its place yet, checked.
fn settings_folder(sources: &NoticeSources, scaffold: &Scaffold) -> Result<NewFolder, NewNoticeError> {
    let new = begin(&sources.targets.notice)?;
    for file in &scaffold.files {
        new.write(&file.name, file.text.as_bytes())?;
    }
    let settings = Settings::load(&new.path().join(SETTINGS_FILE))?;
    if let Some(previous) = &sources.previous {
        previous.try_with(&settings, &readers_without_notice(&sources.program))?;
        previous.bring(&new)?;
    }
    Ok(new)
}

/// Writes the notice and its ledgers, checks that the program can use it, and puts both in their places.
///
/// # Errors
/// When it cannot be written or used; the folders are then as they were.
pub fn write_notice(sources: &NoticeSources, scaffold: &Scaffold) -> Result<(), NewNoticeError> {
    let new = settings_folder(sources, scaffold)?;
    let ledgers = LedgerFolder::begin(&sources.ledgers, &sources.targets.input)?;
    let undo = ledgers.fill(&sources.ledgers, scaffold)?;
    new.finish().inspect_err(|_| undo.undo())?;
    Ok(())
}
