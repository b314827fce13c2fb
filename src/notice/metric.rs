//! `[metric.…]` and `[[check]]`: expressions over a branch's rows.

use serde::Deserialize;
use toml::Spanned;

use crate::diagnostics::Severity;

/// A metric: how it is computed and shown.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// The metric's name in messages and gaps. Required.
    pub label: String,
    /// The expression over the branch's rows, of type number. Required.
    pub expr: Spanned<String>,
    /// Whether the number is shown as it is or as a percentage; `number` by default.
    #[serde(default)]
    pub show: Show,
    /// The decimal places to which the exact value is rounded half up; not rounded by default.
    pub decimals: Option<u32>,
    /// The unit, such as 学时, as messages show it; templates write units themselves. None by default.
    pub unit: Option<String>,
}

/// How a number is shown in a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Show {
    /// As a number, with the metric's decimal places.
    #[default]
    Number,
    /// As a percentage: 0.85 is shown as 85%.
    Percent,
}

/// What a check of the notice is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckScope {
    /// Each row of a ledger.
    #[default]
    Row,
    /// Each branch: its metrics and its rows.
    Branch,
    /// The department: the metrics and lists of the summary.
    Department,
}

/// A check of the notice (`[[check]]`): a condition whose truth is a finding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What the check is about; rows by default.
    #[serde(default)]
    pub scope: CheckScope,
    /// The ledger's id; required for checks of rows, and for these only.
    pub ledger: Option<Spanned<String>>,
    /// The condition; a row, a branch or the department for which it holds is a finding. Required.
    pub when: Spanned<String>,
    /// The severity of the findings. Required.
    pub severity: Severity,
    /// The finding in one Chinese sentence. Required.
    pub message: String,
    /// The id of the column whose cell is the finding's location; the row's first cell by default.
    pub column: Option<String>,
    /// What the reader can do; nothing by default.
    pub cure: Option<String>,
}
