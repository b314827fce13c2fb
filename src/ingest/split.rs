//! Tables one below the other on a sheet: another ledger's header, or the same ledger's with its columns in other
//! places, begins a table of its own. The same header once more does not: long tables repeat theirs on each page.

use super::header::{DEEPEST, Header};
use super::header_index::HeaderIndex;
use super::raw_sheet::{RawCell, RawRow, RawSheet};

/// The parts of a sheet, each with one table, when there are several. `words` are what headers say in one row; `whole`
/// is the ledger and the header that match the sheet best, and `best` finds a part's.
pub fn stacked(
    sheet: &RawSheet,
    words: &HeaderIndex,
    whole: Option<&(usize, Header)>,
    best: impl Fn(&RawSheet) -> Option<(usize, Header)>,
) -> Option<Vec<RawSheet>> {
    let mut tables: Vec<(usize, Header)> = Vec::new();
    let mut starts: Vec<usize> = Vec::new();
    let mut passed = 0;
    for (at, row) in sheet.rows.iter().enumerate() {
        if row.row < passed || !makes_a_header(row, words) {
            continue;
        }
        // A header right below this row would match as well: rows are looked at together only while this one is first.
        let is_here = |found: &(usize, Header)| found.1.first_row == row.row;
        let from_here = || {
            (1..=DEEPEST).rev().find_map(|depth| {
                let end = sheet.rows.partition_point(|below| below.row < row.row + depth);
                best(&part(sheet, at, end)).filter(is_here)
            })
        };
        // What matches the sheet best matches its own rows best.
        let Some((index, header)) = whole.filter(|whole| is_here(whole)).cloned().or_else(from_here) else { continue };
        passed = header.last_row + 1;
        let again = |(last, above): &(usize, Header)| {
            *last == index && above.columns == header.columns || above.texts(sheet).are_in(row)
        };
        if !tables.last().is_some_and(again) {
            starts.push(at);
            tables.push((index, header));
        }
    }
    // What stands alone in its row above a header is a title of it.
    let titled = |at: &usize| at - sheet.rows[..*at].iter().rev().take_while(|row| row.cells.len() == 1).count();
    let mut starts: Vec<usize> = starts.iter().map(titled).collect();
    *starts.first_mut()? = 0;
    let ends = starts.iter().skip(1).copied().chain([sheet.rows.len()]);
    (starts.len() > 1).then(|| starts.iter().zip(ends).map(|(start, end)| part(sheet, *start, end)).collect())
}

/// Some of a sheet's rows, by their places among those that are filled in.
fn part(sheet: &RawSheet, start: usize, end: usize) -> RawSheet {
    let (name, merges, hidden_rows) = (sheet.name.clone(), sheet.merges.clone(), sheet.hidden_rows.clone());
    RawSheet { name, rows: sheet.rows[start..end].to_vec(), merges, hidden_rows, ..*sheet }
}

/// Whether at least two cells, and half of all, say what headers say, one of the first three among them.
fn makes_a_header(row: &RawRow, words: &HeaderIndex) -> bool {
    let known = |raw: &RawCell| matches!(raw, RawCell::Text(text) if words.has(text));
    let mut first = row.cells.iter().take(3);
    first.any(|(_, raw)| known(raw)) && {
        let count = row.cells.iter().filter(|(_, raw)| known(raw)).count();
        count >= 2 && count * 2 >= row.cells.len()
    }
}
