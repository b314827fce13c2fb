//! A row of data, packed: a department has hundreds of thousands of cells, and most are looked at a few times.
//!
//! A packed row is text. A cell is its kind and, unless the sheet has no such column, the length of the rest: its
//! place, how it was read where that is worth a word, then a text, a number, or a day. All but texts are characters
//! below 128.

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::value::{Notes, Value};
use crate::diag::{CellRef, Source};

/// One cell, at its place in the file (that of the merged range's first cell, when it is merged).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'r> {
    /// The row, from 0.
    pub row: u32,
    /// The column, from 0.
    pub col: u32,
    /// What it says.
    pub value: Value<'r>,
    /// How it was read.
    pub notes: Notes,
}

/// One row of data, its cells in the order of the ledger's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The sheet it stands on.
    pub source: Arc<Source>,
    /// The row, from 0.
    pub row: u32,
    packed: Box<str>,
}

impl Row {
    /// Packs a row: one cell a column of the ledger, `None` where the sheet has no such column.
    pub fn new<'c>(source: Arc<Source>, row: u32, cells: impl Iterator<Item = Option<Cell<'c>>>) -> Self {
        let mut packer = Packer::default();
        packer.begin(row);
        cells.for_each(|cell| packer.cell(cell));
        packer.row(source)
    }

    /// Its cells; `None` where the sheet has no such column.
    pub fn cells(&self) -> impl Iterator<Item = Option<Cell<'_>>> {
        let mut rest = self.unpacker();
        std::iter::from_fn(move || rest.cell())
    }

    /// The columns that its cells stand in, from 0; `None` where the sheet has no such column.
    pub fn columns(&self) -> impl Iterator<Item = Option<u32>> {
        let mut rest = self.unpacker();
        std::iter::from_fn(move || rest.column())
    }

    /// The cell of column `index`, when the sheet has that column.
    pub fn cell(&self, index: usize) -> Option<Cell<'_>> {
        self.unpacker_at(index)?.cell().flatten()
    }

    /// The column that the cell of column `index` stands in, from 0, when the sheet has that column.
    pub fn column(&self, index: usize) -> Option<u32> {
        self.unpacker_at(index)?.column().flatten()
    }

    fn unpacker(&self) -> Unpacker<'_> {
        Unpacker { row: self.row, text: &self.packed, at: 0 }
    }

    /// An unpacker past the first `cells`.
    fn unpacker_at(&self, cells: usize) -> Option<Unpacker<'_>> {
        let mut rest = self.unpacker();
        (0..cells).try_for_each(|_| rest.pass().map(drop))?;
        Some(rest)
    }

    /// The address of the cell of column `index`; of the row's first cell when the sheet has no such column.
    pub fn cell_ref(&self, index: usize) -> CellRef {
        let at = self.cell(index).or_else(|| self.cells().flatten().next());
        let (row, col) = at.map_or((self.row, 0), |cell| (cell.row, cell.col));
        CellRef { source: Arc::clone(&self.source), row, col }
    }

    /// What column `index` says.
    pub fn value(&self, index: usize) -> Value<'_> {
        self.unpacker_at(index).and_then(|mut rest| rest.value()).unwrap_or(Value::Missing)
    }

    /// Whether how some cell was read is worth a word.
    pub fn has_notes(&self) -> bool {
        let mut rest = self.unpacker();
        std::iter::from_fn(|| rest.pass()).any(|head| head & NOTED != 0)
    }

    /// Everything its cells hold, as text that is the same for rows that hold the same at the same places.
    pub fn packed(&self) -> &str {
        &self.packed
    }
}

// Kinds of cells: the lower half of a head.
const ABSENT: u8 = 0;
const MISSING: u8 = 1;
const INVALID: u8 = 2;
const ERROR: u8 = 3;
const FORMULA: u8 = 4;
const TEXT: u8 = 5;
const NUMBER: u8 = 6;
const DATE: u8 = 7;
const NO: u8 = 8;
const YES: u8 = 9;
const KIND: u8 = 15;
/// The cell stands in another row than its data.
const ELSEWHERE: u8 = 16;
/// How the cell was read follows.
const NOTED: u8 = 32;

/// What a year is raised by, so that none is negative.
const YEARS: u32 = 10_000;
/// A negative number, beside its scale of at most 28 digits.
const NEGATIVE: u8 = 32;
/// Another digit follows; each has six bits.
const MORE: u8 = 64;

/// Packs rows, a cell after the other.
#[derive(Default)]
pub struct Packer {
    row: u32,
    cells: String,
    /// What follows kind and length of the cell that is being packed.
    rest: String,
}

impl Packer {
    /// Begins a row that stands there.
    pub fn begin(&mut self, row: u32) {
        self.row = row;
        self.cells.clear();
    }

    /// The row, of the sheet it stands on.
    pub fn row(&self, source: Arc<Source>) -> Row {
        Row { source, row: self.row, packed: self.cells.as_str().into() }
    }

    /// Adds the next column's cell; `None` where the sheet has no such column.
    pub fn cell(&mut self, cell: Option<Cell<'_>>) {
        let Some(Cell { row, col, value, notes }) = cell else { return byte(&mut self.cells, ABSENT) };
        let rest = &mut self.rest;
        rest.clear();
        number(rest, col.into());
        let (elsewhere, noted) = (row != self.row, notes != Notes::default());
        if elsewhere {
            number(rest, row.into());
        }
        if noted {
            pack_notes(rest, &notes);
        }
        let kind = pack_value(rest, value);
        byte(&mut self.cells, kind | if elsewhere { ELSEWHERE } else { 0 } | if noted { NOTED } else { 0 });
        number(&mut self.cells, rest.len() as u128);
        self.cells.push_str(rest);
    }
}

/// Adds a value and gives its kind.
fn pack_value(out: &mut String, value: Value<'_>) -> u8 {
    let (kind, text) = match value {
        Value::Missing => return MISSING,
        Value::Flag(false) => return NO,
        Value::Flag(true) => return YES,
        Value::Invalid(said) => (INVALID, said),
        Value::Error(said) => (ERROR, said),
        Value::Formula(said) => (FORMULA, said),
        Value::Text(said) => (TEXT, said),
        Value::Number(value) => {
            let negative = if value.is_sign_negative() { NEGATIVE } else { 0 };
            byte(out, value.scale() as u8 | negative);
            number(out, value.mantissa().unsigned_abs());
            return NUMBER;
        }
        Value::Date(date) => {
            let year = (i32::from(date.year()) + YEARS as i32).unsigned_abs();
            let (month, day) = (u32::from(date.month().unsigned_abs()), u32::from(date.day().unsigned_abs()));
            number(out, ((year << 4 | month) << 5 | day).into());
            return DATE;
        }
    };
    out.push_str(text);
    kind
}

fn pack_notes(out: &mut String, notes: &Notes) {
    let flags = [notes.doubtful, notes.bare, notes.filled, notes.completed, notes.merged.is_some()];
    byte(out, (0..).zip(flags).map(|(bit, flag)| u8::from(flag) << bit).sum());
    number(out, notes.dropped.into());
    if let Some((row, col)) = notes.merged {
        number(out, row.into());
        number(out, col.into());
    }
}

fn byte(out: &mut String, byte: u8) {
    out.push(char::from(byte));
}

fn number(out: &mut String, mut number: u128) {
    while number >= u128::from(MORE) {
        byte(out, (number % u128::from(MORE)) as u8 | MORE);
        number /= u128::from(MORE);
    }
    byte(out, number as u8);
}

/// Takes a packed row apart. Nothing but a [`Packer`] makes one, so what cannot be read does not occur.
struct Unpacker<'r> {
    row: u32,
    text: &'r str,
    at: usize,
}

impl<'r> Unpacker<'r> {
    /// The next cell; `None` after the last.
    #[inline]
    fn cell(&mut self) -> Option<Option<Cell<'r>>> {
        let head = self.head()?;
        if head == ABSENT {
            return Some(None);
        }
        let end = self.end();
        let col = self.number() as u32;
        let row = if head & ELSEWHERE == 0 { self.row } else { self.number() as u32 };
        let notes = if head & NOTED == 0 { Notes::default() } else { self.notes() };
        let value = self.said(head, end);
        self.at = end;
        Some(Some(Cell { row, col, value, notes }))
    }

    /// What the next cell says, no more; `None` after the last and where the sheet has no such column.
    fn value(&mut self) -> Option<Value<'r>> {
        let head = self.head().filter(|head| *head != ABSENT)?;
        let end = self.end();
        self.number();
        if head & ELSEWHERE != 0 {
            self.number();
        }
        if head & NOTED != 0 {
            self.notes();
        }
        Some(self.said(head, end))
    }

    /// What a cell says, past all that stands before it.
    fn said(&mut self, head: u8, end: usize) -> Value<'r> {
        let text = || self.text.get(self.at..end).unwrap_or_default();
        match head & KIND {
            INVALID => Value::Invalid(text()),
            ERROR => Value::Error(text()),
            FORMULA => Value::Formula(text()),
            TEXT => Value::Text(text()),
            NUMBER => {
                let scale = self.byte();
                let mut number = Decimal::from_i128_with_scale(self.number() as i128, (scale & !NEGATIVE).into());
                number.set_sign_negative(scale & NEGATIVE != 0);
                Value::Number(number)
            }
            DATE => Value::Date(self.date()),
            NO => Value::Flag(false),
            YES => Value::Flag(true),
            _ => Value::Missing,
        }
    }

    /// The next cell's column, passing the rest of it over; `None` after the last.
    fn column(&mut self) -> Option<Option<u32>> {
        if self.head()? == ABSENT {
            return Some(None);
        }
        let end = self.end();
        let col = self.number() as u32;
        self.at = end;
        Some(Some(col))
    }

    /// Passes the next cell over and gives its head; `None` after the last.
    fn pass(&mut self) -> Option<u8> {
        let head = self.head()?;
        if head != ABSENT {
            self.at = self.end();
        }
        Some(head)
    }

    /// The next cell's head, its kind with what else there is of it; `None` after the last.
    fn head(&mut self) -> Option<u8> {
        let head = self.text.as_bytes().get(self.at).copied();
        self.at += 1;
        head
    }

    /// Where the cell ends whose head was read.
    fn end(&mut self) -> usize {
        let length = self.number() as usize;
        self.at + length
    }

    fn date(&mut self) -> Date {
        let packed = self.number() as u32;
        let (year, month, day) = ((packed >> 9) as i32 - YEARS as i32, packed >> 5 & 15, packed & 31);
        Date::new(year as i16, month as i8, day as i8).unwrap_or_default()
    }

    fn notes(&mut self) -> Notes {
        let flags = self.byte();
        let flag = |bit: u8| flags >> bit & 1 == 1;
        let dropped = self.number() as u32;
        let merged = flag(4).then(|| (self.number() as u32, self.number() as u32));
        Notes { dropped, doubtful: flag(0), bare: flag(1), filled: flag(2), completed: flag(3), merged }
    }

    fn byte(&mut self) -> u8 {
        let byte = self.text.as_bytes().get(self.at).copied().unwrap_or_default();
        self.at += 1;
        byte
    }

    fn number(&mut self) -> u128 {
        let first = self.byte();
        // Most have one digit.
        if first & MORE == 0 { first.into() } else { self.long_number(first) }
    }

    fn long_number(&mut self, first: u8) -> u128 {
        let (mut byte, mut number, mut shift) = (first, u128::from(first & !MORE), 0);
        while byte & MORE != 0 && shift < 120 {
            byte = self.byte();
            shift += 6;
            number |= u128::from(byte & !MORE) << shift;
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::Date;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::{Cell, Row};
    use crate::diag::Source;
    use crate::ingest::{Notes, Value};

    /// A cell, but for its text.
    type Plan = (u32, u32, u8, i64, u32, Notes);

    fn cell<'t>((row, col, kind, number, small, notes): Plan, text: &'t str) -> Cell<'t> {
        let value = match kind {
            0 => Value::Missing,
            1 => Value::Invalid(text),
            2 => Value::Error(text),
            3 => Value::Formula(text),
            4 => Value::Text(text),
            5 => Value::Number(Decimal::new(number, small % 29)),
            6 => {
                Value::Date(Date::new((number % 9_999) as i16, (small % 12 + 1) as i8, (small % 28 + 1) as i8).unwrap())
            }
            7 => Value::Number([Decimal::MAX, Decimal::MIN, Decimal::ZERO][small as usize % 3]),
            _ => Value::Flag(number > 0),
        };
        Cell { row, col, value, notes }
    }

    fn notes() -> impl Strategy<Value = Notes> {
        (any::<u32>(), any::<[bool; 4]>(), any::<Option<(u32, u32)>>()).prop_map(
            |(dropped, [doubtful, bare, filled, completed], merged)| Notes {
                dropped,
                doubtful,
                bare,
                filled,
                completed,
                merged,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(
            row in any::<u32>(),
            plans in proptest::collection::vec(
                proptest::option::of((
                    (any::<u32>(), any::<u32>(), 0_u8..9, any::<i64>(), any::<u32>(),
                        prop_oneof![Just(Notes::default()), notes()]),
                    "\\PC{0,70}",
                )),
                0..12,
            ),
        ) {
            let cells: Vec<_> = plans.iter().map(|plan| plan.as_ref().map(|(plan, text)| cell(*plan, text))).collect();
            let source = Arc::new(Source { file: String::new(), sheet: String::new() });
            let packed = Row::new(source, row, cells.iter().copied());
            prop_assert_eq!(packed.cells().collect::<Vec<_>>(), cells.clone());
            for (at, cell) in cells.iter().enumerate() {
                prop_assert_eq!(packed.cell(at), *cell);
                prop_assert_eq!(packed.value(at), cell.map_or(Value::Missing, |cell| cell.value));
                prop_assert_eq!(packed.column(at), cell.map(|cell| cell.col));
            }
            let columns: Vec<_> = cells.iter().map(|cell| cell.map(|cell| cell.col)).collect();
            prop_assert_eq!(packed.columns().collect::<Vec<_>>(), columns);
            let noted = cells.iter().flatten().any(|cell| cell.notes != Notes::default());
            prop_assert_eq!(packed.has_notes(), noted);
        }
    }
}
