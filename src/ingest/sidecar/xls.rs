//! .xls: the stream of records in a compound file, hidden rows, whether it is locked.

use std::io::{Cursor, Read};

use super::super::raw_sheet::SheetFacts;
use super::{BySheet, u16_at, u32_at};

// Types of records (MS-XLS 2.3).
const END: u16 = 0x000a;
const LOCKED: u16 = 0x002f;
const SHEET: u16 = 0x0085;
const ROW: u16 = 0x0208;
const BEGIN: u16 = 0x0809;

/// The records of a workbook.
pub struct Stream(Vec<u8>);

impl Stream {
    /// The stream in the bytes of a compound file, when they are one.
    pub fn of_xls(bytes: &[u8]) -> Option<Self> {
        let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
        let name = if file.is_stream("Workbook") { "Workbook" } else { "Book" };
        let mut stream = Vec::new();
        // No stream of a whole file is longer than the file.
        file.open_stream(name).ok()?.take(bytes.len() as u64).read_to_end(&mut stream).ok()?;
        Some(Self(stream))
    }

    /// Whether the records are encrypted, in whatever way.
    pub fn is_locked(&self) -> bool {
        records(&self.0).take_while(|(kind, _)| *kind != END).any(|(kind, _)| kind == LOCKED)
    }

    /// What the records tell of each sheet.
    pub fn facts(&self) -> BySheet {
        let globals = records(&self.0).take_while(|(kind, _)| *kind != END);
        let begins = globals.filter(|(kind, _)| *kind == SHEET).map(|(_, record)| u32_at(record, 0));
        let sheets = begins.enumerate().filter_map(|(at, begin)| {
            let begin = usize::try_from(begin?).ok()?;
            Some((at, of_sheet(self.0.get(begin..)?)))
        });
        sheets.collect()
    }
}

/// The facts of the sheet whose records these are; a chart in it has records of its own between a begin and an end.
fn of_sheet(stream: &[u8]) -> SheetFacts {
    let (mut facts, mut depth) = (SheetFacts::default(), 0_u32);
    for (kind, record) in records(stream) {
        match kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            ROW if depth == 1 && record.get(12).is_some_and(|flags| flags & 0x20 != 0) => {
                if let Some(row) = u16_at(record, 0).map(u32::from) {
                    facts.hide(row, row);
                }
            }
            _ => {}
        }
    }
    facts
}

/// Records from the beginning of a stream on, as long as they are whole: their types and contents.
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
    use super::{BEGIN, END, LOCKED, ROW, SHEET, Stream, of_sheet};

    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), content].concat()
    }

    fn row(number: u16, flags: u8) -> Vec<u8> {
        record(ROW, &[&number.to_le_bytes()[..], &[0; 10], &[flags, 1, 0, 0]].concat())
    }

    #[test]
    fn hidden_rows_are_those_of_the_sheet_not_of_its_charts() {
        let chart = [record(BEGIN, &[]), row(9, 0x20), record(END, &[])].concat();
        let sheet =
            [record(BEGIN, &[]), row(2, 0x20), row(3, 0x60), row(4, 0x40), chart, record(END, &[]), row(8, 0x20)];
        assert_eq!(of_sheet(&sheet.concat()).hidden, [(2, 3)]);
    }

    #[test]
    fn a_stream_cut_anywhere_is_told_of_as_far_as_it_goes() {
        let globals = [record(BEGIN, &[0; 16]), record(SHEET, &34_u32.to_le_bytes()), record(END, &[])].concat();
        assert_eq!(globals.len(), 32);
        let whole = [globals, record(0, &[]), record(BEGIN, &[]), row(5, 0x20)].concat();
        for length in 0..=whole.len() {
            let facts = Stream(whole[..length].to_vec()).facts();
            let hidden = facts.get(&0).map_or(0, |facts| facts.hidden.len());
            assert_eq!(hidden, 0, "{length}: the sheet begins elsewhere");
        }
        assert!(Stream([record(BEGIN, &[]), record(LOCKED, &[0; 6])].concat()).is_locked());
        assert!(!Stream([record(BEGIN, &[]), record(END, &[]), record(LOCKED, &[0; 6])].concat()).is_locked());
    }
}
