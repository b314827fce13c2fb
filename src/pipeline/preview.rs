//! Previews of ledger files: their cells as they are, and the ledgers that were recognized in them.

use std::path::Path;

use super::readers::file_readers;
use crate::ingest::{self, LedgerMatcher, LedgerSheet, RawSheet, ReadError, Readers, Suggestion, suggest};
use crate::notice::Notice;

/// Preview of a ledger file.
#[derive(Debug)]
pub struct FilePreview {
    /// Its sheets, without empty ones.
    pub sheets: Vec<SheetPreview>,
}

/// A sheet's cells, and which ledgers they were recognized as.
#[derive(Debug)]
pub struct SheetPreview {
    /// Its cells as the file has them, blank ones left out.
    pub raw: RawSheet,
    /// The ledgers that it brings, with the places of their columns.
    pub tables: Vec<LedgerSheet>,
    /// Number of data rows of these ledgers together.
    pub rows: usize,
    /// A guess at the ledger that it may be, when one is likely.
    pub proposal: Option<Suggestion>,
}

impl FilePreview {
    /// Number of cells that it holds.
    pub fn cells(&self) -> usize {
        self.sheets.iter().flat_map(|sheet| &sheet.raw.rows).map(|row| row.cells.len()).sum()
    }

    /// Number of ledgers that the file brings.
    pub fn tables(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.tables.len()).sum()
    }
}

/// Reads files for previews, on the calling thread: a file that hangs blocks no other thread.
pub struct Previewer<'n> {
    readers: Readers,
    ledger_matcher: LedgerMatcher<'n>,
}

impl<'n> Previewer<'n> {
    /// Reads under the notice's limits; `program` is the one that is started to open files: this one.
    pub fn new(notice: &'n Notice, program: &Path) -> Self {
        Self { readers: file_readers(notice, program), ledger_matcher: LedgerMatcher::new(notice) }
    }

    /// Reads a file; `name` is the one that findings use for it.
    ///
    /// # Errors
    /// With the reason for which it is refused.
    pub fn read(&self, file: &Path, name: &str) -> Result<FilePreview, ReadError> {
        Ok(preview(ingest::sheets(file, &self.readers)?, name, &self.ledger_matcher))
    }
}

fn preview(sheets: Vec<RawSheet>, name: &str, ledger_matcher: &LedgerMatcher<'_>) -> FilePreview {
    let sheet = |raw: RawSheet| {
        let content = ingest::read_sheet(raw.clone(), name, ledger_matcher);
        let rows = content.tables.iter().map(|table| table.rows.len()).sum();
        let tables = content.tables.into_iter().map(|table| table.sheet).collect();
        let proposal = suggest(&raw, ledger_matcher.notice);
        SheetPreview { raw, tables, rows, proposal }
    };
    FilePreview { sheets: sheets.into_iter().filter(|sheet| !sheet.rows.is_empty()).map(sheet).collect() }
}
