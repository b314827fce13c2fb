//! Workbooks of spreadsheet programs: .xlsx, .xlsm, .xlsb, .xls, .ods.

use std::io::Cursor;

use calamine::{
    Data, DataRef, Dimensions, ExcelDateTime, HeaderRow, Ods, Range, Reader, SheetVisible, Xls, XlsOptions, Xlsb, Xlsx,
};
use jiff::civil::Date;

use super::raw::{Merge, Raw, RawSheet};

/// Rows and columns beyond which no ledger reaches; what stands there makes the file a fault, not a hang.
const LAST_ROW: u32 = 1_048_575;
const LAST_COL: u32 = 16_383;

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

/// Reads every sheet of a workbook.
///
/// # Errors
/// With the reader's own words when the bytes are no such workbook.
pub fn read(bytes: Vec<u8>, format: Format) -> Result<Vec<RawSheet>, String> {
    let cursor = Cursor::new(bytes);
    match format {
        Format::Xlsx => read_xlsx(cursor).map_err(|e| e.to_string()),
        Format::Xlsb => {
            let mut book = Xlsb::new(cursor).map_err(|e| e.to_string())?;
            let epoch_1904 = book.has_1904_epoch();
            read_ranges(&mut book, epoch_1904, |_, _| None).map_err(|e| e.to_string())
        }
        Format::Xls => {
            let mut book = Xls::new_with_options(cursor, XlsOptions::default()).map_err(|e| e.to_string())?;
            let epoch_1904 = book.has_1904_epoch();
            read_ranges(&mut book, epoch_1904, |book, name| book.merge_cells_by_sheet_name(name).ok())
                .map_err(|e| e.to_string())
        }
        Format::Ods => {
            let mut book = Ods::new(cursor).map_err(|e| e.to_string())?;
            read_ranges(&mut book, false, |_, _| None).map_err(|e| e.to_string())
        }
    }
}

/// Streams an .xlsx cell by cell: what a sheet claims to measure costs nothing.
fn read_xlsx(cursor: Cursor<Vec<u8>>) -> Result<Vec<RawSheet>, calamine::XlsxError> {
    let mut book = Xlsx::new(cursor)?;
    let epoch_1904 = book.has_1904_epoch();
    let mut sheets = Vec::new();
    for meta in book.sheets_metadata().to_vec() {
        let merges = book.merge_cells_by_sheet_name(&meta.name)?;
        let mut sheet = empty_sheet(&meta, Some(merges), epoch_1904);
        let mut cells = match book.worksheet_cells_reader(&meta.name) {
            Ok(cells) => cells,
            Err(calamine::XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(error),
        };
        while let Some(cell) = cells.next_cell()? {
            let (row, col) = cell.get_position();
            if let Some(raw) = of_ref(cell.get_value()).filter(|_| row <= LAST_ROW && col <= LAST_COL) {
                sheet.push(row, col, raw);
            }
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// Reads the formats whose reader hands out whole ranges.
fn read_ranges<R: Reader<Cursor<Vec<u8>>>>(
    book: &mut R,
    epoch_1904: bool,
    merges: impl Fn(&mut R, &str) -> Option<Vec<Dimensions>>,
) -> Result<Vec<RawSheet>, R::Error> {
    book.with_header_row(HeaderRow::FirstNonEmptyRow);
    let mut sheets = Vec::new();
    for meta in book.sheets_metadata().to_vec() {
        let range: Range<Data> = book.worksheet_range(&meta.name)?;
        let merges = merges(book, &meta.name);
        let mut sheet = empty_sheet(&meta, merges, epoch_1904);
        let (top, left) = range.start().unwrap_or_default();
        for (row, col, data) in range.used_cells() {
            if let Some(raw) = of_data(data) {
                sheet.push(top + row as u32, left + col as u32, raw);
            }
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn empty_sheet(meta: &calamine::Sheet, merges: Option<Vec<Dimensions>>, epoch_1904: bool) -> RawSheet {
    RawSheet {
        name: meta.name.clone(),
        hidden: meta.visible != SheetVisible::Visible,
        rows: Vec::new(),
        merges: merges.map(|list| list.iter().map(|d| Merge { first: d.start, last: d.end }).collect()),
        epoch_1904,
    }
}

fn of_ref(data: &DataRef<'_>) -> Option<Raw> {
    match data {
        DataRef::SharedString(text) => Some(Raw::Text((*text).to_owned())),
        other => of_data(&Data::from(other.clone())),
    }
}

fn of_data(data: &Data) -> Option<Raw> {
    Some(match data {
        Data::Empty => return None,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Raw::Text(text.clone()),
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
