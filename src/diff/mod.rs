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

pub(crate) use compare::compare;
pub(crate) use differences::{
    BranchChange, CellChange, DifferenceKind, Differences, MetricChange, ParagraphChange, RowChange,
};
pub(crate) use last_change::LastChange;
pub(crate) use load::{LoadError, load};
pub(crate) use page::page;
pub(crate) use snapshot::Snapshot;
pub(crate) use text::{metric_line, print, row_lines};
