//! The outcome of one report: made by a build, kept in `run.json`, read again by the next build and by everything that
//! works on finished reports.

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::issued::Issued;
use crate::diagnostics::SeverityCounts;
use crate::report::Gap;
use crate::store::Digest;

/// The report of a branch or of the department after a build. Fields that only this run needs are not serialized.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportOutcome {
    /// Full name of the branch, or the department's; empty when the notice has no summary.
    pub name: String,
    /// The branch's kind in the roster; empty for the department.
    pub kind: String,
    /// Folder of the report, below the output folder.
    pub folder: String,
    /// How far the report came.
    pub state: ReportState,
    /// Hash of everything that the files depend on; empty when the next run must not reuse them.
    pub key: Digest,
    /// Hash of everything that the report shows, its code and the word 草稿 left out: a draft and the final report made
    /// of the same have the same. Empty for one that could not be made.
    pub shown: Digest,
    /// Files of the report by name, with the hashes of the bytes that were generated.
    pub files: IndexMap<String, Digest>,
    /// Files of earlier runs that this run did not write: of other formats, or before the report was stopped.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub earlier: IndexMap<String, Digest>,
    /// Files that could not be written; the next run tries again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub retry: Vec<String>,
    /// Findings that name the branch, by severity.
    pub findings: SeverityCounts,
    /// Titles of the ledgers that the report is made of and that have no row of the branch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Titles of those in which the branch reported that it has nothing to report (零报告); not among the missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nil: Vec<String>,
    /// Why the summary leaves the branch out, in the words of the settings; empty when it does not.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub left_out: String,
    /// Gaps of the report, in reading order.
    pub gaps: Vec<Gap>,
    /// Ids of the metrics that say nothing, a 0 among them, because the branch has neither rows nor a nil report where
    /// the metric reads: the department's table has 无记录 for them, and the next period no number. `None` where no
    /// ledger is missing, and in records of versions that did not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_rows: Option<Vec<String>>,
    /// Metrics as reported, in the order of the run's labels; rates as fractions, `None` where the ledgers give no
    /// value.
    #[serde(alias = "figures")]
    pub metrics: Vec<Option<Decimal>>,
    /// What a final report states about itself; `None` for a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Issued>,
    /// The final report whose documents are in the folder although a later run could not make it final again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing_final: Option<Box<ReportOutcome>>,
    /// Whether a run that left this final report as it is would have made one that shows something else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub outdated: bool,
    /// Whether this run made the files or reused them.
    #[serde(skip)]
    pub freshness: Freshness,
    /// Whether a file that a person had edited was kept although it would be generated differently now.
    #[serde(skip)]
    pub kept_edits: bool,
}

impl ReportOutcome {
    /// A report that could not be made, or not yet.
    pub fn stopped(name: &str, folder: &str) -> Self {
        let (name, folder) = (name.to_owned(), folder.to_owned());
        Self { name, folder, state: ReportState::Stopped, ..Self::default() }
    }

    /// Whether some metric has a value.
    pub fn has_values(&self) -> bool {
        self.metrics.iter().any(Option::is_some)
    }

    /// Whether the report could not be made, or not be final.
    pub fn is_stopped(&self) -> bool {
        self.state == ReportState::Stopped
    }

    /// Whether the report is final and was left as it is although another was asked for.
    pub fn is_kept_final(&self) -> bool {
        self.freshness == Freshness::KeptFinal
    }

    /// The record of the last final report: this one, or the one that stands when this one was stopped.
    pub fn final_report(&self) -> Option<&Self> {
        if self.state == ReportState::Final { Some(self) } else { self.standing_final.as_deref() }
    }

    /// What the final report in the folder states about itself: this one, or the one that stands.
    pub fn standing_issue(&self) -> Option<&Issued> {
        let standing = self.standing_final.as_deref().and_then(|standing| standing.issued.as_ref());
        self.issued.as_ref().or(standing)
    }

    /// All files on record, with those of earlier runs.
    pub fn all_files(&self) -> impl Iterator<Item = (&String, &Digest)> {
        self.files.iter().chain(&self.earlier)
    }
}

/// How far a report came in the run that recorded it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportState {
    /// This run was not asked for it.
    #[default]
    NotAsked,
    /// It could not be made, or not be final.
    Stopped,
    /// A draft was written.
    Draft,
    /// A final report was written.
    Final,
}

impl ReportState {
    /// The state as users read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotAsked => "没有生成",
            Self::Stopped => "未能生成",
            Self::Draft => "草稿",
            Self::Final => "正式报告",
        }
    }
}

/// Whether a run made a report's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Freshness {
    /// It did not try: the report was not asked for, or cannot be made.
    #[default]
    Untouched,
    /// The files of an earlier run were made of the same inputs and are still there.
    Reused,
    /// The report is final and was left as it is, whatever its inputs are now: drafts were asked for, or it is signed.
    KeptFinal,
    /// It made them, or tried to.
    Rebuilt(RebuildReason),
}

/// Why a report was built although the output folder may hold one. Decided in `pipeline::previous_run`, by the first
/// condition that holds, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RebuildReason {
    /// No run has recorded a report of this branch.
    NoRecord,
    /// The last run did not finish it: it was stopped, or a file could not be written.
    NotFinished,
    /// The last run kept a file that a person had edited; whether it still differs is checked anew.
    KeptEdits,
    /// Rows, settings, templates, options or the program differ: see `pipeline::cache_key`.
    KeyChanged,
    /// This file was edited by a person and the run replaces edited files.
    FileEdited(String),
    /// This file is gone, or not as any run wrote it.
    FileMissing(String),
}

impl RebuildReason {
    /// A stable identifier for JSON output.
    pub fn id(&self) -> &'static str {
        match self {
            Self::NoRecord => "no-record",
            Self::NotFinished => "not-finished",
            Self::KeptEdits => "kept-edits",
            Self::KeyChanged => "key-changed",
            Self::FileEdited(_) => "file-edited",
            Self::FileMissing(_) => "file-missing",
        }
    }
}
