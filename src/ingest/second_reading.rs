//! The second reading: what another reader makes of a file, compared with the first cell by cell.
//!
//! Input: the sheets of both readers. Output: the [`SecondReading`]: the cells in which they differ. Compared is what
//! cells hold, not what they show: both readers share the number formats. Not compared is what the second reader cannot
//! know: struck-out text, pictures, months without a day, computed formulas; and what is a finding of its own anyway.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::{Span, Unit};
use serde::{Deserialize, Serialize};

use super::limits::ReadError;
use super::normalize::normalize;
use super::number;
use super::raised;
use super::raw_cell::RawCell;
use super::raw_sheet::RawSheet;

/// The result of a second reading: for each sheet the cells that differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondReading {
    /// For each sheet, in the order of the file, the cells that differ, by row and column.
    pub sheets: Vec<Vec<CellDifference>>,
    /// Why the second reader did not read the file, in Chinese.
    pub failure: Option<String>,
}

/// A cell of which two readers say different things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellDifference {
    /// The sheet's row, from 0.
    pub row: u32,
    /// The sheet's column, from 0.
    pub col: u32,
    /// What the first reader says; empty for a blank cell.
    pub first: String,
    /// What the second reader says; empty for a blank cell.
    pub second: String,
}

/// Cells of a sheet that a second reading names at most: where more differ, the sheet is read wrongly as a whole.
const NAMED_CELLS: usize = 100;

impl SecondReading {
    /// Compares the sheets of two readers. Without sheets of the second, the format has no second reader. A file that
    /// the first reader read is not damaged: where the second says so, its reason stands alone.
    pub(super) fn new(first: &[RawSheet], second: Result<&[RawSheet], &ReadError>) -> Self {
        let second = match second {
            Ok([]) => return Self::default(),
            Ok(second) => second,
            Err(ReadError::Damaged(detail) | ReadError::NotATable(detail)) => return Self::failed(detail.clone()),
            Err(error) => return Self::failed(error.reason()),
        };
        let empty = RawSheet::default();
        let sheets = first.iter().enumerate().map(|(at, sheet)| differences(sheet, second.get(at).unwrap_or(&empty)));
        Self { sheets: sheets.collect(), failure: None }
    }

    fn failed(reason: String) -> Self {
        Self { failure: Some(reason), ..Self::default() }
    }
}

fn differences(first: &RawSheet, second: &RawSheet) -> Vec<CellDifference> {
    let places = |sheet: &RawSheet| -> Vec<(u32, u32)> {
        sheet.rows.iter().flat_map(|row| row.cells.iter().map(|(col, _)| (row.row, *col))).collect()
    };
    let places: BTreeSet<(u32, u32)> = places(first).into_iter().chain(places(second)).collect();
    let differ = places.into_iter().filter_map(|(row, col)| {
        let (a, b) = (first.get(row, col), second.get(row, col));
        // What a merged range covers is no cell, and only the first reader knows the ranges of every format.
        let is_covered = a.is_none() && first.anchor(row, col).is_some_and(|anchor| anchor != (row, col));
        let text = |cell: Option<&RawCell>| cell.map(RawCell::to_text).unwrap_or_default().into_owned();
        (!is_covered && !agree(a, b)).then(|| CellDifference { row, col, first: text(a), second: text(b) })
    });
    differ.take(NAMED_CELLS).collect()
}

/// Whether two readers say the same of a cell, as far as both can.
fn agree(first: Option<&RawCell>, second: Option<&RawCell>) -> bool {
    let Some(first) = first else { return second.is_none() };
    match (first, second) {
        (RawCell::Formula(_) | RawCell::Computed(_) | RawCell::StruckOut(_) | RawCell::Picture(_), _) => true,
        (_, None) => false,
        // calamine leaves days and lengths of time of .ods in ISO 8601, and error values as texts.
        (RawCell::PartialDate(_), Some(RawCell::Text(b))) => b.parse::<DateTime>().is_ok(),
        (RawCell::PartialDate(_), Some(_)) => true,
        (RawCell::Duration(a), Some(RawCell::Text(b))) => is_length_of_time(b, a.value),
        (RawCell::Error(_), Some(RawCell::Text(b))) => b.starts_with('#') || b.starts_with("Err:"),
        (RawCell::Text(a), Some(RawCell::Text(b))) => comparable(a) == comparable(b),
        (RawCell::Date(a), Some(RawCell::Date(b))) => a.value == b.value,
        (RawCell::Date(a), Some(RawCell::Text(b))) => b.starts_with(&a.value.to_string()),
        // An .ods stores the text that a cell shows for a number: 1.5万 for 15000.
        (RawCell::Text(a), Some(RawCell::Number(b))) => b.value.is_finite() && is_number_with_unit(a),
        (RawCell::Flag(a), Some(RawCell::Flag(b))) => a == b,
        (RawCell::Error(_), Some(RawCell::Error(_))) => true,
        (first, Some(second)) => match (number_of(first), number_of(second)) {
            (Some(a), Some(b)) => a.to_bits() == b.to_bits() || number::of_f64(a) == number::of_f64(b),
            _ => false,
        },
    }
}

/// Whether a text is a length of time in ISO 8601 (PT52H30M) of as many days, to the second.
fn is_length_of_time(text: &str, days: f64) -> bool {
    let seconds = text.parse::<Span>().and_then(|span| span.total(Unit::Second));
    seconds.is_ok_and(|seconds| (seconds - days * 86_400.0).abs() < 1.0)
}

/// Whether a text has both digits and other characters.
fn is_number_with_unit(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit()) && text.contains(|c: char| c.is_alphabetic())
}

fn number_of(cell: &RawCell) -> Option<f64> {
    match cell {
        RawCell::Number(number) | RawCell::Rate(number) | RawCell::Duration(number) => Some(number.value),
        _ => None,
    }
}

/// A text as every reader knows it: raised digits on the line, line ends alike, no white space around it.
fn comparable(text: &str) -> String {
    let text: Cow<'_, str> = normalize(text).0;
    text.trim().chars().map(raised::on_the_line).collect()
}

#[cfg(test)]
mod tests {
    use super::{CellDifference, RawCell, RawSheet, SecondReading};
    use crate::ingest::raw_cell::Formatted;

    fn sheet(cells: &[RawCell]) -> RawSheet {
        let mut sheet = RawSheet::default();
        (0..).zip(cells).for_each(|(col, cell)| sheet.push(3, col, cell.clone()));
        sheet
    }

    #[test]
    fn readers_agree_on_what_both_can_know() {
        let first = [
            RawCell::text("12¹\r\n甲"),
            RawCell::struck_out("38", "3"),
            RawCell::Rate(Formatted { value: 0.3, shown: Some("30%".into()) }),
            RawCell::PartialDate("2018年10月".into()),
            RawCell::Date(jiff::civil::date(2018, 10, 5).into()),
            RawCell::PartialDate("2018年10月".into()),
            RawCell::Duration(2.1875.into()),
            RawCell::Error("#NAME?".into()),
            RawCell::text("1.5万"),
        ];
        let second = [
            RawCell::text("121\n甲 "),
            RawCell::text("338"),
            RawCell::Number((0.1 + 0.2).into()),
            RawCell::Date(jiff::civil::date(2018, 10, 1).into()),
            RawCell::Date(jiff::civil::date(2018, 10, 5).into()),
            RawCell::text("2018-10-01"),
            RawCell::text("PT52H30M00S"),
            RawCell::text("#NAME?"),
            RawCell::Number(15_000.0.into()),
        ];
        let second_reading = SecondReading::new(&[sheet(&first)], Ok(&[sheet(&second)]));
        assert_eq!(second_reading, SecondReading { sheets: vec![vec![]], failure: None });
        assert_eq!(SecondReading::new(&[sheet(&first)], Ok(&[])), SecondReading::default(), "no second reader");
    }

    #[test]
    fn a_cell_that_is_read_otherwise_or_not_at_all_is_named() {
        let day = RawCell::Date(jiff::civil::date(2018, 10, 5).into());
        let first = [RawCell::Number(85.0.into()), day, RawCell::text("甲"), RawCell::Flag(false)];
        let second = [RawCell::Number(8585.0.into()), RawCell::Number(43378.0.into())];
        let second_reading = SecondReading::new(&[sheet(&first)], Ok(&[sheet(&second)]));
        let difference = |col, first: &str, second: &str| CellDifference {
            row: 3,
            col,
            first: first.to_owned(),
            second: second.to_owned(),
        };
        let expected = [
            difference(0, "85", "8585"),
            difference(1, "2018-10-05", "43378"),
            difference(2, "甲", ""),
            difference(3, "否", ""),
        ];
        assert_eq!(second_reading.sheets, [expected]);
    }
}
