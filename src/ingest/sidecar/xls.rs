//! .xls: hidden rows, and whether the records are encrypted, from the stream of BIFF records in a compound file.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use super::super::raw_sheet::SheetMetadata;
use super::binary::{u16_at, u32_at};

// Types of records (MS-XLS 2.3).
const EOF: u16 = 0x000a;
const FILE_PASS: u16 = 0x002f;
const BOUND_SHEET: u16 = 0x0085;
const ROW: u16 = 0x0208;
const BOF: u16 = 0x0809;

/// The records of a workbook.
pub struct BiffStream(Vec<u8>);

impl BiffStream {
    /// Extracts the stream of a compound file; `None` when the bytes are not one.
    pub fn open(bytes: &[u8]) -> Option<Self> {
        let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
        let name = if file.is_stream("Workbook") { "Workbook" } else { "Book" };
        let mut stream = Vec::new();
        // No stream of an undamaged file is longer than the file.
        file.open_stream(name).ok()?.take(bytes.len() as u64).read_to_end(&mut stream).ok()?;
        Some(Self(stream))
    }

    /// Whether the records are encrypted, by any method.
    pub fn is_encrypted(&self) -> bool {
        records(&self.0).take_while(|(kind, _)| *kind != EOF).any(|(kind, _)| kind == FILE_PASS)
    }

    /// Reads the metadata of each sheet, by its index.
    pub fn metadata(&self) -> HashMap<usize, SheetMetadata> {
        let globals = records(&self.0).take_while(|(kind, _)| *kind != EOF);
        let offsets = globals.filter(|(kind, _)| *kind == BOUND_SHEET).map(|(_, record)| u32_at(record, 0));
        let sheets = offsets.enumerate().filter_map(|(index, offset)| {
            let offset = usize::try_from(offset?).ok()?;
            Some((index, read_sheet(self.0.get(offset..)?)))
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
    use super::{BOF, BOUND_SHEET, BiffStream, EOF, FILE_PASS, ROW, read_sheet};
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

    #[test]
    fn a_stream_cut_anywhere_is_read_up_to_the_cut() {
        let globals = [record(BOF, &[0; 16]), record(BOUND_SHEET, &34_u32.to_le_bytes()), record(EOF, &[])].concat();
        assert_eq!(globals.len(), 32);
        let whole = [globals, record(0, &[]), record(BOF, &[]), row(5, 0x20)].concat();
        for length in 0..=whole.len() {
            let metadata = BiffStream(whole[..length].to_vec()).metadata();
            let hidden = metadata.get(&0).map_or(0, |sheet| sheet.hidden_rows.len());
            assert_eq!(hidden, 0, "{length}: the sheet begins elsewhere");
        }
        assert!(BiffStream([record(BOF, &[]), record(FILE_PASS, &[0; 6])].concat()).is_encrypted());
        assert!(!BiffStream([record(BOF, &[]), record(EOF, &[]), record(FILE_PASS, &[0; 6])].concat()).is_encrypted());
    }
}
