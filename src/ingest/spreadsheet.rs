//! Workbooks of spreadsheet programs: .xlsx and .xlsm (see `xlsx`), .xlsb, .xls, .ods.

use std::io::Cursor;

use calamine::{
    Data, DataRef, DataType, Dimensions, ExcelDateTime, ExcelDateTimeType, HeaderRow, Ods, OdsError, Range, Reader,
    SheetVisible, Xls, XlsError, XlsOptions, Xlsb, XlsbError,
};
use jiff::civil::Date;

use super::interner::Interner;
use super::limits::{Limits, ReadError};
use super::raw_sheet::{Merge, Merges, RawCell, RawSheet, Sink};
use super::sidecar;
use super::xlsx;

/// Which reader a workbook's bytes ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML.
    Xlsx,
    /// Office Open XML, binary.
    Xlsb,
    /// Excel 97–2003.
    Xls,
    /// OpenDocument.
    Ods,
}

/// Tells a workbook's format by its bytes; the file's extension says nothing.
pub fn detect(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Some(Format::Xls);
    }
    let zip = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let has = |name: &str| zip.index_for_name(name).is_some();
    if has("xl/workbook.bin") {
        Some(Format::Xlsb)
    } else if zip
        .file_names()
        .flatten()
        .any(|name| name.trim_start_matches('/').eq_ignore_ascii_case("xl/workbook.xml"))
    {
        Some(Format::Xlsx)
    } else {
        // Newer programs lock an .ods as a package in a package.
        (has("content.xml") || has("encrypted-package")).then_some(Format::Ods)
    }
}

/// Reads every sheet of a workbook and hands out what it meets.
///
/// # Errors
/// With why the bytes cannot be read as a workbook; what was handed out so far means nothing then.
pub fn read(bytes: Vec<u8>, format: Format, limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    if format != Format::Xls {
        fits(&bytes, limits)?;
    }
    let mut allowance = Budget::new(limits.cells, limits.text, sink);
    match format {
        Format::Xlsx => xlsx::read(&bytes, &mut allowance),
        Format::Xlsb => read_xlsb(bytes, &mut allowance),
        Format::Xls => read_xls(bytes, &mut allowance),
        Format::Ods => read_ods(bytes, &mut allowance),
    }
}

/// Hands on what is read, as long as the file may bring more.
pub struct Budget<'s> {
    /// Cells and bytes of text that may still come.
    cells: usize,
    text: usize,
    sink: &'s mut dyn Sink,
}

impl<'s> Budget<'s> {
    /// So many cells and bytes of text.
    pub fn new(cells: usize, text: usize, sink: &'s mut dyn Sink) -> Self {
        Self { cells, text, sink }
    }

    /// Where everything goes.
    pub fn sink(&mut self) -> &mut dyn Sink {
        self.sink
    }

    /// Bytes of text that may still come.
    pub fn text_limit(&self) -> usize {
        self.text
    }

    /// Hands a cell on, unless it is blank.
    pub fn cell(&mut self, row: u32, col: u32, raw: RawCell) -> Result<(), ReadError> {
        if !raw.is_blank() {
            self.spend(if let RawCell::Text(text) = &raw { text.len() } else { 0 })?;
            self.sink.cell(row, col, raw);
        }
        Ok(())
    }

    fn value(&mut self, row: u32, col: u32, value: &DataRef<'_>, texts: &mut Interner) -> Result<(), ReadError> {
        if let DataRef::SharedString(text) = value {
            return texts.number(text).map_or(Ok(()), |number| self.shared(row, col, number, text));
        }
        of_value(value).map_or(Ok(()), |raw| self.cell(row, col, raw))
    }

    /// Hands a cell on whose text others share.
    pub fn shared(&mut self, row: u32, col: u32, number: u32, text: &str) -> Result<(), ReadError> {
        self.spend(text.len())?;
        self.sink.shared(row, col, number, text);
        Ok(())
    }

    /// Hands on the facts of the first so many sheets.
    fn facts(&mut self, sheets: usize, facts: sidecar::BySheet) {
        for (sheet, facts) in facts.into_iter().filter(|(sheet, _)| *sheet < sheets) {
            self.sink.facts(sheet, facts);
        }
    }

    /// Counts a cell, or what weighs as much, with so much text.
    pub fn spend(&mut self, length: usize) -> Result<(), ReadError> {
        let (Some(cells), Some(text)) = (self.cells.checked_sub(1), self.text.checked_sub(length)) else {
            return Err(ReadError::TooLarge("内容太多".to_owned()));
        };
        (self.cells, self.text) = (cells, text);
        Ok(())
    }
}

/// Refuses a package that would unpack to more than the limit, by its directory alone, and one whose directory
/// names a part twice: programs differ in which of the two they show.
fn fits(bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let mut unpacked = 0_u64;
    for at in 0..zip.len() {
        unpacked = unpacked.saturating_add(zip.by_index_raw(at).map_err(|e| damaged(&e))?.size());
    }
    if unpacked > limits.unpacked {
        let mib = unpacked >> 20;
        return Err(ReadError::TooLarge(format!("解压后有 {mib} MiB，超过 {} MiB", limits.unpacked >> 20)));
    }
    if repeated_names(bytes) {
        return Err(ReadError::Damaged("压缩包里有重名的部件".to_owned()));
    }
    Ok(())
}

/// Whether the package's directory names a part twice.
fn repeated_names(bytes: &[u8]) -> bool {
    let mut seen = std::collections::HashSet::new();
    let mut names = memchr::memmem::find_iter(bytes, b"PK\x01\x02").filter_map(|at| {
        let length = u16::from_le_bytes(bytes.get(at + 28..at + 30)?.try_into().ok()?);
        bytes.get(at + 46..at + 46 + usize::from(length))
    });
    names.any(|name| !seen.insert(name))
}

/// Whether the bytes hold a name in UTF-16, as directories of compound files do.
fn holds_utf16(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &wide).is_some()
}

fn damaged(error: &dyn std::fmt::Display) -> ReadError {
    ReadError::Damaged(error.to_string())
}

/// Streams an .xlsb.
fn read_xlsb(bytes: Vec<u8>, allowance: &mut Budget<'_>) -> Result<(), ReadError> {
    let facts = sidecar::of_xlsb(&bytes);
    let mut book = Xlsb::new(Cursor::new(bytes)).map_err(|e| match e {
        XlsbError::Password => ReadError::Password,
        other => damaged(&other),
    })?;
    let epoch_1904 = book.has_1904_epoch();
    let mut texts = Interner::default();
    let sheets = book.sheets_metadata().to_vec();
    for meta in &sheets {
        allowance.sink.sheet(empty_sheet(meta, None, epoch_1904));
        let mut cells = book.worksheet_cells_reader(&meta.name).map_err(|e| damaged(&e))?;
        while let Some(cell) = cells.next_cell().map_err(|e| damaged(&e))? {
            let (row, col) = cell.get_position();
            allowance.value(row, col, cell.get_value(), &mut texts)?;
        }
    }
    allowance.facts(sheets.len(), facts);
    Ok(())
}

fn read_xls(bytes: Vec<u8>, allowance: &mut Budget<'_>) -> Result<(), ReadError> {
    let stream = sidecar::Stream::of_xls(&bytes);
    // The reader knows of one kind of encryption only.
    if holds_utf16(&bytes, "EncryptedPackage") || stream.as_ref().is_some_and(sidecar::Stream::is_locked) {
        return Err(ReadError::Password);
    }
    let facts = stream.map(|stream| stream.facts()).unwrap_or_default();
    // Text of BIFF8, which keeps its stream under this name, is UTF-16 whatever code page the file claims.
    let biff8 = holds_utf16(&bytes, "Workbook");
    let mut options = XlsOptions::default();
    options.force_codepage = biff8.then_some(1200);
    let mut book = Xls::new_with_options(Cursor::new(bytes), options).map_err(|e| match e {
        XlsError::Password => ReadError::Password,
        other => damaged(&other),
    })?;
    let epoch_1904 = book.has_1904_epoch();
    read_ranges(&mut book, epoch_1904, facts, allowance, |book, name| book.merge_cells_by_sheet_name(name).ok())
}

fn read_ods(bytes: Vec<u8>, allowance: &mut Budget<'_>) -> Result<(), ReadError> {
    let facts = sidecar::of_ods(&bytes);
    let mut book = Ods::new(Cursor::new(bytes)).map_err(|e| match e {
        OdsError::Password => ReadError::Password,
        other => damaged(&other),
    })?;
    read_ranges(&mut book, false, facts, allowance, |_, _| None)
}

/// Reads the formats whose reader hands out whole ranges.
fn read_ranges<R: Reader<Cursor<Vec<u8>>>>(
    book: &mut R,
    epoch_1904: bool,
    facts: sidecar::BySheet,
    allowance: &mut Budget<'_>,
    merges: impl Fn(&mut R, &str) -> Option<Vec<Dimensions>>,
) -> Result<(), ReadError>
where
    R::Error: std::fmt::Display,
{
    book.with_header_row(HeaderRow::FirstNonEmptyRow);
    let sheets = book.sheets_metadata().to_vec();
    for meta in &sheets {
        let range: Range<Data> = book.worksheet_range(&meta.name).map_err(|e| damaged(&e))?;
        let merges = merges(book, &meta.name);
        allowance.sink.sheet(empty_sheet(meta, merges, epoch_1904));
        let (top, left) = range.start().unwrap_or_default();
        for (row, col, data) in range.used_cells() {
            if let Some(raw) = of_value(data) {
                allowance.cell(top + row as u32, left + col as u32, raw)?;
            }
        }
    }
    allowance.facts(sheets.len(), facts);
    Ok(())
}

fn empty_sheet(meta: &calamine::Sheet, merges: Option<Vec<Dimensions>>, epoch_1904: bool) -> RawSheet {
    RawSheet {
        name: meta.name.clone(),
        hidden: meta.visible != SheetVisible::Visible,
        hidden_rows: Vec::new(),
        rows: Vec::new(),
        merges: merges.map(|list| Merges::new(list.iter().map(|d| Merge { first: d.start, last: d.end }).collect())),
        epoch_1904,
    }
}

fn of_value(value: &impl DataType) -> Option<RawCell> {
    let text = value.get_string().or_else(|| value.get_datetime_iso()).or_else(|| value.get_duration_iso());
    let number = || value.get_float().or_else(|| value.get_int().map(|number| number as f64)).map(RawCell::Number);
    let error = || value.get_error().map(|error| RawCell::Error(error.to_string().into()));
    text.map(|text| RawCell::Text(text.into()))
        .or_else(number)
        .or_else(|| value.get_bool().map(RawCell::Flag))
        .or_else(|| value.get_datetime().map(|when| of_datetime(&when)))
        .or_else(error)
}

/// The day with that number; a time of day stays a number.
pub fn day(number: f64, epoch_1904: bool) -> RawCell {
    of_datetime(&ExcelDateTime::new(number, ExcelDateTimeType::DateTime, epoch_1904))
}

/// The day of a cell formatted as a date; a length of time stays a number.
fn of_datetime(when: &ExcelDateTime) -> RawCell {
    if !when.is_datetime() || when.as_f64() < 1.0 {
        return RawCell::Number(when.as_f64());
    }
    let (year, month, day, ..) = when.to_ymd_hms_milli();
    let date = i16::try_from(year).ok().and_then(|year| Date::new(year, month as i8, day as i8).ok());
    date.map_or(RawCell::Number(when.as_f64()), RawCell::Date)
}
