//! Formulas that cells share (ECMA-376 part 1, 18.3.1.40): the first cell has the text, the others its number.

use std::collections::HashMap;

use super::super::formula;
use super::cell::XmlCell;

/// The shared formulas of a sheet, by their numbers.
#[derive(Debug, Default)]
pub(super) struct SharedFormulas(HashMap<u32, FirstCell>);

/// The cell that has the text of a shared formula.
#[derive(Debug)]
struct FirstCell {
    row: u32,
    col: u32,
    formula: String,
}

impl SharedFormulas {
    /// Keeps the formula of a cell that has the text of a shared one, and gives its own text to a cell that needs it to be
    /// computed.
    pub(super) fn apply(&mut self, cell: &mut XmlCell) {
        let Some(number) = cell.shared_formula else { return };
        if !cell.formula.is_empty() {
            self.0.insert(number, FirstCell { row: cell.row, col: cell.col, formula: cell.formula.clone() });
        } else if matches!(cell.value.trim(), "" | "0") {
            let Some(first) = self.0.get(&number) else { return };
            let rows = i64::from(cell.row) - i64::from(first.row);
            let columns = i64::from(cell.col) - i64::from(first.col);
            cell.formula = formula::moved(&first.formula, rows, columns).unwrap_or_default();
        }
    }
}
