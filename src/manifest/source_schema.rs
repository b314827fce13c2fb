//! The schema of `sources.json`: the cells from which a report has its metrics and texts, and the rows of the branch as
//! they were read. Written with every report; read by `diff`, by the verification of archives and by the pages of
//! `serve`.
//!
//! Sheets and parts are named once and referred to by their indices. The schema borrows from rows and report when it is
//! written and owns its texts when it is read.

use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};

use super::layout::Layout;
use crate::store::parse_record;

/// The sources of a branch's or the department's report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sources<'a> {
    /// Name of the branch, or of the department.
    pub branch: Cow<'a, str>,
    /// The sheets that the other fields refer to.
    pub sheets: Vec<SheetName<'a>>,
    /// All metrics, in the notice's order.
    #[serde(alias = "figures")]
    pub metrics: Vec<MetricSource<'a>>,
    /// The parts of the report in which printed texts stand.
    pub parts: Vec<Cow<'a, str>>,
    /// Every printed text that comes from ledgers, in reading order.
    pub printed: Vec<Printed<'a>>,
    /// The branch's rows as they were read; none for the department.
    pub tables: Vec<TableSource<'a>>,
}

/// A sheet of a ledger file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SheetName<'a> {
    /// Path of the file, below the input folder.
    pub file: Cow<'a, str>,
    /// Name of the sheet; empty for a text file.
    pub sheet: Cow<'a, str>,
}

/// A metric with what it was computed from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MetricSource<'a> {
    /// Its id in the settings.
    pub id: Cow<'a, str>,
    /// What reports call it.
    pub label: Cow<'a, str>,
    /// Its value as reported, a rate as a fraction; `None` when the ledgers do not give it.
    pub value: Option<Cow<'a, str>>,
    /// Its unit, such as 学时.
    pub unit: Option<Cow<'a, str>>,
    /// Its expression in the settings.
    pub expression: Cow<'a, str>,
    /// Ids of the metrics that the expression names; for the department, of the branches' metrics that it reads.
    pub from: Vec<Cow<'a, str>>,
    /// Ids of the metrics whose values in the previous period it reads; for the department, of its own and the
    /// branches' metrics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<Cow<'a, str>>,
    /// The cells that it and those metrics read.
    pub cells: Vec<Cells<'a>>,
}

/// Cells of one column, or whole rows that were counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cells<'a> {
    /// Id of the ledger.
    pub ledger: Cow<'a, str>,
    /// Id of the column; `None` for whole rows.
    pub column: Option<Cow<'a, str>>,
    /// Index of the sheet.
    pub sheet: usize,
    /// The cells in A1 form: `E5`, `D5:E12`.
    pub range: Cow<'a, str>,
}

/// A printed text that comes from ledgers: of a metric, or of one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Printed<'a> {
    /// The text as it is printed.
    pub text: Cow<'a, str>,
    /// Index of the part of the report in which it stands.
    pub part: usize,
    /// The metric's or the column's name.
    pub label: Cow<'a, str>,
    /// Id of the metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(alias = "figure")]
    pub metric: Option<Cow<'a, str>>,
    /// Index of the cell's sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<usize>,
    /// The cell in A1 form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<Cow<'a, str>>,
    /// The expression of a computed column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<Cow<'a, str>>,
    /// The cells that a computed column reads, in A1 form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<Cow<'a, str>>,
}

/// Rows of one ledger on one sheet, with cells in the same columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TableSource<'a> {
    /// Id of the ledger.
    pub ledger: Cow<'a, str>,
    /// Title of the ledger.
    pub title: Cow<'a, str>,
    /// Index of the sheet.
    pub sheet: usize,
    /// The columns that the sheet has.
    pub columns: Vec<ColumnSource<'a>>,
    /// The branch's rows on this sheet, in the order of the sheet.
    pub rows: Vec<TableRow<'a>>,
}

/// A column of a sheet. JSON has it as `[id, label, letter]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct ColumnSource<'a> {
    /// Its id in the settings.
    pub id: Cow<'a, str>,
    /// What reports and findings call it.
    pub label: Cow<'a, str>,
    /// Its letters in the spreadsheet: `A`, `AB`.
    pub letter: Cow<'a, str>,
}

/// A row. JSON has it as `[number, cells]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct TableRow<'a> {
    /// Its number as the spreadsheet program shows it, from 1.
    pub number: u32,
    /// The texts of its cells, one for each column of the table; empty for a blank cell.
    pub cells: Vec<Cow<'a, str>>,
}

/// An array. The derived `Deserialize` reads one as well: serde takes a sequence for a struct.
impl Serialize for ColumnSource<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.id, &self.label, &self.letter).serialize(serializer)
    }
}

/// An array, like that of [`ColumnSource`].
impl Serialize for TableRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.number, &self.cells).serialize(serializer)
    }
}

const LAYOUT: Layout = Layout { records: &[], lists: &["sheets", "metrics", "parts", "printed", "tables"] };

/// Bytes that suffice for most branches' files.
const CAPACITY: usize = 32 * 1024;

impl Sources<'static> {
    /// The sources that a file records.
    ///
    /// # Errors
    /// When they are none, or take more memory than any.
    pub(crate) fn parse(json: &[u8]) -> serde_json::Result<Self> {
        parse_record(json, size_of::<Printed<'_>>())
    }
}

impl Sources<'_> {
    /// The file's bytes.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        LAYOUT.to_bytes(self, CAPACITY)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cells, ColumnSource, MetricSource, Printed, SheetName, Sources, TableRow, TableSource};
    use crate::manifest::tests::{assert_is_populated, lines};

    #[test]
    fn every_field_of_the_sources_is_read_as_it_was_written() {
        let metric = MetricSource {
            id: "gap".into(),
            label: "所缺学时".into(),
            value: Some("12.50".into()),
            unit: Some("学时".into()),
            expression: "study.len()".into(),
            from: vec!["count".into()],
            previous: vec!["gap".into()],
            cells: vec![Cells {
                ledger: "study".into(),
                column: Some("done".into()),
                sheet: 1,
                range: "D5:E12".into(),
            }],
        };
        let printed = Printed {
            text: "12.5".into(),
            part: 1,
            label: "所缺学时".into(),
            metric: Some("gap".into()),
            sheet: Some(1),
            cell: Some("D5".into()),
            expression: None,
            cells: Vec::new(),
        };
        let table = TableSource {
            ledger: "study".into(),
            title: "在线学习".into(),
            sheet: 1,
            columns: vec![ColumnSource { id: "name".into(), label: "姓名".into(), letter: "B".into() }],
            rows: vec![TableRow { number: 2, cells: vec!["赵\n\"钱\"".into()] }],
        };
        let sources = Sources {
            branch: "甲党支部".into(),
            sheets: vec![SheetName { file: "学习.xlsx".into(), sheet: "一月".into() }],
            metrics: vec![metric],
            parts: vec!["一、学习".into()],
            printed: vec![printed],
            tables: vec![table],
        };
        let json = sources.to_json();
        assert_is_populated(&json);
        assert_eq!(serde_json::from_slice::<Sources<'_>>(&json).ok().as_ref(), Some(&sources));
        // Version 0.1 wrote other keys.
        let old = String::from_utf8(json.clone()).unwrap();
        let old = old.replace("\"metrics\":", "\"figures\":").replace("\"metric\":", "\"figure\":");
        assert_eq!(serde_json::from_str::<Sources<'_>>(&old).ok().as_ref(), Some(&sources));
        assert_eq!(
            lines(&json)[5..],
            [
                "\"metrics\": [",
                "{\"id\":\"gap\",\"label\":\"所缺学时\",\"value\":\"12.50\",\"unit\":\"学时\",\"expression\":\"study.len()\",\
                 \"from\":[\"count\"],\"previous\":[\"gap\"],\"cells\":[{\"ledger\":\"study\",\"column\":\"done\",\"sheet\":1,\"range\":\"D5:E12\"}]}",
                "],",
                "\"parts\": [",
                "\"一、学习\"",
                "],",
                "\"printed\": [",
                "{\"text\":\"12.5\",\"part\":1,\"label\":\"所缺学时\",\"metric\":\"gap\",\"sheet\":1,\"cell\":\"D5\"}",
                "],",
                "\"tables\": [",
                "{\"ledger\":\"study\",\"title\":\"在线学习\",\"sheet\":1,\"columns\":[[\"name\",\"姓名\",\"B\"]],\
                 \"rows\":[[2,[\"赵\\n\\\"钱\\\"\"]]]}",
                "]",
                "}"
            ]
        );
    }
}
