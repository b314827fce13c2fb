//! Compares the sums of the branches' metrics with the same metrics over the whole ledgers.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::row_audit::{sum, value};
use crate::expr::{Dependencies, Expressions};
use crate::metric::Metrics;
use crate::model::{BoundLedgers, Branch, Row};
use crate::notice::Notice;

/// An additive metric over all branches and over the whole ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Id of the metric.
    #[serde(alias = "figure")]
    pub metric: String,
    /// What reports call it.
    pub label: String,
    /// The sum over the branches; `None` when a branch has no value.
    pub branches: Option<String>,
    /// Its value for the rows that belong to no branch.
    pub unbound: Option<String>,
    /// Its value for the whole ledger; `None` when a cell that it needs is blank.
    pub whole: Option<String>,
    /// Whether the first two sum to the third.
    pub holds: bool,
}

/// Decimal places to which sums must agree. A quotient has 28 digits, and the last of them depend on the order in which
/// quotients are summed.
const DIGITS: u32 = 12;

fn same(parts: Option<Decimal>, whole: Option<Decimal>) -> bool {
    parts.map(|parts| parts.round_dp(DIGITS)) == whole.map(|whole| whole.round_dp(DIGITS))
}

/// What a branch's rows add to a metric: nothing when it handed in none of the metric's ledgers, which leaves the
/// metric itself without a value.
fn part(branch: &Branch, value: Option<Decimal>, reads: &Dependencies) -> Option<Decimal> {
    let handed_in = reads.all.iter().any(|(ledger, _)| branch.rows(*ledger).is_some());
    if handed_in { value } else { Some(Decimal::ZERO) }
}

/// Compares every additive metric whose ledgers were handed in. `whole` has the values for the whole ledgers, by the
/// metrics' indices; those of metrics that combine others are computed here from theirs.
pub(super) fn compare(
    mut whole: HashMap<usize, Option<Decimal>>,
    bound: &BoundLedgers,
    metrics: &[Metrics],
    notice: &Notice,
    expressions: &Expressions,
) -> Vec<Sum> {
    let unbound = (0..notice.ledger.len()).flat_map(|ledger| {
        let rows = bound.unbound.iter().filter(|unbound| unbound.ledger == ledger).map(|unbound| unbound.row.clone());
        expressions.additive(ledger, &rows.collect::<Vec<Row>>())
    });
    let mut unbound: HashMap<usize, Option<Decimal>> = unbound.map(|(at, outcome)| (at, value(outcome))).collect();
    let mut sums = Vec::new();
    for ((at, (id, metric)), reads) in notice.metric.iter().enumerate().zip(expressions.dependencies()) {
        if reads.additive && reads.ledgers.is_empty() && reads.metrics.iter().all(|part| whole.contains_key(part)) {
            for values in [&mut unbound, &mut whole] {
                let combined = expressions.combined(at, |part| values.get(&part).copied().flatten());
                values.insert(at, value(combined));
            }
        }
        let (Some(unbound), Some(whole)) = (unbound.get(&at), whole.get(&at)) else { continue };
        let parts = bound.branches.iter().zip(metrics).map(|(branch, metrics)| part(branch, metrics.exact(at), reads));
        let branches = parts.fold(Some(Decimal::ZERO), sum);
        let text = |number: Option<Decimal>| number.map(|number| number.normalize().to_string());
        sums.push(Sum {
            metric: id.clone(),
            label: metric.label.clone(),
            branches: text(branches),
            unbound: text(*unbound),
            whole: text(*whole),
            holds: same(sum(branches, *unbound), *whole),
        });
    }
    sums
}
