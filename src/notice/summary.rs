//! The department's own report over all branches, and its table.

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use super::{Letter, Metric, Section};

/// What the department gets.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// The name of its folder, and the head of its files' names.
    pub name: String,
    /// The fixed parts of its report.
    pub letter: Letter,
    /// Lists of branches, by id.
    #[serde(default)]
    pub list: IndexMap<String, List>,
    /// Metrics over all branches, by id, in the order they are computed.
    #[serde(default)]
    pub metric: IndexMap<String, Metric>,
    /// The heads of its report.
    pub section: Vec<Section>,
    /// The sheets of its table.
    #[serde(default)]
    pub sheet: Vec<Sheet>,
}

/// The branches for which something holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// What the list is of, as said in gaps.
    pub label: String,
    /// The expression over a branch `b`; true puts it on the list. All branches when not given.
    pub when: Option<Spanned<String>>,
    /// The branch metric by which the list is sorted; the roster's order when not given.
    pub sort: Option<Spanned<String>>,
    /// Whether the greatest comes first.
    #[serde(default)]
    pub descending: bool,
    /// How many branches it has, the first as it is sorted; more when others are as good as the last of them.
    pub take: Option<usize>,
}

/// A sheet of the table: a head, one row a branch.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// The head.
    pub title: String,
    /// The kinds of branch that have a row; all when not given.
    pub kinds: Option<Vec<Spanned<String>>>,
    /// The branch metrics that are its columns.
    pub metrics: Vec<Spanned<String>>,
    /// Those that are coloured where they are above 0: what is late or lacking.
    #[serde(default)]
    pub highlight: Vec<Spanned<String>>,
}
