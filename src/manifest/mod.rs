//! What a run leaves for programs and for the next run: a branch's `metrics.json` and `sources.json`, the whole run's
//! `run.json`.

mod json;
mod run;
mod sources;

use serde::Serializer;

use crate::metric::Metrics;
use crate::notice::Notice;

pub use run::{BranchRecord, FILE, Issued, ReportState, RunManifest, shard_file, shard_files};
pub use sources::{
    Cells, MetricFacts, MetricSource, Printed, SheetName, Sources, TableRow, TableSource, sources_of,
    sources_of_department,
};

/// The name of a report's sources in its folder.
pub const SOURCES: &str = "sources.json";

/// The name of a branch's metrics in its report's folder.
pub const METRICS: &str = "metrics.json";

/// The bytes of `metrics.json`: a branch's metrics by their ids as text, rates as fractions; null for one that the
/// ledgers do not give.
pub fn metrics_of(metrics: &Metrics, notice: &Notice) -> Vec<u8> {
    let values = metrics.values().map(|value| value.map(|value| value.to_string()));
    let mut out = Vec::with_capacity(2 * 1024);
    // Names and texts always become JSON, and memory takes them.
    let _ = serde_json::Serializer::pretty(&mut out).collect_map(notice.metric.keys().zip(values));
    out.push(b'\n');
    out
}
