//! A header's spelling that a person confirmed, written into the settings: everything else in them stays as it is,
//! comments as well.

use std::path::{Path, PathBuf};

use super::Settings;
use crate::notice::{Notice, NoticeError, with_header_alias};
use crate::store::{self, StoreError};

/// Why a spelling cannot be accepted.
#[derive(Debug, thiserror::Error)]
pub enum HeaderAliasError {
    /// The settings cannot be used as they are, or could not with the spelling.
    #[error("通知设置不能这样改")]
    Notice(#[from] NoticeError),
    /// The settings have no such column.
    #[error("{} 里没有这一列", .0.display())]
    NoColumn(PathBuf),
    /// They cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a spelling to a column's headers, each by its id. One that is there already is accepted as well.
///
/// # Errors
/// When the settings could not be used with it, or cannot be written; they are as they were then.
pub fn accept_header_alias(notice: &Path, ledger: &str, column: &str, spelling: &str) -> Result<(), HeaderAliasError> {
    // A link stays one.
    let file = notice.canonicalize().unwrap_or_else(|_| notice.to_owned());
    let old = Notice::load(&file)?;
    let none = || HeaderAliasError::NoColumn(file.clone());
    let settings = old.ledger.get(ledger).and_then(|ledger| ledger.columns.get(column)).ok_or_else(none)?;
    if settings.header.iter().any(|known| known == spelling) {
        return Ok(());
    }
    let text = with_header_alias(old.text(), ledger, column, spelling).ok_or_else(none)?;
    Settings::of(Notice::parse(&file, text.clone())?)?;
    store::write(&file, text.as_bytes())?;
    Ok(())
}
