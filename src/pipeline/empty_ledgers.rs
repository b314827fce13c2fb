//! The ledgers that a branch's report is made of and that have no row of it.

use std::collections::HashSet;

use crate::model::Branch;
use crate::notice::{Annex, Notice};

/// The titles of a branch's empty ledgers.
#[derive(Debug, Default)]
pub(super) struct EmptyLedgers {
    /// Those in which it reported that it has nothing to report.
    pub nil: Vec<String>,
    /// The others.
    pub missing: Vec<String>,
}

impl EmptyLedgers {
    /// Those of a branch.
    pub(super) fn of(branch: &Branch, notice: &Notice) -> Self {
        let parts = notice.section.iter().flat_map(|section| &section.part).filter(|part| part.is_for(branch.kind()));
        let annexes = notice.annex.iter().filter(|annex| annex.is_for(branch.kind()));
        let ids = parts.flat_map(|part| &part.ledgers).chain(annexes.flat_map(Annex::all_ledgers));
        let used: HashSet<&str> = ids.map(|id| id.get_ref().as_str()).collect();
        let mut empty = Self::default();
        for (index, (id, ledger)) in notice.ledger.iter().enumerate() {
            if used.contains(id.as_str()) && branch.rows(index).is_none_or(<[_]>::is_empty) {
                let list = if branch.has_nil_report(index) { &mut empty.nil } else { &mut empty.missing };
                list.push(ledger.title.clone());
            }
        }
        empty
    }
}
