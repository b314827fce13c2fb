//! The notice's expressions: figures and checks, in a small language of their own, over exact decimals.
//!
//! Text becomes tokens (`lex`), tokens what is written (`parse`), and that what is meant (`resolve`, with `names`):
//! a tree in which every name leads somewhere and every value is of the right kind, evaluated (`eval`) over rows as
//! they are. A cell that says nothing is `Missing`: whatever touches it comes to no result at all, so a blank never
//! counts as 0, as "not yet" or as "no".

mod eval;
mod lex;
mod names;
mod parse;
mod reads;
mod resolve;
mod summary;
#[cfg(test)]
mod tests;
mod tree;

use rust_decimal::Decimal;

use crate::diag::CellRef;
use crate::model::{Branch, Row};
use crate::notice::{Notice, NoticeError};
use eval::{Given, Val, Values};
use names::{Name, Names, Type};
use tree::Node;

pub use reads::{Reads, ratio_of};
pub use summary::{Listed, Overview, Standing};

/// What a figure's expression came to.
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
    figures: Vec<Node>,
    reads: Vec<Reads>,
    checks: Vec<Node>,
    overall: Option<summary::Overall>,
}

impl Expressions {
    /// Compiles every expression of the notice.
    ///
    /// # Errors
    /// With the line of each expression that does not parse, uses a name that does not exist, or puts together what
    /// does not go together.
    pub fn compile(notice: &Notice) -> Result<Self, NoticeError> {
        let mut errors = Vec::new();
        let mut names = Names::of(notice);
        for (at, id) in notice.ledger.keys().enumerate().filter(|(_, id)| **id != notice.roster.ledger) {
            names.add(id, Name::List(at, Type::Row(at)));
        }
        let (mut figures, mut reads) = (Vec::new(), Vec::new());
        for (at, (id, figure)) in notice.figure.iter().enumerate() {
            let compiled = resolve::compile(&names, &figure.expr, Type::Number).map_err(|error| errors.push(error));
            names.add(id, Name::Figure(at, compiled.as_ref().is_ok_and(|compiled| compiled.additive)));
            if let Ok(compiled) = compiled {
                reads.push(Reads::new(&compiled.seen, compiled.additive, &reads));
                figures.push(compiled.node);
            }
        }
        let mut checks = Vec::new();
        for check in &notice.check {
            let Some(ledger) = notice.ledger_index(check.ledger.get_ref()) else { continue };
            let names = Names::of(notice).about("row", Type::Row(ledger));
            let compiled = resolve::compile(&names, &check.when, Type::Flag).map_err(|error| errors.push(error));
            checks.extend(compiled.map(|compiled| compiled.node));
        }
        let overall = notice.summary.as_ref();
        let overall = overall.map(|summary| summary::Overall::compile(notice, summary, &mut errors));
        NoticeError::all(errors)?;
        Ok(Self { figures, reads, checks, overall })
    }

    /// What each figure reads, in the notice's order.
    pub fn reads(&self) -> &[Reads] {
        &self.reads
    }

    /// The outcome of every figure for a branch, in the notice's order.
    pub fn figures(&self, branch: &Branch) -> Vec<Outcome> {
        outcomes(&self.figures, &|ledger| branch.rows(ledger).map(Values::Rows), 0)
    }

    /// The outcomes, for rows of any branches, of the additive figures that read nothing but their ledger; each with
    /// the figure's place in the notice.
    pub fn additive(&self, ledger: usize, rows: &[Row]) -> Vec<(usize, Outcome)> {
        let alone =
            |reads: &Reads| reads.figures.is_empty() && matches!(&reads.ledgers[..], [(of, _)] if *of == ledger);
        let chosen = self.figures.iter().zip(&self.reads).enumerate();
        let chosen = chosen.filter(|(_, (_, reads))| reads.additive && alone(reads));
        let given = Given { lists: &|_| Some(Values::Rows(rows)), figures: &|_| Val::NOTHING };
        chosen.map(|(at, (node, _))| (at, eval::outcome(node, given, rows.len()))).collect()
    }

    /// What the department's lists and figures come to; nothing when the notice asks for no summary.
    pub fn overview(&self, notice: &Notice, branches: &[Standing<'_>]) -> Overview {
        self.overall.as_ref().map(|overall| overall.overview(notice, branches)).unwrap_or_default()
    }

    /// For each of the department's figures, the branch figures that it reads.
    pub fn overall_reads(&self) -> &[Vec<usize>] {
        self.overall.as_ref().map(|overall| &overall.reads[..]).unwrap_or_default()
    }

    /// Whether the department's figure number `at` asks for branches at all, itself or through what it names.
    pub fn overall_asks_branches(&self, at: usize) -> bool {
        self.overall.as_ref().and_then(|overall| overall.asks.get(at)).copied().unwrap_or_default()
    }

    /// The outcome of a figure that reads nothing but other figures, whose values `value` gives.
    pub fn combined(&self, at: usize, value: impl Fn(usize) -> Option<Decimal>) -> Outcome {
        let Some(node) = self.figures.get(at) else { return Outcome::Missing(None) };
        let given = Given { lists: &|_| None, figures: &|part| Val::of_figure(value(part)) };
        eval::outcome(node, given, 0)
    }

    /// Whether check number `check` holds for `row`, a row of the check's ledger; never when the row lacks what the
    /// check needs.
    pub fn holds(&self, check: usize, row: &Row) -> bool {
        self.checks.get(check).and_then(|when| eval::holds(when, Val::Row(row))).unwrap_or(false)
    }
}

/// The outcomes of figures each of which may use those before it; `size` is how many rows or branches they are given.
fn outcomes<'r>(figures: &'r [Node], lists: &dyn Fn(usize) -> Option<Values<'r>>, size: usize) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(figures.len());
    for figure in figures {
        let earlier = |at: usize| outcomes.get(at).map_or(Val::NOTHING, Val::of_outcome);
        let outcome = eval::outcome(figure, Given { lists: &|at| lists(at), figures: &earlier }, size);
        outcomes.push(outcome);
    }
    outcomes
}
