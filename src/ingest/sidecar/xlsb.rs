//! .xlsb: hidden rows, and cells whose formula resulted in an error.

use std::collections::HashMap;

use super::super::package::OpcPackage;
use super::super::raw_cell::RawCell;
use super::super::raw_sheet::{PlacedCell, SheetMetadata};
use super::binary::u32_at;

// Types of records (MS-XLSB 2.3).
const ROW: u16 = 0x0000;
const FORMULA_ERROR: u16 = 0x000b;
const END_OF_ROWS: u16 = 0x0092;
const SHEET: u16 = 0x009c;

/// Reads the metadata of each sheet, by its index; of none when the bytes are not an .xlsb.
pub fn read(bytes: &[u8]) -> HashMap<usize, SheetMetadata> {
    read_sheets(bytes).unwrap_or_default()
}

fn read_sheets(bytes: &[u8]) -> Option<HashMap<usize, SheetMetadata>> {
    let mut package = OpcPackage::open(bytes).ok()?;
    let workbook = package.bytes("xl/workbook.bin").ok()?;
    let relations = package.relations_of("xl/workbook.bin").ok()?;
    // A sheet without a part has no relation id.
    let ids = records(&workbook).filter(|(kind, _)| *kind == SHEET).filter_map(|(_, sheet)| wide_text(sheet, 8));
    let sheets = ids.enumerate().filter_map(|(index, id)| {
        let part = &relations.by_id(&id)?.part;
        Some((index, read_sheet(&package.bytes(part).ok()?)))
    });
    Some(sheets.collect())
}

fn read_sheet(part: &[u8]) -> SheetMetadata {
    let (mut metadata, mut row) = (SheetMetadata::default(), 0);
    for (kind, record) in records(part).take_while(|(kind, _)| *kind != END_OF_ROWS) {
        match kind {
            ROW => {
                row = u32_at(record, 0).unwrap_or(row);
                if record.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                    metadata.hide_rows(row, row);
                }
            }
            FORMULA_ERROR => {
                if let (Some(col), Some(error)) = (u32_at(record, 0), record.get(8)) {
                    let content = RawCell::Error(error_name(*error).into());
                    metadata.missed_cells.push(PlacedCell { row, col, content });
                }
            }
            _ => {}
        }
    }
    metadata
}

/// The name of an error value (MS-XLSB 2.5.97.2).
fn error_name(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

/// Types and contents of the records of a part, up to the first incomplete one. Types and lengths are
/// variable-length numbers of at most two and four bytes (MS-XLSB 2.1.4).
fn records(mut part: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let kind = u16::try_from(variable_length(&mut part, 2)?).ok()?;
        let length = usize::try_from(variable_length(&mut part, 4)?).ok()?;
        let (record, rest) = part.split_at_checked(length)?;
        part = rest;
        Some((kind, record))
    })
}

/// A number of at most `max_bytes` bytes, seven bits in each, the lowest first.
fn variable_length(part: &mut &[u8], max_bytes: u32) -> Option<u32> {
    let mut number = 0;
    for index in 0..max_bytes {
        let (byte, rest) = part.split_first()?;
        *part = rest;
        number |= u32::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(number)
}

/// The UTF-16 text at `offset`, which begins with its length in code units (four bytes).
fn wide_text(record: &[u8], offset: usize) -> Option<String> {
    let length = usize::try_from(u32_at(record, offset)?).ok()?.checked_mul(2)?;
    let wide = record.get(offset + 4..(offset + 4).checked_add(length)?)?;
    let units: Vec<u16> = wide.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    String::from_utf16(&units).ok()
}
