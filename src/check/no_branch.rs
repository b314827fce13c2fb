//! Rows that name no branch.

use super::{Look, Rule, RuleContext};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z202",
        title: "没有写明党组织",
        severity: Severity::Error,
        what: "台账中没有写党组织的行；没有这一列的，工作表名、文件名和表上方的文字里也没有。",
        why: "不知道是谁的，没有计入任何报告。",
        cure: "补填党组织名称",
    },
    look: Look::Whole(check),
};

fn check(code: Code, scope: &RuleContext<'_>, findings: &mut Vec<Diagnostic>) {
    for unbound in scope.bound.unbound.iter().filter(|unbound| unbound.name.is_none()) {
        let Some((_, ledger)) = scope.notice.ledger.get_index(unbound.ledger) else { continue };
        let place = Location::Cell(unbound.row.cell_ref(ledger.branch_column().unwrap_or_default()));
        findings.push(Diagnostic::new(code, place, "这一行没有写明党组织，未计入任何报告"));
    }
}
