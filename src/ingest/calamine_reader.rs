//! Readers of .xlsb and .xls, on calamine, with what it passes over from `sidecar`; second reader of .xlsx and .ods.
//!
//! Input: the bytes of a workbook. Output: as of [`super::xlsx`]. Of number formats calamine knows dates alone; `sidecar`
//! replaces the cells that look otherwise than calamine says.

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
    read_ranges(&mut book, epoch_1904, metadata, budget, merges, places)
}

/// Reads an .ods: the second reader beside `ods`. Cells alone; metadata and merged ranges are left out.
///
/// # Errors
/// With the reason for which the bytes cannot be read as a workbook.
pub(super) fn read_ods(bytes: &[u8], budget: &mut Budget<'_>) -> Result<(), ReadError> {
    let mut book = Ods::new(Cursor::new(bytes)).map_err(|e| match e {
        OdsError::Password => ReadError::Password,
        other => damaged(&other),
    })?;
    read_ranges(&mut book, false, MetadataBySheet::new(), budget, |_, _| None, |_| None)
}

/// Reads the formats for which calamine returns whole ranges; `merges` gives the merged ranges of a sheet by its name,
/// `places` those of its cells by its index, where they differ.
fn read_ranges<'b, 'p, R: Reader<Cursor<&'b [u8]>>>(
    book: &mut R,
    epoch_1904: bool,
    metadata: MetadataBySheet,
    budget: &mut Budget<'_>,
    merges: impl Fn(&mut R, &str) -> Option<Vec<Dimensions>>,
    places: impl Fn(usize) -> Option<&'p UsedPlaces>,
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
                let (row, col) = (top + row as u32, left + col as u32);
                let (row, col) = places(*index).map_or((row, col), |places| places.in_file(row, col));
                budget.cell(row, col, content)?;
            }
        }
    }
    send_metadata(metadata, &sheets, budget);
    Ok(())
}

/// Adds the texts of formulas without a usable result, and the rows of Excel's subtotals; `places` are those of the cells,
/// where they differ.
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

/// The formula with `>` for `>=` and the reverse: calamine 0.38 takes their tokens for each other, of which 0x0C is `>=` and
/// 0x0D is `>` (MS-XLS 2.5.198, MS-XLSB 2.5.97).
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
mod tests {
    use std::io::{Cursor, Write};

    use super::{Budget, RawCell, read_xls, read_xlsb};
    use crate::ingest::raw_sheet::RawSheet;
    use crate::ingest::sink::Collector;

    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), content].concat()
    }

    /// A BOF record of BIFF8 for a substream of that kind.
    fn begin(kind: u16) -> Vec<u8> {
        record(0x0809, &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat())
    }

    /// An .xls with a chart as its first sheet and these records as its second.
    fn xls(records: &[u8]) -> Vec<u8> {
        let end = record(0x000a, &[]);
        let listed = |offset: usize, kind: u8, name: &[u8; 2]| {
            let offset = u32::try_from(offset).unwrap().to_le_bytes();
            record(0x0085, &[&offset[..], &[0, kind, 2, 0], name].concat())
        };
        let chart = [begin(0x20), end.clone()].concat();
        let start = begin(0x05).len() + 2 * listed(0, 0, b"S1").len() + end.len();
        let list = [listed(start, 2, b"C1"), listed(start + chart.len(), 0, b"S1")].concat();
        let stream = [begin(0x05), list, end.clone(), chart, begin(0x10), records.to_vec(), end].concat();
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_stream("Workbook").unwrap().write_all(&stream).unwrap();
        file.into_inner().into_inner()
    }

    fn sheets(file: &[u8]) -> Vec<RawSheet> {
        let mut collector = Collector::default();
        read_xls(file, &mut Budget::new(99, 99, &mut collector)).unwrap();
        collector.into_sheets()
    }

    /// The second formula is written as in WrongFormulaRecordType.xls, with the type that formulas had in BIFF4.
    #[test]
    fn charts_are_no_sheets_and_formulas_of_every_type_are_cells() {
        let formula = |kind: u16, row: u8, number: f64| {
            record(kind, &[&[row, 0, 1, 0, 0, 0][..], &number.to_le_bytes(), &[0; 8]].concat())
        };
        let sheets =
            sheets(&xls(&[formula(0x0006, 0, 38.5), formula(0x0406, 1, 12.0), formula(0x0206, 2, 7.0)].concat()));
        assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["S1"]);
        let number = |row| match sheets[0].get(row, 1) {
            Some(RawCell::Number(number)) => Some(number.value),
            _ => None,
        };
        assert_eq!([number(0), number(1), number(2)], [Some(38.5), Some(12.0), Some(7.0)]);
    }

    /// A record of .xlsb; types from 0x80 on and all lengths here take as many bytes as this.
    fn record12(kind: u8, content: &[u8]) -> Vec<u8> {
        let kind = if kind < 0x80 { vec![kind] } else { vec![kind, 1] };
        [kind, vec![u8::try_from(content.len()).unwrap()], content.to_vec()].concat()
    }

    /// An .xlsb with a chart as its first sheet and a number in B1 of its second.
    fn xlsb() -> Vec<u8> {
        let wide = |text: &str| {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [&u32::try_from(units.len() / 2).unwrap().to_le_bytes()[..], &units].concat()
        };
        let listed = |id: &str, name: &str| record12(0x9c, &[vec![0; 8], wide(id), wide(name)].concat());
        let book = [listed("r1", "C1"), listed("r2", "S1"), record12(0x90, &[]), record12(0x84, &[])].concat();
        let number = [&1_u32.to_le_bytes()[..], &[0; 4], &38.5_f64.to_le_bytes()].concat();
        let row = record12(0x00, &[0; 17]);
        let cells =
            [record12(0x91, &[]), row, record12(0x05, &number), record12(0x92, &[]), record12(0x82, &[])].concat();
        let sheet = [record12(0x81, &[]), record12(0x94, &[0; 16]), cells].concat();
        let relations = "<Relationships><Relationship Id=\"r1\" Type=\"/chartsheet\" Target=\"chartsheets/sheet1.bin\"/>\
            <Relationship Id=\"r2\" Type=\"/worksheet\" Target=\"worksheets/sheet1.bin\"/></Relationships>";
        let parts = [
            ("xl/workbook.bin", book.as_slice()),
            ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
            ("xl/chartsheets/sheet1.bin", &record12(0x81, &[])),
            ("xl/worksheets/sheet1.bin", &sheet),
        ];
        let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            package.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            package.write_all(bytes).unwrap();
        }
        package.finish().unwrap().into_inner()
    }

    #[test]
    fn charts_of_an_xlsb_are_no_sheets() {
        let mut collector = Collector::default();
        read_xlsb(&xlsb(), &mut Budget::new(99, 99, &mut collector)).unwrap();
        let sheets = collector.into_sheets();
        assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["S1"]);
        assert!(matches!(sheets[0].get(0, 1), Some(RawCell::Number(number)) if number.value == 38.5));
    }

    /// A formula that has the empty text as its result.
    fn formula(row: u8, tokens: &[u8]) -> Vec<u8> {
        let head = [row, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0];
        let length = u16::try_from(tokens.len()).unwrap().to_le_bytes();
        record(0x0006, &[&head[..], &length, tokens].concat())
    }

    #[test]
    fn formulas_of_an_xls_compare_as_they_say() {
        // Two whole numbers and an operator, by the tokens of MS-XLS 2.5.198.
        let operators = [(0x09, "1<2"), (0x0a, "1<=2"), (0x0b, "1=2"), (0x0c, "1>=2"), (0x0d, "1>2"), (0x0e, "1<>2")];
        let formulas = operators.iter().enumerate();
        let records: Vec<_> = formulas
            .map(|(row, (operator, _))| formula(u8::try_from(row).unwrap(), &[0x1e, 1, 0, 0x1e, 2, 0, *operator]))
            .collect();
        let sheet = sheets(&xls(&records.concat())).remove(0);
        let text = |cell: &RawCell| match cell {
            RawCell::Computed(computed) => computed.formula.to_string(),
            other => panic!("{other:?}"),
        };
        let texts: Vec<_> = sheet.rows.iter().flat_map(|row| &row.cells).map(|(_, cell)| text(cell)).collect();
        assert_eq!(texts, operators.map(|(_, expected)| expected.to_owned()));
    }
}
