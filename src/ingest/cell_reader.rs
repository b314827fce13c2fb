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
use super::number::ParsedNumber;
use super::number_cell::bare_other_number;
use super::raw_cell::{Formatted, RawCell, is_blank};
use super::unit::{self, Conversion};
use super::{date, number, picture_refs};
use crate::notice::{Column, ColumnType};

/// What a cell's value depends on besides its content and its column's settings.
#[derive(Clone, Copy, Debug)]
pub struct ReadContext {
    /// The year of dates that have none.
    pub year: i16,
    /// Whether day numbers count from 1904.
    pub epoch_1904: bool,
    /// What parts of one the column's header says that it counts: 100 with a percent sign, 1000 with ‰.
    pub parts: Option<u16>,
    /// How many of the column's units a number without a unit counts, by the unit in its header; `None` when that unit
    /// does not convert to the column's.
    pub header_factor: Option<Decimal>,
}

impl ReadContext {
    /// The context of columns whose headers say nothing about units.
    pub fn new(year: i16, epoch_1904: bool) -> Self {
        Self { year, epoch_1904, parts: None, header_factor: Some(Decimal::ONE) }
    }
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
    /// The value, of the column's type; missing or unusable where the cell gives none.
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
        Some(RawCell::Picture(parts)) if column.kind == ColumnType::Picture => {
            CellValue::Picture(picture_refs::of_parts(parts).into())
        }
        Some(raw @ RawCell::Picture(_)) => unusable(CellFault::Picture, raw),
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
        ditto if is_ditto(ditto) && column.kind != ColumnType::Serial => CellValue::Unusable(CellFault::Ditto, text),
        error if is_error(error) => CellValue::Unusable(CellFault::ErrorValue, text),
        _ => typed(raw, || text.clone(), column, context, notes),
    }
}

/// Texts that refer to the cell above, or with 同左 to the one before.
const DITTOS: [&str; 8] = ["同上", "(同上)", "同前", "同左", "如上", "同上一栏", "同上项", "ditto"];

/// Marks that repeat what is above them, alone or in a row.
const DITTO_MARKS: &str = "〃″〞\"”“'’,";

/// Whether a text refers to another cell.
fn is_ditto(text: &str) -> bool {
    let folded = fold(text);
    let folded = folded.trim_end_matches('。');
    let is_marks = !folded.is_empty() && folded.chars().count() <= 4 && folded.chars().all(|c| DITTO_MARKS.contains(c));
    DITTOS.contains(&folded) || is_marks
}

/// Whether a cell refers to the one above it.
pub(super) fn repeats_above(raw: &RawCell) -> bool {
    matches!(raw, RawCell::Text(text) if is_ditto(text) && fold(text) != "同左")
}

/// Whether a text is an error value: `#REF!`, `Err:502` of LibreOffice, or what a cell shows that is too narrow.
pub(super) fn is_error(text: &str) -> bool {
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
    let is_too_narrow = text.len() >= 3 && text.bytes().all(|b| b == b'#');
    ERRORS.contains(&text) || is_too_narrow || text.strip_prefix("Err:").is_some_and(is_code)
}

/// The value of a blank cell: missing, unless the settings give one.
fn blank(column: &Column) -> OwnedValue<'_> {
    let Some(meaning) = &column.blank else { return CellValue::Missing };
    let context = ReadContext::new(0, false);
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
        ColumnType::Text if has_lost_digits(raw) => {
            let digits = kept_digits(raw).map_or_else(&text, Cow::Owned);
            return CellValue::Unusable(CellFault::LostDigits, digits);
        }
        kind if (kind.is_number() || kind == ColumnType::Date) && !raw.shows_its_number() => {
            return CellValue::Unusable(CellFault::NotShown, raw.stored_number().into());
        }
        ColumnType::Branch | ColumnType::Text | ColumnType::Serial => {
            // A number format may show nothing.
            let text = text();
            return if text.is_empty() { blank(column) } else { CellValue::Text(text) };
        }
        ColumnType::Integer | ColumnType::Decimal | ColumnType::Percent => {
            let number = match column.kind {
                ColumnType::Percent => rate(raw, &text, context.parts, notes).ok_or(CellFault::WrongType),
                _ => number(raw, &text, column, context.header_factor, notes),
            };
            match number {
                Ok(number) if column.kind == ColumnType::Integer && !number.is_integer() => None,
                Ok(number) => Some(CellValue::Number(number)),
                Err(CellFault::OtherNumber) => {
                    let both = format!("{}（存着 {}）", text(), raw.stored_number());
                    return CellValue::Unusable(CellFault::OtherNumber, both.into());
                }
                Err(fault) => return CellValue::Unusable(fault, text()),
            }
        }
        ColumnType::Date => day(raw, &text, context).map(|(date, completed)| {
            notes.completed = completed;
            CellValue::Date(date)
        }),
        ColumnType::Choice => choice(&text(), column).map(|choice| CellValue::Text(Cow::Borrowed(choice))),
        ColumnType::Flag => flag(raw, &text(), column).map(CellValue::Flag),
        ColumnType::Picture => {
            let names = column.folder.as_ref().and_then(|_| picture_refs::of_names(&text()));
            names.map(|names| CellValue::Picture(names.into()))
        }
    };
    value.unwrap_or_else(|| CellValue::Unusable(CellFault::WrongType, text()))
}

/// Whether a number has more digits than programs keep (15), or is shown with an exponent: a code that was typed into a
/// cell without the text format.
fn has_lost_digits(raw: &RawCell) -> bool {
    let (value, shown) = match raw {
        RawCell::Number(Formatted { value, shown }) => (value, shown),
        // As a spreadsheet program writes such a number into a text file.
        RawCell::Text(text) => return is_with_exponent(text),
        _ => return false,
    };
    let is_shown_with_exponent = |shown: &Arc<str>| shown.contains("E+");
    value.abs() >= 1e15 || shown.as_ref().map_or(value.abs() >= GENERAL_DIGITS, is_shown_with_exponent)
}

/// The digits of a number that has lost none, but is not shown by them.
fn kept_digits(raw: &RawCell) -> Option<String> {
    let RawCell::Number(number) = raw else { return None };
    (number.value.abs() < 1e15).then(|| number::of_f64(number.value).map(|digits| digits.to_string()))?
}

/// Whether a text is a number with an exponent: 3.70102E+17.
fn is_with_exponent(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.trim().split_once("E+") else { return false };
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    whole.len() == 1 && is_digits(whole) && is_digits(fraction) && is_digits(exponent)
}

/// The least number that the general format shows with an exponent: it has 12 digits.
const GENERAL_DIGITS: f64 = 1e11;

/// The date, and whether its year was completed.
fn day<'r>(raw: &RawCell, text: impl Fn() -> Cow<'r, str>, context: ReadContext) -> Option<(Date, bool)> {
    let serial = match raw {
        RawCell::Date(date) => Some(date.value),
        raw if bare_other_number(raw).is_some() => None,
        RawCell::Number(number) => date::of_serial(number.value, context.epoch_1904),
        RawCell::PartialDate(_) | RawCell::Duration(_) => return None,
        _ => None,
    };
    serial.map(|date| (date, false)).or_else(|| date::parse(&text(), context.year))
}

/// The number that a cell shows, with the unit that follows it.
fn written<'r>(raw: &RawCell, text: impl Fn() -> Cow<'r, str>) -> Option<ParsedNumber> {
    match raw {
        RawCell::Number(formatted) => number::of_formatted(formatted),
        RawCell::Rate(rate) => number::of_f64(rate.value).map(ParsedNumber::from),
        RawCell::Text(_) | RawCell::StruckOut(_) => number::parse(&text()),
        _ => None,
    }
}

/// The number in the unit of its column. Without a unit of its own it has that of its header, or the column's.
fn number<'r>(
    raw: &RawCell,
    text: impl Fn() -> Cow<'r, str>,
    column: &Column,
    header_factor: Option<Decimal>,
    notes: &mut CellNotes,
) -> Result<Decimal, CellFault> {
    if let RawCell::Duration(days) = raw {
        return unit::of_duration(days.value, column).ok_or(CellFault::WrongType);
    }
    let written = written(raw, text).ok_or(CellFault::WrongType)?;
    let factor = if written.unit.is_empty() {
        let factor = header_factor.ok_or(CellFault::OtherUnit)?;
        if let Some(shown) = bare_other_number(raw) {
            return explained(raw, shown, factor).ok_or(CellFault::OtherNumber);
        }
        factor
    } else {
        notes.doubtful = column.unit.is_none();
        match unit::conversion(&written.unit, column) {
            Conversion::Factor(factor) => factor,
            Conversion::Impossible => return Err(CellFault::OtherUnit),
            Conversion::NoUnit => return Err(CellFault::WrongType),
        }
    };
    unit::times(written.value, factor).ok_or(CellFault::WrongType)
}

/// The number that a cell holds, when the unit in the header explains that it shows another one: 15000 as 15.0 under
/// 千元.
fn explained(raw: &RawCell, shown: Decimal, factor: Decimal) -> Option<Decimal> {
    let RawCell::Number(number) = raw else { return None };
    let stored = number::of_f64(number.value)?;
    let rounding = Decimal::new(5, shown.scale() + 1).checked_mul(factor)?;
    let difference = shown.checked_mul(factor)?.checked_sub(stored)?.abs();
    (factor != Decimal::ONE && difference <= rounding).then_some(stored)
}

/// The greatest number that may be a fraction written out (105 %) as well as a percentage without its sign.
const AMBIGUOUS: Decimal = Decimal::TWO;

/// The fraction. In a percentage column `85%`, `0.85` and `85` are all 0.85, the last one doubtful; a number above 1
/// and up to 2 may be either and is invalid. Under a header with a percent sign or ‰ a bare number counts these parts,
/// and one that could as well be a fraction (above 0, up to 1) is invalid. A cell with a percent format is not
/// doubtful, unless the result is implausible: 85 displayed as 8500 %.
fn rate<'r>(
    raw: &RawCell,
    text: impl Fn() -> Cow<'r, str>,
    parts: Option<u16>,
    notes: &mut CellNotes,
) -> Option<Decimal> {
    if bare_other_number(raw).is_some() {
        return None;
    }
    let written = written(raw, text)?;
    let part = |parts: u16| written.value.checked_div(parts.into()).map(|value| value.normalize());
    match written.unit.as_str() {
        "%" => return part(100),
        "‰" => return part(1_000),
        "" => notes.bare = !written.value.is_zero(),
        _ => return None,
    }
    let (value, one) = (written.value, Decimal::ONE);
    if matches!(raw, RawCell::Rate(_)) && value <= AMBIGUOUS {
        notes.bare = false;
        return Some(value);
    }
    if let Some(parts) = parts {
        return if value > one || value <= Decimal::ZERO { part(parts) } else { None };
    }
    if value <= one {
        return Some(value);
    }
    notes.doubtful = true;
    if value > AMBIGUOUS { part(100) } else { None }
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
        "是" | "√" | "✓" | "✔" | "y" | "yes" | "true" => Some(true),
        "否" | "×" | "✗" | "✘" | "x" | "n" | "no" | "false" => Some(false),
        _ => None,
    }
}
