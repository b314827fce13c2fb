//! Numbers outside their column's bounds.

use rust_decimal::Decimal;

use super::{Inspected, Look, Rule};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::Value;

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z103",
        title: "数值超出范围",
        severity: Severity::Error,
        what: "小于 min 或大于 max 的数字。",
        why: "完成率 850%、学时为负，多半是笔误。",
        cure: "核对后改正；范围定错的改 notice.toml",
    },
    look: Look::Cell(check),
};

fn check(code: Code, cell: &Inspected<'_>) -> Option<Diagnostic> {
    let bound = |bound: Option<Decimal>| bound.map_or_else(|| "不限".to_owned(), |bound| bound.to_string());
    let (Value::Number(number), column) = (cell.value(), cell.column) else { return None };
    let outside = column.min.is_some_and(|min| number < min) || column.max.is_some_and(|max| number > max);
    outside.then(|| {
        let expected = format!("最小 {}，最大 {}", bound(column.min), bound(column.max));
        let message = format!("“{}”超出允许的范围", column.label());
        cell.finding(code, message).found(number.to_string()).expected(expected)
    })
}
