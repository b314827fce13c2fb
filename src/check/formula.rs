//! Formulas whose result was never stored.

use super::{Rule, Scope};
use crate::diag::{Code, CodeInfo, Diagnostic, Severity};
use crate::model::Value;

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z109",
        title: "公式没有结果",
        severity: Severity::Error,
        what: "写了公式但没有保存计算结果的单元格（由程序生成、没有用表格软件打开保存过的文件）。",
        why: "结果不知道，不能当作 0 或空白。",
        cure: "用表格软件打开该文件，保存后重新报送",
    },
    check,
};

fn check(code: Code, scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for cell in scope.cells() {
        if let Value::Formula(formula) = cell.value() {
            let message = format!("“{}”是公式，没有保存计算结果", cell.column.label());
            findings.push(cell.finding(code, message).found(format!("={formula}")).expected(cell.column.expected()));
        }
    }
}
