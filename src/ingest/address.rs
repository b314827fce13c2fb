//! Addresses of cells (`AB12`), and the bounds of a sheet.

use crate::diagnostics::column_letters;

/// Rows of a sheet (ECMA-376 part 1, 18.3.1.73).
pub(super) const MAX_ROWS: u32 = 1 << 20;
/// Columns of a sheet (ECMA-376 part 1, 18.3.1.13).
pub(super) const MAX_COLUMNS: u32 = 1 << 14;

/// Row and column, from 0, of an address within a sheet.
pub fn parse(address: &str) -> Option<(u32, u32)> {
    Reference::parse(address).map(|Reference { row, col, .. }| (row, col))
}

/// A reference to a cell of the same sheet, such as `$B2`; row and column from 0.
#[derive(Clone, Copy)]
pub(super) struct Reference {
    pub row: u32,
    pub col: u32,
    has_fixed_row: bool,
    has_fixed_col: bool,
}

impl Reference {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('$').unwrap_or(text);
        let has_fixed_col = rest.len() < text.len();
        let (letters, rest) = rest.split_at(rest.bytes().take_while(u8::is_ascii_alphabetic).count());
        let digits = rest.strip_prefix('$').unwrap_or(rest);
        let has_fixed_row = digits.len() < rest.len();
        if letters.is_empty() || letters.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let value = |letter: u8| u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        let col = letters.bytes().fold(0, |col, letter| col * 26 + value(letter)) - 1;
        let row = digits.parse::<u32>().ok()?.checked_sub(1)?;
        (row < MAX_ROWS && col < MAX_COLUMNS).then_some(Self { row, col, has_fixed_row, has_fixed_col })
    }

    /// The reference so many rows down and columns to the right; `None` outside the sheet.
    pub(super) fn moved(self, rows: i64, columns: i64) -> Option<Self> {
        let moved = |from: u32, by: i64, limit: u32| {
            u32::try_from(i64::from(from).checked_add(by)?).ok().filter(|at| *at < limit)
        };
        let row = if self.has_fixed_row { self.row } else { moved(self.row, rows, MAX_ROWS)? };
        let col = if self.has_fixed_col { self.col } else { moved(self.col, columns, MAX_COLUMNS)? };
        Some(Self { row, col, ..self })
    }
}

/// The name of a cell of a sheet; row and column from 0.
pub(super) fn cell_name(row: u32, col: u32) -> Option<String> {
    let reference = Reference { row, col, has_fixed_row: false, has_fixed_col: false };
    (row < MAX_ROWS && col < MAX_COLUMNS).then(|| reference.to_string())
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fixed = |is_fixed: bool| if is_fixed { "$" } else { "" };
        let column = column_letters(self.col);
        write!(f, "{}{column}{}{}", fixed(self.has_fixed_col), fixed(self.has_fixed_row), self.row + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn addresses_are_those_of_a_sheet() {
        for (address, expected) in [
            ("A1", Some((0, 0))),
            ("ab12", Some((11, 27))),
            ("XFD1048576", Some((1_048_575, 16_383))),
            ("$B$2", Some((1, 1))),
            ("XFE1", None),
            ("A1048577", None),
            ("A0", None),
            ("12", None),
            ("AB", None),
            ("", None),
        ] {
            assert_eq!(parse(address), expected, "{address}");
        }
    }
}
