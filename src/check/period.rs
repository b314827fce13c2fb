//! Dates before a column's `from` or after its `to`.

use jiff::civil::Date;

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::Value;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z107",
        title: "日期不在期限内",
        severity: Severity::Warning,
        what: "早于 from 或晚于 to 的日期。",
        why: "多半是年份写错。",
        cure: "核对日期；期限定错的改 notice.toml",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let bound = |bound: Option<Date>| bound.map_or_else(|| "不限".to_owned(), |bound| bound.to_string());
    let (Value::Date(date), column) = (cell.value(), cell.column) else { return None };
    let outside = column.from.is_some_and(|from| date < from) || column.to.is_some_and(|to| date > to);
    outside.then(|| {
        let expected = format!("{} 至 {}", bound(column.from), bound(column.to));
        let message = format!("“{}”不在期限内", column.label());
        cell.finding(code, message).found(date.to_string()).expected(expected)
    })
}
