//! From a key to its cells.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::keys::Key;
use super::{Basis, Computed, Keys, Provenance, Range, ranges};
use crate::expr::{Dependencies, Expressions};
use crate::model::{Branch, Row};
use crate::notice::Notice;

/// Finds the origins of what one branch's report prints. It sees this branch alone.
#[derive(Clone, Debug)]
pub struct Tracer<'a> {
    branch: &'a Branch,
    notice: &'a Notice,
    expressions: &'a Expressions,
    keys: Keys,
    /// The roster's place among the ledgers.
    roster: Option<usize>,
    /// What each metric was computed from, once it was asked for.
    cells: Vec<OnceCell<Vec<MetricCells<'a>>>>,
    /// The columns and the ledgers' rows that were asked for, with where they stand: many metrics read the same.
    asked: RefCell<Vec<(Asked, Rc<[Range<'a>]>)>>,
}

/// A column of a ledger, by their places; no column for whole rows.
type Asked = (usize, Option<usize>);

/// Cells that a metric was computed from.
#[derive(Clone, Debug)]
pub struct MetricCells<'a> {
    /// The ledger, by its place in the notice.
    pub ledger: usize,
    /// The column, by its place in the ledger; none for whole rows that were counted.
    pub column: Option<usize>,
    /// The cells.
    pub ranges: Rc<[Range<'a>]>,
}

impl<'a> Tracer<'a> {
    /// A tracer for a branch.
    pub fn new(branch: &'a Branch, notice: &'a Notice, expressions: &'a Expressions) -> Self {
        let cells = vec![OnceCell::new(); notice.metric.len()];
        let roster = notice.ledger_index(&notice.roster.ledger);
        Self { branch, notice, expressions, keys: Keys::of(branch, notice), roster, cells, asked: RefCell::default() }
    }

    /// The keys that the branch's values are printed with.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What each metric reads.
    pub fn reads(&self) -> &'a [Dependencies] {
        self.expressions.dependencies()
    }

    /// The origin behind a key; `None` when the key is none of this branch's.
    pub fn origin(&self, key: u32) -> Option<Provenance<'a>> {
        match self.keys.decode(key)? {
            Key::Metric(at) => {
                let (id, metric) = self.notice.metric.get_index(at)?;
                let computed = Some(Computed { id, expression: metric.expr.get_ref() });
                let ranges = self.cells(at).iter().flat_map(|cells| &*cells.ranges).copied().collect();
                let (name, ranges) = (metric.label.as_str(), ranges::side_by_side(ranges));
                let basis = if ranges.is_empty() { self.basis(at) } else { Basis::default() };
                Some(Provenance { owner: None, name, computed, ranges, basis })
            }
            Key::Cell { ledger, row, column } => {
                let name = self.notice.ledger.get_index(ledger)?.1.columns.get_index(column)?.1.label();
                let row = self.rows(ledger)?.get(row)?;
                let cell = row.cell(column);
                let range = cell.map(|cell| {
                    let at = (cell.col, cell.row);
                    Range { source: &row.source, first: at, last: at }
                });
                Some(Provenance { name, ranges: range.into_iter().collect(), ..Provenance::default() })
            }
        }
    }

    /// The cells that metric number `at` and the metrics below it read.
    pub fn cells(&self, at: usize) -> &[MetricCells<'a>] {
        self.cells.get(at).map_or(&[], |cells| cells.get_or_init(|| self.find_cells(at)))
    }

    fn find_cells(&self, at: usize) -> Vec<MetricCells<'a>> {
        let read = self.expressions.dependencies().get(at).map_or(&[][..], |reads| &reads.all);
        let mut cells = Vec::with_capacity(read.iter().map(|(_, columns)| columns.len().max(1)).sum());
        for (ledger, columns) in read {
            let whole = columns.is_empty().then_some(None);
            for column in whole.into_iter().chain(columns.iter().copied().map(Some)) {
                cells.push(MetricCells { ledger: *ledger, column, ranges: self.ranges((*ledger, column)) });
            }
        }
        cells
    }

    /// Where a column or whole rows stand.
    fn ranges(&self, asked: Asked) -> Rc<[Range<'a>]> {
        let mut known = self.asked.borrow_mut();
        if let Some((_, ranges)) = known.iter().find(|(before, _)| *before == asked) {
            return Rc::clone(ranges);
        }
        let (ledger, column) = asked;
        let rows = self.rows(ledger).unwrap_or_default();
        let ranges: Rc<[Range<'a>]> =
            column.map_or_else(|| ranges::of_rows(rows), |column| ranges::of_column(rows, column)).into();
        known.push((asked, Rc::clone(&ranges)));
        ranges
    }

    /// What stands behind metric number `at`, which has no cells.
    fn basis(&self, at: usize) -> Basis<'a> {
        let read = self.expressions.dependencies().get(at).map_or(&[][..], |reads| &reads.all);
        let missing = read.iter().filter(|(ledger, _)| self.rows(*ledger).is_none());
        let title = |(ledger, _): &(usize, _)| Some(self.notice.ledger.get_index(*ledger)?.1.title.as_str());
        let missing: Vec<&str> = missing.filter_map(title).collect();
        match (read.is_empty(), missing.is_empty()) {
            (true, _) => Basis::Settings,
            (false, false) => Basis::NotHandedIn(missing),
            (false, true) => Basis::Ledgers,
        }
    }

    fn rows(&self, ledger: usize) -> Option<&'a [Row]> {
        if self.roster == Some(ledger) {
            return Some(std::slice::from_ref(self.branch.roster_row()));
        }
        self.branch.rows(ledger)
    }
}
