//! Keys of the values that a branch's templates can print: metrics first, then the same in the previous period, then
//! their changes since, then every cell of every row, ledger by ledger. A key is an index into this sequence, so that
//! it fits into the marker that is printed with a value.

use crate::model::Branch;
use crate::notice::Notice;

/// The value that a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKey {
    /// The metric with this index in the notice.
    Metric(usize),
    /// The same in the previous period.
    Previous(usize),
    /// Its change since the previous period.
    Change(usize),
    /// A cell of a branch's row of a ledger; the roster has one row.
    Cell {
        /// Index of the ledger in the notice.
        ledger: usize,
        /// Index of the row among the branch's rows of the ledger.
        row: usize,
        /// Index of the column in the ledger; computed columns follow those of the sheet.
        column: usize,
    },
}

/// The keys of one branch's report.
#[derive(Clone, Debug)]
pub struct Keys {
    /// For each ledger, its first key and its number of columns.
    ledgers: Vec<(u32, u32)>,
    /// The number of metrics.
    metrics: u32,
    /// The number of keys.
    end: u32,
}

impl Keys {
    /// The keys of a branch's report: three a metric, one a cell.
    pub fn new(branch: &Branch, notice: &Notice) -> Self {
        let roster = notice.ledger_index(&notice.roster.ledger);
        let metrics = notice.metric.len() as u32;
        let mut end = 3 * metrics;
        let ledgers = notice.ledger.values().enumerate().map(|(index, ledger)| {
            let rows = if Some(index) == roster { 1 } else { branch.rows(index).map_or(0, <[_]>::len) };
            let (start, columns) = (end, ledger.field_ids().count() as u32);
            end += rows as u32 * columns;
            (start, columns)
        });
        let ledgers = ledgers.collect();
        Self { ledgers, metrics, end }
    }

    /// The key of a metric.
    #[allow(
        clippy::unused_self,
        reason = "all keys come from this value; callers do not rely on how they are numbered"
    )]
    pub fn metric(&self, at: usize) -> u32 {
        at as u32
    }

    /// The key of a metric in the previous period.
    pub fn previous(&self, at: usize) -> u32 {
        self.metrics + at as u32
    }

    /// The key of a metric's change since the previous period.
    pub fn change(&self, at: usize) -> u32 {
        2 * self.metrics + at as u32
    }

    /// The key of a cell; one that stands for nothing when the ledger does not exist.
    pub fn cell(&self, ledger: usize, row: usize, column: usize) -> u32 {
        self.ledgers.get(ledger).map_or(self.end, |(start, columns)| start + row as u32 * columns + column as u32)
    }

    /// The number of keys.
    pub fn len(&self) -> u32 {
        self.end
    }

    /// The value that a key stands for; `None` when it is not a key of this branch's report.
    pub fn decode(&self, key: u32) -> Option<ValueKey> {
        if key >= self.end {
            return None;
        }
        // The last ledger that begins at or before the key. One without rows begins where the next does.
        let after = self.ledgers.partition_point(|(start, _)| *start <= key);
        let Some(ledger) = after.checked_sub(1) else {
            let at = key.checked_rem(self.metrics)? as usize;
            return Some(match key / self.metrics {
                0 => ValueKey::Metric(at),
                1 => ValueKey::Previous(at),
                _ => ValueKey::Change(at),
            });
        };
        let (start, columns) = self.ledgers[ledger];
        let (row, column) = ((key - start).checked_div(columns)?, (key - start).checked_rem(columns)?);
        Some(ValueKey::Cell { ledger, row: row as usize, column: column as usize })
    }
}

#[cfg(test)]
mod tests {
    use super::{Keys, ValueKey};

    #[test]
    fn a_key_is_decoded_to_the_value_it_was_made_for() {
        let keys = Keys { ledgers: vec![(9, 2), (11, 4), (11, 3), (20, 1)], metrics: 3, end: 22 };
        assert_eq!(keys.decode(keys.metric(2)), Some(ValueKey::Metric(2)));
        assert_eq!(keys.decode(keys.previous(0)), Some(ValueKey::Previous(0)));
        assert_eq!(keys.decode(keys.change(2)), Some(ValueKey::Change(2)));
        for (ledger, row, column) in [(0, 0, 1), (2, 0, 0), (2, 2, 2), (3, 1, 0)] {
            assert_eq!(keys.decode(keys.cell(ledger, row, column)), Some(ValueKey::Cell { ledger, row, column }));
        }
        assert_eq!(keys.decode(22), None);
    }
}
