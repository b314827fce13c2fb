//! Keys of what a branch's templates can print: metrics first, then every cell of every row.

use crate::model::Branch;
use crate::notice::Notice;

/// What stands behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A metric, by its place in the notice.
    Metric(usize),
    /// A cell of a branch's row of a ledger; the roster has one row.
    Cell {
        /// The ledger's place in the notice.
        ledger: usize,
        /// The row's place among the branch's rows.
        row: usize,
        /// The column's place in the ledger.
        column: usize,
    },
}

/// Gives out keys for one branch and takes them back. A key is a number that only this branch's report understands.
#[derive(Clone, Debug)]
pub struct Keys {
    /// For each ledger, its first key and its number of columns.
    ledgers: Vec<(u32, u32)>,
    /// The first number that is no key.
    end: u32,
}

impl Keys {
    /// The keys of a branch.
    pub fn of(branch: &Branch, notice: &Notice) -> Self {
        let roster = notice.ledger_index(&notice.roster.ledger);
        let mut end = notice.metric.len() as u32;
        let ledgers = notice.ledger.values().enumerate().map(|(index, ledger)| {
            let rows = if Some(index) == roster { 1 } else { branch.rows(index).map_or(0, <[_]>::len) };
            let (start, columns) = (end, ledger.columns.len() as u32);
            end += rows as u32 * columns;
            (start, columns)
        });
        let ledgers = ledgers.collect();
        Self { ledgers, end }
    }

    /// The key of a metric.
    pub fn metric(&self, at: usize) -> u32 {
        at as u32
    }

    /// The key of a cell.
    pub fn cell(&self, ledger: usize, row: usize, column: usize) -> u32 {
        self.ledgers.get(ledger).map_or(self.end, |(start, columns)| start + row as u32 * columns + column as u32)
    }

    /// What stands behind a key; `None` when it is none of this branch's.
    pub fn decode(&self, key: u32) -> Option<Key> {
        if key >= self.end {
            return None;
        }
        // The last ledger that begins at or before the key; one without rows begins where the next does.
        let after = self.ledgers.partition_point(|(start, _)| *start <= key);
        let Some(ledger) = after.checked_sub(1) else { return Some(Key::Metric(key as usize)) };
        let (start, columns) = self.ledgers[ledger];
        let (row, column) = ((key - start).checked_div(columns)?, (key - start).checked_rem(columns)?);
        Some(Key::Cell { ledger, row: row as usize, column: column as usize })
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, Keys};

    #[test]
    fn keys_come_back_as_what_they_were_given_for() {
        let keys = Keys { ledgers: vec![(3, 2), (5, 4), (5, 3), (14, 1)], end: 16 };
        assert_eq!(keys.decode(keys.metric(2)), Some(Key::Metric(2)));
        for (ledger, row, column) in [(0, 0, 1), (2, 0, 0), (2, 2, 2), (3, 1, 0)] {
            assert_eq!(keys.decode(keys.cell(ledger, row, column)), Some(Key::Cell { ledger, row, column }));
        }
        assert_eq!(keys.decode(16), None);
    }
}
