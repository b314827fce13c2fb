//! The abstract syntax tree of a template's expression, as far as `checker` needs it.

/// An expression, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expr<'t> {
    /// The text that it was parsed from, for messages.
    pub text: &'t str,
    pub kind: ExprKind<'t>,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ExprKind<'t> {
    Text(String),
    Number,
    Flag,
    None,
    Name(&'t str),
    /// `row.name`
    Field(Box<Expr<'t>>, &'t str),
    /// `rows[0]`, `row["name"]`
    Index(Box<[Expr<'t>; 2]>),
    /// `rows[0:2]`
    Slice(Box<Expr<'t>>, Vec<Expr<'t>>),
    /// `[a, b]`
    Array(Vec<Expr<'t>>),
    /// `{"a": b}`, with its values.
    Map(Vec<Expr<'t>>),
    /// `gap(what="…")`
    Call(&'t str, Vec<Argument<'t>>),
    /// `rows | where(state="…")`
    Filter(Box<Expr<'t>>, FilterCall<'t>),
    /// `x is none`
    Test(Box<Expr<'t>>, FilterCall<'t>),
    Not(Box<Expr<'t>>),
    Negate(Box<Expr<'t>>),
    Binary(Operator, Box<[Expr<'t>; 2]>),
    /// `value if condition else other`, in this order.
    Conditional(Box<[Expr<'t>; 3]>),
    /// `[value for name in list if condition]`
    Comprehension(Box<Comprehension<'t>>),
}

/// A filter or a test with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FilterCall<'t> {
    pub name: &'t str,
    pub arguments: Vec<Argument<'t>>,
}

/// `name=value` in the brackets of a function, a filter or a test.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Argument<'t> {
    pub name: &'t str,
    pub value: Expr<'t>,
}

/// `[value for name in list if condition]`
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comprehension<'t> {
    pub value: Expr<'t>,
    pub names: Vec<&'t str>,
    pub list: Expr<'t>,
    pub condition: Option<Expr<'t>>,
}

/// What a binary operator does, as far as types depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `and`, `or`: the value of one of the sides.
    Logical,
    /// `==`, `!=`, `<`, `<=`, `>`, `>=`: a flag.
    Comparison,
    /// `in`: a flag.
    In,
    /// `+`, `-`, `*`, `/`, `//`, `%`, `**`: a number.
    Arithmetic,
    /// `~`: joins texts; the result is a text.
    Concatenation,
}

impl<'t> FilterCall<'t> {
    /// The argument of that name.
    pub(super) fn argument(&self, name: &str) -> Option<&Expr<'t>> {
        self.arguments.iter().find(|argument| argument.name == name).map(|argument| &argument.value)
    }

    /// The argument of that name, when it is a text in quotes.
    pub(super) fn text_argument(&self, name: &str) -> Option<&str> {
        match &self.argument(name)?.kind {
            ExprKind::Text(text) => Some(text),
            _ => None,
        }
    }
}
