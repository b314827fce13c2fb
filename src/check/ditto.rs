//! Cells that refer to another cell instead of repeating it.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z124",
        title: "写的是“同上”",
        severity: Severity::Error,
        what: "写“同上”“〃”“同左”的单元格。",
        why: "这几个字不是内容；上一行是不是这一格的内容，要看这一列的设置。",
        cure: "照着写全；这一列都可以照抄上一行的，在 notice.toml 这一列写 fill_down = true",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::Ditto, text) = cell.value() else { return None };
    let message = format!("“{}”写的是“{text}”，没有读取", cell.column.label());
    Some(cell.finding(code, message).found(text).expected(cell.column.expected()))
}
