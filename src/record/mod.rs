//! What a run leaves for programs and for the next run: a branch's `figures.json` and `sources.json`, the whole run's
//! `run.json`.

mod run;
mod sources;

use serde::Serializer;

use crate::figure::Figures;
use crate::notice::Notice;

pub use run::{BranchRecord, FILE, Issued, Run, State, shard_file, shard_files};
pub use sources::{
    Cells, FigureSource, Printed, SheetName, Sources, TableRow, TableSource, sources_of, sources_of_department,
};

/// The name of a report's sources in its folder.
pub const SOURCES: &str = "sources.json";

/// The name of a branch's figures in its report's folder.
pub const FIGURES: &str = "figures.json";

/// The bytes of `figures.json`: a branch's figures by their ids as text, rates as fractions; null for one that the
/// ledgers do not give.
pub fn figures_of(figures: &Figures, notice: &Notice) -> Vec<u8> {
    let values = figures.values().map(|value| value.map(|value| value.to_string()));
    let mut out = Vec::with_capacity(2 * 1024);
    // Names and texts always become JSON, and memory takes them.
    let _ = serde_json::Serializer::pretty(&mut out).collect_map(notice.figure.keys().zip(values));
    out.push(b'\n');
    out
}

/// Adds a list of a record with an entry a line: small, and readable where two runs are compared.
fn lines<T: serde::Serialize>(out: &mut Vec<u8>, name: &str, entries: &[T]) {
    let mut lines = Lines::default();
    entries.iter().for_each(|entry| lines.push(entry));
    lines.add_to(out, name);
}

/// A list of a record, made line by line.
#[derive(Default)]
struct Lines(Vec<u8>);

impl Lines {
    fn push<T: serde::Serialize>(&mut self, entry: &T) {
        self.0.extend_from_slice(if self.0.is_empty() { b"\n" } else { b",\n" });
        json(&mut self.0, entry);
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn add_to(self, out: &mut Vec<u8>, name: &str) {
        out.extend_from_slice(format!(",\n\"{name}\": [").as_bytes());
        out.extend_from_slice(&self.0);
        out.extend_from_slice(b"\n]");
    }
}

/// Adds a value as JSON. Texts, numbers and lists of them always become JSON, and memory takes them.
fn json<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let _ = serde_json::to_writer(out, value);
}
