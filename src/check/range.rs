//! Numbers below a column's `min` or above its `max`.

use rust_decimal::Decimal;

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::Value;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z103",
        title: "数值超出范围",
        severity: Severity::Error,
        what: "小于 min 或大于 max 的数字。",
        why: "完成率 850%、学时为负，多半是笔误。",
        cure: "核对后改正；范围定错的改 notice.toml",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let bound = |bound: Option<Decimal>| bound.map_or_else(|| "不限".to_owned(), |bound| bound.to_string());
    let (Value::Number(number), column) = (cell.value(), cell.column) else { return None };
    let outside = column.min.is_some_and(|min| number < min) || column.max.is_some_and(|max| number > max);
    outside.then(|| {
        let expected = format!("最小 {}，最大 {}", bound(column.min), bound(column.max));
        let message = format!("“{}”超出允许的范围", column.label());
        cell.finding(code, message).found(number.to_string()).expected(expected)
    })
}
