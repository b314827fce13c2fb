//! Numbers that the number format of their cell does not show.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z130",
        title: "数字没有显示出来",
        severity: Severity::Error,
        what: "数字格式（如 ;;;）把数字或日期隐藏起来，或者换成了别的字。",
        why: "看到的和存着的不一样，不知道以哪个为准。",
        cure: "把单元格的数字格式改为“常规”，核对后保存；不要的清空",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::NotShown, stored) = cell.value() else { return None };
    let message = format!("“{}”里存着数字，单元格却没有显示，没有读取", cell.column.label());
    Some(cell.finding(code, message).found(stored).expected(cell.column.expected()))
}
