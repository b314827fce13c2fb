//! Ledgers with a row for each kind of things and their number: the rows are no events, and their number says nothing.

use std::collections::HashSet;

use super::columns::DesignedColumns;
use super::observe::ObservedLedger;
use crate::ingest::{RawCell, fold};
use crate::notice::ColumnType;

/// The last words of headers of kinds.
const KIND_WORDS: [&str; 9] = ["类别", "类型", "种类", "品种", "型号", "车型", "规格", "名称", "项目"];

/// The id of the column with the kind; `None` when rows are something else: one has a day, a branch has a kind twice,
/// or nothing is added up. `branch` is the index of the branch column.
pub(super) fn kind_column(ledger: &ObservedLedger, branch: usize, designed: &DesignedColumns) -> Option<String> {
    let columns = || designed.columns.iter();
    let is_of_numbers = columns().any(|column| column.is_additive());
    if !is_of_numbers || columns().any(|column| column.kind == ColumnType::Date) {
        return None;
    }
    let kinds = columns().find(|column| {
        column.kind == ColumnType::Choice && KIND_WORDS.iter().any(|word| column.label.ends_with(word))
    })?;
    let at = designed.ids.iter().position(|id| *id == kinds.id)?;
    is_once_a_branch(ledger, branch, at).then(|| kinds.id.clone())
}

/// Whether every branch has each text of a column once at most, and some branch has two; a blank branch is the one
/// above.
fn is_once_a_branch(ledger: &ObservedLedger, branch: usize, kind: usize) -> bool {
    let (Some(branches), Some(kinds)) = (ledger.columns.get(branch), ledger.columns.get(kind)) else { return false };
    let text = |raw: &Option<RawCell>| raw.as_ref().map(|raw| fold(&raw.to_text()).into_owned());
    let mut seen = HashSet::new();
    let mut names = HashSet::new();
    let mut current = String::new();
    for (name, kind) in branches.cells.iter().zip(&kinds.cells) {
        current = text(name).unwrap_or(current);
        if !seen.insert((current.clone(), text(kind))) {
            return false;
        }
        names.insert(current.clone());
    }
    seen.len() > names.len()
}
