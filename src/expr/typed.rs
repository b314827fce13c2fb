//! Checked expressions on their way through the type checker: nodes with their types and with what is known of their
//! values.

use super::domain::Domain;
use super::hir::{Closure, List, Node};
use super::scope::Type;

/// A checked expression of one value.
pub(super) struct TypedValue<'n> {
    pub node: Node,
    pub ty: Type,
    pub domain: Domain<'n>,
    pub additive: bool,
}

/// A checked expression of a list.
pub(super) struct TypedList<'n> {
    pub list: List,
    /// The type of its values.
    pub item: Type,
    /// The texts that its values can be.
    pub domain: Domain<'n>,
    /// The condition by which it was looked up, when it is that of one period; or its ledger's title, when that holds
    /// figures of an earlier period.
    pub period: Option<&'n str>,
    /// Whether the list for two sets of rows together holds the values of both lists.
    pub additive: bool,
}

/// A checked closure over the items of a list.
pub(super) struct TypedClosure<'n> {
    pub closure: Closure,
    /// The type of what it gives for an item.
    pub result: Type,
    /// The texts that its result can be.
    pub domain: Domain<'n>,
    /// Whether the result depends on nothing but the item: on no list, no metric, no index.
    pub item_only: bool,
}

/// A checked expression: of one value or of a list.
pub(super) enum Typed<'n> {
    Value(TypedValue<'n>),
    List(TypedList<'n>),
}

impl<'n> Typed<'n> {
    pub(super) fn value(node: Node, ty: Type) -> Self {
        Self::Value(TypedValue { node, ty, domain: Domain::Open, additive: false })
    }

    pub(super) fn text(node: Node, domain: Domain<'n>) -> Self {
        Self::Value(TypedValue { node, ty: Type::Text, domain, additive: false })
    }

    pub(super) fn number(node: Node, additive: bool) -> Self {
        Self::Value(TypedValue { node, ty: Type::Number, domain: Domain::Open, additive })
    }

    pub(super) fn list(list: List, item: Type, additive: bool) -> Self {
        Self::List(TypedList { list, item, domain: Domain::Open, period: None, additive })
    }

    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Value(value) => value.ty.label(),
            Self::List(_) => "列表",
        }
    }
}

/// A parameter of a closure, or the row or branch that the whole expression is about.
pub(super) struct Parameter<'n> {
    pub name: &'n str,
    pub ty: Type,
    pub domain: Domain<'n>,
}
