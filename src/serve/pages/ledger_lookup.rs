//! Ledger files in addresses: a hash of the name stands for the file, so no request names a path.

use crate::diagnostics::localize;
use crate::ingest::{LedgerFile, find_files};
use crate::pipeline::other_notices;
use crate::serve::response::ErrorPage;
use crate::serve::state::AppState;
use crate::store::sha256;

/// The key of a ledger file: 20 hexadecimal digits of the hash of its name (the path below the ledger folder).
pub(super) fn ledger_key(name: &str) -> String {
    sha256(name.as_bytes()).to_string().chars().take(20).collect()
}

/// The page of a ledger file.
pub(super) fn ledger_address(name: &str) -> String {
    format!("/ledger/{}", ledger_key(name))
}

/// The file with that key among those listed in the ledger folder.
///
/// # Errors
/// When there is none, or the folder cannot be listed.
pub(super) fn find_ledger(state: &AppState, key: &str) -> Result<LedgerFile, ErrorPage> {
    let files = find_files(&state.paths.input, &other_notices(&state.paths.notice))
        .map_err(|error| ErrorPage::conflict(format!("读不到台账文件夹：{}", localize::io_error(&error))))?;
    let file = files.output.into_iter().find(|file| ledger_key(file.name()) == key);
    file.ok_or_else(|| ErrorPage::not_found("没有这个台账文件，可能刚被移走"))
}
