//! Compares the numbers of total rows with the sums of the rows above them.
//!
//! Input: the rows of a ledger in order, and its total rows. Output: [`Total`]s; a rule of `check` reports those that
//! differ. A total sums all rows, or those since the last total; averages and counts are not compared. In a column of
//! choices a total may print a count: 已完成42项.

use rust_decimal::{Decimal, RoundingStrategy};

use super::cell::Value;
use super::header::Header;
use super::normalize::fold;
use super::raw_cell::{RawCell, is_subtotal};
use super::raw_sheet::RawRow;
use super::row::Row;
use super::{number, unit};
use crate::notice::{Column, ColumnType, Ledger};

/// A number of a total row, and the sum of the rows above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// The total row on the sheet, from 0.
    pub row: u32,
    /// Its column in the sheet, from 0.
    pub col: u32,
    /// Its column in the ledger.
    pub column: usize,
    /// The number as printed, in the unit of its column.
    pub printed: Decimal,
    /// The sum, or the count, of the rows.
    pub summed: Decimal,
}

/// A formula of a total row without a result, so that the total is not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UncomputedTotal {
    /// The total row on the sheet, from 0.
    pub row: u32,
    /// Its column in the sheet, from 0.
    pub col: u32,
    /// Its column in the ledger.
    pub column: usize,
    /// The formula with its `=`, as findings show it.
    pub formula: String,
}

/// How the numbers of a row compare with the sums of the rows above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// The row has no number, or none that is compared.
    NoNumber,
    /// Each is a sum, at least one of them not 0.
    Equal,
    /// At least one of them is no sum.
    Different,
}

/// The sums of a ledger's columns so far.
pub(super) struct Totals<'a> {
    header: &'a Header,
    ledger: &'a Ledger,
    /// For each column, how many of its units a number without a unit counts (see `ReadContext::header_factor`).
    factors: &'a [Option<Decimal>],
    /// For each column the sum over all rows; `None` once a cell could not be added.
    all: Vec<Option<Decimal>>,
    /// The same since the last total row.
    since_total: Vec<Option<Decimal>>,
    /// For each column and each of its choices, how many rows have it.
    counts: Vec<Vec<u32>>,
    /// The number of rows that were added.
    added: usize,
    /// The numbers of total rows.
    pub found: Vec<Total>,
    /// The formulas of total rows that have no result.
    pub uncomputed: Vec<UncomputedTotal>,
}

/// A number of a row in a column that totals sum, in the unit of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ColumnNumber {
    /// The column in the ledger.
    pub index: usize,
    pub number: Decimal,
}

/// A cell of a total row with its column.
struct TotalCell<'a> {
    col: u32,
    index: usize,
    column: &'a Column,
    raw: &'a RawCell,
}

impl<'a> Totals<'a> {
    /// Starts with no rows.
    pub(super) fn new(header: &'a Header, ledger: &'a Ledger, factors: &'a [Option<Decimal>]) -> Self {
        let zero = vec![Some(Decimal::ZERO); ledger.columns.len()];
        let counts = ledger.columns.values().map(|column| vec![0; column.values.len()]).collect();
        let (found, uncomputed) = (Vec::new(), Vec::new());
        Self { header, ledger, factors, all: zero.clone(), since_total: zero, counts, added: 0, found, uncomputed }
    }

    /// Adds those of the rows of data so far that are not added yet. Called for total rows alone, as most ledgers have
    /// none.
    fn add_rows(&mut self, above: &[Row]) {
        above.iter().skip(self.added).for_each(|row| self.add(row));
        self.added = above.len();
    }

    /// Adds a row of data.
    fn add(&mut self, row: &Row) {
        for (index, (column, cell)) in self.ledger.columns.values().zip(row.cells()).enumerate() {
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
            for sum in [&mut self.all[index], &mut self.since_total[index]] {
                *sum = sum.zip(number).and_then(|(sum, number)| sum.checked_add(number));
            }
        }
    }

    /// The numbers of a row in columns that totals sum.
    pub(super) fn numbers<'r>(&'r self, row: &'r RawRow) -> impl Iterator<Item = ColumnNumber> + use<'r, 'a> {
        let cells = self.cells(row).filter(|cell| is_summed(cell.column));
        cells.filter_map(|cell| Some(ColumnNumber { index: cell.index, number: self.printed_number(&cell)? }))
    }

    /// Whether the first number of a row is the sum of `rows`. Rules out nearly all rows at the cost of one column.
    pub(super) fn first_number_sums(&self, row: &RawRow, rows: &[Row]) -> bool {
        let Some(ColumnNumber { index, number: printed }) = self.numbers(row).next() else { return false };
        let sum = rows.iter().try_fold(Decimal::ZERO, |sum, row| match row.value(index) {
            Value::Number(number) => sum.checked_add(number),
            Value::Missing => Some(sum),
            _ => None,
        });
        sum == Some(printed)
    }

    /// How the numbers of a row compare with the sums of the rows of data `above` it.
    pub(super) fn agreement(&mut self, row: &RawRow, above: &[Row]) -> Agreement {
        self.add_rows(above);
        let statistic = Statistic::of(row);
        let mut agreement = Agreement::NoNumber;
        for cell in self.cells(row).filter(|cell| is_summed(cell.column)) {
            let is_sum = match self.printed_number(&cell) {
                _ if statistic == Statistic::Other => continue,
                Some(printed) if statistic == Statistic::Mean => {
                    self.mean(cell.index, printed.scale()) == Some(printed)
                }
                Some(printed) => {
                    let is_equal =
                        self.all[cell.index] == Some(printed) || self.since_total[cell.index] == Some(printed);
                    if is_equal && printed.is_zero() {
                        continue;
                    }
                    is_equal
                }
                None if is_sum_formula(cell.raw) => true,
                None => continue,
            };
            if !is_sum {
                return Agreement::Different;
            }
            agreement = Agreement::Equal;
        }
        agreement
    }

    /// Compares the numbers of a total row with the rows of data `above` it.
    pub(super) fn compare(&mut self, row: &RawRow, above: &[Row]) {
        self.add_rows(above);
        if Statistic::of(row) != Statistic::Sum {
            return;
        }
        let is_subtotal = has_label(row, "小计") || has_label(row, "subtotal");
        let cells: Vec<TotalCell<'_>> = self.cells(row).collect();
        for cell in cells {
            let TotalCell { col, index, column, raw } = cell;
            if let (RawCell::Formula(_), true) = (raw, column.kind.is_number()) {
                let formula = raw.to_text().into_owned();
                self.uncomputed.push(UncomputedTotal { row: row.row, col, column: index, formula });
            }
            let pair = match column.kind {
                _ if is_summed(column) => self.printed_number(&cell).and_then(|printed| {
                    let (all, group) = (self.all[index], self.since_total[index]);
                    let expected =
                        if is_subtotal && all != Some(printed) || group == Some(printed) { group } else { all };
                    Some((printed, expected?))
                }),
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
        self.since_total.fill(Some(Decimal::ZERO));
    }

    /// Begins a new group behind the rows of data `above`.
    pub(super) fn end_group(&mut self, above: &[Row]) {
        self.add_rows(above);
        self.since_total.fill(Some(Decimal::ZERO));
    }

    /// The mean of a column over all rows, with so many places.
    fn mean(&self, index: usize, places: u32) -> Option<Decimal> {
        let mean = self.all[index]?.checked_div(Decimal::from(self.added))?;
        Some(mean.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero).normalize())
    }

    /// The cells of a row in the ledger's columns.
    fn cells<'r>(&self, row: &'r RawRow) -> impl Iterator<Item = TotalCell<'r>> + use<'r, 'a>
    where
        'a: 'r,
    {
        let columns = self.header.columns.iter().zip(self.ledger.columns.values()).enumerate();
        columns.filter_map(move |(index, (col, column))| {
            let col = (*col)?;
            Some(TotalCell { col, index, column, raw: row.get(col)? })
        })
    }

    /// The number that a total row prints, in the unit of its column.
    fn printed_number(&self, cell: &TotalCell<'_>) -> Option<Decimal> {
        let written = match computed(cell.raw) {
            RawCell::Number(number) => number::of_formatted(number)?,
            RawCell::Rate(rate) => number::of_f64(rate.value)?.into(),
            RawCell::Duration(days) => return unit::of_duration(days.value, cell.column),
            RawCell::Text(text) => number::parse(text.trim().trim_start_matches(['共', '计', ':', '：']))?,
            _ => return None,
        };
        if written.unit.is_empty() {
            return unit::times(written.value, self.factors[cell.index]?);
        }
        unit::in_column(&written, cell.column)
    }
}

/// Whether a text among the row's first contains a label.
fn has_label(row: &RawRow, label: &str) -> bool {
    row.cells.iter().take(3).any(|(_, raw)| fold(&raw.to_text()).contains(label))
}

/// What the numbers of a total row are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Statistic {
    Sum,
    Mean,
    /// Counts, greatest and least numbers, rates: not compared.
    Other,
}

impl Statistic {
    /// By the label of the row.
    fn of(row: &RawRow) -> Self {
        if ["平均", "人均", "average"].iter().any(|label| has_label(row, label)) {
            return Self::Mean;
        }
        let other = ["计数", "最大值", "最小值", "率", "占比", "比例", "百分比", "count"];
        let mut texts = row.cells.iter().take(3).map(|(_, raw)| fold(&raw.to_text()).into_owned());
        if texts.any(|text| other.iter().any(|label| text.ends_with(label))) { Self::Other } else { Self::Sum }
    }
}

/// Whether totals print sums of the column.
fn is_summed(column: &Column) -> bool {
    matches!(column.kind, ColumnType::Integer | ColumnType::Decimal)
}

/// The result of a formula that this program computed, or the cell itself.
fn computed(raw: &RawCell) -> &RawCell {
    if let RawCell::Computed(computed) = raw { &computed.result } else { raw }
}

/// Whether a cell is a formula that sums.
fn is_sum_formula(raw: &RawCell) -> bool {
    let RawCell::Formula(formula) = raw else { return false };
    formula.text.trim_start_matches('=').starts_with("SUM(") || is_subtotal(&formula.text)
}

/// The count of a choice that a total row prints: 已完成42项.
fn printed_count(raw: &RawCell, choice: &str) -> Option<Decimal> {
    let text = raw.to_text();
    number::parse(fold(&text).strip_prefix(&*fold(choice))?).map(|number| number.value)
}
