//! Pictures that cannot be printed.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z131",
        title: "图片不能用",
        severity: Severity::Error,
        what: "图片列里打不开、不完整、太大或格式不认的图片；.xls、.fods 和网页表格里的图片。",
        why: "这一格的图片进不了报告，报告里是待填写；其他图片不受影响。",
        cure: "用看图软件打开该图片，另存为 JPEG 或 PNG 后重新插入；表格文件另存为 .xlsx",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::BrokenPicture, reason) = cell.value() else { return None };
    let message = format!("“{}”的图片不能用：{reason}", cell.column.label());
    Some(cell.finding(code, message).expected(cell.column.expected()))
}
