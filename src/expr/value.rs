//! Values of expressions while they are evaluated, and why there may be none.

use std::cmp::Ordering;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::diagnostics::CellRef;
use crate::model::{self, PreviousValues, Row};

/// One value of an evaluation. Rows, texts and branches are borrowed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'r> {
    /// An exact number.
    Number(Decimal),
    /// Normalized text of a cell, or a literal.
    Text(&'r str),
    /// A day.
    Date(Date),
    /// Yes or no.
    Flag(bool),
    /// A row of a ledger.
    Row(&'r Row),
    /// A branch with its metrics, in expressions of the summary.
    Branch(&'r BranchMetrics<'r>),
    /// No value: every operation on it but `has` has no value either.
    Missing(MissingCause<'r>),
}

/// A list of values that is given to an evaluation.
#[derive(Clone, Copy, Debug)]
pub(super) enum ValueList<'r> {
    /// Rows in the order of their ledger.
    Rows(&'r [Row]),
    /// Values of any one type.
    Values(&'r [Value<'r>]),
}

/// Why a value is missing: which cell lacks it, where a single one is the cause.
#[derive(Clone, Copy, Debug)]
pub(super) enum MissingCause<'r> {
    /// No single cell is the cause.
    Unknown,
    /// The cell of a row's column, by its index in the ledger, is blank or invalid.
    Cell(&'r Row, usize),
    /// An earlier metric has no value because of this cell.
    EarlierMetric(&'r CellRef),
}

/// Why an evaluation has no result.
#[derive(Clone, Debug)]
pub(super) enum EvalError<'r> {
    /// It needs a value that is missing.
    Missing(MissingCause<'r>),
    /// The reason, in Chinese: a division by zero, a number out of range, too many steps.
    Failed(String),
}

/// The result of a metric's expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetricResult {
    /// An exact number, not yet rounded to the metric's decimal places.
    Number(Decimal),
    /// No value, because of this cell when a single one is the cause.
    Missing(Option<CellRef>),
    /// No value, for the reason given in Chinese.
    Failed(String),
}

/// A check of a branch or of the department that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldCheck {
    /// Its index in the notice.
    pub check: usize,
    /// The indexes of the metrics that its condition names.
    pub metrics: Vec<usize>,
}

/// A branch as the summary's expressions see it.
#[derive(Clone, Copy, Debug)]
pub struct BranchMetrics<'a> {
    /// The branch's name in the roster.
    pub name: &'a str,
    /// The branch's kind in the roster.
    pub kind: &'a str,
    /// The branch's metrics as reported, in the order of the notice.
    pub metrics: &'a [Option<Decimal>],
    /// The branch's metrics in the previous period.
    pub previous: &'a PreviousValues,
}

impl ValueList<'_> {
    /// The number of values.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Rows(rows) => rows.len(),
            Self::Values(values) => values.len(),
        }
    }
}

impl<'r> Value<'r> {
    /// A missing value without a single cause.
    pub(super) const MISSING: Self = Self::Missing(MissingCause::Unknown);

    /// A metric's result as the metrics after it see it.
    pub(super) fn from_result(result: &'r MetricResult) -> Self {
        match result {
            MetricResult::Number(number) => Self::Number(*number),
            MetricResult::Missing(Some(cell)) => Self::Missing(MissingCause::EarlierMetric(cell)),
            MetricResult::Missing(None) | MetricResult::Failed(_) => Self::MISSING,
        }
    }

    /// A metric's reported number.
    pub(super) fn from_metric(metric: Option<Decimal>) -> Self {
        metric.map_or(Self::MISSING, Self::Number)
    }

    /// The cell of a row's column; blank and invalid cells are missing.
    pub(super) fn from_cell(row: &'r Row, column: usize) -> Self {
        match row.value(column) {
            model::Value::Number(number) => Self::Number(number),
            model::Value::Date(date) => Self::Date(date),
            model::Value::Flag(flag) => Self::Flag(flag),
            model::Value::Text(text) => Self::Text(text),
            model::Value::Picture(_) => Self::Number(row.value(column).picture_count().into()),
            model::Value::Missing | model::Value::Unusable(..) => Self::Missing(MissingCause::Cell(row, column)),
        }
    }

    /// The number, unless the value is missing.
    pub(super) fn number(self) -> Result<Decimal, EvalError<'r>> {
        if let Self::Number(number) = self { Ok(number) } else { Err(self.unusable()) }
    }

    /// Yes or no, unless the value is missing.
    pub(super) fn flag(self) -> Result<bool, EvalError<'r>> {
        if let Self::Flag(flag) = self { Ok(flag) } else { Err(self.unusable()) }
    }

    /// The day, unless the value is missing.
    pub(super) fn date(self) -> Result<Date, EvalError<'r>> {
        if let Self::Date(date) = self { Ok(date) } else { Err(self.unusable()) }
    }

    /// The order of two values of one type, unless one is missing.
    pub(super) fn compare(self, other: Self) -> Result<Ordering, EvalError<'r>> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Ok(a.cmp(&b)),
            (Self::Text(a), Self::Text(b)) => Ok(a.cmp(b)),
            (Self::Date(a), Self::Date(b)) => Ok(a.cmp(&b)),
            (Self::Flag(a), Self::Flag(b)) => Ok(a.cmp(&b)),
            (Self::Missing(cause), _) | (_, Self::Missing(cause)) => Err(EvalError::Missing(cause)),
            (a, _) => Err(a.unusable()),
        }
    }

    /// Why the value cannot be used: it is missing. The type checker lets no value of a wrong type through.
    pub(super) fn unusable(self) -> EvalError<'r> {
        match self {
            Self::Missing(cause) => EvalError::Missing(cause),
            _ => EvalError::failed("值的种类不对"),
        }
    }
}

impl EvalError<'_> {
    /// An error with a reason in Chinese.
    pub(super) fn failed(reason: impl Into<String>) -> Self {
        Self::Failed(reason.into())
    }
}

impl MissingCause<'_> {
    /// The cell to fill in. A column that the sheet does not have has no cell.
    pub(super) fn cell(self) -> Option<CellRef> {
        match self {
            Self::Unknown => None,
            Self::Cell(row, column) => row.cell(column).map(|_| row.cell_ref(column)),
            Self::EarlierMetric(cell) => Some(cell.clone()),
        }
    }
}
