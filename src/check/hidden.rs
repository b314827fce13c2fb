//! Hidden sheets, which are not read, and hidden rows and columns, which are.

use std::sync::Arc;

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{CellPosition, Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z007",
        title: "隐藏内容",
        severity: Severity::Note,
        what: "隐藏的工作表（不读），隐藏的行和列（照读；没有隐藏的列里有同一列的，读没有隐藏的）。",
        why: "看不见的内容容易漏核对。",
        cure: "取消隐藏，核对后保留或删除",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for unread in context.bound.unread.iter().filter(|unread| unread.hidden) {
        findings.push(Diagnostic::new(code, Location::Sheet(Arc::clone(&unread.source)), "隐藏的工作表，未读"));
    }
    for (sheet, _) in context.sheets() {
        for range in &sheet.hidden_rows {
            let rows = Location::range(sheet_cell(sheet, range.first, 0), CellPosition { row: range.last, col: 0 });
            findings.push(Diagnostic::new(code, rows, "隐藏的行，已照常读取"));
        }
        for col in &sheet.header.hidden {
            let header = Location::Cell(sheet_cell(sheet, sheet.header.last_row, *col));
            findings.push(Diagnostic::new(code, header, "隐藏的列，已照常读取"));
        }
    }
    findings
}
