//! An expression whose names are resolved and whose kinds of value are known: what there is to evaluate.

use std::cmp::Ordering;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::eval::EvalError;

/// What gives one value.
#[derive(Clone, Debug)]
pub enum Node {
    /// An exact number.
    Number(Decimal),
    /// Text.
    Text(String),
    /// A day.
    Date(Date),
    /// Yes or no.
    Flag(bool),
    /// An earlier metric, by its place.
    Metric(usize),
    /// A closure's parameter, or the row or branch that the whole is about; how many stand between, from inside out.
    Parameter(usize),
    /// What such a parameter says of itself.
    Field(usize, Field),
    /// `!`
    Not(Box<Node>),
    /// Unary `-`
    Negate(Box<Node>),
    /// `&&`
    And(Box<[Node; 2]>),
    /// `||`
    Or(Box<[Node; 2]>),
    /// A comparison, with the orders for which it holds.
    Compare(fn(Ordering) -> bool, Box<[Node; 2]>),
    /// What two numbers come to.
    Arithmetic(fn(Decimal, Decimal) -> Result<Decimal, EvalError<'static>>, Box<[Node; 2]>),
    /// `floor`
    Floor(Box<Node>),
    /// `days_between`
    DaysBetween(Box<[Node; 2]>),
    /// `has` of a value.
    Has(Box<Node>),
    /// `has` of a list.
    HasList(Box<List>),
    /// `len`
    Len(Box<List>),
    /// `is_empty`
    IsEmpty(Box<List>),
    /// `sum`
    Sum(Box<List>),
    /// `mean`
    Mean(Box<List>),
    /// `some`
    Some(Box<List>, Box<Closure>),
    /// `all`
    All(Box<List>, Box<Closure>),
}

/// A value that a row or a branch has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// A row's column, by its place in the ledger.
    Column(usize),
    /// A branch's name.
    Name,
    /// A branch's kind.
    Kind,
    /// A branch's metric, by its place in the notice.
    Metric(usize),
}

/// What gives a list of values.
#[derive(Clone, Debug)]
pub enum List {
    /// A list from outside, by its place: a ledger's rows, or branches.
    Env(usize),
    /// Fixed days.
    Days(Vec<Date>),
    /// Values one by one.
    Items(Vec<Node>),
    /// `filter`
    Filter(Box<List>, Closure),
    /// `map`
    Map(Box<List>, Closure),
}

/// What is done with every value of a list.
#[derive(Clone, Debug)]
pub struct Closure {
    /// What it comes to.
    pub body: Node,
    /// Whether the value's place is a parameter too, the inner one.
    pub placed: bool,
}
