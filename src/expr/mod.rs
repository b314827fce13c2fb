//! The notice's expressions: figures and checks, in rhai, over exact decimals.
//!
//! The only room that names rhai. A cell that says nothing is `Missing`: whatever touches it comes to no
//! result at all, so a blank never counts as 0, as "not yet" or as "no".

mod engine;
mod names;
mod reads;
mod summary;

use std::sync::Arc;

use jiff::civil::Date;
use rhai::{AST, Dynamic, Engine, EvalAltResult, Scope};
use rust_decimal::Decimal;
use toml::Spanned;

use crate::diag::CellRef;
use crate::model::{Branch, Row, Value};
use crate::notice::{Ledger, Notice, NoticeError};
use engine::Missing;

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
pub struct Expressions {
    engine: Engine,
    figures: Vec<(Arc<str>, AST)>,
    reads: Vec<Reads>,
    checks: Vec<AST>,
    ledgers: Vec<LedgerNames>,
    constants: Scope<'static>,
    overall: Option<summary::Overall>,
}

/// A ledger's names as figures use them: the columns that any of them reads, and whether any reads it at all.
struct LedgerNames {
    id: Arc<str>,
    columns: Vec<(usize, String)>,
    used: bool,
}

impl std::fmt::Debug for Expressions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Expressions").field("figures", &self.figures.len()).field("checks", &self.checks.len()).finish()
    }
}

impl Expressions {
    /// Compiles every expression of the notice.
    ///
    /// # Errors
    /// With the line of each expression that does not parse or uses a name that does not exist.
    pub fn compile(notice: &Notice) -> Result<Self, NoticeError> {
        let engine = engine::new();
        let constants = constants(notice);
        let mut errors = Vec::new();
        // Names whose values differ from branch to branch are variables: a constant's value would be compiled in.
        let mut scope = constants.clone();
        for id in notice.ledger.keys().filter(|id| **id != notice.roster.ledger) {
            scope.push(id.as_str(), rhai::Array::new());
        }
        let mut figures = Vec::new();
        for (id, figure) in &notice.figure {
            match compile(&engine, &scope, &figure.expr, notice, &names::of_figure(notice, figure.expr.get_ref())) {
                Ok(ast) => figures.push((Arc::from(id.as_str()), ast)),
                Err(error) => errors.push(error),
            }
            scope.push(id.as_str(), Decimal::ZERO);
        }
        let mut scope = constants.clone();
        scope.push("row", rhai::Map::new());
        let mut checks = Vec::new();
        for check in &notice.check {
            match compile(&engine, &scope, &check.when, notice, &names::of_check(notice, check.ledger.get_ref())) {
                Ok(ast) => checks.push(ast),
                Err(error) => errors.push(error),
            }
        }
        let overall = notice
            .summary
            .as_ref()
            .map(|summary| summary::Overall::compile(&engine, &constants, notice, summary, &mut errors));
        NoticeError::all(errors)?;
        let reads = reads::of_figures(notice);
        let ledgers = notice.ledger.iter().enumerate().map(|(index, (id, ledger))| {
            let read = |at: &usize| reads.iter().flat_map(|r| &r.ledgers).any(|(l, c)| *l == index && c.contains(at));
            LedgerNames {
                id: Arc::from(id.as_str()),
                columns: ledger.columns.keys().cloned().enumerate().filter(|(at, _)| read(at)).collect(),
                used: reads.iter().flat_map(|r| &r.ledgers).any(|(l, _)| *l == index),
            }
        });
        Ok(Self { ledgers: ledgers.collect(), reads, engine, figures, checks, constants, overall })
    }

    /// What each figure reads, in the notice's order.
    pub fn reads(&self) -> &[Reads] {
        &self.reads
    }

    /// The outcome of every figure for a branch, in the notice's order.
    pub fn figures(&self, branch: &Branch) -> Vec<Outcome> {
        let mut scope = self.constants.clone();
        for (index, ledger) in self.ledgers.iter().enumerate().filter(|(_, ledger)| ledger.used) {
            let rows = match branch.rows(index) {
                Some(rows) => ledger.rows(rows.iter()),
                None => Dynamic::from(Missing(None)),
            };
            scope.push_dynamic(ledger.id.as_ref(), rows);
        }
        let outcomes = self.figures.iter().map(|(id, ast)| {
            let outcome = outcome(self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, ast));
            scope.push_dynamic(id.as_ref(), of_outcome(&outcome));
            outcome
        });
        outcomes.collect()
    }

    /// The outcomes, for rows of any branches, of the additive figures that read nothing but their ledger; each with
    /// the figure's place in the notice.
    pub fn additive<'r>(&self, ledger: usize, rows: impl Iterator<Item = &'r Row>) -> Vec<(usize, Outcome)> {
        let reads_it = |reads: &Reads| reads.additive && matches!(&reads.ledgers[..], [(read, _)] if *read == ledger);
        let chosen = self.figures.iter().zip(&self.reads).enumerate().filter(|(_, (_, reads))| reads_it(reads));
        let Some(names) = self.ledgers.get(ledger).filter(|names| names.used) else { return Vec::new() };
        let mut scope = self.constants.clone();
        scope.push_dynamic(names.id.as_ref(), names.rows(rows));
        let evaluated = chosen
            .map(|(at, ((_, ast), _))| (at, outcome(self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, ast))));
        evaluated.collect()
    }

    /// What the department's lists and figures come to; nothing when the notice asks for no summary.
    pub fn overview(&self, notice: &Notice, branches: &[Standing<'_>]) -> Overview {
        let engine = summary::engine_for(branches.len());
        let overall = self.overall.as_ref();
        overall.map(|overall| overall.overview(&engine, &self.constants, notice, branches)).unwrap_or_default()
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
        let Some((_, ast)) = self.figures.get(at) else { return Outcome::Missing(None) };
        let mut scope = self.constants.clone();
        for (part, (id, _)) in self.figures.iter().enumerate().take(at) {
            let value = value(part).map_or_else(|| Dynamic::from(Missing(None)), Dynamic::from);
            scope.push_dynamic(id.as_ref(), value);
        }
        outcome(self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, ast))
    }

    /// Whether check number `check` holds for `row`; never when the row lacks what the check needs.
    pub fn holds(&self, check: usize, row: &Row, ledger: &Ledger) -> bool {
        let Some(ast) = self.checks.get(check) else { return false };
        let mut scope = self.constants.clone();
        scope.push_dynamic("row", map_of(row, ledger.columns.keys().map(String::as_str).enumerate()));
        self.engine.eval_ast_with_scope::<bool>(&mut scope, ast).unwrap_or(false)
    }
}

impl LedgerNames {
    /// Rows as expressions see them: shared, for every fold hands them on.
    fn rows<'r>(&self, rows: impl Iterator<Item = &'r Row>) -> Dynamic {
        let columns = || self.columns.iter().map(|(at, id)| (*at, id.as_str()));
        rows.map(|row| map_of(row, columns()).into_shared()).collect::<rhai::Array>().into()
    }
}

/// Names that every expression may use: `cutoff`, `deadline`, and the fixed days under `calendar`.
fn constants(notice: &Notice) -> Scope<'static> {
    let mut scope = Scope::new();
    scope.push_constant("cutoff", notice.notice.cutoff);
    scope.push_constant("deadline", notice.notice.deadline);
    let calendar: rhai::Map = notice
        .calendar
        .iter()
        .map(|(id, calendar)| {
            let days =
                calendar.days_until(notice.notice.cutoff).into_iter().map(Dynamic::from).collect::<rhai::Array>();
            (id.as_str().into(), days.into())
        })
        .collect();
    scope.push_constant("calendar", calendar);
    scope
}

fn compile(
    engine: &Engine,
    scope: &Scope<'_>,
    expr: &Spanned<String>,
    notice: &Notice,
    properties: &[&str],
) -> Result<AST, NoticeError> {
    let text = expr.get_ref();
    let ast = engine.compile_expression_with_scope(scope, text).map_err(|error| {
        let message = match &*error.0 {
            rhai::ParseErrorType::VariableUndefined(name) => {
                let known: Vec<&str> = scope.iter().map(|(name, ..)| name).collect();
                format!("表达式里的“{name}”不存在；这里可用的有：{}", known.join("、"))
            }
            other => format!("表达式写法不对：{other}（{text}）"),
        };
        notice.error_at(expr, message)
    })?;
    if let Some(name) = names::unknown_call(text, &engine::FUNCTIONS) {
        let message = format!("表达式里没有“{name}”这个函数；可用的有：{}", engine::FUNCTIONS.join("、"));
        return Err(notice.error_at(expr, message));
    }
    match names::foreign(text, properties) {
        Some(name) => {
            let message = format!("表达式里的“.{name}”不是列名；这里可用的有：{}", properties.join("、"));
            Err(notice.error_at(expr, message))
        }
        None => Ok(ast),
    }
}

/// A row as expressions see it: column id → bare value, for the columns given by their places and ids.
fn map_of<'c>(row: &Row, columns: impl Iterator<Item = (usize, &'c str)>) -> Dynamic {
    let cells = columns.map(|(index, id)| {
        let value = match row.value(index) {
            Value::Number(number) => Dynamic::from(number),
            Value::Date(date) => Dynamic::from(date),
            Value::Flag(flag) => Dynamic::from(flag),
            Value::Text(text) => Dynamic::from(text.to_owned()),
            // A cell that says nothing is named; a column that the sheet does not have is not a cell.
            Value::Missing | Value::Invalid(_) | Value::Error(_) | Value::Formula(_) => {
                let cell = row.cell(index).map(|_| row.cell_ref(index));
                Dynamic::from(Missing(cell))
            }
        };
        (id.into(), value)
    });
    cells.collect::<rhai::Map>().into()
}

/// A figure's outcome as later expressions see it.
fn of_outcome(outcome: &Outcome) -> Dynamic {
    match outcome {
        Outcome::Number(number) => Dynamic::from(*number),
        Outcome::Missing(cell) => Dynamic::from(Missing(cell.clone())),
        Outcome::Failed(_) => Dynamic::from(Missing(None)),
    }
}

fn outcome(result: Result<Dynamic, Box<EvalAltResult>>) -> Outcome {
    match result {
        Ok(value) => of_value(&value),
        Err(error) => match error.unwrap_inner() {
            EvalAltResult::ErrorRuntime(value, _) => match value.clone().try_cast::<Missing>() {
                Some(Missing(cell)) => Outcome::Missing(cell),
                None => Outcome::Failed(error.to_string()),
            },
            _ => Outcome::Failed(error.to_string()),
        },
    }
}

fn of_value(value: &Dynamic) -> Outcome {
    if let Ok(number) = value.as_int() {
        return Outcome::Number(Decimal::from(number));
    }
    if let Ok(number) = value.as_decimal() {
        return Outcome::Number(number);
    }
    match value.clone().try_cast::<Missing>() {
        Some(Missing(cell)) => Outcome::Missing(cell),
        None => Outcome::Failed(format!("表达式的结果不是数字，而是 {}", value.type_name())),
    }
}

/// The days between two dates, for expressions.
fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}
