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
    /// Keeps the formula of a cell that has the text of a shared one, and gives its own text to a cell that needs it to
    /// be computed.
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

#[cfg(test)]
mod tests {
    use super::{SharedFormulas, XmlCell};

    #[test]
    fn cells_that_share_a_formula_have_their_own_text() {
        let mut formulas = SharedFormulas::default();
        let mut text = |row, col, number, formula: &str, value: &str| {
            let mut cell = XmlCell::default();
            (cell.row, cell.col, cell.shared_formula) = (row, col, Some(number));
            (cell.formula, cell.value) = (formula.to_owned(), value.to_owned());
            formulas.apply(&mut cell);
            cell.formula
        };
        assert_eq!(text(1, 4, 4, "C2+$D2", ""), "C2+$D2");
        assert_eq!(text(1, 5, 4, "", "0"), "D2+$D2");
        assert_eq!(text(2, 4, 4, "", ""), "C3+$D3");
        assert_eq!(text(2, 5, 4, "", "7"), "", "a result that is stored is trusted");
        assert_eq!(text(2, 6, 5, "", ""), "", "no cell has the text");
        text(3, 0, 6, "Sheet2!A1", "");
        assert_eq!(text(4, 0, 6, "", ""), "", "not known how it moves");
    }
}
