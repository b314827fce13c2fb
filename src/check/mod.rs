//! Rules over the bound rows. Each rule is one file that says what it does, why, and how to cure what it
//! finds; to add one, copy a file and name it in `RULES`.

mod absent;
mod error_cell;
mod kind;
mod one_of;
mod own;
mod range;
mod required;

use crate::diag::{Code, Diagnostic, Place};
use crate::expr::Expressions;
use crate::model::{Bound, Row, Value};
use crate::notice::{Column, Notice};

/// A rule: it looks at everything and reports what it finds.
type Rule = fn(&Scope<'_>, &mut Vec<Diagnostic>);

/// All rules, in the order they report.
const RULES: [Rule; 7] =
    [error_cell::check, kind::check, one_of::check, range::check, required::check, own::check, absent::check];

/// What a rule may look at.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The notice.
    pub notice: &'a Notice,
    /// Its compiled expressions.
    pub expressions: &'a Expressions,
    /// The branches with their rows, and the rows nobody owns.
    pub bound: &'a Bound,
}

/// Runs all rules.
pub fn check(scope: Scope<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in RULES {
        rule(&scope, &mut findings);
    }
    findings
}

/// One cell under inspection.
#[derive(Clone, Copy)]
struct Inspected<'a> {
    branch: Option<&'a str>,
    row: &'a Row,
    index: usize,
    column: &'a Column,
}

impl<'a> Inspected<'a> {
    fn value(&self) -> &'a Value {
        self.row.value(self.index)
    }

    /// A finding at the cell.
    fn finding(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        let finding = Diagnostic::new(code, Place::Cell(self.row.cell_ref(self.index)), message);
        match self.branch {
            Some(branch) => finding.of_branch(branch),
            None => finding,
        }
    }
}

impl<'a> Scope<'a> {
    /// Every row with its ledger's number and its branch; rows that nobody owns belong to none.
    fn rows(&self) -> impl Iterator<Item = (Option<&'a str>, usize, &'a Row)> {
        let notice = self.notice;
        let roster = notice.ledger_index(&notice.roster.ledger).unwrap_or_default();
        let owned = self.bound.branches.iter().flat_map(move |branch| {
            let ledgers = 0..notice.ledger.len();
            let rows = ledgers.flat_map(move |l| branch.rows(l).unwrap_or_default().iter().map(move |row| (l, row)));
            let rows = std::iter::once((roster, branch.roster_row())).chain(rows);
            rows.map(move |(ledger, row)| (Some(branch.name()), ledger, row))
        });
        owned.chain(self.bound.unbound.iter().map(|(ledger, row)| (None, *ledger, row)))
    }

    /// Every cell of a column that its sheet has.
    fn cells(&self) -> impl Iterator<Item = Inspected<'a>> {
        let notice = self.notice;
        self.rows().flat_map(move |(branch, ledger, row)| {
            let columns = notice.ledger.get_index(ledger).map(|(_, l)| l.columns.values());
            let present = columns.into_iter().flatten().enumerate().filter(|(index, _)| row.cells[*index].is_some());
            present.map(move |(index, column)| Inspected { branch, row, index, column })
        })
    }
}
