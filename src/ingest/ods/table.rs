//! One sheet (`<table:table>`): columns, rows, merged ranges, repetitions.
//!
//! Input: the elements inside of the table. Output: cells to the [`Budget`]'s sink, row by row; the rest as
//! [`SheetMetadata`] at the end. Blank cells and rows cost nothing, however often they are repeated; every repetition
//! of another cell counts as a cell of the budget.

use quick_xml::events::{BytesStart, Event};

use super::super::address::{MAX_COLUMNS, MAX_ROWS};
use super::super::budget::Budget;
use super::super::interner::Interner;
use super::super::limits::ReadError;
use super::super::merges::Merge;
use super::super::raw_cell::{RawCell, is_subtotal};
use super::super::raw_sheet::{ColumnRange, PlacedPicture, SheetMetadata};
use super::super::xml::attribute;
use super::cell::OdsCell;
use super::styles::{CellStyle, OdsStyles};

/// Elements, besides drawings, whose text is no text of a cell.
const WITHOUT_TEXT: [&str; 7] = [
    "office:annotation",
    "office:forms",
    "table:detective",
    "table:shapes",
    "table:table",
    "text:note",
    "text:ruby-text",
];

/// What the sheets of a document share.
pub(super) struct Shared<'s, 'o> {
    pub styles: OdsStyles,
    pub texts: Interner,
    pub budget: &'s mut Budget<'o>,
}

/// The state between two elements of a sheet.
#[derive(Debug)]
pub(super) struct TableParser {
    pub metadata: SheetMetadata,
    /// The styles of cells that have none of their own, by the columns up to which they reach.
    columns: Vec<(u32, CellStyle)>,
    next_column: u32,
    /// For each open group of rows or columns whether it is folded up.
    groups: Vec<bool>,
    row: OdsRow,
    cell: OdsCell,
    /// Whether a cell is open that shows something.
    in_cell: bool,
    skipped: Option<Skipped>,
}

/// A row while its element is read.
#[derive(Debug, Default)]
struct OdsRow {
    /// The first of the rows that it stands for, and the one after the last.
    first: u32,
    end: u32,
    next_column: u32,
    /// The style of cells that have none of their own.
    style: Option<CellStyle>,
    cells: Vec<RepeatedCell>,
}

#[derive(Debug)]
struct RepeatedCell {
    first: u32,
    end: u32,
    content: RawCell,
}

/// An element whose text is not text of a cell: a note, a drawing, a table in a cell.
#[derive(Debug)]
struct Skipped {
    /// Its open elements.
    depth: u32,
    is_drawing: bool,
    /// Whether it holds what is anchored at the page.
    is_of_page: bool,
    /// The open frame holds a chart or the like; its picture is a substitute.
    has_object: bool,
    /// An image of the open frame was met.
    has_image: bool,
}

impl TableParser {
    /// Starts a sheet.
    pub(super) fn new() -> Self {
        Self {
            metadata: SheetMetadata { merges: Some(Vec::new()), ..SheetMetadata::default() },
            columns: Vec::new(),
            next_column: 0,
            groups: Vec::new(),
            row: OdsRow::default(),
            cell: OdsCell::default(),
            in_cell: false,
            skipped: None,
        }
    }

    /// Whether the elements belong to something inside of the sheet that is skipped.
    pub(super) fn is_skipping(&self) -> bool {
        self.skipped.is_some()
    }

    /// An element starts inside of the table.
    pub(super) fn start(&mut self, tag: &BytesStart<'_>, shared: &mut Shared<'_, '_>) -> Result<(), ReadError> {
        if self.skipped.is_some() {
            return self.start_skipped(tag, shared.budget);
        }
        match tag.name().as_ref() {
            "table:table-column-group" | "table:table-row-group" => {
                self.groups.push(attribute(tag, "table:display").is_some_and(|display| display == "false"));
            }
            "table:table-column" => self.column(tag, &mut shared.styles),
            "table:table-row" => self.start_row(tag, &mut shared.styles),
            "table:table-cell" => self.start_cell(tag, shared)?,
            "table:covered-table-cell" => {
                let repeated = attribute(tag, "table:number-columns-repeated");
                self.row.pass(repeated.and_then(|count| count.parse().ok()).unwrap_or(1));
            }
            name if name.starts_with("draw:") || WITHOUT_TEXT.contains(&name) => {
                let is_drawing = name.starts_with("draw:");
                let is_of_page = name == "table:shapes";
                self.skipped = Some(Skipped { depth: 0, is_drawing, is_of_page, has_object: false, has_image: false });
                self.start_skipped(tag, shared.budget)?;
            }
            _ if self.in_cell => {
                let limit = shared.budget.text_limit();
                self.cell.text.start(tag, &shared.styles, limit);
            }
            _ => {}
        }
        self.check_length(shared.budget)
    }

    /// An element ends inside of the table.
    pub(super) fn end(&mut self, name: &str, shared: &mut Shared<'_, '_>) -> Result<(), ReadError> {
        if let Some(skipped) = &mut self.skipped {
            skipped.depth = skipped.depth.saturating_sub(1);
            if skipped.depth == 0 {
                self.skipped = None;
            }
            return Ok(());
        }
        match name {
            "table:table-column-group" | "table:table-row-group" => drop(self.groups.pop()),
            "table:table-row" => self.end_row(shared)?,
            "table:table-cell" => self.end_cell(),
            _ => self.cell.text.end(name),
        }
        Ok(())
    }

    /// Characters between tags.
    pub(super) fn text(&mut self, event: &Event<'_>, budget: &Budget<'_>) -> Result<(), ReadError> {
        if self.in_cell && self.skipped.is_none() {
            self.cell.text.text(event)?;
        }
        self.check_length(budget)
    }

    fn check_length(&self, budget: &Budget<'_>) -> Result<(), ReadError> {
        if self.cell.text.len() > budget.text_limit() {
            return Err(ReadError::TooLarge("内容太多".to_owned()));
        }
        Ok(())
    }

    /// An element starts that is skipped. Notes the cells at which pictures are anchored.
    fn start_skipped(&mut self, tag: &BytesStart<'_>, budget: &mut Budget<'_>) -> Result<(), ReadError> {
        let Some(skipped) = &mut self.skipped else { return Ok(()) };
        skipped.depth = skipped.depth.saturating_add(1);
        match tag.name().as_ref() {
            "draw:frame" => (skipped.has_object, skipped.has_image) = (false, false),
            "draw:object" | "draw:object-ole" => skipped.has_object = true,
            "draw:image" if skipped.is_of_page && !skipped.has_object => {
                let is_other = std::mem::replace(&mut skipped.has_image, true);
                let floating = &mut self.metadata.floating_pictures;
                *floating = floating.saturating_add(u32::from(!is_other));
            }
            "draw:image" if skipped.is_drawing && self.in_cell && !skipped.has_object => {
                let target = attribute(tag, "xlink:href").unwrap_or_default();
                let part = target.trim_start_matches("./").trim_start_matches('/').to_owned();
                budget.spend(part.len())?;
                let picture = PlacedPicture { row: self.row.first, col: self.row.next_column, part };
                let pictures = &mut self.metadata.pictures;
                // The images of one frame show the same; the first is often a vector graphic.
                let is_other = std::mem::replace(&mut skipped.has_image, true);
                match pictures.last_mut().filter(|_| is_other) {
                    Some(shown) if shown.part.ends_with(".svg") => *shown = picture,
                    Some(_) => {}
                    None => pictures.push(picture),
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn is_hidden(&self, tag: &BytesStart<'_>) -> bool {
        self.groups.contains(&true)
            || matches!(attribute(tag, "table:visibility").as_deref(), Some("collapse" | "filter"))
    }

    fn column(&mut self, tag: &BytesStart<'_>, styles: &mut OdsStyles) {
        let first = self.next_column;
        let end = first.saturating_add(repetitions(tag, "table:number-columns-repeated")).min(MAX_COLUMNS);
        if end <= first {
            return;
        }
        if self.is_hidden(tag) {
            self.metadata.hidden_columns.push(ColumnRange { first, last: end - 1 });
        }
        self.columns.push((end, default_style(tag, styles).unwrap_or_default()));
        self.next_column = end;
    }

    fn start_row(&mut self, tag: &BytesStart<'_>, styles: &mut OdsStyles) {
        let first = self.row.end;
        let end = first.saturating_add(repetitions(tag, "table:number-rows-repeated")).min(MAX_ROWS);
        if end > first && self.is_hidden(tag) {
            self.metadata.hide_rows(first, end - 1);
        }
        (self.row.first, self.row.end, self.row.next_column) = (first, end, 0);
        self.row.style = default_style(tag, styles);
        self.row.cells.clear();
    }

    fn start_cell(&mut self, tag: &BytesStart<'_>, shared: &mut Shared<'_, '_>) -> Result<(), ReadError> {
        self.cell.style = match self.cell.start(tag) {
            Some(name) => shared.styles.cell(&name),
            None => self.row.style.unwrap_or_else(|| self.column_style(self.row.next_column)),
        };
        self.cell.text.clear(self.cell.style.is_struck_out);
        self.in_cell = true;
        if self.cell.formula.as_ref().is_some_and(|formula| is_subtotal(formula)) {
            self.metadata.mark_total_row(self.row.first);
        }
        if self.cell.columns_spanned > 1 || self.cell.rows_spanned > 1 {
            for row in self.row.first..self.row.end {
                shared.budget.spend(0)?;
                let last_row = row.saturating_add(self.cell.rows_spanned.max(1) - 1).min(MAX_ROWS - 1);
                let last_column = self.row.next_column.saturating_add(self.cell.columns_spanned.max(1) - 1);
                let last = (last_row, last_column.min(MAX_COLUMNS - 1));
                self.metadata.merges.get_or_insert_default().push(Merge { first: (row, self.row.next_column), last });
            }
        }
        Ok(())
    }

    fn column_style(&self, column: u32) -> CellStyle {
        let at = self.columns.partition_point(|(end, _)| *end <= column);
        self.columns.get(at).map(|(_, style)| *style).unwrap_or_default()
    }

    fn end_cell(&mut self) {
        let first = self.row.next_column;
        let end = self.row.pass(self.cell.repeated);
        self.in_cell = false;
        if let Some(content) = self.cell.content() {
            self.row.cells.push(RepeatedCell { first, end, content });
        }
    }

    /// Sends the cells of the row on, as often as it is repeated.
    fn end_row(&mut self, shared: &mut Shared<'_, '_>) -> Result<(), ReadError> {
        if self.row.cells.is_empty() {
            return Ok(());
        }
        for row in self.row.first..self.row.end {
            for cell in &self.row.cells {
                for column in cell.first..cell.end {
                    send(row, column, &cell.content, shared)?;
                }
            }
        }
        Ok(())
    }
}

impl OdsRow {
    /// Passes over columns; returns the next one.
    fn pass(&mut self, columns: u32) -> u32 {
        self.next_column = self.next_column.saturating_add(columns).min(MAX_COLUMNS);
        self.next_column
    }
}

fn send(row: u32, column: u32, content: &RawCell, shared: &mut Shared<'_, '_>) -> Result<(), ReadError> {
    if let RawCell::Text(text) = content
        && let Some(number) = shared.texts.number(text)
    {
        return shared.budget.shared_text(row, column, number, text);
    }
    shared.budget.cell(row, column, content.clone())
}

fn repetitions(tag: &BytesStart<'_>, name: &str) -> u32 {
    attribute(tag, name).and_then(|count| count.parse().ok()).unwrap_or(1)
}

fn default_style(tag: &BytesStart<'_>, styles: &mut OdsStyles) -> Option<CellStyle> {
    attribute(tag, "table:default-cell-style-name").map(|name| styles.cell(&name))
}
