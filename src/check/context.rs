//! What rules inspect: the bound rows, their cells, the sheets.

use std::sync::Arc;

use crate::diagnostics::{CellRef, Code, Diagnostic, Location};
use crate::expr::Expressions;
use crate::ingest::{Cell, CellNotes, LedgerSheet};
use crate::model::{BoundLedgers, Branch, Row, Value};
use crate::notice::{Column, Ledger, Notice};

/// The input of all rules: rules see values as they were typed, never the files.
#[derive(Clone, Copy)]
pub struct RuleContext<'a> {
    /// The settings that the ledgers were read with.
    pub notice: &'a Notice,
    /// Its compiled expressions.
    pub expressions: &'a Expressions,
    /// The branches with their rows, the rows without a branch, the sheets.
    pub bound: &'a BoundLedgers,
}

/// A row of a ledger, or of the roster, with the branch that it belongs to.
#[derive(Clone, Copy)]
pub(super) struct LedgerRow<'a> {
    /// The name of its branch. For a row without a branch, the name of the roster that is most like its own, if any.
    pub(super) branch: Option<&'a str>,
    /// The ledger, by its position in the notice.
    pub(super) ledger: usize,
    /// The row's cells and address.
    pub(super) row: &'a Row,
}

/// A cell of a row, with its column.
#[derive(Clone, Copy)]
pub(super) struct InspectedCell<'a> {
    /// As in [`LedgerRow`].
    pub(super) branch: Option<&'a str>,
    /// The row that the cell is in, of the ledger's columns.
    pub(super) row: &'a Row,
    /// The column's position in its ledger.
    pub(super) index: usize,
    /// The column's settings: its type, its label, what it requires.
    pub(super) column: &'a Column,
    cell: Cell<'a>,
}

impl<'a> InspectedCell<'a> {
    /// The value, typed as the column requires.
    pub(super) fn value(&self) -> Value<'a> {
        self.cell.value
    }

    /// How the value was read.
    pub(super) fn notes(&self) -> CellNotes {
        self.cell.notes
    }

    /// A finding at the cell's address, of the branch that the row belongs to.
    pub(super) fn finding(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        self.finding_at(code, Location::Cell(self.row.cell_ref(self.index)), message)
    }

    /// A finding of the cell's branch at another location.
    pub(super) fn finding_at(&self, code: Code, location: Location, message: impl Into<String>) -> Diagnostic {
        let finding = Diagnostic::new(code, location, message);
        match self.branch {
            Some(branch) => finding.of_branch(branch),
            None => finding,
        }
    }
}

impl<'a> RuleContext<'a> {
    /// Every row: those of the branches in the roster's order, then those without a branch.
    pub(super) fn rows(self) -> impl Iterator<Item = LedgerRow<'a>> {
        self.bound.branches.iter().flat_map(move |branch| self.branch_rows(branch)).chain(self.unbound_rows())
    }

    /// The rows of one ledger, in the same order.
    pub(super) fn ledger_rows(self, ledger: usize) -> impl Iterator<Item = LedgerRow<'a>> {
        let is_roster = self.notice.ledger_index(&self.notice.roster.ledger) == Some(ledger);
        let bound = self.bound.branches.iter().flat_map(move |branch| {
            let roster_row = is_roster.then(|| std::slice::from_ref(branch.roster_row()));
            let rows = roster_row.or_else(|| branch.rows(ledger)).unwrap_or_default();
            rows.iter().map(move |row| LedgerRow { branch: Some(branch.name()), ledger, row })
        });
        bound.chain(self.unbound_rows().filter(move |row| row.ledger == ledger))
    }

    /// The rows of a branch, its row of the roster first.
    pub(super) fn branch_rows(self, branch: &'a Branch) -> impl Iterator<Item = LedgerRow<'a>> {
        let notice = self.notice;
        let roster = notice.ledger_index(&notice.roster.ledger).unwrap_or_default();
        let ledger_row = move |ledger: usize, row: &'a Row| LedgerRow { branch: Some(branch.name()), ledger, row };
        let rows = (0..notice.ledger.len()).flat_map(move |ledger| {
            let rows = branch.rows(ledger).unwrap_or_default();
            rows.iter().map(move |row| ledger_row(ledger, row))
        });
        std::iter::once(ledger_row(roster, branch.roster_row())).chain(rows)
    }

    /// The rows without a branch.
    pub(super) fn unbound_rows(self) -> impl Iterator<Item = LedgerRow<'a>> {
        let row = |unbound: &'a crate::model::UnboundRow| LedgerRow {
            branch: unbound.near.as_deref(),
            ledger: unbound.ledger,
            row: &unbound.row,
        };
        self.bound.unbound.iter().map(row)
    }

    /// The cells of rows; columns that a row's sheet does not have are left out.
    pub(super) fn cells(self, rows: impl Iterator<Item = LedgerRow<'a>>) -> impl Iterator<Item = InspectedCell<'a>> {
        let notice = self.notice;
        rows.flat_map(move |LedgerRow { branch, ledger, row }| {
            let columns = notice.ledger.get_index(ledger).map(|(_, ledger)| ledger.columns.values());
            let cells = columns.into_iter().flatten().zip(row.cells()).enumerate();
            cells.filter_map(move |(index, (column, cell))| {
                Some(InspectedCell { branch, row, index, column, cell: cell? })
            })
        })
    }

    /// Every sheet of a ledger, with the ledger.
    pub(super) fn sheets(&self) -> impl Iterator<Item = (&'a LedgerSheet, &'a Ledger)> {
        let notice = self.notice;
        self.bound.sheets.iter().filter_map(move |sheet| Some((sheet, notice.ledger.get_index(sheet.ledger)?.1)))
    }
}

/// A cell of a sheet; row and column count from 0.
pub(super) fn sheet_cell(sheet: &LedgerSheet, row: u32, col: u32) -> CellRef {
    CellRef { source: Arc::clone(&sheet.source), row, col }
}
