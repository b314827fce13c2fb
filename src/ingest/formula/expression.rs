//! The parts of a formula.

use rust_decimal::Decimal;

/// A row and a column, from 0.
pub(super) type Position = (u32, u32);

/// A formula or a part of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Number(Decimal),
    Text(String),
    /// A cell of the same sheet.
    Cell(Position),
    Range(CellRange),
    Negative(Box<Expression>),
    Percent(Box<Expression>),
    Operations(Box<Operations>),
    Call(Function, Vec<Expression>),
}

/// Operations of one level, applied from left to right.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operations {
    pub first: Expression,
    pub rest: Vec<(Operator, Expression)>,
}

/// A range of cells of the same sheet, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CellRange {
    pub first: Position,
    pub last: Position,
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// A function that this program computes; formulas with any other have no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    If,
    Sum,
    Average,
    Minimum,
    Maximum,
    Round,
}

impl Function {
    /// The function of that name; case does not matter.
    pub(super) fn named(name: &str) -> Option<Self> {
        let functions = [
            ("IF", Self::If),
            ("SUM", Self::Sum),
            ("AVERAGE", Self::Average),
            ("MIN", Self::Minimum),
            ("MAX", Self::Maximum),
            ("ROUND", Self::Round),
        ];
        functions.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, function)| function)
    }
}
