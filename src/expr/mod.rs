//! The notice's expressions: metrics and checks, in a small language of their own, over exact decimals.
//!
//! Text becomes tokens (`lex`), tokens what is written (`parse`), and that what is meant (`resolve`, with `names`):
//! a tree in which every name leads somewhere and every value is of the right kind, evaluated (`eval`) over rows as
//! they are. A cell that says nothing is `Missing`: whatever touches it comes to no result at all, so a blank never
//! counts as 0, as "not yet" or as "no".

mod dependencies;
mod eval;
mod functions;
mod hir;
mod lex;
mod parse;
mod scope;
mod summary;
#[cfg(test)]
mod tests;
mod typecheck;

use rust_decimal::Decimal;

use crate::diagnostics::CellRef;
use crate::model::{Branch, Row};
use crate::notice::{Notice, NoticeError};
use eval::{Env, Val, Values};
use hir::Node;
use scope::{Name, Scope, Type};

pub use dependencies::{Reads, ratio_of};
pub use functions::{FUNCTIONS, Function, Shape, function};
pub use summary::{BranchMetrics, Listed, Overview};

/// What a metric's expression came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An exact number.
    Number(Decimal),
    /// Nothing, because this cell (when one is known) says nothing, or because there was nothing to fold.
    Missing(Option<CellRef>),
    /// Nothing, for another reason.
    Failed(String),
}

/// All expressions of a notice, compiled once.
#[derive(Debug)]
pub struct Expressions {
    metrics: Vec<Node>,
    reads: Vec<Reads>,
    checks: Vec<Node>,
    summary: Option<summary::SummaryExpressions>,
}

impl Expressions {
    /// Compiles every expression of the notice.
    ///
    /// # Errors
    /// With the line of each expression that does not parse, uses a name that does not exist, or puts together what
    /// does not go together.
    pub fn compile(notice: &Notice) -> Result<Self, NoticeError> {
        let mut errors = Vec::new();
        let mut names = Scope::of(notice);
        for (at, id) in notice.ledger.keys().enumerate().filter(|(_, id)| **id != notice.roster.ledger) {
            names.add(id, Name::List(at, Type::Row(at)));
        }
        let (mut metrics, mut reads) = (Vec::new(), Vec::new());
        for (at, (id, metric)) in notice.metric.iter().enumerate() {
            let compiled = typecheck::compile(&names, &metric.expr, Type::Number).map_err(|error| errors.push(error));
            names.add(id, Name::Metric(at, compiled.as_ref().is_ok_and(|compiled| compiled.additive)));
            if let Ok(compiled) = compiled {
                reads.push(Reads::new(&compiled.seen, compiled.additive, &reads));
                metrics.push(compiled.node);
            }
        }
        let mut checks = Vec::new();
        for check in &notice.check {
            let Some(ledger) = notice.ledger_index(check.ledger.get_ref()) else { continue };
            let names = Scope::of(notice).about("row", Type::Row(ledger));
            let compiled = typecheck::compile(&names, &check.when, Type::Flag).map_err(|error| errors.push(error));
            checks.extend(compiled.map(|compiled| compiled.node));
        }
        let summary = notice.summary.as_ref();
        let summary = summary.map(|summary| summary::SummaryExpressions::compile(notice, summary, &mut errors));
        NoticeError::all(errors)?;
        Ok(Self { metrics, reads, checks, summary })
    }

    /// What each metric reads, in the notice's order.
    pub fn reads(&self) -> &[Reads] {
        &self.reads
    }

    /// The outcome of every metric for a branch, in the notice's order.
    pub fn metrics(&self, branch: &Branch) -> Vec<Outcome> {
        outcomes(&self.metrics, &|ledger| branch.rows(ledger).map(Values::Rows), 0)
    }

    /// The outcomes, for rows of any branches, of the additive metrics that read nothing but their ledger; each with
    /// the metric's place in the notice.
    pub fn additive(&self, ledger: usize, rows: &[Row]) -> Vec<(usize, Outcome)> {
        let alone =
            |reads: &Reads| reads.metrics.is_empty() && matches!(&reads.ledgers[..], [(of, _)] if *of == ledger);
        let chosen = self.metrics.iter().zip(&self.reads).enumerate();
        let chosen = chosen.filter(|(_, (_, reads))| reads.additive && alone(reads));
        let given = Env { lists: &|_| Some(Values::Rows(rows)), metrics: &|_| Val::NOTHING };
        chosen.map(|(at, (node, _))| (at, eval::outcome(node, given, rows.len()))).collect()
    }

    /// What the department's lists and metrics come to; nothing when the notice asks for no summary.
    pub fn overview(&self, notice: &Notice, branches: &[BranchMetrics<'_>]) -> Overview {
        self.summary.as_ref().map(|summary| summary.overview(notice, branches)).unwrap_or_default()
    }

    /// For each of the department's metrics, the branch metrics that it reads.
    pub fn summary_dependencies(&self) -> &[Vec<usize>] {
        self.summary.as_ref().map(|summary| &summary.reads[..]).unwrap_or_default()
    }

    /// Whether the department's metric number `at` asks for branches at all, itself or through what it names.
    pub fn summary_reads_branches(&self, at: usize) -> bool {
        self.summary.as_ref().and_then(|summary| summary.asks.get(at)).copied().unwrap_or_default()
    }

    /// The outcome of a metric that reads nothing but other metrics, whose values `value` gives.
    pub fn combined(&self, at: usize, value: impl Fn(usize) -> Option<Decimal>) -> Outcome {
        let Some(node) = self.metrics.get(at) else { return Outcome::Missing(None) };
        let given = Env { lists: &|_| None, metrics: &|part| Val::of_metric(value(part)) };
        eval::outcome(node, given, 0)
    }

    /// Whether check number `check` holds for `row`, a row of the check's ledger; never when the row lacks what the
    /// check needs.
    pub fn holds(&self, check: usize, row: &Row) -> bool {
        self.checks.get(check).and_then(|when| eval::holds(when, Val::Row(row))).unwrap_or(false)
    }
}

/// The outcomes of metrics each of which may use those before it; `size` is how many rows or branches they are given.
fn outcomes<'r>(metrics: &'r [Node], lists: &dyn Fn(usize) -> Option<Values<'r>>, size: usize) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(metrics.len());
    for metric in metrics {
        let earlier = |at: usize| outcomes.get(at).map_or(Val::NOTHING, Val::of_outcome);
        let outcome = eval::outcome(metric, Env { lists: &|at| lists(at), metrics: &earlier }, size);
        outcomes.push(outcome);
    }
    outcomes
}
