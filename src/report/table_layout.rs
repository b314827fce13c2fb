//! How wide text is, and how a table's columns share the page.

use super::{Align, Column, Inline, Text, gap_text};

/// Characters of 五号 (10.5 pt) that fit in 156 mm, in tenths of an em.
const PORTRAIT_TENTHS: usize = 421;
/// A cell's margins, both sides, in tenths of an em of 五号.
const MARGINS: usize = 8;
/// A column as narrow as this still reads.
const NARROWEST: usize = 20;
/// A name is never broken.
const NAME: usize = 30;
/// A word up to this width is better not broken.
const SHORT: usize = 50;
/// A number or date is never broken up to this width.
const LONGEST_ATOM: usize = 110;
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

/// Characters of 五号 that fit on a page on its side (225 mm).
const LANDSCAPE_TENTHS: usize = 607;
/// What programs put between a narrow character and a wide one.
const BETWEEN: usize = 2;

/// The width of text on one line, in tenths of an em.
pub fn text_tenths(text: &[Inline]) -> usize {
    text.iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Sourced(text, _) => str_tenths(text),
            Inline::Gap(what, _) => str_tenths(&gap_text(what)),
            Inline::Break => 0,
        })
        .sum()
}

fn str_tenths(text: &str) -> usize {
    let mut before = None;
    text.chars()
        .map(em_tenths)
        .filter(|width| *width > 0)
        .map(|width| {
            let changes = before.replace(width).is_some_and(|before| before != width);
            width + if changes { BETWEEN } else { 0 }
        })
        .sum()
}

/// What a column needs, in tenths of an em, each amount with its margins.
#[derive(Clone, Copy, Default)]
struct Need {
    /// No number or date is broken.
    least: usize,
    /// No short word is broken either.
    decent: usize,
    /// Nothing is broken, within reason.
    whole: usize,
}

/// The columns' shares of the width, and whether the table needs a page on its side.
///
/// Room is given out in three rounds: what keeps numbers whole, what keeps short words whole, the rest by content.
/// A table that fails the first round needs the wider page.
pub fn columns(aligns: &[Align], head: &[Text], rows: &[Vec<Text>]) -> (Vec<Column>, bool) {
    let needs: Vec<Need> = (0..head.len())
        .map(|col| {
            let cells = std::iter::once(&head[col]).chain(rows.iter().filter_map(|row| row.get(col)));
            cells.map(need).fold(Need::default(), |a, b| Need {
                least: a.least.max(b.least),
                decent: a.decent.max(b.decent),
                whole: a.whole.max(b.whole),
            })
        })
        .collect();
    let mut widths: Vec<usize> = needs.iter().map(|need| need.least).collect();
    let landscape = widths.iter().sum::<usize>() > PORTRAIT_TENTHS;
    let page = if landscape { LANDSCAPE_TENTHS } else { PORTRAIT_TENTHS };
    give(&mut widths, &needs.iter().map(|need| need.decent).collect::<Vec<_>>(), page);
    give(&mut widths, &needs.iter().map(|need| need.whole).collect::<Vec<_>>(), page);
    let align = |col: usize| aligns.get(col).copied().unwrap_or(Align::Center);
    let columns = shares(&widths).into_iter().enumerate();
    (columns.map(|(col, share)| Column { align: align(col), share }).collect(), landscape)
}

/// Widens columns towards `wanted`, all in the same measure, as far as the page has room.
fn give(widths: &mut [usize], wanted: &[usize], page: usize) {
    let room = page.saturating_sub(widths.iter().sum());
    let lacking: usize = wanted.iter().zip(widths.iter()).map(|(wanted, has)| wanted.saturating_sub(*has)).sum();
    if lacking == 0 {
        return;
    }
    for (width, wanted) in widths.iter_mut().zip(wanted) {
        let lack = wanted.saturating_sub(*width);
        *width += lack.min(room * lack / lacking);
    }
}

fn need(cell: &Text) -> Need {
    let whole = text_tenths(cell);
    let in_atom = |c: char| c.is_ascii_graphic() || matches!(c, '年' | '月' | '日');
    let atom = cell.iter().all(|i| matches!(i, Inline::Text(t) | Inline::Sourced(t, _) if t.chars().all(in_atom)));
    let name = whole <= NAME;
    let least = if atom || name { whole.clamp(NARROWEST, LONGEST_ATOM) } else { NARROWEST };
    let decent = if whole <= SHORT { whole } else { SHORT }.max(least);
    Need { least: least + MARGINS, decent: decent + MARGINS, whole: whole.clamp(decent, WIDEST.max(decent)) + MARGINS }
}

/// Widths as thousandths that sum to exactly 1000.
fn shares(widths: &[usize]) -> Vec<u16> {
    let total = widths.iter().sum::<usize>().max(1);
    let mut shares: Vec<u16> = widths.iter().map(|width| (width * 1000 / total) as u16).collect();
    let left = 1000_u16.saturating_sub(shares.iter().sum());
    shares.iter_mut().take(usize::from(left)).for_each(|share| *share += 1);
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
        let head: Vec<Text> = (0..16).map(|n| cell(&format!("第{n:02}项"))).collect();
        assert!(columns(&[], &head, &[]).1);
    }
}
