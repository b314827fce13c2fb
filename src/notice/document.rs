//! Parses the text of settings into tables with positions.
//!
//! A notice may be based on another, whose settings it overrides key by key. Three things are added to TOML: a key may
//! be a word of any script without quotes; ids are folded (`id.rs`), both where they are defined and where other
//! settings refer to them; variables are put into texts (`vars.rs`). Positions stay those of the text.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::error::NoticeError;
use super::id::{folded, is_name_continue};
use super::source::SourceText;
use super::toml_error::from_toml;
use super::vars::{Variable, with_variables};

/// Tables whose keys are ids; `*` stands for an id.
const TABLES_OF_IDS: [&str; 8] =
    ["calendar", "ledger", "ledger.*.columns", "ledger.*.computed", "metric", "summary.list", "summary.metric", "vars"];

/// Keys whose texts refer to ids. Paths do not count the items of lists.
const REFERENCES: [&str; 24] = [
    "roster.ledger",
    "roster.name",
    "roster.short",
    "roster.kind",
    "check.ledger",
    "check.column",
    "section.part.ledgers",
    "annex.id",
    "annex.ledger",
    "annex.ledgers",
    "annex.columns",
    "annex.optional",
    "summary.annex.id",
    "summary.annex.ledger",
    "summary.annex.columns",
    "summary.annex.optional",
    "summary.list.*.sort",
    "summary.sheet.metrics",
    "summary.sheet.highlight",
    "summary.sheet.rows",
    "summary.sheet.columns",
    "summary.sheet.optional",
    "summary.sheet.sort",
    "summary.sheet.total",
];

/// Keys whose texts are expressions, which use variables by their names.
const EXPRESSIONS: [&str; 2] = ["expr", "when"];

/// Keys of the letter, its head and its tail whose texts are templates.
const LETTER_TEMPLATES: [&str; 13] = [
    "title",
    "addressee",
    "signer",
    "organisation",
    "note",
    "copy_number",
    "secrecy",
    "urgency",
    "mark",
    "number",
    "signers",
    "copy_to",
    "printer",
];

/// Whether the texts of a key are templates, which are filled for each report.
pub(super) fn is_template(path: &str) -> bool {
    let path = path.strip_prefix("summary.").unwrap_or(path);
    let key = path.rsplit('.').next().unwrap_or(path);
    path == "annex.title" || path.starts_with("letter.") && LETTER_TEMPLATES.contains(&key)
}

/// The tables of a settings file.
pub(super) struct Document<'t> {
    pub root: Spanned<DeTable<'t>>,
    /// Ids that are the same name in two spellings, and variables that do not exist.
    faults: Vec<Fault>,
}

/// Something in the settings that is wrong.
struct Fault {
    /// The byte offset of it.
    offset: usize,
    message: String,
}

impl<'t> Document<'t> {
    /// Parses the texts of settings and puts the own ones over those that they are based on.
    ///
    /// # Errors
    /// With the first thing that is no TOML.
    pub(super) fn parse(source: &'t SourceText) -> Result<Self, NoticeError> {
        let mut reader = Reader { source, variables: IndexMap::new(), faults: Vec::new() };
        let mut whole: Option<Spanned<DeTable<'t>>> = None;
        for part in source.parts().rev() {
            let mut root = tables(part.text).map_err(|error| from_toml(part, &error))?;
            if part.start > 0 {
                root = shifted_table(root, part.start);
            }
            reader.fold_table(root.get_mut(), "");
            whole = Some(match whole {
                Some(base) => Spanned::new(root.span(), merged(base.into_inner(), root.into_inner())),
                None => root,
            });
        }
        let mut root = whole.unwrap_or_else(|| Spanned::new(0..0, DeTable::new()));
        reader.variables = variables(root.get_ref());
        reader.fill_table(root.get_mut(), "");
        Ok(Self { root, faults: reader.faults })
    }

    /// What is wrong beside what the types of the settings refuse.
    pub(super) fn errors(&self, source: &SourceText) -> Vec<NoticeError> {
        self.faults.iter().map(|Fault { offset, message }| source.error_at(*offset, message.clone())).collect()
    }
}

/// The tables of one text.
///
/// # Errors
/// With the first thing that is no TOML.
pub(super) fn tables(text: &str) -> Result<Spanned<DeTable<'_>>, toml::de::Error> {
    let (root, errors) = DeTable::parse_recoverable(text);
    match errors.into_iter().find(|error| !is_word_as_key(text, error)) {
        Some(error) => Err(error),
        None => Ok(root),
    }
}

/// The tables of one text with their ids folded, and with all texts as they are written.
///
/// # Errors
/// With the first thing that is no TOML.
pub(super) fn folded_tables(text: &str) -> Result<Spanned<DeTable<'_>>, toml::de::Error> {
    let mut root = tables(text)?;
    let source = SourceText::single(Path::new(""), text);
    let mut reader = Reader { source: &source, variables: IndexMap::new(), faults: Vec::new() };
    reader.fold_table(root.get_mut(), "");
    Ok(root)
}

/// The table with all positions moved on by `offset` bytes.
fn shifted_table<'t>(table: Spanned<DeTable<'t>>, offset: usize) -> Spanned<DeTable<'t>> {
    let entry = |(key, value): (Spanned<DeString<'t>>, Spanned<DeValue<'t>>)| {
        (Spanned::new(shifted(key.span(), offset), key.into_inner()), shifted_value(value, offset))
    };
    let span = shifted(table.span(), offset);
    Spanned::new(span, table.into_inner().into_iter().map(entry).collect())
}

fn shifted_value<'t>(value: Spanned<DeValue<'t>>, offset: usize) -> Spanned<DeValue<'t>> {
    let span = value.span();
    let moved = shifted(span.clone(), offset);
    match value.into_inner() {
        DeValue::Table(table) => {
            Spanned::new(moved, DeValue::Table(shifted_table(Spanned::new(span, table), offset).into_inner()))
        }
        DeValue::Array(items) => {
            let items = items.into_iter().map(|item| shifted_value(item, offset)).collect();
            Spanned::new(moved, DeValue::Array(items))
        }
        other => Spanned::new(moved, other),
    }
}

fn shifted(span: Range<usize>, offset: usize) -> Range<usize> {
    span.start + offset..span.end + offset
}

/// `own` over `base`: tables key by key, anything else as a whole. Keys keep the order of `base`, since metrics use
/// those before them; new ones follow.
fn merged<'t>(base: DeTable<'t>, mut own: DeTable<'t>) -> DeTable<'t> {
    let mut whole = DeTable::new();
    for (key, value) in base {
        match own.remove_entry(key.get_ref().as_ref()) {
            Some((own_key, own_value)) => _ = whole.insert(own_key, merged_value(value, own_value)),
            None => _ = whole.insert(key, value),
        }
    }
    whole.extend(own);
    whole
}

fn merged_value<'t>(base: Spanned<DeValue<'t>>, own: Spanned<DeValue<'t>>) -> Spanned<DeValue<'t>> {
    let span = own.span();
    match (base.into_inner(), own.into_inner()) {
        (DeValue::Table(base), DeValue::Table(own)) => Spanned::new(span, DeValue::Table(merged(base, own))),
        (_, own) => Spanned::new(span, own),
    }
}

/// The values of `[vars]`; those that are none are refused with the types of the settings.
fn variables(root: &DeTable<'_>) -> IndexMap<String, Variable> {
    let table = root.get("vars").and_then(|vars| vars.get_ref().as_table());
    let value = |(name, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
        let value = Variable::deserialize(value.clone().into_deserializer()).ok()?;
        Some((name.get_ref().to_string(), value))
    };
    table.into_iter().flatten().filter_map(value).collect()
}

/// Whether the parser refuses no more than a word beyond ASCII as a key without quotes.
fn is_word_as_key(text: &str, error: &toml::de::Error) -> bool {
    let written = error.span().and_then(|span| text.get(span)).unwrap_or_default();
    error.message().starts_with("invalid unquoted key") && written.chars().all(is_name_continue)
}

/// The path of a key in the table at `path`.
fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Changes the tables of settings after TOML is parsed.
struct Reader<'t> {
    source: &'t SourceText,
    variables: IndexMap<String, Variable>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    /// Folds the ids of a table and of the tables in it. `path` has `*` in place of ids.
    fn fold_table(&mut self, table: &mut DeTable<'_>, path: &str) {
        let holds_ids = TABLES_OF_IDS.contains(&path);
        if holds_ids && table.keys().any(|key| matches!(folded(key.get_ref()), Cow::Owned(_))) {
            self.fold_keys(table);
        }
        for (key, value) in table.iter_mut() {
            let part = if holds_ids { "*" } else { key.get_ref() };
            self.fold_value(value.get_mut(), &joined(path, part));
        }
    }

    fn fold_value(&mut self, value: &mut DeValue<'_>, path: &str) {
        match value {
            DeValue::Table(table) => self.fold_table(table, path),
            DeValue::Array(items) => items.iter_mut().for_each(|item| self.fold_value(item.get_mut(), path)),
            DeValue::String(text) if REFERENCES.contains(&path) => {
                if let Cow::Owned(name) = folded(text) {
                    *text = Cow::Owned(name);
                }
            }
            _ => {}
        }
    }

    fn fold_keys(&mut self, table: &mut DeTable<'_>) {
        for (key, value) in std::mem::take(table) {
            let name = folded(key.get_ref()).into_owned();
            match table.get_key_value(name.as_str()) {
                Some((known, _)) => self.faults.push(self.collision(known.span(), key.span())),
                None => _ = table.insert(Spanned::new(key.span(), Cow::Owned(name)), value),
            }
        }
    }

    /// The fault of two ids that are the same name.
    fn collision(&self, first: Range<usize>, second: Range<usize>) -> Fault {
        let line = self.source.line_at(first.start).line;
        let offset = second.start;
        let written = |span: Range<usize>| self.source.text().get(span).unwrap_or_default().trim_matches(['"', '\'']);
        let (one, other) = (written(second), written(first));
        let message = format!("“{one}”与第{line}行的“{other}”是同一个名称（全角、半角不分），请改一个");
        Fault { offset, message }
    }

    /// Puts variables into the texts of a table and of the tables in it.
    fn fill_table(&mut self, table: &mut DeTable<'_>, path: &str) {
        for (key, value) in table.iter_mut() {
            let is_expression = EXPRESSIONS.contains(&key.get_ref().as_ref());
            let path = joined(path, key.get_ref());
            let is_computed = path.starts_with("ledger.") && path.split('.').nth(2) == Some("computed");
            if !is_expression && !is_computed && path != "vars" && !is_template(&path) {
                self.fill_value(value, &path);
            }
        }
    }

    fn fill_value(&mut self, value: &mut Spanned<DeValue<'_>>, path: &str) {
        let offset = value.span().start;
        match value.get_mut() {
            DeValue::Table(table) => self.fill_table(table, path),
            DeValue::Array(items) => items.iter_mut().for_each(|item| self.fill_value(item, path)),
            DeValue::String(text) => match with_variables(text, &self.variables) {
                Ok(Some(filled)) => *text = Cow::Owned(filled),
                Ok(None) => {}
                Err(message) => self.faults.push(Fault { offset, message }),
            },
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Document, SourceText, tables};
    use crate::notice::Notice;

    #[test]
    fn words_are_keys_without_quotes_and_keep_their_positions() {
        let text = "[ledger.隐患]\n台账.第２列 = { header = [\"甲\"] }\n";
        let source = SourceText::single(Path::new("设置"), text);
        let document = Document::parse(&source).expect("settings");
        let ledger = document.root.get_ref()["ledger"].get_ref().as_table().expect("a table");
        let (id, table) = ledger.iter().next().expect("a ledger");
        assert_eq!((id.get_ref().as_ref(), &text[id.span()]), ("隐患", "隐患"));
        assert!(table.get_ref().as_table().is_some_and(|table| table.contains_key("台账")));
        for text in ["整改 人 = 1", "整改（人） = 1", "“甲” = 1", "甲、乙 = 1", "甲\u{3000}= 1", "[ledger.甲 乙]"]
        {
            assert!(tables(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ids_that_are_one_name_are_refused_with_both_lines() {
        let text = "[metric]\n率Ａ = 1\n\"率A\" = 2\n[summary.metric]\nrate = 1\nｒate = 2\n";
        let said = Notice::parse(Path::new("设置"), text.to_owned()).expect_err("two ids of one name").to_string();
        let expected = "设置 第3行：“率A”与第2行的“率Ａ”是同一个名称（全角、半角不分），请改一个\n\
            设置 第6行：“ｒate”与第5行的“rate”是同一个名称（全角、半角不分），请改一个";
        assert_eq!(said, expected);
    }
}
