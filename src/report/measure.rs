//! How wide text is, and how a table's columns share the page.

use super::{Align, Column, Inline, Text, gap_text};

/// Characters of 五号 (10.5 pt) that fit in 156 mm, in tenths of an em.
pub const PORTRAIT_TENTHS: usize = 421;
/// A cell's margins, both sides, in tenths of an em of 五号.
const MARGINS: usize = 10;
/// A column as narrow as this still reads.
const NARROWEST: usize = 20;
/// A column that wants more wraps.
const WIDEST: usize = 160;

/// The width of a character in tenths of an em: half for what is narrow, whole for what is wide.
pub fn em_tenths(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        c if (c as u32) < 0x2000 && c != '·' => 5,
        _ => 10,
    }
}

/// The width of text on one line, in tenths of an em.
pub fn text_tenths(text: &[Inline]) -> usize {
    let pieces = text.iter().map(|inline| match inline {
        Inline::Text(text) => text.chars().map(em_tenths).sum(),
        Inline::Gap(what) => gap_text(what).chars().map(em_tenths).sum(),
        Inline::Break => 0_usize,
    });
    pieces.sum()
}

/// The columns' shares of the width, and whether the table needs a page on its side.
///
/// Each column first gets what its longest unbreakable piece needs; the rest is shared out by content.
pub fn columns(aligns: &[Align], head: &[Text], rows: &[Vec<Text>]) -> (Vec<Column>, bool) {
    let count = head.len();
    let cells = |col: usize| std::iter::once(&head[col]).chain(rows.iter().filter_map(move |row| row.get(col)));
    let least: Vec<usize> = (0..count).map(|col| cells(col).map(unbreakable).max().unwrap_or(0).max(NARROWEST) + MARGINS).collect();
    let wanted: Vec<usize> = (0..count)
        .map(|col| cells(col).map(|cell| text_tenths(cell)).max().unwrap_or(0).min(WIDEST) + MARGINS)
        .collect();
    let landscape = least.iter().sum::<usize>() > PORTRAIT_TENTHS;
    let spare: Vec<usize> = wanted.iter().zip(&least).map(|(wanted, least)| wanted.saturating_sub(*least)).collect();
    let room = PORTRAIT_TENTHS.saturating_sub(least.iter().sum());
    let spares = spare.iter().sum::<usize>();
    let widths: Vec<usize> = least.iter().zip(&spare).map(|(least, spare)| match (spares, count) {
        (0, 0) => *least,
        (0, count) => least + room / count,
        (spares, _) => least + room * spare / spares,
    }).collect();
    let shares = shares(&widths);
    let align = |col: usize| aligns.get(col).copied().unwrap_or(Align::Center);
    (shares.into_iter().enumerate().map(|(col, share)| Column { align: align(col), share }).collect(), landscape)
}

/// The width below which a cell breaks badly: a number or date, or a short word, stays whole; longer Chinese
/// text may break anywhere.
fn unbreakable(cell: &Text) -> usize {
    let width = text_tenths(cell);
    let short = width <= 40;
    let atom = cell.iter().all(|i| matches!(i, Inline::Text(t) if t.chars().all(|c| c.is_ascii_graphic())));
    if short || atom { width.min(110) } else { 40 }
}

/// Widths as thousandths that sum to exactly 1000.
fn shares(widths: &[usize]) -> Vec<u16> {
    let total = widths.iter().sum::<usize>().max(1);
    let mut shares: Vec<u16> = widths.iter().map(|width| (width * 1000 / total) as u16).collect();
    let left = 1000_u16.saturating_sub(shares.iter().sum());
    if let Some(widest) = shares.iter_mut().max() {
        *widest += left;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::{Inline, Text, columns};

    fn cell(text: &str) -> Text {
        vec![Inline::Text(text.to_owned())]
    }

    #[test]
    fn shares_sum_to_the_whole_and_follow_the_content() {
        let head = vec![cell("序号"), cell("整改措施"), cell("状态")];
        let rows = vec![vec![cell("1"), cell("补齐会议记录并统一归档保存备查以备检查"), cell("已完成")]];
        let (columns, landscape) = columns(&[], &head, &rows);
        assert_eq!(columns.iter().map(|c| c.share).sum::<u16>(), 1000);
        assert!(columns[1].share > columns[0].share * 2, "{columns:?}");
        assert!(!landscape);
    }

    #[test]
    fn many_columns_ask_for_a_page_on_its_side() {
        let head: Vec<Text> = (0..14).map(|n| cell(&format!("第{n:02}项"))).collect();
        assert!(columns(&[], &head, &[]).1);
    }
}
