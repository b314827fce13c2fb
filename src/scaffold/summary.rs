//! The department's side: metrics and lists over all branches.

use super::design::{Design, LedgerDesign};
use super::ids::Ids;
use super::metrics::{LedgerMetrics, MetricDesign, MetricKind};
use super::phrase::nothing_words;

/// What the department's report says about one ledger, over all branches.
#[derive(Debug, Default)]
pub(super) struct LedgerSummary {
    /// For each metric of the ledger the one over all branches; `None` for a mean.
    pub metrics: Vec<Option<SummaryMetric>>,
    /// For each metric of what should not be, the branches that have some.
    pub shortfalls: Vec<ListDesign>,
    /// The branches without rows, where that means that they have nothing to report.
    pub absent: Option<ListDesign>,
    /// The branches of the chart.
    pub chart: Option<Chart>,
}

/// A `[summary.metric]` line as it will be written.
#[derive(Debug)]
pub(super) struct SummaryMetric {
    pub id: String,
    pub label: String,
    pub unit: String,
    pub expr: String,
    pub is_rate: bool,
}

/// A `[summary.list]` table as it will be written: the branches for which `when` holds.
#[derive(Debug)]
pub(super) struct ListDesign {
    pub id: String,
    pub label: String,
    pub when: String,
    /// The metric of a branch that it is sorted by, and that is printed beside a name; empty for neither.
    pub sort: String,
    /// The unit of that metric.
    pub unit: String,
    /// The words before the list.
    pub words: String,
}

/// A chart of the branches in a list.
#[derive(Debug)]
pub(super) struct Chart {
    pub list: ListDesign,
    /// What it shows.
    pub title: String,
    /// The header of its numbers.
    pub column: String,
}

/// The summaries of the ledgers whose metrics are given, in their order.
pub(super) fn summaries(design: &Design, metrics: &[LedgerMetrics]) -> Vec<LedgerSummary> {
    let mut ids = Ids::default();
    let word = &design.branch_word.value;
    design.ledgers.iter().zip(metrics).map(|(ledger, metrics)| summary(ledger, metrics, word, &mut ids)).collect()
}

fn summary(ledger: &LedgerDesign, metrics: &LedgerMetrics, word: &str, ids: &mut Ids) -> LedgerSummary {
    let mut made = LedgerSummary::default();
    for metric in &metrics.metrics {
        let label = format!("全部{}", metric.label);
        let known = |id: &str| {
            let at = metrics.metrics.iter().position(|metric| metric.id == id)?;
            Some(made.metrics.get(at)?.as_ref()?.id.clone())
        };
        let expr = match &metric.kind {
            kind if kind.is_mean() => None,
            MetricKind::Rate { part, whole } => {
                known(part).zip(known(whole)).map(|(part, whole)| format!("ratio({part}, {whole})"))
            }
            _ => Some(format!("sum(branches.map(|b| b.{}))", metric.id)),
        };
        made.metrics.push(expr.map(|expr| SummaryMetric {
            id: ids.take(&label),
            label,
            unit: metric.unit.clone(),
            expr,
            is_rate: matches!(metric.kind, MetricKind::Rate { .. }),
        }));
    }
    for metric in metrics.shortfalls() {
        let label = format!("有{}的{word}", metric.label.trim_end_matches('数'));
        made.shortfalls.push(ListDesign {
            id: ids.take(&label),
            when: format!("b.{} > 0", metric.id),
            sort: metric.id.clone(),
            unit: metric.unit.clone(),
            words: format!("{}，涉及以下{word}", metric.words),
            label,
        });
    }
    made.absent = metrics.rows().filter(|_| !ledger.every_branch.value).map(|rows| {
        let nothing = match ledger.is_uncounted {
            true => format!("没有{}记录", ledger.noun),
            false => nothing_words(&ledger.noun, &ledger.measure),
        };
        let label = format!("{nothing}的{word}");
        ListDesign {
            id: ids.take(&label),
            when: format!("b.{} == 0", rows.id),
            sort: String::new(),
            unit: String::new(),
            words: format!("以下{word}{nothing}"),
            label,
        }
    });
    made.chart = chart(metrics, word, ids);
    made
}

/// A header with its unit, unless it has none or ends with it.
pub(super) fn with_unit(label: &str, unit: &str) -> String {
    if label.ends_with(unit) { label.to_owned() } else { format!("{label}（{unit}）") }
}

/// The rates of the branches that have one, else the numbers of rows of all branches, else their first sums.
fn chart(metrics: &LedgerMetrics, word: &str, ids: &mut Ids) -> Option<Chart> {
    let (shown, listed, when) = match metrics.rate().map(|rate| (rate, &rate.kind)) {
        Some((rate, MetricKind::Rate { whole, .. })) => {
            let MetricDesign { id, label, .. } = metrics.metrics.iter().find(|metric| metric.id == *whole)?;
            (rate, format!("有{}的{word}", label.trim_end_matches('数')), format!("b.{id} > 0"))
        }
        _ => {
            let shown = metrics.total().or_else(|| metrics.count())?;
            // A branch with 0 is on the chart; one whose number is not known is a gap.
            (shown, format!("有{}这个数的{word}", shown.label), format!("b.{} >= 0", shown.id))
        }
    };
    let label = format!("各{word}{}", shown.label);
    let list = ListDesign {
        id: ids.take(&format!("按{}排列", shown.label)),
        label: listed,
        when,
        sort: shown.id.clone(),
        unit: shown.unit.clone(),
        words: String::new(),
    };
    Some(Chart { list, title: label, column: with_unit(&shown.label, &shown.unit) })
}

#[cfg(test)]
mod tests {
    use super::with_unit;

    #[test]
    fn a_header_says_its_unit_once() {
        assert_eq!(with_unit("参加人次", "人次"), "参加人次");
        assert_eq!(with_unit("文献清点数", "册"), "文献清点数（册）");
        assert_eq!(with_unit("整改率", ""), "整改率");
    }
}
