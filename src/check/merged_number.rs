//! Numbers in cells merged over several rows or columns: each place counts the number.

use std::collections::HashSet;

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{CellPosition, Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z114",
        title: "数字在合并单元格里",
        severity: Severity::Warning,
        what: "跨几行或几列合并的数字，合并的每一格都按它计入。",
        why: "求和时会重复计算。",
        cure: "拆分单元格，每格填自己的数字",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut reported = HashSet::new();
    for cell in context.cells(context.rows().filter(|row| row.row.has_notes())) {
        let Some((row, col)) = cell.notes().merged else { continue };
        let first = cell.row.cell_ref(cell.index);
        if reported.insert((cell.branch, first.clone())) {
            let message = format!("“{}”是合并单元格，合并的每一格都按它计入", cell.column.label());
            findings.push(cell.finding_at(code, Location::range(first, CellPosition { row, col }), message));
        }
    }
    findings
}
