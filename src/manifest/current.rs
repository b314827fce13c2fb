//! What a report would be if it was made now, for comparison with the one on record.

use crate::diagnostics::SeverityCounts;
use crate::report::Gap;
use crate::store::Digest;

/// A branch's report, or the department's, as the ledgers and settings on disk would give it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CurrentReport {
    /// Full name of the branch, or the department's.
    pub name: String,
    /// Hash of everything that it would show, comparable with [`ReportOutcome::shown`](super::ReportOutcome::shown);
    /// `None` when it cannot be made.
    pub shown: Option<Digest>,
    /// Its gaps, in the order of the report.
    pub gaps: Vec<Gap>,
    /// Of a branch, the indexes of its metrics that have no value.
    pub without_value: Vec<usize>,
    /// Findings that name the branch, by severity.
    pub findings: SeverityCounts,
    /// Errors that belong to no branch: they keep every report from being final.
    pub common_errors: usize,
    /// Why the summary leaves the branch out; empty when it does not.
    pub left_out: String,
    /// Titles of the ledgers that it is made of and that have no row of the branch.
    pub missing: Vec<String>,
    /// Titles of those in which the branch reported that it has nothing to report.
    pub nil: Vec<String>,
}
