//! From a file's bytes to its sheets: detects the format by the bytes and calls its reader.
//!
//! Runs inside a reader process (see `worker`), or in this one where tests and fuzz targets call [`open`].

use super::limits::{Limits, ReadError};
use super::raw_sheet::RawSheet;
use super::sink::{Collector, Sink};
use super::{delimited, html_table, second_delimited, spreadsheet};

/// Reads the sheets of a file in this process.
///
/// # Errors
/// With the reason for which the bytes cannot be read.
pub fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Vec<RawSheet>, ReadError> {
    let mut collector = Collector::default();
    open_into(bytes, limits, &mut collector)?;
    Ok(collector.into_sheets())
}

/// Reads the sheets of a file and sends them to `sink`.
///
/// # Errors
/// With the reason for which the bytes cannot be read.
pub(super) fn open_into(bytes: Vec<u8>, limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    match spreadsheet::detect(&bytes) {
        Some(format) => spreadsheet::read(bytes, format, limits, sink),
        None if bytes.starts_with(b"PK") => Err(ReadError::Damaged("压缩包不完整，或里面没有表格".to_owned())),
        None => open_text(&bytes, limits, sink),
    }
}

/// Reads the sheets of a file with the second reader of its format and sends them to `sink`: calamine for .xlsx and
/// .ods, `second_delimited` for delimited text. .xls, .xlsb and web pages have none: nothing is sent.
///
/// # Errors
/// With the reason for which the second reader cannot read the bytes.
pub(super) fn open_again_into(bytes: Vec<u8>, limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    match spreadsheet::detect(&bytes) {
        Some(format) => spreadsheet::read_again(bytes, format, limits, sink),
        None => {
            let text = delimited::decode(&bytes).map_err(|message| ReadError::NotATable(message.to_owned()))?;
            if html_table::looks_like(&text) { Ok(()) } else { send(second_delimited::read(&text), limits, sink) }
        }
    }
}

/// Reads a web page or a delimited text.
fn open_text(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let text = delimited::decode(bytes).map_err(|message| ReadError::NotATable(message.to_owned()))?;
    let sheets = if html_table::looks_like(&text) { html_table::read(&text) } else { delimited::read(&text) };
    send(sheets, limits, sink)
}

/// Sends sheets that were read at once, unless they have more cells than they may.
fn send(sheets: Vec<RawSheet>, limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let cells: usize = sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.cells.len()).sum();
    if cells > limits.cells {
        return Err(ReadError::TooLarge("内容太多".to_owned()));
    }
    for mut sheet in sheets {
        let rows = std::mem::take(&mut sheet.rows);
        sink.begin_sheet(sheet);
        for row in rows {
            for (col, content) in row.cells {
                sink.cell(row.row, col, content);
            }
        }
    }
    Ok(())
}
