//! Sheets as a file stores them, before any column is recognised.
//!
//! Rows and columns are counted from 0. Blank cells are absent.

use serde::{Deserialize, Serialize};

use super::merges::{Merge, Merges};
use super::raw_cell::RawCell;

/// A row's cells, by column, ascending; blank cells are absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawRow {
    /// The row's number, from 0, in the file.
    pub row: u32,
    /// Columns (from 0) and contents.
    pub cells: Vec<(u32, RawCell)>,
}

impl RawRow {
    /// The cell in column `col`.
    pub fn get(&self, col: u32) -> Option<&RawCell> {
        self.cells.binary_search_by_key(&col, |(c, _)| *c).ok().map(|at| &self.cells[at].1)
    }
}

/// A sheet. Only non-blank cells are stored; the extent that the file declares is ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawSheet {
    /// Its name; empty for a text file.
    pub name: String,
    /// Whether the workbook hides it.
    pub hidden: bool,
    /// Its non-blank rows, ascending.
    pub rows: Vec<RawRow>,
    /// Its merged ranges; `None` when the format's reader does not read them.
    pub merges: Option<Merges>,
    /// Rows that the workbook hides.
    pub hidden_rows: Vec<RowRange>,
    /// Columns that the workbook hides, ascending, with columns between the ranges.
    pub hidden_columns: Vec<ColumnRange>,
    /// Rows that the workbook marks as totals of a table or an outline.
    pub total_rows: Vec<u32>,
    /// Whether its formulas are to be computed when the workbook is opened, so that stored results say nothing.
    pub recalculates: bool,
    /// Whether its day numbers count from 1904.
    pub epoch_1904: bool,
    /// A cell that the file has twice, by row and column; the last content stays.
    pub repeated_cell: Option<(u32, u32)>,
    /// Cells, by row and column, at which pictures are anchored in rows without other content.
    pub loose_pictures: Vec<(u32, u32)>,
    /// The number of pictures that are anchored at no cell but at a place on the page.
    pub floating_pictures: u32,
}

impl RawSheet {
    /// The sheet with some of its rows.
    pub(super) fn with_rows(&self, rows: Vec<RawRow>) -> Self {
        Self {
            name: self.name.clone(),
            rows,
            merges: self.merges.clone(),
            hidden_rows: self.hidden_rows.clone(),
            hidden_columns: self.hidden_columns.clone(),
            total_rows: self.total_rows.clone(),
            loose_pictures: self.loose_pictures.clone(),
            ..*self
        }
    }

    /// The row numbered `row`; `None` when it is blank.
    pub fn row(&self, row: u32) -> Option<&RawRow> {
        self.rows.binary_search_by_key(&row, |r| r.row).ok().map(|at| &self.rows[at])
    }

    /// The cell at `row`, `col`; `None` when it is blank.
    pub fn get(&self, row: u32, col: u32) -> Option<&RawCell> {
        self.row(row)?.get(col)
    }

    /// The merged range that covers `row`, `col`.
    pub fn merge(&self, row: u32, col: u32) -> Option<&Merge> {
        self.merges.as_ref()?.over(row).find(|merge| (merge.first.1..=merge.last.1).contains(&col))
    }

    /// Whether the workbook hides column `col`.
    pub fn is_column_hidden(&self, col: u32) -> bool {
        let at = self.hidden_columns.partition_point(|range| range.last < col);
        self.hidden_columns.get(at).is_some_and(|range| range.first <= col)
    }

    /// Hides the columns of ranges in any order, and no others; adjoining and overlapping ranges become one.
    pub(super) fn hide_columns(&mut self, mut ranges: Vec<ColumnRange>) {
        ranges.retain(|range| range.first <= range.last);
        ranges.sort_unstable_by_key(|range| range.first);
        ranges.dedup_by(|next, range| {
            let adjoins = next.first <= range.last.saturating_add(1);
            if adjoins {
                range.last = range.last.max(next.last);
            }
            adjoins
        });
        self.hidden_columns = ranges;
    }

    /// The first cell of the merged range that covers `row`, `col`.
    pub fn anchor(&self, row: u32, col: u32) -> Option<(u32, u32)> {
        self.merge(row, col).map(|merge| merge.first)
    }

    /// Drops the cells that a merged range covers: no program shows what they hold.
    pub(super) fn drop_covered_cells(&mut self) {
        let Some(mut cover) = self.merges.as_ref().and_then(Merges::cover) else { return };
        for row in &mut self.rows {
            row.cells.retain(|(col, _)| !cover.covers(row.row, *col));
        }
        self.rows.retain(|row| !row.cells.is_empty());
    }

    /// Adds a picture to a row that has cells, where it covers a blank one or other pictures; notes one in any other
    /// row. A picture within a merged range belongs to the range's first cell.
    pub(super) fn add_picture(&mut self, PlacedPicture { row, col, part }: &PlacedPicture) {
        let (row, col) = self.anchor(*row, *col).unwrap_or((*row, *col));
        let Ok(at) = self.rows.binary_search_by_key(&row, |r| r.row) else {
            return self.loose_pictures.push((row, col));
        };
        let cells = &mut self.rows[at].cells;
        match cells.binary_search_by_key(&col, |(c, _)| *c) {
            Err(free) => cells.insert(free, (col, RawCell::Picture(part.as_str().into()))),
            Ok(same) => {
                if let RawCell::Picture(parts) = &mut cells[same].1 {
                    *parts = format!("{parts}\n{part}").into();
                }
            }
        }
    }

    /// Adds a cell unless it is blank.
    pub fn push(&mut self, row: u32, col: u32, raw: RawCell) {
        if !raw.is_blank() {
            self.insert(row, col, raw);
        }
    }

    /// Adds a cell that is not blank behind all others; gives it back when it does not belong there.
    pub(super) fn append(&mut self, row: u32, col: u32, raw: RawCell) -> Option<RawCell> {
        match self.rows.last_mut() {
            Some(last) if last.row == row && last.cells.last().is_some_and(|(before, _)| *before < col) => {
                last.cells.push((col, raw));
            }
            Some(last) if last.row >= row => return Some(raw),
            last => {
                // A row is most often as wide as the one before.
                let mut cells = Vec::with_capacity(last.map_or(8, |last| last.cells.len()));
                cells.push((col, raw));
                self.rows.push(RawRow { row, cells });
            }
        }
        None
    }

    /// Adds cells that are not blank, in any order; the last at a place stays. All are sorted at once: to insert one
    /// costs a move of all that follow.
    pub(super) fn extend(&mut self, later: Vec<PlacedCell>) {
        if later.is_empty() {
            return;
        }
        let cells =
            |RawRow { row, cells }| cells.into_iter().map(move |(col, content)| PlacedCell { row, col, content });
        let mut cells: Vec<_> = std::mem::take(&mut self.rows).into_iter().flat_map(cells).chain(later).collect();
        cells.sort_by_key(|cell| (cell.row, cell.col));
        cells.into_iter().for_each(|cell| self.insert(cell.row, cell.col, cell.content));
    }

    /// Adds a cell that is not blank; nearly all come in order, and the last at a place stays.
    fn insert(&mut self, row: u32, col: u32, raw: RawCell) {
        let Some(raw) = self.append(row, col, raw) else { return };
        match self.rows.binary_search_by_key(&row, |r| r.row) {
            Ok(at) => {
                let cells = &mut self.rows[at].cells;
                match cells.binary_search_by_key(&col, |(c, _)| *c) {
                    Ok(same) => cells[same].1 = raw,
                    Err(free) => cells.insert(free, (col, raw)),
                }
            }
            Err(at) => self.rows.insert(at, RawRow { row, cells: vec![(col, raw)] }),
        }
    }
}

/// What a file stores of a sheet apart from the cells that its reader sends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetMetadata {
    /// Hidden rows, ascending, adjoining ones as one range.
    pub hidden_rows: Vec<RowRange>,
    /// Hidden columns, in the order of the file.
    pub hidden_columns: Vec<ColumnRange>,
    /// Rows of totals, ascending.
    pub total_rows: Vec<u32>,
    /// Pictures, with the cells at which they are anchored.
    pub pictures: Vec<PlacedPicture>,
    /// The number of pictures that are anchored at no cell.
    pub floating_pictures: u32,
    /// Merged ranges; `None` leaves those that the sheet was started with.
    pub merges: Option<Vec<Merge>>,
    /// Cells that the format's reader passes over.
    pub missed_cells: Vec<PlacedCell>,
}

/// Consecutive rows, both ends included, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowRange {
    /// The first row of the range.
    pub first: u32,
    /// The last row of the range, included.
    pub last: u32,
}

/// Consecutive columns, both ends included, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnRange {
    /// The first column of the range.
    pub first: u32,
    /// The last column of the range, included.
    pub last: u32,
}

/// A picture that is anchored at a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedPicture {
    /// The cell's row, from 0.
    pub row: u32,
    /// The cell's column, from 0.
    pub col: u32,
    /// The name of the picture's part in the package; empty where the format's reader does not find it.
    pub part: String,
}

/// A cell with its row and column, from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedCell {
    /// The sheet's row.
    pub row: u32,
    /// The sheet's column.
    pub col: u32,
    /// What it holds.
    pub content: RawCell,
}

impl SheetMetadata {
    /// Adds hidden rows behind the ones that are there; adjoining rows become one range.
    pub fn hide_rows(&mut self, first: u32, last: u32) {
        match self.hidden_rows.last_mut() {
            Some(range) if range.last.checked_add(1) == Some(first) => range.last = last,
            _ => self.hidden_rows.push(RowRange { first, last }),
        }
    }

    /// Marks a row as one of totals. Rows are marked in ascending order; the last one again does nothing.
    pub(super) fn mark_total_row(&mut self, row: u32) {
        if self.total_rows.last() != Some(&row) {
            self.total_rows.push(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;

    use super::{ColumnRange, RawSheet};

    proptest::proptest! {
        #[test]
        fn columns_are_hidden_that_some_range_holds(ranges in vec((0_u32..40, 0_u32..40), 0..12)) {
            let mut sheet = RawSheet::default();
            let list: Vec<_> = ranges.into_iter().map(|(first, last)| ColumnRange { first, last }).collect();
            sheet.hide_columns(list.clone());
            for col in 0..42 {
                let is_hidden = list.iter().any(|range| (range.first..=range.last).contains(&col));
                proptest::prop_assert_eq!(sheet.is_column_hidden(col), is_hidden);
            }
            proptest::prop_assert!(sheet.hidden_columns.windows(2).all(|pair| pair[0].last + 1 < pair[1].first));
        }
    }
}
