//! Long codes that were typed as numbers into text columns.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z119",
        title: "长数字丢了位数",
        severity: Severity::Error,
        what: "文字列里超过 15 位的数，或者显示成 1.23E+11 的数。",
        why: "表格软件只保留 15 位数字，开头的 0 也会丢掉，原来的号码已经不知道了。",
        cure: "先把单元格设为“文本”格式，再重新录入",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::LostDigits, text) = cell.value() else { return None };
    let is_kept = text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit());
    let state = if is_kept { "单元格里显示不全，开头有 0 也已丢掉" } else { "位数已经不全" };
    let message = format!("“{}”是按数字录入的长号码，{state}", cell.column.label());
    Some(cell.finding(code, message).found(text).expected(cell.column.expected()))
}
