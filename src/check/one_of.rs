//! Cells of a `choice` column with something else than a choice.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};
use crate::notice::ColumnType;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z104",
        title: "不在可选项之内",
        severity: Severity::Error,
        what: "只能填固定选项的列里填了别的内容。",
        why: "按状态、类型计数时会漏掉这一行。",
        cure: "改为可选项之一；是其中一项的另一种写法的，写进“设置”里这一列的“选项或是、否的其他写法”（synonyms）",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let (Value::Unusable(CellFault::WrongType, text), ColumnType::Choice) = (cell.value(), cell.column.kind) else {
        return None;
    };
    let message = format!("“{}”不是可选项之一", cell.column.label());
    Some(cell.finding(code, message).found(text).expected(cell.column.expected()))
}
