//! All rows of data as they were read, before any of them was given to a branch.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use rust_decimal::Decimal;

use crate::expr::{Expressions, MetricResult};
use crate::ingest::{LedgerSheet, Table, fold};
use crate::model::{BoundLedgers, Branch, Row, Value};
use crate::notice::Notice;

/// Which row: its sheet's place in memory, its number, and a column that it has (two tables may stand side by side).
type Key = (usize, u32, u32);

fn key(row: &Row) -> Key {
    let column = row.columns().flatten().next().unwrap_or_default();
    (Arc::as_ptr(&row.source) as usize, row.row, column)
}

/// Rows that are summed up at a time.
const PART: usize = 2048;

/// Every row of data, and what the additive metrics come to over all of them.
#[derive(Debug, Default)]
pub struct RowAudit {
    /// Each row as often as it was read.
    rows: Vec<Key>,
    /// For each additive metric that reads a ledger, by its place in the notice, the whole ledger's value; `None`
    /// when it has none.
    whole: HashMap<usize, Option<Decimal>>,
}

/// A census with every row looked for among the branches'.
#[derive(Debug)]
pub struct AuditResult {
    /// How many rows there are.
    pub(super) rows: usize,
    /// How many of them are in a branch's hands.
    pub(super) used: usize,
    /// Which row is in the wrong hands, in several, or in none.
    pub(super) faults: Vec<String>,
    /// For each additive metric whose ledger was handed in, the whole ledger's value.
    pub(super) whole: HashMap<usize, Option<Decimal>>,
}

impl RowAudit {
    /// The census of one table; `expressions` sum its rows up, of a long one on all cores.
    pub fn of(table: &Table, expressions: &Expressions) -> Self {
        let part = |rows: &[Row]| {
            let whole = expressions.additive(table.sheet.ledger, rows);
            let whole = whole.into_iter().map(|(metric, outcome)| (metric, value(outcome)));
            Self { rows: rows.iter().map(key).collect(), whole: whole.collect() }
        };
        // The first even of a table without rows: its metrics come to something, too.
        let (first, rest) = table.rows.split_at(table.rows.len().min(PART));
        let rest = rest.par_chunks(PART).map(part);
        part(first).joined(rest.reduce(Self::default, Self::joined))
    }

    /// This census and another's together.
    pub fn joined(mut self, other: Self) -> Self {
        self.rows.extend(other.rows);
        for (metric, value) in other.whole {
            let sum = self.whole.get(&metric).map_or(value, |before| sum(*before, value));
            self.whole.insert(metric, sum);
        }
        self
    }

    /// Ticks every bound row off.
    pub fn settled(mut self, bound: &BoundLedgers, notice: &Notice) -> AuditResult {
        let owners = Owners::of(bound, notice);
        let (mut used, mut faults) = (0, Vec::new());
        self.rows.sort_unstable();
        let rows = &self.rows;
        let mut ticked = vec![false; rows.len()];
        let mut tick = |row: &Row, faults: &mut Vec<String>| {
            let key = key(row);
            let same = rows.partition_point(|known| *known < key)..rows.len();
            match same.take_while(|at| rows[*at] == key).find(|at| !ticked[*at]) {
                Some(at) => ticked[at] = true,
                None => faults.push(format!("{} 第{}行用了不止一次，或者不在台账里", row.source, row.row + 1)),
            }
        };
        for branch in &bound.branches {
            tick(branch.roster_row(), &mut faults);
            for ledger in 0..notice.ledger.len() {
                for row in branch.rows(ledger).unwrap_or_default() {
                    tick(row, &mut faults);
                    used += 1;
                    if !owners.own(branch, ledger, row) {
                        let message =
                            format!("{} 第{}行不是{}的，却在它的报告里", row.source, row.row + 1, branch.name());
                        faults.push(message);
                    }
                }
            }
        }
        used += bound.branches.len();
        bound.unbound.iter().for_each(|unbound| tick(&unbound.row, &mut faults));
        bound.unenrolled.iter().for_each(|(row, _)| tick(row, &mut faults));
        let left = ticked.iter().filter(|ticked| !**ticked).count();
        if left > 0 {
            faults.push(format!("有 {left} 行数据没有进入任何报告，也没有列入没有使用的行"));
        }
        AuditResult { rows: rows.len(), used, faults, whole: self.whole }
    }
}

/// Whose a row is by what it says itself, or by what its sheet is called.
struct Owners<'a> {
    /// For each ledger, the column that names the branch.
    columns: Vec<Option<usize>>,
    /// The tables, by their sheets' places in memory and their ledgers; several of one ledger may stand on a sheet.
    sheets: HashMap<(usize, usize), Vec<&'a LedgerSheet>>,
}

impl<'a> Owners<'a> {
    fn of(bound: &'a BoundLedgers, notice: &Notice) -> Self {
        let columns = notice.ledger.values().map(crate::notice::Ledger::branch_column).collect();
        let mut sheets: HashMap<(usize, usize), Vec<&'a LedgerSheet>> = HashMap::new();
        for sheet in &bound.sheets {
            sheets.entry((Arc::as_ptr(&sheet.source) as usize, sheet.ledger)).or_default().push(sheet);
        }
        Self { columns, sheets }
    }

    fn own(&self, branch: &Branch, ledger: usize, row: &Row) -> bool {
        let mut names = std::iter::once(branch.name()).chain(branch.short());
        let column = self.columns.get(ledger).copied().flatten();
        match column.filter(|column| row.column(*column).is_some()) {
            Some(column) => match row.value(column) {
                Value::Text(said) => names.any(|name| name == said || fold(name) == fold(said)),
                _ => false,
            },
            None => {
                let place = (Arc::as_ptr(&row.source) as usize, ledger);
                let above = self.sheets.get(&place).into_iter().flatten().filter(|sheet| stands_over(sheet, row));
                let said = above.max_by_key(|sheet| sheet.header.last_row).map(|sheet| sheet.owners.as_slice());
                names.any(|name| said.unwrap_or_default().iter().any(|said| fold(said).contains(&*fold(name))))
            }
        }
    }
}

/// Whether a table's header stands over a row, in the columns of its cells.
fn stands_over(sheet: &LedgerSheet, row: &Row) -> bool {
    sheet.header.last_row < row.row && row.columns().eq(sheet.header.columns.iter().copied())
}

/// The number that an outcome is.
pub(super) fn value(outcome: MetricResult) -> Option<Decimal> {
    match outcome {
        MetricResult::Number(number) => Some(number),
        MetricResult::Missing(_) | MetricResult::Failed(_) => None,
    }
}

/// The sum of two values; none when one is none.
pub(super) fn sum(a: Option<Decimal>, b: Option<Decimal>) -> Option<Decimal> {
    a?.checked_add(b?)
}
