//! Reads the cells of single rows of a ledger, by the places of its columns.
//!
//! Input: the raw rows of a sheet with their [`Header`]. Output: [`Row`]s of typed cells, and what single rows show
//! beside data: whose they are, fields that are not parted as the header is.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::cell::{Cell, CellNotes, Value};
use super::cell_reader::{self, ReadContext, TypedCell};
use super::header::Header;
use super::raw_sheet::{RawRow, RawSheet};
use super::row::Row;
use super::row_codec::RowEncoder;
use crate::diagnostics::SheetRef;
use crate::notice::{ColumnType, Ledger};

/// A row with a text where the name of a branch belongs, and no content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchOnlyRow {
    /// The sheet's row, from 0.
    pub row: u32,
    /// The column of the text, from 0.
    pub col: u32,
    /// The text, as the cell shows it.
    pub text: String,
}

/// How a row of a text file disagrees with its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// A field is behind the last one of the header.
    BeyondHeader,
    /// One field holds those of the whole row, parted by full-width commas.
    FullWidthCommas,
}

/// A field of a text file that shows such a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultyField {
    /// What is wrong with it.
    pub fault: FieldFault,
    /// Its row, from 0; blank lines count, line ends inside quotes do not.
    pub row: u32,
    /// Its column, from 0.
    pub col: u32,
    /// What it shows.
    pub text: String,
}

/// Reads the rows of one ledger on one sheet.
pub(super) struct RowReader<'a> {
    encoder: RowEncoder,
    sheet: &'a RawSheet,
    source: &'a Arc<SheetRef>,
    header: &'a Header,
    ledger: &'a Ledger,
    /// See [`column_units::factors`](super::column_units::factors).
    factors: &'a [Option<Decimal>],
    context: ReadContext,
    /// See [`last_header_column`].
    last_header_column: Option<u32>,
}

impl<'a> RowReader<'a> {
    /// For the rows of `sheet` below that header of that ledger; `year` completes days without one.
    pub(super) fn new(
        sheet: &'a RawSheet,
        source: &'a Arc<SheetRef>,
        header: &'a Header,
        ledger: &'a Ledger,
        factors: &'a [Option<Decimal>],
        year: i16,
    ) -> Self {
        let last_header_column = last_header_column(sheet, source, header);
        let context = ReadContext::new(year, sheet.epoch_1904);
        Self { encoder: RowEncoder::default(), sheet, source, header, ledger, factors, context, last_header_column }
    }

    /// Whether a row has a cell in a column with `fill_down` and no other cell of the ledger.
    pub(super) fn is_heading(&self, raw: &RawRow) -> bool {
        let columns = self.header.columns.iter().zip(self.ledger.columns.values());
        let mut filled = columns.filter(|(col, _)| col.is_some_and(|col| raw.get(col).is_some()));
        filled.next().is_some_and(|(_, column)| column.fill_down) && filled.next().is_none()
    }

    /// The row's branch, when the row has a cell in the branch column and, but for its number, no other cell.
    pub(super) fn branch_only(&self, raw: &RawRow) -> Option<BranchOnlyRow> {
        let columns = || self.header.columns.iter().zip(self.ledger.columns.values());
        let of_kind = |kind: ColumnType| columns().filter(move |(_, column)| column.kind == kind);
        let col = of_kind(ColumnType::Branch).find_map(|(col, _)| col.filter(|col| raw.get(*col).is_some()))?;
        let is_number = |at: &u32| of_kind(ColumnType::Serial).any(|(serial, _)| *serial == Some(*at));
        let is_alone = raw.cells.iter().all(|(at, _)| *at == col || is_number(at));
        let text = || raw.get(col).map_or_else(String::new, |cell| cell.to_text().into_owned());
        is_alone.then(|| BranchOnlyRow { row: raw.row, col, text: text() })
    }

    /// The first cell of a row of a text file behind the last column of the header.
    pub(super) fn beyond_header(&self, raw: &RawRow) -> Option<FaultyField> {
        let last = self.last_header_column?;
        let (col, cell) = raw.cells.iter().find(|(col, _)| *col > last)?;
        let text = cell.to_text().into_owned();
        Some(FaultyField { fault: FieldFault::BeyondHeader, row: raw.row, col: *col, text })
    }

    /// The only cell of a row of a text file, when full-width commas part it into as many fields as the header has.
    pub(super) fn not_parted(&self, raw: &RawRow) -> Option<FaultyField> {
        let last = self.last_header_column.filter(|last| *last > 0)?;
        let [(col, cell)] = raw.cells.as_slice() else { return None };
        let text = cell.to_text().into_owned();
        let commas = text.matches('，').count();
        let is_row = commas == last as usize && !text.contains('。');
        is_row.then_some(FaultyField { fault: FieldFault::FullWidthCommas, row: raw.row, col: *col, text })
    }

    /// Reads a row; `above` is the row before it.
    pub(super) fn row(&mut self, raw: &RawRow, above: Option<&Row>) -> Row {
        let encoder = &mut self.encoder;
        encoder.begin(raw.row);
        for (index, (col, column)) in self.header.columns.iter().zip(self.ledger.columns.values()).enumerate() {
            let Some(col) = *col else {
                encoder.cell(None);
                continue;
            };
            // Without a cell of its own, the first cell of the merged range that covers the place.
            let own = raw.get(col);
            let merge = if own.is_none() { self.sheet.merge(raw.row, col) } else { None };
            let place = (raw.row, col);
            let (row, col) = merge.map_or(place, |merge| merge.first);
            let content = own.or_else(|| self.sheet.get(row, col));
            if column.fill_down
                && content.is_none_or(cell_reader::repeats_above)
                && let Some(cell) =
                    above.and_then(|above| above.cell(index)).filter(|cell| cell.value != Value::Missing)
            {
                encoder.cell(Some(Cell { notes: CellNotes { filled: true, ..cell.notes }, ..cell }));
                continue;
            }
            let (parts, header_factor) = (self.header.parts[index], self.factors[index]);
            let context = ReadContext { parts, header_factor, ..self.context };
            let TypedCell { value, mut notes } = cell_reader::read(content, column, context);
            notes.merged = merge.filter(|_| column.kind.is_number() && (row, col) != place).map(|merge| merge.last);
            encoder.cell(Some(Cell { row, col, value: value.with(AsRef::as_ref), notes }));
        }
        Row::from_encoder(encoder, Arc::clone(self.source))
    }
}

/// The last column of the header in a text file, whose rows may have more fields; `None` in other files.
fn last_header_column(raw: &RawSheet, source: &SheetRef, header: &Header) -> Option<u32> {
    let rows = raw.rows.iter().take_while(|row| row.row <= header.last_row).filter(|row| row.row >= header.first_row);
    let last = || rows.filter_map(|row| row.cells.last()).map(|(col, _)| *col).max();
    if source.sheet.is_empty() { last() } else { None }
}
