//! The expressions of the summary: lists of branches, and metrics over all branches.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::eval;
use super::hir::Node;
use super::scope::{Definition, Scope, Type};
use super::steps::StepBudget;
use super::typecheck::{Compiled, compile};
use super::value::{BranchMetrics, HeldCheck, MetricResult, Value, ValueList};
use crate::model::PreviousValues;
use crate::notice::{CheckScope, List, Notice, NoticeError, Summary};

/// A list of branches, by their indexes in the roster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BranchList {
    /// The branches on the list, in its order.
    pub branches: Vec<usize>,
    /// The branches that may belong on the list: a value that decides it is missing.
    pub undecided: Vec<usize>,
}

/// The values of the summary's expressions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SummaryValues {
    /// The lists, in the order of the notice.
    pub lists: Vec<BranchList>,
    /// The metrics, in the order of the notice.
    pub metrics: Vec<MetricResult>,
    /// The checks of the department that hold.
    pub held_checks: Vec<HeldCheck>,
}

/// The summary's expressions, compiled once.
#[derive(Debug)]
pub(super) struct SummaryExpressions {
    /// The lists' conditions; `None` for a list of all branches.
    lists: Vec<Option<Node>>,
    metrics: Vec<Node>,
    /// For each metric, the branch metrics that it depends on, itself or through lists and other metrics.
    pub branch_metrics: Vec<Vec<usize>>,
    /// For each metric, the branch metrics of the previous period that it depends on, likewise.
    pub branch_previous: Vec<Vec<usize>>,
    /// For each metric, the summary's metrics of the previous period that it depends on, itself or through other
    /// metrics.
    pub previous: Vec<Vec<usize>>,
    /// For each metric, whether it depends on branches, itself or through other metrics.
    pub reads_branches: Vec<bool>,
    /// The checks of the department.
    checks: Vec<SummaryCheck>,
}

/// A check of the department.
#[derive(Debug)]
struct SummaryCheck {
    held: HeldCheck,
    condition: Node,
}

/// The branch metrics that a list depends on.
#[derive(Clone, Debug, Default)]
struct ListReads {
    now: BTreeSet<usize>,
    previous: BTreeSet<usize>,
}

impl SummaryExpressions {
    /// Compiles the expressions; adds the errors of those that do not compile to `errors`.
    pub(super) fn compile(notice: &Notice, summary: &Summary, errors: &mut Vec<NoticeError>) -> Self {
        let mut compiled = Self {
            lists: Vec::new(),
            metrics: Vec::new(),
            branch_metrics: Vec::new(),
            branch_previous: Vec::new(),
            previous: Vec::new(),
            reads_branches: Vec::new(),
            checks: Vec::new(),
        };
        let mut scope = Scope::new(notice).with_previous(&summary.metric);
        // List 0 holds all branches; the lists of the settings follow.
        scope.define("branches", Definition::List(0, Type::Branch));
        let mut list_reads = vec![ListReads::default()];
        let branch_scope = Scope::new(notice).with_subject("b", Type::Branch);
        for (id, list) in &summary.list {
            let condition = match list.when.as_ref().map(|when| compile(&branch_scope, when, Type::Flag)).transpose() {
                Ok(condition) => condition,
                Err(error) => {
                    errors.push(error);
                    None
                }
            };
            scope.define(id, Definition::List(list_reads.len(), Type::Branch));
            let references = condition.as_ref().map(|condition| condition.references.clone()).unwrap_or_default();
            list_reads.push(ListReads { now: references.branch_metrics, previous: references.branch_previous });
            compiled.lists.push(condition.map(|condition| condition.node));
        }
        for (index, (id, metric)) in summary.metric.iter().enumerate() {
            match compile(&scope, &metric.expr, Type::Number) {
                Ok(expression) => compiled.add_metric(expression, &list_reads),
                Err(error) => errors.push(error),
            }
            scope.define(id, Definition::Metric(index, false));
        }
        let checks = notice.check.iter().enumerate().filter(|(_, check)| check.scope == CheckScope::Department);
        for (index, check) in checks {
            match compile(&scope, &check.when, Type::Flag) {
                Ok(Compiled { node, references, .. }) => {
                    let held = HeldCheck { check: index, metrics: references.metrics.into_iter().collect() };
                    compiled.checks.push(SummaryCheck { held, condition: node });
                }
                Err(error) => errors.push(error),
            }
        }
        compiled
    }

    /// Adds a metric; `list_reads` are the branch metrics that each list depends on.
    fn add_metric(&mut self, Compiled { node, references, .. }: Compiled, list_reads: &[ListReads]) {
        let (mut branch_metrics, mut branch_previous) = (references.branch_metrics, references.branch_previous);
        let mut previous = references.previous;
        for list in references.lists.iter().filter_map(|list| list_reads.get(*list)) {
            branch_metrics.extend(&list.now);
            branch_previous.extend(&list.previous);
        }
        let mut reads_branches = !references.lists.is_empty();
        for earlier in references.metrics {
            branch_metrics.extend(self.branch_metrics.get(earlier).into_iter().flatten());
            branch_previous.extend(self.branch_previous.get(earlier).into_iter().flatten());
            previous.extend(self.previous.get(earlier).into_iter().flatten());
            reads_branches |= self.reads_branches.get(earlier).copied().unwrap_or_default();
        }
        self.branch_metrics.push(branch_metrics.into_iter().collect());
        self.branch_previous.push(branch_previous.into_iter().collect());
        self.previous.push(previous.into_iter().collect());
        self.reads_branches.push(reads_branches);
        self.metrics.push(node);
    }

    /// Evaluates the expressions for all branches; `previous` are the summary's metrics in the previous period.
    pub(super) fn evaluate(
        &self,
        notice: &Notice,
        branches: &[BranchMetrics<'_>],
        previous: &PreviousValues,
        steps: &StepBudget,
    ) -> SummaryValues {
        let settings = notice.summary.iter().flat_map(|summary| summary.list.values());
        let lists: Vec<BranchList> = (self.lists.iter().zip(settings))
            .map(|(condition, list)| branch_list(condition.as_ref(), list, notice, branches, steps))
            .collect();
        let all: Vec<Value<'_>> = branches.iter().map(Value::Branch).collect();
        // A list with undecided branches is missing as a whole.
        let list_values: Vec<Option<Vec<Value<'_>>>> = (lists.iter())
            .map(|list| {
                let values = list.branches.iter().filter_map(|index| all.get(*index)).copied().collect();
                list.undecided.is_empty().then_some(values)
            })
            .collect();
        let external = |index: usize| match index.checked_sub(1) {
            None => Some(ValueList::Values(&all)),
            Some(index) => list_values.get(index)?.as_deref().map(ValueList::Values),
        };
        let metrics = eval::metrics(&self.metrics, &external, previous, steps, branches.len());
        let earlier = |index: usize| metrics.get(index).map_or(Value::MISSING, Value::from_result);
        let env = eval::Env { lists: &external, metrics: &earlier, previous, steps };
        let held = self.checks.iter().filter(|check| eval::holds(&check.condition, env, branches.len()));
        let held_checks = held.map(|check| check.held.clone()).collect();
        SummaryValues { lists, metrics, held_checks }
    }
}

/// The branches for which `condition` holds, sorted and cut off as the settings of the list say.
fn branch_list(
    condition: Option<&Node>,
    settings: &List,
    notice: &Notice,
    branches: &[BranchMetrics<'_>],
    steps: &StepBudget,
) -> BranchList {
    let mut list = BranchList::default();
    for (index, branch) in branches.iter().enumerate() {
        match condition.map_or(Some(true), |condition| eval::condition(condition, Value::Branch(branch), steps)) {
            Some(true) => list.branches.push(index),
            Some(false) => {}
            None => list.undecided.push(index),
        }
    }
    let Some(sort) = &settings.sort else { return list };
    let Some(metric) = notice.metric.get_index_of(sort.get_ref()) else { return list };
    let value = |index: &usize| branches[*index].metrics.get(metric).copied().flatten();
    let (mut sorted, without_value): (Vec<usize>, Vec<usize>) =
        list.branches.into_iter().partition(|index| value(index).is_some());
    if settings.descending {
        sorted.sort_by_key(|index| Reverse(value(index)));
    } else {
        sorted.sort_by_key(value);
    }
    match settings.take {
        // A branch without the metric may belong among the first.
        Some(count) => {
            list.undecided.extend(without_value);
            truncate_with_ties(&mut sorted, count, value);
        }
        None => sorted.extend(without_value),
    }
    list.branches = sorted;
    list
}

/// Keeps the first `count` branches, and those after them whose value equals that of the last.
fn truncate_with_ties<V: PartialEq>(sorted: &mut Vec<usize>, count: usize, value: impl Fn(&usize) -> V) {
    let Some(last) = count.checked_sub(1).and_then(|last| sorted.get(last)).map(&value) else { return };
    let kept = sorted.iter().rposition(|index| value(index) == last).map_or(0, |index| index + 1);
    sorted.truncate(kept);
}
