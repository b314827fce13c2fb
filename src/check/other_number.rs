//! Numbers of which their cell shows another one.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z134",
        title: "显示的数不是存着的数",
        severity: Severity::Error,
        what: "数字格式把数缩小（0.0, 把 15000 显示成 15.0）或添上数字（\"5\"0 把 38 显示成 538），又没有写单位；表头的单位说得通的（15.0 在“千元”下面）照读。",
        why: "看到的是一个数，存着的是另一个，不知道以哪个为准。",
        cure: "把单元格的数字格式改为“常规”，核对数和表头的单位后保存",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::OtherNumber, both) = cell.value() else { return None };
    let message = format!("“{}”显示的数不是单元格里存着的数，没有读取", cell.column.label());
    Some(cell.finding(code, message).found(both).expected(cell.column.expected()))
}
