//! The values of all branches as the department's templates see them.

use tera::Value as TeraValue;

use super::context::{
    ContextBuilder, MentionedName, PrintedValue, Submission, TemplateContext, ValueMap, ValueName, missing_metrics,
};
use crate::expr::{BranchMetrics, SummaryValues};
use crate::marker;
use crate::metric::Metrics;
use crate::notice::{Notice, Summary};
use crate::provenance::SummaryKeys;

impl ContextBuilder {
    /// The context of the department's report.
    pub(super) fn summary_context<'a>(
        &self,
        branch_metrics: &[BranchMetrics<'_>],
        overview: &SummaryValues,
        metrics: &Metrics,
        notice: &'a Notice,
        summary: &'a Summary,
        keys: SummaryKeys,
    ) -> TemplateContext<'a> {
        let mut values = ValueMap::with_capacity(summary.metric.len());
        for (index, ((id, metric), value)) in summary.metric.iter().zip(metrics.values()).enumerate() {
            let value = PrintedValue::Metric(value, metric);
            values.insert(&ValueName::with_bare(id.clone()), &value, Some(keys.summary(index)));
        }
        let mut top = values.finish(&self.bare_key);
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
        top.insert("branches".into(), TeraValue::from(branches));
        TemplateContext {
            name: &summary.name,
            kind: None,
            submissions: vec![Submission::None; notice.ledger.len()],
            missing_metrics: missing_metrics(metrics, summary.metric.iter()),
            values: self.tera_context(top),
        }
    }

    /// A branch with its metrics; `at` is its index in the roster.
    fn branch_in_summary(
        &self,
        at: usize,
        branch: &BranchMetrics<'_>,
        notice: &Notice,
        keys: SummaryKeys,
    ) -> TeraValue {
        let mut values = ValueMap::with_capacity(self.metrics.len() + 2);
        for MentionedName { index, name } in &self.metrics {
            if let Some((_, definition)) = notice.metric.get_index(*index) {
                let value = branch.metrics.get(*index).copied().flatten();
                values.insert(name, &PrintedValue::Metric(value, definition), Some(keys.metric(at, *index)));
            }
        }
        values.insert(&ValueName::with_bare("name"), &PrintedValue::Text(branch.name), Some(keys.name(at)));
        values.insert(&ValueName::with_bare("kind"), &PrintedValue::Text(branch.kind), None);
        TeraValue::from(values.finish(&self.bare_key))
    }
}
