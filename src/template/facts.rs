//! The facts of the notice, the same in every report: `notice.title`, the days of `calendar.theme`, `vars.quarter`.

use jiff::civil::Date;
use tera::{Map, Value as TeraValue};

use super::value::{PrintedValue, ValueMap, ValueName};
use crate::marker;
use crate::notice::{Annex, Calendar, Notice, Variable, subject};

/// The names that no ledger fills.
pub(super) fn notice_facts(notice: &Notice) -> Map {
    let mut facts = ValueMap::with_capacity(5);
    facts.insert(&ValueName::with_bare("title"), &PrintedValue::Text(&notice.facts.title), None);
    facts.insert(&ValueName::with_bare("subject"), &PrintedValue::Text(&subject(&notice.facts.title)), None);
    facts.insert(&ValueName::with_bare("issuer"), &PrintedValue::Text(&notice.facts.issuer), None);
    facts.insert(&ValueName::with_bare("deadline"), &PrintedValue::Date(notice.facts.deadline), None);
    facts.insert(&ValueName::with_bare("cutoff"), &PrintedValue::Date(notice.facts.cutoff), None);
    let mut calendars = Map::default();
    for (id, calendar) in &notice.calendar {
        calendars.insert(id.clone().into(), days(calendar, notice.facts.cutoff));
    }
    let mut names = Map::default();
    names.insert("notice".into(), TeraValue::from(facts.finish(&"n".into())));
    names.insert("calendar".into(), TeraValue::from(calendars));
    names.insert("vars".into(), TeraValue::from(variables(notice)));
    names
}

/// The variables of the settings.
fn variables(notice: &Notice) -> Map {
    let mut variables = ValueMap::with_capacity(notice.vars.len());
    for (id, variable) in &notice.vars {
        let value = match variable {
            Variable::Text(text) => PrintedValue::Text(text),
            Variable::Number(number) => PrintedValue::Number(*number),
            Variable::Rate(rate) => PrintedValue::Rate(rate),
            Variable::Date(date) => PrintedValue::Date(*date),
        };
        variables.insert(&ValueName::with_bare(id.clone()), &value, None);
    }
    variables.finish(&"n".into())
}

/// The fixed days up to the cut-off, each a row with the one column `date`.
fn days(calendar: &Calendar, cutoff: Date) -> TeraValue {
    let row = |day: Date| {
        let mut row = ValueMap::with_capacity(1);
        row.insert(&ValueName::with_bare("date"), &PrintedValue::Date(day), None);
        TeraValue::from(row.finish(&"n".into()))
    };
    TeraValue::from(calendar.days_until(cutoff).into_iter().map(row).collect::<Vec<_>>())
}

/// References to annexes: their marks are known when all templates are filled.
pub(super) fn annex_references(annexes: &[Annex]) -> TeraValue {
    let mut references = Map::default();
    for (index, annex) in annexes.iter().enumerate() {
        if let Some(id) = &annex.id {
            references.insert(id.get_ref().clone().into(), TeraValue::from(marker::annex_reference(index)));
        }
    }
    TeraValue::from(references)
}
