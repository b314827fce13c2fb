//! Cells of numbers: what a number format makes of them.
//!
//! Input: a number and the [`NumberFormat`] of its cell. Output: a [`RawCell`] with what the cell shows.

use std::sync::Arc;

use ahash::AHashMap;

use super::excel_date;
use super::number_format::{FormatKind, NumberFormat};
use super::raw_cell::{Formatted, RawCell};

/// The cell of a number.
pub(super) fn cell(format: &NumberFormat, number: f64, epoch_1904: bool) -> RawCell {
    let shown = || format.shown(number, epoch_1904).map(Arc::from);
    match format.kind() {
        FormatKind::Number => RawCell::Number(Formatted { value: number, shown: shown() }),
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

/// The number formats of a workbook's cell styles, and the cells that they made of numbers.
#[derive(Debug, Default)]
pub(super) struct NumberFormats {
    /// By index of the style.
    styles: Vec<Arc<NumberFormat>>,
    /// Cells made lately, by style and bits of the number: days and rates repeat.
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

    /// What that style makes of a number.
    pub(super) fn kind(&self, style: usize) -> FormatKind {
        self.styles.get(style).map_or(FormatKind::Number, |format| format.kind())
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
    use super::{NumberFormat, RawCell};

    #[test]
    fn a_format_decides_what_a_number_is() {
        let cell = |code: &str, number| super::cell(&NumberFormat::parse(code), number, false);
        for code in ["yyyy\"年\"m\"月\"d\"日\"", "m/d", "[Red]D", "yyyy-mm-dd h:mm"] {
            assert!(matches!(cell(code, 43378.0), RawCell::Date(_)), "{code}");
        }
        for code in ["yyyy\\-mm", "h:mm AM/PM", "dddd", "yyyy"] {
            assert!(matches!(cell(code, 43378.5), RawCell::PartialDate(_)), "{code}");
        }
        for code in ["0%", "0.00%", "[Red]0.0%", "\"约\"0%"] {
            assert!(matches!(cell(code, 0.5), RawCell::Rate(_)), "{code}");
        }
        for code in ["General", "0.00", "[Red]0", "0\"day\"", "0\\d", "0;d", "_d0", "", "[", "\"", "\\"] {
            assert!(matches!(cell(code, 1.5), RawCell::Number(_)), "{code} {:?}", NumberFormat::parse(code));
        }
        assert!(matches!(cell("[h]:mm", 1.5), RawCell::Duration(_)));
        assert!(matches!(cell("yyyy-mm-dd", 20_180_920.0), RawCell::Number(_)), "shown as #######");
    }
}
