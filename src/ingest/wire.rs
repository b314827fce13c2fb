//! Sheets on their way from the process that reads them: every text once, cells that point to it. Numbers are
//! variable-length integers (LEB128), texts a length and their bytes. What arrives is trusted as little as the file
//! was: a frame that ends early or names what is not there is refused.

use std::sync::Arc;

use jiff::civil::Date;

use super::limits::Refusal;
use super::places::Places;
use super::raw::{Merge, Merges, Raw, RawRow, RawSheet};

/// What a reader answers.
pub type Answer = Result<Vec<RawSheet>, Refusal>;

const READ: u8 = 0;
const REFUSED: u8 = 1;
const TEXT: u8 = 0;
const NUMBER: u8 = 1;
const DATE: u8 = 2;
const FLAG: u8 = 3;
const ERROR: u8 = 4;
const FORMULA: u8 = 5;

/// Writes an answer.
pub fn encode(answer: &Answer) -> Vec<u8> {
    match answer {
        Ok(sheets) => {
            let mut writer = Writer::default();
            writer.sheets(sheets);
            let mut frame = Writer::default();
            frame.out.push(READ);
            frame.number(writer.texts.len() as u64);
            for text in &writer.texts {
                frame.text(text);
            }
            frame.out.extend_from_slice(&writer.out);
            frame.out
        }
        Err(refusal) => {
            let mut frame = vec![REFUSED];
            frame.extend(serde_json::to_vec(refusal).unwrap_or_default());
            frame
        }
    }
}

/// Reads an answer.
pub fn decode(frame: &[u8]) -> Answer {
    let broken = || Refusal::Crashed("读取进程的回答不完整".to_owned());
    match frame.split_first() {
        Some((&READ, rest)) => {
            let mut reader = FrameReader { rest, texts: Vec::new() };
            reader.answer().ok_or_else(broken)
        }
        Some((&REFUSED, rest)) => Err(serde_json::from_slice(rest).unwrap_or_else(|_| broken())),
        _ => Err(broken()),
    }
}

#[derive(Default)]
struct Writer<'t> {
    out: Vec<u8>,
    texts: Vec<&'t str>,
    /// Where each text stands among the texts, by its place in memory.
    places: Places<u64>,
}

impl<'t> Writer<'t> {
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

    fn sheets(&mut self, sheets: &'t [RawSheet]) {
        self.number(sheets.len() as u64);
        for sheet in sheets {
            self.text(&sheet.name);
            self.number(
                u64::from(sheet.hidden) | u64::from(sheet.epoch_1904) << 1 | u64::from(sheet.merges.is_some()) << 2,
            );
            self.number(sheet.hidden_rows.len() as u64);
            sheet.hidden_rows.iter().for_each(|row| self.number(u64::from(*row)));
            let merges: Vec<&Merge> = sheet.merges.iter().flat_map(Merges::iter).collect();
            self.number(merges.len() as u64);
            for merge in merges {
                for part in [merge.first.0, merge.first.1, merge.last.0, merge.last.1] {
                    self.number(u64::from(part));
                }
            }
            self.number(sheet.rows.len() as u64);
            for row in &sheet.rows {
                self.number(u64::from(row.row));
                self.number(row.cells.len() as u64);
                row.cells.iter().for_each(|(col, raw)| self.cell(*col, raw));
            }
        }
    }

    fn cell(&mut self, col: u32, raw: &'t Raw) {
        self.number(u64::from(col));
        match raw {
            Raw::Text(text) => {
                self.out.push(TEXT);
                let next = self.texts.len() as u64;
                let at = *self.places.entry(text.as_ptr() as usize).or_insert(next);
                if at == next {
                    self.texts.push(text);
                }
                self.number(at);
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

struct FrameReader<'f> {
    rest: &'f [u8],
    texts: Vec<Arc<str>>,
}

impl<'f> FrameReader<'f> {
    fn bytes(&mut self, count: usize) -> Option<&'f [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes(1).map(|bytes| bytes[0])
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

    /// How many things follow: never more than bytes are left.
    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.rest.len())
    }

    fn text(&mut self) -> Option<&'f str> {
        let length = self.count()?;
        std::str::from_utf8(self.bytes(length)?).ok()
    }

    fn answer(&mut self) -> Option<Vec<RawSheet>> {
        let texts = self.count()?;
        self.texts.reserve(texts);
        for _ in 0..texts {
            let text = self.text()?;
            self.texts.push(Arc::from(text));
        }
        let sheets = self.count()?;
        (0..sheets).map(|_| self.sheet()).collect()
    }

    fn sheet(&mut self) -> Option<RawSheet> {
        let name = self.text()?.to_owned();
        let flags = self.number()?;
        let hidden = self.count()?;
        let hidden_rows = (0..hidden).map(|_| self.small()).collect::<Option<_>>()?;
        let merges = self.count()?;
        let merges: Vec<Merge> = (0..merges).map(|_| self.merge()).collect::<Option<_>>()?;
        let rows = self.count()?;
        let rows = (0..rows).map(|_| self.row()).collect::<Option<_>>()?;
        let merges = (flags & 4 != 0).then(|| Merges::new(merges));
        Some(RawSheet { name, hidden: flags & 1 != 0, hidden_rows, rows, merges, epoch_1904: flags & 2 != 0 })
    }

    fn merge(&mut self) -> Option<Merge> {
        Some(Merge { first: (self.small()?, self.small()?), last: (self.small()?, self.small()?) })
    }

    fn row(&mut self) -> Option<RawRow> {
        let row = self.small()?;
        let count = self.count()?;
        let mut cells = Vec::with_capacity(count);
        for _ in 0..count {
            cells.push((self.small()?, self.cell()?));
        }
        Some(RawRow { row, cells })
    }

    fn cell(&mut self) -> Option<Raw> {
        Some(match self.byte()? {
            TEXT => {
                let at = usize::try_from(self.number()?).ok()?;
                Raw::Text(Arc::clone(self.texts.get(at)?))
            }
            NUMBER => Raw::Number(f64::from_le_bytes(self.bytes(8)?.try_into().ok()?)),
            DATE => {
                let year = i16::from_le_bytes(self.bytes(2)?.try_into().ok()?);
                let (month, day) = (self.byte()?, self.byte()?);
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
    use super::{Arc, Merge, Merges, Raw, RawSheet, Refusal, decode, encode};

    fn sheet() -> RawSheet {
        let text: Arc<str> = "教务处党支部".into();
        let mut sheet = RawSheet {
            name: "在线学习".to_owned(),
            hidden_rows: vec![3, 300],
            epoch_1904: true,
            ..RawSheet::default()
        };
        sheet.merges = Some(Merges::new(vec![Merge { first: (1, 0), last: (2, 0) }]));
        let cells = [
            Raw::Text(text.clone()),
            Raw::Text(text),
            Raw::Number(38.5),
            Raw::Date(jiff::civil::date(2018, 10, 5)),
            Raw::Flag(true),
            Raw::Error("#REF!".to_owned()),
            Raw::Formula("A1".to_owned()),
        ];
        for (col, cell) in (0..).zip(cells) {
            sheet.push(70_000, col * 100, cell);
        }
        sheet
    }

    #[test]
    fn what_is_sent_arrives() {
        for answer in [Ok(vec![sheet(), RawSheet::default()]), Err(Refusal::TooSlow(9))] {
            assert_eq!(decode(&encode(&answer)), answer);
        }
    }

    #[test]
    fn a_frame_that_ends_early_is_refused() {
        let frame = encode(&Ok(vec![sheet()]));
        for length in 0..frame.len() {
            assert!(decode(&frame[..length]).is_err(), "{length}");
        }
    }
}
