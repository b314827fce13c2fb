//! The sources of a report: from its rows, metrics and printed texts to `sources.json` (`source_schema`).

use std::borrow::Cow;
use std::sync::Arc;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::source_schema::{Cells, ColumnSource, MetricSource, Printed, SheetName, Sources, TableRow, TableSource};
use crate::diagnostics::{SheetRef, column_letters};
use crate::metric::Metrics;
use crate::model::{Branch, Row, Value};
use crate::notice::{Ledger, Metric, Notice};
use crate::provenance::{Basis, ExpressionProvenance, MetricCells, Provenance, Range, SummaryTracer, Tracer};
use crate::report::{Inline, Report, gap_text};

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
            let previous = tracer.dependencies().get(index).map_or(&[][..], |reads| &reads.previous);
            source.previous = ids_of(previous, &notice.metric);
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
        let metrics = with_reads.enumerate().map(|(index, (((id, metric), value), reads))| {
            let mut source = metric_source(id, metric, value, reads, notice);
            let previous = tracer.previous(index);
            source.previous = notice.summary.as_ref().map(|own| ids_of(previous.own, &own.metric)).unwrap_or_default();
            source.previous.extend(ids_of(previous.of_branches, &notice.metric));
            source
        });
        Self {
            branch: notice.summary.as_ref().map_or("", |summary| &summary.name).into(),
            metrics: metrics.collect(),
            sheets: sheets.into_names(),
            parts,
            printed,
            tables: Vec::new(),
        }
    }
}

/// The sheets that were referred to so far.
#[derive(Default)]
struct Sheets<'a>(Vec<&'a Arc<SheetRef>>);

impl<'a> Sheets<'a> {
    /// The index of a sheet, added when it is new. A report has few sheets.
    fn index(&mut self, source: &'a Arc<SheetRef>) -> usize {
        self.0.iter().position(|known| *known == source).unwrap_or_else(|| {
            self.0.push(source);
            self.0.len() - 1
        })
    }

    fn into_names(self) -> Vec<SheetName<'a>> {
        let name = |source: &'a Arc<SheetRef>| SheetName {
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
        previous: Vec::new(),
        cells: Vec::new(),
    }
}

/// The ids of metrics with these indices.
fn ids_of<'a>(indices: &[usize], metrics: &'a IndexMap<String, Metric>) -> Vec<Cow<'a, str>> {
    indices.iter().filter_map(|index| Some(metrics.get_index(*index)?.0.as_str().into())).collect()
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
        (Some(ExpressionProvenance { metric: Some(id), .. }), _) => Printed { metric: Some((*id).into()), ..printed },
        (Some(ExpressionProvenance { expression, .. }), first) => Printed {
            expression: Some((*expression).into()),
            sheet: first.map(|range| sheets.index(range.source)),
            cells: origin.ranges.iter().map(a1).collect(),
            ..printed
        },
        (None, Some(range)) => Printed { sheet: Some(sheets.index(range.source)), cell: Some(a1(range)), ..printed },
        (None, None) => match origin.basis {
            Basis::PreviousRun(source) => Printed { sheet: Some(sheets.index(source)), ..printed },
            _ => printed,
        },
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
