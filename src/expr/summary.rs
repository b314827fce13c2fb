//! The department's expressions: lists of branches, and figures over all of them.

use std::sync::Arc;

use rhai::{AST, Dynamic, Engine, Scope};
use rust_decimal::Decimal;

use super::names::{mentions, properties};
use super::{Missing, Outcome, compile, engine, of_outcome, outcome};
use crate::notice::{Notice, NoticeError, Summary};

/// A branch as the department's expressions see it.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// Its figures as reported, by their places in the notice.
    pub figures: &'a [Option<Decimal>],
}

/// A list of branches, by their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Those for which it holds, sorted.
    pub branches: Vec<usize>,
    /// Those of which nobody can say whether it holds.
    pub undecided: Vec<usize>,
}

/// What the department's expressions come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// The lists, in the notice's order.
    pub lists: Vec<Listed>,
    /// The figures, in the notice's order.
    pub figures: Vec<Outcome>,
}

/// The department's expressions, compiled once.
pub struct Overall {
    lists: Vec<(Arc<str>, Option<AST>)>,
    figures: Vec<(Arc<str>, AST)>,
    /// For each figure, the branch figures that it reads, itself or through lists and other figures.
    pub reads: Vec<Vec<usize>>,
    /// For each figure, whether it asks for branches, itself or through other figures.
    pub asks: Vec<bool>,
}

/// Names that expressions may ask a branch for beside its figures.
const OF_A_BRANCH: [&str; 2] = ["name", "kind"];

impl Overall {
    /// Compiles them; what cannot be compiled is added to `errors`.
    pub fn compile(
        engine: &Engine,
        constants: &Scope<'static>,
        notice: &Notice,
        summary: &Summary,
        errors: &mut Vec<NoticeError>,
    ) -> Self {
        let properties: Vec<&str> = OF_A_BRANCH
            .into_iter()
            .chain(notice.figure.keys().map(String::as_str))
            .chain(notice.calendar.keys().map(String::as_str))
            .collect();
        let mut compiled =
            |scope: &Scope<'_>, expr| compile(engine, scope, expr, notice, &properties).map_err(|e| errors.push(e));
        let mut scope = constants.clone();
        scope.push("b", rhai::Map::new());
        let lists = summary.list.iter().map(|(id, list)| {
            let ast = list.when.as_ref().and_then(|when| compiled(&scope, when).ok());
            (Arc::from(id.as_str()), ast)
        });
        let lists = lists.collect();
        let mut scope = constants.clone();
        for id in std::iter::once("branches").chain(summary.list.keys().map(String::as_str)) {
            scope.push(id, rhai::Array::new());
        }
        let mut figures = Vec::new();
        for (id, figure) in &summary.figure {
            figures.extend(compiled(&scope, &figure.expr).ok().map(|ast| (Arc::from(id.as_str()), ast)));
            scope.push(id.as_str(), Decimal::ZERO);
        }
        Self { lists, figures, reads: reads(notice, summary), asks: asks(summary) }
    }

    /// What they come to for all branches.
    pub fn overview(
        &self,
        engine: &Engine,
        constants: &Scope<'static>,
        notice: &Notice,
        branches: &[Standing<'_>],
    ) -> Overview {
        let maps: Vec<Dynamic> = branches.iter().map(|branch| map_of(branch, notice).into_shared()).collect();
        let plans = notice.summary.iter().flat_map(|summary| summary.list.values());
        let mut scope = constants.clone();
        scope.push_dynamic("branches", maps.clone().into());
        let mut overview = Overview::default();
        for ((id, when), plan) in self.lists.iter().zip(plans) {
            let mut listed = Listed::default();
            for (at, map) in maps.iter().enumerate() {
                let Some(ast) = when else {
                    listed.branches.push(at);
                    continue;
                };
                let mut scope = constants.clone();
                scope.push_dynamic("b", map.clone());
                match engine.eval_ast_with_scope::<bool>(&mut scope, ast) {
                    Ok(true) => listed.branches.push(at),
                    Ok(false) => {}
                    Err(_) => listed.undecided.push(at),
                }
            }
            if let Some(by) = plan.sort.as_ref().and_then(|sort| notice.figure.get_index_of(sort.get_ref())) {
                let value = |at: &usize| branches[*at].figures.get(by).copied().flatten();
                // A branch without the figure stands last, and among the first of a list nobody can place it.
                let (mut valued, without): (Vec<usize>, Vec<usize>) =
                    listed.branches.into_iter().partition(|at| value(at).is_some());
                match plan.descending {
                    true => valued.sort_by_key(|at| std::cmp::Reverse(value(at))),
                    false => valued.sort_by_key(value),
                }
                match plan.take {
                    Some(_) => listed.undecided.extend(without),
                    None => valued.extend(without),
                }
                let last = plan.take.and_then(|take| take.checked_sub(1)).and_then(|last| valued.get(last)).map(value);
                // Branches that are as good as the last one named are named too.
                let kept = last.map_or(valued.len(), |last| {
                    valued.iter().rposition(|at| value(at) == last).map_or(0, |at| at + 1)
                });
                valued.truncate(kept);
                listed.branches = valued;
            }
            let rows = listed.branches.iter().map(|at| maps[*at].clone()).collect::<rhai::Array>();
            let known = listed.undecided.is_empty();
            scope.push_dynamic(id.as_ref(), if known { rows.into() } else { Dynamic::from(Missing(None)) });
            overview.lists.push(listed);
        }
        for (id, ast) in &self.figures {
            let outcome = outcome(engine.eval_ast_with_scope::<Dynamic>(&mut scope, ast));
            scope.push_dynamic(id.as_ref(), of_outcome(&outcome));
            overview.figures.push(outcome);
        }
        overview
    }
}

/// For each of the department's figures, the branch figures that it reads.
fn reads(notice: &Notice, summary: &Summary) -> Vec<Vec<usize>> {
    let own = |expr: &str| -> Vec<usize> {
        let named = |id: &String| properties(expr).any(|property| property == id);
        (0..).zip(notice.figure.keys()).filter(|(_, id)| named(id)).map(|(at, _)| at).collect()
    };
    let mut all: Vec<Vec<usize>> = Vec::new();
    for figure in summary.figure.values() {
        let expr = figure.expr.get_ref();
        let lists = summary.list.iter().filter(|(id, _)| mentions(expr, id));
        let lists = lists.flat_map(|(_, list)| list.when.iter().flat_map(|when| own(when.get_ref())));
        let earlier = summary.figure.keys().zip(&all).filter(|(id, _)| mentions(expr, id));
        let mut reads: Vec<usize> =
            own(expr).into_iter().chain(lists).chain(earlier.flat_map(|(_, r)| r.clone())).collect();
        reads.sort_unstable();
        reads.dedup();
        all.push(reads);
    }
    all
}

/// For each of the department's figures, whether it asks for branches.
fn asks(summary: &Summary) -> Vec<bool> {
    let mut asking: Vec<&str> = std::iter::once("branches").chain(summary.list.keys().map(String::as_str)).collect();
    let mut asks = Vec::new();
    for (id, figure) in &summary.figure {
        asks.push(asking.iter().any(|name| mentions(figure.expr.get_ref(), name)));
        asking.extend(asks.last().filter(|asks| **asks).map(|_| id.as_str()));
    }
    asks
}

/// A branch as a map: name, kind, and every figure.
fn map_of(branch: &Standing<'_>, notice: &Notice) -> Dynamic {
    let figures = notice.figure.keys().zip(branch.figures).map(|(id, value)| {
        let value = value.map_or_else(|| Dynamic::from(Missing(None)), Dynamic::from);
        (id.as_str().into(), value)
    });
    let own = [("name", branch.name), ("kind", branch.kind)];
    let own = own.into_iter().map(|(id, text)| (id.into(), Dynamic::from(text.to_owned())));
    figures.chain(own).collect::<rhai::Map>().into()
}

/// An engine for folds over many branches.
pub fn engine_for(branches: usize) -> Engine {
    let mut engine = engine::new();
    engine.set_max_operations(engine::MAX_OPERATIONS.max(branches as u64 * 1_000));
    engine
}
