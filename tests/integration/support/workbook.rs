//! Writes `.xlsx` workbooks from a specification.

use std::io::{Cursor, Read, Write};

use rust_xlsxwriter::{Format, Formula, Image, Table, TableColumn, Workbook, Worksheet, XlsxError};
use serde_json::Value;
use zicha::ingest::read_twice;

use super::LIMITS;

/// Keys that only `tests/tools/workbook.py` understands.
const FOREIGN: [&str; 9] =
    ["bomb", "convert", "epoch_1904", "password", "patch", "repeat_part", "replace", "strings", "truncate"];

/// A picture of one black dot.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";

/// A workbook with the sheets of a specification:
/// `{"sheets": [{"name", "rows": [[…]], "at": "C5", "merge": ["A1:C1"], "formats": {"D": "0%"}, "hidden": true,
/// "hidden_rows": [4], "hidden_columns": ["C"], "pictures": ["D3"], "table": "A1:D4"}]}`.
/// A table has the first row as its header and the last as its totals. A cell `{"date": "2018-10-05"}` is a day,
/// `{"struck": "3", "rest": "8"}` a text of which a part is struck out, `{"formula": "1+1", "result": "0"}` a formula
/// with the result that the file stores.
pub(crate) fn workbook(spec: &Value) -> Vec<u8> {
    for key in FOREIGN {
        assert!(spec.get(key).is_none(), "{key}: foreign_workbook makes such files");
    }
    let mut book = Workbook::new();
    for plan in spec["sheets"].as_array().expect("sheets") {
        fill(book.add_worksheet(), plan).expect("a sheet");
    }
    book.save_to_buffer().expect("a workbook")
}

/// The workbook with a text of its first sheet's part replaced: what no program writes.
pub(super) fn patched(package: &[u8], from: &str, to: &str) -> Vec<u8> {
    const SHEET: &str = "xl/worksheets/sheet1.xml";
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).expect("a package");
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).expect("a part");
        let is_sheet = part.name().expect("a name") == SHEET;
        if !is_sheet {
            out.raw_copy_file(part).expect("copied");
        }
    }
    let mut xml = String::new();
    archive.by_name(SHEET).expect("a sheet").read_to_string(&mut xml).expect("text");
    assert!(xml.contains(from), "{from} in {xml}");
    out.start_file(SHEET, zip::write::SimpleFileOptions::default()).expect("started");
    out.write_all(xml.replace(from, to).as_bytes()).expect("written");
    out.finish().expect("a package").into_inner()
}

/// Reads a file with both readers of its format, which must say the same; whether it is no file that is refused. A
/// format with one reader is no matter of this.
pub(crate) fn assert_read_alike(name: &str, bytes: &[u8]) -> bool {
    let Ok((_, second_reading)) = read_twice(bytes, &LIMITS) else { return false };
    let differences: Vec<_> = second_reading.sheets.iter().flatten().collect();
    assert!(differences.is_empty(), "{name}: {differences:?}");
    true
}

fn fill(sheet: &mut Worksheet, plan: &Value) -> Result<(), XlsxError> {
    sheet.set_name(plan["name"].as_str().unwrap_or("Sheet1"))?;
    let (top, left) = address(plan["at"].as_str().unwrap_or("A1"));
    let format = |col: u16| {
        let formats = plan["formats"].as_object();
        let of_column = formats.and_then(|formats| formats.iter().find(|(letters, _)| column(letters) == col));
        of_column.map(|(_, format)| Format::new().set_num_format(format.as_str().expect("a number format")))
    };
    for area in plan["merge"].as_array().into_iter().flatten() {
        let (first, last) = area.as_str().and_then(|area| area.split_once(':')).expect("a range");
        let ((top, left), (bottom, right)) = (address(first), address(last));
        sheet.merge_range(top, left, bottom, right, "", &Format::new())?;
    }
    for (row, cells) in (top..).zip(plan["rows"].as_array().expect("rows")) {
        for (col, cell) in (left..).zip(cells.as_array().expect("cells")) {
            write(sheet, (row, col), cell, format(col))?;
        }
    }
    for at in plan["pictures"].as_array().into_iter().flatten() {
        let (row, col) = address(at.as_str().expect("an address"));
        sheet.insert_image(row, col, &Image::new_from_buffer(PICTURE)?)?;
    }
    if let Some((first, last)) = plan["table"].as_str().and_then(|range| range.split_once(':')) {
        let ((top, left), (bottom, right)) = (address(first), address(last));
        let headers = plan["rows"][0].as_array().into_iter().flatten().filter_map(Value::as_str);
        let columns: Vec<_> = headers.map(|header| TableColumn::new().set_header(header)).collect();
        sheet.add_table(top, left, bottom, right, &Table::new().set_columns(&columns).set_total_row(true))?;
    }
    for row in plan["hidden_rows"].as_array().into_iter().flatten() {
        sheet.set_row_hidden(row.as_u64().expect("a row") as u32 - 1)?;
    }
    for letters in plan["hidden_columns"].as_array().into_iter().flatten() {
        sheet.set_column_hidden(column(letters.as_str().expect("a column")))?;
    }
    if plan["hidden"] == true {
        sheet.set_hidden(true);
    }
    Ok(())
}

fn write(sheet: &mut Worksheet, at: (u32, u16), cell: &Value, format: Option<Format>) -> Result<(), XlsxError> {
    let (row, col) = at;
    let format = format.unwrap_or_default();
    match cell {
        Value::Null => {}
        Value::Bool(flag) => drop(sheet.write_boolean_with_format(row, col, *flag, &format)?),
        Value::Number(number) => {
            sheet.write_number_with_format(row, col, number.as_f64().expect("a number"), &format)?;
        }
        Value::String(text) => drop(sheet.write_string_with_format(row, col, text, &format)?),
        Value::Object(cell) if cell.contains_key("struck") => {
            let text = |key: &str| cell.get(key).and_then(Value::as_str).unwrap_or_default();
            let struck = Format::new().set_font_strikethrough();
            if text("rest").is_empty() {
                sheet.write_string_with_format(row, col, text("struck"), &struck)?;
            } else {
                sheet.write_rich_string(row, col, &[(&struck, text("struck")), (&Format::new(), text("rest"))])?;
            }
        }
        Value::Object(cell) if cell.contains_key("result") => {
            let text = |key: &str| cell.get(key).and_then(Value::as_str).unwrap_or_default();
            let formula = Formula::new(text("formula")).set_result(text("result"));
            sheet.write_formula_with_format(row, col, formula, &format)?;
        }
        Value::Object(cell) => {
            let date = cell.get("date").and_then(Value::as_str);
            let date = date.unwrap_or_else(|| panic!("{cell:?}: foreign_workbook makes such cells"));
            let date = rust_xlsxwriter::ExcelDateTime::parse_from_str(date)?;
            sheet.write_datetime_with_format(row, col, &date, &Format::new().set_num_format("yyyy-mm-dd"))?;
        }
        Value::Array(_) => panic!("{cell}: no cell"),
    }
    Ok(())
}

/// Row and column of an address such as `C5`, from 0.
fn address(a1: &str) -> (u32, u16) {
    let digits = a1.find(|sign: char| sign.is_ascii_digit()).expect("a row");
    (a1[digits..].parse::<u32>().expect("a row") - 1, column(&a1[..digits]))
}

/// The number of a column such as `AB`, from 0.
fn column(letters: &str) -> u16 {
    letters.bytes().fold(0, |number, letter| number * 26 + u16::from(letter - b'A') + 1) - 1
}
