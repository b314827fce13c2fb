//! What the department's table shows of a branch that has no rows: by the rule of the branches' reports. Where these
//! have a gap for a part without data, a number that is 0 only because nothing was handed in is no number in the table;
//! where a branch reported that it has nothing to report, a count is 0, and a rate of nothing is none.

use rust_decimal::Decimal;

use super::content::SummaryContent;
use crate::model::Branch;
use crate::notice::{Notice, WithoutData};

/// A cell of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MetricCell {
    /// The metric as reported.
    Number(Decimal),
    /// The branch has no rows and no nil report in the ledgers that the metric reads; totals count 0.
    NoRows,
    /// The branch has nothing to report, so that there is no rate and no mean.
    NotApplicable,
    /// The ledgers lack a value.
    Gap,
}

impl MetricCell {
    /// What a total counts; `None` for a gap.
    pub(super) fn counted(self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(number),
            Self::NoRows | Self::NotApplicable => Some(Decimal::ZERO),
            Self::Gap => None,
        }
    }
}

/// Decides about the cells of one metric.
pub(super) struct AbsenceRule {
    /// The ledgers that the metric reads but for the roster; empty for a metric that compares with an earlier run.
    ledgers: Vec<usize>,
}

impl AbsenceRule {
    /// The rule of the metric with this index.
    pub(super) fn of(metric: usize, content: &SummaryContent<'_>) -> Self {
        let roster = content.notice.ledger_index(&content.notice.roster.ledger);
        let reads = content.expressions.dependencies().get(metric).filter(|reads| reads.previous.is_empty());
        let ledgers = reads.into_iter().flat_map(|reads| &reads.all).map(|(ledger, _)| *ledger);
        Self { ledgers: ledgers.filter(|ledger| Some(*ledger) != roster).collect() }
    }

    /// The cell of a branch, whose metric has this value.
    pub(super) fn cell(&self, value: Option<Decimal>, branch: &Branch, notice: &Notice) -> MetricCell {
        let handed_in = |ledger: &usize| branch.rows(*ledger).is_some_and(<[_]>::is_empty);
        let is_empty = !self.ledgers.is_empty() && self.ledgers.iter().all(handed_in);
        let is_nil = self.ledgers.iter().any(|ledger| branch.has_nil_report(*ledger));
        let has_gap = || self.ledgers.iter().any(|ledger| is_gap_without_rows(*ledger, branch.kind(), notice));
        match value {
            Some(number) if !(is_empty && number.is_zero()) => MetricCell::Number(number),
            _ if is_empty && !is_nil && has_gap() => MetricCell::NoRows,
            None if is_empty && is_nil => MetricCell::NotApplicable,
            Some(number) => MetricCell::Number(number),
            None => MetricCell::Gap,
        }
    }
}

/// Whether the report of a branch of that kind has a gap where it has no rows in a ledger.
fn is_gap_without_rows(ledger: usize, kind: &str, notice: &Notice) -> bool {
    let parts = notice.section.iter().flat_map(|section| &section.part);
    let mut of_ledger = parts.filter(|part| {
        part.is_for(kind) && part.ledgers.iter().any(|id| notice.ledger_index(id.get_ref()) == Some(ledger))
    });
    of_ledger.any(|part| part.without_data == WithoutData::Gap)
}
