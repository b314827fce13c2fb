//! Reads the metrics of a 汇总表.xlsx: sheets that begin with 序号, the word for branches and 类别; metrics are found
//! by their titles. The department's own metrics are not in such a table.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::{EarlierBranch, EarlierFile, EarlierRun, KnownMetrics};
use crate::diagnostics::{CellPosition, CellRef, Diagnostic, Location, SheetRef, code};
use crate::ingest::{self, RawCell, RawRow, RawSheet, Readers, fold};
use crate::model::{PreviousValue, PreviousValues};
use crate::notice::Notice;
use crate::pipeline::{BuildError, Settings};
use crate::workbook;

/// Rows from the top of a sheet among which the header is.
const HEADER_ROWS: usize = 5;
/// The columns of number, branch and kind.
const NUMBER: u32 = 0;
const BRANCH: u32 = 1;
const KIND: u32 = 2;
/// Characters of a cell that a finding shows.
const MAX_SHOWN: usize = 40;
/// Texts of cells without a value.
const NO_VALUE: [&str; 5] = [workbook::GAP, workbook::NO_ROWS, workbook::LEFT_OUT, workbook::NOT_APPLICABLE, ""];

/// A header: the columns of metrics, each with the metric's index.
struct Header {
    row: u32,
    metrics: Vec<MetricColumn>,
}

/// The column of a metric.
struct MetricColumn {
    col: u32,
    metric: usize,
}

/// Reads a table in a worker process.
///
/// # Errors
/// When it cannot be read, or has no sheet with a row for each branch.
pub(super) fn read(file: &EarlierFile, settings: &Settings, readers: &Readers) -> Result<EarlierRun, BuildError> {
    let sheets = ingest::sheets(&file.path, readers)
        .map_err(|refusal| BuildError::Refused { file: file.path.clone(), refusal })?;
    let notice = &settings.notice;
    let mut table = Table { metrics: notice.metric.len(), ..Table::default() };
    for sheet in &sheets {
        if let Some(header) = header(sheet, notice) {
            table.add(sheet, &header, &file.source(notice, &sheet.name));
        }
    }
    if table.branches.is_empty() {
        let reason = "不是汇总表：没有一张工作表的表头以“序号”、单位和“类别”开头，下面有单位的行";
        return Err(file.refusal(reason));
    }
    Ok(table.into_run())
}

/// A text without white space, for comparing titles.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

fn text(cell: Option<&RawCell>) -> Option<String> {
    match cell? {
        RawCell::Text(text) => Some(squeezed(text)),
        _ => None,
    }
}

/// The header of a sheet with a row for each branch; `None` when it has none.
fn header(sheet: &RawSheet, notice: &Notice) -> Option<Header> {
    let is_header = |row: &&RawRow| {
        text(row.get(NUMBER)).as_deref() == Some("序号") && text(row.get(KIND)).as_deref() == Some("类别")
    };
    let row = sheet.rows.iter().take(HEADER_ROWS).find(is_header)?;
    let mut metrics = Vec::new();
    for (col, cell) in row.cells.iter().filter(|(col, _)| *col > KIND) {
        let Some(title) = text(Some(cell)) else { continue };
        let has_title = |(label, unit): (&String, &Option<String>)| {
            let label = squeezed(label);
            let with_unit = unit.as_ref().map(|unit| format!("{label}（{}）", squeezed(unit)));
            title == with_unit.unwrap_or(label)
        };
        let metric = notice.metric.values().position(|metric| has_title((&metric.label, &metric.unit)));
        metrics.extend(metric.map(|metric| MetricColumn { col: *col, metric }));
    }
    (!metrics.is_empty()).then_some(Header { row: row.row, metrics })
}

/// The branches of all sheets.
#[derive(Default)]
struct Table {
    /// The number of metrics of the notice.
    metrics: usize,
    branches: Vec<TableBranch>,
    /// The branches' indices by their folded names.
    by_name: HashMap<String, usize>,
    known: KnownMetrics,
    findings: Vec<Diagnostic>,
}

struct TableBranch {
    name: String,
    values: Vec<Option<PreviousValue>>,
}

impl Table {
    /// Adds the rows below the header, up to the first without a number: the totals.
    fn add(&mut self, sheet: &RawSheet, header: &Header, source: &Arc<SheetRef>) {
        self.known.extend(header.metrics.iter().map(|column| (column.metric, None)));
        let below = sheet.rows.iter().filter(|row| row.row > header.row);
        for row in below.take_while(|row| matches!(row.get(NUMBER), Some(RawCell::Number(_)))) {
            let Some(RawCell::Text(name)) = row.get(BRANCH) else { continue };
            let metrics = self.metrics;
            let at = *self.by_name.entry(fold(name).into_owned()).or_insert_with(|| {
                self.branches.push(TableBranch { name: name.to_string(), values: vec![None; metrics] });
                self.branches.len() - 1
            });
            for column in &header.metrics {
                let place = CellPosition { row: row.row, col: column.col };
                match number(row.get(column.col)) {
                    Ok(Some(value)) => self.set(
                        at,
                        column.metric,
                        PreviousValue { value, source: Arc::clone(source), cell: Some(place) },
                    ),
                    Ok(None) => {}
                    Err(found) => self.findings.push(finding(source, place, "不是数，按没有数据写").found(found)),
                }
            }
        }
    }

    /// Sets a value; another one that is there already makes both unusable.
    fn set(&mut self, branch: usize, metric: usize, value: PreviousValue) {
        let TableBranch { name, values } = &mut self.branches[branch];
        match &values[metric] {
            Some(known) if known.value != value.value => {
                let message = format!("“{name}”的这个数在别处是 {}，不知道用哪个，用了先写的", known.value);
                if let Some(place) = value.cell {
                    self.findings.push(finding(&value.source, place, &message).found(value.value.to_string()));
                }
            }
            Some(_) => {}
            None => values[metric] = Some(value),
        }
    }

    fn into_run(self) -> EarlierRun {
        let branches = self.branches.into_iter();
        EarlierRun {
            branches: branches
                .map(|branch| EarlierBranch { name: branch.name, values: PreviousValues::new(branch.values) })
                .collect(),
            department: PreviousValues::default(),
            reporting: None,
            metrics: self.known,
            summary_metrics: KnownMetrics::new(),
            findings: self.findings,
        }
    }
}

/// A finding about a cell of the table.
fn finding(source: &Arc<SheetRef>, place: CellPosition, message: &str) -> Diagnostic {
    let cell = CellRef { source: Arc::clone(source), row: place.row, col: place.col };
    Diagnostic::new(&code::PREVIOUS_VALUE, Location::Cell(cell), message)
}

/// The number of a cell; `None` for a cell without a value.
///
/// # Errors
/// With the text of a cell that holds something else.
fn number(cell: Option<&RawCell>) -> Result<Option<Decimal>, String> {
    match cell {
        None => Ok(None),
        // The shortest decimal that gives this number again: what was written into the table.
        Some(RawCell::Number(number) | RawCell::Rate(number)) => {
            let text = number.value.to_string();
            text.parse().map(Some).map_err(|_| text)
        }
        Some(RawCell::Text(text)) if NO_VALUE.contains(&text.trim()) => Ok(None),
        Some(RawCell::Text(text)) => Err(text.to_string()),
        // A formula whose result the file does not have.
        Some(RawCell::Computed(computed)) => number(Some(&computed.result)),
        Some(other) => Err(other.to_text().chars().take(MAX_SHOWN).collect()),
    }
}
