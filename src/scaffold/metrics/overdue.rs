//! How many rows are past the day by which they should be done.

use super::super::design::{ColumnDesign, LedgerDesign};
use super::super::phrase::literal;
use super::super::roles::{Roles, is_as_it_should_be};
use super::Builder;

impl Builder<'_> {
    /// How many rows are past the day by which they should be done.
    pub(super) fn overdue(&mut self, roles: &Roles) {
        let ledger = self.ledger;
        let Some(due) = roles.due.and_then(|at| ledger.columns.get(at)) else { return };
        // What expires does so in whatever state it is.
        let open = if is_expiry(ledger, roles, due) { None } else { Some(open(ledger, roles)) };
        let open = match open {
            Some(None) => return,
            Some(Some(open)) => format!("{open} && "),
            None => String::new(),
        };
        let guard = self.fault_guard(due);
        let condition = match guard {
            Some(guard) => format!("{guard}{open}r.{} < cutoff", due.id),
            None => format!("{open}{}r.{} < cutoff", Self::guard(due), due.id),
        };
        let words = if open.is_empty() {
            format!("已过{}的", due.label)
        } else {
            format!("超过{}仍未完成的", due.label)
        };
        let label = format!("{words}{}数", self.noun());
        let overdue = self.count(label, words, &condition);
        self.shortfall(overdue);
    }
}

/// Whether a day is one on which something expires: no task is due on it.
fn is_expiry(ledger: &LedgerDesign, roles: &Roles, due: &ColumnDesign) -> bool {
    let is_named = ["到期", "有效期", "下次"].iter().any(|word| due.label.contains(word));
    let state = roles.state.and_then(|at| ledger.columns.get(at));
    let is_task = state.is_some_and(|state| !state.done.iter().all(|done| is_as_it_should_be(done)));
    is_named && roles.done_on.is_none() && !is_task
}

/// The condition that a row is not done; `None` where nothing says whether it is.
fn open(ledger: &LedgerDesign, roles: &Roles) -> Option<String> {
    let column = |at: Option<usize>| at.map(|at| ledger.columns.get(at));
    match (column(roles.state), column(roles.done_on)) {
        (Some(state), _) => {
            let state = state?;
            let differs = |value: &String| format!("r.{} != {}", state.id, literal(value));
            Some(state.done.iter().map(differs).collect::<Vec<_>>().join(" && "))
        }
        (None, done_on) => Some(format!("!has(r.{})", done_on??.id)),
    }
}
