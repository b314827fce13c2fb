//! From a raw cell to a value of its column's type.
//!
//! Input: what a cell holds (number formats are applied already), its column's settings, and the [`ReadContext`].
//! Output: a value and [`CellNotes`]; what does not fit the column is [`CellValue::Invalid`], never an error.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::cell::{CellNotes, CellValue, OwnedValue};
use super::normalize::{fold, normalize};
use super::raw_sheet::RawCell;
use super::{date, number};
use crate::notice::{Column, ColumnType};

/// What a cell's value depends on besides its content and its column's settings.
#[derive(Clone, Copy, Debug)]
pub struct ReadContext {
    /// The year of dates that have none.
    pub year: i16,
    /// Whether day numbers count from 1904.
    pub epoch_1904: bool,
    /// Whether the column's header contains a percent sign.
    pub percents: bool,
}

/// Error values as spreadsheet programs write them into text files.
const ERRORS: [&str; 9] = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"];

/// A value and how it was read.
pub struct TypedCell<'r> {
    /// The value.
    pub value: OwnedValue<'r>,
    /// How it was read.
    pub notes: CellNotes,
}

/// Reads a cell of `column`; `None` is a blank cell.
pub fn read<'r>(raw: Option<&'r RawCell>, column: &'r Column, context: ReadContext) -> TypedCell<'r> {
    let mut notes = CellNotes::default();
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
    TypedCell { value, notes }
}

/// The value of a blank cell: missing, unless the settings give one.
fn blank(column: &Column) -> OwnedValue<'_> {
    let Some(meaning) = &column.blank else { return CellValue::Missing };
    let context = ReadContext { year: 0, epoch_1904: false, percents: false };
    let raw = RawCell::Text(meaning.as_str().into());
    match typed(&raw, || Cow::Borrowed(meaning.as_str()), column, context, &mut CellNotes::default()) {
        CellValue::Invalid(_) => CellValue::Missing,
        value => value,
    }
}

/// The value of `raw`, whose normalized text is `text`, in its column.
fn typed<'r>(
    raw: &RawCell,
    text: impl Fn() -> Cow<'r, str>,
    column: &'r Column,
    context: ReadContext,
    notes: &mut CellNotes,
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

/// The date, and whether its year was completed.
fn day<'r>(raw: &RawCell, text: impl Fn() -> Cow<'r, str>, context: ReadContext) -> Option<(Date, bool)> {
    let serial = match raw {
        RawCell::Date(date) => Some(*date),
        RawCell::Number(number) => date::of_serial(*number, context.epoch_1904),
        _ => None,
    };
    serial.map(|date| (date, false)).or_else(|| date::parse(&text(), context.year))
}

/// The greatest number that may be a fraction written out (105 %) as well as a percentage without its sign.
const AMBIGUOUS: Decimal = Decimal::TWO;

/// The exact number. In a percentage column `85%`, `0.85` and `85` are all 0.85, the last one doubtful; a number above 1
/// and up to 2 may be either and is invalid. Under a header with a percent sign a bare number is a percentage, and one
/// that could as well be a fraction (above 0, up to 1) is invalid. A cell with a percent format is not doubtful, unless
/// the result is implausible: 85 displayed as 8500 %.
fn numeric<'r>(
    raw: &RawCell,
    text: impl Fn() -> Cow<'r, str>,
    column: &Column,
    percents: bool,
    notes: &mut CellNotes,
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
    let same = |spelling: &str| fold(spelling) == folded;
    let synonym = column.synonyms.iter().find(|(spelling, _)| same(spelling)).map(|(_, value)| value);
    column.values.iter().find(|value| same(value)).or(synonym).map(String::as_str)
}

fn flag(raw: &RawCell, text: &str, column: &Column) -> Option<bool> {
    if let RawCell::Flag(flag) = raw {
        return Some(*flag);
    }
    let folded = fold(text);
    let synonym = column.synonyms.iter().find(|(spelling, _)| fold(spelling) == folded).map(|(_, value)| value);
    match synonym.map_or(&*folded, String::as_str) {
        "是" | "√" | "✓" | "✔" | "y" | "yes" => Some(true),
        "否" | "×" | "✗" | "✘" | "x" | "n" | "no" => Some(false),
        _ => None,
    }
}
