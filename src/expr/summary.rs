//! The department's expressions: lists of branches, and metrics over all of them.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::eval::{self, Val, Values};
use super::hir::Node;
use super::scope::{Name, Scope, Type};
use super::typecheck::{Compiled, compile};
use super::{Outcome, outcomes};
use crate::notice::{List, Notice, NoticeError, Summary};

/// A branch as the department's expressions see it.
#[derive(Clone, Copy, Debug)]
pub struct BranchMetrics<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// Its metrics as reported, by their places in the notice.
    pub metrics: &'a [Option<Decimal>],
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
    /// The metrics, in the notice's order.
    pub metrics: Vec<Outcome>,
}

/// The department's expressions, compiled once.
#[derive(Debug)]
pub struct SummaryExpressions {
    /// The lists' conditions; none for a list of all branches.
    lists: Vec<Option<Node>>,
    metrics: Vec<Node>,
    /// For each metric, the branch metrics that it reads, itself or through lists and other metrics.
    pub reads: Vec<Vec<usize>>,
    /// For each metric, whether it asks for branches, itself or through other metrics.
    pub asks: Vec<bool>,
}

impl SummaryExpressions {
    /// Compiles them; what cannot be compiled is added to `errors`.
    pub fn compile(notice: &Notice, summary: &Summary, errors: &mut Vec<NoticeError>) -> Self {
        let mut compiled = Self { lists: Vec::new(), metrics: Vec::new(), reads: Vec::new(), asks: Vec::new() };
        let mut names = Scope::of(notice);
        names.add("branches", Name::List(0, Type::Branch));
        // What each list reads, by its place among the lists that metrics are given: all branches come first.
        let mut read = vec![BTreeSet::new()];
        let of_branch = Scope::of(notice).about("b", Type::Branch);
        for (id, list) in &summary.list {
            let when = list.when.as_ref().map(|when| compile(&of_branch, when, Type::Flag));
            let when = when.transpose().map_err(|error| errors.push(error)).unwrap_or_default();
            names.add(id, Name::List(read.len(), Type::Branch));
            read.push(when.as_ref().map(|when| when.seen.of_branches.clone()).unwrap_or_default());
            compiled.lists.push(when.map(|when| when.node));
        }
        for (at, (id, metric)) in summary.metric.iter().enumerate() {
            let expression = compile(&names, &metric.expr, Type::Number).map_err(|error| errors.push(error));
            names.add(id, Name::Metric(at, false));
            if let Ok(expression) = expression {
                compiled.add(expression, &read);
            }
        }
        compiled
    }

    /// One more metric; `read` is what each list reads.
    fn add(&mut self, Compiled { node, seen, .. }: Compiled, read: &[BTreeSet<usize>]) {
        let mut reads = seen.of_branches;
        reads.extend(seen.lists.iter().filter_map(|list| read.get(*list)).flatten());
        reads.extend(seen.metrics.iter().filter_map(|earlier| self.reads.get(*earlier)).flatten());
        let earlier = |earlier: &usize| self.asks.get(*earlier).copied().unwrap_or_default();
        self.asks.push(!seen.lists.is_empty() || seen.metrics.iter().any(earlier));
        self.reads.push(reads.into_iter().collect());
        self.metrics.push(node);
    }

    /// What they come to for all branches.
    pub fn overview(&self, notice: &Notice, branches: &[BranchMetrics<'_>]) -> Overview {
        let plans = notice.summary.iter().flat_map(|summary| summary.list.values());
        let lists = self.lists.iter().zip(plans);
        let lists: Vec<Listed> = lists.map(|(when, plan)| listed(when.as_ref(), plan, notice, branches)).collect();
        let all: Vec<Val<'_>> = branches.iter().map(Val::Branch).collect();
        // A list of which nobody can say who is on it is not known.
        let chosen = lists.iter().map(|listed| {
            let chosen = listed.branches.iter().filter_map(|at| all.get(*at)).copied().collect();
            listed.undecided.is_empty().then_some(chosen)
        });
        let chosen: Vec<Option<Vec<Val<'_>>>> = chosen.collect();
        let list = |at: usize| match at.checked_sub(1) {
            None => Some(Values::Any(&all)),
            Some(at) => chosen.get(at)?.as_deref().map(Values::Any),
        };
        let metrics = outcomes(&self.metrics, &list, branches.len());
        Overview { lists, metrics }
    }
}

/// The branches for which `when` holds, sorted and cut off as `plan` says.
fn listed(when: Option<&Node>, plan: &List, notice: &Notice, branches: &[BranchMetrics<'_>]) -> Listed {
    let mut listed = Listed::default();
    for (at, branch) in branches.iter().enumerate() {
        match when.map_or(Some(true), |when| eval::holds(when, Val::Branch(branch))) {
            Some(true) => listed.branches.push(at),
            Some(false) => {}
            None => listed.undecided.push(at),
        }
    }
    let by = plan.sort.as_ref().and_then(|sort| notice.metric.get_index_of(sort.get_ref()));
    let Some(by) = by else { return listed };
    let value = |at: &usize| branches[*at].metrics.get(by).copied().flatten();
    // A branch without the metric stands last, and among the first of a list nobody can place it.
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
    let kept = last.map_or(valued.len(), |last| valued.iter().rposition(|at| value(at) == last).map_or(0, |at| at + 1));
    valued.truncate(kept);
    listed.branches = valued;
    listed
}
