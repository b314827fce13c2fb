//! Compares the records, sources and texts of two runs.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::load::RunFolder;
use super::rows;
use super::{BranchChange, DifferenceKind, Differences, MetricChange, ParagraphChange, RowChange};
use crate::manifest::{Cells, ReportOutcome, Sources};

/// Compares two runs. The order is that of the new run's branches and metrics.
pub(crate) fn compare(old: &RunFolder, new: &RunFolder) -> Differences {
    let mut differences =
        Differences { added: names_only_in(new, old), gone: names_only_in(old, new), ..Differences::default() };
    let (before, now) = (&old.run.department.metrics, &new.run.department.metrics);
    // A run over single branches has no metrics of the department.
    if !before.is_empty() && !now.is_empty() {
        let before = RecordedMetrics { values: before, labels: &old.run.summary_labels };
        let now = RecordedMetrics { values: now, labels: &new.run.summary_labels };
        differences.summary = metrics(before, now);
    }
    let mut by_name: HashMap<&str, &ReportOutcome> = HashMap::new();
    for before in &old.run.branches {
        by_name.entry(&before.name).or_insert(before);
    }
    for now in &new.run.branches {
        let Some(before) = by_name.get(now.name.as_str()) else { continue };
        let compared = branch(BranchInRun { run: old, record: before }, BranchInRun { run: new, record: now });
        if !compared.with_sources {
            differences.without_sources.push(now.name.clone());
        }
        if !compared.with_text {
            differences.without_text.push(now.name.clone());
        }
        if compared.change.is_empty() {
            differences.unchanged += 1;
        } else {
            differences.branches.push(compared.change);
        }
    }
    differences
}

/// Names of the branches that `run` has and `other` has not.
fn names_only_in(run: &RunFolder, other: &RunFolder) -> Vec<String> {
    let known: HashSet<&str> = other.run.branches.iter().map(|branch| branch.name.as_str()).collect();
    run.run.branches.iter().map(|branch| &branch.name).filter(|name| !known.contains(name.as_str())).cloned().collect()
}

/// A branch's record in a run.
#[derive(Clone, Copy)]
struct BranchInRun<'a> {
    run: &'a RunFolder,
    record: &'a ReportOutcome,
}

impl<'a> BranchInRun<'a> {
    fn metrics(&self) -> RecordedMetrics<'a> {
        RecordedMetrics { values: &self.record.metrics, labels: &self.run.run.labels }
    }
}

/// The changes of a branch, and what could be compared.
struct ComparedBranch {
    change: BranchChange,
    with_sources: bool,
    with_text: bool,
}

fn branch(old: BranchInRun<'_>, new: BranchInRun<'_>) -> ComparedBranch {
    let (before, now) = (old.record.state, new.record.state);
    let mut change = BranchChange {
        branch: new.record.name.clone(),
        state: (before != now).then_some((before, now)),
        metrics: metrics(old.metrics(), new.metrics()),
        ..BranchChange::default()
    };
    let sources = old.run.sources(old.record).zip(new.run.sources(new.record));
    let with_sources = sources.is_some_and(|(before, now)| {
        // Most branches of two runs have the same: parsing takes most of the time of a comparison.
        if before == now {
            return true;
        }
        let parsed = Sources::parse(&before).ok().zip(Sources::parse(&now).ok());
        if let Some((before, now)) = &parsed {
            change.rows = rows::compare(before, now);
            for metric in &mut change.metrics {
                metric.because = explanation(metric, &change.rows, before, now);
            }
        }
        parsed.is_some()
    });
    let texts = old.run.text(old.record).zip(new.run.text(new.record));
    if let Some((before, now)) = texts.as_ref().filter(|(before, now)| before != now) {
        change.paragraphs = paragraphs(before, now);
    }
    ComparedBranch { change, with_sources, with_text: texts.is_some() }
}

/// Metrics as a run recorded them: values in the order of the labels.
#[derive(Clone, Copy)]
struct RecordedMetrics<'a> {
    values: &'a [Option<Decimal>],
    /// Labels by ids.
    labels: &'a IndexMap<String, String>,
}

impl RecordedMetrics<'_> {
    fn value(&self, id: &str) -> Option<String> {
        let value = self.values.get(self.labels.get_index_of(id)?).copied().flatten();
        value.map(|value| value.to_string())
    }
}

/// The metrics that differ. One that only one run has counts as not given in the other.
fn metrics(old: RecordedMetrics<'_>, new: RecordedMetrics<'_>) -> Vec<MetricChange> {
    let only_old = old.labels.keys().filter(|id| !new.labels.contains_key(*id));
    let mut changes = Vec::new();
    for id in new.labels.keys().chain(only_old) {
        let (before, now) = (old.value(id), new.value(id));
        if before != now {
            let label = new.labels.get(id).or(old.labels.get(id)).unwrap_or(id).clone();
            changes.push(MetricChange { id: id.clone(), label, old: before, new: now, because: Vec::new() });
        }
    }
    changes
}

/// Indices of the row changes that explain a metric's change.
fn explanation(change: &MetricChange, rows: &[RowChange], old: &Sources<'_>, new: &Sources<'_>) -> Vec<usize> {
    let cells: Vec<&Cells<'_>> = [old, new].into_iter().flat_map(|sources| read_by(&change.id, sources)).collect();
    let reads = |ledger: &str, column: Option<&str>| {
        // Whole rows are counted, not read: a cell in them that changed changes no count.
        let reads =
            |cells: &&Cells<'_>| cells.ledger == ledger && (column.is_none() || cells.column.as_deref() == column);
        cells.iter().any(reads)
    };
    let explains = |row: &RowChange| match &row.what {
        DifferenceKind::Added(..) | DifferenceKind::Gone(..) => reads(&row.ledger, None),
        DifferenceKind::Cells(cells) => cells.iter().any(|cell| reads(&row.ledger, Some(&cell.column))),
    };
    (0..rows.len()).filter(|index| explains(&rows[*index])).collect()
}

/// The cells that a metric and the metrics that it names read. A metric names only metrics that are defined before it.
fn read_by<'s>(id: &'s str, sources: &'s Sources<'s>) -> Vec<&'s Cells<'s>> {
    let mut wanted = vec![id];
    let mut cells = Vec::new();
    for metric in sources.metrics.iter().rev() {
        if wanted.contains(&&*metric.id) {
            wanted.extend(metric.from.iter().map(|id| &**id));
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
    let operations = similar::capture_diff_slices(similar::Algorithm::Patience, &old, &new);
    let changed = operations.into_iter().filter(|operation| operation.tag() != similar::DiffTag::Equal);
    let change = |operation: similar::DiffOp| ParagraphChange {
        old: old[operation.old_range()].to_vec(),
        new: new[operation.new_range()].to_vec(),
    };
    changed.map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::{Decimal, IndexMap, ParagraphChange, RecordedMetrics, metrics, paragraphs};

    #[test]
    fn only_differences_are_listed() {
        let labels = |pairs: &[(&str, &str)]| -> IndexMap<String, String> {
            pairs.iter().map(|(id, label)| ((*id).to_owned(), (*label).to_owned())).collect()
        };
        let number = |number: i64| Some(Decimal::from(number));
        let old = labels(&[("same", "同"), ("other", "旧名"), ("lost", "失"), ("never", "无")]);
        let new = labels(&[("other", "别的"), ("same", "同")]);
        let changes = metrics(
            RecordedMetrics { values: &[number(1), number(1), number(3), None], labels: &old },
            RecordedMetrics { values: &[None, number(1)], labels: &new },
        );
        let listed: Vec<(&str, Option<&str>, Option<&str>)> =
            changes.iter().map(|c| (c.label.as_str(), c.old.as_deref(), c.new.as_deref())).collect();
        assert_eq!(listed, [("别的", Some("1"), None), ("失", Some("3"), None)]);

        let change = |old: &[&str], new: &[&str]| {
            let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
            ParagraphChange { old: own(old), new: own(new) }
        };
        assert_eq!(
            paragraphs("甲\n\n乙\n\n丙\n", "甲\n\n丁\n\n丙\n\n戊\n"),
            [change(&["乙"], &["丁"]), change(&[], &["戊"])]
        );
    }
}
