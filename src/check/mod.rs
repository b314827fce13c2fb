//! Rules over the bound rows and the sheets they came from. Each rule is one file that says what it does, why, and
//! how to cure what it finds: that text is what `zicha explain` shows. To add one, copy a file and name it in
//! `RULES`.

mod ambiguous_unit;
mod branch_without_rows;
mod control;
mod custom;
mod duplicate;
mod error_cell;
mod filled;
mod formula;
mod hidden;
mod merged_number;
mod near_header;
mod no_branch;
mod no_column;
mod no_ledger;
mod one_of;
mod period;
mod range;
mod repeated;
mod required;
mod total;
mod type_mismatch;
mod unknown_branch;
mod unknown_sheet;
mod year;

use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostics::{CellRef, Code, CodeInfo, Diagnostic, Location, code};
use crate::expr::Expressions;
use crate::ingest::{Cell, CellNotes, LedgerSheet};
use crate::model::{BoundLedgers, Branch, Row, Value};
use crate::notice::{Column, Ledger, Notice};

/// A rule: its code with the user's help, and what it looks at.
struct Rule {
    info: CodeInfo,
    look: Look,
}

/// What a rule looks at.
enum Look {
    /// Each cell by itself.
    Cell(fn(Code, &Inspected<'_>) -> Option<Diagnostic>),
    /// Everything there is.
    Whole(fn(Code, &RuleContext<'_>, &mut Vec<Diagnostic>)),
}

/// All rules, in the order of their codes.
static RULES: [&Rule; 24] = [
    &unknown_sheet::RULE,
    &no_ledger::RULE,
    &no_column::RULE,
    &near_header::RULE,
    &hidden::RULE,
    &repeated::RULE,
    &required::RULE,
    &type_mismatch::RULE,
    &range::RULE,
    &one_of::RULE,
    &error_cell::RULE,
    &control::RULE,
    &period::RULE,
    &ambiguous_unit::RULE,
    &formula::RULE,
    &duplicate::RULE,
    &total::RULE,
    &year::RULE,
    &filled::RULE,
    &merged_number::RULE,
    &custom::RULE,
    &unknown_branch::RULE,
    &no_branch::RULE,
    &branch_without_rows::RULE,
];

/// What a rule may look at.
#[derive(Clone, Copy)]
pub struct RuleContext<'a> {
    /// The notice.
    pub notice: &'a Notice,
    /// Its compiled expressions.
    pub expressions: &'a Expressions,
    /// The branches with their rows, the rows nobody owns, the sheets.
    pub bound: &'a BoundLedgers,
}

/// Runs all rules.
pub fn check(scope: RuleContext<'_>) -> Vec<Diagnostic> {
    let whole = |rule: &&'static Rule| {
        let mut findings = Vec::new();
        if let Look::Whole(check) = rule.look {
            check(&rule.info, &scope, &mut findings);
        }
        findings
    };
    let wholes = || RULES.par_iter().with_max_len(1).map(whole).collect::<Vec<_>>();
    let (cells, wholes) = rayon::join(|| of_cells(&scope), wholes);
    cells.into_iter().zip(wholes).flat_map(|(cells, whole)| cells.into_iter().chain(whole)).collect()
}

/// What each rule finds that looks at one cell: each cell is taken from its row once.
fn of_cells(scope: &RuleContext<'_>) -> Vec<Vec<Diagnostic>> {
    let nothing = || vec![Vec::new(); RULES.len()];
    let rules = RULES.iter().enumerate().filter_map(|(at, rule)| match rule.look {
        Look::Cell(check) => Some((at, &rule.info, check)),
        Look::Whole(_) => None,
    });
    let rules: Vec<_> = rules.collect();
    let inspect = |cell: &Inspected<'_>, findings: &mut [Vec<Diagnostic>]| {
        for (at, code, check) in &rules {
            if let Some(finding) = check(code, cell) {
                findings[*at].push(finding);
            }
        }
    };
    let owned = scope.bound.branches.par_iter().fold(nothing, |mut findings, branch| {
        scope.cells_of(scope.rows_of(branch)).for_each(|cell| inspect(&cell, &mut findings));
        findings
    });
    let joined = |mut before: Vec<Vec<Diagnostic>>, after: Vec<Vec<Diagnostic>>| {
        before.iter_mut().zip(after).for_each(|(before, after)| before.extend(after));
        before
    };
    let mut findings = owned.reduce(nothing, joined);
    scope.cells_of(scope.unowned()).for_each(|cell| inspect(&cell, &mut findings));
    findings
}

/// Every code there is, rules' and stages', in order.
pub fn catalogue() -> Vec<Code> {
    let mut codes: Vec<Code> = RULES.iter().map(|rule| &rule.info).chain(code::ALL).collect();
    codes.sort_by_key(|code| code.id);
    codes
}

/// A row with its branch and its ledger's number.
type Owned<'a> = (Option<&'a str>, usize, &'a Row);

/// One cell under inspection.
#[derive(Clone, Copy)]
struct Inspected<'a> {
    branch: Option<&'a str>,
    row: &'a Row,
    index: usize,
    column: &'a Column,
    cell: Cell<'a>,
}

impl<'a> Inspected<'a> {
    fn value(&self) -> Value<'a> {
        self.cell.value
    }

    fn notes(&self) -> CellNotes {
        self.cell.notes
    }

    /// A finding at the cell.
    fn finding(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        self.finding_at(code, Location::Cell(self.row.cell_ref(self.index)), message)
    }

    /// A finding of the cell's branch.
    fn finding_at(&self, code: Code, place: Location, message: impl Into<String>) -> Diagnostic {
        let finding = Diagnostic::new(code, place, message);
        match self.branch {
            Some(branch) => finding.of_branch(branch),
            None => finding,
        }
    }
}

impl<'a> RuleContext<'a> {
    /// Every row with its ledger's number and its branch; rows that nobody owns belong to none.
    fn rows(self) -> impl Iterator<Item = Owned<'a>> {
        self.bound.branches.iter().flat_map(move |branch| self.rows_of(branch)).chain(self.unowned())
    }

    /// The rows of one ledger likewise.
    fn rows_in(self, ledger: usize) -> impl Iterator<Item = Owned<'a>> {
        let roster = self.notice.ledger_index(&self.notice.roster.ledger) == Some(ledger);
        let owned = self.bound.branches.iter().flat_map(move |branch| {
            let own = roster.then(|| std::slice::from_ref(branch.roster_row()));
            let rows = own.or_else(|| branch.rows(ledger)).unwrap_or_default();
            rows.iter().map(move |row| (Some(branch.name()), ledger, row))
        });
        owned.chain(self.unowned().filter(move |(_, of, _)| *of == ledger))
    }

    /// A branch's rows.
    fn rows_of(self, branch: &'a Branch) -> impl Iterator<Item = Owned<'a>> {
        let notice = self.notice;
        let roster = notice.ledger_index(&notice.roster.ledger).unwrap_or_default();
        let ledgers = 0..notice.ledger.len();
        let rows = ledgers.flat_map(move |l| branch.rows(l).unwrap_or_default().iter().map(move |row| (l, row)));
        let rows = std::iter::once((roster, branch.roster_row())).chain(rows);
        rows.map(move |(ledger, row)| (Some(branch.name()), ledger, row))
    }

    /// The rows that nobody owns, each with the branch that may be meant.
    fn unowned(self) -> impl Iterator<Item = Owned<'a>> {
        self.bound.unbound.iter().map(|unbound| (unbound.near.as_deref(), unbound.ledger, &unbound.row))
    }

    /// The cells of rows, as far as their sheets have the columns.
    fn cells_of(self, rows: impl Iterator<Item = Owned<'a>>) -> impl Iterator<Item = Inspected<'a>> {
        let notice = self.notice;
        rows.flat_map(move |(branch, ledger, row)| {
            let columns = notice.ledger.get_index(ledger).map(|(_, l)| l.columns.values());
            columns
                .into_iter()
                .flatten()
                .zip(row.cells())
                .enumerate()
                .filter_map(move |(index, (column, cell))| Some(Inspected { branch, row, index, column, cell: cell? }))
        })
    }

    /// Every sheet with the ledger it brings.
    fn sheets(&self) -> impl Iterator<Item = (&'a LedgerSheet, &'a Ledger)> {
        let notice = self.notice;
        self.bound.sheets.iter().filter_map(move |sheet| Some((sheet, notice.ledger.get_index(sheet.ledger)?.1)))
    }
}

/// A cell of a sheet by its row and column, from 0.
fn cell_of(sheet: &LedgerSheet, row: u32, col: u32) -> CellRef {
    CellRef { source: Arc::clone(&sheet.source), row, col }
}

#[cfg(test)]
mod tests {
    use super::catalogue;

    #[test]
    fn codes_are_unique_and_explained() {
        let codes = catalogue();
        for pair in codes.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} twice", pair[0].id);
        }
        for code in codes {
            assert!(!code.title.is_empty() && !code.what.is_empty() && !code.why.is_empty(), "{}", code.id);
        }
    }
}
