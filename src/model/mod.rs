//! Branches: each with the rows of every ledger that name it, and nobody else's.

mod bind;

pub use crate::ingest::{Cell, Row, Value};
pub use bind::{BoundLedgers, UnboundRow, bind};

use std::sync::Arc;

/// A branch of the roster and everything the ledgers say of it. Made by [`bind`] alone.
#[derive(Clone, Debug)]
pub struct Branch {
    name: Arc<str>,
    short: Option<String>,
    kind: String,
    roster_row: Row,
    ledgers: Vec<Option<Vec<Row>>>,
}

impl Branch {
    /// Its full name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its short name, when the roster gives one.
    pub fn short(&self) -> Option<&str> {
        self.short.as_deref()
    }

    /// Its kind, such as 党总支.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its row in the roster.
    pub fn roster_row(&self) -> &Row {
        &self.roster_row
    }

    /// Its rows in ledger number `ledger`; `None` when nobody handed that ledger in.
    pub fn rows(&self, ledger: usize) -> Option<&[Row]> {
        self.ledgers.get(ledger).and_then(|rows| rows.as_deref())
    }

    /// Whether any ledger has a row of it.
    pub fn has_rows(&self) -> bool {
        self.ledgers.iter().flatten().any(|rows| !rows.is_empty())
    }

    /// The rows of ledger number `ledger`, to be put wrong by the tests of proofs.
    #[cfg(test)]
    pub(crate) fn rows_mut(&mut self, ledger: usize) -> &mut Vec<Row> {
        self.ledgers[ledger].get_or_insert_default()
    }
}
