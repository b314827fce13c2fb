//! Evaluates type-checked expressions over rows and branches.
//!
//! Lists are folded without being built. Missing values propagate: an expression that needs one has no value, and the
//! result names the cell when a single one is the cause. Every node costs one step; the number of steps is bounded, so
//! that no expression of a notice can run without end.

use std::cell::Cell;

use rust_decimal::Decimal;

use super::arithmetic::{add, ratio};
use super::hir::{Closure, Field, List, Node};
use super::steps::StepBudget;
use super::value::{EvalError, MetricResult, MissingCause, Value, ValueList};
use crate::model::PreviousValues;

/// Steps after which an expression is stopped: a fold over 10,000 rows takes about 100,000.
const MAX_STEPS: u64 = 5_000_000;

/// Steps that an expression may take for each row or branch, when there are many of them.
const STEPS_PER_SUBJECT: u64 = 1_000;

/// The values of an expression's free names.
#[derive(Clone, Copy)]
pub(super) struct Env<'e, 'r> {
    /// A list by its index; `None` when it was not handed in.
    pub lists: &'e dyn Fn(usize) -> Option<ValueList<'r>>,
    /// An earlier metric by its index.
    pub metrics: &'e dyn Fn(usize) -> Value<'r>,
    /// The metrics in the previous period.
    pub previous: &'e PreviousValues,
    /// The steps of the run.
    pub steps: &'e StepBudget,
}

impl<'e> Env<'e, '_> {
    /// Of an expression over one row or branch.
    fn of_subject(steps: &'e StepBudget) -> Self {
        Self { lists: &|_| None, metrics: &|_| Value::MISSING, previous: PreviousValues::NONE, steps }
    }
}

/// The result of a metric's expression; `subjects` is the number of rows or branches it is given.
pub(super) fn metric<'r>(node: &'r Node, env: Env<'_, 'r>, subjects: usize) -> MetricResult {
    result(Evaluator::new(env, subjects).evaluate(node, None))
}

fn result(value: Result<'_, Value<'_>>) -> MetricResult {
    match value {
        Ok(Value::Number(number)) => MetricResult::Number(number),
        Ok(Value::Missing(cause)) | Err(EvalError::Missing(cause)) => MetricResult::Missing(cause.cell()),
        Ok(_) => MetricResult::Failed("结果不是数字".to_owned()),
        Err(EvalError::Failed(reason)) => MetricResult::Failed(reason),
    }
}

/// The results of metrics each of which may use those before it and those of the `previous` period; `subjects` is the
/// number of rows or branches.
pub(super) fn metrics<'r>(
    nodes: &'r [Node],
    lists: &dyn Fn(usize) -> Option<ValueList<'r>>,
    previous: &PreviousValues,
    steps: &StepBudget,
    subjects: usize,
) -> Vec<MetricResult> {
    let mut results: Vec<MetricResult> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let earlier = |index: usize| results.get(index).map_or(Value::MISSING, Value::from_result);
        let result = metric(node, Env { lists: &|index| lists(index), metrics: &earlier, previous, steps }, subjects);
        results.push(result);
    }
    results
}

/// The number that a computed column has in a row.
pub(super) fn of_row<'r>(node: &'r Node, row: Value<'r>, steps: &StepBudget) -> MetricResult {
    let binding = Binding { value: row, outer: None };
    result(Evaluator::new(Env::of_subject(steps), 1).evaluate(node, Some(&binding)))
}

/// Whether a condition holds for `subject`, a row or a branch; `None` when a value that it needs is missing.
pub(super) fn condition<'r>(node: &'r Node, subject: Value<'r>, steps: &StepBudget) -> Option<bool> {
    let binding = Binding { value: subject, outer: None };
    Evaluator::new(Env::of_subject(steps), 1).evaluate(node, Some(&binding)).and_then(Value::flag).ok()
}

/// Whether a condition over lists and metrics holds; not when a value that it needs is missing, or it cannot be
/// computed. `subjects` is the number of rows or branches.
pub(super) fn holds<'r>(node: &'r Node, env: Env<'_, 'r>, subjects: usize) -> bool {
    Evaluator::new(env, subjects).evaluate(node, None).and_then(Value::flag).unwrap_or(false)
}

type Result<'r, T> = std::result::Result<T, EvalError<'r>>;

/// The value of a closure's parameter, and the parameters of the closures around it.
#[derive(Clone, Copy)]
struct Binding<'b, 'r> {
    value: Value<'r>,
    outer: Bindings<'b, 'r>,
}

/// The parameters in scope, the innermost first.
type Bindings<'b, 'r> = Option<&'b Binding<'b, 'r>>;

/// Takes an item of a list: its index from 0, and its value.
type Visitor<'v, 'r> = &'v mut dyn FnMut(usize, Value<'r>) -> Result<'r, ()>;

/// One evaluation.
struct Evaluator<'e, 'r> {
    env: Env<'e, 'r>,
    max_steps: u64,
    steps_left: Cell<u64>,
}

impl<'e, 'r> Evaluator<'e, 'r> {
    fn new(env: Env<'e, 'r>, subjects: usize) -> Self {
        let own = MAX_STEPS.max(STEPS_PER_SUBJECT.saturating_mul(subjects as u64));
        let max_steps = own.min(env.steps.left());
        Self { env, max_steps, steps_left: Cell::new(max_steps) }
    }

    /// The value of the whole expression; its steps are counted to those of the run.
    fn evaluate(&self, node: &'r Node, bindings: Bindings<'_, 'r>) -> Result<'r, Value<'r>> {
        let value = self.value(node, bindings);
        self.env.steps.count(self.max_steps - self.steps_left.get());
        value
    }

    fn take_step(&self) -> Result<'r, ()> {
        match self.steps_left.get().checked_sub(1) {
            Some(left) => {
                self.steps_left.set(left);
                Ok(())
            }
            None => Err(EvalError::failed(format!("超过 {} 步还没有算完", self.max_steps))),
        }
    }

    /// The value of `node`.
    fn value(&self, node: &'r Node, bindings: Bindings<'_, 'r>) -> Result<'r, Value<'r>> {
        self.take_step()?;
        let number = |node| self.value(node, bindings)?.number();
        let flag = |node| self.value(node, bindings)?.flag();
        Ok(match node {
            Node::Number(number) => Value::Number(*number),
            Node::Text(text) => Value::Text(text),
            Node::Date(date) => Value::Date(*date),
            Node::Flag(flag) => Value::Flag(*flag),
            Node::Metric(index) => (self.env.metrics)(*index),
            Node::Previous(index) => Value::from_metric(self.env.previous.number(*index)),
            Node::Parameter(depth) => parameter(bindings, *depth),
            Node::Field(depth, field) => field_of(parameter(bindings, *depth), *field)?,
            Node::Computed(depth, column) => {
                let row = Binding { value: parameter(bindings, *depth), outer: None };
                self.value(column, Some(&row))?
            }
            Node::Not(operand) => Value::Flag(!flag(operand)?),
            Node::Negate(operand) => Value::Number(-number(operand)?),
            Node::And(operands) => Value::Flag(flag(&operands[0])? && flag(&operands[1])?),
            Node::Or(operands) => Value::Flag(flag(&operands[0])? || flag(&operands[1])?),
            Node::Compare(holds, operands) => {
                let (left, right) = (self.value(&operands[0], bindings)?, self.value(&operands[1], bindings)?);
                Value::Flag(holds(left.compare(right)?))
            }
            Node::Arithmetic(apply, operands) => {
                let (left, right) = (self.value(&operands[0], bindings)?, self.value(&operands[1], bindings)?);
                Value::Number(apply(left.number()?, right.number()?)?)
            }
            Node::If(parts) => {
                let [condition, holds, fails] = &**parts;
                self.value(if flag(condition)? { holds } else { fails }, bindings)?
            }
            Node::Default(operands) => match self.value(&operands[0], bindings) {
                Ok(Value::Missing(_)) | Err(EvalError::Missing(_)) => self.value(&operands[1], bindings)?,
                known => known?,
            },
            Node::Floor(operand) => Value::Number(number(operand)?.floor()),
            Node::DaysBetween(operands) => {
                let from = self.value(&operands[0], bindings)?.date()?;
                let to = self.value(&operands[1], bindings)?.date()?;
                Value::Number(from.until(to).map_or(0, |span| span.get_days()).into())
            }
            Node::Has(operand) => Value::Flag(!matches!(self.value(operand, bindings)?, Value::Missing(_))),
            Node::HasList(list) => match &**list {
                List::External(index) => Value::Flag((self.env.lists)(*index).is_some()),
                computed => self.len(computed, bindings).map(|_| Value::Flag(true))?,
            },
            Node::Len(list) => Value::Number(self.len(list, bindings)?.into()),
            Node::IsEmpty(list) => Value::Flag(self.len(list, bindings)? == 0),
            Node::Sum(list) => Value::Number(self.sum(list, bindings)?.0),
            Node::SumOfPeriod(list, condition) => match self.sum(list, bindings)? {
                (_, 0) => return Err(no_row(condition)),
                (sum, _) => Value::Number(sum),
            },
            Node::Only(list) => self.only(list, bindings)?,
            Node::Mean(list) => {
                let (sum, len) = self.sum(list, bindings)?;
                Value::Number(ratio(sum, len.into())?)
            }
            Node::Some(list, test) => Value::Flag(self.any_gives(true, list, test, bindings)?),
            Node::All(list, test) => Value::Flag(!self.any_gives(false, list, test, bindings)?),
        })
    }

    /// Visits every value of `list`: a missing value among them is met wherever it is.
    fn for_each(&self, list: &'r List, bindings: Bindings<'_, 'r>, visit: Visitor<'_, 'r>) -> Result<'r, ()> {
        match list {
            List::External(index) => {
                match (self.env.lists)(*index).ok_or(EvalError::Missing(MissingCause::Unknown))? {
                    ValueList::Rows(rows) => {
                        rows.iter().enumerate().try_for_each(|(index, row)| visit(index, Value::Row(row)))
                    }
                    ValueList::Values(values) => {
                        values.iter().enumerate().try_for_each(|(index, value)| visit(index, *value))
                    }
                }
            }
            List::Days(days) => days.iter().enumerate().try_for_each(|(index, day)| visit(index, Value::Date(*day))),
            List::Items(items) => {
                items.iter().enumerate().try_for_each(|(index, item)| visit(index, self.value(item, bindings)?))
            }
            List::Filter(source, test) => {
                let mut kept = 0;
                self.for_each(source, bindings, &mut |index, value| {
                    if self.call(test, index, value, bindings)?.flag()? {
                        visit(kept, value)?;
                        kept += 1;
                    }
                    Ok(())
                })
            }
            List::Map(source, closure) => self.for_each(source, bindings, &mut |index, value| {
                visit(index, self.call(closure, index, value, bindings)?)
            }),
        }
    }

    /// The number of values of `list`.
    fn len(&self, list: &'r List, bindings: Bindings<'_, 'r>) -> Result<'r, usize> {
        if let List::External(index) = list {
            let given = (self.env.lists)(*index);
            return given.map(ValueList::len).ok_or(EvalError::Missing(MissingCause::Unknown));
        }
        let mut len = 0;
        self.for_each(list, bindings, &mut |_, _| {
            len += 1;
            Ok(())
        })?;
        Ok(len)
    }

    /// The sum of the numbers of `list`, and how many there are.
    fn sum(&self, list: &'r List, bindings: Bindings<'_, 'r>) -> Result<'r, (Decimal, usize)> {
        let (mut sum, mut len) = (Decimal::ZERO, 0);
        self.for_each(list, bindings, &mut |_, value| {
            sum = add(sum, value.number()?)?;
            len += 1;
            Ok(())
        })?;
        Ok((sum, len))
    }

    /// The only value of `list`; missing when there is none.
    fn only(&self, list: &'r List, bindings: Bindings<'_, 'r>) -> Result<'r, Value<'r>> {
        let (mut only, mut len) = (Value::MISSING, 0);
        self.for_each(list, bindings, &mut |_, value| {
            only = value;
            len += 1;
            Ok(())
        })?;
        if len > 1 { Err(EvalError::failed(format!("应只有一行，却有 {len} 行"))) } else { Ok(only) }
    }

    /// Whether `test` gives `answer` for some value of the list; it is not evaluated for those behind the first.
    fn any_gives(
        &self,
        answer: bool,
        list: &'r List,
        test: &'r Closure,
        bindings: Bindings<'_, 'r>,
    ) -> Result<'r, bool> {
        let mut found = false;
        self.for_each(list, bindings, &mut |index, value| {
            found = found || self.call(test, index, value, bindings)?.flag()? == answer;
            Ok(())
        })?;
        Ok(found)
    }

    /// The value of `closure` for an item of a list.
    fn call(
        &self,
        closure: &'r Closure,
        index: usize,
        value: Value<'r>,
        outer: Bindings<'_, 'r>,
    ) -> Result<'r, Value<'r>> {
        let item = Binding { value, outer };
        if !closure.takes_index {
            return self.value(&closure.body, Some(&item));
        }
        let index = Binding { value: Value::Number(index.into()), outer: Some(&item) };
        self.value(&closure.body, Some(&index))
    }
}

/// The error of a sum over a period of which there is no row.
fn no_row<'r>(condition: &str) -> EvalError<'r> {
    EvalError::failed(format!("没有“{condition}”的行，不当作 0；确实是 0 的，请补一行填 0"))
}

/// The parameter with `depth` parameters further in.
fn parameter<'r>(bindings: Bindings<'_, 'r>, depth: usize) -> Value<'r> {
    let mut outward = std::iter::successors(bindings, |binding| binding.outer);
    outward.nth(depth).map_or(Value::MISSING, |binding| binding.value)
}

/// A field of a row or a branch.
fn field_of(subject: Value<'_>, field: Field) -> Result<'_, Value<'_>> {
    Ok(match (subject, field) {
        (Value::Row(row), Field::Column(column)) => Value::from_cell(row, column),
        (Value::Branch(branch), Field::Name) => Value::Text(branch.name),
        (Value::Branch(branch), Field::Kind) => Value::Text(branch.kind),
        (Value::Branch(branch), Field::Metric(index)) => {
            Value::from_metric(branch.metrics.get(index).copied().flatten())
        }
        (Value::Branch(branch), Field::Previous(index)) => Value::from_metric(branch.previous.number(index)),
        (other, _) => return Err(other.unusable()),
    })
}
