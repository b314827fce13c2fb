//! The ledger that lists the branches: one row a branch, and a column with its kind.

use std::collections::HashSet;

use super::super::observe::{ObservedColumn, ObservedLedger};
use super::branch_column::names_in;
use super::{Confidence, Guess};
use crate::ingest::RawCell;

/// Words in the titles of rosters.
const ROSTER_WORDS: [&str; 8] = ["名册", "名录", "一览", "目录", "花名册", "通讯录", "基本信息", "基本情况"];
/// The last words of headers of the column with the kind.
const KIND_WORDS: [&str; 6] = ["类别", "类型", "性质", "分类", "种类", "层级"];

/// The most kinds of branches that a column is guessed to hold whatever its header.
const MAX_KINDS: usize = 6;
/// Characters of such a kind.
const MAX_KIND_LENGTH: usize = 8;

/// The ledger that lists the branches, and its columns, by their indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::scaffold) struct RosterColumns {
    /// The ledger's index.
    pub ledger: usize,
    /// The index of the column with the full name.
    pub name: usize,
    /// The index of the column with the kind.
    pub kind: usize,
    /// The column with a short name.
    pub short: Option<usize>,
}

/// The roster among the ledgers, whose branch columns are `branch_columns`; `None` when none of them is one.
pub(in crate::scaffold) fn guess(
    ledgers: &[ObservedLedger],
    branch_columns: &[Option<usize>],
) -> Option<Guess<RosterColumns>> {
    let mut best: Option<(u32, Guess<RosterColumns>)> = None;
    for (index, ledger) in ledgers.iter().enumerate() {
        let Some(columns) = branch_columns[index].and_then(|name| columns_of(index, ledger, name)) else { continue };
        let names = names_in(&ledger.columns[columns.name]);
        let is_listed_once = ledger.rows > 0 && names.len() == ledger.rows;
        let word = ROSTER_WORDS.iter().find(|word| title_has(ledger, word));
        let short = columns.short.map(|short| names_in(&ledger.columns[short])).unwrap_or_default();
        let all: HashSet<String> = names.iter().cloned().chain(short).collect();
        let covers = is_listed_once && covers_others(ledgers, branch_columns, index, &all);
        let reason = match (word, covers) {
            (Some(word), true) => format!("名称里有“{word}”，一行一个，其他台账里的都在里面"),
            (Some(word), false) => format!("名称里有“{word}”"),
            (None, true) => "一行一个，其他台账里的都在里面".to_owned(),
            (None, false) => continue,
        };
        let points = u32::from(word.is_some()) + u32::from(covers);
        let confidence = if points > 1 { Confidence::Certain } else { Confidence::Likely };
        if best.as_ref().is_none_or(|(known, _)| points > *known) {
            best = Some((points, Guess::new(columns, confidence, reason)));
        }
    }
    best.map(|(_, guess)| guess)
}

/// The columns of a roster; `None` when the ledger has none with the kind: one whose header says so, else, where each
/// branch has one row, the first one that groups them (学段: 小学, 中学).
pub(in crate::scaffold) fn columns_of(index: usize, ledger: &ObservedLedger, name: usize) -> Option<RosterColumns> {
    let find = |is: &dyn Fn(&ObservedColumn) -> bool| {
        ledger.columns.iter().enumerate().position(|(at, column)| at != name && is(column))
    };
    let lists_once = || ledger.rows > 0 && names_in(&ledger.columns[name]).len() == ledger.rows;
    let is_kind = |column: &ObservedColumn| is_kind(column, ledger.rows);
    let kind = find(&|column| column.label.ends_with(&KIND_WORDS));
    let kind = kind.or_else(|| if lists_once() { find(&is_kind) } else { None })?;
    let short = find(&|column| column.label.ends_with(&["简称"]));
    Some(RosterColumns { ledger: index, name, kind, short })
}

/// Whether a column groups the rows: every cell is filled, and a text is there for two rows or more on average.
fn is_kind(column: &ObservedColumn, rows: usize) -> bool {
    let kinds = column.distinct_texts();
    let are_short = kinds.iter().all(|kind| (1..=MAX_KIND_LENGTH).contains(&kind.chars().count()));
    let is_filled = column.filled().filter(|raw| matches!(raw, RawCell::Text(_))).count() == rows;
    (2..=MAX_KINDS).contains(&kinds.len()) && kinds.len() * 2 <= rows && is_filled && are_short
}

fn title_has(ledger: &ObservedLedger, word: &str) -> bool {
    [&ledger.stem, &ledger.sheet].into_iter().chain(&ledger.above).any(|text| text.contains(word))
}

/// Whether the names of the branches in all other ledgers are among `names`.
fn covers_others(
    ledgers: &[ObservedLedger],
    branch_columns: &[Option<usize>],
    index: usize,
    names: &HashSet<String>,
) -> bool {
    let others = ledgers.iter().zip(branch_columns).enumerate().filter(|(at, _)| *at != index);
    let mut used = others.filter_map(|(_, (ledger, column))| ledger.columns.get((*column)?)).map(names_in);
    let mut has_any = false;
    let is_covered = used.all(|used| {
        has_any |= !used.is_empty();
        used.is_subset(names)
    });
    has_any && is_covered
}
