//! Blank cells of required columns.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::Value;
use crate::notice::ColumnType;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z101",
        title: "必填项为空",
        severity: Severity::Error,
        what: "设置为必填（required）的列里的空单元格。",
        why: "在报告中成为待填写，用到它的指标无法计算。",
        cure: "补填该单元格",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    // Z202 reports rows without a branch.
    let needed = cell.column.required && cell.column.kind != ColumnType::Branch;
    (needed && cell.value() == Value::Missing).then(|| {
        let message = format!("“{}”是必填项，这里是空的", cell.column.label());
        cell.finding(code, message).expected(cell.column.expected())
    })
}
