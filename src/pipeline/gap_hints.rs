//! Which ledger and which of its columns would fill a gap.

use super::Settings;
use crate::notice::{Ledger, Notice};

/// A ledger that would fill a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapHint {
    /// What the ledger is called.
    pub ledger: String,
    /// The columns that are wanted, by what they are called; its rows as wholes when none is named.
    pub columns: Vec<String>,
}

/// What would fill a gap in the report of a branch of that kind; nothing when nobody can tell.
pub fn gap_hints(settings: &Settings, kind: &str, what: &str) -> Vec<GapHint> {
    let notice = &settings.notice;
    let by_part = of_part(notice, kind, what);
    if !by_part.is_empty() {
        return by_part;
    }
    if let Some(at) = notice.metric.values().position(|metric| metric.label == what) {
        let reads = settings.expressions.dependencies().get(at).map(|reads| reads.all.as_slice()).unwrap_or_default();
        return reads.iter().filter_map(|(ledger, columns)| of_columns(notice, *ledger, columns)).collect();
    }
    let by_column = of_label(notice, what);
    if by_column.is_empty() { of_template(settings, kind, what) } else { by_column }
}

/// A part of the report that is missing as a whole: the ledgers that it is made of.
fn of_part(notice: &Notice, kind: &str, what: &str) -> Vec<GapHint> {
    let parts = notice.section.iter().flat_map(|section| &section.part);
    let parts = parts.filter(|part| part.is_for(kind) && part.label == what);
    let ledgers = parts.flat_map(|part| &part.ledgers).filter_map(|id| notice.ledger.get(id.get_ref()));
    ledgers.map(needed).collect()
}

/// A ledger with the columns that a row of it must have.
fn needed(ledger: &Ledger) -> GapHint {
    let columns = ledger.columns.values().filter(|column| column.required);
    GapHint { ledger: ledger.title.clone(), columns: columns.map(|column| column.label().to_owned()).collect() }
}

fn of_columns(notice: &Notice, ledger: usize, columns: &[usize]) -> Option<GapHint> {
    let (_, ledger) = notice.ledger.get_index(ledger)?;
    let columns = columns.iter().filter_map(|at| Some(ledger.columns.get_index(*at)?.1.label().to_owned()));
    Some(GapHint { ledger: ledger.title.clone(), columns: columns.collect() })
}

/// A cell that is blank: the ledgers that have a column of that name.
fn of_label(notice: &Notice, what: &str) -> Vec<GapHint> {
    let has = |ledger: &&Ledger| ledger.columns.values().any(|column| column.label() == what);
    let filling = |ledger: &Ledger| GapHint { ledger: ledger.title.clone(), columns: vec![what.to_owned()] };
    notice.ledger.values().filter(has).map(filling).collect()
}

/// A gap that a template names itself: the ledgers that this template uses.
fn of_template(settings: &Settings, kind: &str, what: &str) -> Vec<GapHint> {
    let notice = &settings.notice;
    let parts = notice.section.iter().flat_map(|section| &section.part).filter(|part| part.is_for(kind));
    let mut texts = parts.filter_map(|part| settings.templates.source(part.template.get_ref()));
    let Some(text) = texts.find(|text| text.contains(what)) else { return Vec::new() };
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let used = notice.ledger.iter().filter(|(id, _)| words.contains(&id.as_str()));
    used.map(|(_, ledger)| needed(ledger)).collect()
}
