//! Sheets on their way from the process that reads them, sent as they are met and put together as they arrive.
//!
//! Whole numbers are of variable length (LEB128), texts a length and their bytes; a text that many cells show is sent
//! once and pointed to. What arrives is trusted as little as the file was: a stream that ends early or points to what
//! is not there ends the conversation.

use std::io::{self, BufRead, Read, Write};
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

/// Sends an answer, piece by piece.
pub struct Sender<W> {
    out: W,
    /// Which text, in the order they were sent, lies where in memory.
    places: Places<u64>,
    /// The texts sent, kept so that no other comes to lie in their places.
    texts: Vec<Arc<str>>,
}

impl<W: Write> Sender<W> {
    /// Begins an answer.
    pub fn new(out: W) -> Self {
        Self { out, places: Places::default(), texts: Vec::new() }
    }

    /// Sends a piece.
    ///
    /// # Errors
    /// When the other side is gone.
    pub fn send(&mut self, piece: &Piece) -> io::Result<()> {
        match piece {
            Piece::Sheet(sheet) => {
                self.out.write_all(&[SHEET])?;
                self.text(&sheet.name)?;
                let (hidden, epoch) = (u64::from(sheet.hidden), u64::from(sheet.epoch_1904) << 1);
                self.number(hidden | epoch | u64::from(sheet.merges.is_some()) << 2)?;
                self.merges(sheet.merges.iter().flat_map(Merges::iter).copied().collect())
            }
            Piece::Row(row) => {
                self.out.write_all(&[ROW])?;
                self.number(u64::from(row.row))?;
                self.number(row.cells.len() as u64)?;
                row.cells.iter().try_for_each(|(col, raw)| self.cell(*col, raw))
            }
            Piece::Facts(sheet, facts) => {
                self.out.write_all(&[FACTS])?;
                self.number(*sheet as u64)?;
                self.number(facts.hidden_rows.len() as u64)?;
                facts.hidden_rows.iter().try_for_each(|row| self.number(u64::from(*row)))?;
                self.merges(facts.merges.clone())?;
                self.number(facts.formulas.len() as u64)?;
                facts.formulas.iter().try_for_each(|((row, col), formula)| {
                    self.number(u64::from(*row))?;
                    self.number(u64::from(*col))?;
                    self.text(formula)
                })
            }
        }
    }

    /// Ends the answer.
    ///
    /// # Errors
    /// When the other side is gone.
    pub fn finish(mut self, outcome: Result<(), Refusal>) -> io::Result<()> {
        match outcome {
            Ok(()) => self.out.write_all(&[DONE])?,
            Err(refusal) => {
                self.out.write_all(&[REFUSED])?;
                self.text(&serde_json::to_string(&refusal)?)?;
            }
        }
        self.out.flush()
    }

    fn number(&mut self, mut number: u64) -> io::Result<()> {
        let mut bytes = [0; 10];
        let mut length = 0;
        while number >= 0x80 {
            bytes[length] = number as u8 | 0x80;
            number >>= 7;
            length += 1;
        }
        bytes[length] = number as u8;
        self.out.write_all(&bytes[..=length])
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.number(text.len() as u64)?;
        self.out.write_all(text.as_bytes())
    }

    fn merges(&mut self, merges: Vec<Merge>) -> io::Result<()> {
        self.number(merges.len() as u64)?;
        let parts = merges.into_iter().flat_map(|m| [m.first.0, m.first.1, m.last.0, m.last.1]);
        parts.into_iter().try_for_each(|part| self.number(u64::from(part)))
    }

    fn cell(&mut self, col: u32, raw: &Raw) -> io::Result<()> {
        self.number(u64::from(col))?;
        match raw {
            Raw::Text(text) => {
                let next = self.texts.len() as u64;
                let at = *self.places.entry(text.as_ptr() as usize).or_insert(next);
                if at < next {
                    self.out.write_all(&[TEXT])?;
                    return self.number(at);
                }
                self.texts.push(Arc::clone(text));
                self.out.write_all(&[NEW_TEXT])?;
                self.text(text)
            }
            Raw::Number(number) => {
                self.out.write_all(&[NUMBER])?;
                self.out.write_all(&number.to_le_bytes())
            }
            Raw::Date(date) => {
                self.out.write_all(&[DATE])?;
                self.out.write_all(&date.year().to_le_bytes())?;
                self.out.write_all(&[date.month().unsigned_abs(), date.day().unsigned_abs()])
            }
            Raw::Flag(flag) => self.out.write_all(&[FLAG, u8::from(*flag)]),
            Raw::Error(error) => {
                self.out.write_all(&[ERROR])?;
                self.text(error)
            }
            Raw::Formula(formula) => {
                self.out.write_all(&[FORMULA])?;
                self.text(formula)
            }
        }
    }
}

/// Receives one answer; `None` when the stream ends early or makes no sense.
pub fn receive(input: &mut impl BufRead) -> Option<Answer> {
    let mut receiver = Receiver { input, texts: Vec::new() };
    let mut sheets = Vec::new();
    loop {
        let piece = match receiver.byte()? {
            SHEET => Piece::Sheet(receiver.sheet()?),
            ROW => Piece::Row(receiver.row()?),
            FACTS => Piece::Facts(receiver.place()?, receiver.facts()?),
            DONE => return Some(Ok(sheets)),
            REFUSED => return serde_json::from_str(&receiver.text()?).ok().map(Err),
            _ => return None,
        };
        collect(&mut sheets, piece);
    }
}

struct Receiver<'i, I> {
    input: &'i mut I,
    texts: Vec<Arc<str>>,
}

impl<I: BufRead> Receiver<'_, I> {
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes::<1>().map(|[byte]| byte)
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

    fn text(&mut self) -> Option<String> {
        let length = self.number()?;
        let mut bytes = Vec::new();
        self.input.by_ref().take(length).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 == length).then(|| String::from_utf8(bytes).ok())?
    }

    fn sheet(&mut self) -> Option<RawSheet> {
        let name = self.text()?;
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
        let formulas =
            (0..formulas).map(|_| Some(((self.small()?, self.small()?), self.text()?))).collect::<Option<_>>()?;
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
            ERROR => Raw::Error(self.text()?),
            FORMULA => Raw::Formula(self.text()?),
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
