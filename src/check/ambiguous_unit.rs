//! Numbers that were read with a unit their writer may not have meant.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::Value;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z108",
        title: "单位存疑",
        severity: Severity::Warning,
        what: "百分比列里没有百分号的大于 1 的数（按百分之几读取），或没有规定单位的列里带着单位的数。",
        why: "85 是 85% 还是 8500%，1.5万 是不是 15000，程序只能按列的类型理解。",
        cure: "写成 85% 或 0.85；去掉不相干的单位",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let (Value::Number(number), true) = (cell.value(), cell.notes().doubtful) else { return None };
    let text = crate::metric::shown(number, cell.column.kind.show(), cell.column.decimals);
    let unit = cell.column.unit.as_deref().unwrap_or_default();
    let message = format!("“{}”的单位存疑，按 {text}{unit} 读取", cell.column.label());
    Some(cell.finding(code, message).expected(cell.column.expected()))
}
