//! Rows that are examples of how to fill in a form: 例：张三, 示例.

use super::normalize::fold;
use super::raw_cell::RawCell;
use super::raw_sheet::RawRow;

/// A row that looks like an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleRow {
    /// The sheet's row, from 0.
    pub row: u32,
    /// The column of the text that says so, from 0.
    pub col: u32,
    /// That text, as the cell shows it.
    pub text: String,
    /// Whether the row was left out, as nothing else can be meant.
    pub is_left_out: bool,
}

/// The cells of a row in which a word for examples is certain to mean the row.
const LABEL_CELLS: usize = 3;

/// Words that are a cell of their own, folded.
const WORDS: [&str; 6] = ["例", "示例", "样例", "范例", "举例", "例子"];

/// Beginnings of a cell, folded.
const BEGINNINGS: [&str; 9] = ["例:", "例如:", "示例:", "样例:", "范例:", "(例)", "(示例)", "(样例)", "举例:"];

/// Beginnings of a cell that may be content too, folded.
const DOUBTFUL: [&str; 2] = ["如:", "(如:"];

/// What marks a row of data as an example.
pub(super) fn find(row: &RawRow) -> Option<ExampleRow> {
    let mut found = None;
    for (at, (col, raw)) in row.cells.iter().enumerate() {
        let RawCell::Text(text) = raw else { continue };
        // Rules out nearly all cells without folding them.
        if !text.trim_start().starts_with(['例', '示', '样', '范', '举', '如', '(', '（', 'x', 'X', '×', 'Ｘ', 'ｘ'])
        {
            continue;
        }
        let folded = fold(text);
        let bare = folded.trim_matches(['(', ')']);
        let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| folded.starts_with(beginning));
        let is_example = WORDS.contains(&bare) || begins(&BEGINNINGS);
        if !is_example && !begins(&DOUBTFUL) && !is_placeholder(bare) {
            continue;
        }
        let is_left_out = is_example && at < LABEL_CELLS;
        let example = ExampleRow { row: row.row, col: *col, text: text.to_string(), is_left_out };
        if is_left_out {
            return Some(example);
        }
        found.get_or_insert(example);
    }
    found
}

/// Whether a folded text is only signs that a form has in place of a name: ×××, XXX.
fn is_placeholder(text: &str) -> bool {
    text.chars().count() > 1 && text.chars().all(|c| matches!(c, 'x' | '×'))
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::ingest::RawCell;
    use crate::ingest::raw_sheet::RawRow;

    #[test]
    fn examples_are_distinguished_from_content() {
        let taken = |texts: &[&str]| {
            let cells = (0..).zip(texts.iter().map(|text| RawCell::text(text))).collect();
            find(&RawRow { row: 4, cells }).map(|example| (example.col, example.is_left_out))
        };
        assert_eq!(taken(&["甲党支部", "例：张三"]), Some((1, true)));
        assert_eq!(taken(&["（示例）", "甲党支部"]), Some((0, true)));
        assert_eq!(taken(&["例", "甲党支部"]), Some((0, true)));
        assert_eq!(taken(&["甲党支部", "如：张三"]), Some((1, false)));
        assert_eq!(taken(&["甲党支部", "乙", "丙", "例如：逐人谈心"]), Some((3, false)));
        assert_eq!(taken(&["甲党支部", "×××"]), Some((1, false)));
        assert_eq!(taken(&["甲党支部", "ＸＸ"]), Some((1, false)));
        assert_eq!(taken(&["甲党支部", "张××", "x射线", "×"]), None);
        assert_eq!(taken(&["甲党支部", "例会制度", "示例项目评审", "如期完成", "（一）整改"]), None);
    }
}
