//! Sheets as a file stores them, before any column is recognised.
//!
//! Readers of files send sheets, cells and metadata to a [`Sink`]; [`Collector`] is the sink that builds [`RawSheet`]s.
//! Rows and columns are counted from 0. Blank cells are absent.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a cell holds, its number format applied.
#[derive(Clone, Debug, PartialEq)]
pub enum RawCell {
    /// Text, as stored; cells that share a text in the file share the allocation.
    Text(Arc<str>),
    /// A number.
    Number(f64),
    /// A number that its cell shows as a percentage: 0.85 as 85 %.
    Rate(f64),
    /// A date, from a cell formatted as one.
    Date(Date),
    /// A truth value.
    Flag(bool),
    /// An error value, such as `#REF!`.
    Error(Arc<str>),
    /// The formula of a cell whose result was not stored.
    Formula(Arc<str>),
}

impl RawCell {
    /// Whether the cell displays nothing.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if is_blank(text))
    }

    /// The text of the cell, for messages and for matching.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Error(text) => Cow::Borrowed(text),
            Self::Formula(formula) => Cow::Owned(format!("={formula}")),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Rate(number) => Cow::Owned(format!("{}%", (number * 1e12).round() / 1e10)),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "是" } else { "否" }),
        }
    }
}

/// Whether a text displays nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
}

/// A row's cells, by column, ascending; blank cells are absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawRow {
    /// The row's number, from 0, in the file.
    pub row: u32,
    /// Columns (from 0) and contents.
    pub cells: Vec<(u32, RawCell)>,
}

impl RawRow {
    /// The cell in column `col`.
    pub fn get(&self, col: u32) -> Option<&RawCell> {
        self.cells.binary_search_by_key(&col, |(c, _)| *c).ok().map(|at| &self.cells[at].1)
    }
}

/// A merged range of cells, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// Row and column of the first cell, which holds the content.
    pub first: (u32, u32),
    /// Row and column of the last cell.
    pub last: (u32, u32),
}

/// The merged ranges of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merges {
    /// Sorted by first cell.
    list: Vec<Merge>,
    /// The greatest difference between last and first row.
    tallest: u32,
}

impl Merges {
    /// Takes the ranges in any order.
    pub fn new(mut list: Vec<Merge>) -> Self {
        list.sort_by_key(|merge| merge.first);
        let tallest = list.iter().map(|merge| merge.last.0.saturating_sub(merge.first.0)).max().unwrap_or(0);
        Self { list, tallest }
    }

    /// The ranges, sorted by first cell.
    pub fn iter(&self) -> impl Iterator<Item = &Merge> {
        self.list.iter()
    }

    /// The ranges that cover a cell of row `row`.
    pub fn over(&self, row: u32) -> impl Iterator<Item = &Merge> {
        let from = self.list.partition_point(|merge| merge.first.0 < row.saturating_sub(self.tallest));
        self.list[from..].iter().take_while(move |merge| merge.first.0 <= row).filter(move |merge| row <= merge.last.0)
    }
}

/// A sheet. Only non-blank cells are stored; the extent that the file declares is ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawSheet {
    /// Its name; empty for a text file.
    pub name: String,
    /// Whether the workbook hides it.
    pub hidden: bool,
    /// Its non-blank rows, ascending.
    pub rows: Vec<RawRow>,
    /// Its merged ranges; `None` when the format's reader does not read them.
    pub merges: Option<Merges>,
    /// Rows that the workbook hides.
    pub hidden_rows: Vec<RowRange>,
    /// Whether its day numbers count from 1904.
    pub epoch_1904: bool,
}

impl RawSheet {
    /// The row numbered `row`; `None` when it is blank.
    pub fn row(&self, row: u32) -> Option<&RawRow> {
        self.rows.binary_search_by_key(&row, |r| r.row).ok().map(|at| &self.rows[at])
    }

    /// The cell at `row`, `col`; `None` when it is blank.
    pub fn get(&self, row: u32, col: u32) -> Option<&RawCell> {
        self.row(row)?.get(col)
    }

    /// The merged range that covers `row`, `col`.
    pub fn merge(&self, row: u32, col: u32) -> Option<&Merge> {
        self.merges.as_ref()?.over(row).find(|merge| (merge.first.1..=merge.last.1).contains(&col))
    }

    /// The first cell of the merged range that covers `row`, `col`.
    pub fn anchor(&self, row: u32, col: u32) -> Option<(u32, u32)> {
        self.merge(row, col).map(|merge| merge.first)
    }

    /// Adds a cell unless it is blank.
    pub fn push(&mut self, row: u32, col: u32, raw: RawCell) {
        if !raw.is_blank() {
            self.insert(row, col, raw);
        }
    }

    /// Adds a cell that is not blank; cells may come in any order, and the last at a place stays.
    fn insert(&mut self, row: u32, col: u32, raw: RawCell) {
        // Nearly all files hold their cells in order.
        match self.rows.last_mut() {
            Some(last) if last.row == row && last.cells.last().is_some_and(|(before, _)| *before < col) => {
                last.cells.push((col, raw));
                return;
            }
            Some(last) if last.row >= row => {}
            last => {
                // A row is most often as wide as the one before.
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

/// Receives the contents of a file in the order in which its reader meets them.
pub(super) trait Sink {
    /// Starts a sheet; `sheet` has no rows yet.
    fn begin_sheet(&mut self, sheet: RawSheet);
    /// A cell of the last sheet.
    fn cell(&mut self, row: u32, col: u32, raw: RawCell);
    /// A cell of the last sheet whose text other cells share. Shared texts are numbered from 0 in the order of their
    /// first cells, over all sheets.
    fn shared_text(&mut self, row: u32, col: u32, number: u32, text: &str);
    /// What is known only at the end of a sheet; `sheet` is its index.
    fn metadata(&mut self, sheet: usize, metadata: SheetMetadata);
}

/// What a file stores of a sheet apart from the cells that its reader sends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetMetadata {
    /// Hidden rows.
    pub hidden_rows: Vec<RowRange>,
    /// Merged ranges; `None` leaves those that the sheet was started with.
    pub merges: Option<Vec<Merge>>,
    /// Cells that the format's reader passes over.
    pub missed_cells: Vec<PlacedCell>,
}

/// Consecutive rows, both ends included, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowRange {
    /// The first row.
    pub first: u32,
    /// The last row.
    pub last: u32,
}

/// A cell with its row and column, from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedCell {
    /// Its row.
    pub row: u32,
    /// Its column.
    pub col: u32,
    /// What it holds.
    pub content: RawCell,
}

impl SheetMetadata {
    /// Adds hidden rows behind the ones that are there; adjoining rows become one range.
    pub fn hide_rows(&mut self, first: u32, last: u32) {
        match self.hidden_rows.last_mut() {
            Some(range) if range.last.checked_add(1) == Some(first) => range.last = last,
            _ => self.hidden_rows.push(RowRange { first, last }),
        }
    }
}

/// A sink that builds sheets.
#[derive(Debug, Default)]
pub(super) struct Collector {
    /// The sheets so far.
    pub sheets: Vec<RawSheet>,
    /// The shared texts, by their numbers.
    texts: Vec<Arc<str>>,
}

impl Collector {
    /// The shared text with that number.
    pub(super) fn text(&self, number: u32) -> Option<&Arc<str>> {
        self.texts.get(usize::try_from(number).ok()?)
    }

    /// Gives a shared text the next number.
    pub(super) fn add_text(&mut self, text: &str) -> Arc<str> {
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        text
    }
}

impl Sink for Collector {
    fn begin_sheet(&mut self, sheet: RawSheet) {
        self.sheets.push(sheet);
    }

    fn cell(&mut self, row: u32, col: u32, raw: RawCell) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.insert(row, col, raw);
        }
    }

    fn shared_text(&mut self, row: u32, col: u32, number: u32, text: &str) {
        let text = match self.text(number) {
            Some(shared) => Arc::clone(shared),
            None => self.add_text(text),
        };
        self.cell(row, col, RawCell::Text(text));
    }

    fn metadata(&mut self, sheet: usize, metadata: SheetMetadata) {
        let Some(sheet) = self.sheets.get_mut(sheet) else { return };
        sheet.hidden_rows = metadata.hidden_rows;
        sheet.merges = metadata.merges.map(Merges::new).or(sheet.merges.take());
        for PlacedCell { row, col, content } in metadata.missed_cells {
            sheet.insert(row, col, content);
        }
    }
}
