//! What the ids in a field mean: the titles of ledgers, columns and metrics; and which a field may have.

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

/// An id that a field may have.
pub(super) struct KnownId {
    pub id: String,
    /// What it is called.
    pub title: String,
}

impl KnownId {
    fn new(id: &str, title: Option<String>) -> Self {
        Self { id: id.to_owned(), title: title.unwrap_or_else(|| id.to_owned()) }
    }
}

/// The ledgers or columns that a field may name, to choose from; none for other fields.
pub(super) fn known_ids(settings: &Written<'_>, field: &Field) -> Vec<KnownId> {
    let ledgers = || settings.ids(&["ledger"]);
    let title = |ledger: &str| text(settings, &["ledger", ledger, "title"]);
    match (field.kind, field.key.path) {
        (Kind::Id, "roster.ledger" | "check.ledger" | "summary.sheet.rows") => {
            ledgers().iter().map(|id| KnownId::new(id, title(id).map(|title| format!("《{title}》")))).collect()
        }
        (Kind::Id, "roster.name" | "roster.short" | "roster.kind" | "check.column") => {
            let own = sibling(settings, field, "ledger");
            let is_own = own.is_some();
            let columns = |ledger: &String| {
                let whose = if is_own { None } else { title(ledger).map(|title| format!("《{title}》")) };
                let known = move |id: &String| {
                    let header = column(settings, ledger, id).unwrap_or_else(|| id.clone());
                    KnownId::new(id, Some(format!("{}{header}", whose.clone().unwrap_or_default())))
                };
                column_ids(settings, ledger).iter().map(known).collect::<Vec<KnownId>>()
            };
            own.map_or_else(ledgers, |ledger| vec![ledger]).iter().flat_map(columns).collect()
        }
        _ => Vec::new(),
    }
}

/// The ids of a ledger's columns, the computed ones last.
fn column_ids(settings: &Written<'_>, ledger: &str) -> Vec<String> {
    let of = |kind: &str| settings.ids(&["ledger", ledger, kind]);
    of("columns").into_iter().chain(of("computed")).collect()
}

/// A ledger with what the condition of a check may say of its rows.
pub(super) struct RowWords {
    /// The ledger's title.
    pub ledger: String,
    /// A column each: row.完成日期, with the header where that is another.
    pub words: Vec<String>,
}

/// What conditions of checks may say, ledger by ledger.
pub(super) fn row_words(settings: &Written<'_>) -> Vec<RowWords> {
    let of_ledger = |id: String| {
        let word = |name: &String| match column(settings, &id, name).filter(|header| header != name) {
            Some(header) => format!("row.{name}（{header}）"),
            None => format!("row.{name}"),
        };
        let words = column_ids(settings, &id).iter().map(word).collect();
        RowWords { ledger: text(settings, &["ledger", &id, "title"]).unwrap_or(id), words }
    };
    settings.ids(&["ledger"]).into_iter().map(of_ledger).collect()
}
