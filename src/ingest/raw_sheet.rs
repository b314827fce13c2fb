//! A workbook as its file tells it, before anyone asks what it means.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum RawCell {
    /// Text, as stored; the same text in many cells is held once where the file holds it once.
    Text(Arc<str>),
    /// A number.
    Number(f64),
    /// A number that its cell shows as a percentage: 0.85 as 85 %.
    Rate(f64),
    /// A day, from a cell formatted as one.
    Date(Date),
    /// A truth value.
    Flag(bool),
    /// An error value, such as `#REF!`.
    Error(Arc<str>),
    /// A formula whose result was never stored; the formula.
    Formula(Arc<str>),
}

impl RawCell {
    /// Whether nobody would see anything in the cell.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if is_blank(text))
    }

    /// The cell as a person reads it.
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

/// Whether nobody would see anything of a text.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
}

/// A row's cells, by column, ascending; blank cells are absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawRow {
    /// The row's number, from 0, in the file's own coordinates.
    pub row: u32,
    /// Column (from 0) and content.
    pub cells: Vec<(u32, RawCell)>,
}

impl RawRow {
    /// The cell in column `col`.
    pub fn get(&self, col: u32) -> Option<&RawCell> {
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
    /// Rows that the workbook hides: the first and the last of each run.
    pub hidden_rows: Vec<(u32, u32)>,
    /// Whether its day numbers count from 1904.
    pub epoch_1904: bool,
}

impl RawSheet {
    /// The row numbered `row`, when anything stands in it.
    pub fn row(&self, row: u32) -> Option<&RawRow> {
        self.rows.binary_search_by_key(&row, |r| r.row).ok().map(|at| &self.rows[at])
    }

    /// The cell at `row`, `col`, when anything stands in it.
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
            self.put(row, col, raw);
        }
    }

    /// Adds a cell that is not blank; cells may come in any order.
    fn put(&mut self, row: u32, col: u32, raw: RawCell) {
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

/// Takes what a reader meets of a file, in the order in which it meets it.
pub trait Sink {
    /// A sheet, without its rows.
    fn sheet(&mut self, sheet: RawSheet);
    /// A cell of the last sheet.
    fn cell(&mut self, row: u32, col: u32, raw: RawCell);
    /// A cell of the last sheet whose text others share: texts have numbers, from 0 in the order of their first cells.
    fn shared(&mut self, row: u32, col: u32, number: u32, text: &str);
    /// What is only known once a sheet is read; which sheet, from 0.
    fn facts(&mut self, sheet: usize, facts: SheetFacts);
}

/// What a sheet's markup tells beside its cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetFacts {
    /// Hidden rows, from 0: the first and the last of each run.
    pub hidden: Vec<(u32, u32)>,
    /// Merged ranges, when the markup is asked for them.
    pub merges: Option<Vec<Merge>>,
    /// Cells that the reader passes over, with their places.
    pub cells: Vec<((u32, u32), RawCell)>,
}

impl SheetFacts {
    /// Adds hidden rows, the last of them included.
    pub fn hide(&mut self, first: u32, last: u32) {
        match self.hidden.last_mut() {
            Some(run) if run.1.checked_add(1) == Some(first) => run.1 = last,
            _ => self.hidden.push((first, last)),
        }
    }
}

/// Puts together what it is given.
#[derive(Debug, Default)]
pub struct Collector {
    /// The sheets so far.
    pub sheets: Vec<RawSheet>,
    /// The shared texts, by their numbers.
    texts: Vec<Arc<str>>,
}

impl Collector {
    /// The shared text with that number.
    pub fn text(&self, number: u32) -> Option<&Arc<str>> {
        self.texts.get(usize::try_from(number).ok()?)
    }

    /// Gives a text the next number.
    pub fn remember(&mut self, text: &str) -> Arc<str> {
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        text
    }
}

impl Sink for Collector {
    fn sheet(&mut self, sheet: RawSheet) {
        self.sheets.push(sheet);
    }

    fn cell(&mut self, row: u32, col: u32, raw: RawCell) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.put(row, col, raw);
        }
    }

    fn shared(&mut self, row: u32, col: u32, number: u32, text: &str) {
        let text = self.text(number).map(Arc::clone).unwrap_or_else(|| self.remember(text));
        self.cell(row, col, RawCell::Text(text));
    }

    fn facts(&mut self, sheet: usize, facts: SheetFacts) {
        let Some(sheet) = self.sheets.get_mut(sheet) else { return };
        sheet.hidden_rows = facts.hidden;
        sheet.merges = facts.merges.map(Merges::new).or(sheet.merges.take());
        for ((row, col), raw) in facts.cells {
            sheet.put(row, col, raw);
        }
    }
}
