//! Error values such as #REF!.

use super::{Rule, Scope};
use crate::diag::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::Value;

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z105",
        title: "单元格是错误值",
        severity: Severity::Error,
        what: "#REF!、#N/A 之类的单元格。",
        why: "它没有值；当作 0 或空白都会算错。",
        cure: "改正公式，或直接填写内容",
    },
    check,
};

fn check(code: Code, scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for cell in scope.cells() {
        if let Value::Error(text) = cell.value() {
            let message = format!("“{}”是错误值，没有可用的内容", cell.column.label());
            findings.push(cell.finding(code, message).found(text).expected(cell.column.expected()));
        }
    }
}
