//! From a key to its cells.

use std::cell::OnceCell;

use super::keys::Key;
use super::{Basis, Computed, Keys, Origin, Range, ranges};
use crate::expr::{Expressions, Reads};
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
    /// What each figure was computed from, once it was asked for.
    cells: Vec<OnceCell<Vec<FigureCells>>>,
}

/// Cells that a figure was computed from.
#[derive(Clone, Debug)]
pub struct FigureCells {
    /// The ledger, by its place in the notice.
    pub ledger: usize,
    /// The column, by its place in the ledger; none for whole rows that were counted.
    pub column: Option<usize>,
    /// The cells.
    pub ranges: Vec<Range>,
}

impl<'a> Tracer<'a> {
    /// A tracer for a branch.
    pub fn new(branch: &'a Branch, notice: &'a Notice, expressions: &'a Expressions) -> Self {
        let cells = vec![OnceCell::new(); notice.figure.len()];
        let roster = notice.ledger_index(&notice.roster.ledger);
        Self { branch, notice, expressions, keys: Keys::of(branch, notice), roster, cells }
    }

    /// The keys that the branch's values are printed with.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What each figure reads.
    pub fn reads(&self) -> &'a [Reads] {
        self.expressions.reads()
    }

    /// The origin behind a key; `None` when the key is none of this branch's.
    pub fn origin(&self, key: u32) -> Option<Origin<'a>> {
        match self.keys.decode(key)? {
            Key::Figure(at) => {
                let (id, figure) = self.notice.figure.get_index(at)?;
                let computed = Some(Computed { id, expression: figure.expr.get_ref() });
                let ranges = self.cells(at).iter().flat_map(|cells| &cells.ranges).cloned().collect();
                let (name, ranges) = (figure.label.as_str(), ranges::side_by_side(ranges));
                Some(Origin { owner: None, name, computed, ranges, basis: self.basis(at) })
            }
            Key::Cell { ledger, row, column } => {
                let name = self.notice.ledger.get_index(ledger)?.1.columns.get_index(column)?.1.label();
                let row = self.rows(ledger)?.get(row)?;
                let cell = row.cell(column);
                let range = cell.map(|cell| {
                    let at = (cell.col, cell.row);
                    Range { source: row.source.clone(), first: at, last: at }
                });
                Some(Origin { name, ranges: range.into_iter().collect(), ..Origin::default() })
            }
        }
    }

    /// The cells that figure number `at` and the figures below it read.
    pub fn cells(&self, at: usize) -> &[FigureCells] {
        self.cells.get(at).map_or(&[], |cells| cells.get_or_init(|| self.find_cells(at)))
    }

    fn find_cells(&self, at: usize) -> Vec<FigureCells> {
        let mut cells = Vec::new();
        for (ledger, columns) in self.expressions.reads().get(at).iter().flat_map(|reads| &reads.all) {
            let (ledger, rows) = (*ledger, self.rows(*ledger).unwrap_or_default());
            if columns.is_empty() {
                cells.push(FigureCells { ledger, column: None, ranges: ranges::of_rows(rows) });
            }
            cells.extend(columns.iter().map(|column| {
                let ranges = ranges::of_column(rows, *column);
                FigureCells { ledger, column: Some(*column), ranges }
            }));
        }
        cells
    }

    /// What stands behind figure number `at` where it has no cells.
    fn basis(&self, at: usize) -> Basis<'a> {
        let read: Vec<usize> = self
            .expressions
            .reads()
            .get(at)
            .into_iter()
            .flat_map(|reads| &reads.all)
            .map(|(ledger, _)| *ledger)
            .collect();
        let missing = read.iter().filter(|ledger| self.rows(**ledger).is_none());
        let title = |ledger: &usize| self.notice.ledger.get_index(*ledger).map(|(_, ledger)| ledger.title.as_str());
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
