//! Rows by which branches say that they have nothing to report: 无 beside their name.

use crate::ingest::{CellValue, RawCell, RawRow, ReadContext, fold, read_cell};
use crate::notice::{Column, ColumnType, USUAL_NIL_WORDS};

/// What is written into such rows.
const NIL_WORDS: [&str; 5] = ["无", "没有", "零报告", "未发生", "无此情况"];
/// The most cells of such a row: its number, the branch and the word.
const MAX_CELLS: usize = 3;
/// Columns from which a row with so few cells holds no data.
const MIN_COLUMNS: usize = 4;

/// The word in a row that reports nothing, in a sheet with so many columns.
pub(super) fn nil_word(row: &RawRow, columns: usize) -> Option<String> {
    if columns < MIN_COLUMNS || row.cells.len() > MAX_CELLS {
        return None;
    }
    // A row with a day is a record, whatever else it leaves out.
    if row.cells.iter().any(|(_, raw)| is_day(raw)) {
        return None;
    }
    let texts = row.cells.iter().map(|(_, raw)| raw.to_text().trim().to_owned());
    texts.into_iter().find(|text| is_nil_word(text))
}

/// Whether a cell is a day; a number is none, it may be the row's.
fn is_day(raw: &RawCell) -> bool {
    let is_candidate = matches!(raw, RawCell::Date(_) | RawCell::Text(_));
    let column = Column::new("日期", ColumnType::Date);
    // The year completes days without one; which it is does not matter here.
    is_candidate && matches!(read_cell(Some(raw), &column, ReadContext::new(2000, false)).value, CellValue::Date(_))
}

/// The words by which rows of most ledgers report nothing.
pub(super) fn usual_nil_words() -> Vec<String> {
    USUAL_NIL_WORDS.map(str::to_owned).to_vec()
}

/// The words by which a ledger's rows may report nothing: those that were seen, and the usual ones; none where none was
/// seen.
pub(super) fn nil_words(seen: &[String]) -> Vec<String> {
    let mut words = seen.to_vec();
    if !seen.is_empty() {
        words.extend(usual_nil_words().into_iter().filter(|word| !seen.contains(word)));
    }
    words
}

/// Whether a text says that there is nothing.
pub(super) fn is_nil_word(text: &str) -> bool {
    NIL_WORDS.contains(&fold(text).as_ref())
}

#[cfg(test)]
mod tests {
    use super::nil_word;
    use crate::ingest::{RawCell, RawRow};

    #[test]
    fn a_row_with_a_day_is_a_record() {
        let word = |texts: &[&str]| {
            let cells = (0..).zip(texts.iter().map(|text| RawCell::text(text))).collect();
            nil_word(&RawRow { row: 0, cells }, 5)
        };
        assert_eq!(word(&["1", "东湖分馆", "无"]).as_deref(), Some("无"));
        assert_eq!(word(&["东湖分馆", "2026年9月5日", "无"]), None);
        assert_eq!(word(&["东湖分馆", "2026-09-05", "无"]), None);
    }
}
