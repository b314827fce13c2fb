//! Hints for gaps: which ledgers and columns would fill one.
//!
//! A gap has a name: a part of the report, a metric, a column, or what a template calls it. They are tried in this
//! order; the first that is known gives the hints.

use super::Settings;
use super::empty_ledgers::used_ledgers;
use crate::manifest::CurrentReport;
use crate::notice::{Annex, Ledger, Notice, is_name_continue};
use crate::template::gap_label;

/// A ledger that would fill a gap, or help to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapHint {
    /// Title of the ledger.
    pub ledger: String,
    /// Labels of the columns that are needed; whole rows when empty.
    pub columns: Vec<String>,
}

/// A metric that the department's metric is computed of and that some branches have no value of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MissingMetric<'a> {
    /// The label of the branches' metric.
    pub metric: &'a str,
    /// The branches without a value of it, in the roster's order.
    pub branches: Vec<&'a str>,
}

/// Why the department's metric with the label `what` has no value: the branches' metrics that it is computed of and that
/// are missing. Nothing when no metric is called so.
pub(crate) fn metrics_without_value<'a>(
    settings: &'a Settings,
    current: &'a [CurrentReport],
    what: &str,
) -> Vec<MissingMetric<'a>> {
    let notice = &settings.notice;
    let summary = notice.summary.as_ref();
    let position = summary.and_then(|summary| summary.metric.values().position(|metric| metric.label == what));
    let used = position.and_then(|at| settings.expressions.summary_dependencies().get(at));
    let missing = used.into_iter().flatten().filter_map(|index| {
        let (_, metric) = notice.metric.get_index(*index)?;
        let counted = current.iter().filter(|report| report.left_out.is_empty());
        let without = counted.filter(|report| report.without_value.contains(index));
        Some(MissingMetric { metric: &metric.label, branches: without.map(|report| report.name.as_str()).collect() })
    });
    missing.filter(|missing| !missing.branches.is_empty()).collect()
}

/// What would fill the gap `what` in the report of a branch of that kind; nothing when that is unknown.
pub fn gap_hints(settings: &Settings, kind: &str, what: &str) -> Vec<GapHint> {
    let notice = &settings.notice;
    let by_part = for_part(notice, kind, what);
    if !by_part.is_empty() {
        return by_part;
    }
    if let Some(at) = notice.metric.values().position(|metric| metric.label == what) {
        let reads = settings.expressions.dependencies().get(at).map(|reads| reads.all.as_slice()).unwrap_or_default();
        return reads.iter().filter_map(|(ledger, columns)| with_columns(notice, *ledger, columns)).collect();
    }
    let by_computed = for_computed(settings, what);
    if !by_computed.is_empty() {
        return by_computed;
    }
    let by_column = for_column(notice, kind, what);
    if by_column.is_empty() { for_template(settings, kind, what) } else { by_column }
}

/// For a part of the report or an annex that is missing as a whole: the ledgers that it is made of.
fn for_part(notice: &Notice, kind: &str, what: &str) -> Vec<GapHint> {
    let parts = notice.section.iter().flat_map(|section| &section.part);
    let parts = parts.filter(|part| part.is_for(kind) && part.label == what);
    let annexes = notice.annex.iter().filter(|annex| annex.is_for(kind) && gap_label(annex, notice) == what);
    let ids = parts.flat_map(|part| &part.ledgers).chain(annexes.flat_map(Annex::all_ledgers));
    ids.filter_map(|id| notice.ledger.get(id.get_ref())).map(with_required_columns).collect()
}

/// A ledger with the columns that every row must fill.
fn with_required_columns(ledger: &Ledger) -> GapHint {
    let columns = ledger.columns.values().filter(|column| column.required);
    GapHint { ledger: ledger.title.clone(), columns: columns.map(|column| column.label().to_owned()).collect() }
}

fn with_columns(notice: &Notice, ledger: usize, columns: &[usize]) -> Option<GapHint> {
    let (_, ledger) = notice.ledger.get_index(ledger)?;
    let columns = columns.iter().filter_map(|at| Some(ledger.columns.get_index(*at)?.1.label().to_owned()));
    Some(GapHint { ledger: ledger.title.clone(), columns: columns.collect() })
}

/// For a blank cell: the ledgers with a column of that name.
fn for_column(notice: &Notice, kind: &str, what: &str) -> Vec<GapHint> {
    let hint = |ledger: &Ledger| GapHint { ledger: ledger.title.clone(), columns: vec![what.to_owned()] };
    let has = |ledger: &Ledger| ledger.columns.values().any(|column| column.label() == what);
    of_kind(notice, kind, |_, ledger| has(ledger)).into_iter().map(hint).collect()
}

/// The ledgers that `is_meant` picks: those that reports of a kind are made of, and the roster; all when there is none
/// among these. A ledger that branches of other kinds alone hand in fills no gap.
fn of_kind<'n>(notice: &'n Notice, kind: &str, is_meant: impl Fn(&str, &Ledger) -> bool) -> Vec<&'n Ledger> {
    let used = used_ledgers(notice, kind);
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for (at, (id, ledger)) in notice.ledger.iter().enumerate().filter(|(_, (id, ledger))| is_meant(id, ledger)) {
        let is_own = used.contains(&at) || *id == notice.roster.ledger;
        if is_own { &mut own } else { &mut others }.push(ledger);
    }
    if own.is_empty() { others } else { own }
}

/// For a computed column without a number: the columns that it reads.
fn for_computed(settings: &Settings, what: &str) -> Vec<GapHint> {
    let notice = &settings.notice;
    let mut hints = Vec::new();
    for (ledger, (_, definition)) in notice.ledger.iter().enumerate() {
        for (index, (id, computed)) in definition.computed.iter().enumerate() {
            if computed.column(id).label() == what {
                hints.extend(with_columns(notice, ledger, settings.expressions.computed_reads(ledger, index)));
            }
        }
    }
    hints
}

/// For a gap that a template names itself: the ledgers whose ids occur in this template.
fn for_template(settings: &Settings, kind: &str, what: &str) -> Vec<GapHint> {
    let notice = &settings.notice;
    let parts = notice.section.iter().flat_map(|section| &section.part).filter(|part| part.is_for(kind));
    let annexes = notice.annex.iter().filter(|annex| annex.is_for(kind)).filter_map(|annex| annex.template.as_ref());
    let files = parts.map(|part| &part.template).chain(annexes);
    let mut texts = files.filter_map(|file| settings.templates.source(file.get_ref()).map(|text| &**text));
    let Some(text) = texts.find(|text| text.contains(what)) else { return Vec::new() };
    let words: Vec<&str> = text.split(|c| !is_name_continue(c)).collect();
    of_kind(notice, kind, |id, _| words.contains(&id)).into_iter().map(with_required_columns).collect()
}
