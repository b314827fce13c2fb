//! A row of a ledger: its typed cells, packed (see `row_codec`).
//!
//! A department has hundreds of thousands of cells, most of which are read a few times; a row is one allocation.

use std::sync::Arc;

use super::cell::{Cell, Value};
use super::row_codec::{NOTED, RowDecoder, RowEncoder};
use crate::diagnostics::{CellRef, SheetRef};

/// A row of data; its cells are in the order of the ledger's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The sheet that it is from, shared by the rows of the sheet.
    pub source: Arc<SheetRef>,
    /// The sheet's row, from 0.
    pub row: u32,
    packed: Box<str>,
}

impl Row {
    /// Packs a row of one cell for each column of the ledger, `None` where the sheet has no such column.
    pub fn new<'c>(source: Arc<SheetRef>, row: u32, cells: impl Iterator<Item = Option<Cell<'c>>>) -> Self {
        let mut encoder = RowEncoder::default();
        encoder.begin(row);
        cells.for_each(|cell| encoder.cell(cell));
        Self::from_encoder(&encoder, source)
    }

    /// The row that `encoder` has packed, of the sheet `source`.
    pub fn from_encoder(encoder: &RowEncoder, source: Arc<SheetRef>) -> Self {
        Self { source, row: encoder.row(), packed: encoder.packed().into() }
    }

    /// Its cells; `None` where the sheet has no such column.
    pub fn cells(&self) -> impl Iterator<Item = Option<Cell<'_>>> {
        let mut rest = self.decoder();
        std::iter::from_fn(move || rest.cell())
    }

    /// The sheet columns of its cells, from 0; `None` where the sheet has no such column.
    pub fn columns(&self) -> impl Iterator<Item = Option<u32>> {
        let mut rest = self.decoder();
        std::iter::from_fn(move || rest.column())
    }

    /// The cell of column `index`, when the sheet has that column.
    pub fn cell(&self, index: usize) -> Option<Cell<'_>> {
        self.decoder_at(index)?.cell().flatten()
    }

    /// The sheet column, from 0, of the cell of column `index`, when the sheet has that column.
    pub fn column(&self, index: usize) -> Option<u32> {
        self.decoder_at(index)?.column().flatten()
    }

    fn decoder(&self) -> RowDecoder<'_> {
        RowDecoder::new(self.row, &self.packed)
    }

    /// A decoder past the first `cells`.
    fn decoder_at(&self, cells: usize) -> Option<RowDecoder<'_>> {
        let mut rest = self.decoder();
        (0..cells).try_for_each(|_| rest.skip().map(drop))?;
        Some(rest)
    }

    /// The address of the cell of column `index`; of the row's first cell when the sheet has no such column.
    pub fn cell_ref(&self, index: usize) -> CellRef {
        let cell = self.cell(index).or_else(|| self.cells().flatten().next());
        let (row, col) = cell.map_or((self.row, 0), |cell| (cell.row, cell.col));
        CellRef { source: Arc::clone(&self.source), row, col }
    }

    /// The value of column `index`; missing when the sheet has no such column.
    pub fn value(&self, index: usize) -> Value<'_> {
        self.decoder_at(index).and_then(|mut rest| rest.value()).unwrap_or(Value::Missing)
    }

    /// Whether some cell has notes.
    pub fn has_notes(&self) -> bool {
        let mut rest = self.decoder();
        std::iter::from_fn(|| rest.skip()).any(|head| head & NOTED != 0)
    }

    /// Its cells, packed: equal for rows with equal cells at equal addresses relative to the row.
    pub fn packed(&self) -> &str {
        &self.packed
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::Date;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::{Cell, Row};
    use crate::diagnostics::SheetRef;
    use crate::ingest::{CellFault, CellNotes, Value};

    /// A cell, but for its text.
    type Plan = (u32, u32, u8, i64, u32, CellNotes);

    fn cell<'t>((row, col, kind, number, small, notes): Plan, text: &'t str) -> Cell<'t> {
        let value = match kind {
            0 => Value::Missing,
            1..=3 => Value::Unusable(CellFault::ALL[small as usize % CellFault::ALL.len()], text),
            4 => Value::Text(text),
            5 => Value::Number(Decimal::new(number, small % 29)),
            6 => {
                Value::Date(Date::new((number % 9_999) as i16, (small % 12 + 1) as i8, (small % 28 + 1) as i8).unwrap())
            }
            9 => Value::Picture(text),
            7 => Value::Number([Decimal::MAX, Decimal::MIN, Decimal::ZERO][small as usize % 3]),
            _ => Value::Flag(number > 0),
        };
        Cell { row, col, value, notes }
    }

    fn notes() -> impl Strategy<Value = CellNotes> {
        (any::<u32>(), any::<[bool; 6]>(), any::<Option<(u32, u32)>>()).prop_map(
            |(dropped, [doubtful, bare, filled, completed, struck, computed], merged)| CellNotes {
                dropped,
                doubtful,
                bare,
                filled,
                completed,
                struck,
                computed,
                merged,
            },
        )
    }

    proptest! {
        #[test]
        fn a_row_is_unpacked_as_it_was_packed(
            row in any::<u32>(),
            plans in proptest::collection::vec(
                proptest::option::of((
                    (any::<u32>(), any::<u32>(), 0_u8..10, any::<i64>(), any::<u32>(),
                        prop_oneof![Just(CellNotes::default()), notes()]),
                    "\\PC{0,70}",
                )),
                0..12,
            ),
        ) {
            let cells: Vec<_> = plans.iter().map(|plan| plan.as_ref().map(|(plan, text)| cell(*plan, text))).collect();
            let source = Arc::new(SheetRef { file: String::new(), sheet: String::new() });
            let packed = Row::new(source, row, cells.iter().copied());
            prop_assert_eq!(packed.cells().collect::<Vec<_>>(), cells.clone());
            for (at, cell) in cells.iter().enumerate() {
                prop_assert_eq!(packed.cell(at), *cell);
                prop_assert_eq!(packed.value(at), cell.map_or(Value::Missing, |cell| cell.value));
                prop_assert_eq!(packed.column(at), cell.map(|cell| cell.col));
            }
            let columns: Vec<_> = cells.iter().map(|cell| cell.map(|cell| cell.col)).collect();
            prop_assert_eq!(packed.columns().collect::<Vec<_>>(), columns);
            let has_notes = cells.iter().flatten().any(|cell| cell.notes != CellNotes::default());
            prop_assert_eq!(packed.has_notes(), has_notes);
        }
    }
}
