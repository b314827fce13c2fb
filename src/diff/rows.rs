//! Which rows of a branch came, went, or changed in some cells.

use std::cmp::Reverse;
use std::collections::HashMap;

use indexmap::IndexMap;

use super::{CellChange, Change, RowChange};
use crate::manifest::{Sources, TableSource};

/// A row with where it stands.
#[derive(Clone, Debug)]
struct Row<'s> {
    place: String,
    title: &'s str,
    number: u32,
    /// Column id → name, letter, text; in the order of the ledger's columns in the settings.
    cells: IndexMap<&'s str, (&'s str, &'s str, &'s str)>,
}

impl<'s> Row<'s> {
    /// What it says; blank cells say nothing.
    fn said(&self) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.cells.iter().map(|(id, (_, _, text))| (*id, *text)).filter(|(_, text)| !text.is_empty())
    }

    fn text(&self) -> String {
        self.said().map(|(_, text)| text.replace('\n', " ")).collect::<Vec<_>>().join("，")
    }

    /// What it says beside the branch's name, which all its rows say.
    fn own(&self, branch: &str) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.said().filter(move |(_, text)| *text != branch)
    }

    /// How many cells say the same in both, beside the branch's name; `None` when it is less than half of them.
    fn likeness(&self, other: &Self, branch: &str) -> Option<usize> {
        let same = |(id, text): &(&str, &str)| other.cells.get(id).is_some_and(|(_, _, theirs)| theirs == text);
        let (alike, all) =
            (self.own(branch).filter(same).count(), self.own(branch).count().max(other.own(branch).count()));
        (alike * 2 >= all && alike > 0).then_some(alike)
    }
}

/// The rows that differ, ledger by ledger.
pub fn compare(old: &Sources, new: &Sources) -> Vec<RowChange> {
    let mut ledgers: Vec<&str> = Vec::new();
    for table in old.tables.iter().chain(&new.tables) {
        if !ledgers.contains(&table.ledger.as_str()) {
            ledgers.push(&table.ledger);
        }
    }
    let mut changes = Vec::new();
    for ledger in ledgers {
        let (mut before, mut now) = (rows(old, ledger), rows(new, ledger));
        cancel(&mut before, &mut now);
        tell(ledger, &new.branch, &before, &now, &mut changes);
    }
    changes
}

/// How often something is said by rows, by what they say.
type CellValue<'s> = HashMap<Vec<(&'s str, &'s str)>, usize>;

/// Takes away what both say, wherever it stands and however often.
fn cancel<'s>(before: &mut Vec<Row<'s>>, now: &mut Vec<Row<'s>>) {
    let mut left = CellValue::new();
    for row in &*before {
        *left.entry(row.said().collect()).or_default() += 1;
    }
    now.retain(|row| !take(row, &mut left));
    // What is left was said more often before; the last of them are those that went.
    let mut kept: Vec<bool> = before.iter().rev().map(|row| take(row, &mut left)).collect();
    before.retain(|_| kept.pop().unwrap_or_default());
}

/// Counts a row off; whether it was there.
fn take<'s>(row: &Row<'s>, left: &mut CellValue<'s>) -> bool {
    let count = left.get_mut(&row.said().collect::<Vec<_>>()).filter(|count| **count > 0);
    count.map(|count| *count -= 1).is_some()
}

/// The rows of a ledger on all its sheets. 序号 says nothing of a row, and numbers change when rows come and go.
fn rows<'s>(sources: &'s Sources, ledger: &str) -> Vec<Row<'s>> {
    let tables = sources.tables.iter().filter(|table| table.ledger == ledger);
    tables
        .flat_map(|table| table.rows.iter().map(move |(number, values)| row(sources, table, *number, values)))
        .collect()
}

fn row<'s>(sources: &'s Sources, table: &'s TableSource, number: u32, values: &'s [String]) -> Row<'s> {
    let place = sources.sheets.get(table.sheet).map(|sheet| match sheet.sheet.is_empty() {
        true => sheet.file.clone(),
        false => format!("{}［{}］", sheet.file, sheet.sheet),
    });
    let cells = table.columns.iter().zip(values).filter(|((_, label, _), _)| label != "序号");
    let cells =
        cells.map(|((id, label, letter), text)| (id.as_str(), (label.as_str(), letter.as_str(), text.as_str())));
    Row { place: place.unwrap_or_default(), title: &table.title, number, cells: cells.collect() }
}

/// Tells rows that differ: those most alike are the same row with other cells, the rest came or went.
fn tell(ledger: &str, branch: &str, before: &[Row<'_>], now: &[Row<'_>], changes: &mut Vec<RowChange>) {
    let mut pairs = Vec::new();
    for (new, row) in now.iter().enumerate() {
        let alike = |(old, other): (usize, &Row<'_>)| {
            Some((Reverse(row.likeness(other, branch)?), new.abs_diff(old), new, old))
        };
        pairs.extend(before.iter().enumerate().filter_map(alike));
    }
    pairs.sort_unstable();
    let (mut of_new, mut of_old) = (vec![None; now.len()], vec![false; before.len()]);
    for (_, _, new, old) in pairs {
        if of_new[new].is_none() && !of_old[old] {
            (of_new[new], of_old[old]) = (Some(old), true);
        }
    }
    let told = |row: &Row<'_>, what| RowChange {
        ledger: ledger.to_owned(),
        title: row.title.to_owned(),
        place: row.place.clone(),
        what,
    };
    for (row, old) in now.iter().zip(of_new) {
        let what = match old.and_then(|old| before.get(old)) {
            Some(old) => Change::Cells(cells(old, row)),
            None => Change::Added(row.number, row.text()),
        };
        changes.push(told(row, what));
    }
    let gone = before.iter().zip(of_old).filter(|(_, paired)| !paired);
    changes.extend(gone.map(|(row, _)| told(row, Change::Gone(row.number, row.text()))));
}

fn cells(before: &Row<'_>, now: &Row<'_>) -> Vec<CellChange> {
    let columns = now.cells.keys().chain(before.cells.keys().filter(|id| !now.cells.contains_key(*id)));
    let changes = columns.filter_map(|id| {
        let text = |row: &Row<'_>| row.cells.get(id).map_or(String::new(), |(_, _, text)| (*text).to_owned());
        let here = now.cells.get(id).map(|(label, letter, _)| (label, format!("{letter}{}", now.number)));
        // A column that only the old file has.
        let there = || before.cells.get(id).map(|(label, letter, _)| (label, format!("原 {letter}{}", before.number)));
        let (label, cell) = here.or_else(there)?;
        let (old, new) = (text(before), text(now));
        (old != new).then(|| CellChange { column: (*id).to_owned(), label: (*label).to_owned(), cell, old, new })
    });
    changes.collect()
}
