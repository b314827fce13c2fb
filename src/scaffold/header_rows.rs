//! Finds the header of a sheet whose columns are not known: the first row of names that is as wide as the table below
//! it.
//!
//! `ingest/header` finds headers that the settings list; here there are no settings yet.

use crate::ingest::{RawCell, RawRow, RawSheet, fold};

/// Non-blank rows that are searched for a header.
const SEARCHED_ROWS: usize = 60;
/// Rows below one that show how wide the table is.
const ROWS_BELOW: usize = 10;
/// Rows that a header may span, as in `ingest`.
const MAX_DEPTH: u32 = 3;
/// Characters of a column's name.
const MAX_NAME: usize = 40;
/// The least columns of a ledger.
const MIN_COLUMNS: u32 = 2;

/// The rows of a header, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeaderRows {
    /// The first row of the header, from 0.
    pub first: u32,
    /// The last row; data begin below it.
    pub last: u32,
}

/// The header of a sheet; `None` when no row looks like one.
pub(super) fn find(sheet: &RawSheet) -> Option<HeaderRows> {
    let searched = &sheet.rows[..sheet.rows.len().min(SEARCHED_ROWS)];
    for (at, row) in searched.iter().enumerate() {
        let below = sheet.rows[at..].iter().take(ROWS_BELOW);
        let width = below.map(|row| covered(sheet, row)).max().unwrap_or_default();
        let own = covered(sheet, row);
        let is_wide = own >= MIN_COLUMNS && own * 3 >= width * 2;
        if is_wide && row.cells.len() > 1 && are_names(row) {
            return Some(HeaderRows { first: row.row, last: last_row(sheet, row) });
        }
    }
    None
}

/// How many columns the cells of a row cover, merged ones counted by their width.
fn covered(sheet: &RawSheet, row: &RawRow) -> u32 {
    let width = |col: u32| sheet.merge(row.row, col).map_or(1, |merge| merge.last.1 - merge.first.1 + 1);
    row.cells.iter().map(|(col, _)| width(*col)).sum()
}

/// Whether every cell is a text that may name a column, at least two of them different. A text with a colon within
/// may be a label with its value: it is a name only beside two without.
fn are_names(row: &RawRow) -> bool {
    let mut names = Vec::new();
    for (_, raw) in &row.cells {
        let RawCell::Text(text) = raw else { return false };
        let folded = fold(text);
        if is_name(&folded) {
            names.push(folded);
        } else if !is_divided_name(&folded) {
            return false;
        }
    }
    names.iter().any(|name| *name != names[0])
}

/// Last words of labels in the lines above a header, whose values stand behind a colon.
const FORM_LABELS: [&str; 8] = ["单位", "日期", "时间", "人", "电话", "部门", "年度", "季度"];

/// Whether a folded text is a name with a colon within (其中:上门送餐人次), and no label of a form with its value.
fn is_divided_name(folded: &str) -> bool {
    let Some((before, behind)) = folded.split_once(':') else { return false };
    let is_label = FORM_LABELS.iter().any(|label| before.trim_end().ends_with(label));
    !is_label && is_name(before.trim()) && is_name(behind.trim())
}

/// Whether a folded text may name a column: no number or date, no sentence, no label with its value.
fn is_name(folded: &str) -> bool {
    let has_value = folded.split_once(':').is_some_and(|(_, value)| !value.is_empty());
    let is_number = folded.starts_with(|c: char| c.is_ascii_digit()) && !folded.contains(|c: char| c.is_alphabetic());
    let is_year_or_day = folded.len() > 4 && folded.as_bytes()[..4].iter().all(u8::is_ascii_digit) && is_day(folded);
    let is_short = folded.chars().count() <= MAX_NAME;
    !(folded.is_empty() || has_value || is_number || is_year_or_day || folded.contains('。')) && is_short
}

fn is_day(folded: &str) -> bool {
    folded.contains('月') && folded.ends_with(['日', '月', '号'])
}

/// The last row of the header that begins at `row`.
fn last_row(sheet: &RawSheet, row: &RawRow) -> u32 {
    let limit = row.row + MAX_DEPTH - 1;
    let merges: Vec<_> = row.cells.iter().filter_map(|(col, _)| sheet.merge(row.row, *col)).collect();
    let tall = merges.iter().map(|merge| merge.last.0).max().unwrap_or(row.row);
    let has_group = merges.iter().any(|merge| merge.last.1 > merge.first.1 && merge.last.0 == row.row);
    let next = row.row + 1;
    if has_group || sheet.merges.is_none() && fills_gaps(sheet, row, next) {
        let is_header = sheet.row(next).is_some_and(|below| below.cells.iter().all(|(_, raw)| is_text_name(raw)));
        return if is_header { tall.max(next).min(limit) } else { tall.min(limit) };
    }
    tall.min(limit)
}

/// Whether a cell below a group may name a column; a colon is no sign of a value there.
fn is_text_name(raw: &RawCell) -> bool {
    let RawCell::Text(text) = raw else { return false };
    let folded = fold(text);
    is_name(&folded) || is_divided_name(&folded)
}

/// Whether the row below names columns that `row` leaves blank, and leaves the first column blank: the second row of a
/// header in a format without merged ranges.
fn fills_gaps(sheet: &RawSheet, row: &RawRow, next: u32) -> bool {
    let Some(below) = sheet.row(next) else { return false };
    let fills = below.cells.iter().any(|(col, _)| row.get(*col).is_none());
    let leaves_first = row.cells.first().is_some_and(|(col, _)| below.get(*col).is_none());
    fills && leaves_first
}

#[cfg(test)]
mod tests {
    use super::{HeaderRows, find};
    use crate::ingest::{Merge, Merges, RawCell, RawSheet};

    fn sheet(rows: &[&[&str]], merges: Option<Vec<Merge>>) -> RawSheet {
        let mut sheet = RawSheet { merges: merges.map(Merges::new), ..RawSheet::default() };
        for (row, cells) in (0..).zip(rows) {
            for (col, text) in (0..).zip(*cells) {
                sheet.push(row, col, RawCell::text(text));
            }
        }
        sheet
    }

    #[test]
    fn titles_notes_and_labels_with_values_are_passed_over() {
        let rows: &[&[&str]] = &[
            &["医院安全隐患台账"],
            &["填报单位：内科", "", "日期：2026年9月30日"],
            &["序号", "科室", "隐患内容", "整改期限"],
            &["1", "内科", "灭火器过期", "2026-09-01"],
        ];
        assert_eq!(find(&sheet(rows, None)), Some(HeaderRows { first: 2, last: 2 }));
        assert_eq!(find(&sheet(&[&["标题"], &["1", "2"], &["3", "4"]], None)), None);
        assert_eq!(find(&sheet(&[], None)), None);
    }

    #[test]
    fn groups_make_a_header_of_two_rows() {
        let rows: &[&[&str]] = &[&["科室", "整改", ""], &["", "期限", "情况"], &["内科", "2026-09-01", "已整改"]];
        let merges = vec![Merge { first: (0, 0), last: (1, 0) }, Merge { first: (0, 1), last: (0, 2) }];
        let expected = Some(HeaderRows { first: 0, last: 1 });
        assert_eq!(find(&sheet(rows, Some(merges))), expected);
        assert_eq!(find(&sheet(rows, None)), expected, "without merged ranges");
    }
}
