//! Branches of the roster without rows.

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z203",
        title: "台账中没有该党组织",
        severity: Severity::Warning,
        what: "名册中有、各台账中都没有的党组织，以及没有出现在人人都应报的台账（every_branch）中的党组织。",
        why: "报告会全是待填写；需要在截止日前提醒。",
        cure: "请该党组织补报台账",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for branch in &context.bound.branches {
        if !branch.has_rows() {
            let finding = Diagnostic::new(code, Location::Branch, "各台账中都没有该党组织的记录");
            findings.push(finding.of_branch(branch.name()));
            continue;
        }
        for (index, ledger) in context.notice.ledger.values().enumerate() {
            if ledger.every_branch && branch.rows(index).is_some_and(<[_]>::is_empty) {
                let message = format!("《{}》中没有该党组织的记录", ledger.title);
                findings.push(Diagnostic::new(code, Location::Branch, message).of_branch(branch.name()));
            }
        }
    }
    findings
}
