//! Tables on pages: rows of cells of placed lines, and the rules around them. Lengths are twips; places are relative to
//! the left edge of the text and the upper edge of a row.

use std::collections::VecDeque;

use super::lines::Line;
use super::page::{Color, Item, Shape};

/// A table before it is broken into pages. `widths` are those of its columns.
#[derive(Clone, Debug)]
pub(super) struct TableBlock {
    /// From the left edge of the text.
    pub left: f32,
    pub widths: Vec<f32>,
    pub frame: Frame,
    /// The row that every page begins with.
    pub head: Option<Row>,
    pub rows: Vec<Row>,
    /// Whether it stays with the block below.
    pub keeps_next: bool,
    /// Whether all its rows stay on one page.
    pub is_whole: bool,
}

/// The rules and margins of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// Rules around all cells, and space above and below their text.
    Ruled,
    /// Neither.
    Plain,
}

/// The thickness of rules: 0.25 pt.
const RULE: f32 = 5.0;
/// Space above and below the text of a cell.
const MARGIN: f32 = 40.0;

impl Frame {
    /// The thickness of its rules.
    fn rule(self) -> f32 {
        match self {
            Self::Ruled => RULE,
            Self::Plain => 0.0,
        }
    }

    fn margin(self) -> f32 {
        match self {
            Self::Ruled => MARGIN,
            Self::Plain => 0.0,
        }
    }
}

/// A row of a table, its cells already broken into lines.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub cells: Vec<CellLines>,
    /// Whether it may be broken across pages.
    pub may_break: bool,
    pub frame: Frame,
    /// The least height, without rules.
    pub at_least: f32,
}

/// The text of a cell: lines from the cell's left edge on.
#[derive(Clone, Debug, Default)]
pub(super) struct CellLines {
    pub lines: VecDeque<Line>,
    /// How many columns it goes across.
    pub span: usize,
    /// Whether it begins at the upper edge, not in the middle.
    pub at_top: bool,
}

impl CellLines {
    fn height(&self) -> f32 {
        self.lines.iter().map(|line| line.height).sum()
    }

    /// How many of its lines fit into that height.
    fn fitting(&self, height: f32) -> usize {
        let mut used = 0.0;
        let fits = |line: &&Line| {
            used += line.height;
            used <= height
        };
        self.lines.iter().take_while(fits).count()
    }
}

/// A row as it is drawn.
#[derive(Default)]
pub(super) struct PlacedRow {
    pub items: Vec<Item>,
    pub shapes: Vec<Shape>,
}

impl Row {
    pub(super) fn new(cells: Vec<CellLines>, frame: Frame) -> Self {
        Self { cells, may_break: false, frame, at_least: 0.0 }
    }

    /// Its height with the rule below it.
    pub(super) fn height(&self) -> f32 {
        self.text_height() + 2.0 * self.frame.margin() + self.frame.rule()
    }

    fn text_height(&self) -> f32 {
        self.cells.iter().map(CellLines::height).fold(self.at_least, f32::max)
    }

    /// The height that must be there for a part of it.
    fn first_part(&self) -> f32 {
        if !self.may_break {
            return self.height();
        }
        let first = self.cells.iter().filter_map(|cell| cell.lines.front()).map(|line| line.height).fold(0.0, f32::max);
        first + 2.0 * self.frame.margin() + self.frame.rule()
    }

    /// Whether it fits into that height with the rule below it. Looks at no more lines than fit.
    pub(super) fn fits(&self, height: f32) -> bool {
        let available = self.available(height);
        self.at_least <= available && self.cells.iter().all(|cell| cell.fitting(available) == cell.lines.len())
    }

    /// What that height leaves for its text.
    fn available(&self, height: f32) -> f32 {
        height - 2.0 * self.frame.margin() - self.frame.rule()
    }

    /// Takes off what fits into that height and leaves the rest; `None`, and nothing is taken, when not a line of every
    /// cell fits or no line is left.
    pub(super) fn take_upper(&mut self, height: f32) -> Option<Self> {
        let available = self.available(height);
        let counts: Vec<usize> = self.cells.iter().map(|cell| cell.fitting(available)).collect();
        let cells = || self.cells.iter().zip(&counts);
        let is_stuck = cells().any(|(cell, count)| *count == 0 && !cell.lines.is_empty());
        if is_stuck || cells().all(|(cell, count)| *count == cell.lines.len()) {
            return None;
        }
        let upper = self.cells.iter_mut().zip(counts).map(|(cell, count)| {
            cell.at_top = true;
            CellLines { lines: cell.lines.drain(..count).collect(), span: cell.span, at_top: true }
        });
        let upper = upper.collect();
        (self.may_break, self.at_least) = (true, 0.0);
        Some(Self { cells: upper, may_break: true, frame: self.frame, at_least: 0.0 })
    }

    /// Takes its text out of the structure, as what is repeated.
    pub(super) fn forget_elements(&mut self) {
        let lines = self.cells.iter_mut().flat_map(|cell| &mut cell.lines);
        lines.flat_map(|line| &mut line.items).for_each(|item| item.element = None);
    }

    /// Its text and rules; the rule above it is drawn with it.
    pub(super) fn placed(&self, table: &TableBlock) -> PlacedRow {
        let mut placed = PlacedRow::default();
        let (rule, margin, height) = (self.frame.rule(), self.frame.margin(), self.height());
        let inner = self.text_height();
        let mut x = table.left;
        let mut columns = table.widths.iter();
        for cell in &self.cells {
            let width: f32 = columns.by_ref().take(cell.span.max(1)).sum();
            let mut y = margin + if cell.at_top { 0.0 } else { (inner - cell.height()) / 2.0 };
            for line in &cell.lines {
                let items = line.items.iter().cloned();
                placed.items.extend(items.map(|item| Item { mark: item.mark.moved(x, y), ..item }));
                placed.shapes.extend(line.shapes.iter().map(|shape| shape.moved(x, y)));
                y += line.height;
            }
            if rule > 0.0 {
                placed.shapes.push(vertical(x, height));
            }
            x += width;
        }
        if rule > 0.0 {
            placed.shapes.push(vertical(x, height));
            let across = |y: f32| Shape {
                x: table.left - rule / 2.0,
                y: y - rule,
                width: x - table.left + rule,
                height: rule,
                color: Color::Black,
            };
            placed.shapes.extend([across(0.0), across(height)]);
        }
        placed
    }
}

/// A rule beside a cell.
fn vertical(x: f32, height: f32) -> Shape {
    Shape { x: x - RULE / 2.0, y: -RULE, width: RULE, height, color: Color::Black }
}

impl TableBlock {
    /// The thickness of the rule above it.
    pub(super) fn border(&self) -> f32 {
        self.frame.rule()
    }

    pub(super) fn head_height(&self) -> f32 {
        self.border() + self.head.as_ref().map_or(0.0, Row::height)
    }

    pub(super) fn height(&self) -> f32 {
        self.head_height() + self.rows.iter().map(Row::height).sum::<f32>()
    }

    /// Its head and what must follow it on the same page.
    pub(super) fn first_part(&self) -> f32 {
        if self.is_whole {
            return self.height();
        }
        self.head_height() + self.rows.first().map_or(0.0, Row::first_part)
    }
}

#[cfg(test)]
mod tests {
    use super::{CellLines, Frame, Line, Row};

    #[test]
    fn a_row_of_any_height_is_taken_apart_line_by_line() {
        let lines = |count: usize| (0..count).map(|_| Line { height: 10.0, ..Line::default() }).collect();
        let cell = |count| CellLines { lines: lines(count), span: 1, at_top: false };
        // Each page looks at its own lines alone: 40,000 pages.
        let mut rest = Row::new(vec![cell(400_000), cell(25)], Frame::Plain);
        let mut parts = Vec::new();
        while !rest.fits(100.0) {
            parts.push(rest.take_upper(100.0).expect("ten lines fit"));
        }
        parts.push(rest);
        let count = |column: usize| parts.iter().map(|part| part.cells[column].lines.len()).collect::<Vec<_>>();
        assert_eq!(count(0), vec![10; 40_000]);
        assert_eq!(count(1)[..4], [10, 10, 5, 0]);
        assert!(Row::new(vec![cell(1)], Frame::Plain).take_upper(5.0).is_none());
    }
}
