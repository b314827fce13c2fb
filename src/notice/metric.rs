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
    /// As a number.
    #[default]
    Number,
    /// As a percentage: 0.85 is shown as 85%.
    Percent,
}

/// A check of the notice, evaluated for each row of a ledger.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The ledger's id. Required.
    pub ledger: Spanned<String>,
    /// The condition over `row`; a row for which it holds is a finding. Required.
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
