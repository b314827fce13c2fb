//! One ledger file as it is read: what stands in it, and what was understood.

use std::path::Path;

use super::sheets;
use crate::ingest::{self, Content, Proposal, RawSheet, Refusal, Sheet, propose};
use crate::notice::Notice;

/// A ledger file as it is read.
#[derive(Debug)]
pub struct Reading {
    /// Its sheets that hold anything.
    pub sheets: Vec<SheetReading>,
}

/// A sheet of it.
#[derive(Debug)]
pub struct SheetReading {
    /// What stands in it.
    pub raw: RawSheet,
    /// The ledgers that it brings, with where their columns stand.
    pub tables: Vec<Sheet>,
    /// How many rows of data they have together.
    pub rows: usize,
    /// A guess at what its columns are, when any is likely.
    pub proposal: Option<Proposal>,
}

impl Reading {
    /// How many ledgers the file brings.
    pub fn tables(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.tables.len()).sum()
    }
}

/// Reads one file, which documents call `name`; `worker` is the program that opens it: this one.
///
/// # Errors
/// With why the file is refused.
pub fn reading(file: &Path, name: &str, notice: &Notice, worker: &Path) -> Result<Reading, Refusal> {
    let understood = |raw: RawSheet| {
        let mut content = Content::default();
        ingest::read_sheet(raw.clone(), name, notice, &mut content);
        let rows = content.tables.iter().map(|table| table.rows.len()).sum();
        let tables = content.tables.into_iter().map(|table| table.sheet).collect();
        let proposal = propose(&raw, notice);
        SheetReading { raw, tables, rows, proposal }
    };
    let sheets = sheets(file, notice, worker)?.into_iter().filter(|sheet| !sheet.rows.is_empty());
    Ok(Reading { sheets: sheets.map(understood).collect() })
}
