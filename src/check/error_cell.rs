//! # 单元格是错误值 (Z105)
//! **What it does**: finds `#REF!`, `#N/A` and the like.
//! **Why**: the cell has no value; taken for 0 or for blank it would falsify every figure built on it.
//! **How to cure**: mend the formula, or type the value.

use super::Scope;
use crate::diag::{Diagnostic, code};
use crate::model::Value;

/// Reports error cells.
pub fn check(scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for cell in scope.cells() {
        if let Value::Error(text) = cell.value() {
            let message = format!("“{}”是错误值，没有可用的内容", cell.column.label());
            findings.push(cell.finding(&code::ERROR_CELL, message).found(text).expected(cell.column.expected()));
        }
    }
}
