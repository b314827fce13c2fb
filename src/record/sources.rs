//! `sources.json`: from which cells a branch's report has its figures and texts, and what stands in them.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Lines, json, lines};
use crate::diag::{Source, column_letters};
use crate::figure::Figures;
use crate::model::{Branch, Row, Value};
use crate::notice::Notice;
use crate::origin::{FigureCells, Overall, Tracer};
use crate::report::{Inline, Report, gap_text};

/// Text of a record: borrowed while it is written, its own once it is read.
type Text<'a> = Cow<'a, str>;

/// The sources of a branch's report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources<'a> {
    /// The branch.
    pub branch: Text<'a>,
    /// The sheets that the rest points to by their places here.
    pub sheets: Vec<SheetName<'a>>,
    /// Every figure.
    pub figures: Vec<FigureSource<'a>>,
    /// The parts of the report that the printed texts stand in.
    pub parts: Vec<Text<'a>>,
    /// Every text of the report that comes from ledgers, in the order in which it is read.
    pub printed: Vec<Printed<'a>>,
    /// The branch's rows as they were read.
    pub tables: Vec<TableSource<'a>>,
}

/// A sheet of a ledger file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetName<'a> {
    /// The file's path below the input folder.
    pub file: Text<'a>,
    /// The sheet's name; empty for a text file.
    pub sheet: Text<'a>,
}

/// A figure with what it was computed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureSource<'a> {
    /// Its id.
    pub id: Text<'a>,
    /// What it is called.
    pub label: Text<'a>,
    /// Its value; none when the ledgers do not give it.
    pub value: Option<Text<'a>>,
    /// Its unit.
    pub unit: Option<Text<'a>>,
    /// Its expression.
    pub expression: Text<'a>,
    /// The figures that the expression names.
    pub from: Vec<Text<'a>>,
    /// The cells that it and those figures read.
    pub cells: Vec<Cells<'a>>,
}

/// Cells of one column, or whole rows that were counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cells<'a> {
    /// The ledger's id.
    pub ledger: Text<'a>,
    /// The column's id; none for whole rows.
    pub column: Option<Text<'a>>,
    /// The sheet.
    pub sheet: usize,
    /// The cells in A1 form.
    pub range: Text<'a>,
}

/// A text of the report that comes from ledgers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed<'a> {
    /// The text as it reads.
    pub text: Text<'a>,
    /// The part of the report where it stands, by its place among the parts.
    pub part: usize,
    /// What it is called: the figure's or the column's name.
    pub label: Text<'a>,
    /// The figure's id, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figure: Option<Text<'a>>,
    /// The sheet, when it is a cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<usize>,
    /// The cell in A1 form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<Text<'a>>,
}

/// Rows of one ledger on one sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSource<'a> {
    /// The ledger's id.
    pub ledger: Text<'a>,
    /// What it is called.
    pub title: Text<'a>,
    /// The sheet.
    pub sheet: usize,
    /// Each column that the sheet has: id, name, letter.
    pub columns: Vec<(Text<'a>, Text<'a>, Text<'a>)>,
    /// The rows.
    pub rows: Vec<TableRow<'a>>,
}

/// A row: its number as the spreadsheet program shows it, and what its cells say.
pub type TableRow<'a> = (u32, Vec<Text<'a>>);

/// The bytes of `sources.json` for a branch's report.
pub fn sources_of(
    branch: &Branch,
    figures: &Figures,
    report: &Report<'_>,
    tracer: &Tracer<'_>,
    notice: &Notice,
) -> Vec<u8> {
    let mut sheets = Sheets::default();
    let figures = figure_sources(figures, tracer, notice, &mut sheets);
    let (parts, printed) = printed(report, &mut sheets);
    let tables = tables(branch, notice, &mut sheets);
    whole(branch.name(), sheets, &figures, (&parts, printed), &tables)
}

/// The same for the department's report: its figures with the branch figures they were computed over, and what of the
/// branches it prints.
pub fn sources_of_department(figures: &Figures, report: &Report<'_>, tracer: &Overall<'_>, notice: &Notice) -> Vec<u8> {
    let mut sheets = Sheets::default();
    let (parts, printed) = printed(report, &mut sheets);
    let summary = notice.summary.iter().flat_map(|summary| &summary.figure);
    let figures =
        summary.zip(figures.values()).zip(tracer.reads()).map(|(((id, figure), value), reads)| FigureSource {
            id: id.into(),
            label: figure.label.as_str().into(),
            value: value.map(|value| value.to_string().into()),
            unit: figure.unit.as_deref().map(Text::from),
            expression: figure.expr.get_ref().into(),
            from: reads.iter().filter_map(|at| Some(notice.figure.get_index(*at)?.0.as_str().into())).collect(),
            cells: Vec::new(),
        });
    let figures: Vec<FigureSource<'_>> = figures.collect();
    let name = notice.summary.as_ref().map_or("", |summary| &summary.name);
    whole(name, sheets, &figures, (&parts, printed), &[])
}

/// The file's bytes.
fn whole(
    name: &str,
    sheets: Sheets,
    figures: &[FigureSource<'_>],
    (parts, printed): (&[String], Lines),
    tables: &[TableSource<'_>],
) -> Vec<u8> {
    let mut out = Vec::with_capacity(printed.len() + 16 * 1024);
    out.extend_from_slice(b"{\n\"branch\": ");
    json(&mut out, name);
    lines(&mut out, "sheets", &sheets.names());
    lines(&mut out, "figures", figures);
    lines(&mut out, "parts", parts);
    printed.add_to(&mut out, "printed");
    lines(&mut out, "tables", tables);
    out.extend_from_slice(b"\n}\n");
    out
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

    fn names<'a>(self) -> Vec<SheetName<'a>> {
        let name = |source: Arc<Source>| SheetName {
            file: Text::Owned(source.file.clone()),
            sheet: Text::Owned(source.sheet.clone()),
        };
        self.0.into_iter().map(name).collect()
    }
}

/// Every figure with its cells.
fn figure_sources<'a>(
    figures: &Figures,
    tracer: &Tracer<'a>,
    notice: &'a Notice,
    sheets: &mut Sheets,
) -> Vec<FigureSource<'a>> {
    let id_of = |at: usize| notice.figure.get_index(at).map(|(id, _)| Text::from(id.as_str()));
    let described = notice.figure.iter().zip(tracer.reads()).enumerate().map(|(at, ((id, figure), reads))| {
        let mut cells = Vec::new();
        for FigureCells { ledger, column, ranges } in tracer.cells(at) {
            let Some((ledger, columns)) = notice.ledger.get_index(*ledger).map(|(id, l)| (id, &l.columns)) else {
                continue;
            };
            let column = column.and_then(|column| columns.get_index(column)).map(|(id, _)| Text::from(id.as_str()));
            cells.extend(ranges.iter().map(|range| Cells {
                ledger: ledger.into(),
                column: column.clone(),
                sheet: sheets.place(&range.source),
                range: range.a1().into(),
            }));
        }
        FigureSource {
            id: id.into(),
            label: figure.label.as_str().into(),
            value: figures.value(at).map(|value| value.to_string().into()),
            unit: figure.unit.as_deref().map(Text::from),
            expression: figure.expr.get_ref().into(),
            from: reads.figures.iter().filter_map(|part| id_of(*part)).collect(),
            cells,
        }
    });
    described.collect()
}

/// The report's parts, and everything in it that has an origin: of a department's report there are many.
fn printed(report: &Report<'_>, sheets: &mut Sheets) -> (Vec<String>, Lines) {
    let mut parts: Vec<String> = Vec::new();
    let mut printed = Lines::default();
    report.visit(|text, part| {
        for inline in text {
            let (text, at): (Text<'_>, u32) = match inline {
                Inline::Sourced(text, at) => (text.into(), *at),
                Inline::Gap(what, Some(at)) => (gap_text(what).into(), *at),
                Inline::Gap(_, None) | Inline::Text(_) | Inline::Break => continue,
            };
            let Some(origin) = report.origins.get(at as usize) else { continue };
            if parts.last().is_none_or(|last| last != part) {
                parts.push(part.to_owned());
            }
            let cell = if origin.computed.is_some() { None } else { origin.ranges.first() };
            printed.push(&Printed {
                text,
                part: parts.len() - 1,
                label: origin.label(),
                figure: origin.computed.map(|computed| computed.id.into()),
                sheet: cell.map(|range| sheets.place(&range.source)),
                cell: cell.map(|range| range.a1().into()),
            });
        }
    });
    (parts, printed)
}

/// The branch's rows, those of one ledger on one sheet together.
fn tables<'a>(branch: &'a Branch, notice: &'a Notice, sheets: &mut Sheets) -> Vec<TableSource<'a>> {
    let mut tables: Vec<TableSource<'a>> = Vec::new();
    for (index, (id, ledger)) in notice.ledger.iter().enumerate() {
        let roster = *id == notice.roster.ledger;
        let rows =
            if roster { std::slice::from_ref(branch.roster_row()) } else { branch.rows(index).unwrap_or_default() };
        let mut before: Option<&Row> = None;
        for row in rows {
            let values = || row.cells().flatten().map(|cell| said(cell.value)).collect();
            let alike = before
                .is_some_and(|before| Arc::ptr_eq(&before.source, &row.source) && before.columns().eq(row.columns()));
            before = Some(row);
            match tables.last_mut().filter(|_| alike) {
                Some(table) => table.rows.push((row.row + 1, values())),
                None => {
                    let columns = ledger.columns.iter().zip(row.columns());
                    let columns = columns.filter_map(|((id, column), col)| {
                        Some((id.into(), column.label().into(), column_letters(col?).into()))
                    });
                    tables.push(TableSource {
                        ledger: id.into(),
                        title: ledger.title.as_str().into(),
                        sheet: sheets.place(&row.source),
                        columns: columns.collect(),
                        rows: vec![(row.row + 1, values())],
                    });
                }
            }
        }
    }
    tables
}

/// What a cell says, as text: dates as 2018-10-05, rates as fractions; nothing where it says nothing.
fn said(value: Value<'_>) -> Text<'_> {
    match value {
        Value::Missing => Text::default(),
        Value::Text(text) | Value::Invalid(text) | Value::Error(text) => text.into(),
        Value::Formula(formula) => format!("={formula}").into(),
        Value::Number(number) => number.normalize().to_string().into(),
        Value::Date(date) => date.to_string().into(),
        Value::Flag(flag) => (if flag { "是" } else { "否" }).into(),
    }
}
