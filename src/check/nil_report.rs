//! Nil reports (零报告): a branch has nothing to report in a ledger, and says so.

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z207",
        title: "零报告",
        severity: Severity::Note,
        what: "台账里写“无”的行，或者只有表头的表：该单位报告没有事项（台账设置里的 nil_report）。",
        why: "零报告的指标是 0，没有交的是待填写，两者不同；请核对确实没有事项。",
        cure: "",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for report in &context.bound.nil_reports {
        let title = context.notice.ledger.get_index(report.ledger).map_or("", |(_, ledger)| &ledger.title);
        let branch = report.branch.and_then(|branch| context.bound.branches.get(branch));
        let finding = Diagnostic::new(code, report.location.clone(), format!("《{title}》是零报告，没有事项"));
        findings.extend(branch.map(|branch| finding.of_branch(branch.name())));
    }
    findings
}
