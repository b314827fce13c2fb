//! `previous.json`: what a report used of an earlier run (上期). It is written beside the report, so that the report
//! can be made again from it when the earlier run's files are elsewhere or gone.

use std::sync::Arc;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::layout::Layout;
use crate::diagnostics::{CellPosition, SheetRef, write_address};
use crate::ingest::cell_address;
use crate::model::{PreviousValue, PreviousValues};
use crate::notice::Metric;
use crate::store::{Digest, parse_record};

/// The metrics of the previous period that a report uses, as that period's run reported them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PreviousRecord {
    /// The name of the file that they were read from, without its folder.
    pub file: String,
    /// The hash of that file.
    pub digest: Digest,
    /// The department's metrics, by id; none in a branch's record.
    #[serde(default)]
    pub department: IndexMap<String, RecordedValue>,
    /// The branches' metrics; one branch alone in a branch's record.
    #[serde(default)]
    pub branches: Vec<PreviousBranch>,
    /// How many branches the department's metrics are over; `None` when that is not known, and in a branch's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporting: Option<usize>,
}

/// A branch's metrics in the previous period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PreviousBranch {
    /// The name that it has in the notice of the report.
    pub name: String,
    /// The metrics that have a value, by id.
    pub metrics: IndexMap<String, RecordedValue>,
}

/// A metric's value in the previous period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedValue {
    /// The value as reported; a rate as a fraction.
    pub value: Decimal,
    /// The sheet that it was read from; empty for the record of a run.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sheet: String,
    /// The cell that it was read from, in A1 form; `None` for the record of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
}

const LAYOUT: Layout = Layout { records: &[], lists: &["branches"] };

impl PreviousRecord {
    /// The values that a file records.
    ///
    /// # Errors
    /// When it is no such record, or takes more memory than any.
    pub(crate) fn parse(json: &[u8]) -> serde_json::Result<Self> {
        parse_record(json, size_of::<(String, RecordedValue)>())
    }

    /// The file's bytes.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        LAYOUT.to_bytes(self, 256 * (self.branches.len() + 2))
    }
}

/// Values by the ids of their metrics.
pub(crate) fn recorded_values(
    values: &PreviousValues,
    metrics: &IndexMap<String, Metric>,
) -> IndexMap<String, RecordedValue> {
    let recorded = |(at, previous): (usize, &PreviousValue)| {
        let (id, _) = metrics.get_index(at)?;
        let cell = previous.cell.map(|cell| {
            let mut address = String::new();
            // Writing into a string does not fail.
            let _ = write_address(&mut address, cell);
            address
        });
        Some((id.clone(), RecordedValue { value: previous.value, sheet: previous.source.sheet.clone(), cell }))
    };
    values.iter().filter_map(recorded).collect()
}

/// The values of metrics that have one on record, by the metrics' indices; `file` is what reports call the earlier
/// file.
pub(crate) fn values_of(
    recorded: &IndexMap<String, RecordedValue>,
    metrics: &IndexMap<String, Metric>,
    file: &str,
) -> PreviousValues {
    let value = |id: &String| {
        let RecordedValue { value, sheet, cell } = recorded.get(id)?;
        let cell = cell.as_deref().and_then(cell_address).map(|(row, col)| CellPosition { row, col });
        let source = Arc::new(SheetRef { file: file.to_owned(), sheet: sheet.clone() });
        Some(PreviousValue { value: *value, source, cell })
    };
    PreviousValues::new(metrics.keys().map(value).collect())
}

#[cfg(test)]
mod tests {
    use super::{PreviousBranch, PreviousRecord, RecordedValue};
    use crate::manifest::tests::assert_is_populated;
    use crate::store::sha256;

    #[test]
    fn every_field_of_a_record_is_read_as_it_was_written() {
        let value = RecordedValue {
            value: rust_decimal::Decimal::new(400, 2),
            sheet: "隐患".to_owned(),
            cell: Some("D5".to_owned()),
        };
        let metrics: indexmap::IndexMap<_, _> = [("hazards".to_owned(), value)].into_iter().collect();
        let record = PreviousRecord {
            file: "汇总表.xlsx".to_owned(),
            digest: sha256(b"x"),
            department: metrics.clone(),
            branches: vec![PreviousBranch { name: "外科".to_owned(), metrics }],
            reporting: Some(1),
        };
        let json = record.to_json();
        assert_is_populated(&json);
        assert_eq!(serde_json::from_slice::<PreviousRecord>(&json).ok(), Some(record));
    }
}
