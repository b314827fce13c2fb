//! The total rows of one table: which rows they are, and how their numbers compare with the rows that they sum.
//!
//! Input: the rows of a sheet below a header, each with the rows of data before it. Output: [`FoundTotals`]. A total
//! may be above all rows; whether the first row is one is decided when the others are known.

use rust_decimal::Decimal;

use super::classify::{Classifier, RowKind};
use super::group_total;
use super::header::Header;
use super::raw_sheet::{RawRow, RawSheet};
use super::row::Row;
use super::total_check::{Total, Totals, UncomputedTotal};
use super::total_row::{self, DoubtfulTotal, Evidence, Mark};
use crate::notice::Ledger;

/// What is known of a table's total rows.
pub(super) struct FoundTotals {
    /// Their numbers, with the sums of the rows.
    pub totals: Vec<Total>,
    /// Their formulas that have no result.
    pub uncomputed: Vec<UncomputedTotal>,
    /// Rows that may be totals or not.
    pub doubtful: Vec<DoubtfulTotal>,
}

/// Finds the total rows of one table.
pub(super) struct TableTotals<'a> {
    sheet: &'a RawSheet,
    header: &'a Header,
    ledger: &'a Ledger,
    factors: &'a [Option<Decimal>],
    sums: Totals<'a>,
    /// The index of the last row of data among the sheet's rows.
    last: Option<usize>,
    /// A total row above all rows of data.
    on_top: Option<&'a RawRow>,
    /// The number of rows of data above the last total.
    group_start: usize,
    doubtful: Vec<DoubtfulTotal>,
}

impl<'a> TableTotals<'a> {
    /// For the rows of `sheet` from the index `below` on; `factors` as in [`Totals::new`].
    pub(super) fn new(
        sheet: &'a RawSheet,
        header: &'a Header,
        ledger: &'a Ledger,
        factors: &'a [Option<Decimal>],
        classifier: &Classifier<'_>,
    ) -> Self {
        let below = sheet.rows.partition_point(|row| row.row <= header.last_row);
        let is_data = |row: &RawRow| {
            total_row::mark(row, &sheet.total_rows).is_none() && classifier.kind(row, RowKind::Note) == RowKind::Data
        };
        let last = sheet.rows[below..].iter().rposition(is_data).map(|at| below + at);
        let sums = Totals::new(header, ledger, factors);
        Self { sheet, header, ledger, factors, sums, last, on_top: None, group_start: 0, doubtful: Vec::new() }
    }

    /// Whether the sheet's row with that index is a total; `above` are the rows of data above it, and `is_data` says
    /// whether it is one itself unless it is a total.
    pub(super) fn is_total(&mut self, index: usize, above: &[Row], is_data: impl FnOnce() -> bool) -> bool {
        let row = &self.sheet.rows[index];
        let may_be_last = || self.last == Some(index) && self.sums.first_number_sums(row, above);
        let edge = || if may_be_last() { total_row::edge(row) } else { None };
        let mark = total_row::mark(row, &self.sheet.total_rows).or_else(edge).or_else(|| self.group(row, above));
        let Some(mark) = mark else { return false };
        let agreement = self.sums.agreement(row, above);
        let is_last = self.last.is_none_or(|last| index >= last);
        let (header, ledger, summed_rows) = (self.header, self.ledger, above.len());
        let evidence = Evidence { mark, row, header, ledger, agreement, summed_rows, is_last };
        let verdict = evidence.verdict();
        if verdict.is_doubtful && (verdict.is_total || is_data()) {
            self.doubtful.extend(evidence.report(verdict.is_total));
        }
        if verdict.is_total && !matches!(mark, Mark::Part(_)) {
            self.group_start = above.len();
            match mark {
                _ if above.is_empty() => self.on_top = Some(row),
                // Its numbers were compared.
                Mark::Group { .. } => self.sums.end_group(above),
                _ => self.sums.compare(row, above),
            }
        }
        verdict.is_total
    }

    /// The mark of a row that nothing else marks, when its numbers are the sums of rows directly above it.
    fn group(&self, row: &RawRow, above: &[Row]) -> Option<Mark> {
        let likelihood = group_total::likelihood(row, above.get(self.group_start..)?, &self.sums, self.sheet)?;
        Some(Mark::Group { col: total_row::last_text(row)?, likelihood })
    }

    /// Judges what is above all rows of data; drops the first of them when it is a total.
    pub(super) fn finish(mut self, rows: &mut Vec<Row>) -> FoundTotals {
        let mut sums = Totals::new(self.header, self.ledger, self.factors);
        if let Some(total) = self.on_top.filter(|_| !rows.is_empty()) {
            sums.compare(total, rows);
            self.sums.found.append(&mut sums.found);
            self.sums.uncomputed.append(&mut sums.uncomputed);
        } else if let Some((first, rest)) = rows.split_first()
            && let Some(evidence) = self.first_row(first, rest, sums)
        {
            let verdict = evidence.verdict();
            if verdict.is_doubtful {
                self.doubtful.extend(evidence.report(verdict.is_total));
            }
            if verdict.is_total {
                rows.remove(0);
            }
        }
        FoundTotals { totals: self.sums.found, uncomputed: self.sums.uncomputed, doubtful: self.doubtful }
    }

    /// What is known of the first row of data, unless it has a mark that is judged without the rows below.
    fn first_row(&self, first: &Row, rest: &[Row], mut sums: Totals<'a>) -> Option<Evidence<'a>> {
        let row = self.sheet.row(first.row).filter(|row| sums.first_number_sums(row, rest))?;
        let mark = match total_row::mark(row, &self.sheet.total_rows) {
            None => total_row::edge(row)?,
            Some(Mark::NoText) => Mark::NoText,
            Some(_) => return None,
        };
        let agreement = sums.agreement(row, rest);
        let (header, ledger, summed_rows) = (self.header, self.ledger, rest.len());
        Some(Evidence { mark, row, header, ledger, agreement, summed_rows, is_last: false })
    }
}
