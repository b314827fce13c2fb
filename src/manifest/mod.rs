//! What a run leaves for programs and for the next run: a branch's `metrics.json` and `sources.json`, the whole run's
//! `run.json`.

mod current;
mod elements;
mod issued;
mod layout;
mod outcome;
mod previous;
mod run;
mod source_schema;
mod sources;

use serde::Serializer;

use crate::metric::Metrics;
use crate::notice::Notice;

pub(crate) use current::CurrentReport;
pub(crate) use issued::Issued;
pub(crate) use outcome::{Freshness, RebuildReason, ReportOutcome, ReportState};
pub(crate) use previous::{PreviousBranch, PreviousRecord, recorded_values, values_of};
pub(crate) use run::{ComparedWith, FILE, RunManifest, is_record, shard_file, shard_files};
pub(crate) use source_schema::{Cells, ColumnSource, MetricSource, Sources, TableRow, TableSource};

/// The name of a report's sources in its folder.
pub(crate) const SOURCES: &str = "sources.json";

/// The name of what a report used of an earlier run, in its folder.
pub(crate) const PREVIOUS: &str = "previous.json";

/// The name of a branch's metrics in its report's folder.
pub(crate) const METRICS: &str = "metrics.json";

/// The bytes of `metrics.json`: a branch's metrics by their ids as text, rates as fractions; null for one that the
/// ledgers do not give.
pub(crate) fn metrics_of(metrics: &Metrics, notice: &Notice) -> Vec<u8> {
    let values = metrics.values().map(|value| value.map(|value| value.to_string()));
    let mut out = Vec::with_capacity(2 * 1024);
    // Names and texts always become JSON, and memory takes them.
    let _ = serde_json::Serializer::pretty(&mut out).collect_map(notice.metric.keys().zip(values));
    out.push(b'\n');
    out
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    pub(super) fn lines(json: &[u8]) -> Vec<&str> {
        std::str::from_utf8(json).expect("JSON is UTF-8").lines().collect()
    }

    /// Asserts that no value of a file is one that a field has by default: a round trip of such a file fails when any
    /// field is not written or not read.
    pub(super) fn assert_is_populated(json: &[u8]) {
        fn check(path: &str, value: &Value) {
            match value {
                Value::Null | Value::Bool(false) => panic!("{path} is not set"),
                Value::Bool(true) => {}
                Value::Number(number) => assert_ne!(number.as_u64(), Some(0), "{path}"),
                Value::String(text) => assert!(!text.is_empty() && text != "not-asked", "{path}"),
                Value::Array(items) => {
                    assert!(!items.is_empty(), "{path}");
                    items.iter().enumerate().for_each(|(at, item)| check(&format!("{path}[{at}]"), item));
                }
                Value::Object(fields) => {
                    assert!(!fields.is_empty(), "{path}");
                    fields.iter().for_each(|(name, field)| check(&format!("{path}.{name}"), field));
                }
            }
        }
        check("file", &serde_json::from_slice(json).expect("JSON"));
    }
}
