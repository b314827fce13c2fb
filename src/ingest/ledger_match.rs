//! Which ledger a sheet brings, or which several that stand side by side or one below the other.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::header::{self, Candidates, Header};
use super::header_index::{HeaderIndex, LedgerHeaderIndex, spellings};
use super::normalize::fold;
use super::raw_sheet::{RawRow, RawSheet};
use super::split::stacked;
use crate::diagnostics::Source;
use crate::notice::{ColumnType, Notice};

/// What a sheet was recognised as.
pub struct LedgerMatch {
    /// Each ledger found: the sheet or the part of it, the ledger's place in the notice, its header.
    pub tables: Vec<(RawSheet, usize, Header)>,
    /// When nothing was found, the texts that look most like a header.
    pub unknown: Option<Vec<String>>,
}

/// Recognises sheets by their headers. What the settings say of headers is made ready once for all of them.
pub struct LedgerMatcher<'n> {
    /// The settings.
    pub notice: &'n Notice,
    /// The ledgers, in the notice's order.
    pub ledgers: Vec<LedgerHeaderIndex<'n>>,
    /// The spellings of all their headers, whole.
    words: HeaderIndex,
    /// The same as they stand in single rows.
    parts: HeaderIndex,
}

impl<'n> LedgerMatcher<'n> {
    /// Of the ledgers that the notice asks for.
    pub fn new(notice: &'n Notice) -> Self {
        let ledgers = notice.ledger.values().map(LedgerHeaderIndex::of).collect();
        let spellings = || notice.ledger.values().flat_map(|ledger| ledger.columns.values()).flat_map(spellings);
        let parts = HeaderIndex::of(spellings().flat_map(|spelling| spelling.split('/')));
        Self { notice, ledgers, words: HeaderIndex::of(spellings()), parts }
    }

    /// Recognises a sheet; its or its file's name decides between equals.
    pub fn match_ledger(&self, sheet: RawSheet, source: &Source) -> LedgerMatch {
        let named = self.named(source);
        let best = |sheet: &RawSheet| self.best(sheet, &named);
        let whole = best(&sheet);
        if let Some(parts) = side_by_side(&sheet, whole.as_ref(), &best) {
            return LedgerMatch { tables: parts, unknown: None };
        }
        if let Some(parts) = stacked(&sheet, &self.parts, whole.as_ref(), best) {
            let tables = parts.into_iter().filter_map(|part| {
                let (index, header) = best(&part)?;
                Some((part, index, header))
            });
            return LedgerMatch { tables: tables.collect(), unknown: None };
        }
        match whole {
            Some((index, header)) => LedgerMatch { tables: vec![(sheet, index, header)], unknown: None },
            None => {
                let widest = sheet.rows.iter().rev().max_by_key(|row| row.cells.len());
                let texts =
                    widest.map(|row| row.cells.iter().take(12).map(|(_, raw)| raw.to_text().into_owned()).collect());
                LedgerMatch { tables: Vec::new(), unknown: Some(texts.unwrap_or_default()) }
            }
        }
    }

    /// For each ledger, whether the sheet or its file is called like it.
    fn named(&self, source: &Source) -> Vec<bool> {
        let stem = source.file.rsplit('/').next().and_then(|file| file.rsplit_once('.')).map_or("", |(stem, _)| stem);
        let (sheet, stem) = (fold(&source.sheet), fold(stem));
        let calls = |name: &Cow<'_, str>| sheet == *name || stem.contains(&**name);
        self.ledgers.iter().map(|ledger| ledger.names.iter().any(calls)).collect()
    }

    /// The ledger whose header matches the sheet best.
    fn best(&self, sheet: &RawSheet, named: &[bool]) -> Option<(usize, Header)> {
        let rows = Candidates::of(sheet, &self.words);
        let candidates = self.ledgers.iter().zip(named).enumerate().filter_map(|(index, (words, named))| {
            let header = header::find(&rows, words)?;
            let columns = &words.ledger.columns;
            let needed = columns.values().zip(&header.columns);
            let needed = needed.filter(|(column, _)| column.required || column.kind == ColumnType::Branch);
            let lacking = needed.filter(|(_, col)| col.is_none()).count();
            let share = header.matched() * 100 / columns.len().max(1);
            let enough = header.matched() >= 2 && (share >= 50 || *named) || columns.len() == 1 && share == 100;
            let rank = (share + if *named { 50 } else { 0 }, Reverse(lacking), Reverse(index));
            enough.then_some((rank, index, header))
        });
        candidates.max_by_key(|(rank, ..)| *rank).map(|(_, index, header)| (index, header))
    }
}

/// The ledgers in the groups of columns that blank columns part, when together they match more than the whole.
fn side_by_side(
    sheet: &RawSheet,
    whole: Option<&(usize, Header)>,
    best: &dyn Fn(&RawSheet) -> Option<(usize, Header)>,
) -> Option<Vec<(RawSheet, usize, Header)>> {
    if whole.is_some_and(|(_, header)| header.repeated.is_empty() && header.foreign.is_empty()) {
        return None;
    }
    let from = whole.map_or(0, |(_, header)| header.first_row);
    let used: BTreeSet<u32> = sheet.rows.iter().filter(|r| r.row >= from).flat_map(|r| &r.cells).map(|c| c.0).collect();
    let mut groups: Vec<(u32, u32)> = Vec::new();
    for col in used {
        match groups.last_mut() {
            Some((_, last)) if *last + 1 == col => *last = col,
            _ => groups.push((col, col)),
        }
    }
    if groups.len() < 2 {
        return None;
    }
    let parts = groups.into_iter().filter_map(|(first, last)| {
        let part = columns(sheet, first, last);
        best(&part).map(|(index, header)| (part, index, header))
    });
    let parts: Vec<_> = parts.collect();
    let matched: usize = parts.iter().map(|(_, _, header)| header.matched()).sum();
    (parts.len() > 1 && matched > whole.map_or(0, |(_, header)| header.matched())).then_some(parts)
}

/// The part of a sheet between two columns, both included.
fn columns(sheet: &RawSheet, first: u32, last: u32) -> RawSheet {
    let rows = sheet.rows.iter().filter_map(|row| {
        let cells: Vec<_> = row.cells.iter().filter(|(col, _)| (first..=last).contains(col)).cloned().collect();
        (!cells.is_empty()).then_some(RawRow { row: row.row, cells })
    });
    let rows = rows.collect();
    let (name, merges) = (sheet.name.clone(), sheet.merges.clone());
    RawSheet { name, rows, merges, hidden_rows: sheet.hidden_rows.clone(), ..*sheet }
}
