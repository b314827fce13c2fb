//! A typed cell: value, address, and how it was read.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;

/// The value of a cell in its column; `S` is the type of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellValue<S> {
    /// The cell is blank.
    Missing,
    /// The text of a cell that does not fit its column's type, for the finding.
    Invalid(S),
    /// An error value, such as `#REF!`.
    Error(S),
    /// The formula of a cell whose result was not stored.
    Formula(S),
    /// Normalized text; lines separated by `\n`.
    Text(S),
    /// An exact number; a percentage as a fraction.
    Number(Decimal),
    /// A date.
    Date(Date),
    /// 是 or 否.
    Flag(bool),
}

/// A value whose text is borrowed from its row.
pub type Value<'r> = CellValue<&'r str>;

/// A value before it is packed into a row.
pub(super) type OwnedValue<'r> = CellValue<Cow<'r, str>>;

impl<S> CellValue<S> {
    /// The same value with its text converted.
    pub fn with<'s, T>(&'s self, convert: impl FnOnce(&'s S) -> T) -> CellValue<T> {
        match self {
            Self::Missing => CellValue::Missing,
            Self::Invalid(text) => CellValue::Invalid(convert(text)),
            Self::Error(text) => CellValue::Error(convert(text)),
            Self::Formula(text) => CellValue::Formula(convert(text)),
            Self::Text(text) => CellValue::Text(convert(text)),
            Self::Number(number) => CellValue::Number(*number),
            Self::Date(date) => CellValue::Date(*date),
            Self::Flag(flag) => CellValue::Flag(*flag),
        }
    }
}

/// How a cell was read, as far as a rule may report it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellNotes {
    /// How many forbidden characters were dropped from its text.
    pub dropped: u32,
    /// The number was read in a way that may not be meant: 85 for 85 %, 12人 for 12 学时.
    pub doubtful: bool,
    /// A percentage other than 0 without a percent sign.
    pub bare: bool,
    /// The last row and column of a merged range whose number counts in this row as in its first.
    pub merged: Option<(u32, u32)>,
    /// The value was repeated from the row above, as the file does not store merged ranges.
    pub filled: bool,
    /// The year of the date was completed.
    pub completed: bool,
}

/// A cell at its address in the file (that of the merged range's first cell, when it is merged).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'r> {
    /// The row, from 0.
    pub row: u32,
    /// The column, from 0.
    pub col: u32,
    /// Its value.
    pub value: Value<'r>,
    /// How it was read.
    pub notes: CellNotes,
}
