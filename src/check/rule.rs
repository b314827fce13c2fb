//! What a rule is: a code with its help, and a function.

use super::context::{InspectedCell, RuleContext};
use crate::diagnostics::{Code, CodeInfo, Diagnostic};

/// A rule: one kind of fault in ledgers that a run looks for. `RULES` lists all.
pub(super) struct Rule {
    /// The code with the text that `zicha explain` shows.
    pub(super) info: CodeInfo,
    /// The function that finds the faults.
    pub(super) kind: RuleKind,
}

/// The function of a rule, by what it inspects. It is given the rule's own code for the findings that it makes.
pub(super) enum RuleKind {
    /// Inspects one cell. All rules of this kind share one pass over the cells.
    Cell(fn(Code, &InspectedCell<'_>) -> Option<Diagnostic>),
    /// Inspects rows, sheets or branches together.
    Whole(fn(Code, &RuleContext<'_>) -> Vec<Diagnostic>),
}
