//! Splits a sheet with tables one below the other.
//!
//! The header of another ledger, or of the same ledger with its columns in other places, begins a new table. The same
//! header again does not: long tables repeat theirs on each page.

use super::header::{Header, MAX_DEPTH};
use super::header_index::HeaderIndex;
use super::raw_cell::RawCell;
use super::raw_sheet::{RawRow, RawSheet};

/// A ledger whose header was found.
#[derive(Clone, Debug)]
pub(super) struct MatchedHeader {
    /// The ledger's index in the notice.
    pub ledger: usize,
    /// Where the header is, and which column names what.
    pub header: Header,
}

/// The parts of a sheet, each with one table; `None` when there is only one. `segments` are the texts of headers in
/// single rows, `whole` is the best match of the sheet, and `best` finds that of a part.
pub(super) fn split_stacked(
    sheet: &RawSheet,
    segments: &HeaderIndex,
    whole: Option<&MatchedHeader>,
    best: impl Fn(&RawSheet) -> Option<MatchedHeader>,
) -> Option<Vec<RawSheet>> {
    let mut tables: Vec<MatchedHeader> = Vec::new();
    let mut starts: Vec<usize> = Vec::new();
    let mut next_row = 0;
    for (index, row) in sheet.rows.iter().enumerate() {
        if row.row < next_row || !may_be_header(row, segments) {
            continue;
        }
        let starts_here = |found: &MatchedHeader| found.header.first_row == row.row;
        // The best match of the sheet is also the best match of its own rows.
        let of_whole = whole.filter(|whole| starts_here(whole)).cloned();
        let Some(found) = of_whole.or_else(|| best_from(sheet, row.row, index, &best)) else { continue };
        next_row = found.header.last_row + 1;
        let repeats = |last: &MatchedHeader| {
            last.ledger == found.ledger && last.header.columns == found.header.columns
                || last.header.texts(sheet).are_repeated_in(row)
        };
        if !tables.last().is_some_and(repeats) {
            starts.push(index);
            tables.push(found);
        }
    }
    if starts.len() < 2 {
        return None;
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for next in starts.into_iter().skip(1) {
        let end = next - titles_above(sheet, next);
        parts.push(part(sheet, start, end));
        start = end;
    }
    parts.push(part(sheet, start, sheet.rows.len()));
    Some(parts)
}

/// The best match whose header begins at row `row`, which has the index `index`. Fewer rows are tried when a header
/// below matches better.
fn best_from(
    sheet: &RawSheet,
    row: u32,
    index: usize,
    best: impl Fn(&RawSheet) -> Option<MatchedHeader>,
) -> Option<MatchedHeader> {
    (1..=MAX_DEPTH).rev().find_map(|depth| {
        let end = sheet.rows.partition_point(|below| below.row < row + depth);
        best(&part(sheet, index, end)).filter(|found| found.header.first_row == row)
    })
}

/// How many rows of a single cell, which are titles of the table, precede the row with the index `start`.
fn titles_above(sheet: &RawSheet, start: usize) -> usize {
    sheet.rows[..start].iter().rev().take_while(|row| row.cells.len() == 1).count()
}

/// The rows of a sheet with the indexes from `start` up to `end`.
fn part(sheet: &RawSheet, start: usize, end: usize) -> RawSheet {
    sheet.with_rows(sheet.rows[start..end].to_vec())
}

/// Whether at least two cells and half of all are header texts, one of the first three among them.
fn may_be_header(row: &RawRow, segments: &HeaderIndex) -> bool {
    let is_header = |raw: &RawCell| matches!(raw, RawCell::Text(text) if segments.contains(text));
    if !row.cells.iter().take(3).any(|(_, raw)| is_header(raw)) {
        return false;
    }
    let count = row.cells.iter().filter(|(_, raw)| is_header(raw)).count();
    count >= 2 && count * 2 >= row.cells.len()
}
