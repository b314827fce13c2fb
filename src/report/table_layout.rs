//! Widths of text, and how a table's columns share the page.
//!
//! Input: a table's cells as [`Inlines`]. Output: each column's share of the table's width and whether the table needs a
//! landscape page. Widths are estimated in tenths of an em, without font metrics: East Asian characters are one em wide,
//! others half an em. Every renderer uses the same shares, so that a table looks alike in every format.

use super::text::{Inline, Inlines, gap_text};
use super::tree::{Align, Table, TableColumn};

/// Width of the 版心 (156 mm; GB/T 9704-2012, 5.2.1) in tenths of an em of 五号 (10.5 pt), the size of table text.
const PORTRAIT_WIDTH: usize = 421;
/// Width between the margins of a landscape page (225 mm), in tenths of an em of 五号.
const LANDSCAPE_WIDTH: usize = 607;
/// A cell's left and right margins together, in tenths of an em.
const CELL_MARGINS: usize = 8;
/// The least content width of a column: two characters a line.
const MIN_WIDTH: usize = 20;
/// A cell up to this width is never broken: three characters, as personal names have.
const UNBROKEN_NAME: usize = 30;
/// A cell up to this width is not broken while the page is wide enough.
const SHORT_TEXT: usize = 50;
/// A number or date up to this width is never broken.
const MAX_UNBROKEN_NUMBER: usize = 110;
/// The width of a picture as long as other columns lack width: 45 mm.
const PICTURE_WIDTH: usize = 121;
/// The most a column gets for its longest cell; longer text wraps.
const MAX_WIDTH: usize = 160;
/// Space that Word and LibreOffice insert between East Asian and other characters, in tenths of an em.
const SCRIPT_CHANGE: usize = 2;

/// The width of a character in tenths of an em: 10 for East Asian characters and `·`, 0 for combining and zero-width
/// ones, otherwise 5.
pub(crate) fn em_tenths(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        c if (c as u32) < 0x2000 && c != '·' => 5,
        _ => 10,
    }
}

/// The width of text on one line, in tenths of an em.
pub(super) fn text_width(text: &[Inline]) -> usize {
    text.iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Sourced(text, _) => str_width(text),
            Inline::Gap(label, _) => str_width(&gap_text(label)),
            Inline::Break => 0,
            // 五号 is 37 tenths of a millimetre.
            Inline::Picture(printed) => printed.picture.print_width as usize * 10 / 37,
        })
        .sum()
}

fn str_width(text: &str) -> usize {
    let mut width = 0;
    let mut previous = None;
    for current in text.chars().map(em_tenths).filter(|width| *width > 0) {
        width += current;
        if previous.is_some_and(|previous| previous != current) {
            width += SCRIPT_CHANGE;
        }
        previous = Some(current);
    }
    width
}

/// How a table is laid out.
#[derive(Debug)]
pub(super) struct TableLayout {
    /// Alignment and share of each column.
    pub columns: Vec<TableColumn>,
    /// Whether the table needs a landscape page.
    pub landscape: bool,
}

/// Preferred widths of a column, in tenths of an em, each including the cell margins.
#[derive(Clone, Copy, Default)]
struct WantedWidths {
    /// Keeps numbers, dates and names unbroken.
    min: usize,
    /// Keeps short texts unbroken as well.
    preferred: usize,
    /// Keeps everything on one line, up to [`MAX_WIDTH`].
    max: usize,
}

/// Lays out a table. `aligns` are the template's; a column without one is centred.
///
/// Width is distributed in three rounds: each column's minimum, then up to its preferred width, then up to its maximum.
/// A table whose minimums do not fit an upright page gets a landscape page.
pub(super) fn lay_out(aligns: &[Align], head: &[Inlines], rows: &[Vec<Inlines>]) -> TableLayout {
    let wanted = wanted_widths(head, rows);
    let landscape = wanted.iter().map(|column| column.min).sum::<usize>() > PORTRAIT_WIDTH;
    let columns = shares(&wanted, landscape).into_iter().enumerate();
    let columns =
        columns.map(|(col, share)| TableColumn { align: aligns.get(col).copied().unwrap_or(Align::Center), share });
    TableLayout { columns: columns.collect(), landscape }
}

/// Lays a table out anew for pages that are turned whatever it needs.
pub(super) fn fit(table: &mut Table, landscape: bool) {
    let shares = shares(&wanted_widths(&table.head, &table.rows), landscape);
    table.columns.iter_mut().zip(shares).for_each(|(column, share)| column.share = share);
    table.landscape = false;
}

fn wanted_widths(head: &[Inlines], rows: &[Vec<Inlines>]) -> Vec<WantedWidths> {
    (0..head.len()).map(|col| column_widths(col, head, rows)).collect()
}

/// Each column's share of the width of a page, in thousandths.
fn shares(wanted: &[WantedWidths], landscape: bool) -> Vec<u16> {
    let mut widths: Vec<usize> = wanted.iter().map(|column| column.min).collect();
    let page_width = if landscape { LANDSCAPE_WIDTH } else { PORTRAIT_WIDTH };
    widen(&mut widths, wanted.iter().map(|column| column.preferred), page_width);
    widen(&mut widths, wanted.iter().map(|column| column.max), page_width);
    thousandths(&widths)
}

/// The largest preferred widths of the cells of a column.
fn column_widths(col: usize, head: &[Inlines], rows: &[Vec<Inlines>]) -> WantedWidths {
    let mut column = WantedWidths::default();
    for cell in std::iter::once(&head[col]).chain(rows.iter().filter_map(|row| row.get(col))) {
        let cell = cell_widths(cell);
        column.min = column.min.max(cell.min);
        column.preferred = column.preferred.max(cell.preferred);
        column.max = column.max.max(cell.max);
    }
    column
}

/// Widens columns towards `targets` in proportion to what each lacks, as far as the page is wide enough.
fn widen(widths: &mut [usize], targets: impl Iterator<Item = usize> + Clone, page_width: usize) {
    let room = page_width.saturating_sub(widths.iter().sum());
    let total_lack: usize =
        targets.clone().zip(widths.iter()).map(|(target, width)| target.saturating_sub(*width)).sum();
    if total_lack == 0 {
        return;
    }
    for (width, target) in widths.iter_mut().zip(targets) {
        let lack = target.saturating_sub(*width);
        *width += lack.min(room * lack / total_lack);
    }
}

fn cell_widths(cell: &Inlines) -> WantedWidths {
    let width = text_width(cell);
    let in_number = |c: char| c.is_ascii_graphic() || matches!(c, '年' | '月' | '日');
    let is_number =
        cell.iter().all(|i| matches!(i, Inline::Text(t) | Inline::Sourced(t, _) if t.chars().all(in_number)));
    // A picture is printed smaller where its column is narrower, but not without need.
    let is_picture = |inline: &&Inline| matches!(inline, Inline::Picture(_));
    if let Some(picture) = cell.iter().filter(is_picture).map(|inline| text_width(std::slice::from_ref(inline))).max() {
        let wanted = picture + CELL_MARGINS;
        let [min, preferred] = [SHORT_TEXT, PICTURE_WIDTH].map(|most| (most + CELL_MARGINS).min(wanted));
        return WantedWidths { min, preferred, max: wanted };
    }
    let unbroken = is_number || width <= UNBROKEN_NAME;
    let min = if unbroken { width.clamp(MIN_WIDTH, MAX_UNBROKEN_NUMBER) } else { MIN_WIDTH };
    let preferred = width.min(SHORT_TEXT).max(min);
    let max = width.clamp(preferred, MAX_WIDTH.max(preferred));
    WantedWidths { min: min + CELL_MARGINS, preferred: preferred + CELL_MARGINS, max: max + CELL_MARGINS }
}

/// Widths as thousandths of their sum; rounding remainders go to the first columns, so that they sum to exactly 1000.
fn thousandths(widths: &[usize]) -> Vec<u16> {
    let total = widths.iter().sum::<usize>().max(1);
    let mut shares: Vec<u16> = widths.iter().map(|width| (width * 1000 / total) as u16).collect();
    let left = 1000_u16.saturating_sub(shares.iter().sum());
    shares.iter_mut().take(usize::from(left)).for_each(|share| *share += 1);
    shares
}

#[cfg(test)]
mod tests {
    use super::{Inline, Inlines, lay_out};

    fn cell(text: &str) -> Inlines {
        vec![Inline::Text(text.to_owned())]
    }

    #[test]
    fn shares_sum_to_the_whole_and_follow_the_content() {
        let head = vec![cell("序号"), cell("整改措施"), cell("状态")];
        let rows = vec![vec![cell("1"), cell("补齐会议记录并统一归档保存备查以备检查"), cell("已完成")]];
        let layout = lay_out(&[], &head, &rows);
        assert_eq!(layout.columns.iter().map(|c| c.share).sum::<u16>(), 1000);
        assert!(layout.columns[1].share > layout.columns[0].share * 2, "{layout:?}");
        assert!(!layout.landscape);
    }

    #[test]
    fn many_columns_need_a_landscape_page() {
        let head: Vec<Inlines> = (0..16).map(|n| cell(&format!("第{n:02}项"))).collect();
        assert!(lay_out(&[], &head, &[]).landscape);
    }
}
