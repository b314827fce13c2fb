//! Reader of the tables of web pages: many platforms export .xls files that contain HTML.
//!
//! Input: text. Output: each outermost table as a sheet, with merged ranges from `rowspan` and `colspan`. A nested table is
//! part of the text of its cell. Styles, links and hidden rows are not read.

use std::collections::HashMap;

use html5gum::{Token, Tokenizer};

use super::raw_cell::RawCell;
use super::raw_sheet::{Merge, Merges, RawSheet};

/// The greatest row or column span that is honoured.
const MAX_SPAN: u32 = 1_000;

/// Whether the text begins as a web page does.
pub(super) fn looks_like(text: &str) -> bool {
    let start: String =
        text.trim_start_matches('\u{feff}').trim_start().chars().take(512).collect::<String>().to_lowercase();
    start.starts_with('<')
        && ["<html", "<table", "<!doctype html", "<meta", "<head", "<body"].iter().any(|tag| start.contains(tag))
}

/// Reads the outermost tables of a page.
pub(super) fn read(text: &str) -> Vec<RawSheet> {
    let mut page = Page::default();
    for Ok(token) in Tokenizer::new(text) {
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                let span = |key: &str| {
                    let value = tag
                        .attributes
                        .get(key.as_bytes())
                        .map(|v| String::from_utf8_lossy(v).trim().parse().unwrap_or(1));
                    value.unwrap_or(1_u32).clamp(1, MAX_SPAN)
                };
                page.open(&name, span("rowspan"), span("colspan"));
            }
            Token::EndTag(tag) => page.close(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => page.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    page.close_table();
    page.sheets
}

/// The state between two tokens of a page.
#[derive(Default)]
struct Page {
    sheets: Vec<RawSheet>,
    /// The number of open tables.
    depth: usize,
    /// The current row, from 0.
    row: Option<u32>,
    next_row: u32,
    /// The column of the next cell.
    col: u32,
    cell: Option<OpenCell>,
    /// For each column the last row that a cell spans.
    taken: HashMap<u32, u32>,
    /// Merged ranges of the current table.
    merges: Vec<Merge>,
    /// Inside an element whose text is not displayed.
    in_hidden_text: bool,
}

/// A cell whose end was not met yet.
struct OpenCell {
    text: String,
    row: u32,
    col: u32,
    rows: u32,
    cols: u32,
}

impl Page {
    fn open(&mut self, name: &str, rows: u32, cols: u32) {
        match name {
            "table" => {
                self.depth += 1;
                if self.depth == 1 {
                    let name = format!("表{}", self.sheets.len() + 1);
                    self.close_table();
                    self.sheets.push(RawSheet { name, ..RawSheet::default() });
                    (self.row, self.next_row) = (None, 0);
                    self.taken.clear();
                }
            }
            "tr" if self.depth == 1 => self.open_row(),
            "td" | "th" if self.depth == 1 => {
                self.close_cell();
                if self.row.is_none() {
                    self.open_row();
                }
                let row = self.row.unwrap_or_default();
                while self.taken.get(&self.col).is_some_and(|until| *until >= row) {
                    self.col += 1;
                }
                self.cell = Some(OpenCell { text: String::new(), row, col: self.col, rows, cols });
                for col in self.col..self.col + cols {
                    self.taken.insert(col, row + rows - 1);
                }
                self.col += cols;
            }
            "br" | "p" | "div" => self.text("\n"),
            "style" | "script" | "title" => self.in_hidden_text = true,
            _ => {}
        }
    }

    fn open_row(&mut self) {
        self.close_cell();
        self.row = Some(self.next_row);
        self.next_row += 1;
        self.col = 0;
    }

    fn close(&mut self, name: &str) {
        match name {
            "table" => {
                if self.depth == 1 {
                    self.close_cell();
                }
                self.depth = self.depth.saturating_sub(1);
            }
            "tr" | "td" | "th" if self.depth == 1 => self.close_cell(),
            "style" | "script" | "title" => self.in_hidden_text = false,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = self.cell.as_mut().filter(|_| !self.in_hidden_text) {
            cell.text.push_str(text);
        }
    }

    fn close_table(&mut self) {
        self.close_cell();
        if let Some(sheet) = self.sheets.last_mut().filter(|sheet| sheet.merges.is_none()) {
            sheet.merges = Some(Merges::new(std::mem::take(&mut self.merges)));
        }
    }

    fn close_cell(&mut self) {
        let (Some(cell), Some(sheet)) = (self.cell.take(), self.sheets.last_mut()) else { return };
        if cell.rows > 1 || cell.cols > 1 {
            let last = (cell.row + cell.rows - 1, cell.col + cell.cols - 1);
            self.merges.push(Merge { first: (cell.row, cell.col), last });
        }
        let lines = cell.text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        sheet.push(cell.row, cell.col, RawCell::Text(text.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::{looks_like, read};

    #[test]
    fn a_page_is_read_with_its_spans() {
        let page = "<html><style>td{}</style><table><tr><td rowspan=2>甲<td colspan=2>乙</td></tr>\
            <tr><td>丙<td>丁&amp;戊<br>己</table>";
        assert!(looks_like(page) && !looks_like("党组织,<b>姓名</b>"));
        let sheets = read(page);
        let cell = |row, col| sheets[0].get(row, col).map(super::RawCell::to_text);
        assert_eq!(cell(0, 0).as_deref(), Some("甲"));
        assert_eq!(cell(0, 1).as_deref(), Some("乙"));
        assert_eq!(cell(1, 0), None);
        assert_eq!(cell(1, 1).as_deref(), Some("丙"));
        assert_eq!(cell(1, 2).as_deref(), Some("丁&戊\n己"));
        assert_eq!(sheets[0].anchor(1, 0), Some((0, 0)));
    }
}
