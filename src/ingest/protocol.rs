//! Sheets on their way from the process that reads them, sent as they are met and put together as they arrive.
//!
//! They travel in blocks: a length (u32, little endian) and as many bytes. Whole numbers are of variable length
//! (LEB128), texts a length and their bytes; a text that many cells share is sent once and pointed to. What arrives is
//! trusted as little as the file was: a stream that ends early or points to what is not there ends the conversation.

use std::io::{self, Read, Write};

use jiff::civil::Date;

use super::limits::ReadError;
use super::raw_sheet::{Collector, Merge, Merges, PlacedCell, RawCell, RawSheet, RowRange, SheetMetadata, Sink};

/// What a reader answers.
pub type Answer = Result<Vec<RawSheet>, ReadError>;

// What comes next in the stream.
const SHEET: u8 = b'S';
const ROW: u8 = b'R';
const FACTS: u8 = b'F';
const DONE: u8 = b'.';
const REFUSED: u8 = b'!';

// A cell of the last row, by what it holds.
const TEXT: u8 = 0;
const NEW_SHARED: u8 = 1;
const SHARED: u8 = 2;
const NUMBER: u8 = 3;
const DATE: u8 = 4;
const FLAG: u8 = 5;
const ERROR: u8 = 6;
const FORMULA: u8 = 7;
const RATE: u8 = 8;

/// Bytes from which a block is sent.
const BLOCK: usize = 1 << 16;

/// Sends what it is given.
pub struct Sender<W> {
    to: W,
    /// The block under way.
    out: Vec<u8>,
    /// The row of the last cell.
    row: Option<u32>,
    /// How many shared texts were sent.
    shared: u32,
    /// Why nothing more is sent.
    gone: Option<io::Error>,
}

impl<W: Write> Sender<W> {
    /// Begins an answer.
    pub fn new(to: W) -> Self {
        Self { to, out: Vec::with_capacity(2 * BLOCK), row: None, shared: 0, gone: None }
    }

    /// Ends the answer.
    ///
    /// # Errors
    /// When the other side is gone.
    pub fn finish(mut self, outcome: Result<(), ReadError>) -> io::Result<()> {
        match outcome {
            Ok(()) => self.out.push(DONE),
            Err(refusal) => {
                self.out.push(REFUSED);
                let refusal = serde_json::to_string(&refusal)?;
                self.text(&refusal);
            }
        }
        self.flush();
        self.gone.map_or_else(|| self.to.flush(), Err)
    }

    /// Sends the block under way.
    fn flush(&mut self) {
        let sent = write_block(&mut self.to, &self.out);
        self.out.clear();
        self.gone = self.gone.take().or(sent.err());
    }

    /// Begins a cell: a new row when it is in another, what it holds, its column.
    fn begin(&mut self, row: u32, col: u32, kind: u8) {
        if self.row != Some(row) {
            if self.out.len() >= BLOCK {
                self.flush();
            }
            self.row = Some(row);
            self.out.push(ROW);
            self.number(u64::from(row));
        }
        self.out.push(kind);
        self.number(u64::from(col));
    }

    /// What a cell holds, behind its kind and column.
    fn content(&mut self, raw: &RawCell) {
        match raw {
            RawCell::Text(text) | RawCell::Error(text) | RawCell::Formula(text) => self.text(text),
            RawCell::Number(number) | RawCell::Rate(number) => self.out.extend_from_slice(&number.to_le_bytes()),
            RawCell::Date(date) => {
                self.out.extend_from_slice(&date.year().to_le_bytes());
                self.out.extend_from_slice(&[date.month().unsigned_abs(), date.day().unsigned_abs()]);
            }
            RawCell::Flag(flag) => self.out.push(u8::from(*flag)),
        }
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.out.extend_from_slice(text.as_bytes());
    }

    fn merges<'m>(&mut self, merges: impl ExactSizeIterator<Item = &'m Merge>) {
        self.number(merges.len() as u64);
        for part in merges.flat_map(|m| [m.first.0, m.first.1, m.last.0, m.last.1]) {
            self.number(u64::from(part));
        }
    }
}

impl<W: Write> Sink for Sender<W> {
    fn begin_sheet(&mut self, sheet: RawSheet) {
        self.row = None;
        self.out.push(SHEET);
        self.text(&sheet.name);
        let (hidden, epoch) = (u64::from(sheet.hidden), u64::from(sheet.epoch_1904) << 1);
        self.number(hidden | epoch | u64::from(sheet.merges.is_some()) << 2);
        let merges: Vec<&Merge> = sheet.merges.iter().flat_map(Merges::iter).collect();
        self.merges(merges.into_iter());
    }

    fn cell(&mut self, row: u32, col: u32, raw: RawCell) {
        self.begin(row, col, kind(&raw));
        self.content(&raw);
    }

    fn shared_text(&mut self, row: u32, col: u32, number: u32, text: &str) {
        if number < self.shared {
            self.begin(row, col, SHARED);
            self.number(u64::from(number));
        } else {
            self.shared += 1;
            self.begin(row, col, NEW_SHARED);
            self.text(text);
        }
    }

    fn metadata(&mut self, sheet: usize, metadata: SheetMetadata) {
        self.out.push(FACTS);
        self.number(sheet as u64);
        self.number(metadata.hidden_rows.len() as u64);
        metadata
            .hidden_rows
            .iter()
            .flat_map(|rows| [rows.first, rows.last])
            .for_each(|row| self.number(u64::from(row)));
        self.out.push(u8::from(metadata.merges.is_some()));
        self.merges(metadata.merges.unwrap_or_default().iter());
        self.number(metadata.missed_cells.len() as u64);
        self.row = None;
        for PlacedCell { row, col, content: raw } in metadata.missed_cells {
            self.number(u64::from(row));
            self.number(u64::from(col));
            self.out.push(kind(&raw));
            self.content(&raw);
        }
    }
}

/// How the stream names what a cell holds.
fn kind(raw: &RawCell) -> u8 {
    match raw {
        RawCell::Text(_) => TEXT,
        RawCell::Number(_) => NUMBER,
        RawCell::Rate(_) => RATE,
        RawCell::Date(_) => DATE,
        RawCell::Flag(_) => FLAG,
        RawCell::Error(_) => ERROR,
        RawCell::Formula(_) => FORMULA,
    }
}

/// Writes a block.
///
/// # Errors
/// When the other side is gone.
pub fn write_block(to: &mut impl Write, block: &[u8]) -> io::Result<()> {
    let length = u32::try_from(block.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(block)
}

/// The next block of a stream; `None` when it ends.
pub fn block(input: &mut impl Read) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    input.read_exact(&mut length).ok()?;
    let length = u64::from(u32::from_le_bytes(length));
    let mut block = Vec::new();
    input.take(length).read_to_end(&mut block).ok()?;
    (block.len() as u64 == length).then_some(block)
}

/// Puts one answer together; `None` when there are no more blocks before its end, or they make no sense.
pub fn receive(mut next: impl FnMut() -> Option<Vec<u8>>) -> Option<Answer> {
    let mut collector = Collector::default();
    let mut row = None;
    loop {
        let block = next()?;
        let mut receiver = Receiver { rest: &block };
        while let Some(kind) = receiver.byte() {
            match kind {
                ROW => row = Some(receiver.small()?),
                SHEET => {
                    row = None;
                    collector.begin_sheet(receiver.sheet()?);
                }
                FACTS => collector.metadata(receiver.place()?, receiver.facts()?),
                DONE => return Some(Ok(collector.sheets)),
                REFUSED => return serde_json::from_str(receiver.text()?).ok().map(Err),
                cell => receiver.cell(cell, row?, &mut collector)?,
            }
        }
    }
}

/// A block as it is taken apart.
struct Receiver<'b> {
    rest: &'b [u8],
}

impl<'b> Receiver<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    fn place(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn text(&mut self) -> Option<&'b str> {
        let length = self.place()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn sheet(&mut self) -> Option<RawSheet> {
        let name = self.text()?.to_owned();
        let flags = self.number()?;
        let merges = self.merges()?;
        let merges = (flags & 4 != 0).then(|| Merges::new(merges));
        Some(RawSheet { name, hidden: flags & 1 != 0, epoch_1904: flags & 2 != 0, merges, ..RawSheet::default() })
    }

    fn merges(&mut self) -> Option<Vec<Merge>> {
        let count = self.number()?;
        (0..count)
            .map(|_| Some(Merge { first: (self.small()?, self.small()?), last: (self.small()?, self.small()?) }))
            .collect()
    }

    fn facts(&mut self) -> Option<SheetMetadata> {
        let hidden = self.number()?;
        let hidden =
            (0..hidden).map(|_| Some(RowRange { first: self.small()?, last: self.small()? })).collect::<Option<_>>()?;
        let told = self.byte()? != 0;
        let merges = Some(self.merges()?).filter(|_| told);
        let cells = self.number()?;
        let cells = (0..cells).map(|_| {
            let (row, col) = (self.small()?, self.small()?);
            let kind = self.byte()?;
            Some(PlacedCell { row, col, content: self.content(kind)? })
        });
        let cells = cells.collect::<Option<_>>()?;
        Some(SheetMetadata { hidden_rows: hidden, merges, missed_cells: cells })
    }

    fn cell(&mut self, kind: u8, row: u32, collector: &mut Collector) -> Option<()> {
        let col = self.small()?;
        let raw = match kind {
            SHARED => RawCell::Text(collector.text(self.small()?)?.clone()),
            NEW_SHARED => RawCell::Text(collector.add_text(self.text()?)),
            kind => self.content(kind)?,
        };
        collector.cell(row, col, raw);
        Some(())
    }

    fn content(&mut self, kind: u8) -> Option<RawCell> {
        Some(match kind {
            TEXT => RawCell::Text(self.text()?.into()),
            NUMBER => RawCell::Number(f64::from_le_bytes(self.bytes()?)),
            RATE => RawCell::Rate(f64::from_le_bytes(self.bytes()?)),
            DATE => {
                let year = i16::from_le_bytes(self.bytes()?);
                let [month, day] = self.bytes()?;
                RawCell::Date(Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?)
            }
            FLAG => RawCell::Flag(self.byte()? != 0),
            ERROR => RawCell::Error(self.text()?.into()),
            FORMULA => RawCell::Formula(self.text()?.into()),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Answer, Collector, Merge, Merges, PlacedCell, RawCell, RawSheet, ReadError, RowRange, Sender, SheetMetadata,
        Sink, block, receive,
    };

    fn tell(sink: &mut dyn Sink) {
        let merge = Merge { first: (1, 0), last: (2, 0) };
        sink.begin_sheet(RawSheet { name: "在线学习".to_owned(), epoch_1904: true, ..RawSheet::default() });
        for (col, number, text) in [(0, 0, "教务处党支部"), (1, 1, "赵"), (300, 0, "教务处党支部")] {
            sink.shared_text(70_000, col, number, text);
        }
        let cells = [
            RawCell::Text("钱".into()),
            RawCell::Number(38.5),
            RawCell::Rate(0.85),
            RawCell::Date(jiff::civil::date(2018, 10, 5)),
            RawCell::Flag(true),
            RawCell::Error("#REF!".into()),
            RawCell::Formula("A1+1".into()),
        ];
        (0..).zip(cells).for_each(|(col, raw)| sink.cell(70_001, col * 100, raw));
        sink.begin_sheet(RawSheet { merges: Some(Merges::new(vec![merge])), hidden: true, ..RawSheet::default() });
        sink.shared_text(0, 0, 1, "赵");
        let cells = [(9, RawCell::Formula("A1".into())), (300, RawCell::Error("#N/A".into()))];
        let cells = cells.map(|(col, content)| PlacedCell { row: 9, col, content }).to_vec();
        sink.metadata(
            0,
            SheetMetadata {
                hidden_rows: vec![RowRange { first: 3, last: 300 }],
                merges: Some(vec![merge]),
                missed_cells: cells,
            },
        );
        sink.metadata(
            1,
            SheetMetadata { hidden_rows: vec![RowRange { first: 7, last: 7 }], ..SheetMetadata::default() },
        );
    }

    fn sent(outcome: Result<(), ReadError>) -> Vec<u8> {
        let mut out = Vec::new();
        let mut sender = Sender::new(&mut out);
        tell(&mut sender);
        sender.finish(outcome).unwrap();
        out
    }

    fn received(mut stream: &[u8]) -> Option<Answer> {
        receive(|| block(&mut stream))
    }

    #[test]
    fn what_is_sent_arrives() {
        let mut collector = Collector::default();
        tell(&mut collector);
        assert_eq!(received(&sent(Ok(()))), Some(Ok(collector.sheets)));
        assert_eq!(received(&sent(Err(ReadError::TooSlow(9)))), Some(Err(ReadError::TooSlow(9))));
    }

    #[test]
    fn a_stream_that_ends_early_is_no_answer() {
        let whole = sent(Ok(()));
        for length in 0..whole.len() {
            assert_eq!(received(&whole[..length]), None, "{length}");
        }
    }
}
