//! Pictures in cells.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z116",
        title: "单元格里是图片",
        severity: Severity::Error,
        what: "内容是图片的单元格：WPS 的嵌入图片、Excel 的单元格图片、盖在空白单元格上的图片。",
        why: "图片里的字程序读不出来，不能当作文字或空白。",
        cure: "把图片里的内容用文字填写在单元格里",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::Picture, text) = cell.value() else { return None };
    let message = format!("“{}”是图片，没有可读的文字", cell.column.label());
    Some(cell.finding(code, message).found(text).expected(cell.column.expected()))
}
