//! Computes the formulas of a sheet.
//!
//! Input: a sheet and the place of a formula. Output: [`Results`]. Numbers are exact decimals; results and comparisons
//! count 15 digits, as in spreadsheet programs. A formula that needs an error value, a text, a day or a cell without a
//! result has no result either, and neither has a cycle.

use std::sync::Arc;

use ahash::AHashMap;
use rust_decimal::{Decimal, RoundingStrategy};

use super::super::number;
use super::super::raw_cell::{Formula, RawCell};
use super::super::raw_sheet::RawSheet;
use super::expression::{CellRange, Expression, Function, Operator, Position};
use super::parse::parse;
use super::value::{Numbers, Outcome, Stop, Value, apply, arithmetic, significant};

/// How far a formula is computed.
#[derive(Debug)]
enum State {
    UnderWay,
    /// Its result, if it has one.
    Done(Option<Value>),
}

/// The results of formulas that have one, by their cells.
pub(super) type Results = AHashMap<Position, Value>;

/// Computes formulas of one sheet.
pub(super) struct Evaluation<'s> {
    sheet: &'s RawSheet,
    states: AHashMap<Position, State>,
    /// Formulas that the last one needs.
    awaited: Vec<Position>,
    /// Steps that are left.
    steps: usize,
}

impl<'s> Evaluation<'s> {
    /// Starts with the formulas of `sheet`; at most `steps` cells are visited, 8 bytes of a formula counting as one.
    pub(super) fn new(sheet: &'s RawSheet, steps: usize) -> Self {
        Self { sheet, states: AHashMap::new(), awaited: Vec::new(), steps }
    }

    /// The results, and the steps that are left.
    pub(super) fn finish(self) -> (Results, usize) {
        let known = |(position, state)| match state {
            State::Done(Some(value)) => Some((position, value)),
            State::Done(None) | State::UnderWay => None,
        };
        (self.states.into_iter().filter_map(known).collect(), self.steps)
    }

    /// Computes a formula after those that it needs.
    pub(super) fn resolve(&mut self, position: Position) {
        let mut stack = vec![position];
        while let Some(&top) = stack.last() {
            let is_done = matches!(self.states.get(&top), Some(State::Done(_)));
            let Some(RawCell::Formula(formula)) = self.sheet.get(top.0, top.1).filter(|_| !is_done) else {
                stack.pop();
                continue;
            };
            self.states.insert(top, State::UnderWay);
            self.awaited.clear();
            let outcome = self.formula(formula);
            let is_cycle = self.awaited.iter().any(|position| self.states.contains_key(position));
            if outcome == Err(Stop::Awaits) && !is_cycle {
                stack.append(&mut self.awaited);
                continue;
            }
            let trusted = formula.stored.as_deref().filter(|_| !self.sheet.recalculates);
            let value = outcome.ok().or_else(|| self.cell(trusted?, top).ok());
            self.states.insert(top, State::Done(value));
            stack.pop();
        }
    }

    fn formula(&mut self, formula: &Formula) -> Outcome<Value> {
        self.step(1 + formula.text.len() / 8)?;
        let expression = parse(&formula.text).ok_or(Stop::NoResult)?;
        Ok(match self.value(&expression)? {
            Value::Blank => Value::Number(Decimal::ZERO),
            value => value,
        })
    }

    fn step(&mut self, steps: usize) -> Outcome<()> {
        self.steps = self.steps.checked_sub(steps).ok_or(Stop::NoResult)?;
        Ok(())
    }

    fn value(&mut self, expression: &Expression) -> Outcome<Value> {
        Ok(match expression {
            Expression::Number(number) => Value::Number(*number),
            Expression::Text(text) => Value::Text(text.as_str().into()),
            Expression::Cell(position) => {
                self.step(1)?;
                match self.sheet.get(position.0, position.1) {
                    Some(cell) => self.cell(cell, *position)?,
                    None => Value::Blank,
                }
            }
            Expression::Range(_) => return Err(Stop::NoResult),
            Expression::Negative(operand) => Value::Number(-self.number(operand)?),
            Expression::Percent(operand) => arithmetic(Operator::Divide, self.number(operand)?, Decimal::ONE_HUNDRED)?,
            Expression::Operations(operations) => {
                let mut left = self.value(&operations.first)?;
                for (operator, operand) in &operations.rest {
                    left = apply(*operator, &left, &self.value(operand)?)?;
                }
                left
            }
            Expression::Call(function, arguments) => self.call(*function, arguments)?,
        })
    }

    fn number(&mut self, expression: &Expression) -> Outcome<Decimal> {
        self.value(expression)?.number()
    }

    /// The value of a cell that is not blank.
    fn cell(&mut self, cell: &RawCell, position: Position) -> Outcome<Value> {
        match cell {
            RawCell::Number(number) | RawCell::Rate(number) | RawCell::Duration(number) => {
                number::of_f64(number.value).map(Value::Number).ok_or(Stop::NoResult)
            }
            RawCell::Text(text) => Ok(Value::Text(Arc::clone(text))),
            RawCell::Flag(flag) => Ok(Value::Flag(*flag)),
            RawCell::Formula(_) => match self.states.get(&position) {
                Some(State::Done(value)) => value.clone().ok_or(Stop::NoResult),
                Some(State::UnderWay) | None => {
                    self.awaited.push(position);
                    Err(Stop::Awaits)
                }
            },
            // Of a day the time is not kept.
            _ => Err(Stop::NoResult),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Expression]) -> Outcome<Value> {
        match (function, arguments) {
            (Function::If, [condition, yes, rest @ ..]) => match (self.value(condition)?.is_true()?, rest) {
                (true, [] | [_]) => self.value(yes),
                (false, [no]) => self.value(no),
                // Without a third argument programs show FALSE.
                _ => Err(Stop::NoResult),
            },
            (Function::Round, [number, places]) => {
                let places = u32::try_from(self.number(places)?).ok().filter(|places| *places <= 15);
                let places = places.ok_or(Stop::NoResult)?;
                let number = significant(self.number(number)?)?;
                Ok(Value::Number(number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)))
            }
            (Function::If | Function::Round, _) => Err(Stop::NoResult),
            _ => self.numbers(arguments)?.result(function),
        }
    }

    /// The numbers of a function's arguments; blank cells are none.
    fn numbers(&mut self, arguments: &[Expression]) -> Outcome<Numbers> {
        let mut numbers = Numbers::default();
        for argument in arguments {
            match argument {
                Expression::Range(range) => self.add_range(*range, &mut numbers)?,
                Expression::Cell(position) => {
                    self.add_range(CellRange { first: *position, last: *position }, &mut numbers)?;
                }
                argument => numbers.add(self.number(argument)?)?,
            }
        }
        Ok(numbers)
    }

    /// Adds the numbers of a range, whose stored cells alone are visited. All formulas that it awaits are noted at
    /// once, so that a range is visited at most twice.
    fn add_range(&mut self, range: CellRange, numbers: &mut Numbers) -> Outcome<()> {
        let sheet = self.sheet;
        let mut awaits = false;
        let start = sheet.rows.partition_point(|row| row.row < range.first.0);
        for row in sheet.rows[start..].iter().take_while(|row| row.row <= range.last.0) {
            self.step(1)?;
            let start = row.cells.partition_point(|(col, _)| *col < range.first.1);
            for (col, cell) in row.cells[start..].iter().take_while(|(col, _)| *col <= range.last.1) {
                self.step(1)?;
                match self.cell(cell, (row.row, *col)) {
                    Ok(Value::Number(number)) => numbers.add(number)?,
                    // An empty text as the result of a formula.
                    Ok(Value::Text(text)) if text.is_empty() => {}
                    Err(Stop::Awaits) => awaits = true,
                    Ok(_) | Err(Stop::NoResult) => return Err(Stop::NoResult),
                }
            }
        }
        if awaits { Err(Stop::Awaits) } else { Ok(()) }
    }
}
