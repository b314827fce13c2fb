//! Cells whose content does not fit the type of their column.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::ingest::impossible_day;
use crate::model::{CellFault, Value};
use crate::notice::ColumnType;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z102",
        title: "内容与列的类型不符",
        severity: Severity::Error,
        what: "应填数字、日期、是或否的列里填了别的内容。",
        why: "猜着读会让错误的数字签进报告，所以不读。",
        cure: "按要求改写该单元格",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::WrongType, text) = cell.value() else { return None };
    if cell.column.kind == ColumnType::Choice {
        return None;
    }
    // The year does not matter: one that is not written leaves open how long February is.
    let impossible = (cell.column.kind == ColumnType::Date).then(|| impossible_day(text, 2000)).flatten();
    let message = match impossible {
        Some(reason) => format!("“{}”的日子不存在：{reason}", cell.column.label()),
        None => format!("“{}”不能按{}读取", cell.column.label(), cell.column.kind.expected()),
    };
    Some(cell.finding(code, message).found(text).expected(cell.column.expected()))
}
