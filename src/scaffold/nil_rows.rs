//! Rows by which branches say that they have nothing to report: 无 beside their name.

use crate::ingest::{RawRow, fold};

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
    let texts = row.cells.iter().map(|(_, raw)| raw.to_text().trim().to_owned());
    texts.into_iter().find(|text| is_nil_word(text))
}

/// The words by which a ledger's rows may report nothing: those that were seen, and the usual ones; none where none was seen.
pub(super) fn nil_words(seen: &[String]) -> Vec<String> {
    let mut words = seen.to_vec();
    if !seen.is_empty() {
        words.extend(
            ["无", "零报告"].iter().filter(|word| !seen.iter().any(|known| known == *word)).map(ToString::to_string),
        );
    }
    words
}

/// Whether a text says that there is nothing.
pub(super) fn is_nil_word(text: &str) -> bool {
    NIL_WORDS.contains(&fold(text).as_ref())
}
