//! Matches a branch's rows of two runs: rows with the same contents are equal wherever they are, of the rest the most
//! similar pairs are one row with changed cells, and what is left was added or removed.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use indexmap::IndexMap;

use super::{CellChange, DifferenceKind, RowChange};
use crate::manifest::{ColumnSource, Sources, TableRow, TableSource};

/// Pairs of rows that are compared, each with each: a second of work.
const MAX_PAIRS: usize = 1_000_000;
/// How far apart rows may be where there are more.
const NEAR: usize = 50;

/// A row with its place.
#[derive(Clone, Debug)]
struct DiffRow<'s> {
    place: String,
    title: &'s str,
    number: u32,
    /// Cells by the ids of their columns, in the order of the settings.
    cells: IndexMap<&'s str, DiffCell<'s>>,
}

/// A cell with its column.
#[derive(Clone, Copy, Debug)]
struct DiffCell<'s> {
    label: &'s str,
    letter: &'s str,
    text: &'s str,
}

/// The texts of a row's cells that are not blank, with the ids of their columns.
type Contents<'s> = Vec<(&'s str, &'s str)>;

impl<'s> DiffRow<'s> {
    /// Its cells that are not blank: column id and text.
    fn filled(&self) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.cells.iter().map(|(id, cell)| (*id, cell.text)).filter(|(_, text)| !text.is_empty())
    }

    fn text(&self) -> String {
        self.filled().map(|(_, text)| text.replace('\n', " ")).collect::<Vec<_>>().join("，")
    }

    /// Its filled cells without the branch's name, which all rows of the branch have.
    fn distinctive(&self, branch: &str) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.filled().filter(move |(_, text)| *text != branch)
    }

    /// How many distinctive cells are the same in both; `None` when they are less than half.
    fn similarity(&self, other: &Self, branch: &str) -> Option<usize> {
        let same = |(id, text): &(&str, &str)| other.cells.get(id).is_some_and(|cell| cell.text == *text);
        let (alike, all) = (
            self.distinctive(branch).filter(same).count(),
            self.distinctive(branch).count().max(other.distinctive(branch).count()),
        );
        (alike * 2 >= all && alike > 0).then_some(alike)
    }
}

/// The rows that differ, ledger by ledger.
pub(super) fn compare(old: &Sources<'_>, new: &Sources<'_>) -> Vec<RowChange> {
    let mut ledgers: Vec<&str> = Vec::new();
    for table in old.tables.iter().chain(&new.tables) {
        if !ledgers.contains(&&*table.ledger) {
            ledgers.push(&table.ledger);
        }
    }
    let mut changes = Vec::new();
    for ledger in ledgers {
        let (mut before, mut now) = (rows(old, ledger), rows(new, ledger));
        remove_equal(&mut before, &mut now);
        changes.extend(match_rows(ledger, &new.branch, &before, &now));
    }
    changes
}

/// Removes rows with equal contents from both, each as often as both have it.
fn remove_equal<'s>(before: &mut Vec<DiffRow<'s>>, now: &mut Vec<DiffRow<'s>>) {
    let mut left: HashMap<Contents<'_>, usize> = HashMap::new();
    for row in &*before {
        *left.entry(row.filled().collect()).or_default() += 1;
    }
    now.retain(|row| !take(row, &mut left));
    // Contents that are left were there more often before: the last rows with them were removed.
    let mut kept: Vec<bool> = before.iter().rev().map(|row| take(row, &mut left)).collect();
    before.retain(|_| kept.pop().unwrap_or_default());
}

/// Counts one row with these contents off; whether there was one left.
fn take<'s>(row: &DiffRow<'s>, left: &mut HashMap<Contents<'s>, usize>) -> bool {
    let count = left.get_mut(&row.filled().collect::<Vec<_>>()).filter(|count| **count > 0);
    count.map(|count| *count -= 1).is_some()
}

/// The rows of a ledger on all its sheets, without the column 序号, whose numbers change when rows are inserted.
fn rows<'s>(sources: &'s Sources<'_>, ledger: &str) -> Vec<DiffRow<'s>> {
    let tables = sources.tables.iter().filter(|table| table.ledger == ledger);
    tables.flat_map(|table| table.rows.iter().map(move |own| row(sources, table, own))).collect()
}

fn row<'s>(sources: &'s Sources<'_>, table: &'s TableSource<'_>, own: &'s TableRow<'_>) -> DiffRow<'s> {
    let place = sources.sheets.get(table.sheet).map(|sheet| match sheet.sheet.is_empty() {
        true => sheet.file.clone().into_owned(),
        false => format!("{}［{}］", sheet.file, sheet.sheet),
    });
    let cells = table.columns.iter().zip(&own.cells).filter(|(column, _)| column.label != "序号");
    let cell = |(column, text): (&'s ColumnSource<'_>, &'s Cow<'_, str>)| {
        (&*column.id, DiffCell { label: &column.label, letter: &column.letter, text })
    };
    DiffRow {
        place: place.unwrap_or_default(),
        title: &table.title,
        number: own.number,
        cells: cells.map(cell).collect(),
    }
}

/// Pairs the most similar rows, those with less distance first where several are equally similar. Of so many rows that
/// [`MAX_PAIRS`] would be exceeded only those are compared that are near one another.
fn match_rows(ledger: &str, branch: &str, before: &[DiffRow<'_>], now: &[DiffRow<'_>]) -> Vec<RowChange> {
    let mut pairs = Vec::new();
    let reach = if before.len().saturating_mul(now.len()) > MAX_PAIRS { NEAR } else { usize::MAX };
    for (new, row) in now.iter().enumerate() {
        let similar = |(old, other): (usize, &DiffRow<'_>)| {
            Some((Reverse(row.similarity(other, branch)?), new.abs_diff(old), new, old))
        };
        let (first, last) = (new.saturating_sub(reach), new.saturating_add(reach));
        let near = before.iter().enumerate().take(last.saturating_add(1)).skip(first);
        pairs.extend(near.filter_map(similar));
    }
    pairs.sort_unstable();
    let (mut of_new, mut of_old) = (vec![None; now.len()], vec![false; before.len()]);
    for (_, _, new, old) in pairs {
        if of_new[new].is_none() && !of_old[old] {
            (of_new[new], of_old[old]) = (Some(old), true);
        }
    }
    let mut changes = Vec::new();
    let change = |row: &DiffRow<'_>, what| RowChange {
        ledger: ledger.to_owned(),
        title: row.title.to_owned(),
        place: row.place.clone(),
        what,
    };
    for (row, old) in now.iter().zip(of_new) {
        let what = match old.and_then(|old| before.get(old)) {
            Some(old) => DifferenceKind::Cells(cells(old, row)),
            None => DifferenceKind::Added(row.number, row.text()),
        };
        changes.push(change(row, what));
    }
    let gone = before.iter().zip(of_old).filter(|(_, paired)| !paired);
    changes.extend(gone.map(|(row, _)| change(row, DifferenceKind::Gone(row.number, row.text()))));
    changes
}

/// The cells that differ, with their addresses in the new file; in the old one for a column that only that has.
fn cells(before: &DiffRow<'_>, now: &DiffRow<'_>) -> Vec<CellChange> {
    let only_before = before.cells.iter().filter(|(id, _)| !now.cells.contains_key(*id));
    let mut changes = Vec::new();
    for (id, cell) in now.cells.iter().chain(only_before) {
        let text = |row: &DiffRow<'_>| row.cells.get(id).map_or(String::new(), |cell| cell.text.to_owned());
        let (old, new) = (text(before), text(now));
        if old != new {
            let address = match now.cells.contains_key(id) {
                true => format!("{}{}", cell.letter, now.number),
                false => format!("原 {}{}", cell.letter, before.number),
            };
            let (column, label) = ((*id).to_owned(), cell.label.to_owned());
            changes.push(CellChange { column, label, cell: address, old, new });
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::{DiffCell, DiffRow, DifferenceKind, MAX_PAIRS, NEAR, match_rows};

    fn row<'s>(number: usize, name: &'s str, done: &'s str) -> DiffRow<'s> {
        let cell = |label, letter, text| (label, DiffCell { label, letter, text });
        DiffRow {
            place: String::new(),
            title: "",
            number: u32::try_from(number).unwrap(),
            cells: [cell("name", "A", name), cell("hours", "B", "50"), cell("done", "C", done)].into(),
        }
    }

    /// Each with each would be 25 million pairs.
    #[test]
    fn thousands_of_changed_rows_are_matched_with_those_near_them() {
        let names: Vec<String> = (0..5_000).map(|number| format!("第{number}人")).collect();
        assert!(names.len() * names.len() > MAX_PAIRS);
        let before: Vec<DiffRow<'_>> = names.iter().enumerate().map(|(at, name)| row(at, name, "40")).collect();
        let mut now: Vec<DiffRow<'_>> = names.iter().enumerate().map(|(at, name)| row(at, name, "45")).collect();
        now.remove(7);
        now.swap(100, 100 + NEAR / 2);
        let changes = match_rows("study", "甲党支部", &before, &now);
        assert_eq!(changes.len(), names.len());
        let (last, changed) = changes.split_last().unwrap();
        assert!(matches!(&last.what, DifferenceKind::Gone(7, text) if text.contains("第7人")), "{last:?}");
        for change in changed {
            let DifferenceKind::Cells(cells) = &change.what else { panic!("{change:?}") };
            assert_eq!(cells.iter().map(|cell| cell.column.as_str()).collect::<Vec<_>>(), ["done"], "{change:?}");
        }
    }
}
