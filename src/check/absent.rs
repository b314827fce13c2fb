//! # 台账中没有该党组织 (Z203)
//! **What it does**: finds branches of the roster that no ledger names, and branches missing from a ledger
//! that every branch must be in (`every_branch = true`).
//! **Why**: their reports would consist of gaps; somebody has to be reminded before the deadline.
//! **How to cure**: hand in the ledger, or correct the branch's name in it.

use super::Scope;
use crate::diag::{Diagnostic, Place, code};

/// Reports branches without rows.
pub fn check(scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for branch in &scope.bound.branches {
        if !branch.has_rows() {
            let finding = Diagnostic::new(&code::NO_ROWS, Place::Branch, "各台账中都没有该党组织的记录");
            findings.push(finding.of_branch(branch.name()));
            continue;
        }
        for (index, ledger) in scope.notice.ledger.values().enumerate() {
            if ledger.every_branch && branch.rows(index).is_some_and(<[_]>::is_empty) {
                let message = format!("《{}》中没有该党组织的记录", ledger.title);
                findings.push(Diagnostic::new(&code::NO_ROWS, Place::Branch, message).of_branch(branch.name()));
            }
        }
    }
}
