//! Formulas without a stored result that reading computed.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z120",
        title: "公式由程序计算",
        severity: Severity::Warning,
        what: "没有保存计算结果的公式，只用到本表的加、减、乘、求和与条件，由程序算出结果。",
        why: "结果不是表格软件算的，说明一声以便核对。",
        cure: "核对结果；或用表格软件打开该文件，保存后重新报送",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    cell.notes().computed.then(|| {
        let message = format!("“{}”是没有结果的公式，按算出的值读取", cell.column.label());
        cell.finding(code, message)
    })
}
