//! Numbers merged over several rows.

use super::{Rule, Scope};
use crate::diag::{Code, CodeInfo, Diagnostic, Severity};

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z114",
        title: "数字在合并单元格里",
        severity: Severity::Warning,
        what: "跨几行合并的数字，每一行都按它计入。",
        why: "求和时会重复计算。",
        cure: "拆分单元格，每行填自己的数字",
    },
    check,
};

fn check(code: Code, scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for cell in scope.cells().filter(|cell| cell.notes.merged) {
        let message = format!("“{}”是合并单元格，第 {} 行也按它计入", cell.column.label(), cell.row.row + 1);
        findings.push(cell.finding(code, message));
    }
}
