//! Joins cells into ranges: cells below each other, then columns side by side.

use super::Range;
use crate::diagnostics::CellPosition;
use crate::model::Row;

/// The cells of one column in `rows`, joined where rows follow each other.
pub(super) fn of_column(rows: &[Row], column: usize) -> Vec<Range<'_>> {
    let cells = rows.iter().filter_map(|row| {
        let col = row.column(column)?;
        Some((row, col, col))
    });
    below_each_other(cells)
}

/// Whole rows, each from its first cell to its last, joined where they follow each other in the same columns.
pub(super) fn of_rows(rows: &[Row]) -> Vec<Range<'_>> {
    let spans = rows.iter().filter_map(|row| {
        let span =
            |span: Option<(u32, u32)>, col: u32| Some(span.map_or((col, col), |(a, b)| (a.min(col), b.max(col))));
        let (from, to) = row.columns().flatten().fold(None, span)?;
        Some((row, from, to))
    });
    below_each_other(spans)
}

fn below_each_other<'r>(spans: impl Iterator<Item = (&'r Row, u32, u32)>) -> Vec<Range<'r>> {
    let mut ranges: Vec<Range<'_>> = Vec::new();
    for (row, from, to) in spans {
        match ranges.last_mut() {
            Some(last)
                if *last.source == row.source
                    && (last.first.col, last.last.col) == (from, to)
                    && last.last.row + 1 == row.row =>
            {
                last.last.row = row.row;
            }
            _ => {
                let cell = |col| CellPosition { row: row.row, col };
                ranges.push(Range { source: &row.source, first: cell(from), last: cell(to) });
            }
        }
    }
    ranges
}

/// Ranges of several columns, joined where they are next to each other over the same rows.
pub(super) fn side_by_side(mut ranges: Vec<Range<'_>>) -> Vec<Range<'_>> {
    ranges.sort_by_key(|range| (range.source, range.first.row, range.last.row, range.first.col));
    ranges.dedup();
    let mut joined: Vec<Range<'_>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last)
                if last.source == range.source
                    && (last.first.row, last.last.row) == (range.first.row, range.last.row)
                    && range.first.col <= last.last.col + 1 =>
            {
                last.last.col = last.last.col.max(range.last.col);
            }
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::{of_column, of_rows, side_by_side};
    use crate::diagnostics::SheetRef;
    use crate::ingest::CellNotes;
    use crate::model::{Cell, Row, Value};
    use std::sync::Arc;

    fn row(source: &Arc<SheetRef>, row: u32, cols: &[u32]) -> Row {
        let cell = |col: &u32| Some(Cell { row, col: *col, value: Value::Missing, notes: CellNotes::default() });
        Row::new(Arc::clone(source), row, cols.iter().map(cell).chain([None]))
    }

    #[test]
    fn neighbouring_cells_form_one_range() {
        let source = Arc::new(SheetRef { file: "甲.xlsx".to_owned(), sheet: "一".to_owned() });
        let rows = [row(&source, 4, &[0, 2, 3]), row(&source, 5, &[0, 2, 3]), row(&source, 8, &[0, 2, 3])];
        let a1 = |ranges: Vec<super::Range<'_>>| -> Vec<String> {
            let mut addresses = vec![String::new(); ranges.len()];
            ranges.iter().zip(&mut addresses).for_each(|(range, address)| range.add_a1(address));
            addresses
        };
        assert_eq!(a1(of_column(&rows, 1)), ["C5:C6", "C9"]);
        assert!(of_column(&rows, 3).is_empty());
        assert_eq!(a1(of_rows(&rows)), ["A5:D6", "A9:D9"]);
        let columns = [of_column(&rows, 2), of_column(&rows, 0), of_column(&rows, 1)].concat();
        assert_eq!(a1(side_by_side(columns)), ["A5:A6", "C5:D6", "A9", "C9:D9"]);
    }
}
