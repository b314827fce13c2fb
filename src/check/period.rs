//! Days outside their column's period.

use jiff::civil::Date;

use super::{Rule, Scope};
use crate::diag::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::Value;

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z107",
        title: "日期不在期限内",
        severity: Severity::Warning,
        what: "早于 from 或晚于 to 的日期。",
        why: "多半是年份写错。",
        cure: "核对日期；期限定错的改 notice.toml",
    },
    check,
};

fn check(code: Code, scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    let bound = |bound: Option<Date>| bound.map_or_else(|| "不限".to_owned(), |bound| bound.to_string());
    for cell in scope.cells() {
        let Value::Date(date) = cell.value() else { continue };
        let column = cell.column;
        if column.from.is_some_and(|from| *date < from) || column.to.is_some_and(|to| *date > to) {
            let expected = format!("{} 至 {}", bound(column.from), bound(column.to));
            let message = format!("“{}”不在期限内", column.label());
            findings.push(cell.finding(code, message).found(date.to_string()).expected(expected));
        }
    }
}
