//! Cells of which a part is struck out; reading leaves the part out.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z118",
        title: "加删除线的部分没有读取",
        severity: Severity::Warning,
        what: "部分内容加了删除线的单元格：加删除线的部分不读取。",
        why: "加删除线的一般是改掉的内容；万一不是，报告里就少了这部分。",
        cure: "删去作废的内容；仍然有效的去掉删除线",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    cell.notes().struck.then(|| {
        let message = format!("“{}”里加删除线的部分没有读取", cell.column.label());
        cell.finding(code, message)
    })
}
