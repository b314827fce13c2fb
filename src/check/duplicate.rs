//! The same row twice.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash, Hasher};

use ahash::AHashMap;
use rayon::prelude::*;

use super::{Look, Rule, RuleContext};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::ingest::{CellValue, fold};
use crate::model::{Branch, Row};
use crate::notice::{Column, ColumnType};

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z110",
        title: "重复的行",
        severity: Severity::Error,
        what: "同一个党组织在同一种台账里内容完全相同的两行（序号不算），不论是否在同一个文件。",
        why: "会重复计数。",
        cure: "删去重复的一行；确是两件事的，写出区别",
    },
    look: Look::Whole(check),
};

fn check(code: Code, scope: &RuleContext<'_>, findings: &mut Vec<Diagnostic>) {
    let counts = |column: &Column| !matches!(column.kind, ColumnType::Serial | ColumnType::Branch);
    let ledgers = scope.notice.ledger.values();
    let ledgers: Vec<Vec<bool>> = ledgers.map(|ledger| ledger.columns.values().map(counts).collect()).collect();
    let found = scope.bound.branches.par_iter().flat_map_iter(|branch| of_branch(code, branch, &ledgers));
    findings.par_extend(found);
}

/// The rows that a branch has twice; `ledgers` says of each column whether it counts.
fn of_branch(code: Code, branch: &Branch, ledgers: &[Vec<bool>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (index, counts) in ledgers.iter().enumerate() {
        let rows = branch.rows(index).filter(|rows| rows.len() > 1).unwrap_or_default();
        let mut first: AHashMap<u64, &Row> = AHashMap::with_capacity(rows.len());
        for row in rows {
            let mut hasher = first.hasher().build_hasher();
            said(row, counts).for_each(|said| said.hash(&mut hasher));
            let mut hash = hasher.finish();
            // Rows that say something else may have the same hash: each takes the next that is free.
            while first.get(&hash).is_some_and(|earlier| !said(row, counts).eq(said(earlier, counts))) {
                hash = hash.wrapping_add(1);
            }
            let earlier = match first.entry(hash) {
                Entry::Occupied(earlier) => earlier,
                Entry::Vacant(free) => {
                    free.insert(row);
                    continue;
                }
            };
            let place = Location::Cell(row.cell_ref(0));
            let there = Location::Cell(earlier.get().cell_ref(0));
            let message = format!("与 {there} 所在的行完全相同，两行都已计入");
            findings.push(Diagnostic::new(code, place, message).of_branch(branch.name()));
        }
    }
    findings
}

/// What a row's cells say, as far as they count, each spelled in one way.
fn said<'r>(row: &'r Row, counts: &'r [bool]) -> impl Iterator<Item = CellValue<Cow<'r, str>>> {
    let counted = row.cells().zip(counts).filter(|(_, counts)| **counts);
    counted.map(|(cell, _)| match cell.map_or(CellValue::Missing, |cell| cell.value) {
        CellValue::Text(text) => CellValue::Text(fold(text)),
        other => other.with(|said| Cow::Borrowed(*said)),
    })
}
