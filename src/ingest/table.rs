//! A sheet read as one of the notice's ledgers: rows of typed cells, each with its address, and what is worth
//! knowing of the sheet besides.

use std::sync::Arc;

use super::header::Header;
use super::raw::{RawRow, RawSheet};
use super::rows::{Classifier, RowKind};
use super::totals::{Total, Totals};
use super::value::{self, Context, Notes, Value};
use crate::diag::{CellRef, Source};
use crate::notice::{ColumnType, Ledger, Notice};

/// One cell, at its place in the file (that of the merged range's first cell, when it is merged).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The row, from 0.
    pub row: u32,
    /// The column, from 0.
    pub col: u32,
    /// What it says.
    pub value: Value,
    /// How it was read.
    pub notes: Notes,
}

/// One row of data, its cells in the order of the ledger's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The sheet it stands on.
    pub source: Arc<Source>,
    /// The row, from 0.
    pub row: u32,
    /// One cell a column of the ledger; `None` where the sheet has no such column.
    pub cells: Vec<Option<Cell>>,
}

impl Row {
    /// The address of the cell of column `index`; of the row's first cell when the sheet has no such column.
    pub fn cell_ref(&self, index: usize) -> CellRef {
        let at = self.cells.get(index).and_then(Option::as_ref).or_else(|| self.cells.iter().flatten().next());
        let (row, col) = at.map_or((self.row, 0), |cell| (cell.row, cell.col));
        CellRef { source: Arc::clone(&self.source), row, col }
    }

    /// What column `index` says.
    pub fn value(&self, index: usize) -> &Value {
        self.cells.get(index).and_then(Option::as_ref).map_or(&Value::Missing, |cell| &cell.value)
    }
}

/// What is worth knowing of a sheet besides its rows.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Where it stands.
    pub source: Arc<Source>,
    /// The ledger it brings, by its place in the notice.
    pub ledger: usize,
    /// Where its columns stand.
    pub header: Header,
    /// Rows of data that the workbook hides: the first and the last of each run.
    pub hidden_rows: Vec<(u32, u32)>,
    /// Its total rows, with the sums of what stands above them.
    pub totals: Vec<Total>,
    /// Names that may say whose sheet it is, when no column does: sheet, file, folders, lines above the header.
    pub owners: Vec<String>,
}

/// A ledger as one sheet brings it.
#[derive(Clone, Debug)]
pub struct Table {
    /// The sheet.
    pub sheet: Sheet,
    /// Its rows of data.
    pub rows: Vec<Row>,
}

/// Reads the rows below `header` as the notice's ledger number `ledger`.
pub fn read(raw: &RawSheet, source: &Arc<Source>, header: Header, ledger: (usize, &Ledger), notice: &Notice) -> Table {
    let (index, ledger) = ledger;
    let reader = RowReader {
        sheet: raw,
        source,
        header: &header,
        ledger,
        context: Context { year: notice.year(), epoch_1904: raw.epoch_1904, percents: false },
    };
    let mut rows: Vec<Row> = Vec::new();
    let mut totals = Totals::new(ledger);
    let classifier = Classifier::new(raw, &header, ledger);
    for line in raw.rows.iter().filter(|row| row.row > header.last_row) {
        match classifier.kind(line) {
            RowKind::Data => {
                let row = reader.row(line, rows.last());
                totals.add(&row, ledger);
                rows.push(row);
            }
            RowKind::Total => totals.compare(line, &header, ledger),
            RowKind::Note | RowKind::Header => {}
        }
    }
    doubt_mixed_rates(&mut rows, ledger);
    let hidden = |(first, last): &(u32, u32)| {
        let run = rows.partition_point(|row| row.row < *first)..rows.partition_point(|row| row.row <= *last);
        rows.get(run).filter(|run| !run.is_empty()).map(|run| (run[0].row, run[run.len() - 1].row))
    };
    let sheet = Sheet {
        source: Arc::clone(source),
        ledger: index,
        hidden_rows: raw.hidden_rows.iter().filter_map(hidden).collect(),
        totals: totals.found,
        owners: owners(raw, source, &header),
        header,
    };
    Table { sheet, rows }
}

/// In a column where some rates are written as 85 and others as 0.5 or 1, the small ones may be percentages too.
fn doubt_mixed_rates(rows: &mut [Row], ledger: &Ledger) {
    for (index, _) in ledger.columns.values().enumerate().filter(|(_, column)| column.kind == ColumnType::Percent) {
        let mut cells = rows.iter().filter_map(|row| row.cells[index].as_ref());
        if cells.any(|cell| cell.notes.bare && cell.notes.doubtful) {
            let bare = rows.iter_mut().filter_map(|row| row.cells[index].as_mut()).filter(|cell| cell.notes.bare);
            bare.for_each(|cell| cell.notes.doubtful = true);
        }
    }
}

/// Names that may say whose sheet it is, the nearest first.
fn owners(raw: &RawSheet, source: &Source, header: &Header) -> Vec<String> {
    let above = raw.rows.iter().take_while(|row| row.row < header.first_row).flat_map(|row| &row.cells);
    let mut path: Vec<&str> = source.file.split('/').collect();
    let stem = path.pop().map(|file| file.rsplit_once('.').map_or(file, |(stem, _)| stem));
    let names = std::iter::once(source.sheet.as_str()).chain(stem).chain(path.into_iter().rev()).map(str::to_owned);
    names.chain(above.map(|(_, cell)| cell.to_text())).filter(|name| !name.is_empty()).collect()
}

struct RowReader<'a> {
    sheet: &'a RawSheet,
    source: &'a Arc<Source>,
    header: &'a Header,
    ledger: &'a Ledger,
    context: Context,
}

impl RowReader<'_> {
    fn row(&self, raw: &RawRow, above: Option<&Row>) -> Row {
        let columns = self.header.columns.iter().zip(self.ledger.columns.values()).enumerate();
        let cells = columns.map(|(index, (col, column))| {
            let col = (*col)?;
            let merge = if raw.get(col).is_none() { self.sheet.merge(raw.row, col) } else { None };
            let (at_row, at_col) = merge.map_or((raw.row, col), |merge| merge.first);
            let content = self.sheet.get(at_row, at_col);
            if content.is_none() && column.fill_down && self.sheet.merges.is_none() {
                let mut cell = above.and_then(|row| row.cells.get(index).cloned().flatten())?;
                cell.notes.filled = true;
                return Some(cell);
            }
            let context = Context { percents: self.header.percents[index], ..self.context };
            let (value, mut notes) = value::read(content, column, context);
            notes.merged = merge.filter(|_| column.kind.is_number() && at_row != raw.row).map(|merge| merge.last);
            Some(Cell { row: at_row, col: at_col, value, notes })
        });
        Row { source: Arc::clone(self.source), row: raw.row, cells: cells.collect() }
    }
}
