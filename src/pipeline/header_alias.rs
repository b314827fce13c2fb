//! Adds a spelling of a header that a person confirmed to the settings. The rest of the file, comments included, is
//! kept as it is.

use std::path::{Path, PathBuf};

use super::Settings;
use crate::notice::{Notice, NoticeError, settings_header, sheet_header, with_header_alias, with_own_headers};

/// Why a spelling cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum HeaderAliasError {
    /// The settings cannot be used as they are, or could not with the spelling.
    #[error("通知设置不能这样改")]
    Notice(#[from] NoticeError),
    /// The settings have no such column.
    #[error("{} 里没有这一列", .0.display())]
    NoColumn(PathBuf),
}

/// The text of the settings with a spelling, the text of a cell of a header, added to the headers of a column; `ledger`
/// and `column` are ids. `None` when the spelling is there already.
///
/// # Errors
/// When the settings could not be used with it.
pub fn with_accepted_alias(
    notice: &Path,
    ledger: &str,
    column: &str,
    spelling: &str,
) -> Result<Option<String>, HeaderAliasError> {
    let old = Notice::load(notice)?;
    let no_column = || HeaderAliasError::NoColumn(notice.to_owned());
    let settings = old.ledger.get(ledger).and_then(|ledger| ledger.columns.get(column)).ok_or_else(no_column)?;
    if settings.header.iter().any(|known| sheet_header(known) == spelling) {
        return Ok(None);
    }
    let spelling = &settings_header(spelling);
    let inherited = || {
        let headers = [&settings.header[..], std::slice::from_ref(spelling)].concat();
        with_own_headers(old.text(), ledger, column, &headers)
    };
    let text = with_header_alias(old.text(), ledger, column, spelling).or_else(inherited).ok_or_else(no_column)?;
    Settings::of(Notice::parse(notice, text.clone())?)?;
    Ok(Some(text))
}
