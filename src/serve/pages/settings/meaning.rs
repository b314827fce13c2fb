//! What the ids in a field mean: the titles of ledgers, columns and metrics.

use super::fields::Field;
use crate::notice::edit::{Written, WrittenValue};
use crate::reference::key::Kind;

/// A clause that gives the titles of the ids in a field, in their order; empty when no title differs from its id.
pub(super) fn of_ids(settings: &Written<'_>, field: &Field) -> String {
    if !matches!(field.kind, Kind::Id | Kind::Ids) {
        return String::new();
    }
    let ids: Vec<&str> = field.shown.lines().collect();
    let titles: Vec<String> =
        ids.iter().map(|id| title(settings, field, id).unwrap_or_else(|| (*id).to_owned())).collect();
    if titles == ids {
        return String::new();
    }
    let word = if titles.len() > 1 { "依次是" } else { "就是" };
    format!("{word}“{}”", titles.join("”“"))
}

fn title(settings: &Written<'_>, field: &Field, id: &str) -> Option<String> {
    match field.key.path {
        "roster.ledger" | "check.ledger" | "summary.sheet.rows" => text(settings, &["ledger", id, "title"]),
        "roster.name" | "roster.short" | "roster.kind" | "check.column" => {
            column(settings, &sibling(settings, field, "ledger")?, id)
        }
        "summary.sheet.columns" | "summary.sheet.optional" | "summary.sheet.sort" | "summary.sheet.total" => {
            column(settings, &sibling(settings, field, "rows")?, id)
        }
        "summary.sheet.metrics" | "summary.sheet.highlight" => text(settings, &["metric", id, "label"]),
        _ => None,
    }
}

/// The text of another key of the same table.
fn sibling(settings: &Written<'_>, field: &Field, key: &str) -> Option<String> {
    let (_, table) = field.path.split_last()?;
    let path: Vec<&str> = table.iter().map(String::as_str).chain([key]).collect();
    text(settings, &path)
}

/// The first spelling of a column's header, or the label of a computed column.
fn column(settings: &Written<'_>, ledger: &str, id: &str) -> Option<String> {
    match settings.value(&["ledger", ledger, "columns", id, "header"]) {
        Some(WrittenValue::List(header)) => header.into_iter().next(),
        _ => text(settings, &["ledger", ledger, "computed", id, "label"]),
    }
}

fn text(settings: &Written<'_>, path: &[&str]) -> Option<String> {
    match settings.value(path)? {
        WrittenValue::Text(text) => Some(text),
        _ => None,
    }
}
