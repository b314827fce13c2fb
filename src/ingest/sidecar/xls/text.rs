//! Texts of BIFF8 (MS-XLS 2.5.293, 2.5.294), where shared texts go on in CONTINUE records, and of BIFF5.

use super::super::binary::u16_at;
use super::super::styles::{TextRun, TextWithRuns};

/// The text of a record that begins with its length in two bytes.
pub(super) fn read_text(record: &[u8]) -> Option<String> {
    let mut bytes = Continued { record, rest: &[] };
    let (length, flags) = (bytes.u16()?, bytes.u8()?);
    Some(String::from_utf16_lossy(&bytes.units(length.into(), flags)?))
}

/// The text of a record of BIFF5 that begins with its length in one byte; `None` unless it is ASCII.
pub(super) fn read_ascii_text(record: &[u8]) -> Option<String> {
    let (length, bytes) = record.split_first()?;
    let text = std::str::from_utf8(bytes.get(..usize::from(*length))?).ok()?;
    text.is_ascii().then(|| text.to_owned())
}

/// The texts of an SST record and its CONTINUE records, up to the first incomplete one.
pub(super) fn read_shared_texts(records: &[&[u8]]) -> Vec<TextWithRuns> {
    let Some((record, rest)) = records.split_first() else { return Vec::new() };
    // Two counts come first.
    let mut bytes = Continued { record: record.get(8..).unwrap_or_default(), rest };
    std::iter::from_fn(|| bytes.rich_text()).collect()
}

/// Bytes that go on in the next record.
struct Continued<'r> {
    record: &'r [u8],
    rest: &'r [&'r [u8]],
}

impl Continued<'_> {
    fn rich_text(&mut self) -> Option<TextWithRuns> {
        let (length, flags) = (self.u16()?, self.u8()?);
        let runs = if flags & 0x08 != 0 { self.u16()? } else { 0 };
        let extension = if flags & 0x04 != 0 { u32::from(self.u16()?) | u32::from(self.u16()?) << 16 } else { 0 };
        let units = self.units(length.into(), flags)?;
        let mut text = TextWithRuns { units, runs: Vec::new() };
        for _ in 0..runs {
            text.runs.push(TextRun { start: self.u16()?.into(), font: self.u16()?.into() });
        }
        self.skip(usize::try_from(extension).ok()?)?;
        Some(text)
    }

    /// Code units of one or two bytes, as bit 0 of `flags` says; a record in which they go on begins with new flags.
    fn units(&mut self, length: usize, mut flags: u8) -> Option<Vec<u16>> {
        let mut units = Vec::new();
        while units.len() < length {
            if self.record.is_empty() {
                self.next_record()?;
                flags = self.u8()?;
            }
            let missing = length - units.len();
            if flags & 1 == 0 {
                let (bytes, rest) = self.record.split_at(missing.min(self.record.len()));
                units.extend(bytes.iter().map(|byte| u16::from(*byte)));
                self.record = rest;
            } else {
                let (bytes, rest) = self.record.split_at_checked(2 * missing.min(self.record.len() / 2).max(1))?;
                units.extend(bytes.chunks_exact(2).filter_map(|unit| u16_at(unit, 0)));
                self.record = rest;
            }
        }
        Some(units)
    }

    fn skip(&mut self, mut length: usize) -> Option<()> {
        while length > self.record.len() {
            length -= self.record.len();
            self.next_record()?;
        }
        self.record = &self.record[length..];
        Some(())
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    fn u8(&mut self) -> Option<u8> {
        if self.record.is_empty() {
            self.next_record()?;
        }
        let (byte, rest) = self.record.split_first()?;
        self.record = rest;
        Some(*byte)
    }

    fn next_record(&mut self) -> Option<()> {
        (self.record, self.rest) = self.rest.split_first()?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::{TextRun, TextWithRuns, read_ascii_text, read_shared_texts, read_text};

    /// A shared text with these flags, characters, runs and extension.
    fn shared(flags: u8, head: &[u8], body: &[u8]) -> Vec<u8> {
        [&4_u16.to_le_bytes()[..], &[flags], head, body].concat()
    }

    #[test]
    fn texts_go_on_in_the_next_record() {
        let rich = shared(0x0d, &[1, 0, 3, 0, 0, 0], b"1\x002\x00\x2d\x4e1\x00\x03\x00\x05\x00ext");
        let narrow = shared(0, &[], b"abcd");
        let whole = [&[0; 8][..], &rich, &narrow].concat();
        let text = |text: &str, runs| TextWithRuns { units: text.encode_utf16().collect(), runs };
        let expected = [text("12中1", vec![TextRun { start: 3, font: 5 }]), text("abcd", Vec::new())];
        assert_eq!(read_shared_texts(&[&whole]), expected);
        // Cut between characters: the second record begins with flags.
        let characters = 8 + 3 + 6;
        for cut in [2, 4, 6] {
            let (first, second) = whole.split_at(characters + cut);
            assert_eq!(read_shared_texts(&[first, &[&[1][..], second].concat()]), expected, "{cut}");
        }
        let (first, second) = whole.split_at(characters + 8 + 1);
        assert_eq!(read_shared_texts(&[first, second]), expected, "in the runs");
        for length in 0..whole.len() {
            assert!(read_shared_texts(&[&whole[..length]]).len() < 2, "{length}");
        }
        assert_eq!(read_text(b"\x02\0\x01\x2d\x4e\x87\x65").as_deref(), Some("中文"));
        assert_eq!(read_text(b"\x02\0\x01\x2d\x4e\x87"), None);
        assert_eq!(read_ascii_text(b"\x040\"%\"").as_deref(), Some("0\"%\""));
        assert_eq!((read_ascii_text(b"\x02\xd6\xd0"), read_ascii_text(b"\x020")), (None, None));
    }
}
