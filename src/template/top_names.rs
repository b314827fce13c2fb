//! Names that templates have besides those of the notice.

/// The name of the branch's row in the roster; in rows of all branches, of the row's branch.
pub(super) const BRANCH: &str = "branch";
/// The name under which the department's templates have the rows of all branches, by ledger.
pub(super) const ALL_BRANCHES: &str = "all";
/// The name under which the department's templates have who reported.
pub(super) const REPORTING: &str = "reporting";
/// The name of the list of the branches that are left out, below [`REPORTING`].
pub(super) const LEFT_OUT: &str = "left_out";
/// The name before that of a metric in the previous period.
pub(super) const PREVIOUS: &str = "prev";
/// The name before that of a metric's change since the previous period; templates write it as a call.
pub(super) const CHANGE: &str = "change";
