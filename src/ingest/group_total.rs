//! Totals of groups amid a table under a word that is no total word: 科级小结, 一、二支部合.
//!
//! Input: a row that nothing marks as a total, and the rows of data above it since the last total. Output: how likely
//! its numbers are the sums of the rows directly above it. One number may be a sum by chance, so it takes two, or a row
//! that lacks a text or a day that all of these rows have.

use rust_decimal::Decimal;

use super::cell::Value;
use super::number;
use super::raw_cell::RawCell;
use super::raw_sheet::{RawRow, RawSheet};
use super::row::Row;
use super::total_check::{ColumnNumber, Totals};

/// The most rows of a group.
const MAX_ROWS: usize = 1_000;

/// How likely a row is the total of the rows directly above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likelihood {
    /// Several numbers are sums, or the row lacks a text or a day that the others have.
    Possible,
    /// Both.
    Likely,
}

/// Judges a row by the rows of data `above` it. The sums of nearly all rows end after one or two rows, where the first
/// number is exceeded.
pub(super) fn likelihood(row: &RawRow, above: &[Row], sums: &Totals<'_>, sheet: &RawSheet) -> Option<Likelihood> {
    let numbers: Vec<ColumnNumber> = sums.numbers(row).collect();
    let (first, others) = numbers.split_first()?;
    if first.number <= Decimal::ZERO {
        return None;
    }
    let mut sum = Decimal::ZERO;
    for (count, summed) in (1..=MAX_ROWS).zip(above.iter().rev()) {
        let number = number_of(summed, first.index)?;
        sum = sum.checked_add(number).filter(|sum| !number.is_sign_negative() && *sum <= first.number)?;
        let group = &above[above.len() - count..];
        if count > 1 && sum == first.number && others.iter().all(|other| is_sum(other, group)) {
            let are_several = others.iter().any(|other| !other.number.is_zero() && other.number != first.number);
            return match (are_several, lacks_cell(row, group, sheet)) {
                (true, true) => Some(Likelihood::Likely),
                (false, false) => None,
                _ => Some(Likelihood::Possible),
            };
        }
    }
    None
}

/// The number of a column; 0 for a blank cell, `None` for what is no number.
fn number_of(row: &Row, index: usize) -> Option<Decimal> {
    match row.value(index) {
        Value::Number(number) => Some(number),
        Value::Missing => Some(Decimal::ZERO),
        _ => None,
    }
}

fn is_sum(total: &ColumnNumber, group: &[Row]) -> bool {
    let sum = group.iter().try_fold(Decimal::ZERO, |sum, row| sum.checked_add(number_of(row, total.index)?));
    sum == Some(total.number)
}

/// Whether the row has no cell in a column in which every row of the group has a text or a day.
fn lacks_cell(row: &RawRow, group: &[Row], sheet: &RawSheet) -> bool {
    let is_wordy = |cell: &RawCell| match cell {
        RawCell::Text(text) => number::parse(text).is_none(),
        RawCell::Date(_) => true,
        _ => false,
    };
    let rows: Vec<&RawRow> = group.iter().filter_map(|summed| sheet.row(summed.row)).collect();
    let Some((first, rest)) = rows.split_first() else { return false };
    let mut columns = first.cells.iter().filter(|(col, cell)| row.get(*col).is_none() && is_wordy(cell));
    columns.any(|(col, _)| rest.iter().all(|other| other.get(*col).is_some_and(is_wordy)))
}
