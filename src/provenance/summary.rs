//! Provenance in the department's report: of its own metrics over all branches, and of each branch's values and rows.

use std::borrow::Cow;

use super::trace::{cell_of, of_previous};
use super::{Basis, ExpressionProvenance, Keys, Period, Provenance, Tracer};
use crate::expr::Expressions;
use crate::model::{Branch, PreviousValues};
use crate::notice::Notice;

/// Keys of the values that the department's report can print: its metrics, the same in the previous period, their
/// changes since, then for each branch its name and the keys of its own report.
#[derive(Clone, Debug)]
pub struct SummaryKeys {
    /// The number of the department's metrics.
    summary: u32,
    branches: Vec<BranchKeys>,
}

/// The keys of a branch's values in the department's report.
#[derive(Clone, Debug)]
struct BranchKeys {
    /// The key of its name; the keys of its own report follow, in their order.
    name: u32,
    own: Keys,
}

impl SummaryKeys {
    /// The keys of a notice and its branches.
    pub fn new(branches: &[&Branch], notice: &Notice) -> Self {
        let summary = notice.summary.as_ref().map_or(0, |summary| summary.metric.len()) as u32;
        let mut end = 3 * summary;
        let branches = branches.iter().map(|branch| {
            let keys = BranchKeys { name: end, own: Keys::new(branch, notice) };
            end += 1 + keys.own.len();
            keys
        });
        Self { summary, branches: branches.collect() }
    }

    /// The key of one of the department's metrics.
    #[allow(
        clippy::unused_self,
        reason = "all keys come from this value; callers do not rely on how they are numbered"
    )]
    pub fn summary(&self, at: usize) -> u32 {
        at as u32
    }

    /// The key of one of them in the previous period.
    pub fn summary_previous(&self, at: usize) -> u32 {
        self.summary + at as u32
    }

    /// The key of its change since the previous period.
    pub fn summary_change(&self, at: usize) -> u32 {
        2 * self.summary + at as u32
    }

    /// The key of a branch's metric in the previous period.
    pub fn previous(&self, branch: usize, at: usize) -> u32 {
        self.of_branch(branch, |keys| keys.previous(at))
    }

    /// The key of its change since the previous period.
    pub fn change(&self, branch: usize, at: usize) -> u32 {
        self.of_branch(branch, |keys| keys.change(at))
    }

    /// The key of a branch's metric.
    pub fn metric(&self, branch: usize, at: usize) -> u32 {
        self.of_branch(branch, |keys| keys.metric(at))
    }

    /// The key of a branch's name.
    pub fn name(&self, branch: usize) -> u32 {
        self.branches.get(branch).map_or(u32::MAX, |keys| keys.name)
    }

    /// The key of a cell of a branch's row.
    pub fn cell(&self, branch: usize, ledger: usize, row: usize, column: usize) -> u32 {
        self.of_branch(branch, |keys| keys.cell(ledger, row, column))
    }

    /// The key of a value that has the key `own` in the branch's own report; one that stands for nothing when there is
    /// no such branch.
    fn of_branch(&self, branch: usize, own: impl FnOnce(&Keys) -> u32) -> u32 {
        self.branches.get(branch).map_or(u32::MAX, |keys| keys.name + 1 + own(&keys.own))
    }

    /// The branch whose value a key stands for, and its key in the branch's own report, `None` for the branch's name;
    /// nothing for a key of the department's metrics.
    fn decode(&self, key: u32) -> Option<(usize, Option<u32>)> {
        let branch = self.branches.partition_point(|keys| keys.name <= key).checked_sub(1)?;
        Some((branch, (key - self.branches[branch].name).checked_sub(1)))
    }
}

/// The indices of metrics whose values in the previous period one of the department's metrics reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PreviousReads<'a> {
    /// Indices in `[summary.metric]`, of the department's own metrics.
    pub own: &'a [usize],
    /// Indices in `[metric]`, of the metrics of branches.
    pub of_branches: &'a [usize],
}

/// Finds the provenance of what the department's report prints.
#[derive(Clone, Debug)]
pub(crate) struct SummaryTracer<'a> {
    branches: &'a [&'a Branch],
    notice: &'a Notice,
    expressions: &'a Expressions,
    keys: SummaryKeys,
    /// The department's metrics in the previous period.
    previous: &'a PreviousValues,
}

impl<'a> SummaryTracer<'a> {
    /// A tracer over the branches of the report; `previous` are the department's metrics in the previous period.
    pub(crate) fn new(
        branches: &'a [&'a Branch],
        notice: &'a Notice,
        expressions: &'a Expressions,
        previous: &'a PreviousValues,
    ) -> Self {
        Self { branches, notice, expressions, keys: SummaryKeys::new(branches, notice), previous }
    }

    /// The keys that the department's values are printed with.
    pub(crate) fn keys(&self) -> &SummaryKeys {
        &self.keys
    }

    /// The expressions of the notice.
    pub(crate) fn expressions(&self) -> &'a Expressions {
        self.expressions
    }

    /// For each of the department's metrics, the indices of the branches' metrics that it reads.
    pub(crate) fn reads(&self) -> &'a [Vec<usize>] {
        self.expressions.summary_dependencies()
    }

    /// The values of the previous period that the department's metric with this index reads.
    pub(crate) fn previous(&self, index: usize) -> PreviousReads<'a> {
        let of = |reads: &'a [Vec<usize>]| reads.get(index).map_or(&[][..], Vec::as_slice);
        PreviousReads {
            own: of(self.expressions.summary_previous()),
            of_branches: of(self.expressions.summary_branch_previous()),
        }
    }

    /// The provenance of the value with a key; `None` when it is not a key of the department's report.
    pub(crate) fn origin(&self, key: u32) -> Option<Provenance<'a>> {
        match self.keys.decode(key) {
            None => {
                let (block, at) = (key.checked_div(self.keys.summary)?, key % self.keys.summary);
                self.of_summary(block, at as usize)
            }
            Some((branch, own)) => self.of_branch_value(branch, own),
        }
    }

    /// Of the department's metric with this index: in block 0 its value, in 1 that of the previous period, in 2 the
    /// change.
    fn of_summary(&self, block: u32, index: usize) -> Option<Provenance<'a>> {
        let word = self.notice.words.previous.as_str();
        if block != 1 {
            return self.of_summary_metric(index, (block == 2).then_some(Period::Change(word)));
        }
        let (_, metric) = self.notice.summary.as_ref()?.metric.get_index(index)?;
        Some(of_previous(&metric.label, Some(Period::Previous(word)), self.previous.get(index)))
    }

    fn of_summary_metric(&self, index: usize, period: Option<Period<'a>>) -> Option<Provenance<'a>> {
        let summary = &self.notice.summary.as_ref()?.metric;
        let (id, metric) = summary.get_index(index)?;
        let word = &self.notice.words.previous;
        let label = |read: &usize| self.notice.metric.get_index(*read).map(|(_, metric)| metric.label.as_str());
        let reads = self.expressions.summary_dependencies().get(index)?;
        let mut labels: Vec<Cow<'a, str>> = reads.iter().filter_map(label).map(Cow::from).collect();
        let previous = self.expressions.summary_branch_previous().get(index)?;
        labels.extend(previous.iter().filter_map(label).map(|label| Cow::from(format!("{word}的{label}"))));
        let basis = match (labels.is_empty(), self.expressions.summary_reads_branches(index)) {
            (false, _) => Basis::Metrics(labels),
            (true, true) => Basis::Branches,
            (true, false) => Basis::Settings,
        };
        let reads = self.expressions.summary_previous().get(index)?;
        let compared = period.is_some().then_some(index);
        let (mut ranges, mut basis) = (Vec::new(), basis);
        for previous in reads.iter().copied().chain(compared).filter_map(|at| self.previous.get(at)) {
            ranges.extend(cell_of(previous));
            if basis == Basis::Settings {
                basis = Basis::PreviousRun(&previous.source);
            }
        }
        let computed = Some(ExpressionProvenance { metric: Some(id), expression: metric.expr.get_ref() });
        Some(Provenance { name: &metric.label, period, computed, ranges, basis, ..Provenance::default() })
    }

    /// Of a branch's value with the key `own` in its own report; of its name without one.
    fn of_branch_value(&self, branch: usize, own: Option<u32>) -> Option<Provenance<'a>> {
        let branch = self.branches.get(branch)?;
        let tracer = Tracer::new(branch, self.notice, self.expressions);
        if let Some(own) = own {
            return Some(Provenance { owner: Some(branch.name()), ..tracer.origin(own)? });
        }
        let (roster, _, ledger) = self.notice.ledger.get_full(&self.notice.roster.ledger)?;
        tracer.origin(tracer.keys().cell(roster, 0, ledger.columns.get_index_of(&self.notice.roster.name)?))
    }
}
