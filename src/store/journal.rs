//! What the program remembers of a folder, beside it: where it stands, and the journal of the changes of a shelf.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Digest, StoreError, VersionedDirError};

/// The folder of all histories.
const HISTORIES: &str = ".zicha-history";

/// What was done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It came.
    Added,
    /// Another took its place.
    Replaced,
    /// It went.
    Removed,
}

/// A change of the folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number, from 1.
    pub number: u64,
    /// What was done.
    pub deed: ChangeKind,
    /// The file's path below the folder.
    pub name: String,
    /// The hash of what stands there since; none when it went.
    pub put: Option<Digest>,
    /// When, as the caller says.
    pub at: String,
}

/// Where the program keeps what it remembers of a folder: beside it.
pub fn history_of(folder: &Path) -> PathBuf {
    folder.parent().unwrap_or(folder).join(HISTORIES).join(folder.file_name().unwrap_or_default())
}

/// The journal's lines; half a line at its end, of a program that died, is cut off.
pub fn load(journal: &Path) -> Result<Vec<Change>, VersionedDirError> {
    let error = |source| StoreError::new(journal, source);
    let bytes = match std::fs::read(journal) {
        Ok(bytes) => bytes,
        Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(error(source).into()),
    };
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if whole < bytes.len() {
        let cut = OpenOptions::new().write(true).open(journal).and_then(|file| file.set_len(whole as u64));
        cut.map_err(error)?;
    }
    let lines = bytes[..whole].split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    let change = |(at, line): (usize, &[u8])| {
        serde_json::from_slice(line).map_err(|_| VersionedDirError::Journal { file: journal.to_owned(), line: at + 1 })
    };
    lines.map(change).collect()
}
