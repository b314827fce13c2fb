//! Classifies the rows below a header: data, totals, notes, repetitions of the header.
//!
//! Input: a row, its header, the sheet's merged ranges. Output: a [`RowKind`]. Only data rows become rows of a ledger;
//! total rows are compared with them (see `total_check`), the others are dropped.

use std::borrow::Cow;

use super::header::{Header, HeaderTexts};
use super::header_index::{HeaderIndex, LedgerHeaderIndex};
use super::normalize::fold;
use super::raw_cell::RawCell;
use super::raw_sheet::{RawRow, RawSheet};
use crate::notice::ColumnType;

/// The kind of a row below the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowKind {
    /// A row of data.
    Data,
    /// 合计, 小计 or the like.
    Total,
    /// A note, an instruction, an example.
    Note,
    /// A repetition of the header, as on each page of a long table.
    Header,
}

/// Beginnings of a note below or inside the table, folded.
const NOTE_PREFIXES: [&str; 10] =
    ["备注:", "注:", "说明:", "填报说明", "填表说明", "填写说明", "填表人", "示例", "例:", "(示例"];

/// The first cells of a row, which may mark it as a total or a note.
const LABEL_CELLS: usize = 3;

/// Classifies the rows below one header.
pub(super) struct Classifier<'a> {
    sheet: &'a RawSheet,
    texts: HeaderTexts,
    /// The sheet's columns other than branch and serial number, which forms have filled in before they are used.
    content_columns: Vec<u32>,
    /// The sheet's columns with the spellings of their headers.
    spellings: Vec<(u32, &'a HeaderIndex)>,
}

impl<'a> Classifier<'a> {
    /// Classifies the rows of `sheet` below `header`, a header of the ledger with `headers`.
    pub(super) fn new(sheet: &'a RawSheet, header: &Header, headers: &'a LedgerHeaderIndex<'_>) -> Self {
        let is_content = |kind| !matches!(kind, ColumnType::Branch | ColumnType::Serial);
        let columns = header.columns.iter().zip(headers.ledger.columns.values());
        let content = columns.filter(|(_, column)| is_content(column.kind)).filter_map(|(col, _)| *col);
        let spellings = header.columns.iter().zip(&headers.columns).filter_map(|(col, index)| Some(((*col)?, index)));
        Self { sheet, texts: header.texts(sheet), content_columns: content.collect(), spellings: spellings.collect() }
    }

    /// Classifies a row.
    pub(super) fn kind(&self, row: &RawRow) -> RowKind {
        let mut texts = row.cells.iter().take(LABEL_CELLS).map(folded_text);
        let Some(first) = texts.next() else { return RowKind::Note };
        if is_total(&first) || texts.any(|text| is_total(&text)) {
            return RowKind::Total;
        }
        let is_note = NOTE_PREFIXES.iter().any(|prefix| first.starts_with(prefix));
        let filled = self.content_columns.iter().filter(|col| row.get(**col).is_some()).count();
        let merges = || self.sheet.merges.iter().flat_map(|merges| merges.over(row.row));
        let is_wide = || merges().any(|m| m.last.1 > m.first.1 + 1);
        let is_example = first.starts_with("示例") || first.starts_with("(示例");
        if filled == 0 || is_note && (filled <= 1 || is_example || is_wide()) {
            return RowKind::Note;
        }
        if filled == 1 && self.content_columns.len() > 2 && is_wide() || is_instruction(row) {
            return RowKind::Note;
        }
        if self.repeats_spellings(row) || self.texts.are_repeated_in(row) { RowKind::Header } else { RowKind::Data }
    }

    /// Whether the cells that are spellings of their columns' headers are more than half as many as the content columns.
    fn repeats_spellings(&self, row: &RawRow) -> bool {
        let is_spelling = |(col, index): &(u32, &HeaderIndex)| matches!(row.get(*col), Some(RawCell::Text(text)) if index.contains(text));
        let Some(most_others) = self.spellings.len().checked_sub(self.content_columns.len() / 2 + 1) else {
            return false;
        };
        // Counting the other cells ends after the first few in a row of data.
        self.spellings.iter().filter(|column| !is_spelling(column)).nth(most_others).is_none()
    }
}

/// The folded text of a cell; empty when it holds something else.
fn folded_text((_, raw): &(u32, RawCell)) -> Cow<'_, str> {
    if let RawCell::Text(text) = raw { fold(text) } else { Cow::Borrowed("") }
}

/// Whether a text marks its row as a total: 合计, 合计3人, 本页合计, 甲学院小计.
fn is_total(text: &str) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(|c: char| matches!(c, ':' | '(') || c.is_ascii_digit());
    let begins = text.split_at_checked(WORD).is_some_and(|(first, rest)| is_total_word(first) && ends(rest));
    begins || text.len().checked_sub(WORD).and_then(|at| text.get(at..)).is_some_and(is_total_word)
}

/// Bytes of a total word; all have as many.
const WORD: usize = "合计".len();

fn is_total_word(word: &str) -> bool {
    matches!(word, "合计" | "小计" | "总计" | "共计" | "累计" | "平均")
}

/// Whether every cell explains how to fill in its column: （必填）, 如：2018-10-05.
fn is_instruction(row: &RawRow) -> bool {
    let prefixes = ["如:", "例如", "必填", "选填", "请填", "填写", "格式:"];
    row.cells.len() > 1
        && row.cells.iter().all(|(_, raw)| {
            let RawCell::Text(text) = raw else { return false };
            let text = fold(text);
            text.starts_with('(') && text.ends_with(')') || prefixes.iter().any(|prefix| text.starts_with(prefix))
        })
}
