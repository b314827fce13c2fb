//! 归档文件目录.xlsx: the catalogue of one archive package or of several, a row each, with the columns of DA/T 22—2015.

use rust_xlsxwriter::FormatAlign;

use super::style::{
    WorkbookError, cell_format, cell_text, header_format, new_workbook, save, set_up_page, write_title,
};

/// The columns' widths in characters.
const WIDTHS: [f64; 9] = [6.0, 32.0, 14.0, 22.0, 44.0, 11.0, 8.0, 7.0, 30.0];

/// The catalogue as a workbook's bytes: a header of `columns` and the rows.
///
/// # Errors
/// On a fault of rust_xlsxwriter.
pub(crate) fn archive_catalogue(columns: &[&str; 9], rows: &[[String; 9]]) -> Result<Vec<u8>, WorkbookError> {
    let name = "归档文件目录";
    let mut book = new_workbook(name)?;
    let sheet = book.add_worksheet().set_name(name)?;
    write_title(sheet, name, columns.len() as u16 - 1)?;
    for (at, label) in columns.iter().enumerate() {
        let col = at as u16;
        sheet.write_with_format(1, col, *label, &header_format())?.set_column_width(col, WIDTHS[at])?;
    }
    // Numbers of a catalogue are identifiers: text, aligned left.
    let format = cell_format().set_align(FormatAlign::Left);
    for (row, line) in rows.iter().zip(2..) {
        for (value, col) in row.iter().zip(0..) {
            sheet.write_with_format(line, col, cell_text(value), &format)?;
        }
    }
    set_up_page(sheet);
    save(&mut book)
}
