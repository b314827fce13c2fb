//! What changed between two runs: branches, metrics with the cells behind them, rows, text.
//!
//! The only room that names similar. A row is known by what it says, not by where it stands: one that moved down
//! because another came in above it has not changed.

mod last_change;
mod load;
mod page;
mod rows;
mod snapshot;
mod text;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use last_change::Latest;
pub use load::{LoadError, Side, load};
pub use page::page;
pub use snapshot::Snapshot;
pub use text::{human, metric_line, row_lines};

use crate::manifest::{BranchRecord, Cells, ReportState, Sources};

/// What changed between two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differences {
    /// Branches that only the new run has.
    pub added: Vec<String>,
    /// Branches that only the old run has.
    pub gone: Vec<String>,
    /// The department's metrics that changed.
    pub summary: Vec<MetricChange>,
    /// The branches that changed, in the new run's order.
    pub branches: Vec<BranchChange>,
    /// How many branches did not change.
    pub unchanged: usize,
    /// Branches of which only metrics and text were compared, because a run has no sources of them.
    pub without_sources: Vec<String>,
    /// Branches of which no text was compared, because a run has no Markdown of them.
    pub without_text: Vec<String>,
}

/// What changed for a branch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchChange {
    /// The branch.
    pub branch: String,
    /// What became of its report, when that changed: before and now.
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
    /// Its id.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Its value before; none when the ledgers did not give it.
    pub old: Option<String>,
    /// Its value now.
    pub new: Option<String>,
    /// The changes behind it, by their places among the branch's row changes.
    pub because: Vec<usize>,
}

/// A row of a ledger that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowChange {
    /// The ledger's id.
    pub ledger: String,
    /// What the ledger is called.
    pub title: String,
    /// The file and sheet: of the new row, or of the old one when it is gone.
    pub place: String,
    /// What became of it.
    pub what: Change,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It came: its number and what it says.
    Added(u32, String),
    /// It went.
    Gone(u32, String),
    /// Some of its cells changed.
    Cells(Vec<CellChange>),
}

/// A cell that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellChange {
    /// The column's id.
    pub column: String,
    /// What the column is called.
    pub label: String,
    /// The cell in the new file.
    pub cell: String,
    /// What it said before; empty for a blank cell.
    pub old: String,
    /// What it says now.
    pub new: String,
}

/// A stretch of a report's text that changed; empty before for text that came, empty now for text that went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParagraphChange {
    /// The paragraphs before.
    pub old: Vec<String>,
    /// The paragraphs now.
    pub new: Vec<String>,
}

impl BranchChange {
    /// Whether nothing changed.
    fn is_empty(&self) -> bool {
        self.state.is_none() && self.metrics.is_empty() && self.rows.is_empty() && self.paragraphs.is_empty()
    }
}

impl Differences {
    /// What was not compared, a line each.
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
    let missing = |from: &Side, other: &Side| -> Vec<String> {
        let known = |name: &str| other.run.branches.iter().any(|branch| branch.name == name);
        from.run.branches.iter().map(|branch| &branch.name).filter(|name| !known(name)).cloned().collect()
    };
    let mut differences = Differences { added: missing(new, old), gone: missing(old, new), ..Differences::default() };
    // A run over some branches has no department's metrics.
    let (before, now) = (&old.run.department.metrics, &new.run.department.metrics);
    if !before.is_empty() && !now.is_empty() {
        let labels = [&old.run.summary_labels, &new.run.summary_labels];
        differences.summary = metrics([before, now], labels);
    }
    for now in &new.run.branches {
        let Some(before) = old.run.branches.iter().find(|branch| branch.name == now.name) else { continue };
        let change = branch(before, now, old, new, &mut differences);
        if change.is_empty() {
            differences.unchanged += 1;
        } else {
            differences.branches.push(change);
        }
    }
    differences
}

/// What changed for one branch; what cannot be compared is noted among the differences.
fn branch(
    before: &BranchRecord,
    now: &BranchRecord,
    old: &Side,
    new: &Side,
    differences: &mut Differences,
) -> BranchChange {
    let mut change = BranchChange { branch: now.name.clone(), ..BranchChange::default() };
    change.state = (before.state != now.state).then_some((before.state, now.state));
    change.metrics = metrics([&before.metrics, &now.metrics], [&old.run.labels, &new.run.labels]);
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

/// The metrics that differ between an old run and a new one; one that only one run knows counts as not given in the
/// other.
fn metrics(values: [&[Option<Decimal>]; 2], labels: [&IndexMap<String, String>; 2]) -> Vec<MetricChange> {
    let [old, new] = labels;
    let label = |id: &String| new.get(id).or(old.get(id)).unwrap_or(id).clone();
    let ids = new.keys().chain(old.keys().filter(|id| !new.contains_key(*id)));
    let changes = ids.filter_map(|id| {
        let value = |run: usize| {
            let value = values[run].get(labels[run].get_index_of(id)?).copied().flatten();
            value.map(|value| value.to_string())
        };
        let (old, new) = (value(0), value(1));
        (old != new).then(|| MetricChange { id: id.clone(), label: label(id), old, new, because: Vec::new() })
    });
    changes.collect()
}

/// Finds the row changes behind a metric's change.
fn explain(change: &mut MetricChange, rows: &[RowChange], old: &Sources, new: &Sources) {
    let cells: Vec<&Cells> = [old, new].into_iter().flat_map(|sources| read_by(&change.id, sources)).collect();
    let reads = |ledger: &str, column: Option<&str>| {
        // Whole rows are counted, not read: a cell in them that changed changes no count.
        let behind = |cells: &&Cells| column.is_none() || cells.column.as_deref() == column;
        cells.iter().any(|cells| cells.ledger == ledger && behind(cells))
    };
    let behind = |row: &RowChange| match &row.what {
        Change::Added(..) | Change::Gone(..) => reads(&row.ledger, None),
        Change::Cells(cells) => cells.iter().any(|cell| reads(&row.ledger, Some(&cell.column))),
    };
    change.because = rows.iter().enumerate().filter(|(_, row)| behind(row)).map(|(at, _)| at).collect();
}

/// The cells that a metric and the metrics that it names read, each as it reads them. A metric names only metrics
/// that stand before it.
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

/// The paragraphs that differ.
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
    use super::{Decimal, IndexMap, ParagraphChange, metrics, paragraphs};

    #[test]
    fn only_what_differs_is_told() {
        let labels = |pairs: &[(&str, &str)]| -> IndexMap<String, String> {
            pairs.iter().map(|(id, label)| ((*id).to_owned(), (*label).to_owned())).collect()
        };
        let number = |number: i64| Some(Decimal::from(number));
        let changes = metrics(
            [&[number(1), number(1), number(3), None], &[None, number(1)]],
            [
                &labels(&[("same", "同"), ("other", "旧名"), ("lost", "失"), ("never", "无")]),
                &labels(&[("other", "别的"), ("same", "同")]),
            ],
        );
        let told: Vec<(&str, Option<&str>, Option<&str>)> =
            changes.iter().map(|c| (c.label.as_str(), c.old.as_deref(), c.new.as_deref())).collect();
        assert_eq!(told, [("别的", Some("1"), None), ("失", Some("3"), None)]);

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
