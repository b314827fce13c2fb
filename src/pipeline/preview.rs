//! Ledger files as they are read: what stands in it, and what was understood.

use std::path::Path;

use rayon::prelude::*;

use super::analyze::readers;
use crate::ingest::{self, LedgerMatcher, LedgerSheet, RawSheet, ReadError, Suggestion, suggest};
use crate::notice::Notice;

/// A ledger file as it is read.
#[derive(Debug)]
pub struct FilePreview {
    /// Its sheets that hold anything.
    pub sheets: Vec<SheetPreview>,
}

/// A sheet of it.
#[derive(Debug)]
pub struct SheetPreview {
    /// What stands in it.
    pub raw: RawSheet,
    /// The ledgers that it brings, with where their columns stand.
    pub tables: Vec<LedgerSheet>,
    /// How many rows of data they have together.
    pub rows: usize,
    /// A guess at what its columns are, when any is likely.
    pub proposal: Option<Suggestion>,
}

impl FilePreview {
    /// How many ledgers the file brings.
    pub fn tables(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.tables.len()).sum()
    }
}

/// Reads files, each given with what documents call it; `worker` is the program that opens them: this one. Why a file
/// is refused stands in its place.
pub fn previews(files: &[(&Path, &str)], notice: &Notice, worker: &Path) -> Vec<Result<FilePreview, ReadError>> {
    let readers = readers(notice, worker);
    let ledger_matcher = LedgerMatcher::new(notice);
    files
        .par_iter()
        .map(|(file, name)| Ok(understood(ingest::sheets(file, &readers)?, name, &ledger_matcher)))
        .collect()
}

/// What was understood of a file's sheets.
fn understood(sheets: Vec<RawSheet>, name: &str, ledger_matcher: &LedgerMatcher<'_>) -> FilePreview {
    let sheet = |raw: RawSheet| {
        let content = ingest::read_sheet(raw.clone(), name, ledger_matcher);
        let rows = content.tables.iter().map(|table| table.rows.len()).sum();
        let tables = content.tables.into_iter().map(|table| table.sheet).collect();
        let proposal = suggest(&raw, ledger_matcher.notice);
        SheetPreview { raw, tables, rows, proposal }
    };
    FilePreview { sheets: sheets.into_iter().filter(|sheet| !sheet.rows.is_empty()).map(sheet).collect() }
}
