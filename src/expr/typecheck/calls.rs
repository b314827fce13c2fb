//! Type-checks calls of functions and methods.

use super::super::arithmetic;
use super::super::ast::{Expr, ExprKind, Operator};
use super::super::domain::{Domain, period_condition};
use super::super::functions::{self, FUNCTIONS};
use super::super::hir::{Closure, List, Node};
use super::super::scope::{Type, available};
use super::super::typed::{Parameter, Typed, TypedClosure, TypedList, TypedValue};
use super::{Checked, PREVIOUS, TypeChecker};

/// Two values of one type, of which an evaluation takes one.
struct Branches<'n> {
    nodes: [Node; 2],
    ty: Type,
    domain: Domain<'n>,
}

impl<'a> TypeChecker<'a> {
    pub(super) fn call(&mut self, expr: &Expr<'a>, function: &str, arguments: &[Expr<'a>]) -> Checked<Typed<'a>> {
        match (function, arguments) {
            ("len", [list]) => {
                let list = self.list(list)?;
                Ok(Typed::number(Node::Len(list.list.into()), list.additive))
            }
            ("sum", [list]) => {
                let TypedList { list, period, additive, .. } = self.number_list(list)?;
                match period {
                    Some(condition) => Ok(Typed::number(Node::SumOfPeriod(list.into(), condition.to_owned()), false)),
                    None => Ok(Typed::number(Node::Sum(list.into()), additive)),
                }
            }
            ("change", [metric]) => self.change(metric),
            ("only", [list]) => self.only(expr, list),
            ("mean", [list]) => Ok(Typed::number(Node::Mean(self.number_list(list)?.list.into()), false)),
            ("is_empty", [list]) => Ok(Typed::value(Node::IsEmpty(self.list(list)?.list.into()), Type::Flag)),
            ("filter" | "map" | "some" | "all" | "count", [list, closure]) => self.fold(function, list, closure),
            ("if", [condition, holds, fails]) => {
                let condition = self.value_of_type(condition, Type::Flag)?;
                let Branches { nodes: [holds, fails], ty, domain } = self.branches(expr, holds, fails)?;
                let node = Node::If(Box::new([condition.node, holds, fails]));
                Ok(Typed::Value(TypedValue { node, ty, domain, additive: false }))
            }
            ("or", [value, default]) => {
                let Branches { nodes, ty, domain } = self.branches(expr, value, default)?;
                Ok(Typed::Value(TypedValue { node: Node::Default(Box::new(nodes)), ty, domain, additive: false }))
            }
            ("ratio", [part, whole]) => self.arithmetic(arithmetic::ratio, part, whole),
            ("max", [a, b]) => self.arithmetic(arithmetic::max, a, b),
            ("min", [a, b]) => self.arithmetic(arithmetic::min, a, b),
            ("floor", [number]) => {
                let number = self.value_of_type(number, Type::Number)?;
                Ok(Typed::number(Node::Floor(number.node.into()), false))
            }
            ("has", [operand]) => {
                let has = match self.check(operand)? {
                    Typed::Value(value) => Node::Has(value.node.into()),
                    Typed::List(list) => Node::HasList(list.list.into()),
                };
                Ok(Typed::value(has, Type::Flag))
            }
            ("days_between", [from, to]) => {
                let days = self.pair_of_type(from, to, Type::Date)?;
                Ok(Typed::number(Node::DaysBetween(Box::new(days.map(|day| day.node))), false))
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

    /// The two values that `if` or `or` may come to, of one type.
    fn branches(&mut self, expr: &Expr<'a>, first: &Expr<'a>, second: &Expr<'a>) -> Checked<Branches<'a>> {
        let (first, second) = (self.value(first)?, self.value(second)?);
        if first.ty != second.ty {
            let (one, other) = (first.ty.label(), second.ty.label());
            return Err(format!("表达式里的“{}”有时得出{one}，有时得出{other}，应是同一种", expr.text));
        }
        let domain = first.domain.or(second.domain);
        Ok(Branches { nodes: [first.node, second.node], ty: first.ty, domain })
    }

    /// `change(metric)`: the metric less its value in the previous period.
    fn change(&mut self, metric: &Expr<'a>) -> Checked<Typed<'a>> {
        let text = metric.text;
        let (object, id) = match &metric.kind {
            ExprKind::Name(id) => (Expr { text, kind: ExprKind::Name(PREVIOUS), depth: 1 }, *id),
            ExprKind::Property(branch, id) => {
                let depth = metric.depth;
                (Expr { text, kind: ExprKind::Property(branch.clone(), PREVIOUS), depth }, *id)
            }
            _ => return Err(format!("表达式里的“change({text})”应写明是哪个指标，如 change(指标名)")),
        };
        let depth = object.depth + 1;
        let earlier = Expr { text, kind: ExprKind::Property(Box::new(object), id), depth };
        let depth = depth.max(metric.depth) + 1;
        let difference = ExprKind::Binary(Operator::Minus, Box::new([metric.clone(), earlier]));
        self.check(&Expr { text, kind: difference, depth })
    }

    /// `only`: the value of a list that has a single one.
    fn only(&mut self, expr: &Expr<'a>, list: &Expr<'a>) -> Checked<Typed<'a>> {
        let TypedList { list, item, domain, .. } = self.list(list)?;
        if matches!(item, Type::Row(_) | Type::Branch) {
            let item = item.label();
            return Err(format!("表达式里的“{}”得出{item}，先用 map 取其中一列，如 map(|r| r.列名).only()", expr.text));
        }
        Ok(Typed::Value(TypedValue { node: Node::Only(list.into()), ty: item, domain, additive: false }))
    }

    /// `filter`, `map`, `some`, `all` and `count`.
    fn fold(&mut self, function: &str, list: &Expr<'a>, closure: &Expr<'a>) -> Checked<Typed<'a>> {
        let TypedList { list, item, domain, period, additive } = self.list(list)?;
        let typed = self.closure(closure, item, &domain)?;
        let additive = additive && typed.item_only;
        let (body, result) = (typed.closure, typed.result);
        if function == "map" {
            let list = List::Map(list.into(), body);
            return Ok(Typed::List(TypedList { list, item: result, domain: typed.domain, period, additive }));
        }
        if result != Type::Flag {
            let (text, result) = (closure.text, result.label());
            return Err(format!("表达式里的“{text}”得出{result}，{function} 的条件应得出是或否"));
        }
        Ok(match function {
            "filter" => {
                let period = period.or_else(|| match &closure.kind {
                    ExprKind::Closure(_, condition) => period_condition(condition),
                    _ => None,
                });
                let list = List::Filter(list.into(), body);
                Typed::List(TypedList { list, item, domain, period, additive })
            }
            "count" => Typed::number(Node::Len(List::Filter(list.into(), body).into()), additive),
            "some" => Typed::value(Node::Some(list.into(), body.into()), Type::Flag),
            _ => Typed::value(Node::All(list.into(), body.into()), Type::Flag),
        })
    }

    /// A closure over items of type `item`.
    fn closure(&mut self, expr: &Expr<'a>, item: Type, domain: &Domain<'a>) -> Checked<TypedClosure<'a>> {
        let ExprKind::Closure(names, body) = &expr.kind else {
            return Err(format!("表达式里的“{}”应写成 |r| …", expr.text));
        };
        let takes_index = match names.len() {
            1 => false,
            2 => true,
            _ => return Err(format!("表达式里的“{}”最多两个参数：一项和它的位次", expr.text)),
        };
        let outer_parameters = self.parameters.len();
        // The body's references are collected alone first: they decide whether the result depends on the item only.
        let outer_references = std::mem::take(&mut self.references);
        let item = Parameter { name: names[0], ty: item, domain: domain.clone() };
        let index = names.get(1).map(|name| Parameter { name, ty: Type::Number, domain: Domain::Open });
        self.parameters.extend([item].into_iter().chain(index));
        let body = self.value(body)?;
        self.parameters.truncate(outer_parameters);
        let item_only = self.references.lists.is_empty() && self.references.metrics.is_empty() && !takes_index;
        self.references.extend(outer_references);
        let closure = Closure { body: body.node, takes_index };
        Ok(TypedClosure { closure, result: body.ty, domain: body.domain, item_only })
    }
}
