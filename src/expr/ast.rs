//! The abstract syntax tree of an expression: what is written, before names and types are looked at.

use rust_decimal::Decimal;

/// The greatest depth of a tree; parser, type checker and evaluator walk it by recursion.
pub(super) const MAX_DEPTH: usize = 100;

/// An expression, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expr<'t> {
    /// The text that it was parsed from, for messages.
    pub text: &'t str,
    /// What kind of expression it is, with its parts.
    pub kind: ExprKind<'t>,
    /// The height of the tree, from 1.
    pub depth: usize,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ExprKind<'t> {
    /// `0.05`
    Number(Decimal),
    /// `"已完成"`
    Text(String),
    /// `true`
    Flag(bool),
    /// `[1, 2]`
    List(Vec<Expr<'t>>),
    /// `study`
    Name(&'t str),
    /// `r.done`
    Property(Box<Expr<'t>>, &'t str),
    /// `ratio(a, b)`; the receiver of a method is the first argument: `a.len()` is `len(a)`.
    Call(&'t str, Vec<Expr<'t>>),
    /// `|r| r.done`; occurs only as an argument.
    Closure(Vec<&'t str>, Box<Expr<'t>>),
    /// `!a`, `not a`
    Not(Box<Expr<'t>>),
    /// `-a`
    Negate(Box<Expr<'t>>),
    /// `a + b`
    Binary(Operator, Box<[Expr<'t>; 2]>),
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `||`, `or`
    Or,
    /// `&&`, `and`
    And,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
    /// `%`
    Modulo,
}

impl Operator {
    /// The precedence of `and`; what `not` negates binds tighter.
    pub(super) const AND_PRECEDENCE: u8 = 2;

    /// The operator of a symbol or a word, and its precedence: a greater one binds tighter.
    pub(super) fn from_sign(sign: &str) -> Option<(Self, u8)> {
        Some(match sign {
            "||" | "or" => (Self::Or, 1),
            "&&" | "and" => (Self::And, Self::AND_PRECEDENCE),
            "==" => (Self::Equal, 3),
            "!=" => (Self::Unequal, 3),
            "<" => (Self::Less, 4),
            "<=" => (Self::LessOrEqual, 4),
            ">" => (Self::Greater, 4),
            ">=" => (Self::GreaterOrEqual, 4),
            "+" => (Self::Plus, 5),
            "-" => (Self::Minus, 5),
            "*" => (Self::Times, 6),
            "/" => (Self::Over, 6),
            "%" => (Self::Modulo, 6),
            _ => return None,
        })
    }
}

impl<'t> ExprKind<'t> {
    /// The depth of the deepest part; 0 without parts.
    pub(super) fn depth(&self) -> usize {
        let of_all = |parts: &[Expr<'t>]| parts.iter().map(|part| part.depth).max().unwrap_or_default();
        match self {
            Self::Number(_) | Self::Text(_) | Self::Flag(_) | Self::Name(_) => 0,
            Self::List(parts) | Self::Call(_, parts) => of_all(parts),
            Self::Binary(_, operands) => of_all(&operands[..]),
            Self::Property(part, _) | Self::Closure(_, part) | Self::Not(part) | Self::Negate(part) => part.depth,
        }
    }
}
