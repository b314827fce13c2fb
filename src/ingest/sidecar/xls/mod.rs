//! .xls: what calamine passes over, from the stream of BIFF records in a compound file.
//!
//! Hidden rows and columns, pictures, cells whose number format or font decides what they show, formulas without a
//! result, and whether the records are encrypted.

mod drawing;
mod globals;
mod record;
mod sheet;
mod sparse;
mod text;

use std::collections::HashMap;
use std::io::{Cursor, Read, Write};

use super::super::raw_sheet::SheetMetadata;
use super::binary::u16_at;
use globals::Globals;
use record::{BOF, DRAWING, EOF, FILE_PASS, FORMULA, OLD_FORMULAS, records};
use sheet::SheetReader;
pub use sparse::UsedPlaces;

/// The kind of substream that a BOF record of a chart begins (MS-XLS 2.4.21).
const CHART: u16 = 0x0020;

/// The records of a workbook.
pub struct BiffStream {
    /// The name of the stream in its compound file.
    name: &'static str,
    records: Vec<u8>,
}

/// A compound file that calamine reads in place of another.
pub struct Repaired {
    /// The bytes of the repaired file.
    pub bytes: Vec<u8>,
    /// Where the records of each sheet begin.
    sheets: Vec<Option<usize>>,
    /// The places of the cells of sheets that were numbered anew, by where their records begin.
    places: HashMap<usize, UsedPlaces>,
}

impl Repaired {
    /// The places of the cells of the sheet with that index, when it was numbered anew.
    pub fn places(&self, sheet: usize) -> Option<&UsedPlaces> {
        self.places.get(&(*self.sheets.get(sheet)?)?)
    }
}

impl BiffStream {
    /// Extracts the stream of a compound file; `None` when the bytes are not one.
    pub fn open(bytes: &[u8]) -> Option<Self> {
        let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
        let name = if file.is_stream("Workbook") { "Workbook" } else { "Book" };
        let mut stream = Vec::new();
        // No stream of an undamaged file is longer than the file.
        file.open_stream(name).ok()?.take(bytes.len() as u64).read_to_end(&mut stream).ok()?;
        Some(Self { name, records: stream })
    }

    /// The compound file as calamine reads it: with the formulas of [`OLD_FORMULAS`] as such, and sheets with cells far
    /// apart numbered anew; `None` when it reads the file as it is.
    pub fn repaired(&self, file: &[u8]) -> Option<Repaired> {
        let mut repaired = self.records.clone();
        let mut offset = 0;
        for (kind, record) in records(&self.records) {
            if OLD_FORMULAS.contains(&kind) {
                repaired[offset..offset + 2].copy_from_slice(&FORMULA.to_le_bytes());
            }
            offset += 4 + record.len();
        }
        let sheets = Globals::read(&self.records).sheets;
        let places = sparse::renumber_sheets(&mut repaired, sheets.iter().flatten().copied());
        if repaired == self.records {
            return None;
        }
        let mut file = cfb::CompoundFile::open(Cursor::new(file.to_vec())).ok()?;
        let mut stream = file.open_stream(self.name).ok()?;
        stream.write_all(&repaired).ok()?;
        stream.flush().ok()?;
        drop(stream);
        Some(Repaired { bytes: file.into_inner().into_inner(), sheets, places })
    }

    /// Whether there is a chart.
    pub fn has_charts(&self) -> bool {
        records(&self.records).any(|(kind, record)| kind == BOF && u16_at(record, 2) == Some(CHART))
    }

    /// Whether there is a picture or another shape.
    pub fn has_drawings(&self) -> bool {
        records(&self.records).any(|(kind, _)| kind == DRAWING)
    }

    /// Whether the records are encrypted, by any method.
    pub fn is_encrypted(&self) -> bool {
        records(&self.records).take_while(|(kind, _)| *kind != EOF).any(|(kind, _)| kind == FILE_PASS)
    }

    /// Reads the metadata of each sheet, by its index.
    pub fn metadata(&self) -> HashMap<usize, SheetMetadata> {
        let mut globals = Globals::read(&self.records);
        let mut sheets = Vec::new();
        for (index, offset) in std::mem::take(&mut globals.sheets).into_iter().enumerate() {
            if let Some(stream) = offset.and_then(|offset| self.records.get(offset..)) {
                sheets.push((index, SheetReader::read(stream, &mut globals)));
            }
        }
        // A program that does not compute leaves the results of all formulas empty, as the empty text; one that
        // computes stores the empty text only for formulas that result in it.
        let is_computed = sheets.iter().any(|(_, sheet)| sheet.has_results);
        let metadata = |(index, sheet): (usize, SheetReader)| (index, sheet.into_metadata(&mut globals, is_computed));
        sheets.into_iter().map(metadata).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::BiffStream;
    use super::record::{BOF, BOUND_SHEET, EOF, FILE_PASS, FORMULA};
    use crate::ingest::RawCell;
    use crate::ingest::raw_cell::{Formatted, Formula};
    use crate::ingest::raw_sheet::{ColumnRange, RowRange, SheetMetadata};

    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), content].concat()
    }

    fn row(number: u16, flags: u8) -> Vec<u8> {
        record(0x0208, &[&number.to_le_bytes()[..], &[0; 10], &[flags, 1, 0, 0]].concat())
    }

    fn format(id: u8, code: &str) -> Vec<u8> {
        let units: Vec<u8> = code.encode_utf16().flat_map(u16::to_le_bytes).collect();
        record(0x041e, &[&[id, 0, u8::try_from(units.len() / 2).unwrap(), 0, 1], &units[..]].concat())
    }

    fn font(flags: u8, escapement: u8) -> Vec<u8> {
        record(0x0031, &[200, 0, flags, 0, 0, 0, 0, 0, escapement, 0, 0, 0, 0, 0, 0, 0])
    }

    fn style(font: u8, format: u8) -> Vec<u8> {
        record(0x00e0, &[font, 0, format, 0, 0, 0, 0, 0])
    }

    /// A record of the cell in row 0.
    fn cell(kind: u16, col: u8, style: u8, value: &[u8]) -> Vec<u8> {
        record(kind, &[&[0, 0, col, 0, style, 0], value].concat())
    }

    fn formula(col: u8, style: u8, result: [u8; 8]) -> Vec<u8> {
        cell(0x0006, col, style, &[&result[..], &[0; 8]].concat())
    }

    /// The metadata of the one sheet of a workbook of BIFF8 with these records, those of the sheet without BOF and EOF.
    fn metadata(globals: &[Vec<u8>], sheet: &[Vec<u8>]) -> SheetMetadata {
        metadata_of_version(6, globals, sheet)
    }

    /// The same for a workbook of BIFF5 or BIFF8, whose version is 6.
    fn metadata_of_version(version: u8, globals: &[Vec<u8>], sheet: &[Vec<u8>]) -> SheetMetadata {
        let begin = |kind: u8| record(BOF, &[0, version, kind, 0]);
        let globals = globals.concat();
        let offset = u32::try_from(8 + globals.len() + 8 + 4).unwrap();
        let bound_sheet = record(BOUND_SHEET, &offset.to_le_bytes());
        let parts = [begin(5), globals, bound_sheet, record(EOF, &[]), begin(16), sheet.concat(), record(EOF, &[])];
        stream(parts.concat()).metadata().remove(&0).unwrap()
    }

    fn cells(metadata: SheetMetadata) -> Vec<(u32, RawCell)> {
        metadata.missed_cells.into_iter().map(|cell| (cell.col, cell.content)).collect()
    }

    #[test]
    fn rows_of_charts_are_not_rows_of_the_sheet() {
        let chart = [record(BOF, &[]), row(9, 0x20), record(EOF, &[])].concat();
        let sheet = [row(2, 0x20), row(3, 0x60), row(4, 0x40), chart, record(EOF, &[]), row(8, 0x20)];
        assert_eq!(metadata(&[], &sheet).hidden_rows, [RowRange { first: 2, last: 3 }]);
    }

    #[test]
    fn numbers_are_what_their_formats_show() {
        let globals = [
            font(0, 0),
            font(0, 0),
            font(0, 0),
            font(0, 0),
            font(8, 0),
            format(164, "0\"万元\""),
            format(165, "yyyy\"年\"m\"月\""),
            style(0, 0),
            style(0, 164),
            style(0, 165),
            style(5, 0),
        ];
        let sheet = [
            record(0x007d, &[2, 0, 3, 0, 0, 0, 0, 0, 1, 0, 0, 0]),
            record(0x007d, &[4, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            cell(0x0203, 0, 0, &1.5_f64.to_le_bytes()),
            cell(0x0203, 1, 1, &50_f64.to_le_bytes()),
            cell(0x027e, 2, 2, &(43378_u32 << 2 | 2).to_le_bytes()),
            record(
                0x00bd,
                &[&[0, 0, 3, 0, 0, 0][..], &6_u32.to_le_bytes(), &[3, 0], &6_u32.to_le_bytes(), &[4, 0]].concat(),
            ),
            formula(5, 1, 7_f64.to_le_bytes()),
            formula(7, 3, [0, 0, 0, 0, 0, 0, 0xff, 0xff]),
            record(0x0207, &[1, 0, 1, 0x2d, 0x4e]),
            cell(0x0406, 6, 1, &[&7_f64.to_le_bytes()[..], &[0; 8]].concat()),
        ];
        let metadata = metadata(&globals, &sheet);
        assert_eq!(metadata.hidden_columns, [ColumnRange { first: 2, last: 3 }]);
        let shown = |value, shown: &str| RawCell::Number(Formatted { value, shown: Some(shown.into()) });
        let expected = [
            (1, shown(50.0, "50万元")),
            (2, RawCell::PartialDate("2018年10月".into())),
            (4, RawCell::struck_out("", "1")),
            (5, shown(7.0, "7万元")),
            (7, RawCell::struck_out("", "中")),
            (6, shown(7.0, "7万元")),
        ];
        assert_eq!(cells(metadata), expected);
    }

    #[test]
    fn formats_of_biff5_are_known_when_they_are_ascii() {
        let format =
            |id: u8, code: &[u8]| record(0x041e, &[&[id, 0, u8::try_from(code.len()).unwrap()], code].concat());
        let globals = [font(0, 0), format(164, b"0\"%\""), format(165, b"0\"\xcd\xf2\""), style(0, 164), style(0, 165)];
        let sheet = [cell(0x0203, 0, 0, &1_f64.to_le_bytes()), cell(0x0203, 1, 1, &1_f64.to_le_bytes())];
        let shown = RawCell::Number(Formatted { value: 1.0, shown: Some("1%".into()) });
        assert_eq!(cells(metadata_of_version(5, &globals, &sheet)), [(0, shown)]);
    }

    #[test]
    fn what_is_raised_in_a_shared_text_is_no_digit() {
        let text = [&[0; 8][..], &[3, 0, 8, 1, 0], b"121", &[2, 0, 1, 0]].concat();
        let globals = [font(0, 0), font(0, 1), style(0, 0), record(0x00fc, &text)];
        let sheet = [cell(0x00fd, 0, 0, &[0; 4]), cell(0x00fd, 1, 0, &[1, 0, 0, 0])];
        assert_eq!(cells(metadata(&globals, &sheet)), [(0, RawCell::text("12¹"))]);
        let globals = [font(0, 0), font(0, 0), style(0, 0), record(0x00fc, &text)];
        assert_eq!(cells(metadata(&globals, &sheet)), []);
    }

    #[test]
    fn formulas_of_programs_that_do_not_compute_are_formulas() {
        let globals = [font(0, 0), style(0, 0), style(0, 10)];
        let empty = || formula(0, 0, [3, 0, 0, 0, 0, 0, 0xff, 0xff]);
        let result = |format: &str, stored: Option<RawCell>| {
            RawCell::Formula(Box::new(Formula { text: "".into(), format: format.into(), stored: stored.map(Box::new) }))
        };
        let zero = RawCell::Rate(Formatted { value: 0.0, shown: Some("0.00%".into()) });
        let read = cells(metadata(&globals, &[empty(), formula(1, 1, [0; 8])]));
        assert_eq!(read, [(1, result("0.00%", Some(zero))), (0, result("", None))]);
        for computed in [7_f64.to_le_bytes(), [1, 0, 1, 0, 0, 0, 0xff, 0xff], [0, 0, 0, 0, 0, 0, 0xff, 0xff]] {
            assert_eq!(
                cells(metadata(&globals, &[empty(), formula(1, 0, computed)])),
                [],
                "the empty text is a result"
            );
        }
    }

    fn stream(records: Vec<u8>) -> BiffStream {
        BiffStream { name: "Workbook", records }
    }

    /// WrongFormulaRecordType.xls: a formula with the type that formulas had in BIFF4.
    #[test]
    fn formulas_with_an_old_type_are_given_the_known_one() {
        let compound = |records: &[u8]| {
            let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
            file.create_stream("Workbook").unwrap().write_all(records).unwrap();
            file.into_inner().into_inner()
        };
        let file = compound(&[record(BOF, &[0; 16]), record(0x0406, &[7; 22]), record(0x0206, &[8; 22])].concat());
        let known = BiffStream::open(&file).unwrap().repaired(&file).unwrap().bytes;
        let expected = [record(BOF, &[0; 16]), record(FORMULA, &[7; 22]), record(FORMULA, &[8; 22])].concat();
        let known = BiffStream::open(&known).unwrap();
        assert!(known.records.starts_with(&expected));
        assert!(known.repaired(&file).is_none());
    }

    #[test]
    fn a_stream_cut_anywhere_is_read_up_to_the_cut() {
        let globals = [record(BOF, &[0; 16]), record(BOUND_SHEET, &34_u32.to_le_bytes()), record(EOF, &[])].concat();
        assert_eq!(globals.len(), 32);
        let whole = [globals, record(0, &[]), record(BOF, &[]), row(5, 0x20)].concat();
        for length in 0..=whole.len() {
            let metadata = stream(whole[..length].to_vec()).metadata();
            let hidden = metadata.get(&0).map_or(0, |sheet| sheet.hidden_rows.len());
            assert_eq!(hidden, 0, "{length}: the sheet begins elsewhere");
        }
        assert!(stream([record(BOF, &[]), record(FILE_PASS, &[0; 6])].concat()).is_encrypted());
        assert!(!stream([record(BOF, &[]), record(EOF, &[]), record(FILE_PASS, &[0; 6])].concat()).is_encrypted());
    }
}
