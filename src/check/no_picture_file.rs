//! Names of picture files that are not there.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z132",
        title: "图片文件不在",
        severity: Severity::Error,
        what: "图片列里写了文件名，台账文件夹里约定的文件夹（列的 folder）没有这个文件。",
        why: "这一格的图片进不了报告，报告里是待填写。",
        cure: "把图片放进约定的文件夹，或改正单元格里的文件名（连同扩展名，大小写一致）",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::NoPictureFile, path) = cell.value() else { return None };
    let message = format!("“{}”的图片文件不在：{path}", cell.column.label());
    Some(cell.finding(code, message).found(path).expected("台账文件夹里有这个文件"))
}
