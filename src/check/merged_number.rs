//! Numbers merged over several rows.

use std::collections::HashSet;

use super::{Look, Rule, RuleContext};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

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
    look: Look::Whole(check),
};

fn check(code: Code, scope: &RuleContext<'_>, findings: &mut Vec<Diagnostic>) {
    let mut told = HashSet::new();
    for cell in scope.cells_of(scope.rows().filter(|(_, _, row)| row.has_notes())) {
        let Some(last) = cell.notes().merged else { continue };
        let first = cell.row.cell_ref(cell.index);
        if told.insert((cell.branch, first.clone())) {
            let message = format!("“{}”是合并单元格，每一行都按它计入", cell.column.label());
            findings.push(cell.finding_at(code, Location::range(first, last), message));
        }
    }
}
