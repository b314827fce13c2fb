//! Formulas in total rows without a stored result: the total is not compared with its rows.

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z123",
        title: "合计没有结果",
        severity: Severity::Warning,
        what: "合计行里没有保存计算结果的公式。",
        why: "合计没有和各行核对，漏读的行就看不出来。",
        cure: "用表格软件打开，重新计算后保存",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (sheet, ledger) in context.sheets() {
        for total in &sheet.uncomputed_totals {
            let label = ledger.columns.get_index(total.column).map_or("", |(_, column)| column.label());
            let location = Location::Cell(sheet_cell(sheet, total.row, total.col));
            let message = format!("“{label}”的合计是公式，没有保存结果，没有核对");
            findings.push(Diagnostic::new(code, location, message).found(&total.formula).expected("各行之和"));
        }
    }
    findings
}
