//! Metrics: the values of the notice's expressions for one branch, exact and as the settings round them.
//!
//! Reports show rounded values; other metrics and the reconciliation use exact ones. A metric whose cells are blank or
//! unusable has no value: it is never taken for 0.

mod absence;
mod without_value;

pub(crate) use absence::{AbsenceRule, LedgerState, MetricCell};
pub(crate) use without_value::WithoutValue;

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

    /// The metric's value before rounding, which later metrics are computed with; `None` when it is missing.
    pub fn exact(&self, at: usize) -> Option<Decimal> {
        self.0.get(at)?.exact
    }
}

/// Labels of metrics by their ids.
pub(crate) fn labels(definitions: &IndexMap<String, Metric>) -> IndexMap<String, String> {
    definitions.iter().map(|(id, metric)| (id.clone(), metric.label.clone())).collect()
}

/// Computes a branch's metrics; findings name those that a blank or unusable cell leaves without a value.
pub(crate) fn compute(branch: &Branch, notice: &Notice, expressions: &Expressions) -> WithDiagnostics<Metrics> {
    let outcomes = expressions.metrics(branch);
    let mut without = WithoutValue::default();
    for (metric, outcome) in notice.metric.values().zip(&outcomes) {
        let (place, reason) = match outcome {
            MetricResult::Number(_) | MetricResult::Missing(None) => continue,
            MetricResult::Missing(Some(cell)) => (Location::Cell(cell.clone()), "需要的单元格没有可用内容"),
            MetricResult::Failed(reason) => (Location::Branch, reason.as_str()),
        };
        without.add(&metric.label, place, reason);
    }
    let mut findings = without.findings(branch.name());
    let metrics = Metrics::new(&outcomes, notice.metric.values());
    for held in expressions.held_checks(branch, &outcomes) {
        let finding = held_check(&code::BRANCH_CHECK, &held, &metrics, &notice.metric, notice);
        findings.extend(finding.map(|finding| finding.of_branch(branch.name())));
    }
    WithDiagnostics::new(metrics, findings)
}

/// The finding of a check that holds: the values of its metrics, and the author's words.
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

/// How a metric has changed since the previous period, in words: 增加3项, 减少3项, 持平; of a percentage
/// 提高1.5个百分点.
pub(crate) fn change_in_words(now: Decimal, before: Decimal, metric: &Metric) -> String {
    let difference = match metric.decimals {
        Some(places) => with_places(now, places).checked_sub(with_places(before, places)),
        None => now.checked_sub(before),
    };
    // Only numbers at the limit of what can be computed have no difference.
    let Some(difference) = difference else { return format!("由{before}变为{now}") };
    let (more, less, size) = match metric.show {
        Show::Number => ("增加", "减少", difference.abs().normalize()),
        Show::Percent => {
            let points = difference.abs().checked_mul(Decimal::ONE_HUNDRED).unwrap_or_default();
            ("提高", "下降", with_places(points, 2).normalize())
        }
    };
    if size.is_zero() {
        return "持平".to_owned();
    }
    let unit = if metric.show == Show::Percent { "个百分点" } else { metric.unit.as_deref().unwrap_or_default() };
    format!("{}{size}{unit}", if difference.is_sign_negative() { less } else { more })
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

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::change_in_words;
    use crate::notice::Metric;

    fn metric(keys: &str) -> Metric {
        toml::from_str(&format!("label = \"甲\"\nexpr = \"1\"\n{keys}")).expect("a metric")
    }

    #[test]
    fn a_change_is_said_with_its_unit() {
        let words = |now: &str, before: &str, keys: &str| {
            let number = |text: &str| text.parse::<Decimal>().expect("a number");
            change_in_words(number(now), number(before), &metric(keys))
        };
        assert_eq!(words("12", "9.00", "unit = \"项\""), "增加3项");
        assert_eq!(words("9", "12", "unit = \"项\""), "减少3项");
        assert_eq!(words("9.0", "9", "unit = \"项\""), "持平");
        assert_eq!(words("2.50", "1.15", "decimals = 2"), "增加1.35");
        assert_eq!(words("0.8528", "0.8378", "show = \"percent\"\ndecimals = 4"), "提高1.5个百分点");
        assert_eq!(words("0.5", "0.75", "show = \"percent\""), "下降25个百分点");
        // Both are printed as 33.33%.
        assert_eq!(words("0.33331", "0.33329", "show = \"percent\"\ndecimals = 4"), "持平");
        assert_eq!(words("-1", "2", "unit = \"分\""), "减少3分");
    }
}
