//! Where the texts of the department's report come from: metrics over all branches, and each branch's own.

use super::{Basis, Computed, Provenance, Tracer};
use crate::expr::Expressions;
use crate::model::Branch;
use crate::notice::Notice;

/// Keys of what the department's templates can print: its metrics, then each branch's metrics and its name.
#[derive(Clone, Copy, Debug)]
pub struct SummaryKeys {
    summary: u32,
    metrics: u32,
}

impl SummaryKeys {
    /// The keys of a notice.
    pub fn of(notice: &Notice) -> Self {
        let summary = notice.summary.as_ref().map_or(0, |summary| summary.metric.len());
        Self { summary: summary as u32, metrics: notice.metric.len() as u32 }
    }

    /// The key of one of the department's metrics.
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

/// Finds the origins of what the department's report prints.
#[derive(Clone, Copy, Debug)]
pub struct SummaryTracer<'a> {
    branches: &'a [Branch],
    notice: &'a Notice,
    expressions: &'a Expressions,
    keys: SummaryKeys,
}

impl<'a> SummaryTracer<'a> {
    /// A tracer over all branches.
    pub fn new(branches: &'a [Branch], notice: &'a Notice, expressions: &'a Expressions) -> Self {
        Self { branches, notice, expressions, keys: SummaryKeys::of(notice) }
    }

    /// The keys that the department's values are printed with.
    pub fn keys(&self) -> SummaryKeys {
        self.keys
    }

    /// For each of the department's metrics, the branch metrics that it reads.
    pub fn reads(&self) -> &'a [Vec<usize>] {
        self.expressions.summary_dependencies()
    }

    /// The origin behind a key; `None` when the key is none of the department's.
    pub fn origin(&self, key: u32) -> Option<Provenance<'a>> {
        let Some(key) = key.checked_sub(self.keys.summary) else {
            let (id, metric) = self.notice.summary.as_ref()?.metric.get_index(key as usize)?;
            let reads = self.expressions.summary_dependencies().get(key as usize)?;
            let label = |at: &usize| self.notice.metric.get_index(*at).map(|(_, metric)| metric.label.as_str());
            let over: Vec<&str> = reads.iter().filter_map(label).collect();
            let of_branches = self.expressions.summary_reads_branches(key as usize);
            let basis = match (over.is_empty(), of_branches) {
                (false, _) => Basis::Metrics(over),
                (true, true) => Basis::Branches,
                (true, false) => Basis::Settings,
            };
            let computed = Some(Computed { id, expression: metric.expr.get_ref() });
            return Some(Provenance { owner: None, name: &metric.label, computed, ranges: Vec::new(), basis });
        };
        let (branch, at) = (key / (self.keys.metrics + 1), key % (self.keys.metrics + 1));
        let branch = self.branches.get(branch as usize)?;
        let tracer = Tracer::new(branch, self.notice, self.expressions);
        if at < self.keys.metrics {
            let origin = tracer.origin(tracer.keys().metric(at as usize))?;
            return Some(Provenance { owner: Some(branch.name()), ..origin });
        }
        let (roster, _, ledger) = self.notice.ledger.get_full(&self.notice.roster.ledger)?;
        tracer.origin(tracer.keys().cell(roster, 0, ledger.columns.get_index_of(&self.notice.roster.name)?))
    }
}
