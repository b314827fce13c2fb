//! Reader of XML Spreadsheet 2003, which Excel and many other programs write, mostly under the extension .xls or .xml.
//!
//! Input: text. Output: as of [`super::xlsx`]: cells with their number formats, merged ranges, hidden rows, columns and
//! sheets, raised and struck-out parts of texts. Pictures, comments and conditions are not read.
//!
//! Rows and cells without `ss:Index` follow the ones before them. Formulas refer to cells as R1C1.

mod styles;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::civil::DateTime;
use quick_xml::events::{BytesStart, Event};

use super::address::{MAX_COLUMNS, MAX_ROWS};
use super::budget::Budget;
use super::formula;
use super::html_style::Effect;
use super::limits::ReadError;
use super::merges::Merge;
use super::number_cell::NumberFormats;
use super::raised;
use super::raw_cell::{Formatted, Formula, RawCell};
use super::raw_sheet::{ColumnRange, RawSheet, SheetMetadata};
use super::xml::{XmlReader, append_text, is_true, local_attribute};
use styles::{StyleIndex, Styles};

/// Reads every sheet and sends it to the budget's sink.
///
/// # Errors
/// When the text is incomplete or damaged, or brings more than a file may.
pub(super) fn read(text: &str, budget: &mut Budget<'_>) -> Result<(), ReadError> {
    let mut parser = Parser { hidden_sheets: hidden_sheets(text)?, ..Parser::new(budget) };
    XmlReader::new(text.as_bytes()).for_each(|event| match event {
        Event::Start(tag) => parser.start(&tag),
        Event::Empty(tag) => {
            parser.start(&tag)?;
            parser.end(tag.local_name().as_ref())
        }
        Event::End(tag) => parser.end(tag.local_name().as_ref()),
        event => parser.text(&event),
    })?;
    if parser.is_complete { Ok(()) } else { Err(ReadError::Damaged("工作表不完整".to_owned())) }
}

/// For each sheet whether it is hidden, which its options say after its cells; empty when none is.
fn hidden_sheets(text: &str) -> Result<Vec<bool>, ReadError> {
    let (mut hidden, mut in_visibility) = (Vec::new(), false);
    if !text.contains("SheetHidden") && !text.contains("SheetVeryHidden") {
        return Ok(hidden);
    }
    XmlReader::new(text.as_bytes()).for_each(|event| {
        match &event {
            Event::Start(tag) if tag.local_name().as_ref() == "Worksheet" => hidden.push(false),
            Event::Start(tag) => in_visibility = tag.local_name().as_ref() == "Visible",
            Event::Text(text) if in_visibility => {
                if let Some(sheet) = hidden.last_mut() {
                    *sheet = text.xml10_content().starts_with("Sheet") && &*text.xml10_content() != "SheetVisible";
                }
            }
            Event::End(_) => in_visibility = false,
            _ => {}
        }
        Ok(())
    })?;
    Ok(hidden)
}

fn number(tag: &BytesStart<'_>, name: &str) -> Option<u32> {
    local_attribute(tag, name)?.trim().parse().ok()
}

fn flag(tag: &BytesStart<'_>, name: &str) -> bool {
    local_attribute(tag, name).is_some_and(|value| is_true(&value))
}

/// The state between two events.
struct Parser<'s, 'o> {
    budget: &'s mut Budget<'o>,
    styles: Styles,
    /// The number formats of the styles, once a sheet has begun.
    formats: NumberFormats,
    indices: HashMap<String, StyleIndex>,
    epoch_1904: bool,
    /// As [`hidden_sheets`].
    hidden_sheets: Vec<bool>,
    /// The number of sheets that have begun.
    sheets: usize,
    /// What is known of the last sheet so far, apart from its cells.
    metadata: SheetMetadata,
    next_row: u32,
    row: u32,
    next_col: u32,
    next_column: u32,
    row_style: Option<String>,
    cell: Option<OpenCell>,
    /// Inside the `<Data>` of a cell, not of a comment.
    in_data: bool,
    in_comment: bool,
    is_complete: bool,
}

/// A cell whose end was not met yet.
#[derive(Default)]
struct OpenCell {
    row: u32,
    col: u32,
    style: StyleIndex,
    formula: Option<String>,
    kind: String,
    rest: String,
    struck: String,
    /// The text that was met last; it is part of the rest or struck out.
    run: String,
    /// The joint effects of the open elements inside its `<Data>`.
    open: Vec<Effect>,
}

impl<'s, 'o> Parser<'s, 'o> {
    fn new(budget: &'s mut Budget<'o>) -> Self {
        Self {
            budget,
            styles: Styles::default(),
            formats: NumberFormats::default(),
            indices: HashMap::new(),
            epoch_1904: false,
            hidden_sheets: Vec::new(),
            sheets: 0,
            metadata: SheetMetadata::default(),
            next_row: 0,
            row: 0,
            next_col: 0,
            next_column: 0,
            row_style: None,
            cell: None,
            in_data: false,
            in_comment: false,
            is_complete: false,
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        let name = tag.local_name();
        match name.as_ref() {
            "Worksheet" => self.start_sheet(tag),
            "Column" => self.column(tag)?,
            "Row" => self.start_row(tag),
            "Cell" => return self.start_cell(tag),
            "Comment" => self.in_comment = true,
            "Data" if !self.in_comment => {
                if let Some(cell) = &mut self.cell {
                    cell.kind = local_attribute(tag, "Type").unwrap_or_default();
                    self.in_data = true;
                }
            }
            name if self.in_data => {
                if let Some(cell) = &mut self.cell {
                    cell.end_run();
                    let outer = cell.effect();
                    cell.open.push(outer.with(Effect::of_element(&name.to_lowercase())));
                }
            }
            _ if self.sheets == 0 => self.styles.start(tag),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "Worksheet" => self.end_sheet(),
            "Cell" => return self.end_cell(),
            "Comment" => self.in_comment = false,
            "Data" if !self.in_comment => {
                self.in_data = false;
                if let Some(cell) = &mut self.cell {
                    cell.end_run();
                }
            }
            "Workbook" => self.is_complete = true,
            _ if self.in_data => {
                if let Some(cell) = &mut self.cell {
                    cell.end_run();
                    cell.open.pop();
                }
            }
            "Date1904" => self.epoch_1904 = true,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, event: &Event<'_>) -> Result<(), ReadError> {
        match &mut self.cell {
            Some(cell) if self.in_data => append_text(event, &mut cell.run),
            _ => Ok(()),
        }
    }

    fn start_sheet(&mut self, tag: &BytesStart<'_>) {
        if self.sheets == 0 {
            (self.formats, self.indices) = std::mem::take(&mut self.styles).into_formats();
        }
        let hidden = self.hidden_sheets.get(self.sheets).copied().unwrap_or_default();
        self.sheets += 1;
        self.metadata = SheetMetadata { merges: Some(Vec::new()), ..SheetMetadata::default() };
        (self.next_row, self.next_column) = (0, 0);
        let name = local_attribute(tag, "Name").unwrap_or_default();
        self.budget.sink().begin_sheet(RawSheet { name, hidden, epoch_1904: self.epoch_1904, ..RawSheet::default() });
    }

    fn end_sheet(&mut self) {
        if let Some(index) = self.sheets.checked_sub(1) {
            self.budget.sink().metadata(index, std::mem::take(&mut self.metadata));
        }
    }

    fn column(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        let first = number(tag, "Index").and_then(|index| index.checked_sub(1)).unwrap_or(self.next_column);
        let last = first.saturating_add(number(tag, "Span").unwrap_or_default()).min(MAX_COLUMNS);
        self.next_column = last.saturating_add(1);
        if flag(tag, "Hidden") {
            self.metadata.hidden_columns.push(ColumnRange { first, last });
            self.budget.spend(0)?;
        }
        Ok(())
    }

    fn start_row(&mut self, tag: &BytesStart<'_>) {
        self.row = number(tag, "Index").and_then(|index| index.checked_sub(1)).unwrap_or(self.next_row);
        let last = self.row.saturating_add(number(tag, "Span").unwrap_or_default()).min(MAX_ROWS);
        (self.next_row, self.next_col) = (last.saturating_add(1), 0);
        self.row_style = local_attribute(tag, "StyleID");
        if flag(tag, "Hidden") {
            self.metadata.hide_rows(self.row, last);
        }
    }

    fn start_cell(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        let col = number(tag, "Index").and_then(|index| index.checked_sub(1)).unwrap_or(self.next_col);
        let across = number(tag, "MergeAcross").unwrap_or_default();
        let down = number(tag, "MergeDown").unwrap_or_default();
        let last = (self.row.saturating_add(down), col.saturating_add(across));
        if last.0 >= MAX_ROWS || last.1 >= MAX_COLUMNS {
            return Err(ReadError::Damaged("单元格的位置超出工作表".to_owned()));
        }
        self.next_col = last.1 + 1;
        if last != (self.row, col) {
            self.budget.spend(0)?;
            self.metadata.merges.get_or_insert_default().push(Merge { first: (self.row, col), last });
        }
        let style = local_attribute(tag, "StyleID").or_else(|| self.row_style.clone());
        let style = style.and_then(|style| self.indices.get(&style)).copied().unwrap_or_default();
        let formula = local_attribute(tag, "Formula");
        self.cell = Some(OpenCell { row: self.row, col, style, formula, ..OpenCell::default() });
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), ReadError> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        match self.content(&cell) {
            Some(content) => self.budget.cell(cell.row, cell.col, content),
            None => Ok(()),
        }
    }

    /// What a cell holds; `None` when it is empty. A number or a day with more in it, such as a raised digit, is a
    /// text.
    fn content(&mut self, cell: &OpenCell) -> Option<RawCell> {
        if cell.rest.is_empty() && cell.struck.is_empty() {
            return cell.formula.as_deref().map(|formula| self.formula(formula, cell, None));
        }
        let text = cell.rest.trim();
        let value = match cell.kind.as_str() {
            _ if !cell.struck.is_empty() => None,
            "Number" => self.number(text, cell),
            "DateTime" => self.date(text, cell.style),
            "Boolean" => Some(RawCell::Flag(is_true(text))),
            "Error" => Some(RawCell::Error(text.into())),
            _ => None,
        };
        let content = value.unwrap_or_else(|| cell.text());
        Some(if cell.style.is_struck { RawCell::struck_out("", content.to_text()) } else { content })
    }

    /// A number, or the formula that results in it.
    fn number(&mut self, text: &str, cell: &OpenCell) -> Option<RawCell> {
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
        let content = self.formats.cell(cell.style.format, number, self.epoch_1904);
        Some(match &cell.formula {
            Some(formula) if number == 0.0 => self.formula(formula, cell, Some(content)),
            _ => content,
        })
    }

    /// A point in time as its cell shows it; a style that shows no date shows all of it.
    fn date(&mut self, text: &str, style: StyleIndex) -> Option<RawCell> {
        let moment: DateTime = text.parse().ok()?;
        let shown = self.formats.day(style.format, text, false);
        Some(shown.unwrap_or_else(|| RawCell::Date(Formatted::from(moment.date()))))
    }

    fn formula(&self, formula: &str, cell: &OpenCell, stored: Option<RawCell>) -> RawCell {
        let formula = formula.trim_start_matches('=');
        let text = formula::to_a1(formula, cell.row, cell.col);
        let text = text.unwrap_or_else(|| format!("{formula}（R1C1 引用样式）"));
        let format = self.formats.code(cell.style.format);
        RawCell::Formula(Box::new(Formula { text: text.into(), format, stored: stored.map(Box::new) }))
    }
}

impl OpenCell {
    fn effect(&self) -> Effect {
        self.open.last().copied().unwrap_or(Effect { position: self.style.position, ..Effect::default() })
    }

    /// What it shows, as text.
    fn text(&self) -> RawCell {
        if self.struck.is_empty() {
            return RawCell::text(&self.rest);
        }
        RawCell::struck_out(self.rest.as_str(), self.struck.as_str())
    }

    /// Appends the text that was met last, as its elements display it.
    fn end_run(&mut self) {
        let Effect { is_struck, position, .. } = self.effect();
        raised::append(&self.run, position, if is_struck { &mut self.struck } else { &mut self.rest });
        self.run.clear();
    }
}
