//! Rows that look like the example of a form.

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z129",
        title: "像是填写示例的行",
        severity: Severity::Warning,
        what: "写着“示例”“例：……”“如：……”的行，以及用“×××”“XXX”代替内容的行。",
        why: "示例不是台账的内容，计入就多算一行；真是内容的，不计入就少算一行。",
        cure: "示例行删去；是内容的，改写成内容本身（去掉“例”“如”等字）",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (sheet, _) in context.sheets() {
        for row in &sheet.example_rows {
            let taken = if row.is_left_out { "没有计入" } else { "已按一行内容计入" };
            let location = Location::Cell(sheet_cell(sheet, row.row, row.col));
            let finding = Diagnostic::new(code, location, format!("这一行像是填写示例，{taken}"));
            findings.push(finding.found(&row.text).expected("一行内容"));
        }
    }
    findings
}
