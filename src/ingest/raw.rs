//! A workbook as its file tells it, before anyone asks what it means.

use std::sync::Arc;

use jiff::civil::Date;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    /// Text, as stored; the same text in many cells is held once where the file holds it once.
    Text(Arc<str>),
    /// A number.
    Number(f64),
    /// A day, from a cell formatted as one.
    Date(Date),
    /// A truth value.
    Flag(bool),
    /// An error value, such as `#REF!`.
    Error(String),
    /// A formula whose result was never stored; the formula.
    Formula(String),
}

impl Raw {
    /// Whether nobody would see anything in the cell.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.chars().all(|c| c.is_whitespace() || c == '\u{feff}'))
    }

    /// The cell as a person reads it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            Self::Error(text) => text.clone(),
            Self::Formula(formula) => format!("={formula}"),
            Self::Number(number) => number.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Flag(flag) => (if *flag { "是" } else { "否" }).to_owned(),
        }
    }
}

/// A row's cells, by column, ascending; blank cells are absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawRow {
    /// The row's number, from 0, in the file's own coordinates.
    pub row: u32,
    /// Column (from 0) and content.
    pub cells: Vec<(u32, Raw)>,
}

impl RawRow {
    /// The cell in column `col`.
    pub fn get(&self, col: u32) -> Option<&Raw> {
        self.cells.binary_search_by_key(&col, |(c, _)| *c).ok().map(|at| &self.cells[at].1)
    }
}

/// A merged range, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Row and column of the first cell, the one that holds the content.
    pub first: (u32, u32),
    /// Row and column of the last cell.
    pub last: (u32, u32),
}

/// The merged ranges of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merges {
    /// By their first rows, ascending.
    list: Vec<Merge>,
    /// Rows of the tallest, less one.
    tallest: u32,
}

impl Merges {
    /// The ranges, in any order.
    pub fn new(mut list: Vec<Merge>) -> Self {
        list.sort_by_key(|merge| merge.first);
        let tallest = list.iter().map(|merge| merge.last.0.saturating_sub(merge.first.0)).max().unwrap_or(0);
        Self { list, tallest }
    }

    /// The ranges, by their first rows.
    pub fn iter(&self) -> impl Iterator<Item = &Merge> {
        self.list.iter()
    }

    /// The ranges that reach over row `row`.
    pub fn over(&self, row: u32) -> impl Iterator<Item = &Merge> {
        let from = self.list.partition_point(|merge| merge.first.0 < row.saturating_sub(self.tallest));
        self.list[from..].iter().take_while(move |merge| merge.first.0 <= row).filter(move |merge| row <= merge.last.0)
    }
}

/// A sheet: only what is filled in, whatever extent the file claims.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawSheet {
    /// Its name; empty for a text file.
    pub name: String,
    /// Whether the workbook hides it.
    pub hidden: bool,
    /// Its non-blank rows, ascending.
    pub rows: Vec<RawRow>,
    /// Its merged ranges; `None` when the format's reader does not tell them.
    pub merges: Option<Merges>,
    /// Rows that the workbook hides.
    pub hidden_rows: Vec<u32>,
    /// Whether its day numbers count from 1904.
    pub epoch_1904: bool,
}

impl RawSheet {
    /// The row numbered `row`, when anything stands in it.
    pub fn row(&self, row: u32) -> Option<&RawRow> {
        self.rows.binary_search_by_key(&row, |r| r.row).ok().map(|at| &self.rows[at])
    }

    /// The cell at `row`, `col`, when anything stands in it.
    pub fn get(&self, row: u32, col: u32) -> Option<&Raw> {
        self.row(row)?.get(col)
    }

    /// The first cell of the merged range that covers `row`, `col`.
    pub fn anchor(&self, row: u32, col: u32) -> Option<(u32, u32)> {
        self.merges.as_ref()?.over(row).find(|merge| (merge.first.1..=merge.last.1).contains(&col)).map(|m| m.first)
    }

    /// Adds a row; rows come in order, but for odd files.
    pub fn push_row(&mut self, row: RawRow) {
        if self.rows.last().is_none_or(|last| last.row < row.row) {
            self.rows.push(row);
            return;
        }
        for (col, raw) in row.cells {
            self.push(row.row, col, raw);
        }
    }

    /// Adds a cell; cells may come in any order, a blank one is dropped.
    pub fn push(&mut self, row: u32, col: u32, raw: Raw) {
        if raw.is_blank() {
            return;
        }
        // Files give their cells in order, but for odd ones.
        match self.rows.last_mut() {
            Some(last) if last.row == row && last.cells.last().is_some_and(|(before, _)| *before < col) => {
                last.cells.push((col, raw));
                return;
            }
            Some(last) if last.row >= row => {}
            last => {
                // The next row is most often as wide as the last.
                let mut cells = Vec::with_capacity(last.map_or(8, |last| last.cells.len()));
                cells.push((col, raw));
                self.rows.push(RawRow { row, cells });
                return;
            }
        }
        match self.rows.binary_search_by_key(&row, |r| r.row) {
            Ok(at) => {
                let cells = &mut self.rows[at].cells;
                match cells.binary_search_by_key(&col, |(c, _)| *c) {
                    Ok(same) => cells[same].1 = raw,
                    Err(free) => cells.insert(free, (col, raw)),
                }
            }
            Err(at) => self.rows.insert(at, RawRow { row, cells: vec![(col, raw)] }),
        }
    }
}

/// A piece of a file's sheets, in the order in which a reader meets them.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// A sheet, without its rows.
    Sheet(RawSheet),
    /// A row of the last sheet.
    Row(RawRow),
    /// What is only known at the end of a sheet; which sheet, from 0.
    Facts(usize, Facts),
}

/// What a sheet's markup tells beside its cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Hidden rows, from 0.
    pub hidden_rows: Vec<u32>,
    /// Merged ranges.
    pub merges: Vec<Merge>,
    /// Formulas whose results were never stored, with their cells.
    pub formulas: Vec<((u32, u32), String)>,
}

/// Puts a piece where it belongs.
pub fn collect(sheets: &mut Vec<RawSheet>, piece: Piece) {
    match piece {
        Piece::Sheet(sheet) => sheets.push(sheet),
        Piece::Row(row) => {
            if let Some(sheet) = sheets.last_mut() {
                sheet.push_row(row);
            }
        }
        Piece::Facts(at, facts) => {
            let Some(sheet) = sheets.get_mut(at) else { return };
            sheet.hidden_rows = facts.hidden_rows;
            sheet.merges = Some(Merges::new(facts.merges));
            for ((row, col), formula) in facts.formulas {
                sheet.push(row, col, Raw::Formula(formula));
            }
        }
    }
}
