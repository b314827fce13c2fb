//! Total rows against the rows they sum up.

use rust_decimal::Decimal;

use super::cell::Value;
use super::header::Header;
use super::normalize::fold;
use super::number;
use super::raw_sheet::{RawCell, RawRow};
use super::row::Row;
use crate::notice::{ColumnType, Ledger};

/// A metric of a total row and what the rows above it come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// Its row, from 0.
    pub row: u32,
    /// Its column in the sheet, from 0.
    pub col: u32,
    /// Its column in the ledger.
    pub column: usize,
    /// What stands there.
    pub printed: Decimal,
    /// What the rows come to.
    pub summed: Decimal,
}

/// Sums under way.
pub struct Totals {
    /// Sums of each column over all rows and since the last subtotal; `None` once a cell could not be added.
    all: Vec<Option<Decimal>>,
    part: Vec<Option<Decimal>>,
    /// For each column of choices, how often each stands, in all.
    counts: Vec<Vec<u32>>,
    /// Rows that were added.
    added: usize,
    /// What was found.
    pub found: Vec<Total>,
}

impl Totals {
    /// Nothing summed yet.
    pub fn new(ledger: &Ledger) -> Self {
        let zero = vec![Some(Decimal::ZERO); ledger.columns.len()];
        let counts = ledger.columns.values().map(|column| vec![0; column.values.len()]).collect();
        Self { all: zero.clone(), part: zero, counts, added: 0, found: Vec::new() }
    }

    /// Adds a row of data.
    fn add(&mut self, row: &Row, ledger: &Ledger) {
        let columns = ledger.columns.values().zip(&mut self.counts);
        let columns = columns.zip(self.all.iter_mut().zip(&mut self.part)).zip(row.cells());
        for (((column, counts), sums), cell) in columns {
            let value = cell.map_or(Value::Missing, |cell| cell.value);
            if let Value::Text(text) = value
                && let Some(at) = column.values.iter().position(|choice| choice == text)
            {
                counts[at] += 1;
            }
            let number = match value {
                Value::Number(number) => Some(number),
                Value::Missing => Some(Decimal::ZERO),
                _ => None,
            };
            for sum in [sums.0, sums.1] {
                *sum = sum.zip(number).and_then(|(sum, number)| sum.checked_add(number));
            }
        }
    }

    /// Compares a total row with the rows above it: most tables have none, and then nothing is ever added.
    pub fn compare(&mut self, row: &RawRow, above: &[Row], header: &Header, ledger: &Ledger) {
        above.iter().skip(self.added).for_each(|row| self.add(row, ledger));
        self.added = above.len();
        let subtotal = row.cells.iter().take(3).any(|(_, raw)| fold(&raw.to_text()).contains("小计"));
        if row.cells.iter().take(3).any(|(_, raw)| fold(&raw.to_text()).contains("平均")) {
            return;
        }
        for (index, (col, column)) in header.columns.iter().zip(ledger.columns.values()).enumerate() {
            let Some((col, raw)) = col.and_then(|col| Some((col, row.get(col)?))) else { continue };
            let sums = if subtotal { &self.part } else { &self.all };
            let pair = match column.kind {
                ColumnType::Integer | ColumnType::Decimal => printed(raw, column.unit.as_deref()).zip(sums[index]),
                ColumnType::Choice if !subtotal => {
                    let choices = column.values.iter();
                    choices.zip(&self.counts[index]).find_map(|(choice, count)| counted(raw, choice, *count))
                }
                _ => None,
            };
            if let Some((printed, summed)) = pair {
                self.found.push(Total { row: row.row, col, column: index, printed, summed });
            }
        }
        if subtotal {
            self.part.fill(Some(Decimal::ZERO));
        }
    }
}

fn printed(raw: &RawCell, unit: Option<&str>) -> Option<Decimal> {
    match raw {
        RawCell::Number(number) | RawCell::Rate(number) => number::of_f64(*number),
        RawCell::Text(text) => {
            let text = fold(text);
            number::parse(text.trim_start_matches(['共', '计', ':']), unit).filter(|w| !w.percent).map(|w| w.value)
        }
        _ => None,
    }
}

/// A count written out: 已完成42项.
fn counted(raw: &RawCell, choice: &str, count: u32) -> Option<(Decimal, Decimal)> {
    let text = raw.to_text();
    let number = number::parse(fold(&text).strip_prefix(&*fold(choice))?, None)?;
    Some((number.value, Decimal::from(count)))
}
