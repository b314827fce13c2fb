//! Parses the text of settings into tables with positions.
//!
//! Three things are added to TOML: a key may be a word of any script without quotes; ids are folded (`id.rs`), both where
//! they are defined and where other settings refer to them; variables are put into texts (`vars.rs`). Positions stay those
//! of the text.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::error::{NoticeError, line_at};
use super::id::{folded, is_name_continue};
use super::vars::{Variable, with_variables};

/// Tables whose keys are ids; `*` stands for an id.
const TABLES_OF_IDS: [&str; 7] =
    ["calendar", "ledger", "ledger.*.columns", "metric", "summary.list", "summary.metric", "vars"];

/// Keys whose texts refer to ids. Paths do not count the items of lists.
const REFERENCES: [&str; 16] = [
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
    "summary.list.*.sort",
    "summary.sheet.metrics",
    "summary.sheet.highlight",
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
    /// Parses the text of settings.
    ///
    /// # Errors
    /// With the first thing that is no TOML.
    pub(super) fn parse(text: &'t str) -> Result<Self, toml::de::Error> {
        let (mut root, errors) = DeTable::parse_recoverable(text);
        if let Some(error) = errors.into_iter().find(|error| !is_word_as_key(text, error)) {
            return Err(error);
        }
        let mut reader = Reader { text, variables: IndexMap::new(), faults: Vec::new() };
        reader.fold_table(root.get_mut(), "");
        reader.variables = variables(root.get_ref());
        reader.fill_table(root.get_mut(), "");
        Ok(Self { root, faults: reader.faults })
    }

    /// What is wrong beside what the types of the settings refuse.
    pub(super) fn errors(&self, file: &Path, text: &str) -> Vec<NoticeError> {
        let error = |Fault { offset, message }: &Fault| NoticeError::At {
            file: file.to_owned(),
            line: line_at(text, *offset),
            message: message.clone(),
        };
        self.faults.iter().map(error).collect()
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
    text: &'t str,
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
        let line = line_at(self.text, first.start);
        let offset = second.start;
        let written = |span: Range<usize>| self.text.get(span).unwrap_or_default().trim_matches(['"', '\'']);
        let (one, other) = (written(second), written(first));
        let message = format!("“{one}”与第{line}行的“{other}”是同一个名称（全角、半角不分），请改一个");
        Fault { offset, message }
    }

    /// Puts variables into the texts of a table and of the tables in it.
    fn fill_table(&mut self, table: &mut DeTable<'_>, path: &str) {
        for (key, value) in table.iter_mut() {
            let is_expression = EXPRESSIONS.contains(&key.get_ref().as_ref());
            let path = joined(path, key.get_ref());
            if !is_expression && path != "vars" && !is_template(&path) {
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

    use super::Document;
    use crate::notice::Notice;

    #[test]
    fn words_are_keys_without_quotes_and_keep_their_positions() {
        let text = "[ledger.隐患]\n台账.第２列 = { header = [\"甲\"] }\n";
        let document = Document::parse(text).expect("settings");
        let ledger = document.root.get_ref()["ledger"].get_ref().as_table().expect("a table");
        let (id, table) = ledger.iter().next().expect("a ledger");
        assert_eq!((id.get_ref().as_ref(), &text[id.span()]), ("隐患", "隐患"));
        assert!(table.get_ref().as_table().is_some_and(|table| table.contains_key("台账")));
        for text in ["整改 人 = 1", "整改（人） = 1", "“甲” = 1", "甲、乙 = 1", "甲\u{3000}= 1", "[ledger.甲 乙]"]
        {
            assert!(Document::parse(text).is_err(), "{text}");
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
