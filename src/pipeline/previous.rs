//! What earlier runs left in the output folder: which reports need not be made again, and which are of nobody any more.

use std::collections::HashMap;
use std::path::Path;

use super::Built;
use crate::diag::{Diagnostic, Place, code};
use crate::record::{self, BranchRecord, Run, State};
use crate::store::{Digest, FileState, Outputs};

/// The records of earlier runs.
#[derive(Debug, Default)]
pub struct Previous {
    branches: HashMap<String, BranchRecord>,
    /// The department's report, with its figures.
    pub department: BranchRecord,
}

impl Previous {
    /// The last run in the folder; nothing when there was none, or its record cannot be read.
    pub fn of_run(output: &Path) -> Self {
        read(&output.join(record::FILE)).map(Self::from_run).unwrap_or_default()
    }

    /// What the shards of a run left in the folder.
    pub fn of_shards(output: &Path) -> Self {
        let shards = record::shard_files(output).into_iter().filter_map(|file| read(&file));
        let mut all = Self::of_run(output);
        all.branches.extend(shards.flat_map(|run| Self::from_run(run).branches));
        all
    }

    fn from_run(run: Run) -> Self {
        let branches = run.branches.into_iter().chain(run.gone).map(|branch| (branch.name.clone(), branch)).collect();
        Self { branches, department: run.department }
    }

    /// Every file on record, by its path below the output folder.
    pub fn files(&self) -> impl Iterator<Item = (String, Digest)> {
        let records = self.branches.values().chain([&self.department]);
        records.flat_map(|record| {
            let all = record.files.iter().chain(&record.earlier);
            all.map(|(name, digest)| (format!("{}/{name}", record.folder), digest.clone()))
        })
    }

    /// What is on record of a branch.
    pub fn branch(&self, name: &str) -> Option<&BranchRecord> {
        self.branches.get(name)
    }

    /// Whose reports are there although the roster does not know them any more, by their names.
    pub fn gone(&self, known: impl Fn(&str) -> bool) -> Vec<BranchRecord> {
        let has_files = |record: &BranchRecord| !record.files.is_empty() || !record.earlier.is_empty();
        let gone = self.branches.values().filter(|record| !known(&record.name) && has_files(record));
        let mut gone: Vec<BranchRecord> = gone.cloned().collect();
        gone.sort_by(|a, b| a.name.cmp(&b.name));
        gone
    }
}

/// A run's record.
fn read(file: &Path) -> Option<Run> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

/// The report on record, when it was made of the same things and still stands there; a file that a person changed is
/// theirs, and said to be.
pub fn reuse(record: &BranchRecord, key: &Digest, outputs: &Outputs, findings: &mut Vec<Diagnostic>) -> Option<Built> {
    if record.key != *key || !matches!(record.state, State::Draft | State::Final) {
        return None;
    }
    let mut changed = Vec::new();
    for (name, digest) in &record.files {
        match outputs.state(&format!("{}/{name}", record.folder), digest) {
            FileState::AsRecorded => {}
            FileState::Changed if !outputs.forces() => changed.push(name),
            FileState::Changed | FileState::Other => return None,
        }
    }
    findings.extend(changed.into_iter().map(|name| kept(&record.name, &outputs.place(&record.folder, name))));
    Some(Built {
        branch: record.name.clone(),
        folder: record.folder.clone(),
        files: record.files.clone(),
        gaps: record.gaps.clone(),
        key: key.clone(),
        unchanged: true,
        stopped: false,
    })
}

/// Says that a file was not overwritten.
pub fn kept(branch: &str, file: &Path) -> Diagnostic {
    let place = Place::File(file.display().to_string());
    Diagnostic::new(&code::EDITED, place, "生成之后有人改过，没有覆盖").of_branch(branch)
}
