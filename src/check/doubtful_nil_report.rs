//! Nil reports that contradict other rows, or that name no branch.

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z208",
        title: "零报告存疑",
        severity: Severity::Error,
        what: "同一个台账里既有零报告、又有记录的单位，以及认不出是哪个单位的零报告。",
        why: "有没有事项，只能有一个答案。",
        cure: "有事项的删去写“无”的行；没有写明单位的补填",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for report in &context.bound.nil_reports {
        let title = context.notice.ledger.get_index(report.ledger).map_or("", |(_, ledger)| &ledger.title);
        let finding = |message| Diagnostic::new(code, report.location.clone(), message);
        let Some(branch) = report.branch.and_then(|branch| context.bound.branches.get(branch)) else {
            let word = &context.notice.words.branch;
            findings.push(finding(format!("《{title}》的零报告没有写明是名册中的哪个{word}")));
            continue;
        };
        let rows = branch.rows(report.ledger).map_or(0, <[_]>::len);
        if rows > 0 {
            let message = format!("《{title}》中报了零报告，又有 {rows} 行记录");
            findings.push(finding(message).of_branch(branch.name()));
        }
    }
    findings
}
