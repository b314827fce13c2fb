//! From what is written to what is meant: every name, function and kind of value is checked before anything runs.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use toml::Spanned;

use super::dependencies::Seen;
use super::eval::{self, EvalError};
use super::functions::{self, FUNCTIONS};
use super::hir::{Closure, Field, List, Node};
use super::parse::{Expr, Kind, Operator, parse};
use super::scope::{Name, Scope, Type, available};
use crate::notice::NoticeError;

/// An expression that can be evaluated.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What there is to evaluate.
    pub node: Node,
    /// The names it uses.
    pub seen: Seen,
    /// Whether its values for any two sets of rows sum to the value for both together.
    pub additive: bool,
}

/// Compiles an expression that must come to a value of type `wanted`.
///
/// # Errors
/// With the line of the settings, when it does not parse, names what does not exist, or puts together what does not
/// go together.
pub fn compile(names: &Scope<'_>, expr: &Spanned<String>, wanted: Type) -> Result<Compiled, NoticeError> {
    let compiled = parse(expr.get_ref()).and_then(|tree| {
        let mut resolver = Resolver { names, parameters: names.subject.into_iter().collect(), seen: Seen::default() };
        match resolver.find(&tree)? {
            Found::Item(item) if item.kind == wanted => {
                Ok(Compiled { node: item.node, seen: resolver.seen, additive: item.additive })
            }
            found => Err(format!("表达式应得出{}，却得出{}（{}）", wanted.called(), found.called(), tree.text)),
        }
    });
    compiled.map_err(|message| names.notice().error_at(expr, message))
}

/// A value, its type, and whether it is additive.
struct Item {
    node: Node,
    kind: Type,
    additive: bool,
}

/// A list, the type of its values, and whether those for two sets of rows are those for both together.
struct Many {
    list: List,
    of: Type,
    additive: bool,
}

/// What a part of an expression turns out to be.
enum Found {
    Item(Item),
    Many(Many),
}

impl Found {
    fn item(node: Node, kind: Type) -> Self {
        Self::Item(Item { node, kind, additive: false })
    }

    fn number(node: Node, additive: bool) -> Self {
        Self::Item(Item { node, kind: Type::Number, additive })
    }

    fn called(&self) -> &'static str {
        match self {
            Self::Item(item) => item.kind.called(),
            Self::Many(_) => "列表",
        }
    }
}

type Fallible<T> = Result<T, String>;

struct Resolver<'a> {
    names: &'a Scope<'a>,
    /// The parameters of the closures around, the innermost last.
    parameters: Vec<(&'a str, Type)>,
    seen: Seen,
}

impl<'a> Resolver<'a> {
    fn find(&mut self, expr: &Expr<'a>) -> Fallible<Found> {
        match &expr.kind {
            Kind::Number(number) => Ok(Found::item(Node::Number(*number), Type::Number)),
            Kind::Text(text) => Ok(Found::item(Node::Text(text.clone()), Type::Text)),
            Kind::Flag(flag) => Ok(Found::item(Node::Flag(*flag), Type::Flag)),
            Kind::List(parts) => self.literal(expr, parts),
            Kind::Name(name) => self.name(name),
            Kind::Property(of, id) => self.property(of, id),
            Kind::Call(function, arguments) => self.call(expr, function, arguments),
            Kind::Closure(..) => Err(format!("“{}”只能写在 filter、map、some、all 的括号里", expr.text)),
            Kind::Not(of) => Ok(Found::item(Node::Not(self.typed(of, Type::Flag)?.into()), Type::Flag)),
            Kind::Negate(of) => {
                let of = self.typed(of, Type::Number)?;
                Ok(Found::number(Node::Negate(of.node.into()), of.additive))
            }
            Kind::Binary(operator, parts) => self.binary(expr, *operator, parts),
        }
    }

    /// A value, of whatever type.
    fn item(&mut self, expr: &Expr<'a>) -> Fallible<Item> {
        match self.find(expr)? {
            Found::Item(item) => Ok(item),
            Found::Many(_) => Err(format!("表达式里的“{}”为列表，这里应为一个值", expr.text)),
        }
    }

    fn typed(&mut self, expr: &Expr<'a>, wanted: Type) -> Fallible<Item> {
        let found = self.find(expr)?;
        match found {
            Found::Item(item) if item.kind == wanted => Ok(item),
            found => Err(format!("表达式里的“{}”为{}，这里应为{}", expr.text, found.called(), wanted.called())),
        }
    }

    fn pair(&mut self, [a, b]: [&Expr<'a>; 2], wanted: Type) -> Fallible<[Item; 2]> {
        Ok([self.typed(a, wanted)?, self.typed(b, wanted)?])
    }

    fn many(&mut self, expr: &Expr<'a>) -> Fallible<Many> {
        match self.find(expr)? {
            Found::Many(many) => Ok(many),
            Found::Item(item) => Err(format!("表达式里的“{}”为{}，这里应为列表", expr.text, item.kind.called())),
        }
    }

    fn numbers(&mut self, expr: &Expr<'a>) -> Fallible<Many> {
        let many = self.many(expr)?;
        match many.of {
            Type::Number => Ok(many),
            other => Err(format!("表达式里的“{}”列出的为{}，这里应为数字", expr.text, other.called())),
        }
    }

    fn literal(&mut self, expr: &Expr<'a>, parts: &[Expr<'a>]) -> Fallible<Found> {
        let Some((first, others)) = parts.split_first() else {
            return Err("表达式里的“[]”是空的".to_owned());
        };
        let first = self.item(first)?;
        let (of, mut items) = (first.kind, vec![first.node]);
        for part in others {
            let item = self.item(part)?;
            if item.kind != of {
                let (one, other) = (of.called(), item.kind.called());
                return Err(format!("表达式里的“{}”既有{one}又有{other}，应是同一种", expr.text));
            }
            items.push(item.node);
        }
        Ok(Found::Many(Many { list: List::Items(items), of, additive: false }))
    }

    /// The innermost parameter called `name`: how many stand within, and its type.
    fn parameter(&self, name: &str) -> Option<(usize, Type)> {
        let mut parameters = self.parameters.iter().rev().enumerate();
        parameters.find(|(_, (known, _))| *known == name).map(|(out, (_, kind))| (out, *kind))
    }

    fn name(&mut self, name: &str) -> Fallible<Found> {
        if let Some((out, kind)) = self.parameter(name) {
            return Ok(Found::item(Node::Parameter(out), kind));
        }
        match self.names.find(name, &self.parameters)? {
            Name::Date(date) => Ok(Found::item(Node::Date(date), Type::Date)),
            Name::Calendar => Err("表达式里的“calendar”后面应写明是哪一种固定日，如 calendar.theme".to_owned()),
            Name::List(at, of) => {
                self.seen.lists.insert(at);
                Ok(Found::Many(Many { list: List::Env(at), of, additive: true }))
            }
            Name::Metric(at, additive) => {
                self.seen.metrics.insert(at);
                Ok(Found::number(Node::Metric(at), additive))
            }
        }
    }

    fn property(&mut self, of: &Expr<'a>, id: &str) -> Fallible<Found> {
        if matches!(of.kind, Kind::Name("calendar")) && self.parameter("calendar").is_none() {
            let days = List::Days(self.names.days(id)?);
            return Ok(Found::Many(Many { list: days, of: Type::Date, additive: false }));
        }
        let found = self.find(of)?;
        let without = |found: &Found| format!("表达式里的“{}”为{}，没有“.{id}”", of.text, found.called());
        let Found::Item(Item { node: Node::Parameter(out), kind, .. }) = found else { return Err(without(&found)) };
        let Some(field) = self.names.field(kind, id) else { return Err(without(&found)) };
        let (field, of) = field?;
        match (kind, field) {
            (Type::Row(ledger), Field::Column(column)) => _ = self.seen.columns.insert((ledger, column)),
            (_, Field::Metric(metric)) => _ = self.seen.of_branches.insert(metric),
            _ => {}
        }
        Ok(Found::item(Node::Field(out, field), of))
    }

    fn binary(&mut self, expr: &Expr<'a>, operator: Operator, parts: &[Expr<'a>; 2]) -> Fallible<Found> {
        let [a, b] = parts;
        let compared: fn(Ordering) -> bool = match operator {
            Operator::Or => return self.logical(Node::Or, [a, b]),
            Operator::And => return self.logical(Node::And, [a, b]),
            Operator::Plus => return self.sum(eval::add, [a, b]),
            Operator::Minus => return self.sum(eval::subtract, [a, b]),
            Operator::Times => return self.product(eval::multiply, [a, b]),
            Operator::Over => return self.product(eval::divide, [a, b]),
            Operator::Modulo => return self.arithmetic(eval::remainder, [a, b]),
            Operator::Equal => Ordering::is_eq,
            Operator::Unequal => Ordering::is_ne,
            Operator::Less => Ordering::is_lt,
            Operator::LessOrEqual => Ordering::is_le,
            Operator::Greater => Ordering::is_gt,
            Operator::GreaterOrEqual => Ordering::is_ge,
        };
        let (left, right) = (self.item(a)?, self.item(b)?);
        if left.kind != right.kind || matches!(left.kind, Type::Row(_) | Type::Branch) {
            return Err(format!(
                "表达式里的“{}”不能比较：“{}”为{}，“{}”为{}",
                expr.text,
                a.text,
                left.kind.called(),
                b.text,
                right.kind.called()
            ));
        }
        Ok(Found::item(Node::Compare(compared, Box::new([left.node, right.node])), Type::Flag))
    }

    fn logical(&mut self, make: fn(Box<[Node; 2]>) -> Node, parts: [&Expr<'a>; 2]) -> Fallible<Found> {
        let parts = self.pair(parts, Type::Flag)?;
        Ok(Found::item(make(Box::new(parts.map(|part| part.node))), Type::Flag))
    }

    fn arithmetic(&mut self, apply: Apply, parts: [&Expr<'a>; 2]) -> Fallible<Found> {
        let parts = self.pair(parts, Type::Number)?;
        Ok(Found::number(Node::Arithmetic(apply, Box::new(parts.map(|part| part.node))), false))
    }

    /// A sum or a difference: additive when both parts are.
    fn sum(&mut self, apply: Apply, parts: [&Expr<'a>; 2]) -> Fallible<Found> {
        let [a, b] = self.pair(parts, Type::Number)?;
        Ok(Found::number(Node::Arithmetic(apply, Box::new([a.node, b.node])), a.additive && b.additive))
    }

    /// A product or a quotient: additive when the first part is and the second is a plain number.
    fn product(&mut self, apply: Apply, parts: [&Expr<'a>; 2]) -> Fallible<Found> {
        let [a, b] = self.pair(parts, Type::Number)?;
        let additive = a.additive && matches!(b.node, Node::Number(_));
        Ok(Found::number(Node::Arithmetic(apply, Box::new([a.node, b.node])), additive))
    }

    fn call(&mut self, expr: &Expr<'a>, function: &str, arguments: &[Expr<'a>]) -> Fallible<Found> {
        match (function, arguments) {
            ("len", [of]) => {
                let of = self.many(of)?;
                Ok(Found::number(Node::Len(of.list.into()), of.additive))
            }
            ("sum", [of]) => {
                let of = self.numbers(of)?;
                Ok(Found::number(Node::Sum(of.list.into()), of.additive))
            }
            ("mean", [of]) => Ok(Found::number(Node::Mean(self.numbers(of)?.list.into()), false)),
            ("is_empty", [of]) => Ok(Found::item(Node::IsEmpty(self.many(of)?.list.into()), Type::Flag)),
            ("filter" | "map" | "some" | "all", [of, closure]) => self.fold(function, of, closure),
            ("ratio", [a, b]) => self.arithmetic(eval::ratio, [a, b]),
            ("max", [a, b]) => self.arithmetic(eval::max, [a, b]),
            ("min", [a, b]) => self.arithmetic(eval::min, [a, b]),
            ("floor", [of]) => Ok(Found::number(Node::Floor(self.typed(of, Type::Number)?.into()), false)),
            ("has", [of]) => {
                let has = match self.find(of)? {
                    Found::Item(item) => Node::Has(item.into()),
                    Found::Many(many) => Node::HasList(many.list.into()),
                };
                Ok(Found::item(has, Type::Flag))
            }
            ("days_between", [a, b]) => {
                let days = self.pair([a, b], Type::Date)?;
                Ok(Found::number(Node::DaysBetween(Box::new(days.map(|day| day.node))), false))
            }
            _ => Err(match functions::function(function) {
                Some(known) => {
                    let (takes, given) = (known.parameters.len(), arguments.len());
                    format!("表达式里的“{}”：{function} 要 {takes} 项，这里有 {given} 项", expr.text)
                }
                None => {
                    let names = FUNCTIONS.iter().map(|function| function.name);
                    format!("表达式里没有“{function}”这个函数{}", available(function, names))
                }
            }),
        }
    }

    /// `filter`, `map`, `some` and `all`.
    fn fold(&mut self, function: &str, of: &Expr<'a>, closure: &Expr<'a>) -> Fallible<Found> {
        let of = self.many(of)?;
        let (closure_text, (closure, gives, alone)) = (closure.text, self.closure(closure, of.of)?);
        let additive = of.additive && alone;
        if function == "map" {
            let list = List::Map(of.list.into(), closure);
            return Ok(Found::Many(Many { list, of: gives, additive }));
        }
        if gives != Type::Flag {
            let gives = gives.called();
            return Err(format!("表达式里的“{closure_text}”得出{gives}，{function} 的条件应得出是或否"));
        }
        Ok(match function {
            "filter" => Found::Many(Many { list: List::Filter(of.list.into(), closure), of: of.of, additive }),
            "some" => Found::item(Node::Some(of.list.into(), closure.into()), Type::Flag),
            _ => Found::item(Node::All(of.list.into(), closure.into()), Type::Flag),
        })
    }

    /// A closure over values of type `of`, the type of what it comes to, and whether that depends on nothing but the
    /// value: on no list, no metric, no place.
    fn closure(&mut self, expr: &Expr<'a>, of: Type) -> Fallible<(Closure, Type, bool)> {
        let Kind::Closure(parameters, body) = &expr.kind else {
            return Err(format!("表达式里的“{}”应写成 |r| …", expr.text));
        };
        let given: Vec<(&str, Type)> = match &parameters[..] {
            [value] => vec![(value, of)],
            [value, place] => vec![(value, of), (place, Type::Number)],
            _ => return Err(format!("表达式里的“{}”最多两个参数：一项和它的位次", expr.text)),
        };
        let (outside, seen) = (self.parameters.len(), std::mem::take(&mut self.seen));
        self.parameters.extend(given);
        let body = self.item(body)?;
        self.parameters.truncate(outside);
        let placed = parameters.len() > 1;
        let alone = self.seen.lists.is_empty() && self.seen.metrics.is_empty() && !placed;
        self.seen.absorb(seen);
        Ok((Closure { body: body.node, placed }, body.kind, alone))
    }
}

/// What two numbers come to.
type Apply = fn(Decimal, Decimal) -> Result<Decimal, EvalError<'static>>;

impl From<Item> for Box<Node> {
    fn from(item: Item) -> Self {
        Self::new(item.node)
    }
}
