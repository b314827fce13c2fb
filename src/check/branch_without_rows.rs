//! Branches of the roster without rows.

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z203",
        title: "台账中没有该单位",
        severity: Severity::Warning,
        what: "名册中有、各台账中都没有的单位，以及在人人都应报的台账（every_branch）中既没有记录、也没有零报告的单位。",
        why: "没有交不等于没有事项：相应的指标不当作 0，报告里是待填写；需要在截止日前提醒。",
        cure: "请该单位补报台账",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let word = &context.notice.words.branch;
    let mut findings = Vec::new();
    for branch in &context.bound.branches {
        if branch.is_silent() {
            let finding = Diagnostic::new(code, Location::Branch, format!("各台账中都没有该{word}的记录"));
            findings.push(finding.of_branch(branch.name()));
            continue;
        }
        for (index, ledger) in context.notice.ledger.values().enumerate() {
            let is_handed_in = || context.bound.sheets.iter().any(|sheet| sheet.ledger == index);
            if ledger.every_branch && branch.rows(index).is_none() && is_handed_in() {
                let message = format!("《{}》中没有该{word}的记录，也没有零报告", ledger.title);
                let finding = Diagnostic::new(code, Location::Branch, message).of_branch(branch.name());
                let cure = format!("请该{word}补报台账；确实没有事项的，报零报告");
                findings.push(if ledger.nil_report.is_empty() { finding } else { finding.cure(cure) });
            }
        }
    }
    findings
}
