//! Telling data rows from titles, totals, notes and instructions.

use super::clean::fold;
use super::header::{Header, fold_header};
use super::raw::{RawRow, RawSheet};
use crate::notice::{ColumnType, Ledger};

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

/// Words that make a total row of a row, in one of its first cells.
const TOTALS: [&str; 6] = ["合计", "小计", "总计", "共计", "累计", "平均"];
/// Words that begin a note under or above the table.
const NOTES: [&str; 10] =
    ["备注:", "注:", "说明:", "填报说明", "填表说明", "填写说明", "填表人", "示例", "例:", "(示例"];

/// Tells what `row` is.
pub fn classify(row: &RawRow, sheet: &RawSheet, header: &Header, ledger: &Ledger) -> RowKind {
    // A row that gives nothing but a branch and a number says nothing: forms come with both filled in.
    let tells = |kind| !matches!(kind, ColumnType::Branch | ColumnType::Serial);
    let columns = header.columns.iter().zip(ledger.columns.values());
    let mapped: Vec<u32> = columns.filter(|(_, column)| tells(column.kind)).filter_map(|(col, _)| *col).collect();
    let texts: Vec<String> = row.cells.iter().take(3).map(|(_, raw)| fold(&raw.to_text())).collect();
    let Some(first) = texts.first() else { return RowKind::Note };
    let begins = |words: &[&str]| words.iter().any(|w| first.starts_with(w));
    if texts.iter().any(|text| is_total(text)) {
        return RowKind::Total;
    }
    let filled = mapped.iter().filter(|col| row.get(**col).is_some()).count();
    let wide = sheet.merges.iter().flat_map(|merges| merges.over(row.row)).any(|m| m.last.1 > m.first.1 + 1);
    if filled == 0 || begins(&NOTES) && (filled <= 1 || wide || first.starts_with("示例") || first.starts_with("(示例"))
    {
        return RowKind::Note;
    }
    if filled == 1 && mapped.len() > 2 && wide || instructs(row) {
        return RowKind::Note;
    }
    let repeats = header.columns.iter().zip(ledger.columns.values()).filter(|(col, column)| {
        let text = col.and_then(|col| row.get(col)).map(|raw| fold_header(&raw.to_text()));
        text.is_some_and(|text| column.header.iter().any(|h| fold_header(h) == text))
    });
    if repeats.count() * 2 > mapped.len() || header.is_repeated(row, sheet) { RowKind::Header } else { RowKind::Data }
}

/// Whether a cell says that its row is a total: 合计, 合计3人, 本页合计, 甲学院小计.
fn is_total(text: &str) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(|c: char| matches!(c, ':' | '(') || c.is_ascii_digit());
    TOTALS.iter().any(|word| text.strip_prefix(word).is_some_and(ends) || text.ends_with(word))
}

/// Whether every cell tells how to fill its column in: （必填）, 如：2018-10-05.
fn instructs(row: &RawRow) -> bool {
    let words = ["如:", "例如", "必填", "选填", "请填", "填写", "格式:"];
    row.cells.len() > 1
        && row.cells.iter().all(|(_, raw)| {
            let text = fold(&raw.to_text());
            text.starts_with('(') && text.ends_with(')') || words.iter().any(|word| text.starts_with(word))
        })
}
