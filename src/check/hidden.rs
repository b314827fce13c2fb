//! Hidden sheets, which are left out, and hidden rows, which are read.

use std::sync::Arc;

use super::{Look, Rule, RuleContext, cell_of};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z007",
        title: "隐藏内容",
        severity: Severity::Note,
        what: "隐藏的工作表（不读）和隐藏的行（照读）。",
        why: "看不见的内容容易漏核对。",
        cure: "取消隐藏，核对后保留或删除",
    },
    look: Look::Whole(check),
};

fn check(code: Code, scope: &RuleContext<'_>, findings: &mut Vec<Diagnostic>) {
    for unread in scope.bound.unread.iter().filter(|unread| unread.hidden) {
        findings.push(Diagnostic::new(code, Location::Sheet(Arc::clone(&unread.source)), "隐藏的工作表，未读"));
    }
    for (sheet, _) in scope.sheets() {
        for range in &sheet.hidden_rows {
            let rows = Location::range(cell_of(sheet, range.first, 0), (range.last, 0));
            findings.push(Diagnostic::new(code, rows, "隐藏的行，已照常读取"));
        }
    }
}
