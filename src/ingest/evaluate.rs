//! Results of formulas that a file does not store, or stores as 0 because its writer does not compute.
//!
//! Input: a sheet. Output: the same sheet, in which a formula is a cell only where its result is not known.

use super::raw_cell::RawCell;
use super::raw_sheet::RawSheet;

/// Resolves the formulas of a sheet: a stored 0 counts unless the workbook says that its results are to be computed.
pub(super) fn evaluate(sheet: &mut RawSheet) {
    if sheet.recalculates {
        return;
    }
    for (_, cell) in sheet.rows.iter_mut().flat_map(|row| &mut row.cells) {
        if let RawCell::Formula(formula) = cell
            && let Some(zero) = formula.stored_zero.take()
        {
            *cell = *zero;
        }
    }
}
