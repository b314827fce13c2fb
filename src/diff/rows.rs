//! Which rows of a branch came, went, or changed in some cells.

use indexmap::IndexMap;
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};

use super::{CellChange, Change, RowChange};
use crate::record::{Sources, TableSource};

/// A row with where it stands.
#[derive(Clone, Debug)]
struct Row<'s> {
    place: String,
    title: &'s str,
    number: u32,
    /// Column id → name, letter, text; in the order of the ledger's columns in the settings.
    cells: IndexMap<&'s str, (&'s str, &'s str, &'s str)>,
}

/// Rows are alike when they say the same, wherever they stand.
impl PartialEq for Row<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.said().eq(other.said())
    }
}

impl Eq for Row<'_> {}

impl PartialOrd for Row<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Row<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.said().cmp(other.said())
    }
}

impl std::hash::Hash for Row<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.said().for_each(|said| said.hash(state));
    }
}

impl<'s> Row<'s> {
    /// What it says; blank cells say nothing.
    fn said(&self) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.cells.iter().map(|(id, (_, _, text))| (*id, *text)).filter(|(_, text)| !text.is_empty())
    }

    fn text(&self) -> String {
        self.said().map(|(_, text)| text.replace('\n', " ")).collect::<Vec<_>>().join("，")
    }

    /// How many cells say the same in both.
    fn alike(&self, other: &Self) -> usize {
        self.said().filter(|(id, text)| other.cells.get(id).is_some_and(|(_, _, theirs)| theirs == text)).count()
    }
}

/// The rows that differ, ledger by ledger.
pub fn compare(old: &Sources<'_>, new: &Sources<'_>) -> Vec<RowChange> {
    let mut ledgers: Vec<&str> = Vec::new();
    for table in old.tables.iter().chain(&new.tables) {
        if !ledgers.contains(&table.ledger.as_ref()) {
            ledgers.push(&table.ledger);
        }
    }
    let mut changes = Vec::new();
    for ledger in ledgers {
        let (before, now) = (rows(old, ledger), rows(new, ledger));
        for op in capture_diff_slices(Algorithm::Patience, &before, &now) {
            if op.tag() != DiffTag::Equal {
                stretch(ledger, &op, &before, &now, &mut changes);
            }
        }
    }
    changes
}

/// The rows of a ledger on all its sheets. 序号 says nothing of a row, and numbers change when rows come and go.
fn rows<'s>(sources: &'s Sources<'_>, ledger: &str) -> Vec<Row<'s>> {
    let tables = sources.tables.iter().filter(|table| table.ledger == ledger);
    tables
        .flat_map(|table| table.rows.iter().map(move |(number, values)| row(sources, table, *number, values)))
        .collect()
}

fn row<'s>(
    sources: &'s Sources<'_>,
    table: &'s TableSource<'_>,
    number: u32,
    values: &'s [std::borrow::Cow<'_, str>],
) -> Row<'s> {
    let place = sources.sheets.get(table.sheet).map(|sheet| match sheet.sheet.is_empty() {
        true => sheet.file.to_string(),
        false => format!("{}［{}］", sheet.file, sheet.sheet),
    });
    let cells = table.columns.iter().zip(values).filter(|((_, label, _), _)| label != "序号");
    let cells =
        cells.map(|((id, label, letter), text)| (id.as_ref(), (label.as_ref(), letter.as_ref(), text.as_ref())));
    Row { place: place.unwrap_or_default(), title: &table.title, number, cells: cells.collect() }
}

/// Tells a stretch of rows that differ: pairs those that are mostly alike, the rest came or went.
fn stretch(ledger: &str, op: &DiffOp, before: &[Row<'_>], now: &[Row<'_>], changes: &mut Vec<RowChange>) {
    let mut left: Vec<&Row<'_>> = before[op.old_range()].iter().collect();
    let told = |row: &Row<'_>, what| RowChange {
        ledger: ledger.to_owned(),
        title: row.title.to_owned(),
        place: row.place.clone(),
        what,
    };
    for row in &now[op.new_range()] {
        let nearest = left.iter().enumerate().map(|(at, other)| (row.alike(other), std::cmp::Reverse(at))).max();
        let paired = nearest.filter(|(alike, _)| alike * 2 >= row.said().count()).map(|(_, at)| left.remove(at.0));
        let what = match paired {
            Some(other) => Change::Cells(cells(other, row)),
            None => Change::Added(row.number, row.text()),
        };
        changes.push(told(row, what));
    }
    changes.extend(left.into_iter().map(|row| told(row, Change::Gone(row.number, row.text()))));
}

fn cells(before: &Row<'_>, now: &Row<'_>) -> Vec<CellChange> {
    let columns = now.cells.keys().chain(before.cells.keys().filter(|id| !now.cells.contains_key(*id)));
    let changes = columns.filter_map(|id| {
        let text = |row: &Row<'_>| row.cells.get(id).map_or(String::new(), |(_, _, text)| (*text).to_owned());
        let (label, letter, _) = now.cells.get(id).or_else(|| before.cells.get(id))?;
        let (old, new) = (text(before), text(now));
        let cell = format!("{letter}{}", now.number);
        (old != new).then(|| CellChange { column: (*id).to_owned(), label: (*label).to_owned(), cell, old, new })
    });
    changes.collect()
}
