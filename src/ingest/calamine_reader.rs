//! Readers of .xlsb and .xls, on calamine, with what it passes over from `sidecar`; second reader of .xlsx and .ods.
//!
//! Input: the bytes of a workbook. Output: as of [`super::xlsx`]. Of number formats calamine knows dates alone;
//! `sidecar` replaces the cells that look otherwise than calamine says.

use std::io::Cursor;

use calamine::{
    Data, DataRef, DataType, Dimensions, HeaderRow, Ods, OdsError, Range, Reader, SheetType, SheetVisible, Style, Xls,
    XlsError, XlsOptions, Xlsb, XlsbError, Xlsx,
};

use super::budget::Budget;
use super::excel_date;
use super::interner::Interner;
use super::limits::ReadError;
use super::merges::{Merge, Merges};
use super::number_cell;
use super::number_format::NumberFormat;
use super::raw_cell::{RawCell, is_subtotal};
use super::raw_sheet::{PlacedCell, RawSheet, SheetMetadata};
use super::sidecar::{self, BiffStream, MetadataBySheet, UsedPlaces};
use super::sparse_ods;
use crate::diagnostics::localize;

/// Reads an .xlsx cell by cell, as the second reader of the format.
///
/// # Errors
/// With the reason for which the bytes cannot be read as a workbook.
pub(super) fn read_xlsx(bytes: &[u8], budget: &mut Budget<'_>) -> Result<(), ReadError> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let epoch_1904 = book.has_1904_epoch();
    let sheets = book.sheets_metadata().to_vec();
    for sheet in sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        budget.sink().begin_sheet(empty_sheet(sheet, None, epoch_1904));
        let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(|e| damaged(&e))?;
        let formats: Vec<NumberFormat> = cells.styles().iter().map(number_format).collect();
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(|e| damaged(&e))? {
            let (row, col) = cell.get_position();
            if let Some(content) = raw_cell(cell.get_value()) {
                budget.cell(row, col, shown(content, formats.get(style), epoch_1904))?;
            }
        }
    }
    Ok(())
}

/// The number format of a cell style.
fn number_format(style: &Style) -> NumberFormat {
    match &style.number_format {
        Some(format) if !format.format_code.is_empty() => NumberFormat::parse(&format.format_code),
        format => NumberFormat::built_in(format.as_ref().and_then(|format| format.format_id).unwrap_or_default()),
    }
}

/// A number or a text as its cell shows it; days are calamine's.
fn shown(content: RawCell, format: Option<&NumberFormat>, epoch_1904: bool) -> RawCell {
    match (&content, format) {
        (RawCell::Number(number), Some(format)) => number_cell::cell(format, number.value, epoch_1904),
        (RawCell::Text(text), Some(format)) => format.shown_text(text).map_or(content, |shown| RawCell::text(&shown)),
        _ => content,
    }
}

/// Reads an .xlsb cell by cell.
///
/// # Errors
/// With the reason for which the bytes cannot be read as a workbook.
pub(super) fn read_xlsb(bytes: &[u8], budget: &mut Budget<'_>) -> Result<(), ReadError> {
    let mut metadata = sidecar::read_xlsb(bytes);
    let mut book = Xlsb::new(Cursor::new(bytes)).map_err(|e| match e {
        XlsbError::Password => ReadError::Password,
        other => damaged(&other),
    })?;
    let epoch_1904 = book.has_1904_epoch();
    let mut texts = Interner::default();
    let sheets = sheets_with_cells(book.sheets_metadata());
    for (_, sheet) in &sheets {
        budget.sink().begin_sheet(empty_sheet(sheet, None, epoch_1904));
        let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(|e| damaged(&e))?;
        while let Some(cell) = cells.next_cell().map_err(|e| damaged(&e))? {
            let (row, col) = cell.get_position();
            if let DataRef::SharedString(text) = cell.get_value() {
                if let Some(number) = texts.number(text) {
                    budget.shared_text(row, col, number, text)?;
                }
            } else if let Some(content) = raw_cell(cell.get_value()) {
                budget.cell(row, col, content)?;
            }
        }
    }
    for (index, sheet) in &sheets {
        let is_formula = |cell: &PlacedCell| matches!(cell.content, RawCell::Formula(_));
        // A second pass over the sheet, for the few that need it.
        if let Some(metadata) = metadata.get_mut(index).filter(|metadata| metadata.missed_cells.iter().any(is_formula))
        {
            add_formulas(metadata, &book.worksheet_formula(&sheet.name).map_err(|e| damaged(&e))?, None);
        }
    }
    send_metadata(metadata, &sheets, budget);
    Ok(())
}

/// Streams by which compound files of other programs are recognised.
const OTHER_DOCUMENTS: [(&str, &str); 2] = [("WordDocument", "Word 文档"), ("PowerPoint Document", "演示文稿")];

/// Reads an .xls.
///
/// # Errors
/// With the reason for which the bytes cannot be read as a workbook.
pub(super) fn read_xls(bytes: &[u8], budget: &mut Budget<'_>) -> Result<(), ReadError> {
    let stream = BiffStream::open(bytes);
    // calamine recognises one kind of encryption only.
    if contains_utf16(bytes, "EncryptedPackage") || stream.as_ref().is_some_and(BiffStream::is_encrypted) {
        return Err(ReadError::Password);
    }
    if let (None, Some((_, name))) = (&stream, OTHER_DOCUMENTS.iter().find(|(name, _)| contains_utf16(bytes, name))) {
        return Err(ReadError::NotATable((*name).to_owned()));
    }
    let repaired = stream.as_ref().and_then(|stream| stream.repaired(bytes));
    let bytes = repaired.as_ref().map_or(bytes, |file| &file.bytes);
    let places = |sheet: usize| repaired.as_ref().and_then(|file| file.places(sheet));
    let mut metadata = stream.map(|stream| stream.metadata()).unwrap_or_default();
    // Text of BIFF8, whose stream has this name, is UTF-16 whatever code page the file declares.
    let is_biff8 = contains_utf16(bytes, "Workbook");
    let mut options = XlsOptions::default();
    options.force_codepage = is_biff8.then_some(1200);
    let mut book = Xls::new_with_options(Cursor::new(bytes), options).map_err(|e| match e {
        XlsError::Password => ReadError::Password,
        other => damaged(&other),
    })?;
    for (index, sheet) in book.sheets_metadata().to_vec().iter().enumerate() {
        if let Some(metadata) = metadata.get_mut(&index) {
            let formulas = book.worksheet_formula(&sheet.name).map_err(|e| damaged(&e))?;
            add_formulas(metadata, &formulas, places(index));
        }
    }
    let epoch_1904 = book.has_1904_epoch();
    let merges = |book: &mut Xls<_>, name: &str| book.merge_cells_by_sheet_name(name).ok();
    let place = |sheet, (row, col)| places(sheet).map_or((row, col), |places| places.in_file(row, col));
    read_ranges(&mut book, epoch_1904, metadata, budget, merges, place)
}

/// Reads an .ods: the second reader beside `ods`. Cells alone; metadata and merged ranges are left out.
///
/// # Errors
/// With the reason for which the bytes cannot be read as a workbook.
pub(super) fn read_ods(bytes: &[u8], budget: &mut Budget<'_>) -> Result<(), ReadError> {
    let sparse = sparse_ods::without_blank_runs(bytes);
    let bytes = sparse.as_ref().map_or(bytes, |sparse| &sparse.package);
    let mut book = Ods::new(Cursor::new(bytes)).map_err(|e| match e {
        OdsError::Password => ReadError::Password,
        other => damaged(&other),
    })?;
    let place = |sheet: usize, (row, col): (u32, u32)| {
        let shifts = sparse.as_ref().and_then(|sparse| sparse.sheets.get(sheet));
        (shifts.map_or(row, |shifts| shifts.in_file(row)), col)
    };
    read_ranges(&mut book, false, MetadataBySheet::new(), budget, |_, _| None, place)
}

/// Reads the formats for which calamine returns whole ranges; `merges` gives the merged ranges of a sheet by its name,
/// `place` the row and column in the file of a cell of the sheet with an index.
fn read_ranges<'b, R: Reader<Cursor<&'b [u8]>>>(
    book: &mut R,
    epoch_1904: bool,
    metadata: MetadataBySheet,
    budget: &mut Budget<'_>,
    merges: impl Fn(&mut R, &str) -> Option<Vec<Dimensions>>,
    place: impl Fn(usize, (u32, u32)) -> (u32, u32),
) -> Result<(), ReadError>
where
    R::Error: std::fmt::Display,
{
    book.with_header_row(HeaderRow::FirstNonEmptyRow);
    let sheets = sheets_with_cells(book.sheets_metadata());
    for (index, sheet) in &sheets {
        let range: Range<Data> = book.worksheet_range(&sheet.name).map_err(|e| damaged(&e))?;
        let merges = merges(book, &sheet.name);
        budget.sink().begin_sheet(empty_sheet(sheet, merges, epoch_1904));
        let (top, left) = range.start().unwrap_or_default();
        for (row, col, data) in range.used_cells() {
            if let Some(content) = raw_cell(data) {
                let (row, col) = place(*index, (top + row as u32, left + col as u32));
                budget.cell(row, col, content)?;
            }
        }
    }
    send_metadata(metadata, &sheets, budget);
    Ok(())
}

/// Adds the texts of formulas without a usable result, and the rows of Excel's subtotals; `places` are those of the
/// cells, where they differ.
fn add_formulas(metadata: &mut SheetMetadata, formulas: &Range<String>, places: Option<&UsedPlaces>) {
    for cell in &mut metadata.missed_cells {
        if let RawCell::Formula(formula) = &mut cell.content
            && let Some(place) = places.map_or(Some((cell.row, cell.col)), |used| used.in_sheet(cell.row, cell.col))
            && let Some(text) = formulas.get_value(place)
            // What calamine says of a formula that it does not understand.
            && !text.starts_with("Unrecognised formula")
        {
            formula.text = with_exchanged_comparisons(text).into();
        }
    }
    let top = formulas.start().map_or(0, |(top, _)| top);
    for (row, ..) in formulas.used_cells().filter(|(.., text)| is_subtotal(text)) {
        let row = top + row as u32;
        metadata.mark_total_row(places.map_or(row, |places| places.in_file(row, 0).0));
    }
}

/// The formula with `>` for `>=` and the reverse: calamine 0.38 takes their tokens for each other, of which 0x0C is
/// `>=` and 0x0D is `>` (MS-XLS 2.5.198, MS-XLSB 2.5.97).
fn with_exchanged_comparisons(formula: &str) -> String {
    let (mut out, mut in_text) = (String::with_capacity(formula.len() + 1), false);
    let mut chars = formula.chars().peekable();
    while let Some(c) = chars.next() {
        in_text ^= c == '"';
        match c {
            '<' if !in_text => {
                out.push('<');
                out.extend(chars.next_if(|next| matches!(next, '>' | '=')));
            }
            '>' if !in_text => out.push_str(if chars.next_if_eq(&'=').is_some() { ">" } else { ">=" }),
            c => out.push(c),
        }
    }
    out
}

/// The sheets that have cells, with their indices in the workbook: charts and modules have none.
fn sheets_with_cells(sheets: &[calamine::Sheet]) -> Vec<(usize, calamine::Sheet)> {
    let has_cells = |sheet: &calamine::Sheet| matches!(sheet.typ, SheetType::WorkSheet | SheetType::MacroSheet);
    sheets.iter().cloned().enumerate().filter(|(_, sheet)| has_cells(sheet)).collect()
}

/// Sends the metadata of the sheets that were sent.
fn send_metadata(mut metadata: MetadataBySheet, sheets: &[(usize, calamine::Sheet)], budget: &mut Budget<'_>) {
    for (sent, (index, _)) in sheets.iter().enumerate() {
        if let Some(metadata) = metadata.remove(index) {
            budget.sink().metadata(sent, metadata);
        }
    }
}

fn empty_sheet(sheet: &calamine::Sheet, merges: Option<Vec<Dimensions>>, epoch_1904: bool) -> RawSheet {
    let merge = |range: &Dimensions| Merge { first: range.start, last: range.end };
    RawSheet {
        name: sheet.name.clone(),
        hidden: sheet.visible != SheetVisible::Visible,
        merges: merges.map(|ranges| Merges::new(ranges.iter().map(merge).collect())),
        epoch_1904,
        ..RawSheet::default()
    }
}

/// What a cell holds; `None` when it is empty.
fn raw_cell(value: &impl DataType) -> Option<RawCell> {
    if let Some(text) = value.get_string().or_else(|| value.get_datetime_iso()).or_else(|| value.get_duration_iso()) {
        return Some(RawCell::Text(text.into()));
    }
    if let Some(number) = value.get_float().or_else(|| value.get_int().map(|number| number as f64)) {
        return Some(RawCell::Number(number.into()));
    }
    if let Some(flag) = value.get_bool() {
        return Some(RawCell::Flag(flag));
    }
    if let Some(when) = value.get_datetime() {
        let date = excel_date::from_datetime(&when).map(|date| RawCell::Date(date.into()));
        return Some(date.unwrap_or(RawCell::Number(when.as_f64().into())));
    }
    value.get_error().map(|error| RawCell::Error(error.to_string().into()))
}

/// Whether the bytes contain a name in UTF-16, as directories of compound files do.
fn contains_utf16(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &wide).is_some()
}

fn damaged(error: &dyn std::fmt::Display) -> ReadError {
    ReadError::Damaged(localize::library(&error.to_string()))
}

#[cfg(test)]
mod tests;
