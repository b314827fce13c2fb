//! Rows that a branch has handed in twice.
//!
//! Two rows of a branch and a ledger are equal when all their cells are, but for columns of serial numbers and of the
//! branch; text is compared folded.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash, Hasher};

use ahash::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::prelude::*;

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::ingest::{CellValue, fold};
use crate::model::{Branch, Row};
use crate::notice::{Column, ColumnType};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z110",
        title: "重复的行",
        severity: Severity::Error,
        what: "同一个单位在同一种台账里内容完全相同的两行（序号不算），不论是否在同一个文件。",
        why: "会重复计数。",
        cure: "删去重复的一行；确是两件事的，写出区别",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let is_compared = |column: &Column| !matches!(column.kind, ColumnType::Serial | ColumnType::Branch);
    let ledgers = context.notice.ledger.values();
    let compared: Vec<Vec<bool>> = ledgers.map(|ledger| ledger.columns.values().map(is_compared).collect()).collect();
    let branches = context.bound.branches.par_iter();
    branches.flat_map_iter(|branch| check_branch(code, branch, &compared)).collect()
}

/// Finds the repeated rows of a branch; `compared` holds for each ledger and column whether it is compared.
fn check_branch(code: Code, branch: &Branch, compared: &[Vec<bool>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let hasher = RandomState::new();
    for (index, compared) in compared.iter().enumerate() {
        let rows = branch.rows(index).filter(|rows| rows.len() > 1).unwrap_or_default();
        let mut first: HashTable<&Row> = HashTable::with_capacity(rows.len());
        let hash = |row: &Row| {
            let mut state = hasher.build_hasher();
            compared_values(row, compared).for_each(|value| value.hash(&mut state));
            state.finish()
        };
        for row in rows {
            let is_equal = |earlier: &&Row| compared_values(row, compared).eq(compared_values(earlier, compared));
            match first.entry(hash(row), is_equal, |row| hash(row)) {
                Entry::Occupied(earlier) => findings.push(finding(code, branch, row, earlier.get())),
                Entry::Vacant(entry) => drop(entry.insert(row)),
            }
        }
    }
    findings
}

fn finding(code: Code, branch: &Branch, row: &Row, earlier: &Row) -> Diagnostic {
    let earlier = Location::Cell(earlier.cell_ref(0));
    let message = format!("与 {earlier} 所在的行完全相同，两行都已计入");
    Diagnostic::new(code, Location::Cell(row.cell_ref(0)), message).of_branch(branch.name())
}

/// The values of a row's compared columns, text folded.
fn compared_values<'r>(row: &'r Row, compared: &'r [bool]) -> impl Iterator<Item = CellValue<Cow<'r, str>>> {
    let cells = row.cells().zip(compared).filter(|(_, is_compared)| **is_compared);
    cells.map(|(cell, _)| match cell.map_or(CellValue::Missing, |cell| cell.value) {
        CellValue::Text(text) => CellValue::Text(fold(text)),
        other => other.with(|text| Cow::Borrowed(*text)),
    })
}
