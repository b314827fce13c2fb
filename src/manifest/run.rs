//! `run.json`: what a run made of its input, for programs and for comparing runs. It says nothing of the clock: the
//! same input gives the same file.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::json::Record;
use crate::reconcile::Reconciliation;
use crate::report::{Report, plain};
use crate::report_code::ReportCode;
use crate::store::Digest;

/// The name of the record in an output folder.
pub const FILE: &str = "run.json";

/// The name of a shard's record.
pub fn shard_file(at: u32, of: u32) -> String {
    format!("run-{at}-{of}.json")
}

/// The records of shards in an output folder, by their names.
pub fn shard_files(output: &Path) -> Vec<PathBuf> {
    let is_shard = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let parts =
            name.strip_prefix("run-").and_then(|rest| rest.strip_suffix(".json")).and_then(|rest| rest.split_once('-'));
        parts.is_some_and(|(at, of)| [at, of].iter().all(|n| n.parse::<u32>().is_ok()))
    };
    let entries = std::fs::read_dir(output).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_shard).collect();
    files.sort();
    files
}

/// A whole run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunManifest {
    /// The program's version.
    pub version: String,
    /// The notice that was answered.
    pub notice: String,
    /// The day by which reports are due, as 2018-11-02.
    pub deadline: String,
    /// Whether final reports were asked for.
    pub is_final: bool,
    /// Findings by severity: errors, warnings, notes.
    pub findings: [usize; 3],
    /// What the branches' metrics are called, by id.
    pub labels: IndexMap<String, String>,
    /// What the department's metrics are called, by id.
    pub summary_labels: IndexMap<String, String>,
    /// What was proved.
    pub proof: Reconciliation,
    /// The department's report, with the metrics over all branches.
    pub department: BranchRecord,
    /// Every branch, in the roster's order.
    pub branches: Vec<BranchRecord>,
    /// Branches of earlier runs that the roster does not list any more and whose files are still there.
    pub gone: Vec<BranchRecord>,
}

/// A branch in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BranchRecord {
    /// Its full name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Its folder below the output folder.
    pub folder: String,
    /// What became of its report.
    pub state: ReportState,
    /// The hash of everything its files depend on; empty when they are to be made anew.
    pub key: Digest,
    /// The files written into its folder, with their hashes.
    pub files: IndexMap<String, Digest>,
    /// Files of earlier runs that this one did not write: of other formats, or before the report was stopped.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub earlier: IndexMap<String, Digest>,
    /// Files that could not be written; the next run tries again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub retry: Vec<String>,
    /// Errors, warnings and notes about it.
    pub findings: [usize; 3],
    /// Ledgers that have no row of it, by their titles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// What is missing, and in which part of the report.
    pub gaps: Vec<(String, String)>,
    /// Its metrics as reported, in the order of the run's labels; rates as fractions.
    pub metrics: Vec<Option<Decimal>>,
    /// What a final report says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Issued>,
}

/// What a final report says of itself, and what it was made from: what its archiving needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The code that it bears.
    pub code: ReportCode,
    /// Its title on one line.
    pub title: String,
    /// 主送机关.
    pub addressee: String,
    /// 署名.
    pub organisation: String,
    /// 成文日期, as 2018-11-02.
    pub date: String,
    /// 附注, without its brackets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The program's version.
    pub version: String,
    /// The ledger files that it was made from, by their paths below the input folder, with their hashes.
    #[serde(default)]
    pub ledgers: IndexMap<String, Digest>,
    /// The hash of the settings and templates that it was made with.
    #[serde(default)]
    pub settings: Digest,
}

impl Issued {
    /// What a report says of itself; nothing for a draft.
    pub fn of(report: &Report<'_>) -> Option<Self> {
        let letter = &report.letter;
        let code = report.code.as_ref()?.code.clone();
        Some(Self {
            code,
            title: report.title(),
            addressee: plain(&letter.addressee),
            organisation: plain(&letter.organisation),
            date: letter.date.to_string(),
            note: letter.note.as_deref().map(plain),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ledgers: IndexMap::new(),
            settings: Digest::default(),
        })
    }
}

/// What became of a branch's report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportState {
    /// Nobody asked for it in this run.
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
    /// The state in a word.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotAsked => "没有生成",
            Self::Stopped => "未能生成",
            Self::Draft => "草稿",
            Self::Final => "正式报告",
        }
    }
}

impl RunManifest {
    /// The file's bytes.
    pub fn to_json(&self) -> Vec<u8> {
        let mut record = Record::default();
        record.field("version").text(&self.version);
        record.field("notice").text(&self.notice);
        record.field("deadline").text(&self.deadline);
        record.field("is_final").value(&self.is_final);
        record.field("findings").value(&self.findings);
        record.field("labels").value(&self.labels);
        record.field("summary_labels").value(&self.summary_labels);
        let Reconciliation { holds, rows, used, unused, sums, faults } = &self.proof;
        let mut proof = Record::default();
        proof.field("holds").value(holds);
        proof.field("rows").number(*rows);
        proof.field("used").number(*used);
        proof.lines("unused", |json| unused.iter().for_each(|row| _ = json.line().value(row)));
        proof.lines("sums", |json| sums.iter().for_each(|sum| _ = json.line().value(sum)));
        proof.lines("faults", |json| faults.iter().for_each(|fault| _ = json.line().text(fault)));
        record.record("proof", &proof);
        record.field("department").value(&self.department);
        record.lines("branches", |json| self.branches.iter().for_each(|branch| _ = json.line().value(branch)));
        record.lines("gone", |json| self.gone.iter().for_each(|branch| _ = json.line().value(branch)));
        record.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::{BranchRecord, Decimal, ReportState, RunManifest};

    #[test]
    fn what_is_written_is_read_again() {
        let branch = BranchRecord {
            name: "教务处\"党支部\"".to_owned(),
            state: ReportState::Draft,
            metrics: vec![Some(Decimal::new(400, 2)), None],
            ..BranchRecord::default()
        };
        let run = RunManifest {
            version: "1".to_owned(),
            findings: [1, 2, 3],
            branches: vec![branch],
            ..RunManifest::default()
        };
        assert_eq!(serde_json::from_slice::<RunManifest>(&run.to_json()).ok(), Some(run));
    }
}
