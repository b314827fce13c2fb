//! Finds out what each expression of a template is, and refuses names that do not exist and operations that never do
//! what they seem to: comparing or cutting a printed text, a choice that the ledger does not have.

use std::path::Path;

use super::advice::advice;
use super::ast::{Argument, Comprehension, Expr, ExprKind, FilterCall, Operator};
use super::comparison::{self, Operand};
use super::condition_metrics::metrics_read;
use super::filter_types;
use super::parse::parse;
use super::schema::{Schema, ValueType};
use super::top_names::CHANGE;
use super::units::{self, UNITS, unit_key};
use crate::notice::NoticeError;

/// A block of a template and the names defined in it.
pub(super) struct Scope<'n> {
    /// The keyword that opens the block; empty for the whole template.
    pub keyword: &'static str,
    pub names: Vec<LocalName<'n>>,
}

/// A name that a template defines.
pub(super) struct LocalName<'n> {
    /// `*` stands for any name.
    pub name: String,
    pub schema: Schema<'n>,
}

/// Checks expressions, one after the other.
pub(super) struct Checker<'a, 'n> {
    /// The open blocks, outermost first.
    pub scopes: Vec<Scope<'n>>,
    pub schema: &'a Schema<'n>,
    pub file: &'a Path,
    /// The line of the current tag, from 1.
    pub line: usize,
    pub errors: Vec<NoticeError>,
    /// The metrics that conditions of the current tag read as `n.id`, unless they ask whether it is none.
    pub conditional_metrics: Vec<String>,
}

impl<'n> Checker<'_, 'n> {
    /// The schema of an expression's text; `Any` for a text that tera will refuse.
    pub(super) fn text(&mut self, text: &str) -> Schema<'n> {
        match parse(text) {
            Some(expr) => self.expression(&expr),
            None => self.unparsed(text),
        }
    }

    /// Checks the text of a condition.
    pub(super) fn condition_text(&mut self, text: &str) {
        match parse(text) {
            Some(expr) => self.condition(&expr),
            None => _ = self.unparsed(text),
        }
    }

    /// A text that tera will refuse, too: what is wrong is said here when it is known.
    fn unparsed(&mut self, text: &str) -> Schema<'n> {
        if let Some(message) = advice(text) {
            self.report(message);
        }
        Schema::Any
    }

    /// Records an error in the current line.
    pub(super) fn report(&mut self, message: String) {
        self.errors.push(NoticeError::At { file: self.file.to_owned(), line: self.line, message });
    }

    /// A condition: its truth decides what is printed.
    fn condition(&mut self, expr: &Expr<'_>) {
        self.conditional_metrics.extend(metrics_read(expr));
        self.truth(expr);
    }

    /// A value used as yes or no.
    fn truth(&mut self, expr: &Expr<'_>) -> Schema<'n> {
        if let ExprKind::Binary(Operator::Logical, parts) = &expr.kind {
            let left = self.truth(&parts[0]);
            return left.or(self.truth(&parts[1]));
        }
        let schema = self.expression(expr);
        if matches!(schema, Schema::Printed) {
            let text = expr.text;
            self.report(if text.starts_with("annex.") {
                format!("“{text}”是附件的序号，最后才排，拿来判断总是成立；用附件所列的台账或指标判断")
            } else {
                let bare = comparison::bare_name(text);
                format!("“{text}”是排好的文字，拿来判断总是成立；判断用带 n 的值{bare}")
            });
        }
        schema
    }

    /// The schema of an expression; reports what is wrong in it.
    pub(super) fn expression(&mut self, expr: &Expr<'_>) -> Schema<'n> {
        match &expr.kind {
            ExprKind::Text(text) => Schema::Literal(text.clone()),
            ExprKind::Number => Schema::Constant(ValueType::Number),
            ExprKind::Flag => Schema::Constant(ValueType::Flag),
            ExprKind::None => Schema::Any,
            ExprKind::Name(_) | ExprKind::Field(..) | ExprKind::Index(_) => self.path(expr),
            ExprKind::Slice(of, bounds) => self.slice(of, bounds),
            ExprKind::Array(items) => {
                let mut schemas = items.iter().map(|item| self.expression(item)).collect::<Vec<_>>().into_iter();
                let first = schemas.next().unwrap_or(Schema::Any);
                Schema::list(schemas.fold(first, Schema::or))
            }
            ExprKind::Map(values) => {
                for value in values {
                    self.expression(value);
                }
                Schema::Any
            }
            ExprKind::Call(CHANGE, arguments) => self.change(expr, arguments),
            ExprKind::Call(name, arguments) => {
                for argument in arguments {
                    self.expression(&argument.value);
                }
                match *name {
                    "gap" => Schema::Printed,
                    "range" => Schema::list(Schema::Constant(ValueType::Number)),
                    _ => Schema::Any,
                }
            }
            ExprKind::Filter(input, word) => self.filter(input, word),
            ExprKind::Test(operand, word) => self.test(operand, word),
            ExprKind::Not(operand) => {
                self.truth(operand);
                Schema::Constant(ValueType::Flag)
            }
            ExprKind::Negate(operand) => {
                self.expression(operand);
                Schema::Bare(ValueType::Number)
            }
            ExprKind::Binary(operator, operands) => self.binary(*operator, operands),
            ExprKind::Conditional(parts) => {
                let [value, condition, other] = &**parts;
                self.condition(condition);
                let value = self.expression(value);
                value.or(self.expression(other))
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
        }
    }

    /// `change(metric)`: the metric must be one of the department's, or of a branch.
    fn change(&mut self, call: &Expr<'_>, arguments: &[Argument<'_>]) -> Schema<'n> {
        let Some(Argument { value: argument, .. }) = arguments.first() else { return Schema::Any };
        let (of, metric) = match &argument.kind {
            ExprKind::Name(name) => (self.schema.clone(), name),
            ExprKind::Field(of, name) if of.kind != ExprKind::Name("n") => (self.expression(of), name),
            _ => {
                self.report(format!("“{}”的括号里写一个指标的名称，如 {CHANGE}(指标名)", call.text));
                return Schema::Any;
            }
        };
        of.field(CHANGE).and_then(|changes| changes.field(metric)).unwrap_or_else(|unknown| {
            self.report(unknown.message(argument.text));
            Schema::Any
        })
    }

    fn binary(&mut self, operator: Operator, operands: &[Expr<'_>; 2]) -> Schema<'n> {
        let [left, right] = operands;
        match operator {
            Operator::Logical => {
                let left = self.truth(left);
                left.or(self.expression(right))
            }
            Operator::Comparison => {
                self.comparison(left, right);
                Schema::Constant(ValueType::Flag)
            }
            Operator::In => {
                self.membership(left, right);
                Schema::Constant(ValueType::Flag)
            }
            Operator::Arithmetic => {
                self.expression(left);
                self.expression(right);
                Schema::Bare(ValueType::Number)
            }
            Operator::Concatenation => {
                let left = self.expression(left);
                left.or(self.expression(right))
            }
        }
    }

    fn comparison(&mut self, left: &Expr<'_>, right: &Expr<'_>) {
        let (left_schema, right_schema) = (self.expression(left), self.expression(right));
        self.compare(
            &Operand { text: left.text, schema: &left_schema },
            &Operand { text: right.text, schema: &right_schema },
        );
    }

    fn compare(&mut self, left: &Operand<'_, '_, 'n>, right: &Operand<'_, '_, 'n>) {
        if let Some(message) = comparison::objection(left, right) {
            self.report(message);
        }
    }

    /// `left in right`: each item of a literal list is compared.
    fn membership(&mut self, left: &Expr<'_>, right: &Expr<'_>) {
        if let ExprKind::Array(items) = &right.kind {
            return items.iter().for_each(|item| self.comparison(left, item));
        }
        let (left_schema, right_schema) = (self.expression(left), self.expression(right));
        let left = Operand { text: left.text, schema: &left_schema };
        match &right_schema {
            Schema::List(element) => self.compare(&left, &Operand { text: right.text, schema: element }),
            schema => {
                let right = Operand { text: right.text, schema };
                let printed = |operand: &Operand<'_, '_, 'n>| matches!(operand.schema, Schema::Printed);
                let objection =
                    [&left, &right].into_iter().filter(|operand| printed(operand)).find_map(comparison::of_one);
                if let Some(message) = objection {
                    self.report(message);
                }
            }
        }
    }

    fn test(&mut self, operand: &Expr<'_>, word: &FilterCall<'_>) -> Schema<'n> {
        for argument in &word.arguments {
            self.expression(&argument.value);
        }
        let schema = self.expression(operand);
        if matches!(schema, Schema::Printed) && !matches!(word.name, "defined" | "undefined") {
            let text = operand.text;
            let bare = comparison::bare_name(text);
            self.report(format!("“{text}”是排好的文字，带着出处，不能用“is {}”判断；用带 n 的值{bare}", word.name));
        }
        Schema::Constant(ValueType::Flag)
    }

    fn filter(&mut self, input: &Expr<'_>, word: &FilterCall<'_>) -> Schema<'n> {
        let schema = self.expression(input);
        if word.name == units::FILTER {
            if let Some(message) = self.unit_objection(input, word, &schema) {
                self.report(message);
            }
            return Schema::Printed;
        }
        if let ("where", Schema::List(element)) = (word.name, &schema) {
            for argument in &word.arguments {
                self.kept_rows(element, argument.name, &argument.value);
            }
            return schema;
        }
        for argument in &word.arguments {
            self.expression(&argument.value);
        }
        let filtered = filter_types::apply(word, input, schema);
        if let Some(message) = filtered.objection {
            self.report(message);
        }
        filtered.schema
    }

    /// Why a value cannot be printed with a unit, in Chinese: it is no name of a printed value, or has no unit.
    fn unit_objection(&mut self, input: &Expr<'_>, word: &FilterCall<'_>, schema: &Schema<'n>) -> Option<String> {
        let text = input.text;
        let (units, id) = match &input.kind {
            ExprKind::Name(id) if self.local(id).is_none() => (self.schema.field(UNITS).ok(), *id),
            ExprKind::Field(of, id) => (Some(self.expression(of)), *id),
            _ => (None, ""),
        };
        let is_printed = matches!(schema, Schema::Printed);
        match units {
            Some(Schema::Any) => None,
            Some(units) if is_printed && word.arguments.is_empty() => match units.field(&unit_key(id)) {
                Ok(_) => None,
                Err(_) => Some(format!("“{text}”没有单位：在设置里给它写 unit，或去掉 with_unit")),
            },
            _ => Some(format!(
                "“{text}”不能用 with_unit：它要直接写在指标或列的后面，用不带 n 的，如 row.done | with_unit"
            )),
        }
    }

    /// `where(field=value)`: the field must exist, and some row must be able to have the value.
    fn kept_rows(&mut self, row: &Schema<'n>, field: &str, value: &Expr<'_>) {
        let value_schema = self.expression(value);
        let column = filter_types::field(row, &format!("n.{field}"));
        match column.objection {
            Some(message) => self.report(message),
            None => self.compare(
                &Operand { text: field, schema: &column.schema },
                &Operand { text: value.text, schema: &value_schema },
            ),
        }
    }

    /// A part of a list or a text: the markers of a printed text would be cut.
    fn slice(&mut self, of: &Expr<'_>, bounds: &[Expr<'_>]) -> Schema<'n> {
        for bound in bounds {
            self.expression(bound);
        }
        let schema = self.expression(of);
        match schema {
            Schema::Printed => {
                let bare = comparison::bare_name(of.text);
                self.report(format!("“{}”是排好的文字，带着出处，不能截取；用带 n 的值{bare}", of.text));
                Schema::Any
            }
            Schema::Bare(_) => Schema::Bare(ValueType::Unknown),
            other => other,
        }
    }

    fn comprehension(&mut self, comprehension: &Comprehension<'_>) -> Schema<'n> {
        let list = self.expression(&comprehension.list);
        self.open_loop(&comprehension.names, &list);
        if let Some(condition) = &comprehension.condition {
            self.truth(condition);
        }
        let value = self.expression(&comprehension.value);
        self.scopes.pop();
        Schema::list(value)
    }

    /// Opens the scope of `for names in list`.
    pub(super) fn open_loop(&mut self, names: &[&str], list: &Schema<'n>) {
        let schemas = match (names.len(), list) {
            (1, list) => vec![list.element()],
            (_, Schema::Groups(rows)) => vec![Schema::Any, Schema::List(rows.clone())],
            (_, Schema::Map(fields)) => {
                vec![Schema::Any, fields.values().cloned().reduce(Schema::or).unwrap_or(Schema::Any)]
            }
            _ => vec![Schema::Any; names.len()],
        };
        let names = names.iter().zip(schemas).map(|(name, schema)| LocalName { name: (*name).to_owned(), schema });
        self.scopes.push(Scope { keyword: "for", names: names.collect() });
    }

    /// The schema of a dotted name; `Any`, with an error, for an unknown one.
    fn path(&mut self, expr: &Expr<'_>) -> Schema<'n> {
        let found = match &expr.kind {
            ExprKind::Name("loop") => return Schema::Any,
            ExprKind::Field(of, _) if of.kind == ExprKind::Name("loop") => {
                return Schema::Constant(ValueType::Unknown);
            }
            ExprKind::Name(name) => match self.local(name) {
                Some(schema) => return schema,
                None => self.schema.field(name),
            },
            ExprKind::Field(of, name) => self.expression(of).field(name),
            ExprKind::Index(parts) => {
                let [of, index] = &**parts;
                let schema = self.expression(of);
                match (&index.kind, &schema) {
                    (ExprKind::Text(name), _) => schema.field(name),
                    (_, Schema::List(_)) => {
                        self.expression(index);
                        return schema.element();
                    }
                    (_, Schema::Printed) => return self.slice(of, std::slice::from_ref(index)),
                    _ => {
                        self.expression(index);
                        return Schema::Any;
                    }
                }
            }
            _ => return Schema::Any,
        };
        found.unwrap_or_else(|unknown| {
            self.report(unknown.message(expr.text));
            Schema::Any
        })
    }

    /// The schema of a name that the template defines.
    fn local(&self, name: &str) -> Option<Schema<'n>> {
        let mut innermost_first = self.scopes.iter().rev().flat_map(|scope| scope.names.iter().rev());
        innermost_first.find(|local| local.name == name || local.name == "*").map(|local| local.schema.clone())
    }
}
