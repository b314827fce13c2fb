//! Sheets on their way from the process that reads them, sent as they are met and put together as they arrive.
//!
//! Pieces travel in blocks: a length (u32, little endian) and as many bytes. Whole numbers are of variable length
//! (LEB128), texts a length and their bytes; a text that many cells show is sent once and pointed to. What arrives is
//! trusted as little as the file was: a stream that ends early or points to what is not there ends the conversation.

use std::io::{self, Read, Write};
use std::sync::Arc;

use jiff::civil::Date;

use super::limits::Refusal;
use super::places::Places;
use super::raw::{Facts, Merge, Merges, Piece, Raw, RawRow, RawSheet, collect};

/// What a reader answers.
pub type Answer = Result<Vec<RawSheet>, Refusal>;

// What comes next in the stream.
const SHEET: u8 = b'S';
const ROW: u8 = b'R';
const FACTS: u8 = b'F';
const DONE: u8 = b'.';
const REFUSED: u8 = b'!';

// What a cell holds.
const NEW_TEXT: u8 = 0;
const TEXT: u8 = 1;
const NUMBER: u8 = 2;
const DATE: u8 = 3;
const FLAG: u8 = 4;
const ERROR: u8 = 5;
const FORMULA: u8 = 6;

/// Bytes from which a block is sent.
const BLOCK: usize = 1 << 16;

/// Sends an answer, piece by piece.
pub struct Sender<W> {
    to: W,
    /// The block under way.
    out: Vec<u8>,
    /// Which text, in the order they were sent, lies where in memory.
    places: Places<u64>,
    /// The texts sent, kept so that no other comes to lie in their places.
    texts: Vec<Arc<str>>,
}

impl<W: Write> Sender<W> {
    /// Begins an answer.
    pub fn new(to: W) -> Self {
        Self { to, out: Vec::with_capacity(2 * BLOCK), places: Places::default(), texts: Vec::new() }
    }

    /// Sends a piece.
    ///
    /// # Errors
    /// When the other side is gone.
    pub fn send(&mut self, piece: &Piece) -> io::Result<()> {
        match piece {
            Piece::Sheet(sheet) => {
                self.out.push(SHEET);
                self.text(&sheet.name);
                let (hidden, epoch) = (u64::from(sheet.hidden), u64::from(sheet.epoch_1904) << 1);
                self.number(hidden | epoch | u64::from(sheet.merges.is_some()) << 2);
                self.merges(sheet.merges.iter().flat_map(Merges::iter).copied().collect());
            }
            Piece::Row(row) => {
                self.out.push(ROW);
                self.number(u64::from(row.row));
                self.number(row.cells.len() as u64);
                row.cells.iter().for_each(|(col, raw)| self.cell(*col, raw));
            }
            Piece::Facts(sheet, facts) => {
                self.out.push(FACTS);
                self.number(*sheet as u64);
                self.number(facts.hidden_rows.len() as u64);
                facts.hidden_rows.iter().for_each(|row| self.number(u64::from(*row)));
                self.merges(facts.merges.clone());
                self.number(facts.formulas.len() as u64);
                for ((row, col), formula) in &facts.formulas {
                    self.number(u64::from(*row));
                    self.number(u64::from(*col));
                    self.text(formula);
                }
            }
        }
        if self.out.len() < BLOCK { Ok(()) } else { self.flush() }
    }

    /// Ends the answer.
    ///
    /// # Errors
    /// When the other side is gone.
    pub fn finish(mut self, outcome: Result<(), Refusal>) -> io::Result<()> {
        match outcome {
            Ok(()) => self.out.push(DONE),
            Err(refusal) => {
                self.out.push(REFUSED);
                let refusal = serde_json::to_string(&refusal)?;
                self.text(&refusal);
            }
        }
        self.flush()?;
        self.to.flush()
    }

    /// Sends the block under way.
    fn flush(&mut self) -> io::Result<()> {
        let length = u32::try_from(self.out.len()).map_err(io::Error::other)?;
        self.to.write_all(&length.to_le_bytes())?;
        self.to.write_all(&self.out)?;
        self.out.clear();
        Ok(())
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

    fn merges(&mut self, merges: Vec<Merge>) {
        self.number(merges.len() as u64);
        let parts = merges.into_iter().flat_map(|m| [m.first.0, m.first.1, m.last.0, m.last.1]);
        parts.into_iter().for_each(|part| self.number(u64::from(part)));
    }

    fn cell(&mut self, col: u32, raw: &Raw) {
        self.number(u64::from(col));
        match raw {
            Raw::Text(text) => {
                let next = self.texts.len() as u64;
                let at = *self.places.entry(text.as_ptr() as usize).or_insert(next);
                if at < next {
                    self.out.push(TEXT);
                    self.number(at);
                } else {
                    self.texts.push(Arc::clone(text));
                    self.out.push(NEW_TEXT);
                    self.text(text);
                }
            }
            Raw::Number(number) => {
                self.out.push(NUMBER);
                self.out.extend_from_slice(&number.to_le_bytes());
            }
            Raw::Date(date) => {
                self.out.push(DATE);
                self.out.extend_from_slice(&date.year().to_le_bytes());
                self.out.extend_from_slice(&[date.month().unsigned_abs(), date.day().unsigned_abs()]);
            }
            Raw::Flag(flag) => self.out.extend_from_slice(&[FLAG, u8::from(*flag)]),
            Raw::Error(error) => {
                self.out.push(ERROR);
                self.text(error);
            }
            Raw::Formula(formula) => {
                self.out.push(FORMULA);
                self.text(formula);
            }
        }
    }
}

/// Receives one answer; `None` when the stream ends early or makes no sense.
pub fn receive(input: &mut impl Read) -> Option<Answer> {
    let mut sheets = Vec::new();
    let mut texts = Vec::new();
    let mut block = Vec::new();
    loop {
        let mut length = [0; 4];
        input.read_exact(&mut length).ok()?;
        let length = u64::from(u32::from_le_bytes(length));
        block.clear();
        input.by_ref().take(length).read_to_end(&mut block).ok()?;
        if block.len() as u64 != length {
            return None;
        }
        let mut receiver = Receiver { rest: &block, texts: &mut texts };
        while let Some(kind) = receiver.byte() {
            let piece = match kind {
                SHEET => Piece::Sheet(receiver.sheet()?),
                ROW => Piece::Row(receiver.row()?),
                FACTS => Piece::Facts(receiver.place()?, receiver.facts()?),
                DONE => return Some(Ok(sheets)),
                REFUSED => return serde_json::from_str(receiver.text()?).ok().map(Err),
                _ => return None,
            };
            collect(&mut sheets, piece);
        }
    }
}

/// A block as it is taken apart, and the texts that came so far.
struct Receiver<'b, 't> {
    rest: &'b [u8],
    texts: &'t mut Vec<Arc<str>>,
}

impl<'b> Receiver<'b, '_> {
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

    fn facts(&mut self) -> Option<Facts> {
        let hidden = self.number()?;
        let hidden_rows = (0..hidden).map(|_| self.small()).collect::<Option<_>>()?;
        let merges = self.merges()?;
        let formulas = self.number()?;
        let formulas = (0..formulas)
            .map(|_| Some(((self.small()?, self.small()?), self.text()?.to_owned())))
            .collect::<Option<_>>()?;
        Some(Facts { hidden_rows, merges, formulas })
    }

    fn row(&mut self) -> Option<RawRow> {
        let row = self.small()?;
        let count = self.place()?;
        let mut cells = Vec::with_capacity(count.min(64));
        for _ in 0..count {
            cells.push((self.small()?, self.cell()?));
        }
        Some(RawRow { row, cells })
    }

    fn cell(&mut self) -> Option<Raw> {
        Some(match self.byte()? {
            NEW_TEXT => {
                let text: Arc<str> = self.text()?.into();
                self.texts.push(Arc::clone(&text));
                Raw::Text(text)
            }
            TEXT => {
                let at = self.place()?;
                Raw::Text(Arc::clone(self.texts.get(at)?))
            }
            NUMBER => Raw::Number(f64::from_le_bytes(self.bytes()?)),
            DATE => {
                let year = i16::from_le_bytes(self.bytes()?);
                let [month, day] = self.bytes()?;
                Raw::Date(Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?)
            }
            FLAG => Raw::Flag(self.byte()? != 0),
            ERROR => Raw::Error(self.text()?.to_owned()),
            FORMULA => Raw::Formula(self.text()?.to_owned()),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Facts, Merge, Merges, Piece, Raw, RawRow, RawSheet, Refusal, Sender, collect, receive};

    fn pieces() -> Vec<Piece> {
        let text: Arc<str> = "教务处党支部".into();
        let cells = [
            Raw::Text(text.clone()),
            Raw::Text(text),
            Raw::Number(38.5),
            Raw::Date(jiff::civil::date(2018, 10, 5)),
            Raw::Flag(true),
            Raw::Error("#REF!".to_owned()),
        ];
        let merge = Merge { first: (1, 0), last: (2, 0) };
        let sheet = RawSheet { name: "在线学习".to_owned(), epoch_1904: true, ..RawSheet::default() };
        let told = RawSheet { merges: Some(Merges::new(vec![merge])), hidden: true, ..RawSheet::default() };
        let facts = Facts { hidden_rows: vec![3, 300], merges: vec![merge], formulas: vec![((9, 9), "A1".to_owned())] };
        let row = RawRow { row: 70_000, cells: (0..).map(|col| col * 100).zip(cells).collect() };
        vec![Piece::Sheet(sheet), Piece::Row(row), Piece::Sheet(told), Piece::Facts(0, facts)]
    }

    fn sent(outcome: Result<(), Refusal>) -> Vec<u8> {
        let mut out = Vec::new();
        let mut sender = Sender::new(&mut out);
        pieces().iter().for_each(|piece| sender.send(piece).unwrap());
        sender.finish(outcome).unwrap();
        out
    }

    #[test]
    fn what_is_sent_arrives() {
        let mut sheets = Vec::new();
        pieces().into_iter().for_each(|piece| collect(&mut sheets, piece));
        assert_eq!(receive(&mut &sent(Ok(()))[..]), Some(Ok(sheets)));
        assert_eq!(receive(&mut &sent(Err(Refusal::TooSlow(9)))[..]), Some(Err(Refusal::TooSlow(9))));
    }

    #[test]
    fn a_stream_that_ends_early_is_no_answer() {
        let whole = sent(Ok(()));
        for length in 0..whole.len() {
            assert_eq!(receive(&mut &whole[..length]), None, "{length}");
        }
    }
}
