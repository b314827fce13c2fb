//! Telling data rows from titles, totals, notes and instructions.

use std::borrow::Cow;

use super::header::{Header, HeaderTexts};
use super::header_index::{HeaderIndex, LedgerHeaderIndex};
use super::normalize::fold;
use super::raw_sheet::{RawCell, RawRow, RawSheet};
use crate::notice::ColumnType;

/// What a row below the header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A row of data.
    Data,
    /// 合计, 小计 and their like.
    Total,
    /// A note, an instruction, an example.
    Note,
    /// The header once more, as on each page of a long table.
    Header,
}

/// Words that begin a note under or above the table.
const NOTES: [&str; 10] =
    ["备注:", "注:", "说明:", "填报说明", "填表说明", "填写说明", "填表人", "示例", "例:", "(示例"];

/// Tells the rows below one header apart.
pub struct Classifier<'a> {
    sheet: &'a RawSheet,
    /// What the header says.
    texts: HeaderTexts,
    /// The sheet's columns that say something of a row. A row that gives nothing but a branch and a number says
    /// nothing: forms come with both filled in.
    telling: Vec<u32>,
    /// Each column that the sheet has, with its header's spellings.
    spellings: Vec<(u32, &'a HeaderIndex)>,
}

impl<'a> Classifier<'a> {
    /// For the rows below `header`.
    pub fn new(sheet: &'a RawSheet, header: &Header, words: &'a LedgerHeaderIndex<'_>) -> Self {
        let tells = |kind| !matches!(kind, ColumnType::Branch | ColumnType::Serial);
        let columns = header.columns.iter().zip(words.ledger.columns.values());
        let telling = columns.filter(|(_, column)| tells(column.kind)).filter_map(|(col, _)| *col).collect();
        let spellings = header.columns.iter().zip(&words.columns).filter_map(|(col, words)| Some(((*col)?, words)));
        Self { sheet, texts: header.texts(sheet), telling, spellings: spellings.collect() }
    }

    /// Tells what `row` is.
    pub fn kind(&self, row: &RawRow) -> RowKind {
        let mut texts = row.cells.iter().take(3).map(words);
        let Some(first) = texts.next() else { return RowKind::Note };
        if is_total(&first) || texts.any(|text| is_total(&text)) {
            return RowKind::Total;
        }
        let begins = |words: &[&str]| words.iter().any(|w| first.starts_with(w));
        let filled = self.telling.iter().filter(|col| row.get(**col).is_some()).count();
        let merges = || self.sheet.merges.iter().flat_map(|merges| merges.over(row.row));
        let wide = || merges().any(|m| m.last.1 > m.first.1 + 1);
        let example = first.starts_with("示例") || first.starts_with("(示例");
        if filled == 0 || (filled <= 1 || example || wide()) && begins(&NOTES) {
            return RowKind::Note;
        }
        if filled == 1 && self.telling.len() > 2 && wide() || instructs(row) {
            return RowKind::Note;
        }
        if self.repeats(row) || self.texts.are_repeated_in(row) { RowKind::Header } else { RowKind::Data }
    }

    /// Whether more cells say what their headers may say than half of the telling columns are.
    fn repeats(&self, row: &RawRow) -> bool {
        let says = |(col, words): &(u32, &HeaderIndex)| matches!(row.get(*col), Some(RawCell::Text(text)) if words.contains(text));
        // A row of data is told by the first cells that say something else: they are too many already.
        let others = self.spellings.len().checked_sub(self.telling.len() / 2 + 1);
        others.is_some_and(|most| self.spellings.iter().filter(|column| !says(column)).nth(most).is_none())
    }
}

/// The text of a cell, folded; a number is no word.
fn words((_, raw): &(u32, RawCell)) -> Cow<'_, str> {
    if let RawCell::Text(text) = raw { fold(text) } else { Cow::Borrowed("") }
}

/// Whether a cell says that its row is a total: 合计, 合计3人, 本页合计, 甲学院小计.
fn is_total(text: &str) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(|c: char| matches!(c, ':' | '(') || c.is_ascii_digit());
    let begins = text.split_at_checked(WORD).is_some_and(|(first, rest)| is_total_word(first) && ends(rest));
    begins || text.len().checked_sub(WORD).and_then(|at| text.get(at..)).is_some_and(is_total_word)
}

/// Bytes of a word that makes a total row of a row, in one of its first cells; all have as many.
const WORD: usize = "合计".len();

/// Whether a text is such a word.
fn is_total_word(word: &str) -> bool {
    matches!(word, "合计" | "小计" | "总计" | "共计" | "累计" | "平均")
}

/// Whether every cell tells how to fill its column in: （必填）, 如：2018-10-05.
fn instructs(row: &RawRow) -> bool {
    let words = ["如:", "例如", "必填", "选填", "请填", "填写", "格式:"];
    row.cells.len() > 1
        && row.cells.iter().all(|(_, raw)| {
            let RawCell::Text(text) = raw else { return false };
            let text = fold(text);
            text.starts_with('(') && text.ends_with(')') || words.iter().any(|word| text.starts_with(word))
        })
}
