//! Nil reports (零报告): rows by which a branch says that it has nothing to report in a ledger. They are no data.

use super::cell::{CellFault, CellValue};
use super::normalize::fold;
use super::row::Row;
use crate::notice::{ColumnType, Ledger};

/// Takes the nil reports out of the rows of a ledger.
pub(super) fn take(rows: &mut Vec<Row>, ledger: &Ledger) -> Vec<Row> {
    if !ledger.allows_nil_reports() || !rows.iter().any(|row| is_nil_report(row, ledger)) {
        return Vec::new();
    }
    let (nil_reports, data) = std::mem::take(rows).into_iter().partition(|row| is_nil_report(row, ledger));
    *rows = data;
    nil_reports
}

/// Whether a row says 无 and nothing else; numbers may be 0.
fn is_nil_report(row: &Row, ledger: &Ledger) -> bool {
    let mut says_nil = false;
    for (column, cell) in ledger.columns.values().zip(row.cells()) {
        if matches!(column.kind, ColumnType::Branch | ColumnType::Serial) {
            continue;
        }
        match cell.map_or(CellValue::Missing, |cell| cell.value) {
            CellValue::Missing => {}
            CellValue::Number(number) if number.is_zero() => {}
            CellValue::Text(text) | CellValue::Unusable(CellFault::WrongType, text) if is_word(text, ledger) => {
                says_nil = true
            }
            _ => return false,
        }
    }
    says_nil
}

fn is_word(text: &str, ledger: &Ledger) -> bool {
    let text = fold(text);
    ledger.nil_words().any(|word| fold(word) == text)
}
