//! How a table's columns share the width of a page: from the widths of their cells to those of the columns.
//!
//! Width is distributed in five rounds: each column's minimum; what keeps short texts whole, the least lack first; up to
//! its preferred width; so that the mean cell of every column takes the same number of lines, as few as possible; up to
//! its maximum. All widths are in tenths of an em.

use super::text::{Inline, Inlines};
use super::text_width::text_width;

/// An East Asian character.
const EM: usize = 10;
/// The least content width of a column: two characters a line.
pub(super) const MIN_WIDTH: usize = 20;
/// A cell up to this width is never broken: three characters, as personal names have.
const UNBROKEN_NAME: usize = 30;
/// A column's name up to this width is not broken while the page is wide enough.
const UNBROKEN_HEAD: usize = 40;
/// A cell up to this width is not broken while the page is wide enough.
const SHORT_TEXT: usize = 50;
/// A number or date up to this width is never broken.
const MAX_UNBROKEN_NUMBER: usize = 110;
/// The width of a picture as long as other columns lack width: 45 mm.
const PICTURE_WIDTH: usize = 121;
/// The most a column gets for its longest cell; longer text wraps.
const MAX_WIDTH: usize = 160;
/// The most lines that the mean cells of a table are spread over.
const MAX_LINES: usize = 20;

/// Preferred widths of a cell, and of a column the largest of its cells, in tenths of an em, without the cell margins.
#[derive(Clone, Copy, Default)]
struct WantedWidths {
    /// Keeps numbers, dates and names unbroken.
    min: usize,
    /// Keeps short texts unbroken as well.
    whole: usize,
    /// As wide as for a short text, however long it is.
    preferred: usize,
    /// Keeps everything on one line, up to [`MAX_WIDTH`].
    max: usize,
}

impl WantedWidths {
    fn max(self, other: Self) -> Self {
        Self {
            min: self.min.max(other.min),
            whole: self.whole.max(other.whole),
            preferred: self.preferred.max(other.preferred),
            max: self.max.max(other.max),
        }
    }
}

/// The type of a table on a page, in tenths of an em of its size.
#[derive(Clone, Copy)]
pub(super) struct Measure {
    pub page_width: usize,
    /// A cell's left and right margins together.
    pub cell_margins: usize,
}

impl Measure {
    /// Whether the columns' minimums fit.
    pub(super) fn fits(self, columns: &[MeasuredColumn]) -> bool {
        columns.iter().map(|column| column.wanted.min + self.cell_margins).sum::<usize>() <= self.page_width
    }
}

/// A column and its cells' widths.
pub(super) struct MeasuredColumn {
    wanted: WantedWidths,
    /// The width of each row's cell on one line, in tenths of an em.
    pub cells: Vec<usize>,
}

impl MeasuredColumn {
    /// The width of its mean cell, in tenths of an em.
    fn mean(&self) -> usize {
        self.cells.iter().sum::<usize>() / self.cells.len().max(1)
    }
}

/// The columns of a table with the widths of their cells.
pub(super) fn measured_columns(head: &[Inlines], rows: &[Vec<Inlines>]) -> Vec<MeasuredColumn> {
    (0..head.len()).map(|col| measured_column(col, head, rows)).collect()
}

fn measured_column(col: usize, head: &[Inlines], rows: &[Vec<Inlines>]) -> MeasuredColumn {
    let mut column = MeasuredColumn { wanted: head_widths(&head[col]), cells: Vec::with_capacity(rows.len()) };
    for cell in rows.iter().filter_map(|row| row.get(col)) {
        let width = text_width(cell);
        column.wanted = column.wanted.max(cell_widths(cell, width));
        column.cells.push(width);
    }
    column
}

/// The widths of the columns, with their cell margins, in tenths of an em.
pub(super) fn widths(columns: &[MeasuredColumn], measure: Measure) -> Vec<usize> {
    let Measure { page_width, cell_margins } = measure;
    let targets = |wanted: fn(&WantedWidths) -> usize| columns.iter().map(move |c| wanted(&c.wanted) + cell_margins);
    let mut widths: Vec<usize> = targets(|column| column.min).collect();
    widen_least_first(&mut widths, targets(|column| column.whole), page_width);
    widen(&mut widths, targets(|column| column.preferred), page_width);
    balance(&mut widths, columns, measure);
    widen(&mut widths, targets(|column| column.max), page_width);
    widths
}

/// Widens columns to their `targets`, those that lack least first, as long as the page is wide enough for all that lack
/// the same; the others towards them. A text that is a little too wide for its column breaks as a much wider one does.
fn widen_least_first(widths: &mut [usize], targets: impl Iterator<Item = usize> + Clone, page_width: usize) {
    let mut free = page_width.saturating_sub(widths.iter().sum());
    let lacks: Vec<usize> =
        targets.clone().zip(widths.iter()).map(|(target, width)| target.saturating_sub(*width)).collect();
    let mut different = lacks.clone();
    different.sort_unstable();
    different.dedup();
    for lack in different {
        let needed = lack * lacks.iter().filter(|own| **own == lack).count();
        let Some(rest) = free.checked_sub(needed) else { break };
        free = rest;
        widths.iter_mut().zip(&lacks).filter(|(_, own)| **own == lack).for_each(|(width, _)| *width += lack);
    }
    widen(widths, targets, page_width);
}

/// Widens columns so that no mean cell takes more lines than others, as few as the page is wide enough for.
fn balance(widths: &mut [usize], columns: &[MeasuredColumn], measure: Measure) {
    let means: Vec<usize> = columns.iter().map(MeasuredColumn::mean).collect();
    for lines in 1..=MAX_LINES {
        let width = |(width, mean): (&usize, &usize)| (mean.div_ceil(lines) + measure.cell_margins).max(*width);
        let balanced: Vec<usize> = widths.iter().zip(&means).map(width).collect();
        if balanced.iter().sum::<usize>() <= measure.page_width {
            widths.copy_from_slice(&balanced);
            return;
        }
    }
}

/// Widens columns towards `targets` in proportion to what each lacks, as far as the page is wide enough.
fn widen(widths: &mut [usize], targets: impl Iterator<Item = usize> + Clone, page_width: usize) {
    let free = page_width.saturating_sub(widths.iter().sum());
    let total_lack: usize =
        targets.clone().zip(widths.iter()).map(|(target, width)| target.saturating_sub(*width)).sum();
    if total_lack == 0 {
        return;
    }
    for (width, target) in widths.iter_mut().zip(targets) {
        let lack = target.saturating_sub(*width);
        *width += lack.min(free * lack / total_lack);
    }
}

/// The widths that a column's name wants: one that is longer than the shortest texts may take two lines.
fn head_widths(head: &Inlines) -> WantedWidths {
    let width = text_width(head);
    let wanted = cell_widths(head, width);
    let in_two_lines = (width / 2).next_multiple_of(EM);
    let whole = if width <= UNBROKEN_HEAD { wanted.whole } else { in_two_lines.min(SHORT_TEXT).max(wanted.min) };
    WantedWidths { whole, preferred: whole, ..wanted }
}

/// The widths that a cell whose text is `width` on one line wants.
fn cell_widths(cell: &Inlines, width: usize) -> WantedWidths {
    let in_number = |c: char| c.is_ascii_graphic() || matches!(c, '年' | '月' | '日');
    let is_number =
        cell.iter().all(|i| matches!(i, Inline::Text(t) | Inline::Sourced(t, _) if t.chars().all(in_number)));
    // A picture is printed smaller where its column is narrower, but not without need.
    let is_picture = |inline: &&Inline| matches!(inline, Inline::Picture(_));
    if let Some(picture) = cell.iter().filter(is_picture).map(|inline| text_width(std::slice::from_ref(inline))).max() {
        let [min, preferred] = [SHORT_TEXT, PICTURE_WIDTH].map(|most| picture.min(most));
        return WantedWidths { min, whole: preferred, preferred, max: picture };
    }
    let unbroken = is_number || width <= UNBROKEN_NAME;
    let min = if unbroken { width.clamp(MIN_WIDTH, MAX_UNBROKEN_NUMBER) } else { MIN_WIDTH };
    let whole = if width <= SHORT_TEXT { width.max(min) } else { min };
    let preferred = width.min(SHORT_TEXT).max(min);
    let max = width.clamp(preferred, MAX_WIDTH.max(preferred));
    WantedWidths { min, whole, preferred, max }
}
