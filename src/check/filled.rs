//! Blank cells filled from the row above, in formats whose reader does not report merged cells.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z113",
        title: "按上一行补全",
        severity: Severity::Note,
        what: "不能识别合并单元格的文件（.ods、.xlsb）里的空白单元格，按上一行的内容读取。",
        why: "万一是漏填，就记到了别人名下。",
        cure: "核对；不放心的另存为 .xlsx",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    cell.notes().filled.then(|| cell.finding(code, format!("“{}”是空白，按上一行读取", cell.column.label())))
}
