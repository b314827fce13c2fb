//! The expression language of notices: metrics, checks and lists as small typed expressions over exact decimals.
//!
//! Input: the expressions' texts in the settings, then rows and branches. Output: numbers, conditions, lists of
//! branches. The phases: `lex` (tokens) → `parse` (`ast`) → `typecheck` (names by `scope`, types; gives `hir` and what
//! the expression depends on) → `eval`.
//!
//! Invariants: every name and type is checked when the settings are loaded; numbers are exact; a blank cell is a
//! missing value and makes every result missing that needs it, so it never counts as 0 or as no.
//!
//! Not done here: rounding and formatting (`metric`), and naming the cells that a number comes from (`provenance`).

mod arithmetic;
mod ast;
mod computed;
mod dependencies;
mod domain;
mod eval;
mod expressions;
mod functions;
mod hir;
mod lex;
mod parse;
mod scope;
mod steps;
mod summary;
#[cfg(test)]
mod tests;
mod typecheck;
mod typed;
mod value;

pub(crate) use dependencies::{Dependencies, is_mean, ratio_of};
pub(crate) use expressions::Expressions;
pub(crate) use functions::function;
pub use steps::StopSignal;
pub(crate) use summary::SummaryValues;
pub(crate) use value::{BranchMetrics, HeldCheck, MetricResult};
