//! What each filter makes of a value, and which values it must not be given.

use super::ast::{Expr, FilterCall};
use super::comparison::bare_name;
use super::filters::bare_path;
use super::schema::{Schema, ValueType};
use crate::notice::known_names;

/// What a filter makes of a value.
pub(super) struct Filtered<'n> {
    pub schema: Schema<'n>,
    /// Why the filter must not be used so, in Chinese.
    pub objection: Option<String>,
}

impl<'n> Filtered<'n> {
    fn of(schema: Schema<'n>) -> Self {
        Self { schema, objection: None }
    }

    fn refused(objection: String) -> Self {
        Self { schema: Schema::Any, objection: Some(objection) }
    }
}

/// Filters that cut, change or count a text, and with it the markers of its provenance.
const CHANGING: [&str; 24] = [
    "length",
    "truncate",
    "replace",
    "split",
    "trim",
    "trim_start",
    "trim_end",
    "upper",
    "lower",
    "capitalize",
    "title",
    "indent",
    "wordcount",
    "pluralize",
    "escape_html",
    "escape_xml",
    "newlines_to_br",
    "reverse",
    "first",
    "last",
    "int",
    "float",
    "abs",
    "round",
];

/// Applies a filter other than `where` to a value of that schema.
pub(super) fn apply<'n>(word: &FilterCall<'_>, input: &Expr<'_>, schema: Schema<'n>) -> Filtered<'n> {
    let text = input.text;
    match (word.name, &schema) {
        ("escape" | "safe" | "default" | "str", Schema::Printed) => Filtered::of(Schema::Printed),
        (name, Schema::Printed) if CHANGING.contains(&name) => {
            Filtered::refused(format!("“{text}”是排好的文字，带着出处，不能用 {name}；用带 n 的值{}", bare_name(text)))
        }
        ("unique" | "sort", Schema::List(element)) if matches!(**element, Schema::Printed) => {
            let name = word.name;
            Filtered::refused(format!(
                "“{text}”里是排好的文字，带着出处，不能用 {name}；用带 n 的值，如 pluck(name=\"n.…\")"
            ))
        }
        ("sort" | "unique" | "reverse", Schema::List(element)) => keeping(word, &schema, element),
        ("sort_by", Schema::List(element)) => match sorted_by(word, element) {
            Some(objection) => Filtered::refused(objection),
            None => Filtered::of(schema),
        },
        ("group_by", Schema::List(element)) => match keyed(word, element) {
            Some(objection) => Filtered::refused(objection),
            None => Filtered::of(Schema::Groups(element.clone())),
        },
        ("pluck", Schema::List(element)) => pluck(word, element),
        ("first" | "last" | "nth", Schema::List(_)) => Filtered::of(schema.element()),
        ("get", Schema::Map(_)) => match word.text_argument("key") {
            Some(key) => field(&schema, key),
            None => Filtered::of(Schema::Any),
        },
        ("join", Schema::List(element)) => match **element {
            Schema::Map(_) | Schema::List(_) => {
                Filtered::refused(format!("“{text}”的每一项是一行，不能直接连成一句；先用 pluck(name=\"…\") 取一列"))
            }
            Schema::Bare(_) => Filtered::of(Schema::Bare(ValueType::Text)),
            _ => Filtered::of(Schema::Printed),
        },
        ("length" | "sum" | "round" | "int" | "float" | "abs" | "wordcount", _) => {
            Filtered::of(Schema::Bare(ValueType::Number))
        }
        ("keys", Schema::Map(_)) => Filtered::of(Schema::list(Schema::Constant(ValueType::Text))),
        (_, Schema::Bare(_)) => Filtered::of(Schema::Bare(ValueType::Unknown)),
        _ => Filtered::of(Schema::Any),
    }
}

/// A filter that gives the list again, in another order or with fewer elements.
fn keeping<'n>(word: &FilterCall<'_>, list: &Schema<'n>, element: &Schema<'n>) -> Filtered<'n> {
    match keyed(word, element) {
        Some(objection) => Filtered::refused(objection),
        None => Filtered::of(list.clone()),
    }
}

/// Why rows cannot be sorted or grouped by the filter's `attribute`, in Chinese.
fn keyed(word: &FilterCall<'_>, element: &Schema<'_>) -> Option<String> {
    let attribute = word.text_argument("attribute")?;
    let by = field(element, attribute);
    by.objection.or_else(|| match by.schema {
        Schema::Printed => Some(format!(
            "“{attribute}”是排好的文字，带着出处，不能按它排序或分组；写 attribute=\"{}\"",
            bare_name(attribute).trim_start_matches('：')
        )),
        _ => None,
    })
}

/// Why rows cannot be sorted as the arguments of `sort_by` say, in Chinese.
fn sorted_by(word: &FilterCall<'_>, element: &Schema<'_>) -> Option<String> {
    const ARGUMENTS: [&str; 3] = ["field", "descending", "take"];
    if let Some(unknown) = word.arguments.iter().find(|argument| !ARGUMENTS.contains(&argument.name)) {
        let known = known_names(unknown.name, "可写的有", ARGUMENTS.into_iter());
        return Some(format!("sort_by 里不能写“{}”{known}", unknown.name));
    }
    let Some(field_name) = word.text_argument("field") else {
        return Some("sort_by 要写明按哪一列排，如 sort_by(field=\"…\")".to_owned());
    };
    field(element, &bare_path(field_name)).objection
}

fn pluck<'n>(word: &FilterCall<'_>, element: &Schema<'n>) -> Filtered<'n> {
    let Some(name) = word.text_argument("name") else { return Filtered::of(Schema::Any) };
    let plucked = field(element, name);
    match plucked.objection {
        Some(_) => plucked,
        None => Filtered::of(Schema::list(plucked.schema)),
    }
}

/// The field at a dotted path.
pub(super) fn field<'n>(of: &Schema<'n>, path: &str) -> Filtered<'n> {
    let mut schema = of.clone();
    for part in path.split('.') {
        match schema.field(part) {
            Ok(inner) => schema = inner,
            Err(unknown) => return Filtered::refused(unknown.message(part)),
        }
    }
    Filtered::of(schema)
}
