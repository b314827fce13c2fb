//! The high-level intermediate representation: an expression whose names are resolved to indexes and whose types are
//! checked, so that its evaluation can fail only for missing values and arithmetic.

use std::cmp::Ordering;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::arithmetic::Operation;

/// An expression of one value. Indices are those of the notice, in the order of its settings.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// An exact number.
    Number(Decimal),
    /// A literal text, or a variable of `[vars]` that is one.
    Text(String),
    /// A day.
    Date(Date),
    /// Yes or no.
    Flag(bool),
    /// An earlier metric, by its index.
    Metric(usize),
    /// A metric in the previous period, by its index.
    Previous(usize),
    /// A closure's parameter, or the row or branch that the whole expression is about; by the number of parameters
    /// further in.
    Parameter(usize),
    /// A field of such a parameter.
    Field(usize, Field),
    /// A computed column of a parameter that is a row: the expression is about that row alone.
    Computed(usize, Box<Node>),
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
    /// `+`, `-`, `*`, `/`, `%`, `ratio`, `max`, `min`
    Arithmetic(Operation, Box<[Node; 2]>),
    /// `if`: a condition, the value where it holds, the value where it does not.
    If(Box<[Node; 3]>),
    /// `or`: a value, and the one that replaces it where it is missing.
    Default(Box<[Node; 2]>),
    /// `floor`: rounds towards negative infinity to a whole number.
    Floor(Box<Node>),
    /// `days_between`: days from the first date to the second, negative when that is earlier.
    DaysBetween(Box<[Node; 2]>),
    /// `has` of a value.
    Has(Box<Node>),
    /// `has` of a list: whether it has an item.
    HasList(Box<List>),
    /// `len`: the number of items.
    Len(Box<List>),
    /// `is_empty`: whether there is no item.
    IsEmpty(Box<List>),
    /// `sum` of numbers; 0 for an empty list.
    Sum(Box<List>),
    /// `sum` of figures of one period, named by the text: missing without a row.
    SumOfPeriod(Box<List>, String),
    /// `only`: the single item; missing for an empty list, a failure for more than one item.
    Only(Box<List>),
    /// `mean` of numbers; missing for an empty list.
    Mean(Box<List>),
    /// `some`: whether the closure holds for at least one item.
    Some(Box<List>, Box<Closure>),
    /// `all`: whether the closure holds for every item; true for an empty list.
    All(Box<List>, Box<Closure>),
}

/// A field of a row or a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// A row's column, by its index in the ledger.
    Column(usize),
    /// A branch's name.
    Name,
    /// A branch's kind.
    Kind,
    /// A branch's metric, by its index in the notice.
    Metric(usize),
    /// The same in the previous period.
    Previous(usize),
}

/// An expression of a list of values.
#[derive(Clone, Debug)]
pub(super) enum List {
    /// A list given to the evaluation, by its index: a ledger's rows, or branches.
    External(usize),
    /// Fixed days.
    Days(Vec<Date>),
    /// A literal: `[1, 2]`.
    Items(Vec<Node>),
    /// `filter`: the items for which the closure holds.
    Filter(Box<List>, Closure),
    /// `map`: the closure's value for every item.
    Map(Box<List>, Closure),
}

/// A function over the items of a list.
#[derive(Clone, Debug)]
pub(super) struct Closure {
    /// The value for an item.
    pub body: Node,
    /// Whether the item's index is a parameter too, the inner one.
    pub takes_index: bool,
}
