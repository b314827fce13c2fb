//! Who reported, for the department's templates: `reporting.due` branches had to, `reporting.done` did, and
//! `reporting.left_out` are those that the settings leave out, each with its name, its kind and the reason.

use rust_decimal::Decimal;
use tera::{Map, Value as TeraValue};

use super::fill::DepartmentValues;
use super::top_names::LEFT_OUT;
use super::value::{PrintedValue, ValueMap, ValueName};

/// The values under `reporting`. None of them comes from a ledger.
pub(super) fn values(department: &DepartmentValues<'_>) -> Map {
    let DepartmentValues { branches, left_out, previous_reporting, .. } = *department;
    let mut values = ValueMap::with_capacity(4);
    let mut insert = |name: &'static str, number: usize| {
        values.insert(&ValueName::with_bare(name), &PrintedValue::Number(Decimal::from(number)), None);
    };
    insert("due", branches.len() + left_out.len());
    insert("done", branches.len());
    match previous_reporting {
        Some(number) => insert("previous", number),
        None => values.insert_none("previous"),
    }
    let left_out: Vec<TeraValue> = left_out
        .iter()
        .map(|branch| {
            let mut names = ValueMap::with_capacity(3);
            let mut insert = |name: &'static str, text: &str| {
                names.insert(&ValueName::with_bare(name), &PrintedValue::Text(text), None);
            };
            insert("name", branch.name());
            insert("kind", branch.kind());
            insert("reason", branch.left_out().unwrap_or_default());
            TeraValue::from(names.finish(&"n".into()))
        })
        .collect();
    let mut map = values.finish(&"n".into());
    map.insert(LEFT_OUT.into(), TeraValue::from(left_out));
    map
}
