//! `sources.json`: from which cells a branch's report has its metrics and texts, and what stands in them.

use std::borrow::Cow;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::json::{Json, Record};
use crate::diagnostics::{Source, column_letters};
use crate::metric::Metrics;
use crate::model::{Branch, Row, Value};
use crate::notice::{Ledger, Metric, Notice};
use crate::provenance::{MetricCells, Provenance, SummaryTracer, Tracer};
use crate::report::{Inline, Report, gap_text};

/// The sources of a branch's report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Sources {
    /// The branch.
    pub branch: String,
    /// The sheets that the rest points to by their places here.
    pub sheets: Vec<SheetName>,
    /// Every metric.
    pub metrics: Vec<MetricSource>,
    /// The parts of the report that the printed texts stand in.
    pub parts: Vec<String>,
    /// Every text of the report that comes from ledgers, in the order in which it is read.
    pub printed: Vec<Printed>,
    /// The branch's rows as they were read.
    pub tables: Vec<TableSource>,
}

/// A sheet of a ledger file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SheetName {
    /// The file's path below the input folder.
    pub file: String,
    /// The sheet's name; empty for a text file.
    pub sheet: String,
}

/// A metric with what it was computed from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MetricSource {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Its value; none when the ledgers do not give it.
    pub value: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// Its expression.
    pub expression: String,
    /// The metrics that the expression names.
    pub from: Vec<String>,
    /// The cells that it and those metrics read.
    pub cells: Vec<Cells>,
}

/// Cells of one column, or whole rows that were counted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Cells {
    /// The ledger's id.
    pub ledger: String,
    /// The column's id; none for whole rows.
    pub column: Option<String>,
    /// The sheet.
    pub sheet: usize,
    /// The cells in A1 form.
    pub range: String,
}

/// A text of the report that comes from ledgers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Printed {
    /// The text as it reads.
    pub text: String,
    /// The part of the report where it stands, by its place among the parts.
    pub part: usize,
    /// What it is called: the metric's or the column's name.
    pub label: String,
    /// The metric's id, when it is one.
    #[serde(default)]
    pub metric: Option<String>,
    /// The sheet, when it is a cell.
    #[serde(default)]
    pub sheet: Option<usize>,
    /// The cell in A1 form.
    #[serde(default)]
    pub cell: Option<String>,
}

/// Rows of one ledger on one sheet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TableSource {
    /// The ledger's id.
    pub ledger: String,
    /// What it is called.
    pub title: String,
    /// The sheet.
    pub sheet: usize,
    /// Each column that the sheet has: id, name, letter.
    pub columns: Vec<(String, String, String)>,
    /// The rows.
    pub rows: Vec<TableRow>,
}

/// A row: its number as the spreadsheet program shows it, and what its cells say.
pub type TableRow = (u32, Vec<String>);

/// What `sources.json` says of a metric whatever its value and its cells are.
#[derive(Debug)]
pub struct MetricFacts {
    /// Up to its value.
    before: Json,
    /// Up to its cells.
    between: Json,
}

impl MetricFacts {
    /// The facts of the branches' metrics; `reads` tells which metrics each names.
    pub fn of_branches<'r>(notice: &Notice, reads: impl Iterator<Item = &'r [usize]>) -> Vec<Self> {
        let metrics = notice.metric.iter().zip(reads);
        metrics.map(|(metric, reads)| Self::of(metric, reads, notice)).collect()
    }

    /// Of a metric that names others, by their places in the notice.
    fn of((id, metric): (&String, &Metric), reads: &[usize], notice: &Notice) -> Self {
        let (mut before, mut between) = (Json::default(), Json::default());
        before.open().field("id").text(id).field("label").text(&metric.label).field("value");
        between.field("unit").text_or_null(metric.unit.as_deref()).field("expression").text(metric.expr.get_ref());
        let from = reads.iter().filter_map(|at| notice.metric.get_index(*at));
        between.field("from").list(|json| from.for_each(|(id, _)| _ = json.item().text(id))).field("cells");
        Self { before, between }
    }
}

/// Bytes of the longest of the lists that most branches need.
const ROOM: usize = 16 * 1024;

/// The bytes of `sources.json` for a branch's report.
pub fn sources_of(
    branch: &Branch,
    (metrics, facts): (&Metrics, &[MetricFacts]),
    report: &Report<'_>,
    tracer: &Tracer<'_>,
    notice: &Notice,
) -> Vec<u8> {
    let (mut sheets, mut lines) = (Sheets::default(), Json::with_capacity(ROOM));
    for (at, (facts, value)) in facts.iter().zip(metrics.values()).enumerate() {
        metric_entry(lines.line(), facts, value, |json| {
            tracer.cells(at).iter().for_each(|cells| cells_entries(json, cells, notice, &mut sheets));
        });
    }
    let printed = printed_lines(report, &mut sheets);
    let tables = table_lines(branch, notice, &mut sheets);
    whole(branch.name(), &sheets, lines, printed, tables)
}

/// The same for the department's report: its metrics with the branch metrics they were computed over, and what of the
/// branches it prints.
pub fn sources_of_department(
    metrics: &Metrics,
    report: &Report<'_>,
    tracer: &SummaryTracer<'_>,
    notice: &Notice,
) -> Vec<u8> {
    let mut sheets = Sheets::default();
    let printed = printed_lines(report, &mut sheets);
    let summary = notice.summary.iter().flat_map(|summary| &summary.metric);
    let mut lines = Json::default();
    for ((metric, value), reads) in summary.zip(metrics.values()).zip(tracer.reads()) {
        metric_entry(lines.line(), &MetricFacts::of(metric, reads, notice), value, |_| {});
    }
    let name = notice.summary.as_ref().map_or("", |summary| &summary.name);
    whole(name, &sheets, lines, printed, Json::default())
}

/// The file's bytes.
fn whole(name: &str, sheets: &Sheets, metrics: Json, (parts, printed): (Json, Json), tables: Json) -> Vec<u8> {
    let lists =
        [("sheets", sheets.lines()), ("metrics", metrics), ("parts", parts), ("printed", printed), ("tables", tables)];
    let bytes: usize = lists.iter().map(|(_, lines)| lines.len()).sum();
    let mut record = Record::with_capacity(bytes + 1024);
    record.field("branch").text(name);
    for (list, lines) in lists {
        record.lines(list, |json| _ = json.join(&lines));
    }
    record.into_bytes()
}

/// The sheets named so far.
#[derive(Default)]
struct Sheets(Vec<Arc<Source>>);

impl Sheets {
    fn place(&mut self, source: &Arc<Source>) -> usize {
        self.0.iter().position(|known| Arc::ptr_eq(known, source)).unwrap_or_else(|| {
            self.0.push(Arc::clone(source));
            self.0.len() - 1
        })
    }

    /// A [`SheetName`] each.
    fn lines(&self) -> Json {
        let mut lines = Json::default();
        for source in &self.0 {
            let fields = |json: &mut Json| _ = json.field("file").text(&source.file).field("sheet").text(&source.sheet);
            lines.line().object(fields);
        }
        lines
    }
}

/// A [`MetricSource`]; `cells` adds its cells.
fn metric_entry(json: &mut Json, facts: &MetricFacts, value: Option<Decimal>, cells: impl FnOnce(&mut Json)) {
    json.join(&facts.before);
    match value {
        Some(value) => json.decimal(value),
        None => json.null(),
    };
    json.join(&facts.between).list(cells).close();
}

/// [`Cells`] for each range.
fn cells_entries(
    json: &mut Json,
    MetricCells { ledger, column, ranges }: &MetricCells<'_>,
    notice: &Notice,
    sheets: &mut Sheets,
) {
    let Some((id, ledger)) = notice.ledger.get_index(*ledger) else { return };
    let column = column.and_then(|column| ledger.columns.get_index(column));
    for range in ranges.iter() {
        json.item().object(|json| {
            json.field("ledger").text(id).field("column").text_or_null(column.map(|(id, _)| id.as_str()));
            json.field("sheet").number(sheets.place(range.source)).field("range").plain(|out| range.add_a1(out));
        });
    }
}

/// The report's parts, and a [`Printed`] for everything in it that has an origin: of a department's report there are
/// many.
fn printed_lines(report: &Report<'_>, sheets: &mut Sheets) -> (Json, Json) {
    let (mut parts, mut printed) = (Json::default(), Json::with_capacity(ROOM));
    let (mut last, mut count) = (String::new(), 0);
    report.for_each_text(|text, part| {
        for inline in text {
            let (text, at): (Cow<'_, str>, u32) = match inline {
                Inline::Sourced(text, at) => (text.into(), *at),
                Inline::Gap(what, Some(at)) => (gap_text(what).into(), *at),
                Inline::Gap(_, None) | Inline::Text(_) | Inline::Break => continue,
            };
            let Some(origin) = report.provenance.get(at as usize) else { continue };
            if count == 0 || last != part {
                parts.line().text(part);
                part.clone_into(&mut last);
                count += 1;
            }
            printed_entry(printed.line(), &text, count - 1, origin, sheets);
        }
    });
    (parts, printed)
}

/// A [`Printed`] text.
fn printed_entry(json: &mut Json, text: &str, part: usize, origin: &Provenance<'_>, sheets: &mut Sheets) {
    json.object(|json| {
        json.field("text").text(text).field("part").number(part).field("label").text(&origin.label());
        match (&origin.computed, origin.ranges.first()) {
            (Some(computed), _) => _ = json.field("metric").text(computed.id),
            (None, Some(range)) => {
                json.field("sheet").number(sheets.place(range.source)).field("cell").plain(|out| range.add_a1(out));
            }
            (None, None) => {}
        }
    });
}

/// A [`TableSource`] for the branch's rows of each ledger on each sheet.
fn table_lines(branch: &Branch, notice: &Notice, sheets: &mut Sheets) -> Json {
    let mut lines = Json::with_capacity(ROOM);
    for (index, (id, ledger)) in notice.ledger.iter().enumerate() {
        let roster = *id == notice.roster.ledger;
        let rows =
            if roster { std::slice::from_ref(branch.roster_row()) } else { branch.rows(index).unwrap_or_default() };
        let alike = |a: &Row, b: &Row| Arc::ptr_eq(&a.source, &b.source) && a.columns().eq(b.columns());
        for rows in rows.chunk_by(alike) {
            table_entry(lines.line(), (id, ledger), rows, sheets);
        }
    }
    lines
}

/// A [`TableSource`] of rows that stand on one sheet in the same columns.
fn table_entry(json: &mut Json, (id, ledger): (&String, &Ledger), rows: &[Row], sheets: &mut Sheets) {
    let Some(first) = rows.first() else { return };
    json.object(|json| {
        json.field("ledger").text(id).field("title").text(&ledger.title);
        json.field("sheet").number(sheets.place(&first.source));
        let columns = ledger.columns.iter().zip(first.columns()).filter_map(|(column, col)| Some((column, col?)));
        json.field("columns").list(|json| {
            for ((id, column), col) in columns {
                let letters = column_letters(col);
                json.item().list(|json| _ = json.item().text(id).item().text(column.label()).item().text(&letters));
            }
        });
        json.field("rows").list(|json| rows.iter().for_each(|row| row_entry(json.item(), row)));
    });
}

/// A [`TableRow`].
fn row_entry(json: &mut Json, row: &Row) {
    json.list(|json| {
        json.item().number(row.row as usize + 1);
        json.item().list(|json| row.cells().flatten().for_each(|cell| said(json.item(), cell.value)));
    });
}

/// What a cell says, as text: dates as 2018-10-05, rates as fractions; nothing where it says nothing.
fn said(json: &mut Json, value: Value<'_>) {
    match value {
        Value::Missing => json.text(""),
        Value::Text(text) | Value::Invalid(text) | Value::Error(text) => json.text(text),
        Value::Formula(formula) => json.shown(format_args!("={formula}")),
        Value::Number(number) => json.decimal(number.normalize()),
        Value::Date(date) => json.shown(date),
        Value::Flag(flag) => json.text(if flag { "是" } else { "否" }),
    };
}
