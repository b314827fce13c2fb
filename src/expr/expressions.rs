//! All expressions of a notice: compiled together, since metrics may use the metrics before them.

use rust_decimal::Decimal;

use super::computed::{CompiledColumn, ComputedColumns};
use super::dependencies::Dependencies;
use super::eval::{self, Env};
use super::hir::Node;
use super::scope::{Definition, Scope, Type};
use super::steps::{MAX_RUN_STEPS, StepBudget, StopSignal};
use super::summary::{SummaryExpressions, SummaryValues};
use super::typecheck::{Compiled, compile};
use super::value::{BranchMetrics, HeldCheck, MetricResult, Value, ValueList};
use crate::model::{self, Branch, PreviousValues, Row};
use crate::notice::{Annex, CheckScope, Ledger, Notice, NoticeError, RowCondition, Sheet};

/// All expressions of a notice, compiled once.
#[derive(Debug)]
pub struct Expressions {
    metrics: Vec<Node>,
    dependencies: Vec<Dependencies>,
    /// For each check of the notice its condition; `None` for one of the department.
    checks: Vec<Option<CheckCondition>>,
    /// The condition of each annex; `None` for an annex without one.
    annexes: Vec<Option<Node>>,
    /// The same for the annexes of the summary.
    summary_annexes: Vec<Option<Node>>,
    /// The same for the sheets of the department's workbook.
    sheets: Vec<Option<Node>>,
    computed: ComputedColumns,
    summary: Option<SummaryExpressions>,
    /// The steps of the run under way.
    steps: StepBudget,
}

/// A compiled condition of a check of branches.
#[derive(Debug)]
struct CheckCondition {
    scope: CheckScope,
    node: Node,
    /// The metrics that it names.
    metrics: Vec<usize>,
}

impl CheckCondition {
    fn new(scope: CheckScope, compiled: Compiled) -> Self {
        Self { scope, node: compiled.node, metrics: compiled.references.metrics.into_iter().collect() }
    }
}

impl Expressions {
    /// Compiles every expression of the notice.
    ///
    /// # Errors
    /// With the line of each expression that does not parse, uses a name that does not exist, or puts together what
    /// does not go together.
    pub fn compile(notice: &Notice) -> Result<Self, NoticeError> {
        let mut errors = Vec::new();
        let computed = compile_computed(notice, &mut errors);
        let mut scope = Scope::with_computed(notice, &computed).with_previous(&notice.metric);
        for (index, id) in notice.ledger.keys().enumerate().filter(|(_, id)| **id != notice.roster.ledger) {
            scope.define(id, Definition::List(index, Type::Row(index)));
        }
        let (mut metrics, mut dependencies) = (Vec::new(), Vec::new());
        for (index, (id, metric)) in notice.metric.iter().enumerate() {
            let mut additive = false;
            match compile(&scope, &metric.expr, Type::Number) {
                Ok(compiled) => {
                    additive = compiled.additive;
                    dependencies.push(Dependencies::new(&compiled.references, additive, &dependencies));
                    metrics.push(compiled.node);
                }
                Err(error) => errors.push(error),
            }
            // A metric that does not compile is defined too, so that it is not reported again where it is used.
            scope.define(id, Definition::Metric(index, additive));
        }
        let of_row = |ledger: &str| {
            let row = Type::Row(notice.ledger_index(ledger)?);
            Some(Scope::with_computed(notice, &computed).with_subject("row", row))
        };
        let mut checks = Vec::with_capacity(notice.check.len());
        for check in &notice.check {
            let scope = match check.scope {
                CheckScope::Row => check.ledger.as_ref().and_then(|ledger| of_row(ledger.get_ref())),
                CheckScope::Branch => Some(scope.clone()),
                CheckScope::Department => None,
            };
            let compiled = scope.map(|scope| compile(&scope, &check.when, Type::Flag)).transpose();
            let compiled = compiled.map_err(|error| errors.push(error)).ok().flatten();
            checks.push(compiled.map(|compiled| CheckCondition::new(check.scope, compiled)));
        }
        let mut compile_condition = |RowCondition { ledger, when }: RowCondition<'_>| {
            let compiled = compile(&of_row(ledger.get_ref())?, when, Type::Flag);
            compiled.map(|compiled| compiled.node).map_err(|error| errors.push(error)).ok()
        };
        let mut compile_all = |conditions: &mut dyn Iterator<Item = Option<RowCondition<'_>>>| {
            conditions.map(|condition| condition.and_then(&mut compile_condition)).collect::<Vec<Option<Node>>>()
        };
        let annexes = compile_all(&mut notice.annex.iter().map(Annex::row_condition));
        let of_summary = || notice.summary.iter();
        let summary_annexes = of_summary().flat_map(|summary| &summary.annex);
        let summary_annexes = compile_all(&mut summary_annexes.map(Annex::row_condition));
        let sheets = compile_all(&mut of_summary().flat_map(|summary| &summary.sheet).map(Sheet::row_condition));
        let compile_summary = |summary| SummaryExpressions::compile(notice, summary, &mut errors);
        let summary = notice.summary.as_ref().map(compile_summary);
        NoticeError::all(errors)?;
        let steps = StepBudget::new(MAX_RUN_STEPS);
        Ok(Self { metrics, dependencies, checks, annexes, summary_annexes, sheets, computed, summary, steps })
    }

    /// The same, which may take so many steps in a run, besides those for its branches.
    #[must_use]
    pub(crate) fn with_steps(self, max: u64) -> Self {
        Self { steps: StepBudget::new(max), ..self }
    }

    /// The same, which is stopped by this signal.
    #[must_use]
    pub(crate) fn stopped_by(self, stop: StopSignal) -> Self {
        Self { steps: self.steps.stopped_by(stop), ..self }
    }

    /// The steps of the run under way.
    pub fn steps(&self) -> &StepBudget {
        &self.steps
    }

    /// What each metric depends on, in the order of the notice.
    pub fn dependencies(&self) -> &[Dependencies] {
        &self.dependencies
    }

    /// The result of every metric for a branch, in the order of the notice.
    pub fn metrics(&self, branch: &Branch) -> Vec<MetricResult> {
        let lists = |ledger| branch.rows(ledger).map(ValueList::Rows);
        eval::metrics(&self.metrics, &lists, branch.previous(), &self.steps, 0)
    }

    /// The results, for rows of any branches, of the additive metrics that depend on one ledger only; each with the
    /// metric's index in the notice.
    pub fn additive(&self, ledger: usize, rows: &[Row]) -> Vec<(usize, MetricResult)> {
        let lists = |_| Some(ValueList::Rows(rows));
        let (metrics, previous) = (&|_| Value::MISSING, PreviousValues::NONE);
        let env = Env { lists: &lists, metrics, previous, steps: &self.steps };
        let mut results = Vec::new();
        for (index, (node, dependencies)) in self.metrics.iter().zip(&self.dependencies).enumerate() {
            let reads_only_ledger =
                dependencies.metrics.is_empty() && matches!(&dependencies.ledgers[..], [(only, _)] if *only == ledger);
            if dependencies.additive && reads_only_ledger {
                results.push((index, eval::metric(node, env, rows.len())));
            }
        }
        results
    }

    /// The values of the summary's lists and metrics, whose own metrics in the previous period are `previous`; none
    /// when the notice has no summary.
    pub fn summary_values(
        &self,
        notice: &Notice,
        branches: &[BranchMetrics<'_>],
        previous: &PreviousValues,
    ) -> SummaryValues {
        self.summary
            .as_ref()
            .map(|summary| summary.evaluate(notice, branches, previous, &self.steps))
            .unwrap_or_default()
    }

    /// For each metric of the summary, the indexes of the branch metrics whose values in the previous period it depends
    /// on.
    pub fn summary_branch_previous(&self) -> &[Vec<usize>] {
        self.summary.as_ref().map(|summary| &summary.branch_previous[..]).unwrap_or_default()
    }

    /// For each metric of the summary, the indexes of the summary's metrics whose values in the previous period it
    /// depends on.
    pub fn summary_previous(&self) -> &[Vec<usize>] {
        self.summary.as_ref().map(|summary| &summary.previous[..]).unwrap_or_default()
    }

    /// For each metric of the summary, the indexes of the branch metrics that it depends on, itself or through lists
    /// and other metrics.
    pub fn summary_dependencies(&self) -> &[Vec<usize>] {
        self.summary.as_ref().map(|summary| &summary.branch_metrics[..]).unwrap_or_default()
    }

    /// Whether the summary's metric number `index` depends on branches, itself or through other metrics.
    pub fn summary_reads_branches(&self, index: usize) -> bool {
        let summary = self.summary.as_ref();
        summary.and_then(|summary| summary.reads_branches.get(index)).copied().unwrap_or_default()
    }

    /// The result of a metric that depends on other metrics only, whose values `value` gives.
    pub fn combined(&self, index: usize, value: impl Fn(usize) -> Option<Decimal>) -> MetricResult {
        let Some(node) = self.metrics.get(index) else { return MetricResult::Missing(None) };
        let metrics = |part| Value::from_metric(value(part));
        let env = Env { lists: &|_| None, metrics: &metrics, previous: PreviousValues::NONE, steps: &self.steps };
        eval::metric(node, env, 0)
    }

    /// Whether check number `check` holds for `row`, a row of the check's ledger; never when the row lacks a value that
    /// the check needs.
    pub fn holds(&self, check: usize, row: &Row) -> bool {
        let condition = self.checks.get(check).and_then(Option::as_ref);
        condition.and_then(|condition| eval::condition(&condition.node, Value::Row(row), &self.steps)).unwrap_or(false)
    }

    /// The checks of branches that hold for a branch with these results of its metrics; none that needs a missing
    /// value.
    pub fn held_checks(&self, branch: &Branch, results: &[MetricResult]) -> Vec<HeldCheck> {
        let lists = |ledger: usize| branch.rows(ledger).map(ValueList::Rows);
        let metrics = |index: usize| results.get(index).map_or(Value::MISSING, Value::from_result);
        let env = Env { lists: &lists, metrics: &metrics, previous: branch.previous(), steps: &self.steps };
        let of_branches = self.checks.iter().enumerate().filter_map(|(check, condition)| {
            condition
                .as_ref()
                .filter(|condition| condition.scope == CheckScope::Branch)
                .map(|condition| (check, condition))
        });
        let held = of_branches.filter(|(_, condition)| eval::holds(&condition.node, env, 0));
        held.map(|(check, condition)| HeldCheck { check, metrics: condition.metrics.clone() }).collect()
    }

    /// The number of a computed column in a row of its ledger.
    pub fn computed(&self, ledger: usize, index: usize, row: &Row) -> MetricResult {
        let column = self.computed.get(ledger, index);
        column.map_or(MetricResult::Missing(None), |column| eval::of_row(&column.node, Value::Row(row), &self.steps))
    }

    /// The value of a column in a row of a ledger; computed columns follow those of the sheet.
    pub fn cell<'r>(&self, (index, ledger): (usize, &Ledger), row: &'r Row, column: usize) -> model::Value<'r> {
        match column.checked_sub(ledger.columns.len()) {
            None => row.value(column),
            Some(computed) => match self.computed(index, computed, row) {
                MetricResult::Number(number) => model::Value::Number(number),
                MetricResult::Missing(_) | MetricResult::Failed(_) => model::Value::Missing,
            },
        }
    }

    /// The columns of the sheet that a computed column reads.
    pub fn computed_reads(&self, ledger: usize, index: usize) -> &[usize] {
        self.computed.get(ledger, index).map_or(&[], |column| &column.reads)
    }

    /// Whether annex number `annex` lists `row`, a row of the annex's ledger; `None` when the row lacks a value that
    /// the condition needs.
    pub fn lists(&self, annex: usize, row: &Row) -> Option<bool> {
        self.meets(self.annexes.get(annex), row)
    }

    /// The same for annex number `annex` of the summary.
    pub fn summary_lists(&self, annex: usize, row: &Row) -> Option<bool> {
        self.meets(self.summary_annexes.get(annex), row)
    }

    /// The same for sheet number `sheet` of the department's workbook.
    pub fn sheet_lists(&self, sheet: usize, row: &Row) -> Option<bool> {
        self.meets(self.sheets.get(sheet), row)
    }

    /// Whether a row meets a condition, as every row does where there is none; `None` when the row lacks a value that
    /// it needs.
    fn meets(&self, condition: Option<&Option<Node>>, row: &Row) -> Option<bool> {
        match condition {
            Some(Some(when)) => eval::condition(when, Value::Row(row), &self.steps),
            Some(None) | None => Some(true),
        }
    }
}

/// Compiles the computed columns of all ledgers; adds the errors of those that do not compile to `errors`.
fn compile_computed(notice: &Notice, errors: &mut Vec<NoticeError>) -> ComputedColumns {
    let mut all = ComputedColumns::default();
    for (index, ledger) in notice.ledger.values().enumerate() {
        all.begin_ledger();
        for computed in ledger.computed.values() {
            let scope = Scope::with_computed(notice, &all).of_row(index);
            let column = match compile(&scope, &computed.settings.value, Type::Number) {
                Ok(Compiled { node, references, .. }) => {
                    CompiledColumn { node, reads: references.columns.iter().map(|(_, column)| *column).collect() }
                }
                Err(error) => {
                    errors.push(error);
                    // Defined, so that it is not reported again where it is used.
                    CompiledColumn { node: Node::Number(Decimal::ZERO), reads: Vec::new() }
                }
            };
            all.push(column);
        }
    }
    all
}
