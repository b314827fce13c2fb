//! Locations of findings: a cell, a range of cells, a sheet, a file, a line of a template or of the settings, a branch.

use std::fmt::{self, Write};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A sheet of a ledger file. Cells share it by reference counting.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SheetRef {
    /// The file's path below the input folder, with `/` as separator on every system.
    pub file: String,
    /// The sheet's name; empty for text files.
    pub sheet: String,
}

/// A cell, addressed as spreadsheet programs show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellRef {
    /// The cell's sheet.
    pub source: Arc<SheetRef>,
    /// The row on the sheet, from 0; people see it from 1.
    pub row: u32,
    /// The column, from 0.
    pub col: u32,
}

impl CellRef {
    /// The address in A1 form, such as `AB12`.
    pub fn a1(&self) -> String {
        let mut address = String::with_capacity(16);
        // Writing into a string does not fail.
        let _ = write_address(&mut address, CellPosition { row: self.row, col: self.col });
        address
    }
}

/// Where a cell is on its sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CellPosition {
    /// The row, from 0.
    pub row: u32,
    /// The column, from 0.
    pub col: u32,
}

/// The letters of a column, counted from 0: `A`, …, `Z`, `AA`, ….
pub fn column_letters(col: u32) -> String {
    let mut letters = String::new();
    // Writing into a string does not fail.
    let _ = write_letters(&mut letters, col);
    letters
}

/// Writes the A1 address of a cell.
///
/// # Errors
/// When `out` cannot be written to; a `String` always can.
pub fn write_address(out: &mut impl Write, cell: CellPosition) -> fmt::Result {
    write_letters(out, cell.col)?;
    out.write_str(itoa::Buffer::new().format(u64::from(cell.row) + 1))
}

fn write_letters(out: &mut impl Write, col: u32) -> fmt::Result {
    if let Some(higher) = (col / 26).checked_sub(1) {
        write_letters(out, higher)?;
    }
    out.write_char(char::from(b'A' + (col % 26) as u8))
}

/// The location of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A cell of a ledger.
    Cell(CellRef),
    /// Several cells of a ledger.
    Range {
        /// The top left cell.
        first: CellRef,
        /// The bottom right cell, on the same sheet.
        last: CellPosition,
    },
    /// A whole sheet.
    Sheet(Arc<SheetRef>),
    /// A file as a whole.
    File(String),
    /// A line (from 1) of a template or of the settings.
    Line {
        /// The file's path as the user gave it, or its name.
        file: String,
        /// The line, from 1.
        line: usize,
    },
    /// A branch as a whole; its name is in the finding's `branch`.
    Branch,
}

impl Location {
    /// The cells from `first` to `last` on its sheet; a single cell is no range.
    pub fn range(first: CellRef, last: CellPosition) -> Self {
        if (first.row, first.col) == (last.row, last.col) { Self::Cell(first) } else { Self::Range { first, last } }
    }

    /// The sheet of cells, ranges and sheets.
    pub fn source(&self) -> Option<&SheetRef> {
        match self {
            Self::Cell(cell) | Self::Range { first: cell, .. } => Some(&cell.source),
            Self::Sheet(source) => Some(source),
            Self::File(_) | Self::Line { .. } | Self::Branch => None,
        }
    }

    /// The address of a cell or a range: `C5`, `C5:C8`.
    pub fn address(&self) -> Option<String> {
        match self {
            Self::Cell(cell) => Some(cell.a1()),
            Self::Range { first, last } => {
                let mut address = first.a1();
                address.push(':');
                let _ = write_address(&mut address, *last);
                Some(address)
            }
            Self::Sheet(_) | Self::File(_) | Self::Line { .. } | Self::Branch => None,
        }
    }

    /// The file of everything but a branch; findings are grouped by it.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::File(file) | Self::Line { file, .. } => Some(file),
            _ => self.source().map(|source| source.file.as_str()),
        }
    }
}

impl SheetRef {
    /// Writes file and sheet: 在线学习.xlsx［一月］.
    ///
    /// # Errors
    /// When `out` cannot be written to; a `String` always can.
    pub fn write_name(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str(&self.file)?;
        if self.sheet.is_empty() {
            return Ok(());
        }
        out.write_char('［')?;
        out.write_str(&self.sheet)?;
        out.write_char('］')
    }
}

impl fmt::Display for SheetRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_name(f)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cell(CellRef { source, .. }) | Self::Range { first: CellRef { source, .. }, .. } => {
                write!(f, "{source} {}", self.address().unwrap_or_default())
            }
            Self::Sheet(source) => write!(f, "{source}"),
            Self::File(file) => write!(f, "{file}"),
            Self::Line { file, line } => write!(f, "{file} 第{line}行"),
            Self::Branch => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{CellPosition, CellRef, Location, SheetRef, column_letters};

    #[test]
    fn a_range_is_named_by_its_ends_and_one_cell_is_no_range() {
        let source = Arc::new(SheetRef { file: "学习.xlsx".to_owned(), sheet: "在线学习".to_owned() });
        let first = CellRef { source, row: 4, col: 2 };
        assert_eq!(
            Location::range(first.clone(), CellPosition { row: 7, col: 27 }).to_string(),
            "学习.xlsx［在线学习］ C5:AB8"
        );
        assert_eq!(Location::range(first.clone(), CellPosition { row: 4, col: 2 }), Location::Cell(first));
    }

    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        let named = [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")];
        for (col, letters) in named {
            assert_eq!(column_letters(col), letters);
        }
    }
}
