//! The notice's own checks of rows (`[[check]]`). A row in which a cell that the condition reads is blank is no
//! finding.

use rayon::prelude::*;

use super::context::{LedgerRow, RuleContext};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::notice::Check;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z150",
        title: "通知自定的核对",
        severity: Severity::Warning,
        what: "notice.toml 中 [[check]] 写明的核对，逐行进行。",
        why: "各份通知的台账各有各的反常之处。",
        cure: "",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let checks = context.notice.check.par_iter().enumerate().with_max_len(1);
    checks.flat_map_iter(|(number, check)| apply(code, context, number, check)).collect()
}

/// The rows for which check number `number` of the notice holds.
fn apply(code: Code, context: &RuleContext<'_>, number: usize, check: &Check) -> Vec<Diagnostic> {
    let id = check.ledger.as_ref().map(|id| id.get_ref().as_str()).unwrap_or_default();
    let Some((ledger, _, definition)) = context.notice.ledger.get_full(id) else { return Vec::new() };
    let field = check.column.as_deref().and_then(|column| definition.field(column)).map_or(0, |(index, _)| index);
    // A computed column is at the first cell that it reads.
    let column = match field.checked_sub(definition.columns.len()) {
        Some(computed) => context.expressions.computed_reads(ledger, computed).first().copied().unwrap_or_default(),
        None => field,
    };
    let finding = |LedgerRow { branch, row, .. }: LedgerRow<'_>| {
        let mut finding = Diagnostic::new(code, Location::Cell(row.cell_ref(column)), &check.message);
        finding.severity = check.severity;
        finding.branch = branch.map(str::to_owned);
        finding.cure = check.cure.clone();
        finding
    };
    let rows = context.ledger_rows(ledger).filter(|row| context.expressions.holds(number, row.row));
    rows.map(finding).collect()
}
