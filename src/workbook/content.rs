//! What the department's table is made of.

use crate::expr::{BranchMetrics, Expressions};
use crate::model::Branch;
use crate::notice::Notice;

/// All branches, for the department's table.
#[derive(Clone, Copy)]
pub(crate) struct SummaryContent<'a> {
    /// The branches that reported, with their rows.
    pub branches: &'a [&'a Branch],
    /// The branches that the summary leaves out.
    pub left_out: &'a [&'a Branch],
    /// Their metrics, in the same order.
    pub metrics: &'a [BranchMetrics<'a>],
    /// The compiled conditions of sheets (`when`).
    pub expressions: &'a Expressions,
    /// The notice, whose `[[summary.sheet]]` tables say what the sheets list.
    pub notice: &'a Notice,
}
