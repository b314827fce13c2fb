//! # 通知自定的核对 (Z150)
//! **What it does**: evaluates the notice's own checks (`[[check]]`) for each row of their ledger.
//! **Why**: what is odd in one notice's ledgers is known to that notice alone: more present than due,
//! done before it was due to begin.
//! **How to cure**: as the check says.

use super::Scope;
use crate::diag::{Diagnostic, Place, code};

/// Reports the rows for which a check of the notice holds; a row that lacks what the check needs is passed over.
pub fn check(scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for (number, rule) in scope.notice.check.iter().enumerate() {
        let Some((index, _, ledger)) = scope.notice.ledger.get_full(rule.ledger.get_ref()) else { continue };
        let column = rule.column.as_deref().and_then(|column| ledger.columns.get_index_of(column)).unwrap_or_default();
        for (branch, _, row) in scope.rows().filter(|(_, l, _)| *l == index) {
            if scope.expressions.holds(number, row, ledger) {
                let mut finding = Diagnostic::new(&code::NOTICE_CHECK, Place::Cell(row.cell_ref(column)), &rule.say);
                finding.severity = rule.severity;
                finding.branch = branch.map(str::to_owned);
                finding.cure = rule.cure.clone();
                findings.push(finding);
            }
        }
    }
}
