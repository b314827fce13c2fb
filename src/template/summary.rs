//! The values of all branches that reported, as the department's templates see them.

use tera::{Map, Value as TeraValue};

use super::context::{
    ContextBuilder, IncompleteLedger, MentionedName, RowCells, Submission, TemplateContext, missing_metrics,
};
use super::fill::DepartmentValues;
use super::periods::{self, ComparedMetric};
use super::reporting;
use super::top_names::{ALL_BRANCHES, BRANCH, REPORTING};
use super::units::UNITS;
use super::value::{PrintedValue, ValueMap, ValueName};
use crate::expr::BranchMetrics;
use crate::marker;
use crate::model::Branch;
use crate::notice::{Ledger, Notice, Summary};
use crate::provenance::SummaryKeys;

/// Branches that a gap names; of more it gives the number.
const NAMED: usize = 5;

impl ContextBuilder {
    /// The context of the department's report. Rows are only in it where a template mentions them.
    pub(super) fn summary_context<'a>(
        &self,
        department: DepartmentValues<'_>,
        notice: &'a Notice,
        summary: &'a Summary,
    ) -> TemplateContext<'a> {
        let DepartmentValues { branches: all, branch_metrics, overview, metrics, previous, keys, .. } = department;
        let mut values = ValueMap::with_capacity(summary.metric.len());
        for (index, ((id, metric), value)) in summary.metric.iter().zip(metrics.values()).enumerate() {
            let value = PrintedValue::Metric(value, metric);
            values.insert(&ValueName::with_bare(id.clone()), &value, Some(keys.summary(index)));
        }
        let mut top = values.finish(&self.bare_key);
        top.insert(UNITS.into(), TeraValue::from(self.units(summary.metric.iter())));
        let compared = summary.metric.iter().zip(metrics.values()).enumerate();
        let compared = compared.map(|(at, ((id, metric), now))| ComparedMetric {
            name: ValueName::with_bare(id.clone()),
            metric,
            now,
            before: previous.number(at),
            previous_key: keys.summary_previous(at),
            change_key: keys.summary_change(at),
        });
        periods::insert(&mut top, compared, &self.periods, &notice.words.previous);
        let branches: Vec<TeraValue> = branch_metrics
            .iter()
            .enumerate()
            .map(|(at, metrics)| self.branch_in_summary(at, metrics, notice, keys))
            .collect();
        for ((id, list), listed) in summary.list.iter().zip(&overview.lists) {
            // Cloning a tera map shares it: lists hold the maps of `branches`.
            let mut rows: Vec<TeraValue> = listed.branches.iter().map(|at| branches[*at].clone()).collect();
            // Where missing metrics leave open whether a branch belongs on the list, its name becomes a gap.
            for at in &listed.undecided {
                let mut branch = branches[*at].as_map().cloned().unwrap_or_default();
                let gap = marker::gap(&format!("{}是否属于“{}”", branch_metrics[*at].name, list.label));
                branch.insert("name".into(), TeraValue::from(gap));
                rows.push(TeraValue::from(branch));
            }
            top.insert(id.clone().into(), TeraValue::from(rows));
        }
        let rows = self.rows_of_all(department, &branches, notice);
        top.insert(ALL_BRANCHES.into(), TeraValue::from(rows));
        top.insert("branches".into(), TeraValue::from(branches));
        top.insert(REPORTING.into(), TeraValue::from(reporting::values(&department)));
        let listed = notice.ledger.iter().enumerate().filter(|(index, _)| self.of_all_branches[*index]);
        let incomplete = listed.filter_map(|(index, (id, ledger))| {
            let gap = marker::gap(&missing_rows(ledger, index, all)?);
            Some(IncompleteLedger { id, gap })
        });
        TemplateContext {
            name: &summary.name,
            kind: None,
            submissions: (0..notice.ledger.len()).map(|ledger| submission_of_all(notice, ledger, all)).collect(),
            missing_metrics: missing_metrics(metrics, summary.metric.iter()),
            incomplete: incomplete.collect(),
            values: self.tera_context(top),
        }
    }

    /// The rows of all branches, in their order, by ledger, each with its branch as in `branches`.
    fn rows_of_all(&self, department: DepartmentValues<'_>, branches: &[TeraValue], notice: &Notice) -> Map {
        let DepartmentValues { branches: all, expressions, keys, .. } = department;
        let mut ledgers = Map::default();
        for (index, ((id, ledger), columns)) in notice.ledger.iter().zip(&self.columns_by_ledger).enumerate() {
            let Some(columns) = columns.as_ref().filter(|_| self.of_all_branches[index]) else { continue };
            let mut rows = Vec::new();
            for (branch_index, (branch, values)) in all.iter().zip(branches).enumerate() {
                for (at, row) in branch.rows(index).unwrap_or_default().iter().enumerate() {
                    let key = |column| keys.cell(branch_index, index, at, column);
                    let cells = RowCells { row, index, ledger, expressions };
                    let mut row = self.row_values(cells, columns, key);
                    // Cloning a tera map shares it.
                    row.insert_map(BRANCH, values.clone(), branch.name());
                    rows.push(TeraValue::from(row.finish(&self.bare_key)));
                }
            }
            ledgers.insert(id.clone().into(), TeraValue::from(rows));
        }
        ledgers
    }

    /// A branch with its metrics; `at` is its index in the roster.
    fn branch_in_summary(
        &self,
        at: usize,
        branch: &BranchMetrics<'_>,
        notice: &Notice,
        keys: &SummaryKeys,
    ) -> TeraValue {
        let mut values = ValueMap::with_capacity(self.metrics.len() + 2);
        for MentionedName { index, name } in &self.metrics {
            if let Some((_, definition)) = notice.metric.get_index(*index) {
                let value = branch.metrics.get(*index).copied().flatten();
                values.insert(name, &PrintedValue::Metric(value, definition), Some(keys.metric(at, *index)));
                values.insert_unit(name, definition.unit.as_deref().filter(|_| self.has_units));
            }
        }
        values.insert(&ValueName::with_bare("name"), &PrintedValue::Text(branch.name), Some(keys.name(at)));
        values.insert(&ValueName::with_bare("kind"), &PrintedValue::Text(branch.kind), None);
        let mut names = values.finish(&self.bare_key);
        let compared = self.metrics.iter().filter_map(|MentionedName { index, name }| {
            let (_, metric) = notice.metric.get_index(*index)?;
            Some(ComparedMetric {
                name: name.clone(),
                metric,
                now: branch.metrics.get(*index).copied().flatten(),
                before: branch.previous.number(*index),
                previous_key: keys.previous(at, *index),
                change_key: keys.change(at, *index),
            })
        });
        periods::insert(&mut names, compared, &self.periods, &notice.words.previous);
        TeraValue::from(names)
    }
}

/// What all branches together handed in of a ledger.
fn submission_of_all(notice: &Notice, ledger: usize, branches: &[&Branch]) -> Submission {
    let handed_in = || branches.iter().filter(|branch| branch.rows(ledger).is_some());
    if branches.is_empty() || handed_in().next().is_none() {
        Submission::None
    } else if handed_in().any(|branch| branch.rows(ledger).is_some_and(|rows| !rows.is_empty())) {
        Submission::Rows
    } else if handed_in().all(|branch| branch.has_nil_report(ledger)) {
        Submission::Nil
    } else {
        Submission::without_rows(notice, ledger)
    }
}

/// What is missing of a list of all branches' rows: the ledger, or the branches that did not hand it in; `None` when
/// nothing is.
pub(super) fn missing_rows(ledger: &Ledger, index: usize, branches: &[&Branch]) -> Option<String> {
    let absent = || branches.iter().filter(|branch| branch.rows(index).is_none()).map(|branch| branch.name());
    let count = absent().count();
    let title = &ledger.title;
    match count {
        0 => None,
        _ if count == branches.len() => Some(format!("《{title}》（没有收到）")),
        _ => {
            let names = absent().take(NAMED).collect::<Vec<&str>>().join("、");
            let rest = if count > NAMED { format!("等{count}个") } else { String::new() };
            Some(format!("《{title}》中{names}{rest}的记录（没有交）"))
        }
    }
}
