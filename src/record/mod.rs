//! What a run leaves for programs and for the next run: a branch's `sources.json`, the whole run's `run.json`.

mod run;
mod sources;

pub use run::{BranchRecord, FILE, Issued, Run, State, shard_file, shard_files};
pub use sources::{Cells, FigureSource, Printed, SheetName, Sources, TableRow, TableSource};

/// The name of a report's sources in its folder.
pub const SOURCES: &str = "sources.json";

/// Adds a list of a record with an entry a line: small, and readable where two runs are compared.
fn lines<T: serde::Serialize>(out: &mut Vec<u8>, name: &str, entries: &[T]) {
    out.extend_from_slice(format!(",\n\"{name}\": [").as_bytes());
    for (at, entry) in entries.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        json(out, entry);
    }
    out.extend_from_slice(b"\n]");
}

/// Adds a value as JSON. Texts, numbers and lists of them always become JSON, and memory takes them.
fn json<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let _ = serde_json::to_writer(out, value);
}
