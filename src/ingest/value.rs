//! From what a cell holds to what it says: one value of its column's type.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::clean::{clean, fold};
use super::raw::Raw;
use super::{date, number};
use crate::notice::{Column, ColumnType};

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing: the cell is blank.
    Missing,
    /// Something that its column cannot take; what stands there is kept for the finding.
    Invalid(String),
    /// An error value, such as `#REF!`.
    Error(String),
    /// A formula whose result was never stored; the formula.
    Formula(String),
    /// Text, cleaned; lines parted by `\n`.
    Text(String),
    /// An exact number; a rate as a fraction.
    Number(Decimal),
    /// A day.
    Date(Date),
    /// 是 or 否.
    Flag(bool),
}

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
pub fn read(raw: Option<&Raw>, column: &Column, context: Context) -> (Value, Notes) {
    let mut notes = Notes::default();
    let value = match raw {
        None => blank(column),
        Some(Raw::Error(error)) => Value::Error(error.to_string()),
        Some(Raw::Formula(formula)) => Value::Formula(formula.to_string()),
        Some(Raw::Text(text)) => {
            let (text, dropped) = clean(text);
            notes.dropped = u32::try_from(dropped).unwrap_or(u32::MAX);
            match text.trim() {
                "" => blank(column),
                error if ERRORS.contains(&error) => Value::Error(error.to_owned()),
                trimmed => typed(&Raw::Text(trimmed.into()), trimmed, column, context, &mut notes)
                    .unwrap_or_else(|| Value::Invalid(trimmed.to_owned())),
            }
        }
        Some(raw) => {
            let text = raw.to_text();
            typed(raw, &text, column, context, &mut notes).unwrap_or(Value::Invalid(text))
        }
    };
    (value, notes)
}

/// What a blank cell says: nothing, unless the settings give it a meaning.
fn blank(column: &Column) -> Value {
    let Some(meaning) = &column.blank else { return Value::Missing };
    let context = Context { year: 0, epoch_1904: false, percents: false };
    typed(&Raw::Text(meaning.as_str().into()), meaning, column, context, &mut Notes::default())
        .unwrap_or(Value::Missing)
}

fn typed(raw: &Raw, text: &str, column: &Column, context: Context, notes: &mut Notes) -> Option<Value> {
    match column.kind {
        ColumnType::Branch | ColumnType::Text | ColumnType::Serial => Some(Value::Text(text.to_owned())),
        ColumnType::Integer => {
            numeric(raw, text, column, context.percents, notes).filter(Decimal::is_integer).map(Value::Number)
        }
        ColumnType::Decimal | ColumnType::Percent => {
            numeric(raw, text, column, context.percents, notes).map(Value::Number)
        }
        ColumnType::Date => {
            let serial = match raw {
                Raw::Date(date) => return Some(Value::Date(*date)),
                Raw::Number(number) => date::of_serial(*number, context.epoch_1904),
                _ => None,
            };
            let (date, completed) = serial.map(|date| (date, false)).or_else(|| date::parse(text, context.year))?;
            notes.completed = completed;
            Some(Value::Date(date))
        }
        ColumnType::Choice => choice(text, column).map(Value::Text),
        ColumnType::Flag => flag(raw, text, column).map(Value::Flag),
    }
}

/// The greatest number that may be a fraction written out (105 %) as well as a percentage without its sign.
const AMBIGUOUS: Decimal = Decimal::TWO;

/// The exact number. In a rate's column `85%`, `0.85` and `85` are all 0.85, the last in doubt; what lies above 1 and
/// up to 2 may be either and is refused. Under a header that says %, a bare number is a percentage, and one that
/// could as well be a fraction (above 0, up to 1) is refused. A cell that shows its number as a percentage leaves no
/// doubt, unless nobody can have meant it: 85 shown as 8500 %.
fn numeric(raw: &Raw, text: &str, column: &Column, percents: bool, notes: &mut Notes) -> Option<Decimal> {
    let written = match raw {
        Raw::Number(number) | Raw::Rate(number) => {
            number::Written { value: number::of_f64(*number)?, percent: false, other_unit: false }
        }
        Raw::Text(_) => number::parse(text, column.unit.as_deref())?,
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
    if matches!(raw, Raw::Rate(_)) && value <= AMBIGUOUS {
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

fn choice(text: &str, column: &Column) -> Option<String> {
    if let Some(exactly) = column.values.iter().find(|value| *value == text) {
        return Some(exactly.clone());
    }
    let folded = fold(text);
    let same = |known: &str| fold(known) == folded;
    let meant = column.synonyms.iter().find(|(spelling, _)| same(spelling)).map(|(_, value)| value);
    column.values.iter().find(|value| same(value)).or(meant).cloned()
}

fn flag(raw: &Raw, text: &str, column: &Column) -> Option<bool> {
    if let Raw::Flag(flag) = raw {
        return Some(*flag);
    }
    let folded = fold(text);
    let meant = column.synonyms.iter().find(|(spelling, _)| fold(spelling) == folded).map(|(_, value)| value.as_str());
    match meant.unwrap_or(&folded) {
        "是" | "√" | "✓" | "✔" | "y" | "yes" => Some(true),
        "否" | "×" | "✗" | "✘" | "x" | "n" | "no" => Some(false),
        _ => None,
    }
}
