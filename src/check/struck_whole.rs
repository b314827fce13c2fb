//! Cells whose whole content is struck out.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z117",
        title: "整格有删除线",
        severity: Severity::Error,
        what: "全部内容都加了删除线的单元格。",
        why: "不知道这一格是作废，还是仍然算数；当作有效或空白都可能写错。",
        cure: "作废的清空单元格（整行作废的删去该行），仍然有效的去掉删除线",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::StruckOut, text) = cell.value() else { return None };
    let message = format!("“{}”的内容全部加了删除线，没有读取", cell.column.label());
    Some(cell.finding(code, message).found(text).expected(cell.column.expected()))
}
