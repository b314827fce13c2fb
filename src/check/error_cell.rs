//! Cells with an error value, such as `#REF!`.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z105",
        title: "单元格是错误值",
        severity: Severity::Error,
        what: "#REF!、#N/A、Err:502、Loading… 之类的单元格。",
        why: "它没有值；当作 0 或空白都会算错。",
        cure: "改正公式，或直接填写内容",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::ErrorValue, text) = cell.value() else { return None };
    let message = format!("“{}”是错误值，没有可用的内容", cell.column.label());
    Some(cell.finding(code, message).found(text).expected(cell.column.expected()))
}
