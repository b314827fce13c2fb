//! Workbooks of spreadsheet programs: .xlsx, .xlsm, .xlsb, .xls, .ods.

use std::io::{Cursor, Read, Seek};
use std::sync::Arc;

use calamine::{
    Data, DataRef, Dimensions, ExcelDateTime, HeaderRow, Ods, OdsError, Range, Reader, SheetVisible, Xls, XlsError,
    XlsOptions, Xlsb, XlsbError, Xlsx, XlsxCellReader, XlsxError,
};
use jiff::civil::Date;

use super::limits::{Limits, Refusal};
use super::markup;
use super::places::Places;
use super::raw::{Merge, Merges, Piece, Raw, RawRow, RawSheet};

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
        has("content.xml").then_some(Format::Ods)
    }
}

/// Reads every sheet of a workbook and hands out its pieces as it meets them.
///
/// # Errors
/// With why the bytes cannot be read as a workbook; the pieces handed out so far mean nothing then.
pub fn read(bytes: Vec<u8>, format: Format, limits: &Limits, sink: &mut dyn FnMut(Piece)) -> Result<(), Refusal> {
    if format != Format::Xls {
        fits(&bytes, limits)?;
    }
    let mut rows = Rows { cells: limits.cells, text: limits.text, row: None, sink };
    match format {
        Format::Xlsx => read_xlsx(bytes, &mut rows),
        Format::Xlsb => {
            let mut book = Xlsb::new(Cursor::new(bytes)).map_err(|e| match e {
                XlsbError::Password => Refusal::Password,
                other => damaged(&other),
            })?;
            let epoch_1904 = book.has_1904_epoch();
            read_ranges(&mut book, epoch_1904, &mut rows, |_, _| None)
        }
        Format::Xls => {
            if holds_utf16(&bytes, "EncryptedPackage") {
                return Err(Refusal::Password);
            }
            // Text of BIFF8, which keeps its stream under this name, is UTF-16 whatever code page the file claims.
            let biff8 = holds_utf16(&bytes, "Workbook");
            let mut options = XlsOptions::default();
            options.force_codepage = biff8.then_some(1200);
            let mut book = Xls::new_with_options(Cursor::new(bytes), options).map_err(|e| match e {
                XlsError::Password => Refusal::Password,
                other => damaged(&other),
            })?;
            let epoch_1904 = book.has_1904_epoch();
            read_ranges(&mut book, epoch_1904, &mut rows, |book, name| book.merge_cells_by_sheet_name(name).ok())
        }
        Format::Ods => {
            let mut book = Ods::new(Cursor::new(bytes)).map_err(|e| match e {
                OdsError::Password => Refusal::Password,
                other => damaged(&other),
            })?;
            read_ranges(&mut book, false, &mut rows, |_, _| None)
        }
    }
}

/// Puts cells into rows and hands these on, as long as the file may bring more.
struct Rows<'s> {
    /// Cells and bytes of text that may still come.
    cells: usize,
    text: usize,
    /// The row under way.
    row: Option<RawRow>,
    sink: &'s mut dyn FnMut(Piece),
}

impl Rows<'_> {
    fn sheet(&mut self, sheet: RawSheet) {
        self.end();
        (self.sink)(Piece::Sheet(sheet));
    }

    fn cell(&mut self, row: u32, col: u32, raw: Raw) -> Result<(), Refusal> {
        if raw.is_blank() {
            return Ok(());
        }
        let length = if let Raw::Text(text) = &raw { text.len() } else { 0 };
        let (Some(cells), Some(text)) = (self.cells.checked_sub(1), self.text.checked_sub(length)) else {
            return Err(Refusal::TooLarge("内容太多".to_owned()));
        };
        (self.cells, self.text) = (cells, text);
        match &mut self.row {
            Some(under_way) if under_way.row == row && under_way.cells.last().is_some_and(|(c, _)| *c < col) => {
                under_way.cells.push((col, raw));
            }
            _ => {
                // The next row is most often as wide as the last.
                let width = self.row.as_ref().map_or(8, |row| row.cells.len());
                self.end();
                let mut cells = Vec::with_capacity(width);
                cells.push((col, raw));
                self.row = Some(RawRow { row, cells });
            }
        }
        Ok(())
    }

    fn end(&mut self) {
        if let Some(row) = self.row.take() {
            (self.sink)(Piece::Row(row));
        }
    }
}

/// Refuses a package that would unpack to more than the limit, by its directory alone, and one whose directory
/// names a part twice: programs differ in which of the two they show.
fn fits(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let mut unpacked = 0_u64;
    for at in 0..zip.len() {
        unpacked = unpacked.saturating_add(zip.by_index_raw(at).map_err(|e| damaged(&e))?.size());
    }
    if unpacked > limits.unpacked {
        let mib = unpacked >> 20;
        return Err(Refusal::TooLarge(format!("解压后有 {mib} MiB，超过 {} MiB", limits.unpacked >> 20)));
    }
    if repeated_names(bytes) {
        return Err(Refusal::Damaged("压缩包里有重名的部件".to_owned()));
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

fn damaged(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::Damaged(error.to_string())
}

/// Streams an .xlsx cell by cell: what a sheet claims to measure costs nothing. Its markup is looked through at the
/// same time for what the reader does not tell.
fn read_xlsx(bytes: Vec<u8>, rows: &mut Rows<'_>) -> Result<(), Refusal> {
    let bytes: Arc<[u8]> = bytes.into();
    let looked_through = Arc::clone(&bytes);
    let facts = std::thread::spawn(move || markup::of_xlsx(&looked_through));
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|e| match e {
        XlsxError::Password => Refusal::Password,
        other => damaged(&other),
    })?;
    let epoch_1904 = book.has_1904_epoch();
    let mut places = Vec::new();
    for (at, meta) in book.sheets_metadata().to_vec().into_iter().enumerate() {
        match book.worksheet_cells_reader(&meta.name) {
            Ok(mut cells) => {
                rows.sheet(empty_sheet(&meta, None, epoch_1904));
                read_cells(&mut cells, rows)?;
                places.push(at);
            }
            Err(XlsxError::NotAWorksheet(_)) => {}
            Err(error) => return Err(damaged(&error)),
        }
    }
    rows.end();
    let mut facts = facts.join().unwrap_or_default();
    for (sheet, at) in places.into_iter().enumerate() {
        if let Some(facts) = facts.remove(&at) {
            (rows.sink)(Piece::Facts(sheet, facts));
        }
    }
    Ok(())
}

fn read_cells<R: Read + Seek>(cells: &mut XlsxCellReader<'_, R>, rows: &mut Rows<'_>) -> Result<(), Refusal> {
    // Shared strings by where they lie: one that many cells show is kept once.
    let mut shared: Places<Arc<str>> = Places::default();
    while let Some(cell) = cells.next_cell().map_err(|e| damaged(&e))? {
        let raw = match cell.get_value() {
            DataRef::SharedString(text) => {
                Some(Raw::Text(Arc::clone(shared.entry(text.as_ptr() as usize).or_insert_with(|| Arc::from(*text)))))
            }
            value => of_data(&Data::from(value.clone())),
        };
        if let Some(raw) = raw {
            let (row, col) = cell.get_position();
            rows.cell(row, col, raw)?;
        }
    }
    Ok(())
}

/// Reads the formats whose reader hands out whole ranges.
fn read_ranges<R: Reader<Cursor<Vec<u8>>>>(
    book: &mut R,
    epoch_1904: bool,
    rows: &mut Rows<'_>,
    merges: impl Fn(&mut R, &str) -> Option<Vec<Dimensions>>,
) -> Result<(), Refusal>
where
    R::Error: std::fmt::Display,
{
    book.with_header_row(HeaderRow::FirstNonEmptyRow);
    for meta in book.sheets_metadata().to_vec() {
        let range: Range<Data> = book.worksheet_range(&meta.name).map_err(|e| damaged(&e))?;
        let merges = merges(book, &meta.name);
        rows.sheet(empty_sheet(&meta, merges, epoch_1904));
        let (top, left) = range.start().unwrap_or_default();
        for (row, col, data) in range.used_cells() {
            if let Some(raw) = of_data(data) {
                rows.cell(top + row as u32, left + col as u32, raw)?;
            }
        }
    }
    rows.end();
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

fn of_data(data: &Data) -> Option<Raw> {
    Some(match data {
        Data::Empty => return None,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Raw::Text(text.as_str().into()),
        Data::Int(number) => Raw::Number(*number as f64),
        Data::Float(number) => Raw::Number(*number),
        Data::Bool(flag) => Raw::Flag(*flag),
        Data::DateTime(when) => of_datetime(when),
        Data::Error(error) => Raw::Error(error.to_string()),
    })
}

/// The day of a cell formatted as a date; a length of time stays a number.
fn of_datetime(when: &ExcelDateTime) -> Raw {
    if !when.is_datetime() || when.as_f64() < 1.0 {
        return Raw::Number(when.as_f64());
    }
    let (year, month, day, ..) = when.to_ymd_hms_milli();
    let date = i16::try_from(year).ok().and_then(|year| Date::new(year, month as i8, day as i8).ok());
    date.map_or(Raw::Number(when.as_f64()), Raw::Date)
}
