//! The notice's own checks; a row that lacks what a check needs is passed over.

use super::{Look, Rule, Scope};
use crate::diag::{Code, CodeInfo, Diagnostic, Place, Severity};

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z150",
        title: "通知自定的核对",
        severity: Severity::Warning,
        what: "notice.toml 中 [[check]] 写明的核对，逐行进行。",
        why: "各份通知的台账各有各的反常之处。",
        cure: "",
    },
    look: Look::Whole(check),
};

fn check(code: Code, scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for (number, rule) in scope.notice.check.iter().enumerate() {
        let Some((index, _, ledger)) = scope.notice.ledger.get_full(rule.ledger.get_ref()) else { continue };
        let column = rule.column.as_deref().and_then(|column| ledger.columns.get_index_of(column)).unwrap_or_default();
        for (branch, _, row) in scope.rows_in(index) {
            if scope.expressions.holds(number, row) {
                let mut finding = Diagnostic::new(code, Place::Cell(row.cell_ref(column)), &rule.say);
                finding.severity = rule.severity;
                finding.branch = branch.map(str::to_owned);
                finding.cure = rule.cure.clone();
                findings.push(finding);
            }
        }
    }
}
