//! Metrics: the values of the notice's expressions for one branch, exact and as the settings round them.
//!
//! Reports show rounded values; other metrics and the reconciliation use exact ones. A metric whose cells are blank or
//! unusable has no value: it is never taken for 0.

use indexmap::IndexMap;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::diagnostics::{Code, Diagnostic, Location, WithDiagnostics, code};
use crate::expr::{Expressions, HeldCheck, MetricResult};
use crate::model::Branch;
use crate::notice::{Metric, Notice, Show};

/// A branch's metrics, in the notice's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics(Vec<MetricValue>);

/// The value of a metric; `None` when the ledgers do not give it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct MetricValue {
    exact: Option<Decimal>,
    rounded: Option<Decimal>,
}

impl Metrics {
    /// Metrics from the outcomes of their expressions, rounded as their definitions say.
    pub fn new<'n>(outcomes: &[MetricResult], definitions: impl Iterator<Item = &'n Metric>) -> Self {
        let computed = outcomes.iter().zip(definitions).map(|(outcome, metric)| match outcome {
            MetricResult::Number(exact) => MetricValue { exact: Some(*exact), rounded: Some(rounded(*exact, metric)) },
            MetricResult::Missing(_) | MetricResult::Failed(_) => MetricValue::default(),
        });
        Self(computed.collect())
    }

    /// The rounded values, in the notice's order.
    pub fn values(&self) -> impl Iterator<Item = Option<Decimal>> {
        self.0.iter().map(|computed| computed.rounded)
    }

    /// The rounded value of the metric with this index.
    pub fn value(&self, at: usize) -> Option<Decimal> {
        self.0.get(at)?.rounded
    }

    /// Its value before rounding.
    pub fn exact(&self, at: usize) -> Option<Decimal> {
        self.0.get(at)?.exact
    }
}

/// Labels of metrics by their ids.
pub(crate) fn labels(definitions: &IndexMap<String, Metric>) -> IndexMap<String, String> {
    definitions.iter().map(|(id, metric)| (id.clone(), metric.label.clone())).collect()
}

/// Computes a branch's metrics; each that a blank or unusable cell leaves without a value is a finding.
pub(crate) fn compute(branch: &Branch, notice: &Notice, expressions: &Expressions) -> WithDiagnostics<Metrics> {
    let outcomes = expressions.metrics(branch);
    let mut findings = Vec::new();
    for (metric, outcome) in notice.metric.values().zip(&outcomes) {
        let (place, reason) = match outcome {
            MetricResult::Number(_) | MetricResult::Missing(None) => continue,
            MetricResult::Missing(Some(cell)) => (Location::Cell(cell.clone()), "需要的单元格没有可用内容"),
            MetricResult::Failed(reason) => (Location::Branch, reason.as_str()),
        };
        let message = format!("“{}”无法计算：{reason}", metric.label);
        findings.push(Diagnostic::new(&code::NO_METRIC, place, message).of_branch(branch.name()));
    }
    let metrics = Metrics::new(&outcomes, notice.metric.values());
    for held in expressions.held_checks(branch, &outcomes) {
        let finding = held_check(&code::BRANCH_CHECK, &held, &metrics, &notice.metric, notice);
        findings.extend(finding.map(|finding| finding.of_branch(branch.name())));
    }
    WithDiagnostics::new(metrics, findings)
}

/// The finding of a check that holds: what its metrics came to, and the author's words.
pub(crate) fn held_check(
    code: Code,
    held: &HeldCheck,
    metrics: &Metrics,
    definitions: &IndexMap<String, Metric>,
    notice: &Notice,
) -> Option<Diagnostic> {
    let check = notice.check.get(held.check)?;
    let value = |index: &usize| {
        let (_, metric) = definitions.get_index(*index)?;
        let number = shown(metrics.value(*index)?, metric.show, None);
        Some(format!("{} {number}{}", metric.label, metric.unit.as_deref().unwrap_or_default()))
    };
    let values: Vec<String> = held.metrics.iter().filter_map(value).collect();
    let mut finding = Diagnostic::new(code, Location::Branch, &check.message);
    finding.severity = check.severity;
    finding.cure = check.cure.clone();
    Some(if values.is_empty() { finding } else { finding.found(values.join("，")) })
}

/// The value with the metric's decimal places, half up; without trailing zeros when it sets none.
fn rounded(number: Decimal, metric: &Metric) -> Decimal {
    metric.decimals.map_or_else(|| number.normalize(), |places| with_places(number, places))
}

/// A number with that many decimal places, half up.
fn with_places(number: Decimal, places: u32) -> Decimal {
    let mut number = number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    number.rescale(places);
    number
}

/// A number as reports print it, with `places` decimal places; by default as many as it has, of a percentage (85.28%)
/// two at most.
pub(crate) fn shown(number: Decimal, show: Show, places: Option<u32>) -> String {
    match show {
        Show::Number => places.map_or(number, |places| with_places(number, places)).to_string(),
        Show::Percent => {
            let hundredfold = number.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(number);
            let places = places.map(|places| with_places(hundredfold, places));
            format!("{}%", places.unwrap_or_else(|| with_places(hundredfold, 2).normalize()))
        }
    }
}
