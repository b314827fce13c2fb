//! `run.json`: what a run made of its input, for programs and for comparing runs. It says nothing of the clock: the
//! same input gives the same file.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{json, lines};
use crate::proof::Proof;

/// The name of the record in an output folder.
pub const FILE: &str = "run.json";

/// A whole run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Run {
    /// The program's version.
    pub version: String,
    /// The notice that was answered.
    pub notice: String,
    /// Whether final reports were asked for.
    pub is_final: bool,
    /// Findings by severity: errors, warnings, notes.
    pub findings: [usize; 3],
    /// What the branches' figures are called, by id.
    pub labels: IndexMap<String, String>,
    /// The department's own figures by id.
    pub summary: IndexMap<String, Option<String>>,
    /// What they are called, by id.
    pub summary_labels: IndexMap<String, String>,
    /// What was proved.
    pub proof: Proof,
    /// Every branch, in the roster's order.
    pub branches: Vec<BranchRecord>,
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
    /// The files written, in its folder.
    pub files: Vec<String>,
    /// What is missing, and in which part of the report.
    pub gaps: Vec<(String, String)>,
    /// Its figures by id.
    pub figures: IndexMap<String, Option<String>>,
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

impl Run {
    /// The file's bytes.
    pub fn to_json(&self) -> Vec<u8> {
        let proof = &self.proof;
        let mut out = b"{\n\"version\": ".to_vec();
        json(&mut out, &self.version);
        out.extend_from_slice(b",\n\"notice\": ");
        json(&mut out, &self.notice);
        out.extend_from_slice(format!(",\n\"is_final\": {},\n\"findings\": ", self.is_final).as_bytes());
        json(&mut out, &self.findings);
        out.extend_from_slice(b",\n\"labels\": ");
        json(&mut out, &self.labels);
        out.extend_from_slice(b",\n\"summary\": ");
        json(&mut out, &self.summary);
        out.extend_from_slice(b",\n\"summary_labels\": ");
        json(&mut out, &self.summary_labels);
        let (holds, rows, used) = (proof.holds, proof.rows, proof.used);
        let counts = format!(",\n\"proof\": {{\n\"holds\": {holds},\n\"rows\": {rows},\n\"used\": {used}");
        out.extend_from_slice(counts.as_bytes());
        lines(&mut out, "unused", &proof.unused);
        lines(&mut out, "sums", &proof.sums);
        lines(&mut out, "faults", &proof.faults);
        out.push(b'}');
        lines(&mut out, "branches", &self.branches);
        out.extend_from_slice(b"\n}\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{BranchRecord, Run, State};

    #[test]
    fn what_is_written_is_read_again() {
        let branch = BranchRecord {
            name: "教务处\"党支部\"".to_owned(),
            state: State::Draft,
            figures: [("teams".to_owned(), Some("4".to_owned())), ("rate".to_owned(), None)].into_iter().collect(),
            ..BranchRecord::default()
        };
        let run = Run { version: "1".to_owned(), findings: [1, 2, 3], branches: vec![branch], ..Run::default() };
        assert_eq!(serde_json::from_slice::<Run>(&run.to_json()).ok(), Some(run));
    }
}
