//! Sheets whose header matches no ledger.

use std::sync::Arc;

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z002",
        title: "认不出的工作表",
        severity: Severity::Warning,
        what: "表头和哪一种台账都对不上的工作表。",
        why: "里面的内容没有进入任何报告。",
        cure: "核对表头；确属新写法的，用 zicha columns 查看建议，把列名加入 notice.toml 中该列的 header",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let known = context.notice.ledger.values().map(|ledger| format!("《{}》", ledger.title)).collect::<String>();
    for unread in context.bound.unread.iter().filter(|unread| !unread.hidden) {
        let location = Location::Sheet(Arc::clone(&unread.source));
        let finding = Diagnostic::new(code, location, "表头不像任何一种台账，未读");
        findings.push(finding.found(unread.header.join("、")).expected(known.clone()));
    }
    findings
}
