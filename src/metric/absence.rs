//! Whether a metric of a branch says something where the branch has no rows: by the rule of the branches' reports. Where
//! these have a gap for a part without data, a number that is 0 only because nothing was handed in is no number, neither
//! in the department's table nor for the next period; where a branch reported that it has nothing to report, or its report
//! leaves the part out, a count is 0, and a rate of nothing is none.

use rust_decimal::Decimal;

use crate::expr::Expressions;
use crate::model::Branch;
use crate::notice::{Notice, WithoutData};

/// What a metric of a branch says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricCell {
    /// The metric as reported.
    Number(Decimal),
    /// The branch has no rows and no nil report in the ledgers that the metric reads; totals count 0.
    NoRows,
    /// The branch has nothing to report, or its report says nothing of what it lacks: there is no rate and no mean.
    NotApplicable,
    /// The ledgers lack a value.
    Gap,
}

impl MetricCell {
    /// What a total counts; `None` for a gap.
    pub(crate) fn counted(self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(number),
            Self::NoRows | Self::NotApplicable => Some(Decimal::ZERO),
            Self::Gap => None,
        }
    }
}

/// What a branch has in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LedgerState {
    /// Rows; or the ledger counts as not handed in, so that metrics have no value.
    Rows,
    /// No rows, and a nil report.
    NilReport,
    /// Neither.
    Nothing,
}

impl LedgerState {
    /// What a branch has in the ledger with this index.
    pub(crate) fn of(branch: &Branch, ledger: usize) -> Self {
        match branch.rows(ledger) {
            Some([]) if branch.has_nil_report(ledger) => Self::NilReport,
            Some([]) => Self::Nothing,
            _ => Self::Rows,
        }
    }
}

/// Decides what one metric of each branch says.
pub(crate) struct AbsenceRule {
    /// The ledgers that the metric reads but for the roster; empty for a metric that compares with an earlier run.
    ledgers: Vec<usize>,
}

impl AbsenceRule {
    /// The rule of the metric with this index.
    pub(crate) fn of(metric: usize, notice: &Notice, expressions: &Expressions) -> Self {
        let roster = notice.ledger_index(&notice.roster.ledger);
        let reads = expressions.dependencies().get(metric).filter(|reads| reads.previous.is_empty());
        let ledgers = reads.into_iter().flat_map(|reads| &reads.all).map(|(ledger, _)| *ledger);
        Self { ledgers: ledgers.filter(|ledger| Some(*ledger) != roster).collect() }
    }

    /// What the metric of a branch of that kind says when it has this value; `state` is what the branch has in the
    /// ledger with an index.
    pub(crate) fn cell(
        &self,
        value: Option<Decimal>,
        kind: &str,
        state: impl Fn(usize) -> LedgerState,
        notice: &Notice,
    ) -> MetricCell {
        let states: Vec<LedgerState> = self.ledgers.iter().map(|ledger| state(*ledger)).collect();
        let is_empty = !states.is_empty() && !states.contains(&LedgerState::Rows);
        let is_nil = states.contains(&LedgerState::NilReport);
        let has_gap = || self.ledgers.iter().any(|ledger| is_gap_without_rows(*ledger, kind, notice));
        match value {
            Some(number) if !(is_empty && number.is_zero()) => MetricCell::Number(number),
            _ if is_empty && !is_nil && has_gap() => MetricCell::NoRows,
            None if is_empty => MetricCell::NotApplicable,
            Some(number) => MetricCell::Number(number),
            None => MetricCell::Gap,
        }
    }
}

/// Whether the report of a branch of that kind has a gap where it has no rows in a ledger.
fn is_gap_without_rows(ledger: usize, kind: &str, notice: &Notice) -> bool {
    if notice.ledger.get_index(ledger).is_some_and(|(_, ledger)| ledger.may_be_empty()) {
        return false;
    }
    let parts = notice.section.iter().flat_map(|section| &section.part);
    let mut of_ledger = parts.filter(|part| {
        part.is_for(kind) && part.ledgers.iter().any(|id| notice.ledger_index(id.get_ref()) == Some(ledger))
    });
    of_ledger.any(|part| part.without_data == WithoutData::Gap)
}
