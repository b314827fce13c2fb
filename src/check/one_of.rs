//! # 不在可选项之内 (Z104)
//! **What it does**: finds cells that hold none of their column's fixed choices.
//! **Why**: counts by state or kind would pass the row over in silence.
//! **How to cure**: use one of the choices, or add the spelling to the column's synonyms in notice.toml.

use super::Scope;
use crate::diag::{Diagnostic, code};
use crate::model::Value;
use crate::notice::ColumnType;

/// Reports values that are none of their column's choices.
pub fn check(scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for cell in scope.cells().filter(|cell| cell.column.kind == ColumnType::Choice) {
        if let Value::Invalid(text) = cell.value() {
            let message = format!("“{}”不是可选项之一", cell.column.label());
            findings.push(cell.finding(&code::ONE_OF, message).found(text).expected(cell.column.expected()));
        }
    }
}
