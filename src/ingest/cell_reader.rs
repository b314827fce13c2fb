//! From a raw cell to a value of its column's type.
//!
//! Input: what a cell holds (number formats are applied already), its column's settings, and the [`ReadContext`].
//! Output: a value and [`CellNotes`]; what does not fit the column is [`CellValue::Unusable`], never an error.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::cell::{CellFault, CellNotes, CellValue, OwnedValue};
use super::normalize::{fold, normalize};
use super::raw_cell::{Formatted, RawCell, is_blank};
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

/// Error values and placeholders as programs write them into texts, where a result is missing.
const ERRORS: [&str; 12] = [
    "#REF!",
    "#N/A",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#ERROR!",
    "Loading...",
    "Loading…",
];

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
    let unusable = |fault, raw: &'r RawCell| CellValue::Unusable(fault, raw.to_text());
    let value = match raw {
        None => blank(column),
        Some(raw @ RawCell::Error(_)) => unusable(CellFault::ErrorValue, raw),
        Some(raw @ RawCell::Formula(_)) => unusable(CellFault::NotComputed, raw),
        Some(raw @ RawCell::Picture) => unusable(CellFault::Picture, raw),
        Some(RawCell::Computed(computed)) => {
            let mut cell = read(Some(&computed.result), column, context);
            cell.notes.computed = true;
            return cell;
        }
        Some(RawCell::StruckOut(text)) if is_blank(&text.rest) => {
            CellValue::Unusable(CellFault::StruckOut, Cow::Borrowed(&*text.struck))
        }
        Some(raw @ RawCell::StruckOut(text)) => {
            notes.struck = true;
            text_value(raw, &text.rest, column, context, &mut notes)
        }
        Some(raw @ RawCell::Text(text)) => text_value(raw, text, column, context, &mut notes),
        Some(raw) => typed(raw, || raw.to_text(), column, context, &mut notes),
    };
    TypedCell { value, notes }
}

/// The value of a text.
fn text_value<'r>(
    raw: &RawCell,
    text: &'r str,
    column: &'r Column,
    context: ReadContext,
    notes: &mut CellNotes,
) -> OwnedValue<'r> {
    let (text, dropped) = normalize(text);
    notes.dropped = u32::try_from(dropped).unwrap_or(u32::MAX);
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    match text.as_ref() {
        "" => blank(column),
        error if is_error(error) => CellValue::Unusable(CellFault::ErrorValue, text),
        _ => typed(raw, || text.clone(), column, context, notes),
    }
}

/// Whether a text is an error value: `#REF!`, or `Err:502` of LibreOffice.
pub(super) fn is_error(text: &str) -> bool {
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
    ERRORS.contains(&text) || text.strip_prefix("Err:").is_some_and(is_code)
}

/// The value of a blank cell: missing, unless the settings give one.
fn blank(column: &Column) -> OwnedValue<'_> {
    let Some(meaning) = &column.blank else { return CellValue::Missing };
    let context = ReadContext { year: 0, epoch_1904: false, percents: false };
    let raw = RawCell::Text(meaning.as_str().into());
    match typed(&raw, || Cow::Borrowed(meaning.as_str()), column, context, &mut CellNotes::default()) {
        CellValue::Unusable(..) => CellValue::Missing,
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
        ColumnType::Text if has_lost_digits(raw) => return CellValue::Unusable(CellFault::LostDigits, text()),
        ColumnType::Branch | ColumnType::Text | ColumnType::Serial => {
            // A number format may show nothing.
            let text = text();
            return if text.is_empty() { blank(column) } else { CellValue::Text(text) };
        }
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
    value.unwrap_or_else(|| CellValue::Unusable(CellFault::WrongType, text()))
}

/// Whether a number has more digits than programs keep (15), or is shown with an exponent: a code that was typed into a
/// cell without the text format.
fn has_lost_digits(raw: &RawCell) -> bool {
    let RawCell::Number(Formatted { value, shown }) = raw else { return false };
    let is_shown_with_exponent = |shown: &Arc<str>| shown.contains("E+");
    value.abs() >= 1e15 || shown.as_ref().map_or(value.abs() >= GENERAL_DIGITS, is_shown_with_exponent)
}

/// The least number that the general format shows with an exponent: it has 12 digits.
const GENERAL_DIGITS: f64 = 1e11;

/// The date, and whether its year was completed.
fn day<'r>(raw: &RawCell, text: impl Fn() -> Cow<'r, str>, context: ReadContext) -> Option<(Date, bool)> {
    let serial = match raw {
        RawCell::Date(date) => Some(date.value),
        RawCell::Number(number) => date::of_serial(number.value, context.epoch_1904),
        RawCell::PartialDate(_) | RawCell::Duration(_) => return None,
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
    let unit = column.unit.as_deref();
    let written = match raw {
        RawCell::Number(Formatted { value, shown }) => {
            let value = number::of_f64(*value)?;
            // The format may write a unit or a percent sign behind the number.
            let shown = shown.as_deref().and_then(|shown| number::parse(shown, unit));
            number::ParsedNumber { value, ..shown.unwrap_or_default() }
        }
        RawCell::Rate(rate) => number::ParsedNumber { value: number::of_f64(rate.value)?, ..Default::default() },
        RawCell::Duration(days) => number::of_duration(days.value, unit)?,
        RawCell::Text(_) | RawCell::StruckOut(_) => number::parse(&text(), unit)?,
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
