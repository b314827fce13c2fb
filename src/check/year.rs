//! Dates without a year; reading completes them with the notice's year.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::Value;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z112",
        title: "补全了年份",
        severity: Severity::Note,
        what: "没有写年份的日期，按通知的年份补全。",
        why: "跨年的台账可能补错。",
        cure: "写全年月日",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let (Value::Date(date), true) = (cell.value(), cell.notes().completed) else { return None };
    let message = format!("“{}”没有写年份，按 {} 年读取", cell.column.label(), date.year());
    Some(cell.finding(code, message))
}
