//! Proposes the columns of a sheet that was not recognised, for a person to confirm.
//!
//! Input: a sheet and the notice. Output: a [`Suggestion`] for the likeliest ledger. Nothing is read by it.

use super::header;
use super::header_index::{HeaderIndex, LedgerHeaderIndex, fold_header, spellings};
use super::normalize::normalize;
use super::raw_sheet::RawSheet;
use crate::notice::{Column, Ledger, Notice, header_levels, similarity};

/// Likeness, from 0 to 1, from which a header is proposed for a column.
const MIN_LIKENESS: f64 = 0.4;

/// The columns that a sheet may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The ledger's index in the notice.
    pub ledger: usize,
    /// The header's row, from 0.
    pub row: u32,
    /// The sheet's headers, from left to right.
    pub headers: Vec<SuggestedHeader>,
}

/// A header of the sheet with the column that it may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedHeader {
    /// Its text in one line, normalized; groups above it are left out.
    pub text: String,
    /// The column; `None` when no column is alike.
    pub column: Option<SuggestedColumn>,
}

/// A column proposed for a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuggestedColumn {
    /// The column in the ledger.
    pub index: usize,
    /// Whether the settings have the header as a spelling of the column already.
    pub is_known: bool,
}

/// The likeliest ledger of a sheet: the one with the greatest share of its columns named, a known spelling counting
/// three times. At least half of the headers, or of the columns, must be named.
pub fn suggest(sheet: &RawSheet, notice: &Notice) -> Option<Suggestion> {
    let candidates = notice.ledger.values().enumerate().filter_map(|(index, ledger)| {
        let row = header_row(sheet, ledger)?;
        let headers: Vec<String> =
            sheet.row(row)?.cells.iter().map(|(_, raw)| normalize(&raw.to_text()).0.replace('\n', "")).collect();
        let columns = assign(&headers, ledger);
        let found = columns.iter().flatten();
        let score: usize = found.clone().map(|column| if column.is_known { 3 } else { 1 }).sum();
        let share = score * 100 / (ledger.columns.len() * 3).max(1);
        let is_enough = found.count() * 2 >= headers.len().min(ledger.columns.len());
        let headers = headers.into_iter().zip(columns).map(|(text, column)| SuggestedHeader { text, column });
        is_enough.then(|| (share, Suggestion { ledger: index, row, headers: headers.collect() }))
    });
    candidates
        .max_by_key(|(share, proposal)| (*share, std::cmp::Reverse(proposal.ledger)))
        .map(|(_, proposal)| proposal)
}

/// The last row of the header that names most of the ledger's columns; without one, the first row of three cells.
fn header_row(sheet: &RawSheet, ledger: &Ledger) -> Option<u32> {
    let spellings: Vec<_> = ledger.columns.values().flat_map(spellings).collect();
    let headers = HeaderIndex::new(spellings.iter().map(AsRef::as_ref));
    let found = header::find(&header::Candidates::new(sheet, &headers), &LedgerHeaderIndex::new(ledger));
    match found.filter(|header| header.matched() > 1) {
        Some(header) => Some(header.last_row),
        None => sheet.rows.iter().find(|row| row.cells.len() > 2).map(|row| row.row),
    }
}

/// The column of each header: the most alike pairs first, each column once.
fn assign(headers: &[String], ledger: &Ledger) -> Vec<Option<SuggestedColumn>> {
    let leaves = |column: &'_ Column| {
        let leaf = |spelling: &String| fold_header(&header_levels(spelling).pop().unwrap_or_default()).into_owned();
        column.header.iter().map(leaf).collect::<Vec<_>>()
    };
    let columns: Vec<Vec<String>> = ledger.columns.values().map(leaves).collect();
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (at, header) in headers.iter().enumerate() {
        let header = fold_header(header);
        for (index, spellings) in columns.iter().enumerate() {
            let like = spellings.iter().map(|spelling| likeness(spelling, &header)).fold(0.0, f64::max);
            if like >= MIN_LIKENESS {
                pairs.push((like, at, index));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut assigned: Vec<Option<SuggestedColumn>> = vec![None; headers.len()];
    let mut is_taken = vec![false; columns.len()];
    for (like, at, index) in pairs {
        if assigned[at].is_none() && !is_taken[index] {
            assigned[at] = Some(SuggestedColumn { index, is_known: like >= 1.0 });
            is_taken[index] = true;
        }
    }
    assigned
}

/// The similarity of two texts, or 0 when it is certain to be below [`MIN_LIKENESS`]: too few characters in common. A
/// sheet may have 16,384 headers, of which hardly any is like a column's.
fn likeness(spelling: &str, header: &str) -> f64 {
    let lengths = (spelling.chars().count(), header.chars().count());
    let needed = MIN_LIKENESS * lengths.0.max(lengths.1) as f64;
    if (lengths.0.min(lengths.1) as f64) < needed {
        return 0.0;
    }
    let common = spelling.chars().filter(|c| header.contains(*c)).count();
    if (common as f64) < needed { 0.0 } else { similarity(spelling, header) }
}
