//! A typed cell: value, address, and how it was read.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;

/// The value of a cell in its column; `S` is the type of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellValue<S> {
    /// The cell is blank.
    Missing,
    /// The text of a cell without a usable value, for the finding, and why it has none.
    Unusable(CellFault, S),
    /// Normalized text; lines separated by `\n`.
    Text(S),
    /// An exact number; a percentage as a fraction.
    Number(Decimal),
    /// A day, without the time of day that the cell may have.
    Date(Date),
    /// `true` for 是 and `false` for 否, in any spelling that the column accepts.
    Flag(bool),
    /// Pictures, as the hashes of [`Picture`](crate::picture::Picture)s with a blank between two.
    Picture(S),
}

/// Why a cell that is not blank has no usable value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellFault {
    /// Its content does not fit its column's type.
    WrongType,
    /// It is an error value, such as `#REF!`.
    ErrorValue,
    /// It is a formula whose result was not stored; the text is the formula with its `=`.
    NotComputed,
    /// A picture is in a cell whose column is not of pictures.
    Picture,
    /// It is struck out whole; the text is what is struck out.
    StruckOut,
    /// It is a number of more digits than programs keep or show; the text is its digits where all are kept.
    LostDigits,
    /// It is a number in a unit that does not convert to its column's, written in the cell or in the header.
    OtherUnit,
    /// It refers to the cell above or beside it: 同上, 〃.
    Ditto,
    /// It is a number that its number format does not show; the text is the number as stored.
    NotShown,
    /// A picture in it cannot be printed; the text is the reason.
    BrokenPicture,
    /// It names a picture file that is not there; the text is the name.
    NoPictureFile,
    /// It shows another number than it holds, and no unit says why; the text is both numbers.
    OtherNumber,
}

impl CellFault {
    /// All faults, in the order of their numbers in packed rows.
    pub(super) const ALL: [Self; 12] = [
        Self::WrongType,
        Self::ErrorValue,
        Self::NotComputed,
        Self::Picture,
        Self::StruckOut,
        Self::LostDigits,
        Self::OtherUnit,
        Self::Ditto,
        Self::NotShown,
        Self::BrokenPicture,
        Self::NoPictureFile,
        Self::OtherNumber,
    ];
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
            Self::Unusable(fault, text) => CellValue::Unusable(*fault, convert(text)),
            Self::Text(text) => CellValue::Text(convert(text)),
            Self::Number(number) => CellValue::Number(*number),
            Self::Date(date) => CellValue::Date(*date),
            Self::Flag(flag) => CellValue::Flag(*flag),
            Self::Picture(hashes) => CellValue::Picture(convert(hashes)),
        }
    }
}

impl<'r> Value<'r> {
    /// The hashes of its pictures, in order; none for a value that has no pictures.
    pub fn pictures(self) -> impl Iterator<Item = &'r str> {
        let hashes = if let Self::Picture(hashes) = self { hashes } else { "" };
        hashes.split_ascii_whitespace()
    }

    /// The number of its pictures.
    pub fn picture_count(self) -> usize {
        self.pictures().count()
    }
}

/// How a cell was read, as far as a rule may report it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellNotes {
    /// How many forbidden characters were dropped from its text.
    pub dropped: u32,
    /// The number was read in a way that may not be meant: 85 for 85 %, 12人 for 12 of no unit.
    pub doubtful: bool,
    /// A percentage other than 0 without a percent sign.
    pub bare: bool,
    /// The last row and column of a merged range whose number counts in this row as in its first.
    pub merged: Option<(u32, u32)>,
    /// The value was repeated from the row above, as the settings of the column say.
    pub filled: bool,
    /// The year of the date was completed.
    pub completed: bool,
    /// A part of the text is struck out and was left out.
    pub struck: bool,
    /// The result of a formula was computed by this program.
    pub computed: bool,
}

/// A cell at its address in the file (that of the merged range's first cell, when it is merged).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'r> {
    /// The sheet's row, from 0.
    pub row: u32,
    /// The sheet's column, from 0.
    pub col: u32,
    /// The value as its column's type requires it.
    pub value: Value<'r>,
    /// How it was read.
    pub notes: CellNotes,
}
