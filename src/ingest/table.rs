//! A sheet read as one of the notice's ledgers: rows of typed cells, each with its address.

use std::sync::Arc;

use super::header::Header;
use super::raw::{RawRow, RawSheet};
use super::rows::{RowKind, classify};
use super::value::{self, Context, Value};
use crate::diag::{CellRef, Diagnostic, Place, Source, code};
use crate::notice::{Ledger, Notice};

/// One cell, at its place in the file (that of the merged range's first cell, when it is merged).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The row, from 0.
    pub row: u32,
    /// The column, from 0.
    pub col: u32,
    /// What it says.
    pub value: Value,
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

/// A ledger as one sheet brings it.
#[derive(Clone, Debug)]
pub struct Table {
    /// The ledger's place in the notice.
    pub ledger: usize,
    /// Its rows of data.
    pub rows: Vec<Row>,
}

/// Reads the rows below `header` as the notice's ledger number `ledger`.
pub fn read(
    sheet: &RawSheet,
    source: &Arc<Source>,
    header: &Header,
    ledger: (usize, &Ledger),
    notice: &Notice,
    findings: &mut Vec<Diagnostic>,
) -> Table {
    let (index, ledger) = ledger;
    let reader = RowReader {
        sheet,
        source,
        header,
        ledger,
        context: Context { year: notice.year(), epoch_1904: sheet.epoch_1904 },
    };
    let mut rows: Vec<Row> = Vec::new();
    for raw in sheet.rows.iter().filter(|row| row.row > header.last_row) {
        if classify(raw, sheet, header, ledger) == RowKind::Data {
            rows.push(reader.row(raw, rows.last(), findings));
        }
    }
    Table { ledger: index, rows }
}

struct RowReader<'a> {
    sheet: &'a RawSheet,
    source: &'a Arc<Source>,
    header: &'a Header,
    ledger: &'a Ledger,
    context: Context,
}

impl RowReader<'_> {
    fn row(&self, raw: &RawRow, above: Option<&Row>, findings: &mut Vec<Diagnostic>) -> Row {
        let columns = self.header.columns.iter().zip(self.ledger.columns.values()).enumerate();
        let cells = columns.map(|(index, (col, column))| {
            let col = (*col)?;
            let (at_row, at_col) = match raw.get(col) {
                Some(_) => (raw.row, col),
                None => self.sheet.anchor(raw.row, col).unwrap_or((raw.row, col)),
            };
            let content = self.sheet.get(at_row, at_col);
            if content.is_none() && column.fill_down && self.sheet.merges.is_none() {
                return above.and_then(|row| row.cells.get(index).cloned().flatten());
            }
            let (value, dropped) = value::read(content, column, self.context);
            if dropped > 0 {
                let place = Place::Cell(CellRef { source: Arc::clone(self.source), row: at_row, col: at_col });
                findings.push(Diagnostic::new(
                    &code::CONTROL,
                    place,
                    format!("去掉了 {dropped} 个不能出现在公文中的字符"),
                ));
            }
            Some(Cell { row: at_row, col: at_col, value })
        });
        Row { source: Arc::clone(self.source), row: raw.row, cells: cells.collect() }
    }
}
