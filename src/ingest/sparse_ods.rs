//! Sheets of .ods with many blank rows between others: calamine allocates every cell between the first and the last, 16
//! million for one at IV65536.
//!
//! Such a document is given to calamine with one row in place of each run of blank ones; [`RowShifts`] lead back.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::flat_ods;
use super::package::OpcPackage;
use super::xml::attribute;

/// Blank rows in a run from which on it becomes one row.
const MANY_ROWS: u32 = 1_000;

/// What says how often a row is repeated.
const REPEATED: &str = "table:number-rows-repeated";

/// A document without its runs of blank rows.
pub(super) struct SparseOds {
    pub package: Vec<u8>,
    /// For each sheet, what leads back.
    pub sheets: Vec<RowShifts>,
}

/// By how much the rows of the file are behind those that calamine reads: from a row on, ascending.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RowShifts(Vec<(u32, u32)>);

impl RowShifts {
    /// The row in the file of a row that calamine reads.
    pub(super) fn in_file(&self, row: u32) -> u32 {
        let behind = self.0.partition_point(|(from, _)| *from <= row);
        row.saturating_add(behind.checked_sub(1).map_or(0, |last| self.0[last].1))
    }
}

/// The document without its runs of blank rows; `None` when it has none, or cannot be read, which calamine then says.
pub(super) fn without_blank_runs(bytes: &[u8]) -> Option<SparseOds> {
    let content = String::from_utf8(OpcPackage::open(bytes).ok()?.bytes("content.xml").ok()?).ok()?;
    let scan = Scan::of(&content)?;
    if scan.runs.is_empty() {
        return None;
    }
    let mut text = String::with_capacity(content.len());
    let mut copied = 0;
    for Run { tag, repeated } in &scan.runs {
        let once = content.get(tag.clone())?.replace(&format!("{REPEATED}=\"{repeated}\""), "");
        text.push_str(content.get(copied..tag.start)?);
        text.push_str(&once);
        copied = tag.end;
    }
    text.push_str(content.get(copied..)?);
    Some(SparseOds { package: flat_ods::package(&text).ok()?, sheets: scan.sheets })
}

/// A run of blank rows: its start tag, and how often the row is repeated, as written.
struct Run {
    tag: Range<usize>,
    repeated: String,
}

/// The runs of blank rows of a document, while it is read.
#[derive(Default)]
struct Scan {
    runs: Vec<Run>,
    sheets: Vec<RowShifts>,
    /// Open tables: one within a cell of another is content of that cell.
    depth: u32,
    /// The next row that calamine reads, and by how much the file's is behind it.
    row: u32,
    shift: u32,
    open: Option<OpenRow>,
}

/// A row whose end was not read yet.
struct OpenRow {
    tag: Range<usize>,
    repeated: String,
    is_blank: bool,
}

impl Scan {
    fn of(content: &str) -> Option<Self> {
        let mut reader = Reader::from_str(content);
        let mut scan = Self::default();
        loop {
            let start = usize::try_from(reader.buffer_position()).ok()?;
            let event = reader.read_event().ok()?;
            let range = start..usize::try_from(reader.buffer_position()).ok()?;
            match event {
                Event::Start(tag) => scan.start(&tag, range),
                Event::Empty(tag) => {
                    scan.start(&tag, range);
                    scan.end(tag.name().as_ref());
                }
                Event::End(tag) => scan.end(tag.name().as_ref()),
                Event::Eof => return Some(scan),
                _ => {}
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, range: Range<usize>) {
        match tag.name().as_ref() {
            "table:table" => {
                self.depth += 1;
                if self.depth == 1 {
                    (self.row, self.shift) = (0, 0);
                    self.sheets.push(RowShifts::default());
                }
            }
            "table:table-row" if self.depth == 1 => {
                let repeated = attribute(tag, REPEATED).unwrap_or_default().into_owned();
                self.open = Some(OpenRow { tag: range, repeated, is_blank: true });
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let is_blank =
                    attribute(tag, "office:value-type").is_none() && attribute(tag, "table:formula").is_none();
                self.mark(is_blank);
            }
            _ => self.mark(false),
        }
    }

    /// Notes whether something in the open row is blank.
    fn mark(&mut self, is_blank: bool) {
        if let Some(row) = &mut self.open {
            row.is_blank &= is_blank;
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "table:table" => self.depth = self.depth.saturating_sub(1),
            "table:table-row" if self.depth == 1 => self.end_row(),
            _ => {}
        }
    }

    fn end_row(&mut self) {
        let Some(OpenRow { tag, repeated, is_blank }) = self.open.take() else { return };
        let count = repeated.parse::<u32>().unwrap_or(1).max(1);
        if !is_blank || count < MANY_ROWS {
            self.row = self.row.saturating_add(count);
            return;
        }
        self.row = self.row.saturating_add(1);
        self.shift = self.shift.saturating_add(count - 1);
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.0.push((self.row, self.shift));
        }
        self.runs.push(Run { tag, repeated });
    }
}

#[cfg(test)]
mod tests {
    use super::super::flat_ods;
    use super::{OpcPackage, RowShifts, without_blank_runs};

    const CELL: &str = "<table:table-cell office:value-type=\"float\" office:value=\"1\"/>";

    fn rows(repeated: u32, cells: &str) -> String {
        format!("<table:table-row table:number-rows-repeated=\"{repeated}\">{cells}</table:table-row>")
    }

    fn document(tables: &[String]) -> Vec<u8> {
        let tables: String = tables.iter().map(|rows| format!("<table:table>{rows}</table:table>")).collect();
        flat_ods::package(&format!("<o><office:spreadsheet>{tables}</office:spreadsheet></o>")).unwrap()
    }

    #[test]
    fn runs_of_blank_rows_become_one_row_and_lead_back() {
        let blank = "<table:table-cell table:number-columns-repeated=\"256\"/>";
        let first =
            [rows(2, CELL), rows(60_000, blank), rows(1, CELL), rows(999, blank), rows(5_000, blank), rows(1, CELL)];
        let second = [rows(4_000, CELL), rows(2_000, "<table:table-cell><text:p>甲</text:p></table:table-cell>")];
        let sparse = without_blank_runs(&document(&[first.concat(), second.concat()])).unwrap();
        assert_eq!(sparse.sheets, [RowShifts(vec![(3, 59_999), (1_004, 64_998)]), RowShifts::default()]);
        let places = [0, 1, 3, 1_004].map(|row| sparse.sheets[0].in_file(row));
        assert_eq!(places, [0, 1, 60_002, 66_002]);
        let content = OpcPackage::open(&sparse.package).unwrap().bytes("content.xml").unwrap();
        let content = String::from_utf8(content).unwrap();
        assert!(!content.contains("60000") && !content.contains("5000") && content.contains("\"999\""), "{content}");
        assert!(content.contains("\"4000\"") && content.contains("\"2000\""), "rows that are not blank stay");
    }

    proptest::proptest! {
        #[test]
        fn every_row_with_cells_leads_back_to_its_own(
            runs in proptest::collection::vec((1_u32..4_000, proptest::bool::ANY), 0..12),
        ) {
            let text: String = runs.iter().map(|(count, is_blank)| rows(*count, if *is_blank { "" } else { CELL })).collect();
            // The first row of each run with cells, in the file and as calamine counts it.
            let (mut in_file, mut counted, mut places) = (0, 0, Vec::new());
            for (count, is_blank) in &runs {
                if !is_blank {
                    places.push((counted, in_file));
                }
                in_file += count;
                counted += if *is_blank && *count >= super::MANY_ROWS { 1 } else { *count };
            }
            match without_blank_runs(&document(&[text])) {
                Some(sparse) => proptest::prop_assert!(
                    places.iter().all(|(counted, in_file)| sparse.sheets[0].in_file(*counted) == *in_file)
                ),
                None => proptest::prop_assert!(places.iter().all(|(counted, in_file)| counted == in_file)),
            }
        }

        #[test]
        fn no_text_causes_a_panic(text in "(<table:table>|<table:table-row table:number-rows-repeated=\"9999\"/?>|</?table:table-row>|</table:table>|<a/>|甲|&|<){0,12}") {
            let _ = without_blank_runs(&flat_ods::package(&text).unwrap());
        }
    }

    #[test]
    fn other_documents_are_left_alone() {
        let whole = [rows(3, CELL), rows(999, "<table:table-cell/>"), rows(1, CELL)].concat();
        assert!(without_blank_runs(&document(&[whole])).is_none());
        assert!(without_blank_runs(b"PK").is_none());
        assert!(without_blank_runs(&flat_ods::package("<table:table><a").unwrap()).is_none());
    }
}
