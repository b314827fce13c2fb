//! Parses the text of settings into tables with positions.
//!
//! Two things are added to TOML: a key may be a word of any script without quotes, and ids are folded (`id.rs`), both
//! where they are defined and where other settings refer to them. Positions stay those of the text.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{NoticeError, line_at};
use super::id::{folded, is_name_continue};

/// Tables whose keys are ids; `*` stands for an id.
const TABLES_OF_IDS: [&str; 6] = ["calendar", "ledger", "ledger.*.columns", "metric", "summary.list", "summary.metric"];

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

/// The tables of a settings file.
pub(super) struct Document<'t> {
    pub root: Spanned<DeTable<'t>>,
    /// Ids of one table that are the same name in two spellings.
    collisions: Vec<Collision>,
}

/// Two ids that are the same name: the spans of both.
struct Collision {
    first: Range<usize>,
    second: Range<usize>,
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
        let mut collisions = Vec::new();
        fold_table(root.get_mut(), "", &mut collisions);
        Ok(Self { root, collisions })
    }

    /// One error for each id that is written a second time in another spelling.
    pub(super) fn collisions(&self, file: &Path, text: &str) -> Vec<NoticeError> {
        let written = |span: &Range<usize>| text.get(span.clone()).unwrap_or_default().trim_matches(['"', '\'']);
        let error = |Collision { first, second }: &Collision| {
            let (one, other) = (written(second), written(first));
            let line = line_at(text, first.start);
            let message = format!("“{one}”与第{line}行的“{other}”是同一个名称（全角、半角不分），请改一个");
            NoticeError::At { file: file.to_owned(), line: line_at(text, second.start), message }
        };
        self.collisions.iter().map(error).collect()
    }
}

/// Whether the parser refuses no more than a word beyond ASCII as a key without quotes.
fn is_word_as_key(text: &str, error: &toml::de::Error) -> bool {
    let written = error.span().and_then(|span| text.get(span)).unwrap_or_default();
    error.message().starts_with("invalid unquoted key") && written.chars().all(is_name_continue)
}

/// Folds the ids of a table and of the tables in it. `path` has `*` in place of ids.
fn fold_table(table: &mut DeTable<'_>, path: &str, collisions: &mut Vec<Collision>) {
    let holds_ids = TABLES_OF_IDS.contains(&path);
    if holds_ids && table.keys().any(|key| matches!(folded(key.get_ref()), Cow::Owned(_))) {
        fold_keys(table, collisions);
    }
    for (key, value) in table.iter_mut() {
        let part = if holds_ids { "*" } else { key.get_ref() };
        let path = if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") };
        fold_value(value.get_mut(), &path, collisions);
    }
}

fn fold_value(value: &mut DeValue<'_>, path: &str, collisions: &mut Vec<Collision>) {
    match value {
        DeValue::Table(table) => fold_table(table, path, collisions),
        DeValue::Array(items) => items.iter_mut().for_each(|item| fold_value(item.get_mut(), path, collisions)),
        DeValue::String(text) if REFERENCES.contains(&path) => {
            if let Cow::Owned(name) = folded(text) {
                *text = Cow::Owned(name);
            }
        }
        _ => {}
    }
}

fn fold_keys(table: &mut DeTable<'_>, collisions: &mut Vec<Collision>) {
    for (key, value) in std::mem::take(table) {
        let name = folded(key.get_ref()).into_owned();
        match table.get_key_value(name.as_str()) {
            Some((known, _)) => collisions.push(Collision { first: known.span(), second: key.span() }),
            None => _ = table.insert(Spanned::new(key.span(), Cow::Owned(name)), value),
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
