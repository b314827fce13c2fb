//! Reader of XML Spreadsheet 2003, which Excel and many other programs write, mostly under the extension .xls or .xml.
//!
//! Input: text. Output: as of [`super::xlsx`]: cells with their number formats, merged ranges, hidden rows, columns and
//! sheets, raised and struck-out parts of texts. Pictures, comments and conditions are not read.
//!
//! Rows and cells without `ss:Index` follow the ones before them. Formulas refer to cells as R1C1, which `evaluate` does
//! not compute.

use std::collections::HashMap;

use jiff::civil::DateTime;
use quick_xml::events::{BytesStart, Event};

use super::budget::Budget;
use super::html_style::Effect;
use super::limits::ReadError;
use super::number_cell::NumberFormats;
use super::raised;
use super::raw_cell::{Formatted, Formula, RawCell, StruckText};
use super::raw_sheet::{ColumnRange, Merge, RawSheet, SheetMetadata};
use super::spreadsheet_xml_styles::{StyleIndex, Styles};
use super::xml::{XmlReader, append_text, is_true, local_attribute};

/// Rows and columns that a sheet may have.
const MAX_ROWS: u32 = 1 << 20;
const MAX_COLUMNS: u32 = 1 << 14;

/// Reads every sheet and sends it to the budget's sink.
///
/// # Errors
/// When the text is incomplete or damaged, or brings more than a file may.
pub(super) fn read(text: &str, budget: &mut Budget<'_>) -> Result<(), ReadError> {
    let mut parser = Parser { hidden_sheets: hidden_sheets(text)?, ..Parser::new(budget) };
    XmlReader::new(text.as_bytes()).for_each(|event| match event {
        Event::Start(tag) => parser.start(&tag),
        Event::Empty(tag) => {
            parser.start(&tag)?;
            parser.end(tag.local_name().as_ref())
        }
        Event::End(tag) => parser.end(tag.local_name().as_ref()),
        event => parser.text(&event),
    })?;
    if parser.is_complete { Ok(()) } else { Err(ReadError::Damaged("工作表不完整".to_owned())) }
}

/// For each sheet whether it is hidden, which its options say after its cells; empty when none is.
fn hidden_sheets(text: &str) -> Result<Vec<bool>, ReadError> {
    let (mut hidden, mut in_visibility) = (Vec::new(), false);
    if !text.contains("SheetHidden") && !text.contains("SheetVeryHidden") {
        return Ok(hidden);
    }
    XmlReader::new(text.as_bytes()).for_each(|event| {
        match &event {
            Event::Start(tag) if tag.local_name().as_ref() == "Worksheet" => hidden.push(false),
            Event::Start(tag) => in_visibility = tag.local_name().as_ref() == "Visible",
            Event::Text(text) if in_visibility => {
                if let Some(sheet) = hidden.last_mut() {
                    *sheet = text.xml10_content().starts_with("Sheet") && &*text.xml10_content() != "SheetVisible";
                }
            }
            Event::End(_) => in_visibility = false,
            _ => {}
        }
        Ok(())
    })?;
    Ok(hidden)
}

fn number(tag: &BytesStart<'_>, name: &str) -> Option<u32> {
    local_attribute(tag, name)?.trim().parse().ok()
}

fn flag(tag: &BytesStart<'_>, name: &str) -> bool {
    local_attribute(tag, name).is_some_and(|value| is_true(&value))
}

/// The state between two events.
struct Parser<'s, 'o> {
    budget: &'s mut Budget<'o>,
    styles: Styles,
    /// The number formats of the styles, once a sheet has begun.
    formats: NumberFormats,
    indices: HashMap<String, StyleIndex>,
    epoch_1904: bool,
    /// As [`hidden_sheets`].
    hidden_sheets: Vec<bool>,
    /// The number of sheets that have begun.
    sheets: usize,
    /// What is known of the last sheet so far, apart from its cells.
    metadata: SheetMetadata,
    next_row: u32,
    row: u32,
    next_col: u32,
    next_column: u32,
    row_style: Option<String>,
    cell: Option<OpenCell>,
    /// Inside the `<Data>` of a cell, not of a comment.
    in_data: bool,
    in_comment: bool,
    is_complete: bool,
}

/// A cell whose end was not met yet.
#[derive(Default)]
struct OpenCell {
    row: u32,
    col: u32,
    style: StyleIndex,
    formula: Option<String>,
    kind: String,
    rest: String,
    struck: String,
    /// The text that was met last; it is part of the rest or struck out.
    run: String,
    /// The joint effects of the open elements inside its `<Data>`.
    open: Vec<Effect>,
}

impl<'s, 'o> Parser<'s, 'o> {
    fn new(budget: &'s mut Budget<'o>) -> Self {
        Self {
            budget,
            styles: Styles::default(),
            formats: NumberFormats::default(),
            indices: HashMap::new(),
            epoch_1904: false,
            hidden_sheets: Vec::new(),
            sheets: 0,
            metadata: SheetMetadata::default(),
            next_row: 0,
            row: 0,
            next_col: 0,
            next_column: 0,
            row_style: None,
            cell: None,
            in_data: false,
            in_comment: false,
            is_complete: false,
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        let name = tag.local_name();
        match name.as_ref() {
            "Worksheet" => self.start_sheet(tag),
            "Column" => self.column(tag),
            "Row" => self.start_row(tag),
            "Cell" => return self.start_cell(tag),
            "Comment" => self.in_comment = true,
            "Data" if !self.in_comment => {
                if let Some(cell) = &mut self.cell {
                    cell.kind = local_attribute(tag, "Type").unwrap_or_default();
                    self.in_data = true;
                }
            }
            name if self.in_data => {
                if let Some(cell) = &mut self.cell {
                    cell.end_run();
                    let outer = cell.effect();
                    cell.open.push(outer.with(Effect::of_element(&name.to_lowercase())));
                }
            }
            _ if self.sheets == 0 => self.styles.start(tag),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "Worksheet" => self.end_sheet(),
            "Cell" => return self.end_cell(),
            "Comment" => self.in_comment = false,
            "Data" if !self.in_comment => {
                self.in_data = false;
                if let Some(cell) = &mut self.cell {
                    cell.end_run();
                }
            }
            "Workbook" => self.is_complete = true,
            _ if self.in_data => {
                if let Some(cell) = &mut self.cell {
                    cell.end_run();
                    cell.open.pop();
                }
            }
            "Date1904" => self.epoch_1904 = true,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, event: &Event<'_>) -> Result<(), ReadError> {
        match &mut self.cell {
            Some(cell) if self.in_data => append_text(event, &mut cell.run),
            _ => Ok(()),
        }
    }

    fn start_sheet(&mut self, tag: &BytesStart<'_>) {
        if self.sheets == 0 {
            (self.formats, self.indices) = std::mem::take(&mut self.styles).into_formats();
        }
        let hidden = self.hidden_sheets.get(self.sheets).copied().unwrap_or_default();
        self.sheets += 1;
        self.metadata = SheetMetadata { merges: Some(Vec::new()), ..SheetMetadata::default() };
        (self.next_row, self.next_column) = (0, 0);
        let name = local_attribute(tag, "Name").unwrap_or_default();
        self.budget.sink().begin_sheet(RawSheet { name, hidden, epoch_1904: self.epoch_1904, ..RawSheet::default() });
    }

    fn end_sheet(&mut self) {
        if let Some(index) = self.sheets.checked_sub(1) {
            self.budget.sink().metadata(index, std::mem::take(&mut self.metadata));
        }
    }

    fn column(&mut self, tag: &BytesStart<'_>) {
        let first = number(tag, "Index").and_then(|index| index.checked_sub(1)).unwrap_or(self.next_column);
        let last = first.saturating_add(number(tag, "Span").unwrap_or_default()).min(MAX_COLUMNS);
        self.next_column = last.saturating_add(1);
        if flag(tag, "Hidden") {
            self.metadata.hidden_columns.push(ColumnRange { first, last });
        }
    }

    fn start_row(&mut self, tag: &BytesStart<'_>) {
        self.row = number(tag, "Index").and_then(|index| index.checked_sub(1)).unwrap_or(self.next_row);
        let last = self.row.saturating_add(number(tag, "Span").unwrap_or_default()).min(MAX_ROWS);
        (self.next_row, self.next_col) = (last.saturating_add(1), 0);
        self.row_style = local_attribute(tag, "StyleID");
        if flag(tag, "Hidden") {
            self.metadata.hide_rows(self.row, last);
        }
    }

    fn start_cell(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        let col = number(tag, "Index").and_then(|index| index.checked_sub(1)).unwrap_or(self.next_col);
        let across = number(tag, "MergeAcross").unwrap_or_default();
        let down = number(tag, "MergeDown").unwrap_or_default();
        let last = (self.row.saturating_add(down), col.saturating_add(across));
        if last.0 >= MAX_ROWS || last.1 >= MAX_COLUMNS {
            return Err(ReadError::Damaged("单元格的位置超出工作表".to_owned()));
        }
        self.next_col = last.1 + 1;
        if last != (self.row, col) {
            self.budget.spend(0)?;
            self.metadata.merges.get_or_insert_default().push(Merge { first: (self.row, col), last });
        }
        let style = local_attribute(tag, "StyleID").or_else(|| self.row_style.clone());
        let style = style.and_then(|style| self.indices.get(&style)).copied().unwrap_or_default();
        let formula = local_attribute(tag, "Formula");
        self.cell = Some(OpenCell { row: self.row, col, style, formula, ..OpenCell::default() });
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), ReadError> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        match self.content(&cell)? {
            Some(content) => self.budget.cell(cell.row, cell.col, content),
            None => Ok(()),
        }
    }

    /// What a cell holds; `None` when it is empty.
    fn content(&mut self, cell: &OpenCell) -> Result<Option<RawCell>, ReadError> {
        if cell.rest.is_empty() && cell.struck.is_empty() {
            return Ok(cell.formula.as_deref().map(|formula| self.formula(formula, cell.style, None)));
        }
        let text = cell.rest.trim();
        let wrong = || ReadError::Damaged(format!("“{text}”与它的类型不符"));
        let content = match cell.kind.as_str() {
            "Number" => {
                let number = text.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(wrong)?;
                let content = self.formats.cell(cell.style.format, number, self.epoch_1904);
                match &cell.formula {
                    Some(formula) if number == 0.0 => self.formula(formula, cell.style, Some(content)),
                    _ => content,
                }
            }
            "DateTime" => self.date(text, cell.style).ok_or_else(wrong)?,
            "Boolean" => RawCell::Flag(is_true(text)),
            "Error" => RawCell::Error(text.into()),
            _ if cell.struck.is_empty() => RawCell::text(&cell.rest),
            _ => RawCell::StruckOut(Box::new(StruckText {
                rest: cell.rest.as_str().into(),
                struck: cell.struck.as_str().into(),
            })),
        };
        if !cell.style.is_struck {
            return Ok(Some(content));
        }
        let struck = content.to_text().as_ref().into();
        Ok(Some(RawCell::StruckOut(Box::new(StruckText { rest: "".into(), struck }))))
    }

    /// A point in time as its cell shows it; a style that shows no date shows all of it.
    fn date(&mut self, text: &str, style: StyleIndex) -> Option<RawCell> {
        let moment: DateTime = text.parse().ok()?;
        let shown = self.formats.day(style.format, text, false);
        Some(shown.unwrap_or_else(|| RawCell::Date(Formatted::from(moment.date()))))
    }

    fn formula(&self, formula: &str, style: StyleIndex, stored_zero: Option<RawCell>) -> RawCell {
        let text = format!("{}（R1C1 引用样式）", formula.trim_start_matches('='));
        let format = self.formats.code(style.format);
        RawCell::Formula(Box::new(Formula { text: text.into(), format, stored_zero: stored_zero.map(Box::new) }))
    }
}

impl OpenCell {
    fn effect(&self) -> Effect {
        self.open.last().copied().unwrap_or(Effect { position: self.style.position, ..Effect::default() })
    }

    /// Appends the text that was met last, as its elements display it.
    fn end_run(&mut self) {
        let Effect { is_struck, position, .. } = self.effect();
        raised::append(&self.run, position, if is_struck { &mut self.struck } else { &mut self.rest });
        self.run.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;
    use crate::ingest::budget::Budget;
    use crate::ingest::raw_sheet::{ColumnRange, RawSheet, RowRange};
    use crate::ingest::sink::Collector;
    use crate::ingest::{RawCell, ReadError, StruckText};

    const NAMESPACES: &str = "xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"";

    fn sheets(text: &str) -> Result<Vec<RawSheet>, ReadError> {
        let mut collector = Collector::default();
        read(text, &mut Budget::new(9_999, 99_999, &mut collector))?;
        Ok(collector.into_sheets())
    }

    /// The sheet with this table.
    fn sheet(table: &str) -> RawSheet {
        let styles = "<Style ss:ID=\"d\"><NumberFormat ss:Format=\"Short Date\"/></Style><Style ss:ID=\"p\"><NumberFormat ss:Format=\"0%\"/></Style>\
            <Style ss:ID=\"s\" ss:Parent=\"p\"><Font ss:StrikeThrough=\"1\"/></Style><Style ss:ID=\"m\"><NumberFormat ss:Format=\"yyyy&quot;年&quot;m&quot;月&quot;\"/></Style>";
        let text = format!(
            "<?xml version=\"1.0\"?><Workbook {NAMESPACES}><Styles>{styles}</Styles>\
            <Worksheet ss:Name=\"在线学习\"><Table>{table}</Table></Worksheet></Workbook>"
        );
        sheets(&text).unwrap().remove(0)
    }

    fn shown(sheet: &RawSheet, row: u32, col: u32) -> Option<String> {
        sheet.get(row, col).map(|cell| cell.to_text().into_owned())
    }

    #[test]
    fn cells_of_every_type_are_read() {
        let sheet = sheet(
            "<Row><Cell><Data ss:Type=\"String\">甲 &amp;&#10;乙</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell><Cell><Data ss:Type=\"Number\">38.5</Data></Cell>\
            <Cell ss:StyleID=\"d\"><Data ss:Type=\"DateTime\">2018-10-05T00:00:00.000</Data></Cell><Cell ss:StyleID=\"p\"><Data ss:Type=\"Number\">0.85</Data></Cell>\
            <Cell><Data ss:Type=\"Boolean\">1</Data></Cell><Cell><Data ss:Type=\"Error\">#REF!</Data></Cell><Cell ss:Formula=\"=RC[-1]\"/>\
            <Cell><Data ss:Type=\"DateTime\">2018-10-05T09:30:00</Data></Cell><Cell ss:StyleID=\"m\"><Data ss:Type=\"DateTime\">2018-10-01T00:00:00</Data></Cell></Row>",
        );
        let day = jiff::civil::date(2018, 10, 5);
        assert_eq!(shown(&sheet, 0, 0).as_deref(), Some("甲 &\n乙"));
        assert_eq!(sheet.get(0, 1), Some(&RawCell::Number(38.5.into())));
        assert!(matches!(sheet.get(0, 2), Some(RawCell::Date(date)) if date.value == day));
        assert!(matches!(sheet.get(0, 3), Some(RawCell::Rate(rate)) if rate.value == 0.85));
        assert_eq!(sheet.get(0, 4), Some(&RawCell::Flag(true)));
        assert_eq!(sheet.get(0, 5), Some(&RawCell::Error("#REF!".into())));
        assert!(matches!(sheet.get(0, 6), Some(RawCell::Formula(_))));
        assert_eq!(sheet.get(0, 7), Some(&RawCell::Date(day.into())));
        assert_eq!(sheet.get(0, 8), Some(&RawCell::PartialDate("2018年10月".into())));
    }

    #[test]
    fn positions_merges_and_hidden_parts_are_those_of_the_file() {
        let sheet = sheet(
            "<Column ss:Index=\"2\" ss:Hidden=\"1\" ss:Span=\"1\"/><Row ss:Index=\"3\"><Cell ss:MergeAcross=\"2\" ss:MergeDown=\"1\"><Data ss:Type=\"String\">标题</Data></Cell>\
            <Cell><Data ss:Type=\"String\">后</Data></Cell></Row><Row ss:Hidden=\"1\" ss:Span=\"1\"/><Row><Cell ss:Index=\"5\"><Data ss:Type=\"String\">末</Data></Cell></Row>",
        );
        let at = |row, col| shown(&sheet, row, col);
        assert_eq!((sheet.name.as_str(), sheet.hidden), ("在线学习", false));
        assert_eq!(
            (at(2, 0).as_deref(), at(2, 3).as_deref(), at(5, 4).as_deref()),
            (Some("标题"), Some("后"), Some("末"))
        );
        assert_eq!(sheet.anchor(3, 2), Some((2, 0)));
        assert_eq!(sheet.hidden_rows, [RowRange { first: 3, last: 4 }]);
        assert_eq!(sheet.hidden_columns, [ColumnRange { first: 1, last: 2 }]);
    }

    #[test]
    fn raised_and_struck_out_parts_are_kept_apart() {
        let sheet = sheet(
            "<Row><Cell><ss:Data ss:Type=\"String\" xmlns=\"http://www.w3.org/TR/REC-html40\">38<Sup>1</Sup></ss:Data></Cell>\
            <Cell><ss:Data ss:Type=\"String\"><S><B>3</B></S>8</ss:Data></Cell><Cell ss:StyleID=\"s\"><Data ss:Type=\"Number\">0.5</Data></Cell></Row>",
        );
        let struck = |rest: &str, struck: &str| {
            RawCell::StruckOut(Box::new(StruckText { rest: rest.into(), struck: struck.into() }))
        };
        assert_eq!(sheet.get(0, 0), Some(&RawCell::text("38¹")));
        assert_eq!(sheet.get(0, 1), Some(&struck("8", "3")));
        assert_eq!(sheet.get(0, 2), Some(&struck("", "50%")));
    }

    #[test]
    fn hidden_sheets_are_hidden() {
        let sheet = |name: &str, options: &str| format!("<Worksheet ss:Name=\"{name}\"><Table/>{options}</Worksheet>");
        let hidden = "<WorksheetOptions xmlns=\"urn:schemas-microsoft-com:office:excel\"><Visible>SheetHidden</Visible></WorksheetOptions>";
        let text = format!("<Workbook {NAMESPACES}>{}{}</Workbook>", sheet("甲", hidden), sheet("乙", ""));
        let read: Vec<_> = sheets(&text).unwrap().into_iter().map(|sheet| (sheet.name, sheet.hidden)).collect();
        assert_eq!(read, [("甲".to_owned(), true), ("乙".to_owned(), false)]);
    }

    #[test]
    fn incomplete_and_contradictory_texts_are_damaged() {
        let book = |table: &str| format!("<Workbook><Worksheet ss:Name=\"a\"><Table>{table}</Table></Worksheet>");
        let row = "<Row><Cell><Data ss:Type=\"Number\">甲</Data></Cell></Row>";
        for text in
            [book(""), book(row) + "</Workbook>", book("<Row ss:Index=\"9999999\"><Cell/></Row>") + "</Workbook>"]
        {
            assert!(matches!(sheets(&text), Err(ReadError::Damaged(_))), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_brings_the_reader_down(
            parts in prop::collection::vec(
                "</?(Workbook|Styles|Style ss:ID='a'|Worksheet ss:Name='a'|Row ss:Index='[0-9]{1,10}'|Cell ss:MergeAcross='[0-9]{1,10}'|Data ss:Type='(Number|DateTime)'|S|Comment)/?>|[0-9甲T:-]{1,9}",
                0..30,
            ),
        ) {
            let _ = sheets(&parts.concat());
        }
    }
}
