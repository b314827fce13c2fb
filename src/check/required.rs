//! # 必填项为空 (Z101)
//! **What it does**: finds blank cells in columns that the settings call required.
//! **Why**: a blank cell becomes a gap in the report, and a figure that needs it cannot be computed.
//! **How to cure**: fill in the cell.

use super::Scope;
use crate::diag::{Diagnostic, code};
use crate::model::Value;
use crate::notice::ColumnType;

/// Reports blank cells of required columns; a row without branch is the binding's to report.
pub fn check(scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for cell in scope.cells() {
        if cell.column.required && cell.column.kind != ColumnType::Branch && *cell.value() == Value::Missing {
            let message = format!("“{}”是必填项，这里是空的", cell.column.label());
            findings.push(cell.finding(&code::REQUIRED, message).expected(cell.column.expected()));
        }
    }
}
