//! Cells of numbers: what a number format makes of them.
//!
//! Input: a number and the [`NumberFormat`] of its cell. Output: a [`RawCell`] with what the cell shows.

use std::collections::HashMap;
use std::sync::Arc;

use ahash::AHashMap;
use rust_decimal::Decimal;

use super::excel_date;
use super::number;
use super::number_format::{FormatKind, NumberFormat};
use super::raw_cell::{Formatted, RawCell};

/// The cell that shows a number in a format.
pub(super) fn cell(format: &NumberFormat, number: f64, epoch_1904: bool) -> RawCell {
    let shown = || format.shown(number, epoch_1904).map(Arc::from);
    match format.kind(number) {
        FormatKind::Number if format.shows_own_digits(number) => {
            RawCell::Number(Formatted { value: number, shown: shown() })
        }
        FormatKind::Number => number_as_shown(Formatted { value: number, shown: shown() }),
        FormatKind::Percent => RawCell::Rate(Formatted { value: number, shown: shown() }),
        FormatKind::Duration => RawCell::Duration(Formatted { value: number, shown: shown() }),
        // A day number out of range is shown as #######.
        FormatKind::Date => match excel_date::from_serial(number, epoch_1904) {
            Some(date) => RawCell::Date(Formatted { value: date, shown: shown() }),
            None => RawCell::Number(number.into()),
        },
        FormatKind::PartialDate => shown().map_or_else(|| RawCell::Number(number.into()), RawCell::PartialDate),
    }
}

/// The cell of a number, or of the text that it shows where that is another number with a unit or the like: what a cell
/// shows is what its reader takes for the number. A bare other number (15000 as 15.0) may be either: see
/// [`bare_other_number`].
pub(super) fn number_as_shown(number: Formatted<f64>) -> RawCell {
    match number.shown {
        Some(shown) if bare_number(&shown).is_none() && shows_another_number(&shown, number.value) => {
            RawCell::Text(shown)
        }
        shown => RawCell::Number(Formatted { shown, ..number }),
    }
}

/// The number that a cell shows in place of the one that it holds, without a unit that would explain it: 15000 as 15.0,
/// 38 as 538.
pub(super) fn bare_other_number(cell: &RawCell) -> Option<Decimal> {
    let RawCell::Number(Formatted { value, shown: Some(shown) }) = cell else { return None };
    if shows_another_number(shown, *value) { bare_number(shown) } else { None }
}

/// The number that a text is, when there is nothing else in it.
fn bare_number(text: &str) -> Option<Decimal> {
    number::parse(text).filter(|number| number.unit.is_empty()).map(|number| number.value)
}

/// Whether a cell shows digits, and none of the numbers among them is the rounded value: 15000 as 1.5万 or 15.0, 38 as
/// 538 or -38. Fractions and exponents are not judged.
fn shows_another_number(shown: &str, value: f64) -> bool {
    if shown.contains(['/', 'E']) {
        return false;
    }
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let mut before = "";
    let mut numbers = shown.split_inclusive(|c| !is_part(c)).filter_map(|piece| {
        let digits: String = piece.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
        let is_negative = std::mem::replace(&mut before, piece) == "-";
        let places = digits.find('.').map_or(0, |point| digits.len() - point - 1);
        let number = digits.parse::<f64>().ok()?;
        Some((if is_negative { -number } else { number }, i32::try_from(places).ok()?))
    });
    let is_rounded = |(number, places): (f64, i32)| {
        // Sections for negative numbers show the sign in other ways; a sign before a positive number is another number.
        let shown = if value < 0.0 { -number.abs() } else { number };
        // Half a unit of the last place, and what a binary number misses of it.
        (value - shown).abs() <= 0.500_001 * 10_f64.powi(-places) + value.abs() * 1e-14
    };
    let Some(first) = numbers.next() else { return false };
    !is_rounded(first) && !numbers.any(is_rounded)
}

/// The number formats of a workbook by their ids; each is parsed once.
#[derive(Debug, Default)]
pub(super) struct FormatTable {
    /// Codes of the workbook's own formats; other ids are those of built-in ones.
    pub codes: HashMap<u32, String>,
    parsed: HashMap<u32, Arc<NumberFormat>>,
}

impl FormatTable {
    /// The format with that id.
    pub(super) fn format(&mut self, id: u32) -> Arc<NumberFormat> {
        let parse = || match self.codes.get(&id) {
            Some(code) => NumberFormat::parse(code),
            None => NumberFormat::built_in(id),
        };
        Arc::clone(self.parsed.entry(id).or_insert_with(|| Arc::new(parse())))
    }
}

/// The number formats of a workbook's cell styles, and the cells that they made of numbers.
#[derive(Debug, Default)]
pub(super) struct NumberFormats {
    /// By index of the style.
    styles: Vec<Arc<NumberFormat>>,
    /// The first cells made, by style and bits of the number: days and rates repeat.
    made: AHashMap<(usize, u64), RawCell>,
}

/// Cells that [`NumberFormats`] keeps.
const KEPT_CELLS: usize = 4_096;

impl NumberFormats {
    /// Takes the formats in the order of the styles.
    pub(super) fn new(styles: Vec<Arc<NumberFormat>>) -> Self {
        Self { styles, made: AHashMap::new() }
    }

    /// The code of that style's format; empty for the general format.
    pub(super) fn code(&self, style: usize) -> Arc<str> {
        self.styles.get(style).map(|format| Arc::clone(format.text())).unwrap_or_default()
    }

    /// What that style shows for a text; `None` when it is the text itself.
    pub(super) fn shown_text(&self, style: usize, text: &str) -> Option<String> {
        self.styles.get(style)?.shown_text(text)
    }

    /// The cell of a day and time in ISO 8601 with that style; `None` when the text has a time zone, is no day, or when
    /// the style is none of days.
    pub(super) fn day(&mut self, style: usize, text: &str, epoch_1904: bool) -> Option<RawCell> {
        let number = excel_date::serial_of_iso(text, epoch_1904)?;
        let is_time = self.styles.get(style)?.kind(number).is_time();
        is_time.then(|| self.cell(style, number, epoch_1904))
    }

    /// The cell of a number with that style.
    pub(super) fn cell(&mut self, style: usize, number: f64, epoch_1904: bool) -> RawCell {
        let Some(format) = self.styles.get(style).filter(|format| !format.is_general()) else {
            return RawCell::Number(number.into());
        };
        let key = (style, number.to_bits());
        if let Some(cell) = self.made.get(&key) {
            return cell.clone();
        }
        let cell = cell(format, number, epoch_1904);
        if self.made.len() < KEPT_CELLS {
            self.made.insert(key, cell.clone());
        }
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::{NumberFormat, RawCell, bare_other_number};

    #[test]
    fn a_format_decides_what_a_number_is() {
        let cell = |code: &str, number| super::cell(&NumberFormat::parse(code), number, false);
        for code in ["yyyy\"年\"m\"月\"d\"日\"", "m/d", "[Red]D-MMM", "yyyy-mm-dd h:mm"] {
            assert!(matches!(cell(code, 43378.0), RawCell::Date(_)), "{code}");
        }
        for code in ["yyyy\\-mm", "h:mm AM/PM", "dddd", "yyyy", "d", "[Red]D"] {
            assert!(matches!(cell(code, 43378.5), RawCell::PartialDate(_)), "{code}");
        }
        for code in ["0%", "0.00%", "[Red]0.0%", "\"约\"0%"] {
            assert!(matches!(cell(code, 0.5), RawCell::Rate(_)), "{code}");
        }
        for code in ["General", "0.00", "[Red]0", "0\"day\"", "0\\d", "0;d", "_d0", "", "[", "\"", "\\"] {
            assert!(matches!(cell(code, 1.5), RawCell::Number(_)), "{code} {:?}", NumberFormat::parse(code));
        }
        assert!(matches!(cell("[h]:mm", 1.5), RawCell::Duration(_)));
        let scaled = cell("0!.0,\"万\"", 15_000.0);
        assert_eq!(scaled, RawCell::text("1.5万"), "not 15000");
        assert_eq!(cell("0,.0\"千元\"", 15_000.0), RawCell::text("15.0千元"));
        assert_eq!(cell("[<50]\"不足50\";0", 38.0), RawCell::text("不足50"));
        assert_eq!(cell("0000-00-00", 20_180_920.0), RawCell::text("2018-09-20"));
        let other = |code: &str, number| {
            let cell = cell(code, number);
            assert!(matches!(cell, RawCell::Number(_)), "{code}: {cell:?}");
            bare_other_number(&cell).map(|number| number.to_string())
        };
        for (code, shown) in [("\"5\"0", "538"), ("0\"5\"", "385"), ("\\50", "538"), ("-0", "-38"), ("0.000,", "0.038")]
        {
            assert_eq!(other(code, 38.0).as_deref(), Some(shown), "{code}");
        }
        assert_eq!(other("0.0,", 15_000.0).as_deref(), Some("15"));
        assert_eq!((other("0.0", 38.04), other("#,##0", 38_000.0), other("0;-0", -3.0)), (None, None, None));
        for (code, number) in [
            ("0.0", 0.25),
            ("#,##0", -1_234.5),
            ("0.00", 1.005),
            ("\"第\"0\"期2018\"", 3.0),
            ("\"2018年\"0\"期\"", 3.0),
            ("\"2018-\"0", 3.0),
            ("0;-0", -3.0),
            ("0;(0)", -3.0),
            ("# ?/?", 1.5),
            ("0.00E+00", 12_345.0),
            ("\"是\"", 1.0),
            ("0;;;", 0.0),
            ("0", 123_456_789_012_345_680.0),
            ("0.000000000000000", 1.0 / 3.0),
            ("@", 1.0 / 3.0),
            ("[DBNum1]0", 5.0),
        ] {
            assert!(matches!(cell(code, number), RawCell::Number(_)), "{code}");
        }
        assert!(matches!(cell("yyyy-mm-dd", 20_180_920.0), RawCell::Number(_)), "shown as #######");
    }
}
