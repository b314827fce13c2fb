//! Compiles the syntax tree of an expression: resolves its names, checks its types, notes what it depends on, and
//! finds out whether it is additive.
//!
//! An expression is additive when its values for any two sets of rows sum to its value for both together; only such
//! metrics can be reconciled against whole ledgers.

mod calls;

use std::cmp::Ordering;

use toml::Spanned;

use super::arithmetic::{self, Operation};
use super::ast::{Expr, ExprKind, Operator};
use super::dependencies::References;
use super::domain::Domain;
use super::hir::{Field, List, Node};
use super::lex::folded;
use super::parse::parse;
use super::scope::{Definition, FieldDefinition, PREVIOUS, Scope, Type};
use super::typed::{Parameter, Typed, TypedList, TypedValue};
use crate::notice::{NoticeError, Variable};

/// An expression that can be evaluated.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    /// The checked expression.
    pub node: Node,
    /// The names that it refers to.
    pub references: References,
    /// Whether its values for any two sets of rows sum to the value for both together.
    pub additive: bool,
}

/// Compiles an expression of type `expected`.
///
/// # Errors
/// With the line of the settings, for a syntax error, an unknown name or a wrong type.
pub(super) fn compile(scope: &Scope<'_>, expr: &Spanned<String>, expected: Type) -> Result<Compiled, NoticeError> {
    let check = |tree: Expr<'_>| {
        let subject = |(name, ty)| Parameter { name, ty, domain: Domain::Open };
        let parameters = scope.subject.map(subject).into_iter().collect();
        let mut checker = TypeChecker { scope, parameters, references: References::default() };
        match checker.check(&tree)? {
            Typed::Value(value) if value.ty == expected => {
                Ok(Compiled { node: value.node, references: checker.references, additive: value.additive })
            }
            typed => Err(format!("表达式应得出{}，却得出{}（{}）", expected.label(), typed.label(), tree.text)),
        }
    };
    parse(&folded(expr.get_ref())).and_then(check).map_err(|message| scope.notice().error_at(expr, message))
}

/// The error is a message in Chinese without file and line.
type Checked<T> = Result<T, String>;

/// A variable of the settings, which is a literal.
fn variable<'n>(variable: &Variable) -> Typed<'n> {
    match variable {
        Variable::Text(text) => Typed::text(Node::Text(text.clone()), Domain::Literals(vec![text.clone()])),
        Variable::Number(number) => Typed::value(Node::Number(*number), Type::Number),
        Variable::Rate(rate) => Typed::value(Node::Number(rate.fraction), Type::Number),
        Variable::Date(date) => Typed::value(Node::Date(*date), Type::Date),
    }
}

struct TypeChecker<'a> {
    scope: &'a Scope<'a>,
    /// The parameters of the closures around, the innermost last.
    parameters: Vec<Parameter<'a>>,
    references: References,
}

impl<'a> TypeChecker<'a> {
    fn check(&mut self, expr: &Expr<'a>) -> Checked<Typed<'a>> {
        match &expr.kind {
            ExprKind::Number(number) => Ok(Typed::value(Node::Number(*number), Type::Number)),
            ExprKind::Text(text) => Ok(Typed::text(Node::Text(text.clone()), Domain::Literals(vec![text.clone()]))),
            ExprKind::Flag(flag) => Ok(Typed::value(Node::Flag(*flag), Type::Flag)),
            ExprKind::List(items) => self.list_literal(expr, items),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Property(object, id) => self.property(object, id),
            ExprKind::Call(function, arguments) => self.call(expr, function, arguments),
            ExprKind::Closure(..) => Err(format!("“{}”只能写在 filter、map、some、all 的括号里", expr.text)),
            ExprKind::Not(operand) => {
                let operand = self.value_of_type(operand, Type::Flag)?;
                Ok(Typed::value(Node::Not(operand.node.into()), Type::Flag))
            }
            ExprKind::Negate(operand) => {
                let operand = self.value_of_type(operand, Type::Number)?;
                Ok(Typed::number(Node::Negate(operand.node.into()), operand.additive))
            }
            ExprKind::Binary(operator, operands) => self.binary(expr, *operator, operands),
        }
    }

    /// A value of any type.
    fn value(&mut self, expr: &Expr<'a>) -> Checked<TypedValue<'a>> {
        match self.check(expr)? {
            Typed::Value(value) => Ok(value),
            Typed::List(_) => Err(format!("表达式里的“{}”为列表，这里应为一个值", expr.text)),
        }
    }

    fn value_of_type(&mut self, expr: &Expr<'a>, expected: Type) -> Checked<TypedValue<'a>> {
        match self.check(expr)? {
            Typed::Value(value) if value.ty == expected => Ok(value),
            typed => Err(format!("表达式里的“{}”为{}，这里应为{}", expr.text, typed.label(), expected.label())),
        }
    }

    fn pair_of_type(&mut self, left: &Expr<'a>, right: &Expr<'a>, expected: Type) -> Checked<[TypedValue<'a>; 2]> {
        Ok([self.value_of_type(left, expected)?, self.value_of_type(right, expected)?])
    }

    fn list(&mut self, expr: &Expr<'a>) -> Checked<TypedList<'a>> {
        match self.check(expr)? {
            Typed::List(list) => Ok(list),
            Typed::Value(value) => Err(format!("表达式里的“{}”为{}，这里应为列表", expr.text, value.ty.label())),
        }
    }

    fn number_list(&mut self, expr: &Expr<'a>) -> Checked<TypedList<'a>> {
        let list = self.list(expr)?;
        match list.item {
            Type::Number => Ok(list),
            other => Err(format!("表达式里的“{}”列出的为{}，这里应为数字", expr.text, other.label())),
        }
    }

    fn list_literal(&mut self, expr: &Expr<'a>, items: &[Expr<'a>]) -> Checked<Typed<'a>> {
        let Some((first, others)) = items.split_first() else {
            return Err("表达式里的“[]”是空的".to_owned());
        };
        let first = self.value(first)?;
        let (item_type, mut domain) = (first.ty, first.domain);
        let mut nodes = vec![first.node];
        for other in others {
            let other = self.value(other)?;
            if other.ty != item_type {
                let (one, other) = (item_type.label(), other.ty.label());
                return Err(format!("表达式里的“{}”既有{one}又有{other}，应是同一种", expr.text));
            }
            nodes.push(other.node);
            domain = domain.or(other.domain);
        }
        let list = List::Items(nodes);
        Ok(Typed::List(TypedList { list, item: item_type, domain, period: None, additive: false }))
    }

    /// The innermost parameter called `name`, as a value.
    fn parameter(&self, name: &str) -> Option<Typed<'a>> {
        let mut outward = self.parameters.iter().rev().enumerate();
        outward.find(|(_, parameter)| parameter.name == name).map(|(depth, parameter)| {
            let (node, ty, domain) = (Node::Parameter(depth), parameter.ty, parameter.domain.clone());
            Typed::Value(TypedValue { node, ty, domain, additive: false })
        })
    }

    fn name(&mut self, name: &str) -> Checked<Typed<'a>> {
        if let Some(parameter) = self.parameter(name) {
            return Ok(parameter);
        }
        if let Some((_, ty)) = self.scope.subject.filter(|_| self.scope.has_fields_of_subject) {
            // The subject is the outermost parameter.
            let depth = self.parameters.len().saturating_sub(1);
            let field = self.field(depth, ty, name);
            // What is no column may be one of the other names.
            return match (field, self.scope.resolve(name, std::iter::empty())) {
                (Some(Ok(field)), _) => Ok(field),
                (_, Ok(Definition::Date(date))) => Ok(Typed::value(Node::Date(date), Type::Date)),
                (field, _) => field.unwrap_or_else(|| Err(format!("表达式里的“{name}”不存在"))),
            };
        }
        match self.scope.resolve(name, self.parameters.iter().map(|parameter| parameter.name))? {
            Definition::Date(date) => Ok(Typed::value(Node::Date(date), Type::Date)),
            Definition::Previous => Err("表达式里的“prev”后面应写明是哪个指标，如 prev.指标名".to_owned()),
            Definition::Calendar => Err("表达式里的“calendar”后面应写明是哪一种固定日，如 calendar.theme".to_owned()),
            Definition::Variables => Err("表达式里的“vars”后面应写明是哪一个，如 vars.名称".to_owned()),
            Definition::List(index, item) => {
                self.references.lists.insert(index);
                let (list, period) = (List::External(index), self.scope.earlier_period(item));
                Ok(Typed::List(TypedList { list, item, domain: Domain::Open, period, additive: true }))
            }
            Definition::Metric(index, additive) => {
                self.references.metrics.insert(index);
                Ok(Typed::number(Node::Metric(index), additive))
            }
        }
    }

    fn property(&mut self, object: &Expr<'a>, id: &str) -> Checked<Typed<'a>> {
        if matches!(object.kind, ExprKind::Name("calendar")) && self.parameter("calendar").is_none() {
            return Ok(Typed::list(List::Days(self.scope.days(id)?), Type::Date, false));
        }
        if matches!(object.kind, ExprKind::Name("vars")) && self.parameter("vars").is_none() {
            return self.scope.variable(id).map(variable);
        }
        if let Some(previous) = self.previous(object, id) {
            return previous;
        }
        let typed = self.check(object)?;
        let no_field = format!("表达式里的“{}”为{}，没有“.{id}”", object.text, typed.label());
        let Typed::Value(TypedValue { node: Node::Parameter(depth), ty, .. }) = typed else { return Err(no_field) };
        self.field(depth, ty, id).unwrap_or(Err(no_field))
    }

    /// The field `id` of the parameter with `depth` parameters further in; `None` when it is of a type without fields.
    fn field(&mut self, depth: usize, ty: Type, id: &str) -> Option<Checked<Typed<'a>>> {
        Some(self.scope.field(ty, id)?.map(|definition| self.field_value(depth, ty, definition)))
    }

    fn field_value(&mut self, depth: usize, ty: Type, definition: FieldDefinition<'a>) -> Typed<'a> {
        let FieldDefinition { field, ty: field_type, domain, computed } = definition;
        if let (Some(computed), Type::Row(ledger)) = (computed, ty) {
            self.references.columns.extend(computed.reads.iter().map(|column| (ledger, *column)));
            let node = Node::Computed(depth, Box::new(computed.node.clone()));
            return Typed::Value(TypedValue { node, ty: field_type, domain, additive: false });
        }
        match (ty, field) {
            (Type::Row(ledger), Field::Column(column)) => _ = self.references.columns.insert((ledger, column)),
            (_, Field::Metric(metric)) => _ = self.references.branch_metrics.insert(metric),
            _ => {}
        }
        let node = Node::Field(depth, field);
        Typed::Value(TypedValue { node, ty: field_type, domain, additive: false })
    }

    /// `prev.id`, or `b.prev.id` of a branch `b`; `None` when `object` is neither `prev` nor `b.prev`.
    fn previous(&mut self, object: &Expr<'a>, id: &str) -> Option<Checked<Typed<'a>>> {
        match &object.kind {
            ExprKind::Name(PREVIOUS) if self.parameter(PREVIOUS).is_none() => {
                let index = self.scope.previous(id)?;
                Some(index.map(|index| {
                    self.references.previous.insert(index);
                    Typed::number(Node::Previous(index), false)
                }))
            }
            ExprKind::Property(branch, PREVIOUS) => {
                let Ok(Typed::Value(TypedValue { node: Node::Parameter(depth), ty: Type::Branch, .. })) =
                    self.check(branch)
                else {
                    return None;
                };
                Some(self.scope.branch_previous(id).map(|index| {
                    self.references.branch_previous.insert(index);
                    Typed::number(Node::Field(depth, Field::Previous(index)), false)
                }))
            }
            _ => None,
        }
    }

    fn binary(&mut self, expr: &Expr<'a>, operator: Operator, operands: &[Expr<'a>; 2]) -> Checked<Typed<'a>> {
        let [left, right] = operands;
        match operator {
            Operator::Or => self.logical(Node::Or, left, right),
            Operator::And => self.logical(Node::And, left, right),
            Operator::Plus => self.sum(arithmetic::add, left, right),
            Operator::Minus => self.sum(arithmetic::subtract, left, right),
            Operator::Times => self.product(arithmetic::multiply, left, right),
            Operator::Over => self.product(arithmetic::divide, left, right),
            Operator::Modulo => self.arithmetic(arithmetic::remainder, left, right),
            Operator::Equal => self.comparison(expr, Ordering::is_eq, left, right),
            Operator::Unequal => self.comparison(expr, Ordering::is_ne, left, right),
            Operator::Less => self.comparison(expr, Ordering::is_lt, left, right),
            Operator::LessOrEqual => self.comparison(expr, Ordering::is_le, left, right),
            Operator::Greater => self.comparison(expr, Ordering::is_gt, left, right),
            Operator::GreaterOrEqual => self.comparison(expr, Ordering::is_ge, left, right),
        }
    }

    /// A comparison of two values of one type; rows and branches cannot be compared.
    fn comparison(
        &mut self,
        expr: &Expr<'a>,
        holds: fn(Ordering) -> bool,
        left: &Expr<'a>,
        right: &Expr<'a>,
    ) -> Checked<Typed<'a>> {
        let (left_value, right_value) = (self.value(left)?, self.value(right)?);
        let (left_type, right_type) = (left_value.ty, right_value.ty);
        if left_type != right_type || matches!(left_type, Type::Row(_) | Type::Branch) {
            return Err(format!(
                "表达式里的“{}”不能比较：“{}”为{}，“{}”为{}",
                expr.text,
                left.text,
                left_type.label(),
                right.text,
                right_type.label()
            ));
        }
        if let Some(message) = left_value.domain.objection(&right_value.domain) {
            return Err(format!("表达式里的“{}”写错了选项：{message}", expr.text));
        }
        let (left, right) = (&left_value, &right_value);
        let percents =
            left.domain.percent_objection(&right.node).or_else(|| right.domain.percent_objection(&left.node));
        if let Some(message) = percents {
            return Err(format!("表达式里的“{}”写错了数：{message}", expr.text));
        }
        Ok(Typed::value(Node::Compare(holds, Box::new([left_value.node, right_value.node])), Type::Flag))
    }

    fn logical(&mut self, make: fn(Box<[Node; 2]>) -> Node, left: &Expr<'a>, right: &Expr<'a>) -> Checked<Typed<'a>> {
        let operands = self.pair_of_type(left, right, Type::Flag)?;
        Ok(Typed::value(make(Box::new(operands.map(|operand| operand.node))), Type::Flag))
    }

    fn arithmetic(&mut self, apply: Operation, left: &Expr<'a>, right: &Expr<'a>) -> Checked<Typed<'a>> {
        let operands = self.pair_of_type(left, right, Type::Number)?;
        Ok(Typed::number(Node::Arithmetic(apply, Box::new(operands.map(|operand| operand.node))), false))
    }

    /// A sum or a difference: additive when both operands are.
    fn sum(&mut self, apply: Operation, left: &Expr<'a>, right: &Expr<'a>) -> Checked<Typed<'a>> {
        let [left, right] = self.pair_of_type(left, right, Type::Number)?;
        let additive = left.additive && right.additive;
        Ok(Typed::number(Node::Arithmetic(apply, Box::new([left.node, right.node])), additive))
    }

    /// A product or a quotient: additive when the first operand is and the second is a literal number.
    fn product(&mut self, apply: Operation, left: &Expr<'a>, right: &Expr<'a>) -> Checked<Typed<'a>> {
        let [left, right] = self.pair_of_type(left, right, Type::Number)?;
        let additive = left.additive && matches!(right.node, Node::Number(_));
        Ok(Typed::number(Node::Arithmetic(apply, Box::new([left.node, right.node])), additive))
    }
}
