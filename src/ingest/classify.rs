//! Classifies the rows below a header: data, notes, repetitions of the header.
//!
//! Input: a row, its header, the sheet's merged ranges. Output: a [`RowKind`]. Only data rows become rows of a ledger;
//! the others are dropped. Totals are found before (see `total_row`).

use std::borrow::Cow;

use super::date;
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
    /// A note, an instruction, an example, a line of names and days below the table.
    Note,
    /// A repetition of the header, as on each page of a long table.
    Header,
}

/// Beginnings of a note below or inside the table, folded.
const NOTE_PREFIXES: [&str; 10] =
    ["备注:", "注:", "说明:", "填报说明", "填表说明", "填写说明", "填表人", "示例", "例:", "(示例"];

/// Labels of the line below a table, folded; a name or a day follows each.
const FOOTER_LABELS: [&str; 35] = [
    "单位",
    "日期",
    "盖章",
    "备注",
    "说明",
    "注",
    "填表说明",
    "填报说明",
    "制表人",
    "制表",
    "制表单位",
    "制表日期",
    "制表时间",
    "填表人",
    "填表单位",
    "填表日期",
    "填表时间",
    "填报人",
    "填报单位",
    "填报日期",
    "填报时间",
    "联系人",
    "联系电话",
    "联系方式",
    "电话",
    "审核人",
    "审核",
    "复核人",
    "审批人",
    "经办人",
    "报送人",
    "报送日期",
    "负责人",
    "单位负责人",
    "主要负责人",
];

/// What may follow a label of the line below a table, folded.
const FOOTER_ENDS: [&str; 6] = ["(签字)", "(签名)", "(签章)", "(盖章)", "签字", "签名"];

/// Classifies the rows below one header.
pub(super) struct Classifier<'a> {
    sheet: &'a RawSheet,
    texts: HeaderTexts,
    /// The sheet's columns other than branch and serial number, which forms have filled in before they are used.
    content_columns: Vec<u32>,
    /// The sheet's columns that hold no numbers: names, days, choices.
    worded_columns: Vec<u32>,
    /// The sheet's columns of days.
    date_columns: Vec<u32>,
    /// The sheet's columns with the spellings of their headers.
    spellings: Vec<(u32, &'a HeaderIndex)>,
}

impl<'a> Classifier<'a> {
    /// Classifies the rows of `sheet` below `header`, a header of the ledger with `headers`.
    pub(super) fn new(sheet: &'a RawSheet, header: &Header, headers: &'a LedgerHeaderIndex<'_>) -> Self {
        let is_content = |kind| !matches!(kind, ColumnType::Branch | ColumnType::Serial);
        let columns = header.columns.iter().zip(headers.ledger.columns.values());
        let of_kinds = |is: &dyn Fn(ColumnType) -> bool| -> Vec<u32> {
            columns.clone().filter(|(_, column)| is(column.kind)).filter_map(|(col, _)| *col).collect()
        };
        let spellings = header.columns.iter().zip(&headers.columns).filter_map(|(col, index)| Some(((*col)?, index)));
        Self {
            sheet,
            texts: header.texts(sheet),
            content_columns: of_kinds(&is_content),
            worded_columns: of_kinds(&|kind| kind != ColumnType::Serial && !kind.is_number()),
            date_columns: of_kinds(&|kind| kind == ColumnType::Date),
            spellings: spellings.collect(),
        }
    }

    /// Classifies a row that is no total; `above` is the kind of the row before it.
    pub(super) fn kind(&self, row: &RawRow, above: RowKind) -> RowKind {
        let Some(first) = row.cells.first().map(folded_text) else { return RowKind::Note };
        if is_footer(row, &first)
            || self.is_lone_day(row, &first)
            || above == RowKind::Note && continues_note(row, &first)
        {
            return RowKind::Note;
        }
        // Where a name would be there is a number too.
        let numbers_names = || self.worded_columns.iter().any(|col| row.get(*col).is_some());
        if above == RowKind::Header && numbers_columns(row) && numbers_names() {
            return RowKind::Header;
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

    /// Whether a row is a day alone, in a column of something else: the day on which the table was made.
    fn is_lone_day(&self, row: &RawRow, first: &str) -> bool {
        let [(col, raw)] = row.cells.as_slice() else { return false };
        let is_of_column = self.date_columns.contains(col) || self.content_columns.len() < 2;
        !is_of_column && (matches!(raw, RawCell::Date(_)) || date::parse(first, 2000).is_some())
    }

    /// Whether the cells that are spellings of their columns' headers are more than half as many as the content
    /// columns.
    fn repeats_spellings(&self, row: &RawRow) -> bool {
        let is_spelling = |(col, index): &(u32, &HeaderIndex)| matches!(row.get(*col), Some(RawCell::Text(text)) if index.contains(text));
        let Some(most_others) = self.spellings.len().checked_sub(self.content_columns.len() / 2 + 1) else {
            return false;
        };
        // Counting the other cells ends after the first few in a row of data.
        self.spellings.iter().filter(|column| !is_spelling(column)).nth(most_others).is_none()
    }
}

/// Whether a row below a header numbers its columns: 1 2 3, (1) (2) (3), ①②③ or 甲乙丙 from the first on.
fn numbers_columns(row: &RawRow) -> bool {
    const SERIES: [&str; 2] = ["①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "甲乙丙丁戊己庚辛壬癸"];
    let is_next = |(at, (_, raw)): (usize, &(u32, RawCell))| {
        let text = fold(&raw.to_text()).into_owned();
        let text = text.trim_matches(['(', ')']);
        text == (at + 1).to_string()
            || SERIES.iter().any(|series| series.chars().nth(at).is_some_and(|c| text.chars().eq([c])))
    };
    row.cells.len() >= 3 && row.cells.iter().enumerate().all(is_next)
}

/// The folded text of a cell; empty when it holds something else.
fn folded_text((_, raw): &(u32, RawCell)) -> Cow<'_, str> {
    if let RawCell::Text(text) = raw { fold(text) } else { Cow::Borrowed("") }
}

/// Whether a row is the line below a table: labels with names, numbers or days. 制表人：王 | 审核人：李 |
/// 2018年12月1日.
fn is_footer(row: &RawRow, first: &str) -> bool {
    if footer_label(first).is_none() {
        return false;
    }
    let mut is_awaiting_value = false;
    row.cells.iter().all(|cell| {
        let text = folded_text(cell);
        if let Some(has_value) = footer_label(&text) {
            is_awaiting_value = !has_value;
            return true;
        }
        let is_day = matches!(cell.1, RawCell::Date(_)) || date::parse(&text, 2000).is_some();
        is_day || std::mem::take(&mut is_awaiting_value)
    })
}

/// Whether a folded text is a label of the line below a table, and whether its value follows in the same cell.
fn footer_label(text: &str) -> Option<bool> {
    let (label, value) = text.split_once(':').unwrap_or((text, ""));
    let bare = FOOTER_ENDS.iter().find_map(|end| label.strip_suffix(end)).unwrap_or(label);
    FOOTER_LABELS.contains(&bare).then_some(!value.is_empty())
}

/// Whether a row below a note is its next item: 2.学时以平台为准.
fn continues_note(row: &RawRow, first: &str) -> bool {
    let item = first
        .trim_start_matches('(')
        .trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    row.cells.len() == 1 && item.len() < first.len() && item.starts_with(['.', '、', ')', ':'])
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
