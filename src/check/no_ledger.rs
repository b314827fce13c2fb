//! Ledgers that are in none of the files.

use std::sync::Arc;

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use super::unknown_sheet::named_like;
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::notice::Ledger;

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
    let unread = || context.bound.unread.iter().filter(|unread| !unread.hidden);
    let roster = &context.notice.roster.ledger;
    // That there is no roster is an error, which `no_roster` finds.
    for (index, (_, ledger)) in context.notice.ledger.iter().enumerate().filter(|(_, (id, _))| *id != roster) {
        if context.bound.sheets.iter().any(|sheet| sheet.ledger == index) {
            continue;
        }
        let is_own = |at: Option<(usize, &Ledger)>| at.is_some_and(|(at, _)| at == index);
        // Z002 has said before what is wrong with the sheet.
        findings.push(match unread().find(|unread| is_own(named_like(unread, context.notice))) {
            Some(unread) => {
                let message = format!("这张表没有读，所以没有《{}》", ledger.title);
                let location = Location::Sheet(Arc::clone(&unread.source));
                Diagnostic::new(code, location, message).cure("先补上这张表的表头")
            }
            None => {
                let message = format!("没有找到《{}》", ledger.title);
                Diagnostic::new(code, Location::File(String::new()), message)
            }
        });
    }
    findings
}
