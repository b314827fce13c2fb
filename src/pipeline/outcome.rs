//! The outcome of a build, for the front ends.

use crate::diagnostics::{Diagnostic, SeverityCounts};
use crate::manifest::{Freshness, ReportOutcome};
use crate::reconcile::Reconciliation;

/// The outcome of a build: what was written, what was not, and why.
#[derive(Clone, Debug, Default)]
pub struct BuildOutcome {
    /// The reports that were asked for: first of roster rows that cannot be used, then in the roster's order. Reports
    /// that a cancelled run did not reach are left out.
    pub reports: Vec<ReportOutcome>,
    /// The department's report, when the notice has one and all branches were asked for.
    pub summary: Option<ReportOutcome>,
    /// All findings, with the severities that the settings give them.
    pub findings: Vec<Diagnostic>,
    /// The reconciliation of rows and sums read against those reported.
    pub proof: Reconciliation,
    /// Whether the run's record or the home page could not be written.
    pub unrecorded: bool,
    /// Whether a report that was asked for was not made because a final one was kept: a draft asked for by name, or a
    /// final report in place of a signed one.
    pub refused: bool,
    /// Whether the run was cancelled: reports that it did not reach are as they were.
    pub cancelled: bool,
}

impl BuildOutcome {
    /// How many branches' reports are there as they were asked for.
    pub fn written(&self) -> usize {
        self.reports.iter().filter(|report| !report.is_stopped() && !report.is_kept_final()).count()
    }

    /// How many branches' final reports were left as they are although others were asked for.
    pub fn kept_finals(&self) -> usize {
        self.reports.iter().filter(|report| report.is_kept_final()).count()
    }

    /// How many branches' reports were reused from an earlier run.
    pub fn unchanged(&self) -> usize {
        self.reports.iter().filter(|report| report.freshness == Freshness::Reused).count()
    }

    /// How many branches' reports could not be made, or not be final.
    pub fn stopped(&self) -> usize {
        self.reports.iter().filter(|report| report.is_stopped()).count()
    }

    /// What became of the department's report, as a continuation of the sentence about branches' reports.
    pub fn summary_clause(&self) -> Option<&'static str> {
        Some(match self.summary.as_ref()? {
            summary if summary.is_kept_final() => "正式的汇总没有动",
            summary if summary.is_stopped() => "汇总未生成",
            _ => "汇总 1 份",
        })
    }

    /// Whether something that was asked for is not there, or cannot be relied on.
    pub fn failed(&self) -> bool {
        let any_stopped = self.reports.iter().chain(&self.summary).any(ReportOutcome::is_stopped);
        any_stopped || self.refused || !self.proof.holds || self.unrecorded
    }

    /// How many gaps all reports have together.
    pub fn gaps(&self) -> usize {
        self.reports.iter().chain(&self.summary).map(|report| report.gaps.len()).sum()
    }

    /// How many findings there are of each severity.
    pub fn counts(&self) -> SeverityCounts {
        self.findings.iter().collect()
    }
}
