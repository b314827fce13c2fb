//! Sheets whose header fits no ledger.

use std::sync::Arc;

use super::{Look, Rule, RuleContext};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z002",
        title: "认不出的工作表",
        severity: Severity::Warning,
        what: "表头和哪一种台账都对不上的工作表。",
        why: "里面的内容没有进入任何报告。",
        cure: "核对表头；确属新写法的，用 zicha columns 查看建议，把列名加入 notice.toml 中该列的 header",
    },
    look: Look::Whole(check),
};

fn check(code: Code, scope: &RuleContext<'_>, findings: &mut Vec<Diagnostic>) {
    let known = scope.notice.ledger.values().map(|ledger| format!("《{}》", ledger.title)).collect::<String>();
    for unread in scope.bound.unread.iter().filter(|unread| !unread.hidden) {
        let place = Location::Sheet(Arc::clone(&unread.source));
        let finding = Diagnostic::new(code, place, "表头不像任何一种台账，未读");
        findings.push(finding.found(unread.header.join("、")).expected(known.clone()));
    }
}
