//! Pictures beside the rows of a ledger.

use std::sync::Arc;

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z133",
        title: "图片不在有内容的行里",
        severity: Severity::Warning,
        what: "图片列里的图片，它所在的行没有别的内容：例如几张照片往下排，超出了那一行；台账有图片列，图片却固定在页面上、不在单元格上的。",
        why: "不知道它属于哪一行，没有用。",
        cure: "把图片缩小，移到它所属的那一行，属性设为随单元格移动；一件事占几行的，把图片这一列也合并",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (sheet, _) in context.sheets() {
        for (row, col) in &sheet.loose_pictures {
            let place = Location::Cell(sheet_cell(sheet, *row, *col));
            findings
                .push(Diagnostic::new(code, place, "图片所在的行没有别的内容，没有用").expected("图片在有内容的行里"));
        }
        if sheet.floating_pictures > 0 {
            let message = format!("有 {} 张图片固定在页面上，不在哪个单元格上，没有用", sheet.floating_pictures);
            let finding = Diagnostic::new(code, Location::Sheet(Arc::clone(&sheet.source)), message);
            findings.push(finding.expected("图片在有内容的行里"));
        }
    }
    findings
}
