//! Rows of text files with more fields than their header.

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z125",
        title: "这一行比表头多",
        severity: Severity::Error,
        what: "文本文件（.csv 等）里内容超出表头最后一列的行。",
        why: "多半是数字里的逗号（1,048）没有加引号，后面的内容错开了一列。",
        cure: "去掉数字里的逗号，或给这一格加上英文双引号",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (sheet, _) in context.sheets() {
        for cell in &sheet.beyond_header {
            let place = Location::Cell(sheet_cell(sheet, cell.row, cell.col));
            let finding = Diagnostic::new(code, place, "这一行的内容超出了表头，可能错开了一列");
            findings.push(finding.found(&cell.text).expected("空白"));
        }
    }
    findings
}
