//! Faults that calamine met and mended, by the numbers of its issues and pull requests: small inputs of our own with
//! what both readers must say.

mod ods;
mod xlsx;

use std::io::{Cursor, Write};

use super::limits::ReadLimits;
use super::open::read_twice;
use super::raw_cell::RawCell;
use super::raw_sheet::RawSheet;

const LIMITS: ReadLimits =
    ReadLimits { file: 1 << 20, unpacked: 1 << 22, memory: 1 << 30, seconds: 5, cells: 9_999, text: 99_999 };

fn package<'c>(parts: impl Iterator<Item = (String, &'c str)>) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        package.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        package.write_all(content.as_bytes()).unwrap();
    }
    package.finish().unwrap().into_inner()
}

/// Each cell as the cases give it.
fn cells(sheets: &[RawSheet]) -> Vec<String> {
    let mut cells = Vec::new();
    for (number, sheet) in (1..).zip(sheets) {
        let prefix = if number == 1 { String::new() } else { format!("{number}!") };
        for row in &sheet.rows {
            for (col, cell) in &row.cells {
                let letters = crate::diagnostics::column_letters(*col);
                cells.push(format!("{prefix}{letters}{} {} {}", row.row + 1, kind(cell), cell.to_text()));
            }
        }
    }
    cells
}

fn kind(cell: &RawCell) -> &'static str {
    match cell {
        RawCell::Text(_) => "text",
        RawCell::Number(_) => "number",
        RawCell::Rate(_) => "rate",
        RawCell::Date(_) => "date",
        RawCell::PartialDate(_) => "month",
        RawCell::Duration(_) => "duration",
        RawCell::Flag(_) => "flag",
        RawCell::Error(_) => "error",
        RawCell::Formula(_) => "formula",
        RawCell::Computed(_) => "computed",
        RawCell::StruckOut(_) => "struck",
        RawCell::Picture(_) => "picture",
    }
}

/// Reads a file twice; what differs from the cells expected, and between the readers.
fn faults(issue: &str, file: &[u8], expected: &[&str]) -> Option<String> {
    let (sheets, second_reading) = match read_twice(file, &LIMITS) {
        Ok(read) => read,
        Err(error) => return Some(format!("{issue}\n  {}", error.reason())),
    };
    let (read, differs) = (
        cells(&sheets),
        second_reading.failure.is_some() || second_reading.sheets.iter().any(|cells| !cells.is_empty()),
    );
    (read != expected || differs)
        .then(|| format!("{issue}\n  read {read:?}\n  expected {expected:?}\n  {second_reading:?}"))
}
