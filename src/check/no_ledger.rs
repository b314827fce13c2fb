//! Ledgers that no file brings.

use super::{Look, Rule, RuleContext};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z003",
        title: "缺少台账",
        severity: Severity::Warning,
        what: "通知要求的台账，没有一个文件里有。",
        why: "各单位报告中相应的部分都会是待填写。",
        cure: "把该台账放入输入文件夹",
    },
    look: Look::Whole(check),
};

fn check(code: Code, scope: &RuleContext<'_>, findings: &mut Vec<Diagnostic>) {
    for (index, ledger) in scope.notice.ledger.values().enumerate() {
        if !scope.bound.sheets.iter().any(|sheet| sheet.ledger == index) {
            let message = format!("没有找到《{}》", ledger.title);
            findings.push(Diagnostic::new(code, Location::File(String::new()), message));
        }
    }
}
