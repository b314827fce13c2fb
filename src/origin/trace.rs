//! From a key to its cells.

use super::keys::Key;
use super::{Computed, Keys, Origin, Range, ranges};
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
}

impl<'a> Tracer<'a> {
    /// A tracer for a branch.
    pub fn new(branch: &'a Branch, notice: &'a Notice, expressions: &'a Expressions) -> Self {
        Self { branch, notice, expressions, keys: Keys::of(branch, notice) }
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
    pub fn origin(&self, key: u32) -> Option<Origin> {
        match self.keys.decode(key)? {
            Key::Figure(at) => {
                let (id, figure) = self.notice.figure.get_index(at)?;
                let expression = figure.expr.get_ref().clone();
                let computed = Some(Computed { id: id.clone(), expression });
                let ranges = self.cells(at).into_iter().flat_map(|(_, _, ranges)| ranges).collect();
                Some(Origin {
                    label: figure.label.clone(),
                    computed,
                    ranges: ranges::side_by_side(ranges),
                    over: Vec::new(),
                })
            }
            Key::Cell { ledger, row, column } => {
                let label = self.notice.ledger.get_index(ledger)?.1.columns.get_index(column)?.1.label().to_owned();
                let row = self.rows(ledger)?.get(row)?;
                let cell = row.cells.get(column)?.as_ref();
                let range = cell.map(|cell| {
                    let at = (cell.col, cell.row);
                    Range { source: row.source.clone(), first: at, last: at }
                });
                Some(Origin { label, computed: None, ranges: range.into_iter().collect(), over: Vec::new() })
            }
        }
    }

    /// The cells that figure number `at` and the figures below it read: ledger, column (none: whole rows), ranges.
    pub fn cells(&self, at: usize) -> Vec<(usize, Option<usize>, Vec<Range>)> {
        let mut cells = Vec::new();
        for (ledger, columns) in self.expressions.reads().get(at).iter().flat_map(|reads| &reads.all) {
            let rows = self.rows(*ledger).unwrap_or_default();
            if columns.is_empty() {
                cells.push((*ledger, None, ranges::of_rows(rows)));
            }
            cells.extend(columns.iter().map(|column| (*ledger, Some(*column), ranges::of_column(rows, *column))));
        }
        cells
    }

    fn rows(&self, ledger: usize) -> Option<&'a [Row]> {
        if Some(ledger) == self.notice.ledger_index(&self.notice.roster.ledger) {
            return Some(std::slice::from_ref(self.branch.roster_row()));
        }
        self.branch.rows(ledger)
    }
}
