//! What an earlier run reported (上期): the metrics that this run compares with. A branch without them, or a metric
//! that has no value there, is never taken for 0.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::diagnostics::{CellPosition, SheetRef};
use crate::store::Digest;

/// The metrics of a branch, or of the department, in the previous period, by their indices in the notice as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreviousValues(Vec<Option<PreviousValue>>);

/// A metric's value in the previous period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousValue {
    /// The value as reported; a rate as a fraction.
    pub value: Decimal,
    /// The file that it was read from, with its sheet; without one for the record of a run.
    pub source: Arc<SheetRef>,
    /// The cell that it was read from; `None` for the record of a run.
    pub cell: Option<CellPosition>,
}

/// The file with what an earlier run reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousPeriod {
    /// The file's name, without its folder.
    pub file: String,
    /// The hash of its bytes.
    pub digest: Digest,
    /// The values of the department's metrics (`[summary.metric]`), by their indices.
    pub department: PreviousValues,
    /// How many branches the department's metrics are over; `None` when the file does not say it.
    pub reporting: Option<usize>,
}

impl PreviousValues {
    /// Of a run that compares with no other.
    pub const NONE: &'static Self = &Self(Vec::new());

    /// Values by their indices.
    pub fn new(values: Vec<Option<PreviousValue>>) -> Self {
        Self(values)
    }

    /// The value of the metric with this index.
    pub fn get(&self, at: usize) -> Option<&PreviousValue> {
        self.0.get(at)?.as_ref()
    }

    /// The number of the metric with this index.
    pub fn number(&self, at: usize) -> Option<Decimal> {
        self.get(at).map(|previous| previous.value)
    }

    /// The numbers of `metrics` metrics, in their order.
    pub fn numbers(&self, metrics: usize) -> Vec<Option<Decimal>> {
        (0..metrics).map(|at| self.number(at)).collect()
    }

    /// The values with the indices of their metrics.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &PreviousValue)> {
        self.0.iter().enumerate().filter_map(|(at, value)| Some((at, value.as_ref()?)))
    }

    /// Whether no metric has a value.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}
