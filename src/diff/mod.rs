//! Differences between two runs: branches, metrics with the cells behind them, ledger rows, report text.
//!
//! Both runs are read from what their output folders keep: `run.json`, and for each branch `sources.json` and the
//! Markdown report where there are any. Rows are matched by their contents, not by their numbers, so that a row above
//! which another was inserted has not changed. Nothing is read from ledgers.

mod compare;
mod differences;
mod last_change;
mod load;
mod page;
mod rows;
mod snapshot;
mod text;

pub use compare::compare;
pub use differences::{BranchChange, CellChange, Change, Differences, MetricChange, ParagraphChange, RowChange};
pub use last_change::LastChange;
pub use load::{LoadError, RunFolder, load};
pub use page::page;
pub use snapshot::Snapshot;
pub use text::{metric_line, print, row_lines};
