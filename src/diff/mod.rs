//! Compares two runs: branches, metrics with the rows behind them, ledger rows, text of the reports.
//!
//! Input are two output folders ([`load`]); output is [`Differences`], printed on a terminal ([`print`]), as an HTML
//! page ([`page`]) or as JSON. Branches are matched by name, rows by content (see `rows`), paragraphs by a line diff of
//! the Markdown. What a run lacks is left out of the comparison and reported ([`Differences::not_compared`]).

mod last_change;
mod load;
mod page;
mod rows;
mod snapshot;
mod text;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use last_change::LastChange;
pub use load::{LoadError, Side, load};
pub use page::page;
pub use snapshot::Snapshot;
pub use text::{metric_line, print, row_lines};

use crate::manifest::{BranchRecord, Cells, ReportState, Sources};

/// The differences between two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differences {
    /// Names of branches that only the new run has.
    pub added: Vec<String>,
    /// Names of branches that only the old run has.
    pub gone: Vec<String>,
    /// The department's metrics that changed.
    pub summary: Vec<MetricChange>,
    /// The branches that changed, in the new run's order.
    pub branches: Vec<BranchChange>,
    /// The number of branches without changes.
    pub unchanged: usize,
    /// Names of branches whose rows were not compared, because a run has no `sources.json` of them.
    pub without_sources: Vec<String>,
    /// Names of branches whose text was not compared, because a run has no Markdown of them.
    pub without_text: Vec<String>,
}

/// The changes of a branch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchChange {
    /// The branch's name.
    pub branch: String,
    /// Old and new state of its report, when they differ.
    pub state: Option<(ReportState, ReportState)>,
    /// Its metrics that changed.
    pub metrics: Vec<MetricChange>,
    /// Its ledger rows that changed.
    pub rows: Vec<RowChange>,
    /// Its report's paragraphs that changed.
    pub paragraphs: Vec<ParagraphChange>,
}

/// A metric that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricChange {
    /// Its id in the settings.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its old value; `None` for a gap.
    pub old: Option<String>,
    /// Its new value; `None` for a gap.
    pub new: Option<String>,
    /// Indices of the row changes behind it in [`BranchChange::rows`].
    pub because: Vec<usize>,
}

/// A row of a ledger that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowChange {
    /// The ledger's id.
    pub ledger: String,
    /// The ledger's title.
    pub title: String,
    /// File and sheet of the new row; of the old one when it was removed.
    pub place: String,
    /// The kind of change.
    pub what: Change,
}

/// The change of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Added: its row number and its cells as text.
    Added(u32, String),
    /// Removed: its old row number and its cells as text.
    Gone(u32, String),
    /// Some of its cells changed.
    Cells(Vec<CellChange>),
}

/// A cell that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellChange {
    /// The column's id.
    pub column: String,
    /// The column's label.
    pub label: String,
    /// The cell's address in the new file; in the old one, marked 原, when only that has the column.
    pub cell: String,
    /// The old text; empty for a blank cell.
    pub old: String,
    /// The new text; empty for a blank cell.
    pub new: String,
}

/// Consecutive paragraphs that changed; `old` is empty for added text, `new` for removed text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParagraphChange {
    /// The old paragraphs.
    pub old: Vec<String>,
    /// The new paragraphs.
    pub new: Vec<String>,
}

impl BranchChange {
    /// Whether nothing changed.
    fn is_empty(&self) -> bool {
        self.state.is_none() && self.metrics.is_empty() && self.rows.is_empty() && self.paragraphs.is_empty()
    }
}

impl Differences {
    /// What was not compared, a sentence each.
    pub fn not_compared(&self) -> Vec<String> {
        let line = |lacks: &str, names: &[String]| match names {
            [] => None,
            [first, ..] if names.len() > 3 => Some(format!("{lacks}：{first} 等 {} 个党组织", names.len())),
            _ => Some(format!("{lacks}：{}", names.join("、"))),
        };
        let sources = line("缺少 sources.json，没有比对台账的行", &self.without_sources);
        let text = line("缺少 Markdown 报告，没有比对文字", &self.without_text);
        sources.into_iter().chain(text).collect()
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.gone.is_empty() && self.summary.is_empty() && self.branches.is_empty()
    }
}

/// Compares two runs.
pub fn compare(old: &Side, new: &Side) -> Differences {
    let only_in = |from: &Side, other: &Side| -> Vec<String> {
        let known = |name: &str| other.run.branches.iter().any(|branch| branch.name == name);
        from.run.branches.iter().map(|branch| &branch.name).filter(|name| !known(name)).cloned().collect()
    };
    let mut differences = Differences { added: only_in(new, old), gone: only_in(old, new), ..Differences::default() };
    // A run over some branches has no metrics of the department.
    let (before, now) = (&old.run.department.metrics, &new.run.department.metrics);
    if !before.is_empty() && !now.is_empty() {
        let old_metrics = RunMetrics { values: before, labels: &old.run.summary_labels };
        let new_metrics = RunMetrics { values: now, labels: &new.run.summary_labels };
        differences.summary = metric_changes(old_metrics, new_metrics);
    }
    for now in &new.run.branches {
        let Some(before) = old.run.branches.iter().find(|branch| branch.name == now.name) else { continue };
        let change = compare_branch(before, now, old, new, &mut differences);
        if change.is_empty() {
            differences.unchanged += 1;
        } else {
            differences.branches.push(change);
        }
    }
    differences
}

/// The changes of one branch; adds its name to the lists of what was not compared.
fn compare_branch(
    before: &BranchRecord,
    now: &BranchRecord,
    old: &Side,
    new: &Side,
    differences: &mut Differences,
) -> BranchChange {
    let mut change = BranchChange { branch: now.name.clone(), ..BranchChange::default() };
    change.state = (before.state != now.state).then_some((before.state, now.state));
    let old_metrics = RunMetrics { values: &before.metrics, labels: &old.run.labels };
    let new_metrics = RunMetrics { values: &now.metrics, labels: &new.run.labels };
    change.metrics = metric_changes(old_metrics, new_metrics);
    let sources = (old.sources(before), new.sources(now));
    if let (Some(before), Some(now)) = sources {
        change.rows = rows::compare(&before, &now);
        for metric in &mut change.metrics {
            explain(metric, &change.rows, &before, &now);
        }
    } else {
        differences.without_sources.push(now.name.clone());
    }
    if let (Some(before), Some(now)) = (old.text(before), new.text(now)) {
        change.paragraphs = paragraphs(&before, &now);
    } else {
        differences.without_text.push(now.name.clone());
    }
    change
}

/// The metrics of a branch or of the department in one run.
#[derive(Clone, Copy)]
struct RunMetrics<'r> {
    /// The values in the order of `labels`; `None` for a gap.
    values: &'r [Option<Decimal>],
    /// The label of each metric by its id.
    labels: &'r IndexMap<String, String>,
}

impl RunMetrics<'_> {
    fn value(&self, id: &str) -> Option<String> {
        let value = self.values.get(self.labels.get_index_of(id)?)?;
        value.map(|value| value.to_string())
    }
}

/// The metrics whose values differ; a metric that one run does not have counts as a gap there.
fn metric_changes(old: RunMetrics<'_>, new: RunMetrics<'_>) -> Vec<MetricChange> {
    let removed = old.labels.iter().filter(|(id, _)| !new.labels.contains_key(*id));
    let mut changes = Vec::new();
    for (id, label) in new.labels.iter().chain(removed) {
        let (old_value, new_value) = (old.value(id), new.value(id));
        if old_value != new_value {
            changes.push(MetricChange {
                id: id.clone(),
                label: label.clone(),
                old: old_value,
                new: new_value,
                because: Vec::new(),
            });
        }
    }
    changes
}

/// Sets the row changes behind a metric's change.
fn explain(change: &mut MetricChange, rows: &[RowChange], old: &Sources, new: &Sources) {
    let cells: Vec<&Cells> = [old, new].into_iter().flat_map(|sources| read_by(&change.id, sources)).collect();
    let reads = |ledger: &str, column: Option<&str>| {
        // Without a column the metric counts rows: a changed cell does not change the count.
        let behind = |cells: &&Cells| column.is_none() || cells.column.as_deref() == column;
        cells.iter().any(|cells| cells.ledger == ledger && behind(cells))
    };
    let behind = |row: &RowChange| match &row.what {
        Change::Added(..) | Change::Gone(..) => reads(&row.ledger, None),
        Change::Cells(cells) => cells.iter().any(|cell| reads(&row.ledger, Some(&cell.column))),
    };
    change.because = rows.iter().enumerate().filter(|(_, row)| behind(row)).map(|(at, _)| at).collect();
}

/// The cells that a metric reads, directly or through metrics it refers to. A metric refers only to earlier ones, so
/// one pass from the last to the first finds them all.
fn read_by<'s>(id: &str, sources: &'s Sources) -> Vec<&'s Cells> {
    let mut wanted = vec![id];
    let mut cells = Vec::new();
    for metric in sources.metrics.iter().rev() {
        if wanted.contains(&metric.id.as_str()) {
            wanted.extend(metric.from.iter().map(String::as_str));
            cells.extend(&metric.cells);
        }
    }
    cells
}

/// The paragraphs that differ, blank lines ignored.
fn paragraphs(old: &str, new: &str) -> Vec<ParagraphChange> {
    let lines = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
    };
    let (old, new) = (lines(old), lines(new));
    let ops = similar::capture_diff_slices(similar::Algorithm::Patience, &old, &new);
    let changed = ops.into_iter().filter(|op| op.tag() != similar::DiffTag::Equal);
    changed.map(|op| ParagraphChange { old: old[op.old_range()].to_vec(), new: new[op.new_range()].to_vec() }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Decimal, IndexMap, ParagraphChange, RunMetrics, metric_changes, paragraphs};

    #[test]
    fn only_differences_are_listed() {
        let labels = |pairs: &[(&str, &str)]| -> IndexMap<String, String> {
            pairs.iter().map(|(id, label)| ((*id).to_owned(), (*label).to_owned())).collect()
        };
        let number = |number: i64| Some(Decimal::from(number));
        let old_labels = labels(&[("same", "同"), ("other", "旧名"), ("lost", "失"), ("never", "无")]);
        let new_labels = labels(&[("other", "别的"), ("same", "同")]);
        let old = RunMetrics { values: &[number(1), number(1), number(3), None], labels: &old_labels };
        let new = RunMetrics { values: &[None, number(1)], labels: &new_labels };
        let changes = metric_changes(old, new);
        let values: Vec<(&str, Option<&str>, Option<&str>)> =
            changes.iter().map(|c| (c.label.as_str(), c.old.as_deref(), c.new.as_deref())).collect();
        assert_eq!(values, [("别的", Some("1"), None), ("失", Some("3"), None)]);

        let stretch = |old: &[&str], new: &[&str]| {
            let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
            ParagraphChange { old: own(old), new: own(new) }
        };
        assert_eq!(
            paragraphs("甲\n\n乙\n\n丙\n", "甲\n\n丁\n\n丙\n\n戊\n"),
            [stretch(&["乙"], &["丁"]), stretch(&[], &["戊"])]
        );
    }
}
