//! `sources.json`: the cells from which a report has its metrics and texts, and the rows of the branch as they were
//! read. Written with every report; read by `diff`, by the verification of archives and by the pages of `serve`.
//!
//! Sheets and parts are named once and referred to by their indices. The schema borrows from rows and report when it is
//! written and owns its texts when it is read.

use std::borrow::Cow;
use std::sync::Arc;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize, Serializer};

use super::layout::Layout;
use crate::diagnostics::{Source, column_letters};
use crate::metric::Metrics;
use crate::model::{Branch, Row, Value};
use crate::notice::{Ledger, Metric, Notice};
use crate::provenance::{MetricCells, Provenance, Range, SummaryTracer, Tracer};
use crate::report::{Inline, Report, gap_text};

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
    /// The rows.
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

impl<'a> Sources<'a> {
    /// The sources of a branch's report.
    pub(crate) fn of_branch<'b: 'a>(
        branch: &'a Branch,
        metrics: &Metrics,
        report: &'a Report<'b>,
        tracer: &'a Tracer<'b>,
        notice: &'a Notice,
    ) -> Self {
        let mut sheets = Sheets::default();
        let mut sources = Vec::with_capacity(notice.metric.len());
        for (index, ((id, metric), value)) in notice.metric.iter().zip(metrics.values()).enumerate() {
            let named = tracer.dependencies().get(index).map_or(&[][..], |reads| &reads.metrics);
            let mut source = metric_source(id, metric, value, named, notice);
            for cells in tracer.cells(index) {
                source.cells.extend(cell_ranges(cells, notice, &mut sheets));
            }
            sources.push(source);
        }
        let PrintedParts { parts, printed } = printed_parts(report, &mut sheets);
        let tables = tables(branch, notice, &mut sheets);
        Self { branch: branch.name().into(), sheets: sheets.into_names(), metrics: sources, parts, printed, tables }
    }

    /// The sources of the department's report: its metrics with the branches' metrics they were computed from, and what
    /// of the branches it prints.
    pub(crate) fn of_department(
        metrics: &Metrics,
        report: &'a Report<'a>,
        tracer: &SummaryTracer<'a>,
        notice: &'a Notice,
    ) -> Self {
        let mut sheets = Sheets::default();
        let PrintedParts { parts, printed } = printed_parts(report, &mut sheets);
        let summary = notice.summary.iter().flat_map(|summary| &summary.metric);
        let with_reads = summary.zip(metrics.values()).zip(tracer.reads());
        let metrics = with_reads.map(|(((id, metric), value), reads)| metric_source(id, metric, value, reads, notice));
        Self {
            branch: notice.summary.as_ref().map_or("", |summary| &summary.name).into(),
            metrics: metrics.collect(),
            sheets: sheets.into_names(),
            parts,
            printed,
            tables: Vec::new(),
        }
    }

    /// The file's bytes.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        LAYOUT.to_bytes(self, CAPACITY)
    }
}

/// The sheets that were referred to so far.
#[derive(Default)]
struct Sheets<'a>(Vec<&'a Arc<Source>>);

impl<'a> Sheets<'a> {
    /// The index of a sheet, added when it is new. A report has few sheets.
    fn index(&mut self, source: &'a Arc<Source>) -> usize {
        self.0.iter().position(|known| *known == source).unwrap_or_else(|| {
            self.0.push(source);
            self.0.len() - 1
        })
    }

    fn into_names(self) -> Vec<SheetName<'a>> {
        let name = |source: &'a Arc<Source>| SheetName {
            file: source.file.as_str().into(),
            sheet: source.sheet.as_str().into(),
        };
        self.0.into_iter().map(name).collect()
    }
}

/// A metric without its cells; `named` are the indices of the metrics that it names.
fn metric_source<'a>(
    id: &'a str,
    metric: &'a Metric,
    value: Option<Decimal>,
    named: &[usize],
    notice: &'a Notice,
) -> MetricSource<'a> {
    let from = named.iter().filter_map(|index| Some(notice.metric.get_index(*index)?.0.as_str().into()));
    MetricSource {
        id: id.into(),
        label: metric.label.as_str().into(),
        value: value.map(decimal_text),
        unit: metric.unit.as_deref().map(Cow::from),
        expression: metric.expr.get_ref().as_str().into(),
        from: from.collect(),
        cells: Vec::new(),
    }
}

/// The ranges of one column, or of whole rows.
fn cell_ranges<'a>(cells: &MetricCells<'a>, notice: &'a Notice, sheets: &mut Sheets<'a>) -> Vec<Cells<'a>> {
    let Some((id, ledger)) = notice.ledger.get_index(cells.ledger) else { return Vec::new() };
    let column = cells.column.and_then(|column| Some(ledger.columns.get_index(column)?.0.as_str()));
    let cells = cells.ranges.iter().map(|range| Cells {
        ledger: id.as_str().into(),
        column: column.map(Cow::from),
        sheet: sheets.index(range.source),
        range: a1(range),
    });
    cells.collect()
}

fn a1(range: &Range<'_>) -> Cow<'static, str> {
    let mut address = String::with_capacity(16);
    range.add_a1(&mut address);
    address.into()
}

/// The printed texts of a report that come from ledgers, and the parts in which they stand.
#[derive(Default)]
struct PrintedParts<'a> {
    parts: Vec<Cow<'a, str>>,
    printed: Vec<Printed<'a>>,
}

fn printed_parts<'a>(report: &'a Report<'a>, sheets: &mut Sheets<'a>) -> PrintedParts<'a> {
    let mut found = PrintedParts::default();
    report.for_each_text(|text, part| {
        for inline in text {
            let (text, origin): (Cow<'_, str>, u32) = match inline {
                Inline::Sourced(text, origin) => (text.into(), *origin),
                Inline::Gap(what, Some(origin)) => (gap_text(what).into(), *origin),
                Inline::Picture(printed) => match printed.provenance {
                    Some(origin) => (picture_text(&printed.digest.to_string()).into(), origin),
                    None => continue,
                },
                Inline::Gap(_, None) | Inline::Text(_) | Inline::Break => continue,
            };
            let Some(origin) = report.provenance.get(origin as usize) else { continue };
            if found.parts.last().is_none_or(|last| last != part) {
                found.parts.push(part.to_owned().into());
            }
            found.printed.push(printed_text(text, found.parts.len() - 1, origin, sheets));
        }
    });
    found
}

fn printed_text<'a>(
    text: Cow<'a, str>,
    part: usize,
    origin: &'a Provenance<'a>,
    sheets: &mut Sheets<'a>,
) -> Printed<'a> {
    let printed = Printed { text, part, label: origin.label(), ..Printed::default() };
    match (&origin.computed, origin.ranges.first()) {
        (Some(computed), _) => Printed { metric: Some(computed.id.into()), ..printed },
        (None, Some(range)) => Printed { sheet: Some(sheets.index(range.source)), cell: Some(a1(range)), ..printed },
        (None, None) => printed,
    }
}

/// The branch's rows, by ledger and sheet.
fn tables<'a>(branch: &'a Branch, notice: &'a Notice, sheets: &mut Sheets<'a>) -> Vec<TableSource<'a>> {
    let mut tables = Vec::new();
    for (index, (id, ledger)) in notice.ledger.iter().enumerate() {
        let is_roster = *id == notice.roster.ledger;
        let rows =
            if is_roster { std::slice::from_ref(branch.roster_row()) } else { branch.rows(index).unwrap_or_default() };
        let is_one_table = |a: &Row, b: &Row| a.source == b.source && a.columns().eq(b.columns());
        tables.extend(rows.chunk_by(is_one_table).filter_map(|rows| table(id, ledger, rows, sheets)));
    }
    tables
}

/// Rows of one sheet in the same columns.
fn table<'a>(id: &'a str, ledger: &'a Ledger, rows: &'a [Row], sheets: &mut Sheets<'a>) -> Option<TableSource<'a>> {
    let first = rows.first()?;
    let columns = ledger.columns.iter().zip(first.columns()).filter_map(|((id, column), letter)| {
        let (id, label) = (id.as_str().into(), column.label().into());
        Some(ColumnSource { id, label, letter: column_letters(letter?).into() })
    });
    let row = |row: &'a Row| TableRow {
        number: row.row.saturating_add(1),
        cells: row.cells().flatten().map(|cell| cell_text(cell.value)).collect(),
    };
    Some(TableSource {
        ledger: id.into(),
        title: ledger.title.as_str().into(),
        sheet: sheets.index(&first.source),
        columns: columns.collect(),
        rows: rows.iter().map(row).collect(),
    })
}

/// A cell's value as text: a date as 2018-10-05, a rate as a fraction; nothing for a blank cell.
fn cell_text(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Missing => "".into(),
        Value::Text(text) | Value::Unusable(_, text) => text.into(),
        Value::Number(number) => decimal_text(number.normalize()),
        Value::Date(date) => date.to_string().into(),
        Value::Flag(flag) => if flag { "是" } else { "否" }.into(),
        Value::Picture(_) => value.pictures().map(picture_text).collect::<Vec<_>>().join("、").into(),
    }
}

/// A picture as a text: enough of its hash to tell two pictures apart.
fn picture_text(hash: &str) -> String {
    format!("图片 {}", hash.get(..8).unwrap_or(hash))
}

/// A number, exactly. Most are whole, which `itoa` writes faster than `Decimal`.
fn decimal_text(number: Decimal) -> Cow<'static, str> {
    match number.to_i64().filter(|_| number.scale() == 0) {
        Some(whole) => itoa::Buffer::new().format(whole).to_owned().into(),
        None => number.to_string().into(),
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
                 \"from\":[\"count\"],\"cells\":[{\"ledger\":\"study\",\"column\":\"done\",\"sheet\":1,\"range\":\"D5:E12\"}]}",
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
