//! # 内容与列的类型不符 (Z102)
//! **What it does**: finds cells that do not hold a number, a day or a yes-or-no where their column asks for one.
//! **Why**: such a cell counts for nothing; guessed at, it would put a wrong figure into a signed report.
//! **How to cure**: write the cell as asked.

use super::Scope;
use crate::diag::{Diagnostic, code};
use crate::model::Value;
use crate::notice::ColumnType;

/// Reports cells of the wrong type.
pub fn check(scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for cell in scope.cells().filter(|cell| cell.column.kind != ColumnType::Choice) {
        if let Value::Invalid(text) = cell.value() {
            let message = format!("“{}”不能按{}读取", cell.column.label(), cell.column.kind.expected());
            findings.push(cell.finding(&code::TYPE, message).found(text).expected(cell.column.expected()));
        }
    }
}
