//! Tests of the table of keys against the types of the settings.

use std::collections::BTreeSet;
use std::fmt::Debug;

use serde::de::DeserializeOwned;

use super::{SAME_AS, find, keys, keys_of};
use crate::notice::{
    Annex, Archive, Calendar, Check, Column, ComputedColumn, Facts, Ledger, Letter, LetterHead, LetterTail, Limits,
    List, Metric, Notice, Part, Pdf, Roster, Section, Sheet, Summary, Typography, Words,
};
use crate::reference::key::{KeyDoc, Kind, Requirement};

/// Reads a text as the type of a table: the result, or serde's message.
type Read = fn(&str) -> Result<String, String>;

fn read<T: DeserializeOwned + Debug>(text: &str) -> Result<String, String> {
    toml::from_str::<T>(text).map(|value| without_spans(&format!("{value:?}"))).map_err(|e| e.message().to_owned())
}

/// The type behind each table that has keys of its own.
const TABLES: [(&str, Read); 23] = [
    ("", read::<Notice>),
    ("notice", read::<Facts>),
    ("roster", read::<Roster>),
    ("words", read::<Words>),
    ("letter", read::<Letter>),
    ("letter.head", read::<LetterHead>),
    ("letter.tail", read::<LetterTail>),
    ("typography", read::<Typography>),
    ("pdf", read::<Pdf>),
    ("calendar", read::<Calendar>),
    ("ledger", read::<Ledger>),
    ("ledger.columns", read::<Column>),
    ("ledger.computed", read::<ComputedColumn>),
    ("metric", read::<Metric>),
    ("check", read::<Check>),
    ("limits", read::<Limits>),
    ("section", read::<Section>),
    ("section.part", read::<Part>),
    ("annex", read::<Annex>),
    ("summary", read::<Summary>),
    ("summary.list", read::<List>),
    ("summary.sheet", read::<Sheet>),
    ("archive", read::<Archive>),
];

/// A debug text without the places at which spanned values stand.
fn without_spans(text: &str) -> String {
    let mut pieces = text.split("span: ");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |kept, piece| kept + piece.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'))
}

/// The names in backquotes behind the first, which is the unknown one.
fn offered(message: &str) -> BTreeSet<&str> {
    message.split('`').skip(1).step_by(2).skip(1).collect()
}

/// A TOML value for a key: its example, or a table of the keys that it must have.
fn value_of(key: &KeyDoc) -> String {
    match key.kind {
        Kind::Table => format!("{{ {} }}", minimal(key.path, "").join(", ")),
        Kind::NamedTables => format!("{{ x = {{ {} }} }}", minimal(key.path, "").join(", ")),
        Kind::TableList => format!("[{{ {} }}]", minimal(key.path, "").join(", ")),
        _ => key.example.split_once(" = ").expect("key = value").1.to_owned(),
    }
}

/// Lines for the keys that a table must have, but for one of them.
fn minimal(table: &str, without: &str) -> Vec<String> {
    let needed = keys_of(table).filter(|key| key.presence == Requirement::Required && key.name() != without);
    needed.map(|key| format!("{} = {}", key.name(), value_of(key))).collect()
}

#[test]
fn every_table_has_the_keys_that_serde_accepts() {
    for (table, read) in TABLES {
        let message = read("bogus_key = 1").expect_err(table);
        let listed: BTreeSet<&str> = keys_of(table).map(KeyDoc::name).collect();
        assert_eq!(offered(&message), listed, "[{table}]: {message}");
    }
    let read: BTreeSet<&str> = TABLES.iter().map(|(table, _)| *table).collect();
    let same = |path| SAME_AS.iter().any(|(alias, _)| *alias == path);
    for key in keys() {
        assert_eq!(key.is_table() && !same(key.path), read.contains(key.path), "{}", key.path);
        assert!(read.contains(key.table()), "{} stands in no table", key.path);
    }
    let paths: BTreeSet<&str> = keys().map(|key| key.path).collect();
    assert_eq!(paths.len(), keys().count(), "a path twice");
}

#[test]
fn examples_are_accepted_and_defaults_are_those_of_serde() {
    for (table, read) in TABLES {
        for key in keys_of(table) {
            let without = minimal(table, key.name());
            let with = |value: &str| {
                let line = format!("{} = {value}", key.name());
                read(&[&without[..], &[line]].concat().join("\n"))
            };
            let given = with(&value_of(key)).unwrap_or_else(|message| panic!("{}: {message}", key.path));
            let absent = read(&without.join("\n"));
            match key.presence {
                Requirement::Required => {
                    let message = absent.expect_err(key.path);
                    assert!(message.contains(&format!("missing field `{}`", key.name())), "{}: {message}", key.path);
                }
                Requirement::Default(value) => {
                    let default = with(value).unwrap_or_else(|message| panic!("{}: {message}", key.path));
                    assert_eq!(absent.as_deref(), Ok(default.as_str()), "{}", key.path);
                }
                Requirement::Optional(_) => assert_ne!(absent.as_deref(), Ok(given.as_str()), "{}", key.path),
            }
        }
    }
}

#[test]
fn choices_are_those_that_serde_accepts() {
    for (table, read) in TABLES {
        for key in keys_of(table) {
            let text = [&minimal(table, key.name())[..], &[format!("{} = \"bogus\"", key.name())]].concat();
            let outcome = read(&text.join("\n"));
            let message = outcome.err().filter(|message| message.starts_with("unknown variant"));
            let known: BTreeSet<&str> = key.kind.choices().iter().map(|(choice, _)| *choice).collect();
            assert_eq!(message.as_deref().map(offered).unwrap_or_default(), known, "{}", key.path);
        }
    }
}

#[test]
fn a_path_with_ids_or_below_an_alias_leads_to_its_key() {
    for (path, key) in [
        ("notice.title", Some("notice.title")),
        ("metric", Some("metric")),
        ("metric.short.expr", Some("metric.expr")),
        ("ledger.study.columns.done.header", Some("ledger.columns.header")),
        ("ledger.columns.header", Some("ledger.columns.header")),
        ("summary.letter.title", Some("letter.title")),
        ("summary.section.part.template", Some("section.part.template")),
        ("summary.list.top.when", Some("summary.list.when")),
        ("notice.nosuch", None),
        ("letter.x.title", None),
        ("", None),
    ] {
        assert_eq!(find(path).map(|key| key.path), key, "{path}");
    }
}
