//! What a run leaves for programs and for the next run: a branch's `figures.json` and `sources.json`, the whole run's
//! `run.json`.

mod json;
mod run;
mod sources;

use serde::Serializer;

use crate::figure::Figures;
use crate::notice::Notice;

pub use run::{BranchRecord, FILE, Issued, Run, State, shard_file, shard_files};
pub use sources::{
    Cells, FigureFacts, FigureSource, Printed, SheetName, Sources, TableRow, TableSource, sources_of,
    sources_of_department,
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
