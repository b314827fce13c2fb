//! Provenance in the department's report: of its own metrics over all branches, and of each branch's values.

use super::{Basis, Computed, Provenance, Tracer};
use crate::expr::Expressions;
use crate::model::Branch;
use crate::notice::Notice;

/// Keys of the values that the department's templates can print: its metrics, then for each branch its metrics and its
/// name.
#[derive(Clone, Copy, Debug)]
pub struct SummaryKeys {
    /// Number of the department's metrics.
    summary: u32,
    /// Number of a branch's metrics.
    metrics: u32,
}

impl SummaryKeys {
    /// The keys of a notice.
    pub fn new(notice: &Notice) -> Self {
        let summary = notice.summary.as_ref().map_or(0, |summary| summary.metric.len());
        Self { summary: summary as u32, metrics: notice.metric.len() as u32 }
    }

    /// The key of one of the department's metrics.
    #[allow(
        clippy::unused_self,
        reason = "all keys come from this value; callers do not rely on how they are numbered"
    )]
    pub fn summary(self, at: usize) -> u32 {
        at as u32
    }

    /// The key of a branch's metric.
    pub fn metric(self, branch: usize, at: usize) -> u32 {
        self.summary + branch as u32 * (self.metrics + 1) + at as u32
    }

    /// The key of a branch's name.
    pub fn name(self, branch: usize) -> u32 {
        self.metric(branch, self.metrics as usize)
    }
}

/// Finds the provenance of what the department's report prints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SummaryTracer<'a> {
    branches: &'a [Branch],
    notice: &'a Notice,
    expressions: &'a Expressions,
    keys: SummaryKeys,
}

impl<'a> SummaryTracer<'a> {
    /// A tracer over all branches.
    pub(crate) fn new(branches: &'a [Branch], notice: &'a Notice, expressions: &'a Expressions) -> Self {
        Self { branches, notice, expressions, keys: SummaryKeys::new(notice) }
    }

    /// The keys that the department's values are printed with.
    pub(crate) fn keys(&self) -> SummaryKeys {
        self.keys
    }

    /// For each of the department's metrics, the indices of the branches' metrics that it reads.
    pub(crate) fn reads(&self) -> &'a [Vec<usize>] {
        self.expressions.summary_dependencies()
    }

    /// The provenance of the value with a key; `None` when it is not a key of the department's report.
    pub(crate) fn origin(&self, key: u32) -> Option<Provenance<'a>> {
        match key.checked_sub(self.keys.summary) {
            None => self.of_summary_metric(key as usize),
            Some(key) => self.of_branch_value(key),
        }
    }

    fn of_summary_metric(&self, index: usize) -> Option<Provenance<'a>> {
        let (id, metric) = self.notice.summary.as_ref()?.metric.get_index(index)?;
        let mut labels = Vec::new();
        for read in self.expressions.summary_dependencies().get(index)? {
            labels.extend(self.notice.metric.get_index(*read).map(|(_, metric)| metric.label.as_str()));
        }
        let basis = match (labels.is_empty(), self.expressions.summary_reads_branches(index)) {
            (false, _) => Basis::Metrics(labels),
            (true, true) => Basis::Branches,
            (true, false) => Basis::Settings,
        };
        let computed = Some(Computed { id, expression: metric.expr.get_ref() });
        Some(Provenance { owner: None, name: &metric.label, computed, ranges: Vec::new(), basis })
    }

    /// Of a branch's metric or its name; `key` counts from the first branch's first metric.
    fn of_branch_value(&self, key: u32) -> Option<Provenance<'a>> {
        let (branch, value) = (key / (self.keys.metrics + 1), key % (self.keys.metrics + 1));
        let branch = self.branches.get(branch as usize)?;
        let tracer = Tracer::new(branch, self.notice, self.expressions);
        if value < self.keys.metrics {
            let origin = tracer.origin(tracer.keys().metric(value as usize))?;
            return Some(Provenance { owner: Some(branch.name()), ..origin });
        }
        let (roster, _, ledger) = self.notice.ledger.get_full(&self.notice.roster.ledger)?;
        tracer.origin(tracer.keys().cell(roster, 0, ledger.columns.get_index_of(&self.notice.roster.name)?))
    }
}
