//! An account of all data rows as they were read, before any was given to a branch.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use rust_decimal::Decimal;

use crate::diagnostics::SheetRef;
use crate::expr::{Expressions, MetricResult};
use crate::ingest::{LedgerSheet, Table, fold};
use crate::model::{BoundLedgers, Branch, Row, Value};
use crate::notice::Notice;

/// A row's place on its sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RowPosition {
    row: u32,
    /// The first column that it has: two tables may stand side by side.
    column: u32,
}

impl RowPosition {
    fn new(row: &Row) -> Self {
        Self { row: row.row, column: row.columns().flatten().next().unwrap_or_default() }
    }
}

/// Rows that are summed up as one piece of parallel work.
const CHUNK: usize = 2048;

/// Every data row, and the values of the additive metrics over all of them.
#[derive(Debug, Default)]
pub struct RowAudit {
    /// The rows of each sheet, each as often as it was read.
    sheets: HashMap<Arc<SheetRef>, Vec<RowPosition>>,
    /// The whole ledger's value of each additive metric that reads one, by the metric's index in the notice; `None`
    /// when it has no value.
    whole: HashMap<usize, Option<Decimal>>,
}

/// An account that was compared with the branches' rows.
#[derive(Debug)]
pub struct AuditResult {
    /// How many rows were read.
    pub(super) rows: usize,
    /// How many of them branches have.
    pub(super) used: usize,
    /// Rows that a wrong branch has, or several, or none; a sentence each.
    pub(super) faults: Vec<String>,
    /// The whole ledgers' values of the additive metrics.
    pub(super) whole: HashMap<usize, Option<Decimal>>,
}

impl RowAudit {
    /// The account of one table; a long one is summed up on all cores.
    pub fn of(table: &Table, expressions: &Expressions) -> Self {
        let chunk = |rows: &[Row]| {
            let whole = expressions.additive(table.sheet.ledger, rows);
            let whole = whole.into_iter().map(|(metric, outcome)| (metric, value(outcome)));
            let rows: Vec<RowPosition> = rows.iter().map(RowPosition::new).collect();
            Self { sheets: [(Arc::clone(&table.sheet.source), rows)].into(), whole: whole.collect() }
        };
        // The first chunk even of a table without rows: its metrics have values, too.
        let (first, rest) = table.rows.split_at(table.rows.len().min(CHUNK));
        let rest = rest.par_chunks(CHUNK).map(chunk);
        chunk(first).joined(rest.reduce(Self::default, Self::joined))
    }

    /// This account and another's together.
    pub fn joined(mut self, other: Self) -> Self {
        for (sheet, rows) in other.sheets {
            self.sheets.entry(sheet).or_default().extend(rows);
        }
        for (metric, value) in other.whole {
            let sum = self.whole.get(&metric).map_or(value, |before| sum(*before, value));
            self.whole.insert(metric, sum);
        }
        self
    }

    /// Compares the account with the rows that branches have and with those that have none.
    pub fn reconcile(self, bound: &BoundLedgers, notice: &Notice) -> AuditResult {
        let owners = Owners::new(bound, notice);
        let mut checklist = Checklist::new(self.sheets);
        let mut used = bound.branches.len();
        for branch in &bound.branches {
            checklist.tick(branch.roster_row());
            for ledger in 0..notice.ledger.len() {
                for row in branch.rows(ledger).unwrap_or_default() {
                    checklist.tick(row);
                    used += 1;
                    if !owners.is_owner(branch, ledger, row) {
                        let (source, number, name) = (&row.source, row.row + 1, branch.name());
                        checklist.faults.push(format!("{source} 第{number}行不是{name}的，却在它的报告里"));
                    }
                }
            }
        }
        bound.unbound.iter().for_each(|unbound| checklist.tick(&unbound.row));
        bound.unenrolled.iter().for_each(|(row, _)| checklist.tick(row));
        let (rows, faults) = checklist.finish();
        AuditResult { rows, used, faults, whole: self.whole }
    }
}

/// The rows that were read, each to be found exactly once among those that were bound or left over.
struct Checklist {
    sheets: HashMap<Arc<SheetRef>, SheetChecklist>,
    faults: Vec<String>,
}

/// The rows of a sheet, in order, and which of them were found.
struct SheetChecklist {
    rows: Vec<RowPosition>,
    ticked: Vec<bool>,
}

impl Checklist {
    fn new(sheets: HashMap<Arc<SheetRef>, Vec<RowPosition>>) -> Self {
        let sheets = sheets.into_iter().map(|(sheet, mut rows)| {
            rows.sort_unstable();
            let ticked = vec![false; rows.len()];
            (sheet, SheetChecklist { rows, ticked })
        });
        Self { sheets: sheets.collect(), faults: Vec::new() }
    }

    fn tick(&mut self, row: &Row) {
        let sheet = self.sheets.get_mut(&row.source);
        if !sheet.is_some_and(|sheet| sheet.tick(RowPosition::new(row))) {
            self.faults.push(format!("{} 第{}行用了不止一次，或者不在台账里", row.source, row.row + 1));
        }
    }

    /// How many rows there are, and what is wrong with them.
    fn finish(mut self) -> (usize, Vec<String>) {
        let (mut rows, mut left) = (0, 0);
        for sheet in self.sheets.values() {
            rows += sheet.rows.len();
            left += sheet.ticked.iter().filter(|ticked| !**ticked).count();
        }
        if left > 0 {
            self.faults.push(format!("有 {left} 行数据没有进入任何报告，也没有列入没有使用的行"));
        }
        (rows, self.faults)
    }
}

impl SheetChecklist {
    /// Ticks a row off; whether it was there and not ticked before.
    fn tick(&mut self, position: RowPosition) -> bool {
        let first = self.rows.partition_point(|known| *known < position);
        for index in first..self.rows.len() {
            if self.rows[index] != position {
                break;
            }
            if !std::mem::replace(&mut self.ticked[index], true) {
                return true;
            }
        }
        false
    }
}

/// Decides whose a row is by what it says, or by what its sheet is called: without the index of names by which rows
/// were bound, so that a fault there shows.
struct Owners<'a> {
    /// For each ledger the index of the column that names the branch.
    columns: Vec<Option<usize>>,
    /// The tables of each sheet and ledger; a sheet may have several of one ledger.
    tables: HashMap<(&'a SheetRef, usize), Vec<&'a LedgerSheet>>,
}

impl<'a> Owners<'a> {
    fn new(bound: &'a BoundLedgers, notice: &Notice) -> Self {
        let columns = notice.ledger.values().map(crate::notice::Ledger::branch_column).collect();
        let mut tables: HashMap<(&SheetRef, usize), Vec<&'a LedgerSheet>> = HashMap::new();
        for table in &bound.sheets {
            tables.entry((&*table.source, table.ledger)).or_default().push(table);
        }
        Self { columns, tables }
    }

    fn is_owner(&self, branch: &Branch, ledger: usize, row: &Row) -> bool {
        let mut names = std::iter::once(branch.name()).chain(branch.shorts());
        let column = self.columns.get(ledger).copied().flatten();
        match column.filter(|column| row.column(*column).is_some()) {
            Some(column) => match row.value(column) {
                Value::Text(written) => names.any(|name| name == written || fold(name) == fold(written)),
                _ => false,
            },
            None => {
                let tables = self.tables.get(&(&*row.source, ledger)).into_iter().flatten();
                let above = tables.filter(|table| is_above(table, row));
                let titles = above.max_by_key(|table| table.header.last_row).map(|table| table.owners.as_slice());
                names.any(|name| titles.unwrap_or_default().iter().any(|title| fold(title).contains(&*fold(name))))
            }
        }
    }
}

/// Whether a table's header is above a row, in the columns of its cells.
fn is_above(table: &LedgerSheet, row: &Row) -> bool {
    table.header.last_row < row.row && row.columns().eq(table.header.columns.iter().copied())
}

/// The number of an outcome that is one.
pub(super) fn value(outcome: MetricResult) -> Option<Decimal> {
    match outcome {
        MetricResult::Number(number) => Some(number),
        MetricResult::Missing(_) | MetricResult::Failed(_) => None,
    }
}

/// The sum of two values; `None` when either is missing or the sum is too large.
pub(super) fn sum(a: Option<Decimal>, b: Option<Decimal>) -> Option<Decimal> {
    a?.checked_add(b?)
}
