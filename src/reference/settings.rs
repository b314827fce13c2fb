//! The keys of `notice.toml`, each with its type, its default, a sentence and an example.
//!
//! The keys of a subject are in a file of their own. `zicha explain` and the notice author's manual both show this
//! table. serde remains the source of truth: the tests compare the keys, the choices and the defaults below with what
//! the types of [`crate::notice`] accept.

mod facts;
mod ledger;
mod letter;
mod metric;
mod section;
mod summary;

use super::key::{KeyDoc, Kind};

/// Tables whose keys are those of another table.
pub(crate) const SAME_AS: [(&str, &str); 4] = [
    ("summary.letter", "letter"),
    ("summary.metric", "metric"),
    ("summary.section", "section"),
    ("summary.annex", "annex"),
];

/// The key that a path names. The path may hold ids that the author chose: `ledger.study.columns.done.header` is
/// `ledger.columns.header`, and `summary.letter.title` is `letter.title`.
pub(crate) fn find(path: &str) -> Option<&'static KeyDoc> {
    let mut found: Option<&'static KeyDoc> = None;
    let mut table = String::new();
    let mut id_follows = false;
    for part in path.split('.') {
        match keys_of(&table).find(|key| key.name() == part) {
            Some(key) => {
                found = Some(key);
                table = key.path.to_owned();
                id_follows = key.kind == Kind::NamedTables;
            }
            None if id_follows => id_follows = false,
            None => return None,
        }
    }
    found
}

/// The keys of a table, in the order in which the manual lists them; those of the top for an empty path.
pub(crate) fn keys_of(table: &str) -> impl Iterator<Item = &'static KeyDoc> + use<> {
    let table = SAME_AS.iter().find(|(alias, _)| *alias == table).map_or(table, |(_, table)| *table).to_owned();
    keys().filter(move |key| key.table() == table)
}

/// All keys, each table before its own keys.
pub(crate) fn keys() -> impl Iterator<Item = &'static KeyDoc> {
    [facts::KEYS, letter::KEYS, ledger::KEYS, metric::KEYS, section::KEYS, summary::KEYS].into_iter().flatten()
}

#[cfg(test)]
mod tests;
