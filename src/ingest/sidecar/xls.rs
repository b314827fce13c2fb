//! .xls: hidden rows, and whether the records are encrypted, from the stream of BIFF records in a compound file.

use std::collections::HashMap;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use super::super::raw_sheet::SheetMetadata;
use super::binary::{u16_at, u32_at};

// Types of records (MS-XLS 2.3).
const EOF: u16 = 0x000a;
const FILE_PASS: u16 = 0x002f;
const BOUND_SHEET: u16 = 0x0085;
const FORMULA: u16 = 0x0006;
const DRAWING: u16 = 0x00ec;
const ROW: u16 = 0x0208;
const BOF: u16 = 0x0809;

/// Types that formulas had in BIFF3 and BIFF4. Some programs write them into newer files, with the content that
/// [`FORMULA`] has; Excel reads them, calamine passes over them and over their results.
const OLD_FORMULAS: [u16; 2] = [0x0206, 0x0406];

/// The kind of substream that a BOF record of a chart begins (MS-XLS 2.4.21).
const CHART: u16 = 0x0020;

/// The records of a workbook.
pub struct BiffStream {
    /// The name of the stream in its compound file.
    name: &'static str,
    records: Vec<u8>,
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

    /// The compound file with the formulas of [`OLD_FORMULAS`] as calamine reads them; `None` when there are none.
    pub fn with_known_formulas(&self, file: &[u8]) -> Option<Vec<u8>> {
        let mut offset = 0;
        let mut old = Vec::new();
        for (kind, record) in records(&self.records) {
            if OLD_FORMULAS.contains(&kind) {
                old.push(offset);
            }
            offset += 4 + record.len() as u64;
        }
        if old.is_empty() {
            return None;
        }
        let mut file = cfb::CompoundFile::open(Cursor::new(file.to_vec())).ok()?;
        let mut stream = file.open_stream(self.name).ok()?;
        for offset in old {
            stream.seek(SeekFrom::Start(offset)).ok()?;
            stream.write_all(&FORMULA.to_le_bytes()).ok()?;
        }
        stream.flush().ok()?;
        drop(stream);
        Some(file.into_inner().into_inner())
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
        let globals = records(&self.records).take_while(|(kind, _)| *kind != EOF);
        let offsets = globals.filter(|(kind, _)| *kind == BOUND_SHEET).map(|(_, record)| u32_at(record, 0));
        let sheets = offsets.enumerate().filter_map(|(index, offset)| {
            let offset = usize::try_from(offset?).ok()?;
            Some((index, read_sheet(self.records.get(offset..)?)))
        });
        sheets.collect()
    }
}

/// Reads the records of a sheet. Charts in it have records between a nested BOF and EOF.
fn read_sheet(stream: &[u8]) -> SheetMetadata {
    let (mut metadata, mut depth) = (SheetMetadata::default(), 0_u32);
    for (kind, record) in records(stream) {
        match kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            ROW if depth == 1 && record.get(12).is_some_and(|flags| flags & 0x20 != 0) => {
                if let Some(row) = u16_at(record, 0).map(u32::from) {
                    metadata.hide_rows(row, row);
                }
            }
            _ => {}
        }
    }
    metadata
}

/// Types and contents of the records of a stream, up to the first incomplete one.
fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (kind, length) = (u16_at(stream, 0)?, usize::from(u16_at(stream, 2)?));
        let record = stream.get(4..4 + length)?;
        stream = &stream[4 + length..];
        Some((kind, record))
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::{BOF, BOUND_SHEET, BiffStream, EOF, FILE_PASS, FORMULA, ROW, read_sheet};
    use crate::ingest::raw_sheet::RowRange;

    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), content].concat()
    }

    fn row(number: u16, flags: u8) -> Vec<u8> {
        record(ROW, &[&number.to_le_bytes()[..], &[0; 10], &[flags, 1, 0, 0]].concat())
    }

    #[test]
    fn rows_of_charts_are_not_rows_of_the_sheet() {
        let chart = [record(BOF, &[]), row(9, 0x20), record(EOF, &[])].concat();
        let sheet = [record(BOF, &[]), row(2, 0x20), row(3, 0x60), row(4, 0x40), chart, record(EOF, &[]), row(8, 0x20)];
        assert_eq!(read_sheet(&sheet.concat()).hidden_rows, [RowRange { first: 2, last: 3 }]);
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
        let known = BiffStream::open(&file).unwrap().with_known_formulas(&file).unwrap();
        let expected = [record(BOF, &[0; 16]), record(FORMULA, &[7; 22]), record(FORMULA, &[8; 22])].concat();
        let known = BiffStream::open(&known).unwrap();
        assert!(known.records.starts_with(&expected));
        assert_eq!(known.with_known_formulas(&file), None);
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
