//! Numbers in a unit that does not convert to their column's.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z121",
        title: "单位不能换算",
        severity: Severity::Error,
        what: "数字后面或表头括号里的单位，不能换算成这一列的单位：学时的列里填 12人。",
        why: "12人不是 12 学时；只取数字就写错了。",
        cure: "改成这一列的单位；确有固定换算关系的，在 notice.toml 这一列的 units 里写明",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::OtherUnit, text) = cell.value() else { return None };
    let place = if text.ends_with(|c: char| c.is_numeric()) { "表头里的单位" } else { "单位" };
    let (label, unit) = (cell.column.label(), cell.column.unit.as_deref());
    let (message, expected) = match unit {
        Some(unit) => {
            (format!("“{label}”{place}不能换算成“{unit}”"), format!("以“{unit}”为单位的{}", cell.column.expected()))
        }
        None => (format!("“{label}”没有规定单位，不知道按多少计"), cell.column.expected()),
    };
    Some(cell.finding(code, message).found(text).expected(expected))
}
