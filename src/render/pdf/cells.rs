//! Tables and charts: cells of placed lines.

use super::composer::Composer;
use super::flow::{Block, Keep};
use super::page::{Color, ElementId, ElementKind, Shape};
use super::style::{self, Alignment, LineHeight, ParagraphStyle};
use super::table::{CellLines, Frame, Row, TableBlock};
use crate::render::geometry::{BAR_HEIGHT, CELL_MARGIN, CHART_WIDTHS, ChartWidths, LONGEST_BAR};
use crate::report::{Align, Bar, Chart, Inlines, Table};

/// The margins of a cell beside small type.
const SMALL_MARGIN: f32 = 20.0;
/// 小六 and its lines: the type of tables that are too wide otherwise.
const SMALL_TYPE: SmallType = SmallType { size: 130.0, line: 180.0 };

struct SmallType {
    size: f32,
    line: f32,
}

/// A bar's upper edge in its line.
const BAR_TOP: f32 = 20.0;

/// A table as wide as the page.
pub(super) fn table(composer: &mut Composer<'_>, table: &Table, is_closing: bool) {
    if let Some(caption) = &table.caption {
        composer.caption(caption, Keep::Next);
    }
    let element = composer.structure.add(ElementKind::Table, None);
    let widths = column_widths(table, composer.width);
    let mut setter = CellSetter::new(composer, element, table.small);
    let mut head_style = style::head_cell();
    setter.fit(&mut head_style);
    let cells = table.head.iter().zip(&widths).map(|(text, width)| (text, *width, head_style));
    let head = setter.row(ElementKind::HeadCell, cells.collect());
    let mut rows = Vec::with_capacity(table.rows.len());
    for texts in &table.rows {
        let cells = texts.iter().zip(&table.columns).zip(&widths).map(|((text, column), width)| {
            let mut style = style::cell();
            style.align = match column.align {
                Align::Left => Alignment::Left,
                Align::Center => Alignment::Center,
                Align::Right => Alignment::Right,
            };
            setter.fit(&mut style);
            (text, *width, style)
        });
        let cells = cells.collect();
        let row = setter.row(ElementKind::Cell, cells);
        rows.push(Row { may_break: table.may_break(texts), ..row });
    }
    push(composer, widths, Some(head), rows, is_closing);
}

fn push(composer: &mut Composer<'_>, widths: Vec<f32>, head: Option<Row>, rows: Vec<Row>, keeps_next: bool) {
    let (left, frame, is_whole) = (0.0, Frame::Ruled, false);
    composer.blocks.push(Block::Table(TableBlock { left, widths, frame, head, rows, keeps_next, is_whole }));
}

/// A chart as a table with a bar between each name and its value.
pub(super) fn chart(composer: &mut Composer<'_>, chart: &Chart, is_closing: bool) {
    composer.caption(&chart.caption, Keep::Next);
    let ChartWidths { name, bar, value } = CHART_WIDTHS;
    let [name, bar, value] = [name, bar, value].map(|width| width as f32);
    let element = composer.structure.add(ElementKind::Table, None);
    let mut setter = CellSetter::new(composer, element, false);
    let (head_style, none) = (style::head_cell(), Inlines::new());
    let cells = vec![
        (&chart.name_header, name, head_style),
        (&none, bar, head_style),
        (&chart.value_header, value, head_style),
    ];
    let head = setter.row(ElementKind::HeadCell, cells);
    let aligned = |align| ParagraphStyle { align, ..style::cell() };
    let rows = chart.bars.iter().map(|row| {
        let cells = vec![
            (&row.name, name, aligned(Alignment::Left)),
            (&none, bar, aligned(Alignment::Left)),
            (&row.value, value, aligned(Alignment::Right)),
        ];
        let mut placed = setter.row(ElementKind::Cell, cells);
        if let Some(line) = placed.cells.get_mut(1).and_then(|cell| cell.lines.front_mut()) {
            line.shapes.extend(bar_of(row));
        }
        placed
    });
    let rows = rows.collect();
    push(composer, vec![name, bar, value], Some(head), rows, is_closing);
}

fn bar_of(bar: &Bar) -> Option<Shape> {
    let width = LONGEST_BAR as f32 * f32::from(bar.share) / 1000.0;
    let shape = Shape { x: CELL_MARGIN as f32, y: BAR_TOP, width, height: BAR_HEIGHT as f32, color: Color::Bar };
    (bar.share > 0).then_some(shape)
}

/// Sets the cells of a table.
struct CellSetter<'c, 'f> {
    composer: &'c mut Composer<'f>,
    table: ElementId,
    is_small: bool,
}

impl<'c, 'f> CellSetter<'c, 'f> {
    fn new(composer: &'c mut Composer<'f>, table: ElementId, is_small: bool) -> Self {
        Self { composer, table, is_small }
    }

    fn margin(&self) -> f32 {
        if self.is_small { SMALL_MARGIN } else { CELL_MARGIN as f32 }
    }

    /// Puts the type of the table into a style.
    fn fit(&self, style: &mut ParagraphStyle) {
        if self.is_small {
            style.text.size = SMALL_TYPE.size;
            style.line = LineHeight::Exact(SMALL_TYPE.line);
        }
    }

    /// A row of cells: each its text, its width and its style.
    fn row(&mut self, kind: ElementKind, cells: Vec<(&Inlines, f32, ParagraphStyle)>) -> Row {
        let row = self.composer.structure.add(ElementKind::Row, Some(self.table));
        let margin = self.margin();
        let cells = cells.into_iter().map(|(text, width, style)| {
            let cell = self.composer.structure.add(kind.clone(), Some(row));
            let inner = width - 2.0 * margin;
            // A cell without text has an element of its own all the same.
            let blank = if text.is_empty() { " " } else { "" };
            let mut lines = self.composer.lines_within(inner, Some(cell), style, |atoms, style| {
                atoms.inlines(text, style);
                atoms.text(blank, style);
            });
            lines.iter_mut().for_each(|line| line.shift(margin));
            CellLines { lines: lines.into(), span: 1, at_top: false }
        });
        Row::new(cells.collect(), Frame::Ruled)
    }
}

/// Column widths that sum to exactly `width`, in whole twips; the last column gets the remainder.
fn column_widths(table: &Table, width: f32) -> Vec<f32> {
    let mut widths: Vec<f32> =
        table.columns.iter().map(|column| (width * f32::from(column.share) / 1000.0).floor()).collect();
    let remainder = width - widths.iter().sum::<f32>();
    if let Some(last) = widths.last_mut() {
        *last += remainder;
    }
    widths
}
