//! Adds a spelling of a header that a person confirmed to the settings. The rest of the file, comments included, is kept
//! as it is.

use std::path::{Path, PathBuf};

use super::Settings;
use crate::notice::{Notice, NoticeError, with_header_alias};
use crate::store::{self, StoreError};

/// Why a spelling cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum HeaderAliasError {
    /// The settings cannot be used as they are, or could not with the spelling.
    #[error("通知设置不能这样改")]
    Notice(#[from] NoticeError),
    /// The settings have no such column.
    #[error("{} 里没有这一列", .0.display())]
    NoColumn(PathBuf),
    /// The settings cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a spelling to the headers of a column; `ledger` and `column` are ids. A spelling that is there already is no
/// error.
///
/// # Errors
/// When the settings could not be used with it, or cannot be written: the file is then as it was.
pub fn accept_header_alias(notice: &Path, ledger: &str, column: &str, spelling: &str) -> Result<(), HeaderAliasError> {
    // Where the settings are a link, the file that it leads to is written.
    let file = notice.canonicalize().unwrap_or_else(|_| notice.to_owned());
    let old = Notice::load(&file)?;
    let no_column = || HeaderAliasError::NoColumn(file.clone());
    let settings = old.ledger.get(ledger).and_then(|ledger| ledger.columns.get(column)).ok_or_else(no_column)?;
    if settings.header.iter().any(|known| known == spelling) {
        return Ok(());
    }
    let text = with_header_alias(old.text(), ledger, column, spelling).ok_or_else(no_column)?;
    Settings::of(Notice::parse(&file, text.clone())?)?;
    store::write(&file, text.as_bytes())?;
    Ok(())
}
