//! Sections of number formats: how some numbers are shown, and what they are.

use rust_decimal::{Decimal, RoundingStrategy};
use ssfmt::ast::{Condition, DatePart, FormatPart, Section};

use super::super::chinese_numerals::NumeralReading;
use super::super::number;

/// What a format makes of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) enum FormatKind {
    /// A number shown as such, with decimal places, separators or words around it.
    #[default]
    Number,
    /// A percentage: 0.85 as 85 %.
    Percent,
    /// A day number as a date, with or without the time of day.
    Date,
    /// A day number without its day and month: a month, a day of some month, a time of day, a weekday.
    PartialDate,
    /// A length of time, in days: `[h]:mm`.
    Duration,
}

/// A section of a format: how some numbers are shown.
#[derive(Debug)]
pub(super) struct NumberSection {
    pub kind: FormatKind,
    /// The parsed code, of this section alone.
    pub code: ssfmt::NumberFormat,
    /// How many places of the scaled number are shown; `None` when it is a fraction or not shown by digits.
    places: Option<u32>,
    /// How many thousands the number is divided by.
    scale: u32,
    /// Whether the number is shown as in the general format.
    is_general: bool,
    /// Whether the digits that are shown are those of the number: nothing between them, no scale, and no text that has
    /// digits or signs too, such as `"5"0`.
    pub is_direct: bool,
}

impl FormatKind {
    /// Whether numbers count days.
    pub(in super::super) fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::PartialDate | Self::Duration)
    }
}

impl NumberSection {
    /// Analyses a parsed section.
    pub(super) fn new(section: &Section) -> Self {
        let parts = section.parts.as_slice();
        let is_digit = |part: &FormatPart| matches!(part, FormatPart::Digit(_));
        let is_percent = |part: &FormatPart| matches!(part, FormatPart::Percent);
        let has_form = |part: &FormatPart| matches!(part, FormatPart::Scientific { .. } | FormatPart::Fraction { .. });
        let (first, end) = match (parts.iter().position(is_digit), parts.iter().rposition(is_digit)) {
            (Some(first), Some(last)) => (first, last + 1),
            _ => (0, 0),
        };
        let (digits, behind) = (&parts[first..end], &parts[end..]);
        let is_of_digits = |part: &FormatPart| {
            is_digit(part) || matches!(part, FormatPart::DecimalPoint | FormatPart::ThousandsSeparator)
        };
        let has_number = |part: &FormatPart| match part {
            FormatPart::Literal(text) | FormatPart::EscapedLiteral(text) => {
                text.contains(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
            }
            _ => false,
        };
        let is_comma = |part: &&FormatPart| matches!(part, FormatPart::ThousandsSeparator);
        let point = digits.iter().position(|part| matches!(part, FormatPart::DecimalPoint));
        let scale = behind.iter().filter(is_comma).count();
        let decimals = point.map_or(0, |point| digits[point..].iter().filter(|part| is_digit(part)).count());
        let places = decimals + 2 * parts.iter().filter(|part| is_percent(part)).count();
        let has_places = !digits.is_empty() && !section.has_date_parts() && !parts.iter().any(has_form);
        Self {
            kind: kind(section),
            code: ssfmt::NumberFormat::from_sections(vec![section.clone()]),
            places: u32::try_from(places).ok().filter(|_| has_places),
            is_general: parts.is_empty() || parts.iter().any(is_general),
            scale: u32::try_from(scale).unwrap_or(u32::MAX),
            is_direct: scale == 0 && digits.iter().all(is_of_digits) && !parts.iter().any(has_number),
        }
    }

    /// The condition under which it shows a number.
    pub(super) fn condition(&self) -> Option<Condition> {
        self.code.sections().first()?.condition
    }

    /// The number rounded to the places that are shown. Programs round its 15 digits, half away from 0: 1.005 is 1.01,
    /// though the nearest binary number is less.
    pub(super) fn rounded(&self, number: f64) -> f64 {
        let Some(places) = self.places else { return number };
        if self.scale > 0 {
            return self.rounded_thousands(number, places).unwrap_or(number);
        }
        let is_halfway = |places| ((number.abs() * 10_f64.powi(places)).fract() - 0.5).abs() < 1e-4;
        if !i32::try_from(places).is_ok_and(is_halfway) {
            return number;
        }
        let round = |number: Decimal| number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        number::of_f64(number).and_then(|number| round(number).to_string().parse().ok()).unwrap_or(number)
    }

    /// The number rounded to so many places of its thousands: `ssfmt` cuts off what is behind whole ones.
    fn rounded_thousands(&self, number: f64, places: u32) -> Option<f64> {
        let thousands = Decimal::from(1000_u64.checked_pow(self.scale)?);
        let scaled = number::of_f64(number)?.checked_div(thousands)?;
        let rounded = scaled.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        rounded.checked_mul(thousands)?.to_string().parse().ok()
    }

    /// Whether `ssfmt` would show other digits: it keeps 10 places and 19 digits.
    pub(super) fn exceeds_library(&self, number: f64) -> bool {
        self.places.is_some_and(|places| places > 10) || number.abs() >= 1e15
    }

    /// How Chinese numerals are read.
    pub(super) fn reading(&self) -> NumeralReading {
        if self.kind.is_time() {
            NumeralReading::Date
        } else if self.is_general {
            NumeralReading::Number
        } else {
            NumeralReading::Digits
        }
    }
}

/// What is in a code in the place of `General`: a character that no program writes.
pub(super) const GENERAL: char = '\u{e000}';

/// Whether a part is the general format: that of the library, or the literal in its place.
fn is_general(part: &FormatPart) -> bool {
    match part {
        FormatPart::Literal(literal) => literal.contains(GENERAL),
        part => matches!(part, FormatPart::GeneralNumber),
    }
}

fn is_month(part: &FormatPart) -> bool {
    use DatePart::{Month, Month2, MonthAbbr, MonthFull, MonthLetter};
    matches!(part, FormatPart::DatePart(Month | Month2 | MonthAbbr | MonthFull | MonthLetter))
}

fn kind(section: &Section) -> FormatKind {
    let has = |is: fn(&FormatPart) -> bool| section.parts.iter().any(is);
    if has(|part| matches!(part, FormatPart::Elapsed(_))) {
        FormatKind::Duration
    } else if has(|part| matches!(part, FormatPart::DatePart(DatePart::Day | DatePart::Day2))) && has(is_month) {
        FormatKind::Date
    } else if has(|part| matches!(part, FormatPart::DatePart(_) | FormatPart::AmPm(_))) {
        FormatKind::PartialDate
    } else if section.has_percent() {
        FormatKind::Percent
    } else {
        FormatKind::Number
    }
}
