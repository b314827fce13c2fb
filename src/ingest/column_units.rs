//! Units of columns: by the remark in a column's header (金额（元）), by a row of units below the header, or by a note
//! above or below the table (单位：元).
//!
//! Input: a sheet, the header of its table, the ledger. Output: for each column, how many of its units a number without
//! a unit counts.

use rust_decimal::Decimal;

use super::header::{Header, HeaderRemark};
use super::normalize::fold;
use super::raw_cell::RawCell;
use super::raw_sheet::{RawRow, RawSheet};
use super::unit::{self, Conversion};
use super::unit_note;
use crate::notice::{Column, ColumnType, Ledger};

/// Cells of the widest row below a header that may be a note.
const NOTE_CELLS: usize = 2;

/// For each column, how many of its units a number without a unit counts; `None` when its unit does not convert.
pub(super) fn factors(raw: &RawSheet, header: &Header, ledger: &Ledger) -> Vec<Option<Decimal>> {
    let notes = notes(raw, header);
    let with_unit = || ledger.columns.values().filter(|column| column.unit.is_some());
    // A note that no column can use is about a column all the same, but for one of money, which says nothing of people.
    let is_unused =
        |note: &&String| !unit::is_money(note) && !with_unit().any(|column| factor_of(note, column).is_some());
    let unused: Vec<&String> = notes.iter().filter(is_unused).collect();
    let factor = |(remark, column): (&Option<HeaderRemark>, &Column)| {
        if column.unit.is_none() {
            return Some(Decimal::ONE);
        }
        if let Some(HeaderRemark { text, is_in_settings }) = remark {
            let units = unit_note::remark_units(text);
            if let Some(factor) = units.iter().find_map(|unit| factor_of(unit, column)) {
                return Some(factor);
            }
            let is_impossible = |unit: &String| unit::conversion(unit, column) == Conversion::Impossible;
            let is_about_unit = units.iter().any(is_impossible) || unit::may_be_money(text, column);
            if is_about_unit && !is_in_settings {
                return None;
            }
        }
        if unused.iter().any(|note| unit::conversion(note, column) == Conversion::Impossible) {
            return None;
        }
        Some(notes.iter().find_map(|note| factor_of(note, column)).unwrap_or(Decimal::ONE))
    };
    header.remarks.iter().zip(ledger.columns.values()).map(factor).collect()
}

/// How many of a column's units one of a unit is, when it converts.
fn factor_of(unit: &str, column: &Column) -> Option<Decimal> {
    match unit::conversion(unit, column) {
        Conversion::Factor(factor) => Some(factor),
        Conversion::Impossible | Conversion::NoUnit => None,
    }
}

/// The units that notes name: above the header in any way, in its upper lines and below it with a label (单位：元).
fn notes(raw: &RawSheet, header: &Header) -> Vec<String> {
    let line = |row: &RawRow| row.cells.iter().map(|(_, cell)| cell.to_text()).collect::<Vec<_>>().join(" ");
    let mut notes = Vec::new();
    for row in &raw.rows {
        if row.row < header.first_row {
            notes.extend(unit_note::named_units(&line(row)));
        } else if row.row < header.last_row || row.row > header.last_row && row.cells.len() <= NOTE_CELLS {
            let texts =
                row.cells.iter().filter(|(_, cell)| matches!(cell, RawCell::Text(text) if text.contains("单位")));
            notes.extend(texts.flat_map(|(_, cell)| unit_note::labelled_units(&cell.to_text())));
        }
    }
    notes
}

/// Takes the row below a header for its last line when it has nothing but units: 人, （学时）.
pub(super) fn take_unit_row(raw: &RawSheet, header: &mut Header, ledger: &Ledger) {
    let below = raw.rows.partition_point(|row| row.row <= header.last_row);
    let Some(row) = raw.rows.get(below) else { return };
    let mut units = Vec::new();
    for (col, cell) in &row.cells {
        let RawCell::Text(text) = cell else { return };
        let folded = fold(text);
        let bare = folded.trim_matches(['(', ')', '[', ']', '【', '】']).trim_start_matches("单位:");
        let index = header.columns.iter().position(|own| own == &Some(*col));
        let column = index.and_then(|index| Some((index, ledger.columns.get_index(index)?.1)));
        match column {
            Some((index, column)) if is_unit_of(bare, column) => units.push((index, bare.to_owned())),
            _ if matches!(bare, "单位" | "计量单位" | "-" | "—" | "/") => {}
            _ => return,
        }
    }
    if units.is_empty() {
        return;
    }
    header.last_row = row.row;
    for (index, text) in units {
        header.parts[index] = header.parts[index].or(unit_note::parts(&text));
        header.remarks[index] = Some(HeaderRemark { text, is_in_settings: false });
    }
}

/// Whether a text is a unit of numbers, in a column of numbers.
fn is_unit_of(text: &str, column: &Column) -> bool {
    match column.kind {
        ColumnType::Percent => unit_note::parts(text).is_some() && text.chars().count() == 1,
        ColumnType::Integer | ColumnType::Decimal => {
            !text.is_empty() && unit::conversion(text, column) != Conversion::NoUnit
        }
        _ => false,
    }
}
