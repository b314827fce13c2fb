//! # 数值超出范围 (Z103)
//! **What it does**: finds numbers below `min` or above `max` of their column.
//! **Why**: a rate of 850 % or minus three hours is a slip of the hand.
//! **How to cure**: correct the number; or the bounds, when they are wrong.

use rust_decimal::Decimal;

use super::Scope;
use crate::diag::{Diagnostic, code};
use crate::model::Value;

/// Reports numbers outside their column's bounds.
pub fn check(scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for cell in scope.cells() {
        let Value::Number(number) = cell.value() else { continue };
        let below = cell.column.min.is_some_and(|min| *number < min);
        let above = cell.column.max.is_some_and(|max| *number > max);
        if below || above {
            let bound = |b: Option<Decimal>| b.map_or_else(|| "不限".to_owned(), |b| b.to_string());
            let expected = format!("最小 {}，最大 {}", bound(cell.column.min), bound(cell.column.max));
            let message = format!("“{}”超出允许的范围", cell.column.label());
            findings.push(cell.finding(&code::RANGE, message).found(number.to_string()).expected(expected));
        }
    }
}
