//! Rows that name a branch the roster does not know.

use super::{Look, Rule, RuleContext};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z201",
        title: "名册中没有的党组织",
        severity: Severity::Error,
        what: "台账中写的党组织不是名册里的全称或简称。",
        why: "该行没有计入任何报告；相近的名称只提示，不代为认定。",
        cure: "改为名册中的全称或简称",
    },
    look: Look::Whole(check),
};

fn check(code: Code, scope: &RuleContext<'_>, findings: &mut Vec<Diagnostic>) {
    for unbound in &scope.bound.unbound {
        let Some(name) = &unbound.name else { continue };
        let Some((_, ledger)) = scope.notice.ledger.get_index(unbound.ledger) else { continue };
        let place = Location::Cell(unbound.row.cell_ref(ledger.branch_column().unwrap_or_default()));
        let message = if unbound.unusable {
            "名册中的这个名称不能用（见名册的问题），该行未计入任何报告"
        } else {
            "名册中没有这个党组织，该行未计入任何报告"
        };
        let mut finding = Diagnostic::new(code, place, message).found(name);
        if let Some(near) = &unbound.near {
            finding = finding.expected(format!("是否为“{near}”？")).of_branch(near);
        }
        findings.push(finding);
    }
}
