//! Formulas without a stored result.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::{CellFault, Value};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z109",
        title: "公式没有结果",
        severity: Severity::Error,
        what: "写了公式、没有保存计算结果、程序也不能代为计算的单元格（由程序生成、没有用表格软件打开保存过的文件）。",
        why: "结果不知道，不能当作 0 或空白。",
        cure: "用表格软件打开该文件，保存后重新报送",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let Value::Unusable(CellFault::NotComputed, formula) = cell.value() else { return None };
    let message = format!("“{}”是公式，没有保存计算结果", cell.column.label());
    Some(cell.finding(code, message).found(formula).expected(cell.column.expected()))
}
