//! From what a cell holds to what it says: one value of its column's type.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::normalize::{fold, normalize};
use super::raw_sheet::RawCell;
use super::{date, number};
use crate::notice::{Column, ColumnType};

/// What a cell says; `S` is its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellValue<S> {
    /// Nothing: the cell is blank.
    Missing,
    /// Something that its column cannot take; what stands there is kept for the finding.
    Invalid(S),
    /// An error value, such as `#REF!`.
    Error(S),
    /// A formula whose result was never stored; the formula.
    Formula(S),
    /// Text, cleaned; lines parted by `\n`.
    Text(S),
    /// An exact number; a rate as a fraction.
    Number(Decimal),
    /// A day.
    Date(Date),
    /// 是 or 否.
    Flag(bool),
}

/// What a row's cell says.
pub type Value<'r> = CellValue<&'r str>;

impl<S> CellValue<S> {
    /// The same with another text in the place of its own.
    pub fn with<'s, T>(&'s self, text: impl FnOnce(&'s S) -> T) -> CellValue<T> {
        match self {
            Self::Missing => CellValue::Missing,
            Self::Invalid(said) => CellValue::Invalid(text(said)),
            Self::Error(said) => CellValue::Error(text(said)),
            Self::Formula(said) => CellValue::Formula(text(said)),
            Self::Text(said) => CellValue::Text(text(said)),
            Self::Number(number) => CellValue::Number(*number),
            Self::Date(date) => CellValue::Date(*date),
            Self::Flag(flag) => CellValue::Flag(*flag),
        }
    }
}

/// What a cell says, before it is packed into a row.
pub type OwnedValue<'r> = CellValue<Cow<'r, str>>;

/// What the file and the notice add to a cell's own content.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Completes a date without a year.
    pub year: i16,
    /// Whether day numbers count from 1904.
    pub epoch_1904: bool,
    /// Whether the column's header says that its numbers are percentages.
    pub percents: bool,
}

/// How a cell was read, where that is worth a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Forbidden characters dropped from its text.
    pub dropped: u32,
    /// The number was taken in a way that its writer may not have meant: 85 for 85 %, 12人 for 12 学时.
    pub doubtful: bool,
    /// A rate written without a percent sign, other than 0.
    pub bare: bool,
    /// The last row and column of the merged cell whose number counts in this row as in its first.
    pub merged: Option<(u32, u32)>,
    /// Repeated from the row above, where the file does not tell merged cells.
    pub filled: bool,
    /// The year of its date was completed.
    pub completed: bool,
}

/// What spreadsheet programs write into text files where a cell has no value.
const ERRORS: [&str; 9] = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"];

/// The value of a cell and how it was read.
pub fn read<'r>(raw: Option<&'r RawCell>, column: &'r Column, context: Context) -> (OwnedValue<'r>, Notes) {
    let mut notes = Notes::default();
    let value = match raw {
        None => blank(column),
        Some(RawCell::Error(error)) => CellValue::Error(Cow::Borrowed(error.as_ref())),
        Some(RawCell::Formula(formula)) => CellValue::Formula(Cow::Borrowed(formula.as_ref())),
        Some(raw @ RawCell::Text(text)) => {
            let (text, dropped) = normalize(text);
            notes.dropped = u32::try_from(dropped).unwrap_or(u32::MAX);
            let text = match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
                Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
            };
            match text.as_ref() {
                "" => blank(column),
                error if ERRORS.contains(&error) => CellValue::Error(text),
                _ => typed(raw, || text.clone(), column, context, &mut notes),
            }
        }
        Some(raw) => typed(raw, || raw.to_text(), column, context, &mut notes),
    };
    (value, notes)
}

/// What a blank cell says: nothing, unless the settings give it a meaning.
fn blank(column: &Column) -> OwnedValue<'_> {
    let Some(meaning) = &column.blank else { return CellValue::Missing };
    let context = Context { year: 0, epoch_1904: false, percents: false };
    let raw = RawCell::Text(meaning.as_str().into());
    match typed(&raw, || Cow::Borrowed(meaning.as_str()), column, context, &mut Notes::default()) {
        CellValue::Invalid(_) => CellValue::Missing,
        value => value,
    }
}

/// What `raw`, which reads `text`, says in its column.
fn typed<'r>(
    raw: &RawCell,
    text: impl Fn() -> Cow<'r, str>,
    column: &'r Column,
    context: Context,
    notes: &mut Notes,
) -> OwnedValue<'r> {
    let value = match column.kind {
        ColumnType::Branch | ColumnType::Text | ColumnType::Serial => return CellValue::Text(text()),
        ColumnType::Integer => {
            numeric(raw, &text, column, context.percents, notes).filter(Decimal::is_integer).map(CellValue::Number)
        }
        ColumnType::Decimal | ColumnType::Percent => {
            numeric(raw, &text, column, context.percents, notes).map(CellValue::Number)
        }
        ColumnType::Date => day(raw, &text, context).map(|(date, completed)| {
            notes.completed = completed;
            CellValue::Date(date)
        }),
        ColumnType::Choice => choice(&text(), column).map(|choice| CellValue::Text(Cow::Borrowed(choice))),
        ColumnType::Flag => flag(raw, &text(), column).map(CellValue::Flag),
    };
    value.unwrap_or_else(|| CellValue::Invalid(text()))
}

/// The day, and whether its year was completed.
fn day<'r>(raw: &RawCell, text: impl Fn() -> Cow<'r, str>, context: Context) -> Option<(Date, bool)> {
    let serial = match raw {
        RawCell::Date(date) => Some(*date),
        RawCell::Number(number) => date::of_serial(*number, context.epoch_1904),
        _ => None,
    };
    serial.map(|date| (date, false)).or_else(|| date::parse(&text(), context.year))
}

/// The greatest number that may be a fraction written out (105 %) as well as a percentage without its sign.
const AMBIGUOUS: Decimal = Decimal::TWO;

/// The exact number. In a rate's column `85%`, `0.85` and `85` are all 0.85, the last in doubt; what lies above 1 and
/// up to 2 may be either and is refused. Under a header that says %, a bare number is a percentage, and one that
/// could as well be a fraction (above 0, up to 1) is refused. A cell that shows its number as a percentage leaves no
/// doubt, unless nobody can have meant it: 85 shown as 8500 %.
fn numeric<'r>(
    raw: &RawCell,
    text: impl Fn() -> Cow<'r, str>,
    column: &Column,
    percents: bool,
    notes: &mut Notes,
) -> Option<Decimal> {
    let written = match raw {
        RawCell::Number(number) | RawCell::Rate(number) => {
            number::ParsedNumber { value: number::of_f64(*number)?, percent: false, other_unit: false }
        }
        RawCell::Text(_) => number::parse(&text(), column.unit.as_deref())?,
        _ => return None,
    };
    notes.doubtful = written.other_unit;
    let hundredth = || written.value.checked_div(Decimal::ONE_HUNDRED).map(|d| d.normalize());
    match (column.kind == ColumnType::Percent, written.percent) {
        (true, true) => return hundredth(),
        (false, true) => return None,
        (false, false) => return Some(written.value),
        (true, false) => notes.bare = !written.value.is_zero(),
    }
    let (value, one) = (written.value, Decimal::ONE);
    if matches!(raw, RawCell::Rate(_)) && value <= AMBIGUOUS {
        notes.bare = false;
        return Some(value);
    }
    if percents {
        return if value > one || value <= Decimal::ZERO { hundredth() } else { None };
    }
    if value <= one {
        return Some(value);
    }
    notes.doubtful = true;
    if value > AMBIGUOUS { hundredth() } else { None }
}

fn choice<'c>(text: &str, column: &'c Column) -> Option<&'c str> {
    if let Some(exactly) = column.values.iter().find(|value| *value == text) {
        return Some(exactly);
    }
    let folded = fold(text);
    let same = |known: &str| fold(known) == folded;
    let meant = column.synonyms.iter().find(|(spelling, _)| same(spelling)).map(|(_, value)| value);
    column.values.iter().find(|value| same(value)).or(meant).map(String::as_str)
}

fn flag(raw: &RawCell, text: &str, column: &Column) -> Option<bool> {
    if let RawCell::Flag(flag) = raw {
        return Some(*flag);
    }
    let folded = fold(text);
    let meant = column.synonyms.iter().find(|(spelling, _)| fold(spelling) == folded).map(|(_, value)| value.as_str());
    match meant.unwrap_or(&*folded) {
        "是" | "√" | "✓" | "✔" | "y" | "yes" => Some(true),
        "否" | "×" | "✗" | "✘" | "x" | "n" | "no" => Some(false),
        _ => None,
    }
}
