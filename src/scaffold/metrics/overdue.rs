//! How many rows are past the day by which they should be done.

use super::super::phrase::literal;
use super::super::roles::Roles;
use super::{Builder, MetricKind};

impl Builder<'_> {
    /// How many rows are past the day by which they should be done.
    pub(super) fn overdue(&mut self, roles: &Roles) {
        let ledger = self.ledger;
        let Some(due) = roles.due.and_then(|at| ledger.columns.get(at)) else { return };
        let open = match (roles.state, roles.done_on) {
            (Some(state), _) => {
                let Some(state) = ledger.columns.get(state) else { return };
                let differs = |value: &String| format!("r.{} != {}", state.id, literal(value));
                state.done.iter().map(differs).collect::<Vec<_>>().join(" && ")
            }
            (None, Some(done_on)) => {
                let Some(done_on) = ledger.columns.get(done_on) else { return };
                format!("!has(r.{})", done_on.id)
            }
            (None, None) => return,
        };
        let guard = self.fault_guard(due);
        let condition = match guard {
            Some(guard) => format!("{guard}{open} && r.{} < cutoff", due.id),
            None => format!("{open} && {}r.{} < cutoff", Self::guard(due), due.id),
        };
        let words = format!("超过{}仍未完成的", due.label);
        let label = format!("{words}{}数", self.noun());
        let overdue = self.count(label, words, &condition, MetricKind::Shortfall);
        self.clause("", vec![overdue]);
    }
}
