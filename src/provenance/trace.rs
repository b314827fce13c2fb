//! From a key of a branch's report to its provenance.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::keys::ValueKey;
use super::{Basis, ExpressionProvenance, Keys, Period, Provenance, Range, ranges};
use crate::diagnostics::CellPosition;
use crate::expr::{Dependencies, Expressions};
use crate::model::{Branch, PreviousValue, Row};
use crate::notice::Notice;

/// Finds the provenance of what one branch's report prints, from this branch's rows alone.
#[derive(Clone, Debug)]
pub(crate) struct Tracer<'a> {
    branch: &'a Branch,
    notice: &'a Notice,
    expressions: &'a Expressions,
    keys: Keys,
    /// Index of the roster among the ledgers.
    roster: Option<usize>,
    /// The cells that each metric was computed from; the report and `sources.json` both use them.
    cells: Vec<OnceCell<Vec<MetricCells<'a>>>>,
    /// The ranges of the columns that were asked for so far: many metrics read the same columns.
    columns: RefCell<Vec<(ColumnId, Rc<[Range<'a>]>)>>,
}

/// A column of a ledger, or its rows as wholes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ColumnId {
    ledger: usize,
    /// `None` for whole rows.
    column: Option<usize>,
}

/// Cells that a metric was computed from.
#[derive(Clone, Debug)]
pub(crate) struct MetricCells<'a> {
    /// Index of the ledger in the notice.
    pub ledger: usize,
    /// Index of the column in the ledger; `None` for whole rows that were counted.
    pub column: Option<usize>,
    /// The cells of that column, as rectangles.
    pub ranges: Rc<[Range<'a>]>,
}

impl<'a> Tracer<'a> {
    /// A tracer for one branch's report. What a metric reads is computed when it is first asked for.
    pub(crate) fn new(branch: &'a Branch, notice: &'a Notice, expressions: &'a Expressions) -> Self {
        let cells = vec![OnceCell::new(); notice.metric.len()];
        let roster = notice.ledger_index(&notice.roster.ledger);
        let keys = Keys::new(branch, notice);
        Self { branch, notice, expressions, keys, roster, cells, columns: RefCell::default() }
    }

    /// The keys that the branch's values are printed with.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What each metric reads, in the notice's order.
    pub(crate) fn dependencies(&self) -> &'a [Dependencies] {
        self.expressions.dependencies()
    }

    /// The provenance of the value with a key; `None` when it is not a key of this branch's report.
    pub(crate) fn origin(&self, key: u32) -> Option<Provenance<'a>> {
        match self.keys.decode(key)? {
            ValueKey::Metric(at) => self.of_metric(at, None),
            ValueKey::Change(at) => self.of_metric(at, Some(Period::Change(&self.notice.words.previous))),
            ValueKey::Previous(at) => {
                let (_, metric) = self.notice.metric.get_index(at)?;
                let period = Some(Period::Previous(self.notice.words.previous.as_str()));
                let traced = of_previous(&metric.label, period, self.branch.previous().get(at));
                Some(traced)
            }
            ValueKey::Cell { ledger, row, column } => {
                let (_, settings) = self.notice.ledger.get_index(ledger)?;
                let name = settings.column_at(column)?.label();
                let row = self.rows(ledger)?.get(row)?;
                let range = |column: usize| {
                    let cell = row.cell(column)?;
                    let at = CellPosition { row: cell.row, col: cell.col };
                    Some(Range { source: &row.source, first: at, last: at })
                };
                let Some(index) = column.checked_sub(settings.columns.len()) else {
                    let ranges = range(column).into_iter().collect();
                    return Some(Provenance { name, ranges, ..Provenance::default() });
                };
                let (_, definition) = settings.computed.get_index(index)?;
                let expression = definition.settings.value.get_ref();
                let computed = Some(ExpressionProvenance { metric: None, expression });
                let reads = self.expressions.computed_reads(ledger, index);
                let ranges = ranges::side_by_side(reads.iter().filter_map(|column| range(*column)).collect());
                Some(Provenance { name, computed, ranges, ..Provenance::default() })
            }
        }
    }

    /// Of a metric, or of its change since the previous period.
    fn of_metric(&self, at: usize, period: Option<Period<'a>>) -> Option<Provenance<'a>> {
        let (id, metric) = self.notice.metric.get_index(at)?;
        let computed = Some(ExpressionProvenance { metric: Some(id), expression: metric.expr.get_ref() });
        let ranges = self.cells(at).iter().flat_map(|cells| &*cells.ranges).copied().collect();
        let mut ranges = ranges::side_by_side(ranges);
        let mut basis = if ranges.is_empty() { self.basis(at) } else { Basis::default() };
        let compared = period.is_some().then_some(at);
        let reads = self.expressions.dependencies().get(at).map_or(&[][..], |reads| &reads.previous);
        for previous in reads.iter().copied().chain(compared).filter_map(|at| self.branch.previous().get(at)) {
            match cell_of(previous) {
                Some(range) => ranges.push(range),
                None => basis = Basis::PreviousRun(&previous.source),
            }
        }
        Some(Provenance { name: &metric.label, period, computed, ranges, basis, ..Provenance::default() })
    }

    /// The cells that the metric with this index and the metrics that it names read.
    pub(crate) fn cells(&self, at: usize) -> &[MetricCells<'a>] {
        self.cells.get(at).map_or(&[], |cells| cells.get_or_init(|| self.find_cells(at)))
    }

    fn find_cells(&self, index: usize) -> Vec<MetricCells<'a>> {
        let reads = self.expressions.dependencies().get(index).map_or(&[][..], |reads| &reads.all);
        let mut cells = Vec::with_capacity(reads.iter().map(|(_, columns)| columns.len().max(1)).sum());
        for (ledger, columns) in reads {
            let ledger = *ledger;
            if columns.is_empty() {
                cells.push(self.column_cells(ColumnId { ledger, column: None }));
            }
            for column in columns {
                cells.push(self.column_cells(ColumnId { ledger, column: Some(*column) }));
            }
        }
        cells
    }

    fn column_cells(&self, id: ColumnId) -> MetricCells<'a> {
        let mut columns = self.columns.borrow_mut();
        let known = columns.iter().find(|(known, _)| *known == id).map(|(_, ranges)| Rc::clone(ranges));
        let ranges = known.unwrap_or_else(|| {
            let rows = self.rows(id.ledger).unwrap_or_default();
            let ranges: Rc<[Range<'a>]> = match id.column {
                Some(column) => ranges::of_column(rows, column).into(),
                None => ranges::of_rows(rows).into(),
            };
            columns.push((id, Rc::clone(&ranges)));
            ranges
        });
        MetricCells { ledger: id.ledger, column: id.column, ranges }
    }

    /// What a metric without cells comes from.
    fn basis(&self, index: usize) -> Basis<'a> {
        let reads = self.expressions.dependencies().get(index).map_or(&[][..], |reads| &reads.all);
        let mut missing = Vec::new();
        for (ledger, _) in reads {
            if self.rows(*ledger).is_none() {
                missing.extend(self.notice.ledger.get_index(*ledger).map(|(_, ledger)| ledger.title.as_str()));
            }
        }
        match (reads.is_empty(), missing.is_empty()) {
            (true, _) => Basis::Settings,
            (false, false) => Basis::NotHandedIn(missing),
            (false, true) => Basis::Ledgers,
        }
    }

    /// The branch's rows of a ledger; of the roster the one that lists it.
    fn rows(&self, ledger: usize) -> Option<&'a [Row]> {
        if self.roster == Some(ledger) {
            return Some(std::slice::from_ref(self.branch.roster_row()));
        }
        self.branch.rows(ledger)
    }
}

/// The provenance of a metric's value in the previous period; without a value it comes from nothing.
pub(super) fn of_previous<'a>(
    label: &'a str,
    period: Option<Period<'a>>,
    previous: Option<&'a PreviousValue>,
) -> Provenance<'a> {
    let ranges: Vec<Range<'a>> = previous.and_then(cell_of).into_iter().collect();
    let basis = match previous {
        Some(previous) if ranges.is_empty() => Basis::PreviousRun(&previous.source),
        Some(_) => Basis::default(),
        None => Basis::NoPrevious,
    };
    Provenance { name: label, period, ranges, basis, ..Provenance::default() }
}

/// The cell that a value of the previous period was read from.
pub(super) fn cell_of(previous: &PreviousValue) -> Option<Range<'_>> {
    let cell = previous.cell?;
    Some(Range { source: &previous.source, first: cell, last: cell })
}
