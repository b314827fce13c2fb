//! Ledgers that are in none of the files.

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z003",
        title: "缺少台账",
        severity: Severity::Warning,
        what: "通知要求的台账，没有一个文件里有。",
        why: "各单位报告中相应的部分都会是待填写。",
        cure: "把该台账放入输入文件夹",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (index, ledger) in context.notice.ledger.values().enumerate() {
        if !context.bound.sheets.iter().any(|sheet| sheet.ledger == index) {
            let message = format!("没有找到《{}》", ledger.title);
            findings.push(Diagnostic::new(code, Location::File(String::new()), message));
        }
    }
    findings
}
