//! What earlier runs left in the output folder: which reports can be reused, why the others are built again, and which
//! belong to branches that the roster no longer lists.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use indexmap::IndexMap;

use super::attachments::COPY_PREFIX;
use super::other_notices;
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code, localize};
use crate::manifest::{
    self, Freshness, METRICS, PREVIOUS, RebuildReason, ReportOutcome, ReportState, RunManifest, SOURCES,
};
use crate::notice::{Metric, Notice};
use crate::render::PICTURE_PREFIX;
use crate::store::{Digest, FileState, OutputDir, read_record};

/// What earlier runs recorded of the reports in the output folder.
#[derive(Debug, Default)]
pub(super) struct PreviousRun {
    /// For each branch the last run's record, then those of shards that no run has merged yet.
    branches: HashMap<String, Vec<ReportOutcome>>,
    /// The last record of the department's report.
    pub department: ReportOutcome,
    /// The title of the last run's notice.
    title: String,
    /// The name of the folder with its settings; empty in records of older versions.
    notice_folder: String,
}

impl PreviousRun {
    /// Reads the record of the last run into the folder, and of shards since. Of one that is not there or cannot be
    /// used nothing is reused; the latter is a finding.
    pub(super) fn load(output: &Path, notice: &Notice) -> WithDiagnostics<Self> {
        let mut findings = Vec::new();
        let last = load_manifest(&output.join(manifest::FILE), notice).append_to(&mut findings).unwrap_or_default();
        let (title, notice_folder) = (last.notice, last.notice_folder);
        let mut previous = Self { department: last.department, title, notice_folder, ..Self::default() };
        let shards = manifest::shard_files(output).into_iter();
        let shards = shards.filter_map(|file| load_manifest(&file, notice).append_to(&mut findings));
        let of_shards = shards.flat_map(|run| run.branches);
        for record in last.branches.into_iter().chain(last.gone).chain(of_shards) {
            previous.branches.entry(record.name.clone()).or_default().push(record);
        }
        WithDiagnostics::new(previous, findings)
    }

    /// The title of another notice, when the last run was one of it and it is still beside `notice`.
    pub(super) fn of_other_notice(&self, notice: &Path) -> Option<String> {
        other_notices(notice).contains(&self.notice_folder).then(|| self.title.clone())
    }

    /// The record of a branch's final report, whether it is still in the output folder or not.
    pub(super) fn recorded_final(&self, branch: &str) -> Option<&ReportOutcome> {
        self.branches.get(branch)?.iter().find_map(ReportOutcome::final_report)
    }

    /// The record of a branch's final report, when that is in the output folder: no later run replaced its documents.
    pub(super) fn final_report(&self, branch: &str, outputs: &OutputDir) -> Option<&ReportOutcome> {
        let mut finals = self.branches.get(branch)?.iter().filter_map(ReportOutcome::final_report);
        finals.find(|record| are_documents_in_place(record, outputs))
    }

    /// The record of the department's final report, likewise.
    pub(super) fn final_department(&self, outputs: &OutputDir) -> Option<&ReportOutcome> {
        self.department.final_report().filter(|record| are_documents_in_place(record, outputs))
    }

    /// Every file on record, by its path below the output folder.
    pub(super) fn files(&self) -> impl Iterator<Item = (String, Digest)> {
        let records = self.branches.values().flatten().chain([&self.department]);
        records
            .flat_map(|record| record.all_files().map(|(name, digest)| (format!("{}/{name}", record.folder), *digest)))
    }

    /// The last record of a branch.
    pub(super) fn branch(&self, name: &str) -> Option<&ReportOutcome> {
        self.branches.get(name)?.first()
    }

    /// A branch's report from an earlier run, when one was made of the same inputs and its files are still there.
    ///
    /// # Errors
    /// With why it has to be built: for the last run's record, where there are several.
    pub(super) fn reuse(
        &self,
        branch: &str,
        wanted: &WantedReport<'_>,
    ) -> Result<WithDiagnostics<ReportOutcome>, RebuildReason> {
        let mut records = self.branches.get(branch).into_iter().flatten();
        let first = records.next().ok_or(RebuildReason::NoRecord)?;
        wanted.reuse(first).or_else(|reason| records.find_map(|record| wanted.reuse(record).ok()).ok_or(reason))
    }

    /// Records of branches whose files are still there although the roster does not list them, by their names.
    pub(super) fn unlisted(&self, is_listed: impl Fn(&str) -> bool) -> Vec<ReportOutcome> {
        let last = self.branches.values().filter_map(|records| records.first());
        let unlisted = last.filter(|record| !is_listed(&record.name) && record.all_files().next().is_some());
        let mut unlisted: Vec<ReportOutcome> = unlisted.cloned().collect();
        unlisted.sort_by(|a, b| a.name.cmp(&b.name));
        unlisted
    }
}

/// Whether a document of a final report is in its folder, as it was written or edited by a person. The files of data,
/// the pictures and the files that annexes put in are the same in a draft.
fn are_documents_in_place(record: &ReportOutcome, outputs: &OutputDir) -> bool {
    let is_copy = |name: &str| [METRICS, SOURCES, PREVIOUS].contains(&name) || name.starts_with(COPY_PREFIX);
    let is_document = |name: &str| !is_copy(name) && !name.starts_with(PICTURE_PREFIX);
    let mut documents = record.files.iter().filter(|(name, _)| is_document(name));
    documents.any(|(name, digest)| outputs.state(&format!("{}/{name}", record.folder), digest) != FileState::Other)
}

/// A run's record, its metrics in the order of the notice as it is now; `None` where there is none that can be used.
fn load_manifest(file: &Path, notice: &Notice) -> WithDiagnostics<Option<RunManifest>> {
    let run = match read_record(file) {
        Ok(bytes) => RunManifest::parse(&bytes)
            .ok()
            .filter(|run| !run.version.is_empty())
            .ok_or_else(|| "内容不是本程序写的记录，或者只有半截".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return WithDiagnostics::default(),
        Err(error) => Err(localize::io_error(&error)),
    };
    match run {
        Ok(run) => WithDiagnostics::new(Some(reordered(run, notice)), Vec::new()),
        Err(reason) => {
            let place = Location::File(file.display().to_string());
            let message = format!("以前的记录读不出，当作没有：{reason}");
            WithDiagnostics::new(None, vec![Diagnostic::new(&code::BROKEN_RECORD, place, message)])
        }
    }
}

fn reordered(mut run: RunManifest, notice: &Notice) -> RunManifest {
    for record in run.branches.iter_mut().chain(&mut run.gone) {
        reorder(record, &run.labels, &notice.metric);
    }
    if let Some(summary) = &notice.summary {
        reorder(&mut run.department, &run.summary_labels, &summary.metric);
    }
    run
}

/// Puts metrics recorded under `labels` into the order in which they are defined now.
fn reorder(record: &mut ReportOutcome, labels: &IndexMap<String, String>, now: &IndexMap<String, Metric>) {
    if labels.keys().eq(now.keys()) {
        return;
    }
    let standing = record.standing_final.as_mut().map(|standing| &mut standing.metrics);
    for metrics in [&mut record.metrics].into_iter().chain(standing).filter(|metrics| !metrics.is_empty()) {
        let recorded = |id: &String| labels.get_index_of(id).and_then(|at| metrics.get(at).copied().flatten());
        *metrics = now.keys().map(recorded).collect();
    }
}

/// The report that this run is to produce, compared with a record.
pub(super) struct WantedReport<'a> {
    /// Hash of everything it depends on.
    pub key: Digest,
    /// Whether it is to be final: a file that a person edited then stops it.
    pub is_final: bool,
    /// The folder that its files are in.
    pub outputs: &'a OutputDir,
}

impl WantedReport<'_> {
    /// The recorded report, when it was made of the same inputs and its files are still there. A file that a person
    /// edited since is kept, which is a finding and stops a final report.
    ///
    /// # Errors
    /// With why it has to be built again.
    pub(super) fn reuse(&self, record: &ReportOutcome) -> Result<WithDiagnostics<ReportOutcome>, RebuildReason> {
        match record.state {
            ReportState::Draft | ReportState::Final => {}
            ReportState::NotAsked if record.all_files().next().is_none() => return Err(RebuildReason::NoRecord),
            ReportState::NotAsked | ReportState::Stopped => return Err(RebuildReason::NotFinished),
        }
        if !record.key.is_known() {
            return Err(RebuildReason::KeptEdits);
        }
        if record.key != self.key {
            return Err(RebuildReason::KeyChanged);
        }
        let mut edited = Vec::new();
        for (name, digest) in &record.files {
            match self.outputs.state(&format!("{}/{name}", record.folder), digest) {
                FileState::AsRecorded => {}
                FileState::Changed if self.outputs.overwrites_changed() => {
                    return Err(RebuildReason::FileEdited(name.clone()));
                }
                FileState::Changed => edited.push(name),
                FileState::Other => return Err(RebuildReason::FileMissing(name.clone())),
            }
        }
        let stopped = self.is_final && !edited.is_empty();
        let findings = edited
            .into_iter()
            .map(|name| kept_edit(&record.name, &self.outputs.path_of(&record.folder, name), self.is_final))
            .collect();
        let report = ReportOutcome {
            state: if stopped { ReportState::Stopped } else { record.state },
            issued: record.issued.clone().filter(|_| !stopped),
            outdated: false,
            freshness: Freshness::Reused,
            ..record.clone()
        };
        Ok(WithDiagnostics::new(report, findings))
    }
}

/// The finding for a file that was not overwritten because a person had edited it; it cannot be part of a final report.
pub(super) fn kept_edit(branch: &str, file: &Path, is_final: bool) -> Diagnostic {
    let place = Location::File(file.display().to_string());
    let not_final = if is_final { "，改过的不能作正式报告" } else { "" };
    Diagnostic::new(&code::EDITED, place, format!("生成之后有人改过，没有覆盖{not_final}")).of_branch(branch)
}
