//! Compares the numbers of total rows with the sums of the rows above them.
//!
//! Input: the rows of a ledger in order, and its total rows. Output: [`Total`]s; a rule of `check` reports those that
//! differ. A 小计 row sums the rows since the last one, other totals sum all; averages are not compared. In a column of
//! choices a total may print a count: 已完成42项.

use rust_decimal::Decimal;

use super::cell::Value;
use super::header::Header;
use super::normalize::fold;
use super::number;
use super::raw_cell::RawCell;
use super::raw_sheet::RawRow;
use super::row::Row;
use crate::notice::{ColumnType, Ledger};

/// A number of a total row, and the sum of the rows above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// Its row, from 0.
    pub row: u32,
    /// Its column in the sheet, from 0.
    pub col: u32,
    /// Its column in the ledger.
    pub column: usize,
    /// The number as printed.
    pub printed: Decimal,
    /// The sum, or the count, of the rows.
    pub summed: Decimal,
}

/// The sums of a ledger's columns so far.
pub(super) struct Totals {
    /// For each column the sum over all rows; `None` once a cell could not be added.
    all: Vec<Option<Decimal>>,
    /// The same since the last subtotal.
    since_subtotal: Vec<Option<Decimal>>,
    /// For each column and each of its choices, how many rows have it.
    counts: Vec<Vec<u32>>,
    /// The number of rows that were added.
    added: usize,
    /// The numbers of total rows.
    pub found: Vec<Total>,
}

impl Totals {
    /// Starts with no rows.
    pub(super) fn new(ledger: &Ledger) -> Self {
        let zero = vec![Some(Decimal::ZERO); ledger.columns.len()];
        let counts = ledger.columns.values().map(|column| vec![0; column.values.len()]).collect();
        Self { all: zero.clone(), since_subtotal: zero, counts, added: 0, found: Vec::new() }
    }

    /// Adds a row of data.
    fn add(&mut self, row: &Row, ledger: &Ledger) {
        for (index, (column, cell)) in ledger.columns.values().zip(row.cells()).enumerate() {
            let value = cell.map_or(Value::Missing, |cell| cell.value);
            if let Value::Text(text) = value
                && let Some(at) = column.values.iter().position(|choice| choice == text)
            {
                self.counts[index][at] += 1;
            }
            let number = match value {
                Value::Number(number) => Some(number),
                Value::Missing => Some(Decimal::ZERO),
                _ => None,
            };
            for sum in [&mut self.all[index], &mut self.since_subtotal[index]] {
                *sum = sum.zip(number).and_then(|(sum, number)| sum.checked_add(number));
            }
        }
    }

    /// Adds the numbers of a total row; `above` are all rows of data before it. Rows are summed only here: most ledgers
    /// have no total row.
    pub(super) fn compare(&mut self, row: &RawRow, above: &[Row], header: &Header, ledger: &Ledger) {
        above.iter().skip(self.added).for_each(|row| self.add(row, ledger));
        self.added = above.len();
        let has_label = |label| row.cells.iter().take(3).any(|(_, raw)| fold(&raw.to_text()).contains(label));
        if has_label("平均") {
            return;
        }
        let is_subtotal = has_label("小计");
        for (index, (col, column)) in header.columns.iter().zip(ledger.columns.values()).enumerate() {
            let Some((col, raw)) = col.and_then(|col| Some((col, row.get(col)?))) else { continue };
            let sums = if is_subtotal { &self.since_subtotal } else { &self.all };
            let pair = match column.kind {
                ColumnType::Integer | ColumnType::Decimal => {
                    printed_number(raw, column.unit.as_deref()).zip(sums[index])
                }
                ColumnType::Choice if !is_subtotal => {
                    let choices = column.values.iter();
                    choices
                        .zip(&self.counts[index])
                        .find_map(|(choice, count)| Some((printed_count(raw, choice)?, Decimal::from(*count))))
                }
                _ => None,
            };
            if let Some((printed, summed)) = pair {
                self.found.push(Total { row: row.row, col, column: index, printed, summed });
            }
        }
        if is_subtotal {
            self.since_subtotal.fill(Some(Decimal::ZERO));
        }
    }
}

/// The number that a total row prints.
fn printed_number(raw: &RawCell, unit: Option<&str>) -> Option<Decimal> {
    match raw {
        RawCell::Number(number) | RawCell::Rate(number) => number::of_f64(number.value),
        RawCell::Computed(computed) => printed_number(&computed.result, unit),
        RawCell::Text(text) => {
            let text = fold(text);
            number::parse(text.trim_start_matches(['共', '计', ':']), unit).filter(|w| !w.percent).map(|w| w.value)
        }
        _ => None,
    }
}

/// The count of a choice that a total row prints: 已完成42项.
fn printed_count(raw: &RawCell, choice: &str) -> Option<Decimal> {
    let text = raw.to_text();
    number::parse(fold(&text).strip_prefix(&*fold(choice))?, None).map(|number| number.value)
}
