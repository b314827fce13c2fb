//! Reader of the tables of web pages: many platforms export .xls files that contain HTML.
//!
//! Input: text. Output: each outermost table as a sheet, with merged ranges from `rowspan` and `colspan`, hidden rows
//! and columns. A nested table is part of the text of its cell. Text that is not displayed is left out; what is struck
//! out, raised or lowered is kept apart as in workbooks. Other styles and links are not read.

use std::collections::{BTreeSet, HashMap};

use html5gum::{StartTag, Token, Tokenizer};

use super::html_cell::{Choice, OpenCell};
use super::html_style::{Classes, Effect};
use super::limits::ReadError;
use super::merges::{Merge, Merges};
use super::raw_sheet::{ColumnRange, RawSheet, RowRange};

/// The greatest row or column span that is honoured.
const MAX_SPAN: u32 = 1_000;

/// Elements that may be open inside a cell; deeper ones have no effect.
const MAX_DEPTH: usize = 256;
/// Elements that may be open beyond these, and tables inside one another. A page of more is no page of a platform:
/// browsers stop at 512.
const MAX_UNCLOSED: usize = 10_000;

/// Elements without an end tag.
const VOID: [&str; 8] = ["br", "img", "input", "hr", "col", "wbr", "meta", "link"];

/// Elements that begin and end a line inside a cell (HTML, 15.3), tables in it included.
const BLOCKS: [&str; 35] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "td",
    "th",
    "tr",
    "ul",
];

/// Elements whose text is not displayed: programs, and replacements for content that a browser displays.
const WITHOUT_TEXT: [&str; 10] =
    ["audio", "canvas", "iframe", "noscript", "object", "script", "style", "template", "title", "video"];

/// Whether the text begins as a web page does.
pub(super) fn looks_like(text: &str) -> bool {
    let start: String =
        text.trim_start_matches('\u{feff}').trim_start().chars().take(512).collect::<String>().to_lowercase();
    start.starts_with('<')
        && ["<html", "<table", "<!doctype html", "<meta", "<head", "<body"].iter().any(|tag| start.contains(tag))
}

/// Reads the outermost tables of a page.
///
/// # Errors
/// When tags without an end follow one another as in no page.
pub(super) fn read(text: &str) -> Result<Vec<RawSheet>, ReadError> {
    let mut page = HtmlPage::default();
    for Ok(token) in Tokenizer::new(text) {
        match token {
            Token::StartTag(tag) => page.open(&Element::new(&tag, &page.classes)),
            Token::EndTag(tag) => page.close(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => page.text(&String::from_utf8_lossy(&text)),
            Token::Comment(text) if page.in_style => page.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
        if page.unclosed.max(page.depth) > MAX_UNCLOSED {
            return Err(ReadError::Damaged(format!("网页里有 {MAX_UNCLOSED} 多个标签没有结束")));
        }
    }
    page.close_table();
    Ok(page.sheets)
}

fn is_without_text(name: &[u8]) -> bool {
    WITHOUT_TEXT.iter().any(|element| element.as_bytes() == name)
}

/// What a page without cells displays.
pub(super) fn other_content(text: &str) -> Vec<&'static str> {
    let (mut has_text, mut has_picture, mut in_hidden_text) = (false, false, false);
    for Ok(token) in Tokenizer::new(text) {
        match token {
            Token::StartTag(tag) => match tag.name.as_slice() {
                b"img" => has_picture = true,
                name => in_hidden_text |= is_without_text(name),
            },
            Token::EndTag(tag) => in_hidden_text &= !is_without_text(&tag.name),
            Token::String(text) => has_text |= !in_hidden_text && !text.trim_ascii().is_empty(),
            _ => {}
        }
    }
    let kinds = [(has_text, "表格以外的文字"), (has_picture, "图片")];
    kinds.into_iter().filter(|(is_there, _)| *is_there).map(|(_, name)| name).collect()
}

/// The text that a fragment without elements displays.
pub(super) fn unescape(fragment: &str) -> String {
    let mut text = String::new();
    for Ok(token) in Tokenizer::new(fragment) {
        if let Token::String(part) = token {
            text.push_str(&String::from_utf8_lossy(&part));
        }
    }
    text
}

/// What a start tag says.
struct Element {
    name: String,
    rows: u32,
    cols: u32,
    effect: Effect,
    is_selected: bool,
}

impl Element {
    /// The choice that it begins.
    fn choice(&self) -> Choice {
        Choice { is_selected: self.is_selected, text: String::new() }
    }

    fn new(tag: &StartTag<()>, classes: &Classes) -> Self {
        let value = |key: &str| tag.attributes.get(key.as_bytes()).map(|value| String::from_utf8_lossy(value));
        let span = |key| value(key).and_then(|span| span.trim().parse().ok()).unwrap_or(1_u32).clamp(1, MAX_SPAN);
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        let mut effect = Effect::of_element(&name)
            .with(value("class").map(|names| classes.effect(&names)).unwrap_or_default())
            .with(value("style").map(|style| Effect::of_declarations(&style)).unwrap_or_default());
        effect.is_hidden |= value("hidden").is_some();
        // A column has only the attribute `span`.
        let cols = if matches!(name.as_str(), "col" | "colgroup") { span("span") } else { span("colspan") };
        let is_selected = value("selected").is_some();
        Self { name, rows: span("rowspan"), cols, effect, is_selected }
    }
}

/// The state between two tokens of a page.
#[derive(Default)]
struct HtmlPage {
    sheets: Vec<RawSheet>,
    classes: Classes,
    /// The number of open tables.
    depth: usize,
    /// The number of elements that are open deeper than [`MAX_DEPTH`], in the cell or around the table.
    unclosed: usize,
    /// The current row, from 0.
    row: Option<u32>,
    next_row: u32,
    /// The effects of the current group of rows (`<tbody>` and the like) and of the current row.
    group: Effect,
    row_effect: Effect,
    /// The effect of the table and of what is around it.
    table: Effect,
    /// The elements that are open around the table: their names, and the joint effect of each with those around it.
    around: Vec<(String, Effect)>,
    /// The column of the next cell.
    col: u32,
    cell: Option<OpenCell>,
    /// For each column the last row that a cell spans.
    taken: HashMap<u32, u32>,
    /// Merged ranges of the current table.
    merges: Vec<Merge>,
    /// The column of the next `<col>`.
    next_column: u32,
    hidden_columns: BTreeSet<u32>,
    /// Cells that are hidden, and columns that have one which is not.
    hidden_cells: Vec<(u32, u32)>,
    displayed_columns: BTreeSet<u32>,
    /// Inside an element whose text is not displayed.
    in_hidden_text: bool,
    in_style: bool,
}

impl HtmlPage {
    fn open(&mut self, element: &Element) {
        match element.name.as_str() {
            "table" => {
                self.depth += 1;
                if self.depth == 1 {
                    self.open_table(element);
                } else {
                    self.break_line();
                }
            }
            "tr" if self.depth == 1 => self.open_row(element.effect),
            "thead" | "tbody" | "tfoot" if self.depth == 1 => self.group = element.effect,
            "col" if self.depth == 1 => {
                let columns = self.next_column..self.next_column + element.cols;
                self.next_column = columns.end;
                self.hidden_columns.extend(columns.filter(|_| element.effect.is_hidden));
            }
            "td" | "th" if self.depth == 1 => self.open_cell(element),
            name if WITHOUT_TEXT.contains(&name) => {
                self.in_hidden_text = true;
                self.in_style |= name == "style";
            }
            _ => self.open_inside(element),
        }
    }

    /// An element inside a cell.
    fn open_inside(&mut self, element: &Element) {
        let Some(cell) = &mut self.cell else {
            let outer = self.around();
            if self.depth == 0 && !VOID.contains(&element.name.as_str()) {
                match self.around.len() {
                    MAX_DEPTH => self.unclosed += 1,
                    _ => self.around.push((element.name.clone(), outer.with(element.effect))),
                }
            }
            return;
        };
        match element.name.as_str() {
            name if BLOCKS.contains(&name) => cell.text("\n"),
            "img" => cell.has_picture |= !cell.effect().with(element.effect).is_hidden,
            "select" => cell.choices = Some(Vec::new()),
            "option" => cell.choices.iter_mut().for_each(|choices| choices.push(element.choice())),
            _ => {}
        }
        if !VOID.contains(&element.name.as_str()) {
            match cell.open.len() {
                MAX_DEPTH => self.unclosed += 1,
                _ => cell.open.push((element.name.clone(), cell.effect().with(element.effect))),
            }
        }
    }

    fn open_table(&mut self, element: &Element) {
        let name = format!("表{}", self.sheets.len() + 1);
        self.close_table();
        let effect = self.around().with(element.effect);
        self.sheets.push(RawSheet { name, hidden: effect.is_hidden, ..RawSheet::default() });
        (self.row, self.next_row, self.next_column) = (None, 0, 0);
        (self.table, self.group, self.row_effect) = (effect, Effect::default(), Effect::default());
        self.taken.clear();
    }

    /// The effect of the elements that are open around the table.
    fn around(&self) -> Effect {
        self.around.last().map(|(_, effect)| *effect).unwrap_or_default()
    }

    fn open_row(&mut self, effect: Effect) {
        self.close_cell();
        self.row_effect = self.group.with(effect);
        let row = self.next_row;
        (self.row, self.next_row, self.col) = (Some(row), row + 1, 0);
        if let Some(sheet) = self.sheets.last_mut()
            && self.row_effect.is_hidden
        {
            match sheet.hidden_rows.last_mut() {
                Some(range) if range.last + 1 == row => range.last = row,
                _ => sheet.hidden_rows.push(RowRange { first: row, last: row }),
            }
        }
    }

    fn open_cell(&mut self, element: &Element) {
        self.close_cell();
        if self.row.is_none() {
            self.open_row(Effect::default());
        }
        let row = self.row.unwrap_or_default();
        while self.taken.get(&self.col).is_some_and(|until| *until >= row) {
            self.col += 1;
        }
        let (col, end) = (self.col, self.col + element.cols);
        if element.effect.is_hidden {
            self.hidden_cells.push((row, col));
        } else {
            self.displayed_columns.extend(col..end);
        }
        // Of a cell as a whole, `vertical-align` says where it is in its row.
        let is_struck = [self.table, self.row_effect, element.effect].iter().any(|effect| effect.is_struck);
        let effect = Effect { is_struck, position: Default::default(), ..element.effect };
        self.cell = Some(OpenCell { row, col, rows: element.rows, cols: element.cols, effect, ..OpenCell::default() });
        self.taken.extend((col..end).map(|col| (col, row + element.rows - 1)));
        self.col = end;
    }

    fn close(&mut self, name: &str) {
        match name {
            "table" => {
                if self.depth == 1 {
                    self.close_cell();
                }
                self.depth = self.depth.saturating_sub(1);
                self.break_line();
            }
            "tr" | "td" | "th" if self.depth == 1 => self.close_cell(),
            "thead" | "tbody" | "tfoot" if self.depth == 1 => self.group = Effect::default(),
            name if WITHOUT_TEXT.contains(&name) => (self.in_hidden_text, self.in_style) = (false, false),
            _ => {
                if BLOCKS.contains(&name) {
                    self.break_line();
                }
                if name == "select"
                    && let Some(cell) = &mut self.cell
                {
                    cell.end_choices();
                }
                let open = self.cell.as_mut().map_or(&mut self.around, |cell| &mut cell.open);
                // The deepest end first.
                if let Some(unclosed) = self.unclosed.checked_sub(1).filter(|_| open.len() == MAX_DEPTH) {
                    self.unclosed = unclosed;
                    return;
                }
                if let Some(at) = open.iter().rposition(|(open, _)| open == name) {
                    open.truncate(at);
                }
            }
        }
    }

    /// Begins a line of the cell that is open.
    fn break_line(&mut self) {
        if let Some(cell) = &mut self.cell {
            cell.text("\n");
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_style {
            self.classes.add_from(text);
        }
        if let Some(cell) = self.cell.as_mut().filter(|_| !self.in_hidden_text) {
            cell.text(text);
        }
    }

    fn close_table(&mut self) {
        self.close_cell();
        let Some(sheet) = self.sheets.last_mut().filter(|sheet| sheet.merges.is_none()) else { return };
        sheet.merges = Some(Merges::new(std::mem::take(&mut self.merges)));
        // A column is hidden when all of its cells are; a hidden cell of another column displays nothing.
        for (row, col) in self.hidden_cells.drain(..) {
            if !self.displayed_columns.contains(&col) {
                self.hidden_columns.insert(col);
            } else if let Ok(at) = sheet.rows.binary_search_by_key(&row, |row| row.row) {
                sheet.rows[at].cells.retain(|(other, _)| *other != col);
            }
        }
        sheet.rows.retain(|row| !row.cells.is_empty());
        self.displayed_columns.clear();
        let hidden = std::mem::take(&mut self.hidden_columns).into_iter();
        sheet.hidden_columns = hidden.map(|col| ColumnRange { first: col, last: col }).collect();
    }

    fn close_cell(&mut self) {
        let (Some(mut cell), Some(sheet)) = (self.cell.take(), self.sheets.last_mut()) else { return };
        cell.end_choices();
        self.unclosed = 0;
        if cell.rows > 1 || cell.cols > 1 {
            let last = (cell.row + cell.rows - 1, cell.col + cell.cols - 1);
            self.merges.push(Merge { first: (cell.row, cell.col), last });
        }
        sheet.push(cell.row, cell.col, cell.content());
    }
}

#[cfg(test)]
mod tests;
