//! How all branches look to the department's templates.

use tera::{Context, Value as Tera};

use super::Subject;
use super::context::{Name, Names, Printed, Vocabulary, facts, missing, names};
use super::lint::Shape;
use crate::expr::{BranchMetrics, Overview};
use crate::marker;
use crate::metric::Metrics;
use crate::notice::{Notice, Summary};
use crate::provenance::SummaryKeys;

impl Vocabulary {
    /// All branches as the department's templates see them.
    pub fn summary<'a>(
        &self,
        branch_metrics: &[BranchMetrics<'a>],
        overview: &Overview,
        metrics: &Metrics,
        notice: &'a Notice,
        keys: SummaryKeys,
    ) -> Subject<'a> {
        let Some(summary) = &notice.summary else {
            return Subject { name: "", kind: None, rows: Vec::new(), missing: Vec::new(), context: Context::new() };
        };
        let mut names = Names::with_capacity(summary.metric.len());
        for (at, ((id, metric), value)) in summary.metric.iter().zip(metrics.values()).enumerate() {
            names.add(&Name::of(id.clone()), &Printed::Metric(value, metric), Some(keys.summary(at)));
        }
        let mut top = names.finish(&self.n);
        let all = branch_metrics.iter().enumerate().map(|(at, standing)| self.standing(at, standing, notice, keys));
        let all: Vec<Tera> = all.collect();
        for ((id, list), listed) in summary.list.iter().zip(&overview.lists) {
            // Where nobody can say whether a branch belongs on a list, its name is a gap that says so.
            let doubtful = |at: &usize| {
                let mut branch = all[*at].as_map().cloned().unwrap_or_default();
                let gap = marker::gap(&format!("{}是否属于“{}”", branch_metrics[*at].name, list.label));
                branch.insert("name".into(), Tera::from(gap));
                Tera::from(branch)
            };
            // The same maps stand in all lists: a clone shares them.
            let rows = listed.branches.iter().map(|at| all[*at].clone());
            let rows: Vec<Tera> = rows.chain(listed.undecided.iter().map(doubtful)).collect();
            top.insert(id.clone().into(), Tera::from(rows));
        }
        top.insert("branches".into(), Tera::from(all));
        Subject {
            name: &summary.name,
            kind: None,
            rows: vec![None; notice.ledger.len()],
            missing: missing(metrics, summary.metric.iter()),
            context: self.context(top),
        }
    }

    /// A branch with its metrics.
    fn standing(&self, at: usize, standing: &BranchMetrics<'_>, notice: &Notice, keys: SummaryKeys) -> Tera {
        let mut names = Names::with_capacity(self.metrics.len() + 2);
        for (metric, name) in &self.metrics {
            if let Some((_, definition)) = notice.metric.get_index(*metric) {
                let value = standing.metrics.get(*metric).copied().flatten();
                names.add(name, &Printed::Metric(value, definition), Some(keys.metric(at, *metric)));
            }
        }
        names.add(&Name::of("name"), &Printed::Plain(standing.name), Some(keys.name(at)));
        names.add(&Name::of("kind"), &Printed::Plain(standing.kind), None);
        Tera::from(names.finish(&self.n))
    }
}

/// The names a template of the department's report may use.
pub fn shape(notice: &Notice, summary: &Summary) -> Shape {
    let mut top = names(summary.metric.keys().map(String::as_str).collect());
    let branch = Shape::Map(names(notice.metric.keys().map(String::as_str).chain(["name", "kind"]).collect()));
    let branches = Shape::List(Box::new(branch));
    let lists = summary.list.keys().cloned().chain(["branches".to_owned()]);
    top.extend(lists.map(|id| (id, branches.clone())));
    top.insert("notice".to_owned(), facts());
    Shape::Map(top)
}
