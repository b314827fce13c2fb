//! Metrics: what the notice's expressions come to for one branch, rounded as the settings say.

use indexmap::IndexMap;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::diagnostics::{Diagnostic, Location, code};
use crate::expr::{Expressions, MetricResult};
use crate::model::Branch;
use crate::notice::{Metric, Notice, Show};

/// A branch's metrics, in the notice's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics(Vec<Computed>);

/// What a metric came to; `None` when the ledgers do not give it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Computed {
    exact: Option<Decimal>,
    rounded: Option<Decimal>,
}

impl Metrics {
    /// The metrics as `outcomes` give them, rounded as their definitions say.
    pub fn new<'n>(outcomes: &[MetricResult], definitions: impl Iterator<Item = &'n Metric>) -> Self {
        let computed = outcomes.iter().zip(definitions).map(|(outcome, metric)| match outcome {
            MetricResult::Number(exact) => Computed { exact: Some(*exact), rounded: Some(rounded(*exact, metric)) },
            MetricResult::Missing(_) | MetricResult::Failed(_) => Computed::default(),
        });
        Self(computed.collect())
    }

    /// The metrics as reports show them, rounded; none that the ledgers do not give.
    pub fn values(&self) -> impl Iterator<Item = Option<Decimal>> {
        self.0.iter().map(|computed| computed.rounded)
    }

    /// Metric number `at` as reports show it, rounded.
    pub fn value(&self, at: usize) -> Option<Decimal> {
        self.0.get(at)?.rounded
    }

    /// Metric number `at` before it is rounded.
    pub fn exact(&self, at: usize) -> Option<Decimal> {
        self.0.get(at)?.exact
    }
}

/// What metrics are called, by id.
pub fn labels(definitions: &IndexMap<String, Metric>) -> IndexMap<String, String> {
    definitions.iter().map(|(id, metric)| (id.clone(), metric.label.clone())).collect()
}

/// Computes a branch's metrics; one that comes to nothing is a finding.
pub fn compute(branch: &Branch, notice: &Notice, expressions: &Expressions, findings: &mut Vec<Diagnostic>) -> Metrics {
    let outcomes = expressions.metrics(branch);
    for (metric, outcome) in notice.metric.values().zip(&outcomes) {
        let (place, reason) = match outcome {
            MetricResult::Number(_) | MetricResult::Missing(None) => continue,
            MetricResult::Missing(Some(cell)) => (Location::Cell(cell.clone()), "需要的单元格没有可用内容"),
            MetricResult::Failed(reason) => (Location::Branch, reason.as_str()),
        };
        let message = format!("“{}”无法计算：{reason}", metric.label);
        findings.push(Diagnostic::new(&code::NO_METRIC, place, message).of_branch(branch.name()));
    }
    Metrics::new(&outcomes, notice.metric.values())
}

/// The exact value with the metric's decimal places, half up; without any when it asks for none.
fn rounded(number: Decimal, metric: &Metric) -> Decimal {
    metric.decimals.map_or_else(|| number.normalize(), |places| placed(number, places))
}

/// The number with that many decimal places, half up.
fn placed(number: Decimal, places: u32) -> Decimal {
    let mut number = number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    number.rescale(places);
    number
}

/// A number as reports print it, with that many decimal places: as many as it has when none are asked for, but a
/// percentage (85.28%) two at most.
pub fn shown(number: Decimal, show: Show, places: Option<u32>) -> String {
    match show {
        Show::Number => places.map_or(number, |places| placed(number, places)).to_string(),
        Show::Percent => {
            let hundredfold = number.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(number);
            let places = places.map(|places| placed(hundredfold, places));
            format!("{}%", places.unwrap_or_else(|| placed(hundredfold, 2).normalize()))
        }
    }
}
