//! 归档文件目录.xlsx: the row of a package, as DA/T 22-2015 has its columns.

use rust_xlsxwriter::FormatAlign;

use super::{WorkbookError, fitting, header, plain, title, workbook};

/// The columns' widths in characters.
const WIDTHS: [f64; 9] = [6.0, 32.0, 14.0, 22.0, 44.0, 11.0, 8.0, 7.0, 30.0];
/// A4.
const PAPER: u8 = 9;

/// The catalogue as a workbook's bytes.
///
/// # Errors
/// When the program itself fails.
pub fn ledger_list(columns: &[&str; 9], row: &[String; 9]) -> Result<Vec<u8>, WorkbookError> {
    let name = "归档文件目录";
    let mut book = workbook(name)?;
    let sheet = book.add_worksheet().set_name(name)?;
    sheet.merge_range(0, 0, 0, 8, name, &title())?.set_row_height(0, 28)?;
    for ((col, label), (width, value)) in (0..).zip(columns).zip(WIDTHS.iter().zip(row)) {
        sheet.write_with_format(1, col, *label, &header())?.set_column_width(col, *width)?;
        // Numbers of the catalogue are names, not amounts.
        sheet.write_with_format(2, col, fitting(value), &plain().set_align(FormatAlign::Left))?;
    }
    sheet.set_landscape().set_paper_size(PAPER).set_print_fit_to_pages(1, 0);
    Ok(book.save_to_buffer()?)
}
