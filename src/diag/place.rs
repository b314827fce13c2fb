//! Where a finding stands: a cell, a line of a template or of the settings, a branch, a file.

use std::fmt;
use std::sync::Arc;

/// A sheet of a ledger file, shared by everything read from it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The file's path below the input folder, with `/` between its parts.
    pub file: String,
    /// The sheet's name; empty for a text file, which has none.
    pub sheet: String,
}

/// A cell, addressed as the spreadsheet program that made the file shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellRef {
    /// The sheet it stands on.
    pub source: Arc<Source>,
    /// The row, from 0.
    pub row: u32,
    /// The column, from 0.
    pub col: u32,
}

impl CellRef {
    /// The address in A1 form, such as `AB12`.
    pub fn a1(&self) -> String {
        format!("{}{}", column_letters(self.col), self.row + 1)
    }
}

/// The letters of a column counted from 0: `A`, …, `Z`, `AA`, ….
pub fn column_letters(col: u32) -> String {
    let mut n = u64::from(col) + 1;
    let mut letters = Vec::new();
    while n > 0 {
        n -= 1;
        letters.push(b'A' + (n % 26) as u8);
        n /= 26;
    }
    letters.reverse();
    String::from_utf8_lossy(&letters).into_owned()
}

/// Where a finding stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A cell of a ledger.
    Cell(CellRef),
    /// A whole sheet.
    Sheet(Arc<Source>),
    /// A file as a whole.
    File(String),
    /// A line (from 1) of a template or of the settings.
    Line {
        /// The file's name.
        file: String,
        /// The line, from 1.
        line: usize,
    },
    /// A branch as a whole; its name stands in the finding.
    Branch,
}

impl Place {
    /// The file the place belongs to, when it has one: findings are grouped by it.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Cell(cell) => Some(&cell.source.file),
            Self::Sheet(source) => Some(&source.file),
            Self::File(file) | Self::Line { file, .. } => Some(file),
            Self::Branch => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sheet.is_empty() { write!(f, "{}", self.file) } else { write!(f, "{}［{}］", self.file, self.sheet) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cell(cell) => write!(f, "{} {}", cell.source, cell.a1()),
            Self::Sheet(source) => write!(f, "{source}"),
            Self::File(file) => write!(f, "{file}"),
            Self::Line { file, line } => write!(f, "{file} 第{line}行"),
            Self::Branch => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::column_letters;

    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        let named = [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")];
        for (col, letters) in named {
            assert_eq!(column_letters(col), letters);
        }
    }
}
