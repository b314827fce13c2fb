//! What earlier runs left in the output folder: which reports need not be made again, and which are of nobody any more.

use std::collections::HashMap;
use std::path::Path;

use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::Built;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::manifest::{self, BranchRecord, ReportState, RunManifest};
use crate::notice::{Metric, Notice};
use crate::store::{Digest, FileState, OutputDir};

/// The records of earlier runs.
#[derive(Debug, Default)]
pub struct PreviousRun {
    /// Of each branch what the last run recorded, then what shards did that nobody merged.
    branches: HashMap<String, Vec<BranchRecord>>,
    /// The department's report, with its metrics.
    pub department: BranchRecord,
}

impl PreviousRun {
    /// What the last run in the folder left, and shards since; nothing when there was none, or no record can be read.
    pub fn of(output: &Path, notice: &Notice) -> Self {
        let read = |file: &Path| read(file, notice);
        let last = read(&output.join(manifest::FILE)).unwrap_or_default();
        let mut all = Self { department: last.department, ..Self::default() };
        let shards = manifest::shard_files(output).into_iter().filter_map(|file| read(&file));
        let shards = shards.flat_map(|run| run.branches);
        for record in last.branches.into_iter().chain(last.gone).chain(shards) {
            all.branches.entry(record.name.clone()).or_default().push(record);
        }
        all
    }

    /// Every file on record, by its path below the output folder.
    pub fn files(&self) -> impl Iterator<Item = (String, Digest)> {
        let records = self.branches.values().flatten().chain([&self.department]);
        records.flat_map(|record| {
            let all = record.files.iter().chain(&record.earlier);
            all.map(|(name, digest)| (format!("{}/{name}", record.folder), *digest))
        })
    }

    /// What is on record of a branch, the last run's first.
    pub fn branch(&self, name: &str) -> impl Iterator<Item = &BranchRecord> {
        self.branches.get(name).into_iter().flatten()
    }

    /// Whose reports are there although the roster does not know them any more, by their names.
    pub fn gone(&self, known: impl Fn(&str) -> bool) -> Vec<BranchRecord> {
        let has_files = |record: &BranchRecord| !record.files.is_empty() || !record.earlier.is_empty();
        let last = self.branches.values().filter_map(|records| records.first());
        let gone = last.filter(|record| !known(&record.name) && has_files(record));
        let mut gone: Vec<BranchRecord> = gone.cloned().collect();
        gone.sort_by(|a, b| a.name.cmp(&b.name));
        gone
    }
}

/// A run's record, its metrics in the order of the notice as it is now.
fn read(file: &Path, notice: &Notice) -> Option<RunManifest> {
    let mut run: RunManifest = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    run.branches
        .iter_mut()
        .chain(&mut run.gone)
        .for_each(|record| reorder(&mut record.metrics, &run.labels, &notice.metric));
    if let Some(summary) = &notice.summary {
        reorder(&mut run.department.metrics, &run.summary_labels, &summary.metric);
    }
    Some(run)
}

/// Puts metrics recorded under `labels` into the order in which they are defined now.
fn reorder(metrics: &mut Vec<Option<Decimal>>, labels: &IndexMap<String, String>, now: &IndexMap<String, Metric>) {
    if !metrics.is_empty() && !labels.keys().eq(now.keys()) {
        let recorded = |id: &String| labels.get_index_of(id).and_then(|at| metrics.get(at).copied().flatten());
        *metrics = now.keys().map(recorded).collect();
    }
}

/// The report on record, when it was made of the same things and still stands there; a file that a person changed is
/// theirs, and said to be.
pub fn reuse(
    record: &BranchRecord,
    key: &Digest,
    is_final: bool,
    outputs: &OutputDir,
    findings: &mut Vec<Diagnostic>,
) -> Option<Built> {
    if record.key != *key || !matches!(record.state, ReportState::Draft | ReportState::Final) {
        return None;
    }
    let mut changed = Vec::new();
    for (name, digest) in &record.files {
        match outputs.state(&format!("{}/{name}", record.folder), digest) {
            FileState::AsRecorded => {}
            FileState::Changed if !outputs.overwrites_changed() => changed.push(name),
            FileState::Changed | FileState::Other => return None,
        }
    }
    let stopped = is_final && !changed.is_empty();
    let told = changed.iter().map(|name| kept(&record.name, &outputs.path_of(&record.folder, name), is_final));
    findings.extend(told);
    Some(Built {
        branch: record.name.clone(),
        folder: record.folder.clone(),
        files: record.files.clone(),
        unwritten: Vec::new(),
        gaps: record.gaps.clone(),
        key: *key,
        unchanged: true,
        kept: false,
        stopped,
        issued: record.issued.clone().filter(|_| !stopped),
    })
}

/// Says that a file was not overwritten; what a person made of it is no final report.
pub fn kept(branch: &str, file: &Path, is_final: bool) -> Diagnostic {
    let place = Location::File(file.display().to_string());
    let so = if is_final { "，改过的不能作正式报告" } else { "" };
    Diagnostic::new(&code::EDITED, place, format!("生成之后有人改过，没有覆盖{so}")).of_branch(branch)
}
