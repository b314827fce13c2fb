//! What the last run changed, whoever made it and whenever: known from one program to the next.

use std::path::{Path, PathBuf};

use super::{Differences, Snapshot};
use crate::store;

/// Keeps what runs leave in an output folder, to tell what each changed.
#[derive(Debug)]
pub struct Latest {
    last: Snapshot,
    told: PathBuf,
}

impl Latest {
    /// What is kept in a folder of its own.
    pub fn at(folder: &Path) -> Self {
        Self { last: Snapshot::at(folder.join("last")), told: folder.join("changes.json") }
    }

    /// What the last run changed that changed anything in the output folder; `None` where there was none before it,
    /// or it cannot be told.
    pub fn differences(&mut self, output: &Path) -> Option<Differences> {
        if self.last.is_of(output) {
            return serde_json::from_slice(&std::fs::read(&self.told).ok()?).ok();
        }
        let differences = self.last.compare(output).ok();
        let told = differences.as_ref().and_then(|differences| serde_json::to_vec(differences).ok());
        // First what is told, then what it was told of: dying in between, a program tells it again.
        let kept = told.map_or(Ok(()), |told| store::write(&self.told, &told));
        if kept.is_ok() {
            let _ = self.last.keep(output);
        }
        differences
    }
}
