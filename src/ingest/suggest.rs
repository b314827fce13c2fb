//! A guess at what the columns of an unknown sheet are, for a person to confirm.

use super::header;
use super::header_index::{HeaderIndex, LedgerHeaderIndex, fold_header, spellings};
use super::normalize::normalize;
use super::raw_sheet::RawSheet;
use crate::notice::{Ledger, Notice, similarity};

/// Likeness (0 to 1) from which a header is proposed for a column.
const LIKE: f64 = 0.4;

/// What a sheet's columns may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The ledger, by its place in the notice.
    pub ledger: usize,
    /// The header's row, from 0.
    pub row: u32,
    /// Each header with its column in the ledger, and whether it is known already.
    pub columns: Vec<(String, Option<(usize, bool)>)>,
}

/// The likeliest ledger of a sheet, when any is likely.
pub fn suggest(sheet: &RawSheet, notice: &Notice) -> Option<Suggestion> {
    let candidates = notice.ledger.values().enumerate().filter_map(|(index, ledger)| {
        let row = header_row(sheet, ledger)?;
        let headers: Vec<String> =
            sheet.row(row)?.cells.iter().map(|(_, raw)| normalize(&raw.to_text()).0.replace('\n', "")).collect();
        let columns = assign(&headers, ledger);
        let found = columns.iter().flatten();
        let score: usize = found.clone().map(|(_, known)| if *known { 3 } else { 1 }).sum();
        let share = score * 100 / (ledger.columns.len() * 3).max(1);
        let enough = found.count() * 2 >= headers.len().min(ledger.columns.len());
        enough.then(|| (share, Suggestion { ledger: index, row, columns: headers.into_iter().zip(columns).collect() }))
    });
    candidates
        .max_by_key(|(share, proposal)| (*share, std::cmp::Reverse(proposal.ledger)))
        .map(|(_, proposal)| proposal)
}

/// The row of the header: where the ledger's own search finds most, else the first row with several short texts.
fn header_row(sheet: &RawSheet, ledger: &Ledger) -> Option<u32> {
    let words = HeaderIndex::new(ledger.columns.values().flat_map(spellings));
    let found = header::find(&header::Candidates::new(sheet, &words), &LedgerHeaderIndex::new(ledger));
    let found = found.filter(|header| header.matched() > 1);
    let found = found.map(|header| header.last_row);
    found.or_else(|| sheet.rows.iter().find(|row| row.cells.len() > 2).map(|row| row.row))
}

/// For each header its column: known spellings first, then the likeliest that are left.
fn assign(headers: &[String], ledger: &Ledger) -> Vec<Option<(usize, bool)>> {
    let mut assigned: Vec<Option<(usize, bool)>> = vec![None; headers.len()];
    let like = |header: &str, index: usize| {
        let spellings = ledger.columns.get_index(index).map(|(_, column)| column.header.iter());
        let leaves = spellings.into_iter().flatten().map(|s| s.rsplit('/').next().unwrap_or(s));
        leaves.map(|s| similarity(&fold_header(s), &fold_header(header))).fold(0.0, f64::max)
    };
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (at, header) in headers.iter().enumerate() {
        pairs.extend((0..ledger.columns.len()).map(|index| (like(header, index), at, index)));
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (like, at, index) in pairs {
        let free = assigned[at].is_none() && !assigned.iter().flatten().any(|(taken, _)| *taken == index);
        if free && like >= LIKE {
            assigned[at] = Some((index, like >= 1.0));
        }
    }
    assigned
}
