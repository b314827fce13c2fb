//! The notice's own checks; a row that lacks what a check needs is passed over.

use rayon::prelude::*;

use super::{Look, Owned, Rule, RuleContext};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::notice::Check;

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

fn check(code: Code, scope: &RuleContext<'_>, findings: &mut Vec<Diagnostic>) {
    let checks = scope.notice.check.par_iter().enumerate().with_max_len(1);
    findings.par_extend(checks.flat_map_iter(|(number, rule)| of_rule(code, scope, number, rule)));
}

/// The rows that the notice's check of that number holds for.
fn of_rule(code: Code, scope: &RuleContext<'_>, number: usize, rule: &Check) -> Vec<Diagnostic> {
    let Some((index, _, ledger)) = scope.notice.ledger.get_full(rule.ledger.get_ref()) else { return Vec::new() };
    let column = rule.column.as_deref().and_then(|column| ledger.columns.get_index_of(column)).unwrap_or_default();
    let held = scope.rows_in(index).filter(|(_, _, row)| scope.expressions.holds(number, row));
    let finding = |(branch, _, row): Owned<'_>| {
        let mut finding = Diagnostic::new(code, Location::Cell(row.cell_ref(column)), &rule.message);
        finding.severity = rule.severity;
        finding.branch = branch.map(str::to_owned);
        finding.cure = rule.cure.clone();
        finding
    };
    held.map(finding).collect()
}
