//! Which ledgers a sheet holds: one, several side by side, or several one below the other.
//!
//! Input: a sheet, its name and its file's name. Output: [`LedgerMatch`]. Sheets are recognised by their headers; names
//! raise a ledger's rank, and let it pass with fewer of its columns.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::header::{self, Candidates, Header};
use super::header_index::{HeaderIndex, LedgerHeaderIndex, spellings};
use super::normalize::fold;
use super::raw_sheet::{RawRow, RawSheet};
use super::split::{MatchedHeader, split_stacked};
use crate::diagnostics::SheetRef;
use crate::notice::{ColumnType, Notice, header_levels};

/// Columns of a row that are listed when a sheet holds no ledger.
const LISTED_COLUMNS: usize = 12;

/// What a sheet was recognised as.
pub struct LedgerMatch {
    /// The ledgers found.
    pub tables: Vec<MatchedTable>,
    /// When none was found, the texts of the widest row, at most 12.
    pub unknown: Option<Vec<String>>,
}

/// A ledger found on a sheet.
pub struct MatchedTable {
    /// The sheet, or the part of it that holds the ledger.
    pub sheet: RawSheet,
    /// The ledger's index in the notice.
    pub ledger: usize,
    /// The header that was recognised: its rows and the place of each column.
    pub header: Header,
}

impl MatchedTable {
    fn new(sheet: RawSheet, MatchedHeader { ledger, header }: MatchedHeader) -> Self {
        Self { sheet, ledger, header }
    }
}

/// Recognises sheets by their headers; holds the header spellings of all ledgers.
pub struct LedgerMatcher<'n> {
    /// The settings.
    pub notice: &'n Notice,
    /// The ledgers, in the notice's order.
    pub ledgers: Vec<LedgerHeaderIndex<'n>>,
    /// The spellings of all their headers.
    headers: HeaderIndex,
    /// The segments of these spellings, as they are in single rows.
    segments: HeaderIndex,
}

impl<'n> LedgerMatcher<'n> {
    /// Recognises the ledgers of a notice.
    pub fn new(notice: &'n Notice) -> Self {
        let ledgers = notice.ledger.values().map(LedgerHeaderIndex::new).collect();
        let columns = || notice.ledger.values().flat_map(|ledger| ledger.columns.values());
        let spellings: Vec<Cow<'_, str>> = columns().flat_map(spellings).collect();
        let levels: Vec<Cow<'_, str>> =
            columns().flat_map(|column| &column.header).flat_map(|header| header_levels(header)).collect();
        let index = |texts: &[Cow<'_, str>]| HeaderIndex::new(texts.iter().map(AsRef::as_ref));
        Self { notice, ledgers, headers: index(&spellings), segments: index(&levels) }
    }

    /// Recognises a sheet of the file and name in `source`.
    pub fn match_ledger(&self, sheet: RawSheet, source: &SheetRef) -> LedgerMatch {
        let is_named = self.named_ledgers(source);
        let best = |sheet: &RawSheet| self.best(sheet, &is_named);
        let whole = best(&sheet);
        if let Some(tables) = split_side_by_side(&sheet, whole.as_ref(), &best) {
            return LedgerMatch { tables, unknown: None };
        }
        if let Some(parts) = split_stacked(&sheet, &self.segments, whole.as_ref(), best) {
            let tables = parts.into_iter().filter_map(|part| {
                let found = best(&part)?;
                Some(MatchedTable::new(part, found))
            });
            return LedgerMatch { tables: tables.collect(), unknown: None };
        }
        match whole {
            Some(found) => LedgerMatch { tables: vec![MatchedTable::new(sheet, found)], unknown: None },
            None => LedgerMatch { tables: Vec::new(), unknown: Some(widest_row(&sheet)) },
        }
    }

    /// For each ledger, whether the sheet's or the file's name is one of its names.
    fn named_ledgers(&self, source: &SheetRef) -> Vec<bool> {
        let stem = source.file.rsplit('/').next().and_then(|file| file.rsplit_once('.')).map_or("", |(stem, _)| stem);
        let (sheet, stem) = (fold(&source.sheet), fold(stem));
        let is_name = |name: &Cow<'_, str>| sheet == *name || stem.contains(&**name);
        self.ledgers.iter().map(|ledger| ledger.names.iter().any(is_name)).collect()
    }

    /// The ledger whose header matches the sheet best: by the share of its columns that are found (in percent, 50 more
    /// when it is named), then by the fewest required columns that are lacking, then by its order in the notice. It
    /// needs two columns, and half of all unless it is named.
    fn best(&self, sheet: &RawSheet, is_named: &[bool]) -> Option<MatchedHeader> {
        let candidates = Candidates::new(sheet, &self.headers);
        let matches = self.ledgers.iter().zip(is_named).enumerate().filter_map(|(ledger, (headers, is_named))| {
            let header = header::find(&candidates, headers)?;
            let columns = &headers.ledger.columns;
            let needed = columns.values().zip(&header.columns);
            let needed = needed.filter(|(column, _)| column.required || column.kind == ColumnType::Branch);
            let lacking = needed.filter(|(_, col)| col.is_none()).count();
            let share = header.matched() * 100 / columns.len().max(1);
            let is_enough = header.matched() >= 2 && (share >= 50 || *is_named) || columns.len() == 1 && share == 100;
            let rank = (share + if *is_named { 50 } else { 0 }, Reverse(lacking), Reverse(ledger));
            is_enough.then_some((rank, MatchedHeader { ledger, header }))
        });
        matches.max_by_key(|(rank, _)| *rank).map(|(_, found)| found)
    }
}

/// The texts of the widest row, for the finding that a sheet holds no ledger.
fn widest_row(sheet: &RawSheet) -> Vec<String> {
    let Some(widest) = sheet.rows.iter().rev().max_by_key(|row| row.cells.len()) else { return Vec::new() };
    widest.cells.iter().take(LISTED_COLUMNS).map(|(_, raw)| raw.to_text().into_owned()).collect()
}

/// The ledgers in the groups of columns that blank columns separate, or that repeat the header, when together they
/// match more columns than `whole`, the best match of the sheet.
fn split_side_by_side(
    sheet: &RawSheet,
    whole: Option<&MatchedHeader>,
    best: &dyn Fn(&RawSheet) -> Option<MatchedHeader>,
) -> Option<Vec<MatchedTable>> {
    if whole.is_some_and(|whole| whole.header.repeated.is_empty() && whole.header.foreign.is_empty()) {
        return None;
    }
    let first_row = whole.map_or(0, |whole| whole.header.first_row);
    let mut groups = column_groups(sheet, first_row);
    if groups.len() < 2 {
        groups = whole.map(|whole| repeated_groups(&whole.header)).unwrap_or_default();
    }
    if groups.len() < 2 {
        return None;
    }
    let mut tables = Vec::new();
    for part in parts(sheet, &groups) {
        if let Some(found) = best(&part) {
            tables.push(MatchedTable::new(part, found));
        }
    }
    let matched: usize = tables.iter().map(|table| table.header.matched()).sum();
    let is_better = matched > whole.map_or(0, |whole| whole.header.matched());
    (tables.len() > 1 && is_better).then_some(tables)
}

/// The first and last columns of the groups that blank columns separate, from row `first_row` on.
fn column_groups(sheet: &RawSheet, first_row: u32) -> Vec<(u32, u32)> {
    let rows = sheet.rows.iter().filter(|row| row.row >= first_row);
    let used: BTreeSet<u32> = rows.flat_map(|row| &row.cells).map(|(col, _)| *col).collect();
    let mut groups: Vec<(u32, u32)> = Vec::new();
    for col in used {
        match groups.last_mut() {
            Some((_, last)) if *last + 1 == col => *last = col,
            _ => groups.push((col, col)),
        }
    }
    groups
}

/// The first and last columns of the groups that begin where the first repeated column is repeated: a table beside one
/// with the same header. A group without a repetition of every column is part of the table before it.
fn repeated_groups(header: &Header) -> Vec<(u32, u32)> {
    let visible = || header.repeated.iter().filter(|repeated| !repeated.is_hidden);
    let Some(first) = visible().min_by_key(|repeated| repeated.col) else { return Vec::new() };
    let mut starts: Vec<u32> = visible().filter(|other| other.column == first.column).map(|other| other.col).collect();
    starts.sort_unstable();
    let is_whole = |start: &u32| {
        let end = starts.iter().copied().find(|next| next > start).unwrap_or(u32::MAX);
        visible().filter(|repeated| (*start..end).contains(&repeated.col)).count() == header.matched()
    };
    if !starts.iter().all(is_whole) {
        return Vec::new();
    }
    let firsts = std::iter::once(0).chain(starts.iter().copied());
    let lasts = starts.iter().map(|start| start - 1).chain([u32::MAX]);
    firsts.zip(lasts).collect()
}

/// The parts of a sheet in groups of columns, which are ascending. One pass serves all groups: a sheet may have
/// thousands.
fn parts<'s>(sheet: &'s RawSheet, groups: &[(u32, u32)]) -> impl Iterator<Item = RawSheet> + use<'s> {
    let mut parts: Vec<Vec<RawRow>> = vec![Vec::new(); groups.len()];
    for row in &sheet.rows {
        for (col, cell) in &row.cells {
            let at = groups.partition_point(|(_, last)| last < col);
            if groups.get(at).is_none_or(|(first, _)| col < first) {
                continue;
            }
            match parts[at].last_mut() {
                Some(last) if last.row == row.row => last.cells.push((*col, cell.clone())),
                _ => parts[at].push(RawRow { row: row.row, cells: vec![(*col, cell.clone())] }),
            }
        }
    }
    parts.into_iter().map(|rows| sheet.with_rows(rows))
}

#[cfg(test)]
mod tests {
    use super::{RawRow, RawSheet, parts};
    use crate::ingest::RawCell;

    proptest::proptest! {
        #[test]
        fn a_part_holds_the_cells_between_its_columns(
            places in proptest::collection::btree_set((0_u32..5, 0_u32..20), 0..40),
            ends in proptest::collection::btree_set(0_u32..22, 0..12),
        ) {
            let mut sheet = RawSheet::default();
            places.iter().for_each(|(row, col)| sheet.push(*row, *col, RawCell::text(&format!("{row}/{col}"))));
            let ends: Vec<u32> = ends.into_iter().collect();
            let groups: Vec<(u32, u32)> = ends.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
            let between = |(first, last): &(u32, u32)| {
                let rows = sheet.rows.iter().map(|row| {
                    let cells = row.cells.iter().filter(|(col, _)| (first..=last).contains(&col));
                    RawRow { row: row.row, cells: cells.cloned().collect() }
                });
                rows.filter(|row| !row.cells.is_empty()).collect::<Vec<_>>()
            };
            let rows: Vec<_> = parts(&sheet, &groups).map(|part| part.rows).collect();
            proptest::prop_assert_eq!(rows, groups.iter().map(between).collect::<Vec<_>>());
        }
    }
}
