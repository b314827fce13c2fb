//! Parses formulas.
//!
//! Input: a formula, with or without its `=`. Output: an [`Expression`]; `None` for a formula with anything unknown.

use rust_decimal::Decimal;

use super::super::address::Reference;
use super::expression::{CellRange, Expression, Function, Operations, Operator};
use super::token::{Token, TokenKind, is_call, tokens};

/// How deep parentheses, calls and signs may nest. Programs allow 64 levels.
const MAX_DEPTH: usize = 64;

/// Operators from weak to strong; those of a level are applied from left to right.
const LEVELS: [&[Operator]; 3] = [
    &[Operator::Equal, Operator::NotEqual, Operator::Less, Operator::AtMost, Operator::Greater, Operator::AtLeast],
    &[Operator::Add, Operator::Subtract],
    &[Operator::Multiply, Operator::Divide],
];

/// Parses a formula, with or without its `=`; `None` when any part of it is unknown.
pub(super) fn parse(formula: &str) -> Option<Expression> {
    let mut parser = Parser { tokens: tokens(formula)?, next: 0, depth: 0 };
    let expression = parser.operations(0)?;
    parser.is_at_end().then_some(expression)
}

struct Parser<'f> {
    tokens: Vec<Token<'f>>,
    next: usize,
    depth: usize,
}

impl<'f> Parser<'f> {
    fn is_at_end(&self) -> bool {
        self.next == self.tokens.len()
    }

    fn take(&mut self, kind: TokenKind) -> Option<&'f str> {
        let token = self.tokens.get(self.next).filter(|token| token.kind == kind)?;
        self.next += 1;
        Some(token.text)
    }

    fn take_operator(&mut self, allowed: &[Operator]) -> Option<Operator> {
        match self.tokens.get(self.next)?.kind {
            TokenKind::Operator(operator) if allowed.contains(&operator) => {
                self.next += 1;
                Some(operator)
            }
            _ => None,
        }
    }

    /// Operations of the level with that index in [`LEVELS`] and of the stronger ones.
    fn operations(&mut self, level: usize) -> Option<Expression> {
        let Some(allowed) = LEVELS.get(level) else { return self.signed() };
        let first = self.operations(level + 1)?;
        let mut rest = Vec::new();
        while let Some(operator) = self.take_operator(allowed) {
            rest.push((operator, self.operations(level + 1)?));
        }
        Some(if rest.is_empty() { first } else { Expression::Operations(Box::new(Operations { first, rest })) })
    }

    fn signed(&mut self) -> Option<Expression> {
        match self.take_operator(&[Operator::Add, Operator::Subtract]) {
            Some(Operator::Subtract) => {
                self.nested(Self::signed).map(|operand| Expression::Negative(Box::new(operand)))
            }
            Some(_) => self.nested(Self::signed),
            None => {
                let operand = self.operand()?;
                let percent = self.take(TokenKind::Percent);
                Some(if percent.is_some() { Expression::Percent(Box::new(operand)) } else { operand })
            }
        }
    }

    fn operand(&mut self) -> Option<Expression> {
        if let Some(number) = self.take(TokenKind::Number) {
            return parse_number(number).map(Expression::Number);
        }
        if let Some(text) = self.take(TokenKind::Text) {
            return Some(Expression::Text(text[1..text.len() - 1].replace("\"\"", "\"")));
        }
        if self.take(TokenKind::Open).is_some() {
            let inner = self.nested(|parser| parser.operations(0))?;
            self.take(TokenKind::Close)?;
            return Some(inner);
        }
        let is_call = is_call(&self.tokens, self.next);
        let name = self.take(TokenKind::Name)?;
        if is_call {
            let function = Function::named(name)?;
            return self.nested(Self::arguments).map(|arguments| Expression::Call(function, arguments));
        }
        let first = Reference::parse(name)?;
        if self.take(TokenKind::Colon).is_none() {
            return Some(Expression::Cell((first.row, first.col)));
        }
        let last = Reference::parse(self.take(TokenKind::Name)?)?;
        Some(Expression::Range(CellRange {
            first: (first.row.min(last.row), first.col.min(last.col)),
            last: (first.row.max(last.row), first.col.max(last.col)),
        }))
    }

    fn arguments(&mut self) -> Option<Vec<Expression>> {
        self.take(TokenKind::Open)?;
        let mut arguments = vec![self.operations(0)?];
        while self.take(TokenKind::Comma).is_some() {
            arguments.push(self.operations(0)?);
        }
        self.take(TokenKind::Close)?;
        Some(arguments)
    }

    /// What `parse` finds, one level deeper; `None` when that is too deep.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth == MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }
}

fn parse_number(text: &str) -> Option<Decimal> {
    let number = text.parse().or_else(|_| Decimal::from_scientific(text)).ok()?;
    // A number of more digits than programs keep is another one to them.
    (text.len() <= 15).then_some(number)
}
