//! Content streams: operators and their operands. Numbers are thousandths, so that positions do not depend on how a
//! platform prints floating point.
//!
//! `pdf-writer` writes strings that are not ASCII in hexadecimal, which makes the text of a report half as long again
//! after compression.

use std::fmt::Write as _;

/// A length of so many thousandths of a point.
pub(super) type Milli = i32;

/// The operators of a page.
#[derive(Default)]
pub(super) struct Content {
    pub bytes: Vec<u8>,
}

impl Content {
    /// An operator without operands.
    pub(super) fn operator(&mut self, operator: &str) -> &mut Self {
        self.bytes.extend_from_slice(operator.as_bytes());
        self.bytes.push(b'\n');
        self
    }

    /// An operand.
    pub(super) fn number(&mut self, value: Milli) -> &mut Self {
        let (whole, fraction) = (value / 1_000, value % 1_000);
        if value < 0 && whole == 0 {
            self.bytes.push(b'-');
        }
        self.bytes.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
        if fraction != 0 {
            let digits =
                [fraction / 100 % 10, fraction / 10 % 10, fraction % 10].map(|digit| b'0' + digit.unsigned_abs() as u8);
            let count = 3 - digits.iter().rev().take_while(|digit| **digit == b'0').count();
            self.bytes.push(b'.');
            self.bytes.extend_from_slice(&digits[..count]);
        }
        self.bytes.push(b' ');
        self
    }

    /// Operands.
    pub(super) fn numbers(&mut self, values: &[Milli]) -> &mut Self {
        values.iter().for_each(|value| {
            self.number(*value);
        });
        self
    }

    /// A name as an operand: a kind and a number.
    pub(super) fn name(&mut self, kind: char, number: usize) -> &mut Self {
        let mut name = String::with_capacity(8);
        let _infallible = write!(name, "/{kind}{number} ");
        self.bytes.extend_from_slice(name.as_bytes());
        self
    }

    /// Begins a piece that belongs to the structure, with its number on the page.
    pub(super) fn begin_marked(&mut self, number: usize) {
        self.bytes.extend_from_slice(b"/P<</MCID ");
        self.bytes.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        self.operator(">>BDC");
    }

    /// A code of two bytes within a string.
    pub(super) fn code(&mut self, code: u16) {
        for byte in code.to_be_bytes() {
            match byte {
                b'(' | b')' | b'\\' => self.bytes.extend([b'\\', byte]),
                // Readers take a bare carriage return for a line feed.
                b'\r' => self.bytes.extend(b"\\r"),
                _ => self.bytes.push(byte),
            }
        }
    }
}

/// The same in thousandths.
pub(super) fn milli(points: f32) -> Milli {
    (points * 1_000.0).round() as Milli
}

#[cfg(test)]
mod tests {
    use super::{Content, milli};

    #[test]
    fn numbers_have_three_decimals_at_most_and_no_zeros_behind() {
        let mut content = Content::default();
        content.numbers(&[0, 1, -1, -50, 1_000, 79_350, -1_200, -12_345]);
        assert_eq!(content.bytes, b"0 0.001 -0.001 -0.05 1 79.35 -1.2 -12.345 ");
        assert_eq!(milli(-0.058_45), -58);
    }

    #[test]
    fn codes_hold_no_byte_that_ends_a_string() {
        let mut content = Content::default();
        [0x0128, 0x295c, 0x0d0a].into_iter().for_each(|code| content.code(code));
        assert_eq!(content.bytes, b"\x01\\(\\)\\\\\\r\n");
    }
}
