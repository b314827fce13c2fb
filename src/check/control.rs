//! Characters that a document cannot hold; reading drops them.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z106",
        title: "已去掉不能显示的字符",
        severity: Severity::Warning,
        what: "控制字符、改变文字方向的符号、私用区字符、认不出的字。",
        why: "公文里放不下它们，有的会让文件打不开；私用区的生僻字换台电脑就变样。",
        cure: "重新录入该单元格，生僻字请用标准字形",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    let dropped = cell.notes().dropped;
    (dropped > 0).then(|| {
        let message = format!("“{}”去掉了 {dropped} 个不能出现在公文中的字符", cell.column.label());
        cell.finding(code, message)
    })
}
