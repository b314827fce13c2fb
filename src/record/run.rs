//! `run.json`: what a run made of its input, for programs and for comparing runs. It says nothing of the clock: the
//! same input gives the same file.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::proof::Proof;
use crate::report::{Report, plain};
use crate::stamp::Code;
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
pub struct Run {
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
    /// What the branches' figures are called, by id.
    pub labels: IndexMap<String, String>,
    /// What the department's figures are called, by id.
    pub summary_labels: IndexMap<String, String>,
    /// What was proved.
    pub proof: Proof,
    /// The department's report, with the figures over all branches.
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
    pub state: State,
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
    /// Its figures as reported, in the order of the run's labels; rates as fractions.
    pub figures: Vec<Option<Decimal>>,
    /// What a final report says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Issued>,
}

/// What a final report says of itself, and what it was made from: what its archiving needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The code that it bears.
    pub code: Code,
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
        let code = report.stamp.as_ref()?.code.clone();
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
pub enum State {
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

impl State {
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

impl Run {
    /// The file's bytes.
    pub fn to_json(&self) -> Vec<u8> {
        let proof = &self.proof;
        let mut out = b"{\n\"version\": ".to_vec();
        json(&mut out, &self.version);
        out.extend_from_slice(b",\n\"notice\": ");
        json(&mut out, &self.notice);
        out.extend_from_slice(b",\n\"deadline\": ");
        json(&mut out, &self.deadline);
        out.extend_from_slice(format!(",\n\"is_final\": {},\n\"findings\": ", self.is_final).as_bytes());
        json(&mut out, &self.findings);
        out.extend_from_slice(b",\n\"labels\": ");
        json(&mut out, &self.labels);
        out.extend_from_slice(b",\n\"summary_labels\": ");
        json(&mut out, &self.summary_labels);
        let (holds, rows, used) = (proof.holds, proof.rows, proof.used);
        let counts = format!(",\n\"proof\": {{\n\"holds\": {holds},\n\"rows\": {rows},\n\"used\": {used}");
        out.extend_from_slice(counts.as_bytes());
        lines(&mut out, "unused", &proof.unused);
        lines(&mut out, "sums", &proof.sums);
        lines(&mut out, "faults", &proof.faults);
        out.extend_from_slice(b"},\n\"department\": ");
        json(&mut out, &self.department);
        lines(&mut out, "branches", &self.branches);
        lines(&mut out, "gone", &self.gone);
        out.extend_from_slice(b"\n}\n");
        out
    }
}

/// Adds a list with an entry a line, as the sources' records have them.
fn lines<T: Serialize>(out: &mut Vec<u8>, name: &str, entries: &[T]) {
    out.extend_from_slice(format!(",\n\"{name}\": [").as_bytes());
    for (at, entry) in entries.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        json(out, entry);
    }
    out.extend_from_slice(b"\n]");
}

/// Adds a value as JSON. Texts, numbers and lists of them always become JSON, and memory takes them.
fn json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let _ = serde_json::to_writer(out, value);
}

#[cfg(test)]
mod tests {
    use super::{BranchRecord, Decimal, Run, State};

    #[test]
    fn what_is_written_is_read_again() {
        let branch = BranchRecord {
            name: "教务处\"党支部\"".to_owned(),
            state: State::Draft,
            figures: vec![Some(Decimal::new(400, 2)), None],
            ..BranchRecord::default()
        };
        let run = Run { version: "1".to_owned(), findings: [1, 2, 3], branches: vec![branch], ..Run::default() };
        assert_eq!(serde_json::from_slice::<Run>(&run.to_json()).ok(), Some(run));
    }
}
