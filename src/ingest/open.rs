//! From a file's bytes to its sheets: the reader of each format.
//!
//! Runs inside a reader process (see `worker`), or in this one where tests and fuzz targets call [`open()`]. A file
//! that holds something but no cell is refused with what it holds.

use super::budget::Budget;
use super::format::{self, Format};
use super::interner::Interner;
use super::limits::{ReadError, ReadLimits};
use super::package::OpcPackage;
use super::raw_cell::RawCell;
use super::raw_sheet::{RawSheet, SheetMetadata};
use super::second_reading::SecondReading;
use super::sink::{Collector, Sink};
use super::{
    calamine_reader, delimited, flat_ods, html_table, mhtml, ods, other_content, second_delimited, spreadsheet_xml,
    xlsx,
};

/// Reads the sheets of a file in this process.
///
/// # Errors
/// With the reason for which the bytes cannot be read.
pub fn open(bytes: &[u8], limits: &ReadLimits) -> Result<Vec<RawSheet>, ReadError> {
    let mut collector = Collector::default();
    open_into(bytes, limits, &mut collector)?;
    Ok(collector.into_sheets())
}

/// Reads a file with both readers of its format in this process and compares what they say.
///
/// # Errors
/// As of [`open()`].
pub fn read_twice(bytes: &[u8], limits: &ReadLimits) -> Result<(Vec<RawSheet>, SecondReading), ReadError> {
    let first = open(bytes, limits)?;
    let mut collector = Collector::default();
    let second = open_again_into(bytes, limits, &mut collector).map(|()| collector.into_sheets());
    let second_reading = SecondReading::new(&first, second.as_ref().map(Vec::as_slice));
    Ok((first, second_reading))
}

/// Reads the sheets of a file and sends them to `sink`.
///
/// # Errors
/// With the reason for which the bytes cannot be read; what was sent before is invalid then.
pub(super) fn open_into(bytes: &[u8], limits: &ReadLimits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let format = format::detect(bytes)?;
    let mut sink = CellWatch { has_cells: false, sink };
    let mut budget = Budget::new(limits.cells, limits.text, &mut sink);
    match &format {
        Format::Xlsx => xlsx::read(checked(bytes, limits)?, &mut budget),
        Format::Xlsb => calamine_reader::read_xlsb(checked(bytes, limits)?, &mut budget),
        Format::Ods => ods::read(checked(bytes, limits)?, &mut budget),
        Format::Xls => calamine_reader::read_xls(bytes, &mut budget),
        Format::FlatOds(text) => ods::read(&flat_ods::package(text)?, &mut budget),
        Format::SpreadsheetXml(text) => spreadsheet_xml::read(text, &mut budget),
        Format::Mhtml => send(mhtml::read(bytes)?, &mut budget),
        Format::Html(text) => send(html_table::read(text)?, &mut budget),
        Format::Delimited(text) => send(vec![delimited::read(text)?], &mut budget),
    }?;
    let other = if sink.has_cells { None } else { other_content::describe(bytes, &format) };
    other.map_or(Ok(()), |content| Err(ReadError::NoCells(content)))
}

/// Reads the sheets of a file with the second reader of its format and sends them to `sink`: calamine for .xlsx and
/// .ods, the crate `csv` for delimited text. There is none for .xls and .xlsb, which spreadsheet programs write:
/// nothing is sent.
///
/// # Errors
/// With the reason for which the second reader cannot read the bytes; for a web page and XML Spreadsheet 2003, which
/// any program may have written, that there is none.
pub(super) fn open_again_into(bytes: &[u8], limits: &ReadLimits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut budget = Budget::new(limits.cells, limits.text, sink);
    match format::detect(bytes)? {
        Format::Xlsx => calamine_reader::read_xlsx(bytes, &mut budget),
        Format::Ods => calamine_reader::read_ods(bytes, &mut budget),
        Format::Delimited(text) => send(vec![second_delimited::read(&text)], &mut budget),
        Format::SpreadsheetXml(_) => Err(ReadError::NoSecondReader("XML 表格 2003 ".to_owned())),
        Format::FlatOds(_) => Err(ReadError::NoSecondReader(".fods ".to_owned())),
        Format::Html(_) | Format::Mhtml => Err(ReadError::NoSecondReader("网页表格".to_owned())),
        Format::Xls | Format::Xlsb => Ok(()),
    }
}

/// The bytes of a package that is within the limits.
fn checked<'b>(bytes: &'b [u8], limits: &ReadLimits) -> Result<&'b [u8], ReadError> {
    OpcPackage::open(bytes)?.check(limits).map(|()| bytes)
}

/// Sends sheets that were read as a whole.
fn send(sheets: Vec<RawSheet>, budget: &mut Budget<'_>) -> Result<(), ReadError> {
    // Names of branches and small numbers repeat: a branch with 50 rows takes 16 kB of the receiver's memory, not 25.
    let mut texts = Interner::default();
    for (index, mut sheet) in sheets.into_iter().enumerate() {
        let rows = std::mem::take(&mut sheet.rows);
        let hidden_rows = std::mem::take(&mut sheet.hidden_rows);
        let hidden_columns = std::mem::take(&mut sheet.hidden_columns);
        budget.sink().begin_sheet(sheet);
        for row in rows {
            for (col, content) in row.cells {
                match &content {
                    RawCell::Text(text) => {
                        if let Some(number) = texts.number(text) {
                            budget.shared_text(row.row, col, number, text)?;
                        }
                    }
                    _ => budget.cell(row.row, col, content)?,
                }
            }
        }
        budget.sink().metadata(index, SheetMetadata { hidden_rows, hidden_columns, ..SheetMetadata::default() });
    }
    Ok(())
}

/// Passes everything on and remembers whether there was a cell.
struct CellWatch<'s> {
    has_cells: bool,
    sink: &'s mut dyn Sink,
}

impl Sink for CellWatch<'_> {
    fn begin_sheet(&mut self, sheet: RawSheet) {
        self.sink.begin_sheet(sheet);
    }

    fn cell(&mut self, row: u32, col: u32, raw: RawCell) {
        self.has_cells = true;
        self.sink.cell(row, col, raw);
    }

    fn shared_text(&mut self, row: u32, col: u32, number: u32, text: &str) {
        self.has_cells = true;
        self.sink.shared_text(row, col, number, text);
    }

    fn metadata(&mut self, sheet: usize, metadata: SheetMetadata) {
        self.has_cells |= !metadata.missed_cells.is_empty();
        self.sink.metadata(sheet, metadata);
    }
}
