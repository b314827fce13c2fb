//! Where the pages of a folder of ledgers are open, for whoever starts a second server of the same folder.
//!
//! A server holds its folder of ledgers ([`VersionedDir`](crate::store::VersionedDir)): whether one runs, that lock
//! says. Where it is, a note in the folder's history says, written once connections are accepted. A server that was
//! killed leaves its note; the next one that holds the folder removes it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::store::{StoreError, history_of, read_record_text, write};

/// The note's name in the history.
const NOTE: &str = "page.json";
/// How long a server that has just locked the folder may take until it accepts connections.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the note is looked for.
const INTERVAL: Duration = Duration::from_millis(50);

/// Where a running server has its pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenPage {
    /// Their address on its own computer.
    pub address: String,
    /// The name of that computer: others may share the folder over the network.
    pub computer: String,
}

/// The note of a running server, removed when it is dropped.
pub(super) struct PageNote(PathBuf);

impl PageNote {
    /// The note of a server that holds this folder of ledgers; one of an earlier server is removed.
    pub(super) fn new(ledgers: &Path) -> Option<Self> {
        let path = note_of(ledgers)?;
        // Mostly there is none.
        let _ = std::fs::remove_file(&path);
        Some(Self(path))
    }

    /// Writes where the pages are.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn write(&self, page: &OpenPage) -> Result<(), StoreError> {
        let text = serde_json::to_vec(page).map_err(|error| StoreError::new(&self.0, error.into()))?;
        write(&self.0, &text)
    }
}

impl Drop for PageNote {
    fn drop(&mut self) {
        // One that stays is stale, as that of a killed server.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Where the server has its pages that holds this folder of ledgers; waits for one that has just been started.
pub(crate) fn open_page_of(ledgers: &Path) -> Option<OpenPage> {
    let (note, started) = (note_of(ledgers)?, Instant::now());
    loop {
        let text = read_record_text(&note).ok();
        let page = text.and_then(|text| serde_json::from_str(&text).ok());
        if page.is_some() || started.elapsed() > PATIENCE {
            return page;
        }
        std::thread::sleep(INTERVAL);
    }
}

fn note_of(ledgers: &Path) -> Option<PathBuf> {
    Some(history_of(&ledgers.canonicalize().ok()?).join(NOTE))
}
