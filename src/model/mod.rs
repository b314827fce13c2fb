//! Branches, each with its own rows of every ledger.

mod bind;
mod names;
mod previous;

pub use crate::ingest::{Cell, CellFault, Row, Value};
pub use bind::{BoundLedgers, NilReport, UnboundRow, UnknownName, bind};
pub use previous::{PreviousPeriod, PreviousValue, PreviousValues};

use std::collections::BTreeSet;
use std::sync::Arc;

/// A branch of the roster with all its rows. Only [`bind()`] makes one.
#[derive(Clone, Debug)]
pub struct Branch {
    name: Arc<str>,
    shorts: Vec<String>,
    kind: String,
    roster_row: Row,
    ledgers: Vec<Option<Vec<Row>>>,
    /// The ledgers in which it reported that it has nothing to report.
    nil_reports: BTreeSet<usize>,
    /// Why the summary leaves it out, when it does.
    left_out: Option<String>,
    /// Its metrics in the previous period.
    previous: PreviousValues,
}

impl Branch {
    /// Its full name in the roster, as reports print it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its other names, as the roster gives them.
    pub fn shorts(&self) -> impl Iterator<Item = &str> {
        self.shorts.iter().map(String::as_str)
    }

    /// Its kind, such as 党总支: decides which parts its report has.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The row of the roster that makes it a branch; it has the names, the kind and what else the roster says.
    pub fn roster_row(&self) -> &Row {
        &self.roster_row
    }

    /// Its rows in the ledger with this index in the notice; `None` when it did not hand in that ledger, as
    /// [`bind()`] decides.
    pub fn rows(&self, ledger: usize) -> Option<&[Row]> {
        self.ledgers.get(ledger).and_then(|rows| rows.as_deref())
    }

    /// Whether it reported that it has nothing to report in the ledger with this index.
    pub fn has_nil_report(&self, ledger: usize) -> bool {
        self.nil_reports.contains(&ledger)
    }

    /// Why the department's summary leaves it out, in the words of the settings; `None` when it does not.
    pub fn left_out(&self) -> Option<&str> {
        self.left_out.as_deref()
    }

    /// Its metrics in the previous period; none without one.
    pub fn previous(&self) -> &PreviousValues {
        &self.previous
    }

    /// Sets its metrics in the previous period.
    pub fn set_previous(&mut self, previous: PreviousValues) {
        self.previous = previous;
    }

    /// Whether it handed in nothing at all: neither a row nor a nil report.
    pub fn is_silent(&self) -> bool {
        self.nil_reports.is_empty() && self.ledgers.iter().flatten().all(Vec::is_empty)
    }

    /// Takes it to have handed in no ledger.
    fn take_all_for_not_handed_in(&mut self) {
        self.ledgers.fill(None);
    }

    /// The rows of a ledger, for tests that falsify them.
    #[cfg(test)]
    pub(crate) fn rows_mut(&mut self, ledger: usize) -> &mut Vec<Row> {
        self.ledgers[ledger].get_or_insert_default()
    }
}
