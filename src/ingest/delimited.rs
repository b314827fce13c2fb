//! Reader of delimited text: .csv and .tsv, with any of the usual delimiters.
//!
//! Input: text. Output: one sheet whose cells are texts, or formulas that the file has no result of. Blank lines count
//! as rows, as they do in spreadsheet programs. A quote that is not closed as it should be makes it uncertain where
//! cells and rows end, so that the whole text is refused; so does a character that could not be decoded.
//!
//! Quotes are parsed here and not by the crate `csv`, which closes an open quote at the end of the text and takes what
//! follows a closing quote for a part of the cell, both without an error. `csv` is the second reader
//! (`second_delimited`).

use std::borrow::Cow;

use super::limits::{ReadError, TextFault, TextFaultKind};
use super::merges::Merges;
use super::raw_cell::{Formula, RawCell};
use super::raw_sheet::RawSheet;

/// The characters of a quoted field that a finding shows.
const SHOWN: usize = 40;

/// Reads a text as one sheet without a name.
///
/// # Errors
/// At the first cell whose quotes are not closed or that has lost a character.
pub(super) fn read(text: &str) -> Result<RawSheet, ReadError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut sheet = RawSheet { merges: Some(Merges::default()), ..RawSheet::default() };
    let mut records = Records::new(text, delimiter(text));
    let mut fields = Vec::new();
    while let Some(row) = records.next_into(&mut fields).map_err(ReadError::Text)? {
        for (col, field) in fields.drain(..).enumerate() {
            let col = col as u32;
            if field.contains(char::REPLACEMENT_CHARACTER) {
                return Err(ReadError::Text(TextFault::new(row, col, TextFaultKind::LostCharacter, shown(&field))));
            }
            sheet.push(row, col, cell(&field));
        }
    }
    Ok(sheet)
}

/// What a spreadsheet program shows for a field. `="001"` is how exports keep a program from reading a number; tabs
/// around a field are for the same purpose.
pub(super) fn cell(field: &str) -> RawCell {
    let text = field.trim_matches('\t');
    let Some(formula) = text.strip_prefix('=') else { return RawCell::Text(text.into()) };
    let quoted = formula.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match quoted {
        Some(text) if !text.replace("\"\"", "").contains('"') => RawCell::Text(text.replace("\"\"", "\"").into()),
        _ if formula.starts_with(|c: char| c.is_ascii_alphanumeric() || "(+-\"".contains(c)) => {
            RawCell::Formula(Box::new(Formula { text: formula.into(), format: "".into(), stored: None }))
        }
        _ => RawCell::Text(text.into()),
    }
}

/// The records of a text.
struct Records<'t> {
    text: &'t str,
    delimiter: u8,
    /// The offset of the next record.
    at: usize,
    /// Its row, from 0; blank lines are counted.
    row: u32,
}

impl<'t> Records<'t> {
    fn new(text: &'t str, delimiter: u8) -> Self {
        Self { text, delimiter, at: 0, row: 0 }
    }

    /// Reads the next record that is not blank into `fields` and returns its row; `None` at the end.
    fn next_into(&mut self, fields: &mut Vec<Cow<'t, str>>) -> Result<Option<u32>, TextFault> {
        fields.clear();
        while let Some(end) = self.line_end(self.at) {
            self.at = end;
            self.row += 1;
        }
        if self.at == self.text.len() {
            return Ok(None);
        }
        let (start, row) = (self.at, self.row);
        let mut multiline = None;
        loop {
            let col = fields.len() as u32;
            let field = if self.text[self.at..].starts_with('"') { self.quoted(row, col)? } else { self.plain() };
            if field.contains('\n') {
                multiline.get_or_insert(fields.len());
            }
            fields.push(field);
            if self.text.as_bytes().get(self.at) != Some(&self.delimiter) {
                break;
            }
            self.at += 1;
        }
        if let Some(col) = multiline
            && self.holds_rows(start)
        {
            return Err(TextFault::new(row, col as u32, TextFaultKind::RowsInQuotes, shown(&fields[col])));
        }
        self.at = self.line_end(self.at).unwrap_or(self.at);
        self.row += 1;
        Ok(Some(row))
    }

    /// A field that does not begin with a quote: up to the delimiter or the line end.
    fn plain(&mut self) -> Cow<'t, str> {
        let rest = &self.text[self.at..];
        let length = memchr::memchr3(self.delimiter, b'\r', b'\n', rest.as_bytes()).unwrap_or(rest.len());
        self.at += length;
        Cow::Borrowed(&rest[..length])
    }

    /// A field that begins with a quote: up to the quote that closes it, with `""` for a quote.
    fn quoted(&mut self, row: u32, col: u32) -> Result<Cow<'t, str>, TextFault> {
        let rest = &self.text[self.at + 1..];
        let fault = |kind| TextFault::new(row, col, kind, shown(rest));
        let mut length = 0;
        let mut has_quotes = false;
        loop {
            length +=
                memchr::memchr(b'"', &rest.as_bytes()[length..]).ok_or_else(|| fault(TextFaultKind::UnclosedQuote))?;
            if !rest[length + 1..].starts_with('"') {
                break;
            }
            has_quotes = true;
            length += 2;
        }
        let field = &rest[..length];
        self.at += length + 2;
        let blanks = |byte: &u8| *byte != self.delimiter && matches!(byte, b' ' | b'\t');
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| blanks(byte)).count();
        match self.text.as_bytes().get(self.at) {
            None | Some(b'\r' | b'\n') => {}
            Some(byte) if *byte == self.delimiter => {}
            Some(_) => return Err(fault(TextFaultKind::TextAfterQuote)),
        }
        Ok(if has_quotes { Cow::Owned(field.replace("\"\"", "\"")) } else { Cow::Borrowed(field) })
    }

    /// Whether a record that begins at `start` and holds quoted line ends looks as if a quote enclosed rows: each
    /// of its lines has as many fields as the first, more than one.
    fn holds_rows(&self, start: usize) -> bool {
        let record = &self.text[start..self.at];
        let mut widths = record.lines().map(|line| line.bytes().filter(|byte| *byte == self.delimiter).count());
        let first = widths.next().unwrap_or_default();
        first > 0 && widths.all(|width| width == first)
    }

    /// The offset after the line end at `at`; `None` when there is none.
    fn line_end(&self, at: usize) -> Option<usize> {
        match self.text.as_bytes().get(at)? {
            b'\r' if self.text.as_bytes().get(at + 1) == Some(&b'\n') => Some(at + 2),
            b'\r' | b'\n' => Some(at + 1),
            _ => None,
        }
    }
}

/// The beginning of a field, for a finding.
fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// The delimiter with which the greatest share of the first 20 rows have equally many cells, more than one; a comma
/// when there is none.
pub(super) fn delimiter(text: &str) -> u8 {
    let rank = |delimiter: u8| {
        let (mut records, mut fields, mut widths) = (Records::new(text, delimiter), Vec::new(), Vec::new());
        while widths.len() < 20
            && let Ok(Some(_)) = records.next_into(&mut fields)
        {
            widths.push(fields.len());
        }
        let uniform = |width: &usize| (widths.iter().filter(|w| *w == width).count() * 100 / widths.len(), *width);
        widths.iter().filter(|width| **width > 1).map(uniform).max().unwrap_or_default()
    };
    let candidates: &[u8] = if pads_with_tabs(text) { b"|;," } else { b"|;\t," };
    candidates.iter().copied().max_by_key(|d| rank(*d)).unwrap_or(b',')
}

/// Whether each tab of the first lines is the end of a field that another delimiter or the line end follows.
fn pads_with_tabs(text: &str) -> bool {
    let mut lines = text.lines().take(20).filter(|line| line.contains('\t')).peekable();
    let is_padding = |line: &str| {
        let after = line.split('\t').skip(1);
        after.clone().all(|rest| rest.is_empty() || rest.starts_with([',', ';', '|'])) && after.count() > 0
    };
    let has_delimiters = text.lines().take(20).any(|line| ["\t,", "\t;", "\t|"].iter().any(|pad| line.contains(pad)));
    lines.peek().is_some() && has_delimiters && lines.all(is_padding)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{delimiter, read};
    use crate::ingest::limits::TextFaultKind;
    use crate::ingest::{RawCell, ReadError};

    /// The cells of a text, row by row, as texts.
    fn rows(text: &str) -> Vec<Vec<String>> {
        let cells =
            |row: &crate::ingest::RawRow| row.cells.iter().map(|(_, cell)| cell.to_text().into_owned()).collect();
        read(text).unwrap().rows.iter().map(cells).collect()
    }

    #[test]
    fn delimiters_are_found() {
        for (text, expected) in [
            ("a,b\nc,d", b','),
            ("a\tb\nc\td", b'\t'),
            ("a\t\tb\t\nc\t\t\t", b'\t'),
            ("a;b\nc;d,e", b';'),
            ("只有一列", b','),
            ("甲,乙\n\"a|b;c\",\"d|e;f\"", b','),
            ("甲\t,乙\t\n丙\t,丁\t", b','),
        ] {
            assert_eq!(delimiter(text), expected, "{text}");
        }
    }

    #[test]
    fn blank_lines_count_as_rows() {
        for end in ["\r\n", "\n", "\r"] {
            let sheet = read(&["甲,乙", "", "", "丙,丁", ""].join(end)).unwrap();
            assert_eq!(sheet.rows.iter().map(|r| r.row).collect::<Vec<_>>(), [0, 3]);
        }
    }

    #[test]
    fn quoted_line_breaks_and_quotes_stay_in_their_cell() {
        assert_eq!(rows("甲,\"第一行\n第二行\"\n"), [["甲", "第一行\n第二行"]]);
        assert_eq!(rows("\"说\"\"好\"\"\" ,乙\"丙\n\"\",丁"), [vec!["说\"好\"", "乙\"丙"], vec!["丁"]]);
    }

    #[test]
    fn a_quote_that_is_not_closed_is_named_with_its_cell() {
        let faults = [
            ("甲,乙\n丙,\"丁\n戊,己", (1, 1, TextFaultKind::UnclosedQuote)),
            ("甲,乙\n丙,\"丁”\n戊,己", (1, 1, TextFaultKind::UnclosedQuote)),
            ("甲,乙\n\n丙,\"丁\n戊,\"己\"", (2, 1, TextFaultKind::TextAfterQuote)),
            ("甲,乙,丙\n丁,\"戊,己\n庚,辛\",壬", (1, 1, TextFaultKind::RowsInQuotes)),
            ("甲,乙,丙\n丁,\"戊,己\n庚,\"辛\"\",壬\n", (1, 1, TextFaultKind::TextAfterQuote)),
            ("甲,工作方\u{fffd}", (0, 1, TextFaultKind::LostCharacter)),
        ];
        for (text, (row, col, kind)) in faults {
            let Err(ReadError::Text(fault)) = read(text) else { panic!("{text}") };
            assert_eq!((fault.row, fault.col, fault.kind), (row, col, kind), "{text}");
        }
    }

    #[test]
    fn tabs_and_formulas_that_force_text_are_not_part_of_it() {
        assert_eq!(rows("学号\t,姓名\t\n001\t,\"赵一\"\t\n"), [["学号", "姓名"], ["001", "赵一"]]);
        assert_eq!(rows("=\"001\",\"=\"\"0\"\"\"\"2\"\"\",==,=\n"), [["001", "0\"2", "==", "="]]);
        let sheet = read("=A1+B1,\"=SUM(A1,B1)\"").unwrap();
        for (col, expected) in [(0, "A1+B1"), (1, "SUM(A1,B1)")] {
            let Some(RawCell::Formula(formula)) = sheet.get(0, col) else { panic!("{expected}") };
            assert_eq!(&*formula.text, expected);
        }
    }

    proptest! {
        /// What a writer quotes as it should comes back.
        #[test]
        fn quoted_texts_survive(texts in prop::collection::vec("[甲乙a,\"; ]{1,8}", 1..6)) {
            let quoted: Vec<String> = texts.iter().map(|text| format!("\"{}\"", text.replace('"', "\"\""))).collect();
            let row = quoted.join(",");
            let Ok(sheet) = read(&format!("{row}\n{row}\n")) else { return Err(TestCaseError::fail(row)) };
            for (col, text) in texts.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
                let cell = sheet.get(1, col as u32).map(|cell| cell.to_text().into_owned());
                prop_assert_eq!(cell.as_deref(), Some(text.as_str()));
            }
        }

        #[test]
        fn no_text_brings_the_reader_down(text in "[甲乙,;\t\"\r\n=]{0,60}") {
            let _ = read(&text);
        }
    }
}
