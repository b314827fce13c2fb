//! .xlsb: hidden rows, and formulas whose result is an error, which the reader passes over.

use super::super::raw_sheet::{RawCell, SheetFacts};
use super::super::xlsx::{OpcPackage, relations};
use super::{BySheet, u32_at};

// Types of records (MS-XLSB 2.3).
const ROW: u16 = 0x0000;
const FORMULA_ERROR: u16 = 0x000b;
const END_OF_ROWS: u16 = 0x0092;
const SHEET: u16 = 0x009c;

/// What the parts of an .xlsb tell of its sheets.
pub fn of_xlsb(bytes: &[u8]) -> BySheet {
    sheets(bytes).unwrap_or_default()
}

fn sheets(bytes: &[u8]) -> Option<BySheet> {
    let mut package = OpcPackage::open(bytes).ok()?;
    let workbook = package.bytes("xl/workbook.bin").ok()?;
    let relations = relations(&package.text("xl/_rels/workbook.bin.rels").ok()?);
    // A sheet without a part has no name for one.
    let names = records(&workbook).filter(|(kind, _)| *kind == SHEET).filter_map(|(_, sheet)| wide_text(sheet, 8));
    let sheets = names.enumerate().filter_map(|(at, name)| {
        let part = &relations.iter().find(|relation| relation.id == name)?.part;
        Some((at, of_sheet(&package.bytes(part).ok()?)))
    });
    Some(sheets.collect())
}

fn of_sheet(records_of_sheet: &[u8]) -> SheetFacts {
    let (mut facts, mut row) = (SheetFacts::default(), 0);
    for (kind, record) in records(records_of_sheet).take_while(|(kind, _)| *kind != END_OF_ROWS) {
        match kind {
            ROW => {
                row = u32_at(record, 0).unwrap_or(row);
                if record.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                    facts.hide(row, row);
                }
            }
            FORMULA_ERROR => {
                if let (Some(col), Some(error)) = (u32_at(record, 0), record.get(8)) {
                    facts.cells.push(((row, col), RawCell::Error(error_name(*error).into())));
                }
            }
            _ => {}
        }
    }
    facts
}

/// An error value's name (MS-XLSB 2.5.97.2).
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

/// Records as long as they are whole: their types and contents. Both the type and the length are written in groups
/// of seven bits.
fn records(mut part: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let kind = u16::try_from(grouped(&mut part, 2)?).ok()?;
        let length = usize::try_from(grouped(&mut part, 4)?).ok()?;
        let (record, rest) = part.split_at_checked(length)?;
        part = rest;
        Some((kind, record))
    })
}

/// A number in at most so many groups of seven bits.
fn grouped(part: &mut &[u8], groups: u32) -> Option<u32> {
    let mut number = 0;
    for group in 0..groups {
        let (byte, rest) = part.split_first()?;
        *part = rest;
        number |= u32::from(byte & 0x7f) << (7 * group);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(number)
}

/// A text of UTF-16 behind its length.
fn wide_text(record: &[u8], at: usize) -> Option<String> {
    let length = usize::try_from(u32_at(record, at)?).ok()?.checked_mul(2)?;
    let wide = record.get(at + 4..(at + 4).checked_add(length)?)?;
    let units: Vec<u16> = wide.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    String::from_utf16(&units).ok()
}
