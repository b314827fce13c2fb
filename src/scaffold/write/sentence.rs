//! The sentence that a template prints about a ledger: its clauses with their metrics, those left out that say nothing.

use super::super::metrics::{Clause, LedgerMetrics, Listing, MEAN, MetricDesign, MetricKind};
use super::text::words;

/// How a sentence prints metrics.
pub(super) struct Printed<'a> {
    /// A metric with its unit; nothing leaves it out.
    pub(super) value: &'a dyn Fn(&MetricDesign) -> String,
    /// The id of the metric where the sentence is.
    pub(super) id: &'a dyn Fn(&MetricDesign) -> Option<String>,
}

/// A clause of a template.
struct ClauseText {
    /// When it is said, unless always.
    condition: Option<String>,
    text: String,
}

/// One sentence with the clauses of a ledger.
pub(super) fn sentence(metrics: &LedgerMetrics, printed: &Printed<'_>) -> String {
    let mut text = String::new();
    for clause in metrics.clauses.iter().filter_map(|clause| clause_text(clause, metrics, printed)) {
        let mark = if text.is_empty() { "" } else { "；" };
        match clause.condition {
            Some(condition) => text.push_str(&format!("{{% if {condition} %}}{mark}{}{{% endif %}}", clause.text)),
            None => text.push_str(&format!("{mark}{}", clause.text)),
        }
    }
    format!("{text}。")
}

fn clause_text(clause: &Clause, metrics: &LedgerMetrics, printed: &Printed<'_>) -> Option<ClauseText> {
    let of_clause: Vec<&MetricDesign> = clause.metrics.iter().filter_map(|at| metrics.metrics.get(*at)).collect();
    let first = of_clause.first().and_then(|first| Some((*first, (printed.id)(first)?)));
    match (clause.lists, first) {
        (Listing::Some | Listing::SomeOrNone, _) => listed(clause, &of_clause, metrics, printed),
        (Listing::OfFaults, Some((faults, id))) => {
            let (none, text) = (words(&faults.none), all_said(&of_clause, metrics, printed));
            let text = format!("{{% if n.{id} == 0 %}}{none}{{% else %}}{text}{{% endif %}}");
            Some(ClauseText { condition: None, text })
        }
        (lists, first) => {
            let text = all_said(&of_clause, metrics, printed);
            let condition = first.filter(|_| lists == Listing::IfFirst).map(|(_, id)| format!("n.{id} != 0"));
            let said = format!("{}{text}", words(&clause.lead));
            (!text.is_empty()).then_some(ClauseText { condition, text: said })
        }
    }
}

/// Metrics with the words before them, commas between.
fn all_said(of_clause: &[&MetricDesign], metrics: &LedgerMetrics, printed: &Printed<'_>) -> String {
    let mut text = String::new();
    for metric in of_clause {
        text.push_str(&said(metric, metrics, printed, !text.is_empty()));
    }
    text
}

/// A metric with the words before it; of what there is none, that there is none.
fn said(metric: &MetricDesign, metrics: &LedgerMetrics, printed: &Printed<'_>, has_others: bool) -> String {
    let (value, before) = ((printed.value)(metric), words(&metric.words));
    let comma = if has_others { "，" } else { "" };
    if value.is_empty() {
        return String::new();
    }
    match &metric.kind {
        MetricKind::Shortfall => match (printed.id)(metric) {
            Some(id) => {
                let none = words(&metric.none);
                format!("{{% if n.{id} == 0 %}}{comma}{none}{{% else %}}{comma}{before}有{value}{{% endif %}}")
            }
            None => format!("{comma}{before}有{value}"),
        },
        MetricKind::Faults => format!("{comma}{before}有{value}"),
        MetricKind::Rate { .. } => match part_whole(metrics, metric, printed) {
            Some(id) => format!("{{% if n.{id} is none or n.{id} > 0 %}}{comma}{before}{value}{{% endif %}}"),
            None => format!("{comma}{before}{value}"),
        },
        // The mean of one row is what the row says.
        MetricKind::Mean | MetricKind::MeanRate => {
            let bare = before.strip_prefix(MEAN).unwrap_or(&before);
            let is_one = format!("{} | length == 1", metrics.ledger);
            format!("{comma}{{% if {is_one} %}}{bare}{{% else %}}{before}{{% endif %}}{value}")
        }
        MetricKind::Total | MetricKind::Count => format!("{comma}{before}{value}"),
    }
}

/// A clause with the counts that are not 0, then its rates; what is unknown is a gap.
fn listed(
    clause: &Clause,
    of_clause: &[&MetricDesign],
    metrics: &LedgerMetrics,
    printed: &Printed<'_>,
) -> Option<ClauseText> {
    let is_rate = |metric: &MetricDesign| matches!(metric.kind, MetricKind::Rate { .. });
    let item = |metric: &&&MetricDesign| {
        Some(((printed.id)(metric)?, format!("{}{}", words(&metric.words), (printed.value)(metric))))
    };
    let counts: Vec<(String, String)> =
        of_clause.iter().filter(|metric| !is_rate(metric)).filter_map(|metric| item(&metric)).collect();
    let rates: String =
        of_clause.iter().filter(|metric| is_rate(metric)).map(|metric| said(metric, metrics, printed, true)).collect();
    let condition = (clause.lists == Listing::SomeOrNone).then(|| any_of(&counts));
    let text = format!("{}{}{rates}", words(&clause.lead), without_zeros(&counts));
    (!counts.is_empty()).then_some(ClauseText { condition, text })
}

/// The condition that one of several metrics, given by their ids, is not 0.
pub(super) fn any_of(counts: &[(String, String)]) -> String {
    counts.iter().map(|(id, _)| format!("n.{id} != 0")).collect::<Vec<_>>().join(" or ")
}

/// Texts with `、` between them, each said when the metric whose id is before it is not 0.
pub(super) fn without_zeros(counts: &[(String, String)]) -> String {
    let mut text = "{% set comma = false %}".to_owned();
    for (at, (id, said)) in counts.iter().enumerate() {
        let begin = if at == 0 { "" } else { "{% if comma %}、{% endif %}" };
        let end = if at + 1 == counts.len() { "" } else { "{% set comma = true %}" };
        text.push_str(&format!("{{% if n.{id} != 0 %}}{begin}{said}{end}{{% endif %}}"));
    }
    text
}

/// The id of what a rate is of, unless it is of all rows: there may be none of it, and then there is no rate.
fn part_whole(metrics: &LedgerMetrics, metric: &MetricDesign, printed: &Printed<'_>) -> Option<String> {
    let MetricKind::Rate { whole, .. } = &metric.kind else { return None };
    let whole = metrics.metrics.iter().find(|known| known.id == *whole)?;
    if whole.kind == MetricKind::Total { None } else { (printed.id)(whole) }
}
