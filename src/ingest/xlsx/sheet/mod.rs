//! A sheet's part (`xl/worksheets/*.xml`): cells, hidden rows, merged ranges, in one pass.
//!
//! Input: the part's XML. Output: cells to the [`Budget`]'s sink in the order of the part; hidden rows and merged
//! ranges as [`SheetMetadata`] at the end. Rows and cells without an address follow the ones before them. The extent
//! that the part declares is ignored.

use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::super::address::{self, MAX_ROWS};
use super::super::budget::Budget;
use super::super::limits::ReadError;
use super::super::merges::Merge;
use super::super::raw_cell::{RawCell, is_blank, is_subtotal};
use super::super::raw_sheet::{ColumnRange, SheetMetadata};
use super::super::xml::{XmlReader, append_text, attribute, is_true};
use super::cell::{CellKind, XmlCell};
use super::cell_pictures::CellPictures;
use super::shared_formula::SharedFormulas;
use super::strings::{SharedString, SharedStrings};
use super::styles::CellStyles;
use crate::diagnostics::column_letters;

/// What all sheets of a workbook share.
#[derive(Debug, Default)]
pub(super) struct WorkbookParts {
    /// The texts that cells refer to.
    pub strings: SharedStrings,
    /// The cell styles.
    pub styles: CellStyles,
    /// The pictures that cells hold.
    pub pictures: CellPictures,
    /// Whether day numbers count from 1904.
    pub epoch_1904: bool,
    /// Whether formulas are to be computed when the workbook is opened.
    pub recalculates: bool,
}

/// Reads a sheet's part, sends its cells to the budget's sink and returns the rest.
///
/// # Errors
/// When the part is incomplete or damaged, or brings more than a file may.
pub(super) fn read(
    part: impl Read,
    workbook: &mut WorkbookParts,
    budget: &mut Budget<'_>,
) -> Result<SheetMetadata, ReadError> {
    let metadata = SheetMetadata { merges: Some(Vec::new()), ..SheetMetadata::default() };
    let mut parser = SheetParser {
        workbook,
        budget,
        metadata,
        shared_formulas: SharedFormulas::default(),
        next_row: 0,
        row: 0,
        next_col: 0,
        cell: XmlCell::default(),
        target: None,
        is_complete: false,
    };
    XmlReader::new(part).for_each(|event| match event {
        Event::Start(tag) => parser.start(&tag),
        Event::Empty(tag) => {
            parser.start(&tag)?;
            parser.end(tag.local_name().as_ref())
        }
        Event::End(tag) => parser.end(tag.local_name().as_ref()),
        event => parser.text(&event),
    })?;
    if parser.is_complete { Ok(parser.metadata) } else { Err(ReadError::Damaged("工作表不完整".to_owned())) }
}

/// The state between two events of a sheet's part.
struct SheetParser<'s, 'o> {
    workbook: &'s mut WorkbookParts,
    budget: &'s mut Budget<'o>,
    metadata: SheetMetadata,
    shared_formulas: SharedFormulas,
    /// The row, from 0, of a `<row>` without a number.
    next_row: u32,
    /// Row and column, from 0, of a `<c>` without an address.
    row: u32,
    next_col: u32,
    cell: XmlCell,
    /// Where text goes.
    target: Option<TextTarget>,
    /// Whether the end of `<worksheet>` was met.
    is_complete: bool,
}

/// The text of a cell that an element holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextTarget {
    Value,
    Inline,
    Formula,
}

impl SheetParser<'_, '_> {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        match tag.local_name().as_ref() {
            "c" => {
                self.cell.start(tag, self.row, self.next_col);
                (self.row, self.next_col) = (self.cell.row, self.cell.col.saturating_add(1));
            }
            "v" => {
                self.cell.has_value = true;
                self.target = Some(TextTarget::Value);
            }
            "is" => self.target = Some(TextTarget::Inline),
            "f" => {
                self.cell.start_formula(tag);
                self.target = Some(TextTarget::Formula);
            }
            "row" => self.start_row(tag),
            "mergeCell" => self.merge(tag)?,
            "col" => self.column(tag)?,
            _ if self.target == Some(TextTarget::Inline) => self.cell.inline.start(tag),
            _ => {}
        }
        Ok(())
    }

    fn start_row(&mut self, tag: &BytesStart<'_>) {
        let mut is_hidden = false;
        (self.row, self.next_col) = (self.next_row, 0);
        for attribute in tag.attributes().with_checks(false).flatten() {
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "r" => {
                    self.row = value
                        .parse()
                        .ok()
                        .and_then(|row: u32| row.checked_sub(1))
                        .filter(|row| *row < MAX_ROWS)
                        .unwrap_or(self.row)
                }
                "hidden" => is_hidden |= is_true(value),
                // A row without height is not visible either.
                "ht" => is_hidden |= value == "0",
                _ => {}
            }
        }
        self.next_row = (self.row + 1).min(MAX_ROWS - 1);
        if is_hidden {
            self.metadata.hide_rows(self.row, self.row);
        }
    }

    /// Notes the columns that a `<col>` hides, which count as a cell of the budget.
    fn column(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        let is_hidden = attribute(tag, "hidden").is_some_and(|value| is_true(&value));
        if !is_hidden && attribute(tag, "width").as_deref() != Some("0") {
            return Ok(());
        }
        let number = |name| attribute(tag, name)?.parse::<u32>().ok()?.checked_sub(1);
        let Some(first) = number("min") else { return Ok(()) };
        self.metadata.hidden_columns.push(ColumnRange { first, last: number("max").unwrap_or(first) });
        self.budget.spend(0)
    }

    /// Adds a merged range, which counts as a cell of the budget.
    fn merge(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        let range = attribute(tag, "ref").unwrap_or_default();
        let ends =
            range.split_once(':').and_then(|(first, last)| Some((address::parse(first)?, address::parse(last)?)));
        self.metadata.merges.get_or_insert_default().extend(ends.map(|(first, last)| Merge { first, last }));
        self.budget.spend(0)
    }

    fn text(&mut self, event: &Event<'_>) -> Result<(), ReadError> {
        match self.target {
            Some(TextTarget::Inline) => self.cell.inline.text(event),
            Some(TextTarget::Value) => append_text(event, &mut self.cell.value),
            Some(TextTarget::Formula) => append_text(event, &mut self.cell.formula),
            None => Ok(()),
        }
    }

    fn end(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "v" | "is" | "f" => self.target = None,
            "c" => self.end_cell()?,
            "worksheet" => self.is_complete = true,
            _ if self.target == Some(TextTarget::Inline) => self.cell.inline.end(name),
            _ => {}
        }
        Ok(())
    }

    /// Sends the cell on, unless it is blank.
    fn end_cell(&mut self) -> Result<(), ReadError> {
        let (row, col) = (self.cell.row, self.cell.col);
        if self.cell.kind == CellKind::SharedString {
            return self.end_shared_string();
        }
        self.shared_formulas.apply(&mut self.cell);
        if self.cell.has_formula && is_subtotal(&self.cell.formula) {
            self.metadata.mark_total_row(row);
        }
        let WorkbookParts { styles, pictures, epoch_1904, recalculates, .. } = &mut *self.workbook;
        match self.cell.content(styles, pictures, *epoch_1904, *recalculates) {
            Some(content) => self.budget.cell(row, col, content),
            None => Ok(()),
        }
    }

    /// Sends a cell on whose text is a shared one, unless it is blank.
    fn end_shared_string(&mut self) -> Result<(), ReadError> {
        let (row, col) = (self.cell.row, self.cell.col);
        let index = self.cell.value.trim();
        if index.is_empty() {
            return Ok(());
        }
        let unknown = || {
            ReadError::Damaged(format!(
                "单元格 {} 的文字不在文件里",
                format_args!("{}{}", column_letters(col), row + 1)
            ))
        };
        let at: usize = index.parse().map_err(|_| unknown())?;
        let WorkbookParts { strings, styles, .. } = &mut *self.workbook;
        let SharedString { text, struck } = strings.get(at).ok_or_else(unknown)?;
        let shown = self.cell.shown_text(text, styles);
        let content = match struck {
            Some(struck) => RawCell::struck_out(text, struck),
            None if is_blank(text) => return Ok(()),
            None if self.cell.is_struck_out(styles) => RawCell::struck_out("", text),
            None => match shown {
                Some(shown) => shown,
                None => {
                    let (number, text) = strings.share(at).ok_or_else(unknown)?;
                    return self.budget.shared_text(row, col, number, text);
                }
            },
        };
        self.budget.cell(row, col, content)
    }
}

#[cfg(test)]
mod tests;
