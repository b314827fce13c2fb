//! The JSON Schema of `notice.toml`, for editors (taplo, and what is built on it): made from the table of keys.
//!
//! Draft 7, which taplo reads. A table is written out where it stands, without references: editors show the description
//! of a key only where it has no other key beside it. TOML dates are texts with the format `date` there. A notice that
//! is based on another may leave out any key of a table; items of lists are whole.

use serde_json::{Map, Value, json};

use super::key::{KeyDoc, Kind, Requirement};
use super::settings::keys_of;
use crate::diagnostics::Severity;

/// The version of JSON Schema that the schema follows.
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";
/// The key by which a notice is based on another.
const BASE: &str = "base";
/// A code of a finding, in `[severity]`.
const CODE_PATTERN: &str = "^Z[0-9]{3}$";

/// The schema of the whole file.
pub(crate) fn settings_schema() -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!(DRAFT));
    schema.insert("title".to_owned(), json!("自查：通知的设置（notice.toml）"));
    schema.extend(table(""));
    schema.insert("if".to_owned(), json!({ "not": { "required": [BASE] } }));
    schema.insert("then".to_owned(), Value::Object(needed(&required(""), "")));
    Value::Object(schema)
}

/// The schema of a table, whatever it must have; of the whole file for an empty path.
fn table(path: &str) -> Map<String, Value> {
    let properties: Map<String, Value> = keys_of(path).map(|key| (key.name().to_owned(), property(key))).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

/// The names of the keys that a table must have.
fn required(path: &str) -> Vec<&'static str> {
    keys_of(path).filter(|key| key.presence == Requirement::Required).map(KeyDoc::name).collect()
}

/// What a table and the tables in it must have: `names`, and what theirs must have.
fn needed(names: &[&str], path: &str) -> Map<String, Value> {
    let inner = keys_of(path).filter_map(|key| {
        let needed = needed(&required(key.path), key.path);
        let schema = match key.kind {
            Kind::Table => Value::Object(needed.clone()),
            Kind::NamedTables => json!({ "additionalProperties": needed.clone() }),
            _ => return None,
        };
        (!needed.is_empty()).then(|| (key.name().to_owned(), schema))
    });
    let inner: Map<String, Value> = inner.collect();
    let mut schema = Map::new();
    if !names.is_empty() {
        schema.insert("required".to_owned(), json!(names));
    }
    if !inner.is_empty() {
        schema.insert("properties".to_owned(), Value::Object(inner));
    }
    schema
}

/// The schema of an item of a list, which has all that it must have.
fn item(path: &str) -> Value {
    let mut schema = table(path);
    schema.insert("allOf".to_owned(), json!([needed(&required(path), path)]));
    Value::Object(schema)
}

/// The schema of a key's value, with what an editor shows of it.
fn property(key: &KeyDoc) -> Value {
    let mut schema = match of_kind(key) {
        Value::Object(schema) => schema,
        _ => Map::new(),
    };
    schema.insert("description".to_owned(), json!(description(key)));
    if let Requirement::Default(value) = key.presence
        && let Ok(value) = serde_json::from_str::<Value>(value)
    {
        schema.insert("default".to_owned(), value);
    }
    Value::Object(schema)
}

/// What the key does, what holds when it is left out, and an example.
fn description(key: &KeyDoc) -> String {
    let example = if key.is_table() { "写作" } else { "例如" };
    format!("{}\n\n填{}；{}。{example} {}", key.what, key.kind.label(), key.presence.label(), key.example)
}

fn of_kind(key: &KeyDoc) -> Value {
    let text = || json!({ "type": "string" });
    let list = |items: Value| json!({ "type": "array", "items": items });
    let map = |values: Value| json!({ "type": "object", "additionalProperties": values });
    let date = || json!({ "type": "string", "format": "date" });
    match key.kind {
        Kind::Text | Kind::Template | Kind::File | Kind::Id | Kind::Expression => text(),
        Kind::Texts | Kind::Templates | Kind::Ids => list(text()),
        Kind::TemplateOrTemplates => json!({ "anyOf": [text(), { "type": "array", "items": text(), "minItems": 1 }] }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Date => date(),
        Kind::Dates => list(date()),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Choice(choices) => {
            let (words, meanings): (Vec<&str>, Vec<&str>) = choices.iter().copied().unzip();
            json!({ "type": "string", "enum": words, "x-taplo": { "docs": { "enumValues": meanings } } })
        }
        Kind::TextMap => map(text()),
        Kind::NumberMap => map(json!({ "type": "number" })),
        Kind::VariableMap => map(json!({ "type": ["string", "number"] })),
        Kind::SeverityMap => {
            let words = [Severity::Error, Severity::Warning, Severity::Note].map(Severity::label);
            json!({
                "type": "object",
                "patternProperties": { CODE_PATTERN: { "type": "string", "enum": words } },
                "additionalProperties": false,
            })
        }
        Kind::Table => Value::Object(table(key.path)),
        // A computed column may be its expression alone.
        Kind::NamedTables if key.path == "ledger.computed" => {
            map(json!({ "anyOf": [text(), Value::Object(table(key.path))] }))
        }
        Kind::NamedTables => map(Value::Object(table(key.path))),
        Kind::TableList => list(item(key.path)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::settings_schema;
    use crate::reference::key::Kind;
    use crate::reference::settings::{SAME_AS, keys};

    /// The schema of what a path leads to; ids and the items of lists are passed over.
    fn find<'s>(schema: &'s Value, path: &str) -> &'s Value {
        path.split('.').fold(schema, |schema, name| {
            let inner = [&schema["additionalProperties"], &schema["items"]].into_iter().find(|inner| inner.is_object());
            let inner = inner.unwrap_or(schema);
            let table = if inner["anyOf"].is_array() { &inner["anyOf"][1] } else { inner };
            &table["properties"][name]
        })
    }

    #[test]
    fn every_key_is_in_the_schema_with_its_sentence() {
        let schema = settings_schema();
        for key in keys() {
            let own = find(&schema, key.path);
            let description = own["description"].as_str().unwrap_or_default();
            assert!(description.starts_with(key.what), "{}: {own}", key.path);
            assert_eq!(own["enum"].is_array(), matches!(key.kind, Kind::Choice(_)), "{}", key.path);
        }
        for (alias, table) in SAME_AS {
            let keys = keys().filter(|key| key.table() == table);
            for key in keys {
                assert!(find(&schema, &format!("{alias}.{}", key.name())).is_object(), "{alias}.{}", key.name());
            }
        }
    }
}
