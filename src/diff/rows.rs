//! Compares a branch's ledger rows: which were added, removed, or changed in some cells.
//!
//! A row is identified by what its cells contain, not by its number, so rows that only moved have not changed. Rows
//! with equal contents are matched first, as often as they occur on both sides; what remains is paired by similarity,
//! and the rest was added or removed. The column 序号 is ignored: it is renumbered when rows come and go.

use std::cmp::Reverse;
use std::collections::HashMap;

use indexmap::IndexMap;

use super::{CellChange, Change, RowChange};
use crate::manifest::{Sources, TableSource};

/// A row of a ledger, whichever sheet it is on.
#[derive(Clone, Debug)]
struct Row<'s> {
    /// Its file and sheet.
    place: String,
    title: &'s str,
    number: u32,
    /// By column id, in the order of the columns in the settings.
    cells: IndexMap<&'s str, Cell<'s>>,
}

#[derive(Clone, Copy, Debug)]
struct Cell<'s> {
    /// The column's label.
    label: &'s str,
    /// The column's letter.
    letter: &'s str,
    text: &'s str,
}

/// The column ids and texts of the cells that are not blank: the identity of a row.
type Contents<'s> = Vec<(&'s str, &'s str)>;

impl<'s> Row<'s> {
    fn contents(&self) -> Contents<'s> {
        self.cells.iter().map(|(id, cell)| (*id, cell.text)).filter(|(_, text)| !text.is_empty()).collect()
    }

    fn text(&self) -> String {
        self.contents().iter().map(|(_, text)| text.replace('\n', " ")).collect::<Vec<_>>().join("，")
    }

    /// The contents without the branch's name, which all rows of the branch have.
    fn own_contents(&self, branch: &str) -> Contents<'s> {
        self.contents().into_iter().filter(|(_, text)| *text != branch).collect()
    }

    /// The number of equal cells; `None` when they are none, or fewer than half of the cells of the longer row.
    fn similarity(&self, other: &Self, branch: &str) -> Option<usize> {
        let own = self.own_contents(branch);
        let is_equal = |(id, text): &&(&str, &str)| other.cells.get(id).is_some_and(|cell| cell.text == *text);
        let equal = own.iter().filter(is_equal).count();
        let longer = own.len().max(other.own_contents(branch).len());
        (equal * 2 >= longer && equal > 0).then_some(equal)
    }
}

/// The rows that differ, ledger by ledger, in the order of the old run's ledgers.
pub fn compare(old: &Sources, new: &Sources) -> Vec<RowChange> {
    let mut ledgers: Vec<&str> = Vec::new();
    for table in old.tables.iter().chain(&new.tables) {
        if !ledgers.contains(&table.ledger.as_str()) {
            ledgers.push(&table.ledger);
        }
    }
    let mut changes = Vec::new();
    for ledger in ledgers {
        let (mut old_rows, mut new_rows) = (rows(old, ledger), rows(new, ledger));
        remove_equal(&mut old_rows, &mut new_rows);
        changes.extend(changed_rows(ledger, &new.branch, &old_rows, &new_rows));
    }
    changes
}

/// Removes rows with equal contents from both sides, as often as they occur on both.
fn remove_equal<'s>(old: &mut Vec<Row<'s>>, new: &mut Vec<Row<'s>>) {
    let mut unmatched: HashMap<Contents<'s>, usize> = HashMap::new();
    for row in &*old {
        *unmatched.entry(row.contents()).or_default() += 1;
    }
    let mut take = |row: &Row<'s>| {
        let count = unmatched.get_mut(&row.contents()).filter(|count| **count > 0);
        count.map(|count| *count -= 1).is_some()
    };
    new.retain(|row| !take(row));
    // Counts left over are of rows the old side has more often; of equal rows, the last ones count as removed.
    let mut is_removed: Vec<bool> = old.iter().rev().map(take).collect();
    old.retain(|_| is_removed.pop().unwrap_or_default());
}

/// The rows of a ledger on all its sheets.
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
    let cells = cells.map(|((id, label, letter), text)| (id.as_str(), Cell { label, letter, text }));
    Row { place: place.unwrap_or_default(), title: &table.title, number, cells: cells.collect() }
}

/// For each new row the index of the old row it is paired with: the most similar pairs first, then those closest in
/// position.
fn pair_similar(branch: &str, old: &[Row<'_>], new: &[Row<'_>]) -> Vec<Option<usize>> {
    let mut candidates = Vec::new();
    for (new_index, row) in new.iter().enumerate() {
        for (old_index, other) in old.iter().enumerate() {
            if let Some(similarity) = row.similarity(other, branch) {
                candidates.push((Reverse(similarity), new_index.abs_diff(old_index), new_index, old_index));
            }
        }
    }
    candidates.sort_unstable();
    let (mut partners, mut is_paired) = (vec![None; new.len()], vec![false; old.len()]);
    for (_, _, new_index, old_index) in candidates {
        if partners[new_index].is_none() && !is_paired[old_index] {
            (partners[new_index], is_paired[old_index]) = (Some(old_index), true);
        }
    }
    partners
}

/// Changed and added rows in the order of the new run, then removed ones.
fn changed_rows(ledger: &str, branch: &str, old: &[Row<'_>], new: &[Row<'_>]) -> Vec<RowChange> {
    let partners = pair_similar(branch, old, new);
    let row_change = |row: &Row<'_>, what| RowChange {
        ledger: ledger.to_owned(),
        title: row.title.to_owned(),
        place: row.place.clone(),
        what,
    };
    let mut changes = Vec::new();
    for (row, partner) in new.iter().zip(&partners) {
        let what = match partner.and_then(|index| old.get(index)) {
            Some(before) => Change::Cells(changed_cells(before, row)),
            None => Change::Added(row.number, row.text()),
        };
        changes.push(row_change(row, what));
    }
    for (index, row) in old.iter().enumerate() {
        if !partners.contains(&Some(index)) {
            changes.push(row_change(row, Change::Gone(row.number, row.text())));
        }
    }
    changes
}

/// The cells that differ, those of columns only the old row has last.
fn changed_cells(old: &Row<'_>, new: &Row<'_>) -> Vec<CellChange> {
    let columns = new.cells.keys().chain(old.cells.keys().filter(|id| !new.cells.contains_key(*id)));
    let text = |row: &Row<'_>, id: &str| row.cells.get(id).map_or(String::new(), |cell| cell.text.to_owned());
    let mut changes = Vec::new();
    for id in columns {
        let (label, address) = match (new.cells.get(id), old.cells.get(id)) {
            (Some(cell), _) => (cell.label, format!("{}{}", cell.letter, new.number)),
            (None, Some(cell)) => (cell.label, format!("原 {}{}", cell.letter, old.number)),
            (None, None) => continue,
        };
        let (old_text, new_text) = (text(old, id), text(new, id));
        if old_text != new_text {
            changes.push(CellChange {
                column: (*id).to_owned(),
                label: label.to_owned(),
                cell: address,
                old: old_text,
                new: new_text,
            });
        }
    }
    changes
}
