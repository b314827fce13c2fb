//! Values of formulas: operators, comparisons, functions of many numbers.
//!
//! Numbers are exact decimals. What a spreadsheet program converts silently, a text or a truth value to a number, has
//! no result here.

use std::cmp::Ordering;
use std::sync::Arc;

use rust_decimal::{Decimal, RoundingStrategy};

use super::super::normalize::fold;
use super::expression::{Function, Operator};

/// The value of a cell or of a part of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(Decimal),
    Text(Arc<str>),
    Flag(bool),
    /// That of a blank cell: 0 or an empty text.
    Blank,
}

/// Why a formula has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It has no result that this program can compute.
    NoResult,
    /// It needs formulas that were not computed yet; `evaluate` keeps their list.
    Awaits,
}

pub(super) type Outcome<T> = Result<T, Stop>;

impl Value {
    pub(super) fn number(&self) -> Outcome<Decimal> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Blank => Ok(Decimal::ZERO),
            Self::Text(_) | Self::Flag(_) => Err(Stop::NoResult),
        }
    }

    /// Whether it meets a condition.
    pub(super) fn is_true(&self) -> Outcome<bool> {
        match self {
            Self::Flag(flag) => Ok(*flag),
            value => Ok(!value.number()?.is_zero()),
        }
    }
}

/// What the functions of many numbers need to know of them.
#[derive(Default)]
pub(super) struct Numbers {
    count: u32,
    sum: Decimal,
    least: Option<Decimal>,
    greatest: Option<Decimal>,
}

impl Numbers {
    pub(super) fn add(&mut self, number: Decimal) -> Outcome<()> {
        self.count += 1;
        self.sum = self.sum.checked_add(number).ok_or(Stop::NoResult)?;
        self.least = Some(self.least.map_or(number, |least| least.min(number)));
        self.greatest = Some(self.greatest.map_or(number, |greatest| greatest.max(number)));
        Ok(())
    }

    pub(super) fn result(&self, function: Function) -> Outcome<Value> {
        match function {
            Function::Sum => Ok(Value::Number(self.sum)),
            Function::Minimum => Ok(Value::Number(self.least.unwrap_or_default())),
            Function::Maximum => Ok(Value::Number(self.greatest.unwrap_or_default())),
            Function::Average => arithmetic(Operator::Divide, self.sum, self.count.into()),
            Function::If | Function::Round => Err(Stop::NoResult),
        }
    }
}

pub(super) fn apply(operator: Operator, left: &Value, right: &Value) -> Outcome<Value> {
    match operator {
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide => {
            arithmetic(operator, left.number()?, right.number()?)
        }
        Operator::Equal => equal(left, right).map(Value::Flag),
        Operator::NotEqual => equal(left, right).map(|equal| Value::Flag(!equal)),
        Operator::Less => ordering(left, right).map(|order| Value::Flag(order.is_lt())),
        Operator::AtMost => ordering(left, right).map(|order| Value::Flag(order.is_le())),
        Operator::Greater => ordering(left, right).map(|order| Value::Flag(order.is_gt())),
        Operator::AtLeast => ordering(left, right).map(|order| Value::Flag(order.is_ge())),
    }
}

/// A result that decimals of 28 digits cannot hold, or only as 0, is none.
pub(super) fn arithmetic(operator: Operator, left: Decimal, right: Decimal) -> Outcome<Value> {
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide => left.checked_div(right),
        _ => None,
    };
    let is_product = matches!(operator, Operator::Multiply | Operator::Divide);
    let vanished = |result: &Decimal| is_product && result.is_zero() && !left.is_zero() && !right.is_zero();
    result.filter(|result| !vanished(result)).map(Value::Number).ok_or(Stop::NoResult)
}

/// Numbers are equal when 15 digits are. Texts that differ in case or width alone are equal to some programs only.
fn equal(left: &Value, right: &Value) -> Outcome<bool> {
    match (left, right) {
        (Value::Text(text), Value::Blank) | (Value::Blank, Value::Text(text)) => Ok(text.is_empty()),
        (Value::Text(left), Value::Text(right)) if left == right => Ok(true),
        (Value::Text(left), Value::Text(right)) if fold(left) == fold(right) => Err(Stop::NoResult),
        (Value::Text(_), Value::Text(_)) => Ok(false),
        (left, right) => ordering(left, right).map(Ordering::is_eq),
    }
}

/// The order of two numbers.
fn ordering(left: &Value, right: &Value) -> Outcome<Ordering> {
    Ok(significant(left.number()?)?.cmp(&significant(right.number()?)?))
}

/// A number with 15 significant digits.
pub(super) fn significant(number: Decimal) -> Outcome<Decimal> {
    number.round_sf_with_strategy(15, RoundingStrategy::MidpointAwayFromZero).ok_or(Stop::NoResult)
}
