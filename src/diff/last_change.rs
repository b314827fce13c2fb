//! What the last run that changed anything changed, remembered across programs.
//!
//! The folder given to [`LastChange::new`] holds a snapshot of the last run seen (`last`) and the differences computed
//! when it was taken (`changes.json`). Output: [`Differences`], computed again only when the output folder has another
//! run.

use std::path::{Path, PathBuf};

use super::{Differences, Snapshot};
use crate::store;

/// Remembers what the last run in an output folder changed.
#[derive(Debug)]
pub struct LastChange {
    snapshot: Snapshot,
    changes_file: PathBuf,
}

impl LastChange {
    /// Remembers in that folder, which nothing else writes to.
    pub fn new(folder: &Path) -> Self {
        Self { snapshot: Snapshot::at(folder.join("last")), changes_file: folder.join("changes.json") }
    }

    /// What the last run that changed anything in the output folder changed; `None` when there was no run before it,
    /// or the runs cannot be compared.
    pub fn differences(&mut self, output: &Path) -> Option<Differences> {
        if self.snapshot.is_current(output) {
            return serde_json::from_slice(&std::fs::read(&self.changes_file).ok()?).ok();
        }
        let differences = self.snapshot.compare(output).ok();
        let json = differences.as_ref().and_then(|differences| serde_json::to_vec(differences).ok());
        // The snapshot is taken after the differences are stored: a program killed in between computes them again.
        let stored = json.map_or(Ok(()), |json| store::write(&self.changes_file, &json));
        if stored.is_ok() {
            let _ = self.snapshot.keep(output);
        }
        differences
    }
}
