//! The result of a comparison; `serve` keeps the latest one as JSON.

use serde::{Deserialize, Serialize};

use crate::manifest::ReportState;

/// What changed between two runs, branch by branch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Differences {
    /// Branches that only the new run has.
    pub added: Vec<String>,
    /// Branches that only the old run has.
    pub gone: Vec<String>,
    /// The department's metrics that changed.
    pub summary: Vec<MetricChange>,
    /// The branches that changed, in the new run's order.
    pub branches: Vec<BranchChange>,
    /// Number of branches without changes.
    pub unchanged: usize,
    /// Branches whose rows were not compared, because a run has no `sources.json` of them.
    pub without_sources: Vec<String>,
    /// Branches whose text was not compared, because a run has no Markdown report of them.
    pub without_text: Vec<String>,
}

/// The changes of a branch that both runs have; at least one list is not empty, or the state differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BranchChange {
    /// Name of the branch.
    pub branch: String,
    /// The state of its report before and now, when it differs.
    pub state: Option<(ReportState, ReportState)>,
    /// Metrics that changed.
    pub metrics: Vec<MetricChange>,
    /// Ledger rows that changed.
    pub rows: Vec<RowChange>,
    /// Paragraphs of its report that changed.
    pub paragraphs: Vec<ParagraphChange>,
}

/// A metric that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MetricChange {
    /// Id of the metric.
    pub id: String,
    /// What reports call it.
    pub label: String,
    /// Its value before; `None` when the ledgers did not give it.
    pub old: Option<String>,
    /// Its value now; `None` when the ledgers do not give it.
    pub new: Option<String>,
    /// Indices of the row changes that explain it.
    pub because: Vec<usize>,
}

/// A row of a ledger that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RowChange {
    /// Id of the ledger.
    pub ledger: String,
    /// Title of the ledger.
    pub title: String,
    /// File and sheet of the new row, or of the old one when it is gone.
    pub place: String,
    /// What changed.
    pub what: DifferenceKind,
}

/// What changed in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DifferenceKind {
    /// It was added: its number, from 1, and its text.
    Added(u32, String),
    /// It was removed: its number and its text.
    Gone(u32, String),
    /// Some of its cells changed.
    Cells(Vec<CellChange>),
}

/// A cell that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CellChange {
    /// Id of the column.
    pub column: String,
    /// What reports call the column.
    pub label: String,
    /// Address of the cell in the new file; in the old one when only that has the column.
    pub cell: String,
    /// Its text before; empty for a blank cell.
    pub old: String,
    /// Its text now.
    pub new: String,
}

/// Consecutive paragraphs of a report that changed; `old` is empty for added text, `new` for removed text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ParagraphChange {
    /// The paragraphs before.
    pub old: Vec<String>,
    /// The paragraphs now.
    pub new: Vec<String>,
}

impl BranchChange {
    /// Whether nothing changed.
    pub(super) fn is_empty(&self) -> bool {
        self.state.is_none() && self.metrics.is_empty() && self.rows.is_empty() && self.paragraphs.is_empty()
    }
}

impl Differences {
    /// Sentences about what was not compared.
    pub(crate) fn not_compared(&self) -> Vec<String> {
        let line = |lacks: &str, names: &[String]| match names {
            [] => None,
            [first, ..] if names.len() > 3 => Some(format!("{lacks}：{first} 等 {} 个单位", names.len())),
            _ => Some(format!("{lacks}：{}", names.join("、"))),
        };
        let sources = line("缺少 sources.json，没有比对台账的行", &self.without_sources);
        let text = line("缺少 Markdown 报告，没有比对文字", &self.without_text);
        sources.into_iter().chain(text).collect()
    }

    /// Whether nothing changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.gone.is_empty() && self.summary.is_empty() && self.branches.is_empty()
    }
}
