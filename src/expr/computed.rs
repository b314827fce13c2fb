//! Columns of ledgers that are computed for each row, compiled.

use super::hir::Node;

/// The computed columns of all ledgers, in their order.
#[derive(Debug, Default)]
pub(super) struct ComputedColumns(Vec<Vec<CompiledColumn>>);

/// A computed column: an expression over one row that is evaluated wherever the column is named.
#[derive(Clone, Debug)]
pub(super) struct CompiledColumn {
    pub node: Node,
    /// The columns of the sheet that it reads, itself or through computed ones.
    pub reads: Vec<usize>,
}

impl ComputedColumns {
    /// No computed columns.
    pub(super) const NONE: &'static Self = &Self(Vec::new());

    /// The computed column of a ledger, by the indexes of both.
    pub(super) fn get(&self, ledger: usize, index: usize) -> Option<&CompiledColumn> {
        self.0.get(ledger)?.get(index)
    }

    /// Begins the next ledger.
    pub(super) fn begin_ledger(&mut self) {
        self.0.push(Vec::new());
    }

    /// Adds a column to the last ledger.
    pub(super) fn push(&mut self, column: CompiledColumn) {
        if let Some(columns) = self.0.last_mut() {
            columns.push(column);
        }
    }
}
