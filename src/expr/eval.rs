//! What expressions come to: folds over rows as they are, exact decimals, and cells that say nothing.

use std::cell::Cell;
use std::cmp::Ordering;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::hir::{Closure, Field, List, Node};
use super::{BranchMetrics, Outcome};
use crate::diagnostics::CellRef;
use crate::model::{Row, Value};

/// Steps after which an expression is stopped: a fold over 10,000 rows takes about 100,000.
const MAX_STEPS: u64 = 5_000_000;

/// Steps that an expression may take for each row or branch that it is given, when there are many.
const STEPS_EACH: u64 = 1_000;

/// One value.
#[derive(Clone, Copy, Debug)]
pub enum Val<'r> {
    /// An exact number.
    Number(Decimal),
    /// Text.
    Text(&'r str),
    /// A day.
    Date(Date),
    /// Yes or no.
    Flag(bool),
    /// A row of a ledger.
    Row(&'r Row),
    /// A branch.
    Branch(&'r BranchMetrics<'r>),
    /// Nothing: whatever touches it, other than `has`, comes to nothing.
    Missing(Blank<'r>),
}

/// Which cell says nothing, when it is known.
#[derive(Clone, Copy, Debug)]
pub enum Blank<'r> {
    /// None, or nobody knows.
    Unknown,
    /// That of a row's column.
    Of(&'r Row, usize),
    /// That for which an earlier metric has no value.
    Earlier(&'r CellRef),
}

/// Why an expression comes to nothing.
#[derive(Clone, Debug)]
pub enum EvalError<'r> {
    /// It touched what says nothing.
    Missing(Blank<'r>),
    /// Another reason.
    Failed(String),
}

/// Many values that are there already.
#[derive(Clone, Copy, Debug)]
pub enum Values<'r> {
    /// Rows that stand one after the other in memory.
    Rows(&'r [Row]),
    /// Any values.
    Any(&'r [Val<'r>]),
}

impl Values<'_> {
    fn len(self) -> usize {
        match self {
            Self::Rows(rows) => rows.len(),
            Self::Any(values) => values.len(),
        }
    }
}

/// What an expression sees besides itself.
#[derive(Clone, Copy)]
pub struct Env<'g, 'r> {
    /// The lists that are known, by their places.
    pub lists: &'g dyn Fn(usize) -> Option<Values<'r>>,
    /// The earlier metrics.
    pub metrics: &'g dyn Fn(usize) -> Val<'r>,
}

type Fallible<'r, T> = Result<T, EvalError<'r>>;

/// A parameter and those around it, from the inside out.
#[derive(Clone, Copy)]
struct Frame<'f, 'r> {
    value: Val<'r>,
    outer: Scope<'f, 'r>,
}

type Scope<'f, 'r> = Option<&'f Frame<'f, 'r>>;

/// Takes a value with its place in a list.
type Take<'t, 'r> = &'t mut dyn FnMut((usize, Val<'r>)) -> Fallible<'r, ()>;

/// The outcome of a metric; `size` is how many rows or branches it is given.
pub fn outcome<'r>(node: &'r Node, given: Env<'_, 'r>, size: usize) -> Outcome {
    match Run::new(given, size).item(node, None) {
        Ok(Val::Number(number)) => Outcome::Number(number),
        Ok(Val::Missing(blank)) | Err(EvalError::Missing(blank)) => Outcome::Missing(blank.cell()),
        Ok(_) => Outcome::Failed("结果不是数字".to_owned()),
        Err(EvalError::Failed(reason)) => Outcome::Failed(reason),
    }
}

/// Whether a condition holds for `subject`, a row or a branch; `None` when nobody can say.
pub fn holds<'r>(node: &'r Node, subject: Val<'r>) -> Option<bool> {
    let nothing = Env { lists: &|_| None, metrics: &|_| Val::NOTHING };
    let frame = Frame { value: subject, outer: None };
    Run::new(nothing, 1).item(node, Some(&frame)).and_then(Val::flag).ok()
}

impl<'r> Val<'r> {
    /// Nothing, of which nobody knows more.
    pub const NOTHING: Self = Self::Missing(Blank::Unknown);

    /// An earlier metric's outcome as later expressions see it.
    pub fn of_outcome(outcome: &'r Outcome) -> Self {
        match outcome {
            Outcome::Number(number) => Self::Number(*number),
            Outcome::Missing(Some(cell)) => Self::Missing(Blank::Earlier(cell)),
            Outcome::Missing(None) | Outcome::Failed(_) => Self::NOTHING,
        }
    }

    /// A metric as reported.
    pub fn of_metric(metric: Option<Decimal>) -> Self {
        metric.map_or(Self::NOTHING, Self::Number)
    }

    /// What a row's column says.
    fn of_cell(row: &'r Row, column: usize) -> Self {
        match row.value(column) {
            Value::Number(number) => Self::Number(number),
            Value::Date(date) => Self::Date(date),
            Value::Flag(flag) => Self::Flag(flag),
            Value::Text(text) => Self::Text(text),
            Value::Missing | Value::Invalid(_) | Value::Error(_) | Value::Formula(_) => {
                Self::Missing(Blank::Of(row, column))
            }
        }
    }

    fn field(self, field: Field) -> Fallible<'r, Self> {
        Ok(match (self, field) {
            (Self::Row(row), Field::Column(column)) => Self::of_cell(row, column),
            (Self::Branch(branch), Field::Name) => Self::Text(branch.name),
            (Self::Branch(branch), Field::Kind) => Self::Text(branch.kind),
            (Self::Branch(branch), Field::Metric(at)) => Self::of_metric(branch.metrics.get(at).copied().flatten()),
            (other, _) => return Err(other.unfit()),
        })
    }

    fn number(self) -> Fallible<'r, Decimal> {
        if let Self::Number(number) = self { Ok(number) } else { Err(self.unfit()) }
    }

    fn flag(self) -> Fallible<'r, bool> {
        if let Self::Flag(flag) = self { Ok(flag) } else { Err(self.unfit()) }
    }

    fn date(self) -> Fallible<'r, Date> {
        if let Self::Date(date) = self { Ok(date) } else { Err(self.unfit()) }
    }

    /// The order of like and like.
    fn compare(self, other: Self) -> Fallible<'r, Ordering> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Ok(a.cmp(&b)),
            (Self::Text(a), Self::Text(b)) => Ok(a.cmp(b)),
            (Self::Date(a), Self::Date(b)) => Ok(a.cmp(&b)),
            (Self::Flag(a), Self::Flag(b)) => Ok(a.cmp(&b)),
            (a, b) => Err(if matches!(a, Self::Missing(_)) { a } else { b }.unfit()),
        }
    }

    /// Why it cannot be used: it is missing. Values of a wrong kind do not pass the compiler.
    fn unfit(self) -> EvalError<'r> {
        match self {
            Self::Missing(blank) => EvalError::Missing(blank),
            _ => failed("值的种类不对"),
        }
    }
}

impl Blank<'_> {
    /// The cell that says nothing; a column that the sheet does not have is no cell.
    fn cell(self) -> Option<CellRef> {
        match self {
            Self::Unknown => None,
            Self::Of(row, column) => row.cell(column).map(|_| row.cell_ref(column)),
            Self::Earlier(cell) => Some(cell.clone()),
        }
    }
}

/// One evaluation.
struct Run<'g, 'r> {
    given: Env<'g, 'r>,
    steps: u64,
    left: Cell<u64>,
}

impl<'g, 'r> Run<'g, 'r> {
    fn new(given: Env<'g, 'r>, size: usize) -> Self {
        let steps = MAX_STEPS.max(STEPS_EACH.saturating_mul(size as u64));
        Self { given, steps, left: Cell::new(steps) }
    }

    /// The value of `node`.
    fn item(&self, node: &'r Node, scope: Scope<'_, 'r>) -> Fallible<'r, Val<'r>> {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.ok_or_else(|| failed(format!("超过 {} 步还没有算完", self.steps)))?);
        let number = |node| self.item(node, scope)?.number();
        let flag = |node| self.item(node, scope)?.flag();
        Ok(match node {
            Node::Number(number) => Val::Number(*number),
            Node::Text(text) => Val::Text(text),
            Node::Date(date) => Val::Date(*date),
            Node::Flag(flag) => Val::Flag(*flag),
            Node::Metric(at) => (self.given.metrics)(*at),
            Node::Parameter(out) => parameter(scope, *out),
            Node::Field(out, field) => parameter(scope, *out).field(*field)?,
            Node::Not(of) => Val::Flag(!flag(of)?),
            Node::Negate(of) => Val::Number(-number(of)?),
            Node::And(parts) => Val::Flag(flag(&parts[0])? && flag(&parts[1])?),
            Node::Or(parts) => Val::Flag(flag(&parts[0])? || flag(&parts[1])?),
            Node::Compare(holds, parts) => {
                let (a, b) = (self.item(&parts[0], scope)?, self.item(&parts[1], scope)?);
                Val::Flag(holds(a.compare(b)?))
            }
            Node::Arithmetic(apply, parts) => {
                let (a, b) = (self.item(&parts[0], scope)?, self.item(&parts[1], scope)?);
                Val::Number(apply(a.number()?, b.number()?)?)
            }
            Node::Floor(of) => Val::Number(number(of)?.floor()),
            Node::DaysBetween(parts) => {
                let (from, to) = (self.item(&parts[0], scope)?.date()?, self.item(&parts[1], scope)?.date()?);
                Val::Number(from.until(to).map_or(0, |span| span.get_days()).into())
            }
            Node::Has(of) => Val::Flag(!matches!(self.item(of, scope)?, Val::Missing(_))),
            Node::HasList(of) => match &**of {
                List::Env(at) => Val::Flag((self.given.lists)(*at).is_some()),
                made => self.len(made, scope).map(|_| Val::Flag(true))?,
            },
            Node::Len(of) => Val::Number(self.len(of, scope)?.into()),
            Node::IsEmpty(of) => Val::Flag(self.len(of, scope)? == 0),
            Node::Sum(of) => Val::Number(self.sum(of, scope)?.0),
            Node::Mean(of) => {
                let (sum, len) = self.sum(of, scope)?;
                Val::Number(ratio(sum, len.into())?)
            }
            Node::Some(of, test) => Val::Flag(self.finds(true, of, test, scope)?),
            Node::All(of, test) => Val::Flag(!self.finds(false, of, test, scope)?),
        })
    }

    /// Hands out all values of `list`: a cell among them that says nothing is met wherever it stands.
    fn each(&self, list: &'r List, scope: Scope<'_, 'r>, take: Take<'_, 'r>) -> Fallible<'r, ()> {
        match list {
            List::Env(at) => match (self.given.lists)(*at).ok_or(EvalError::Missing(Blank::Unknown))? {
                Values::Rows(rows) => rows.iter().map(Val::Row).enumerate().try_for_each(take),
                Values::Any(values) => values.iter().copied().enumerate().try_for_each(take),
            },
            List::Days(days) => days.iter().copied().map(Val::Date).enumerate().try_for_each(take),
            List::Items(items) => {
                items.iter().enumerate().try_for_each(|(place, item)| take((place, self.item(item, scope)?)))
            }
            List::Filter(of, test) => {
                let mut kept = 0;
                self.each(of, scope, &mut |(place, value)| {
                    if self.call(test, (place, value), scope)?.flag()? {
                        take((kept, value))?;
                        kept += 1;
                    }
                    Ok(())
                })
            }
            List::Map(of, closure) => {
                self.each(of, scope, &mut |(place, value)| take((place, self.call(closure, (place, value), scope)?)))
            }
        }
    }

    /// How many values `list` has.
    fn len(&self, list: &'r List, scope: Scope<'_, 'r>) -> Fallible<'r, usize> {
        if let List::Env(at) = list {
            return (self.given.lists)(*at).map(Values::len).ok_or(EvalError::Missing(Blank::Unknown));
        }
        let mut len = 0;
        self.each(list, scope, &mut |_| {
            len += 1;
            Ok(())
        })?;
        Ok(len)
    }

    /// What the numbers in `list` sum to, and how many there are.
    fn sum(&self, list: &'r List, scope: Scope<'_, 'r>) -> Fallible<'r, (Decimal, usize)> {
        let (mut sum, mut len) = (Decimal::ZERO, 0);
        self.each(list, scope, &mut |(_, value)| {
            sum = add(sum, value.number()?)?;
            len += 1;
            Ok(())
        })?;
        Ok((sum, len))
    }

    /// Whether `test` gives `answer` for some value of the list; those behind the first are not asked.
    fn finds(&self, answer: bool, of: &'r List, test: &'r Closure, scope: Scope<'_, 'r>) -> Fallible<'r, bool> {
        let mut found = false;
        self.each(of, scope, &mut |value| {
            found = found || self.call(test, value, scope)?.flag()? == answer;
            Ok(())
        })?;
        Ok(found)
    }

    /// What `closure` comes to for a value at a place.
    fn call(
        &self,
        closure: &'r Closure,
        (place, value): (usize, Val<'r>),
        outer: Scope<'_, 'r>,
    ) -> Fallible<'r, Val<'r>> {
        let frame = Frame { value, outer };
        if !closure.placed {
            return self.item(&closure.body, Some(&frame));
        }
        let placed = Frame { value: Val::Number(place.into()), outer: Some(&frame) };
        self.item(&closure.body, Some(&placed))
    }
}

/// The parameter so many parameters further out.
fn parameter<'r>(scope: Scope<'_, 'r>, out: usize) -> Val<'r> {
    let mut frames = std::iter::successors(scope, |frame| frame.outer);
    frames.nth(out).map_or(Val::NOTHING, |frame| frame.value)
}

fn failed<'r>(reason: impl Into<String>) -> EvalError<'r> {
    EvalError::Failed(reason.into())
}

/// `a + b`
pub fn add(a: Decimal, b: Decimal) -> Fallible<'static, Decimal> {
    a.checked_add(b).ok_or_else(too_large)
}

/// `a - b`
pub fn subtract(a: Decimal, b: Decimal) -> Fallible<'static, Decimal> {
    a.checked_sub(b).ok_or_else(too_large)
}

/// `a * b`
pub fn multiply(a: Decimal, b: Decimal) -> Fallible<'static, Decimal> {
    a.checked_mul(b).ok_or_else(too_large)
}

/// `a / b`
pub fn divide(a: Decimal, b: Decimal) -> Fallible<'static, Decimal> {
    if b.is_zero() { Err(failed("除数是 0")) } else { a.checked_div(b).ok_or_else(too_large) }
}

/// `a % b`
pub fn remainder(a: Decimal, b: Decimal) -> Fallible<'static, Decimal> {
    if b.is_zero() { Err(failed("除数是 0")) } else { a.checked_rem(b).ok_or_else(too_large) }
}

/// `ratio(part, whole)`; of nothing there is none.
pub fn ratio(part: Decimal, whole: Decimal) -> Fallible<'static, Decimal> {
    if whole.is_zero() { Err(EvalError::Missing(Blank::Unknown)) } else { divide(part, whole) }
}

/// `max(a, b)`
pub fn max(a: Decimal, b: Decimal) -> Fallible<'static, Decimal> {
    Ok(a.max(b))
}

/// `min(a, b)`
pub fn min(a: Decimal, b: Decimal) -> Fallible<'static, Decimal> {
    Ok(a.min(b))
}

fn too_large<'r>() -> EvalError<'r> {
    failed("得数太大")
}
