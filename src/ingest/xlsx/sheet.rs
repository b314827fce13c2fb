//! A sheet's part: cells, hidden rows, merged ranges.

use std::io::Read;

use super::super::limits::ReadError;
use super::super::raw_sheet::{Merge, RawCell, SheetFacts};
use super::super::spreadsheet::{Budget, day};
use super::Book;
use super::scan::{Piece, Run, Scanner, Tag};
use super::styles::Shown;
use super::xml::{is_true, stretches, unescaped};

/// Reads a sheet's part, hands its cells out and gives what it tells beside them.
///
/// # Errors
/// When it is not whole, or brings more than a file may.
pub fn read(part: impl Read, book: &mut Book, allowance: &mut Budget<'_>) -> Result<SheetFacts, ReadError> {
    let facts = SheetFacts { merges: Some(Vec::new()), ..SheetFacts::default() };
    let mut sheet =
        Sheet { book, allowance, facts, place: (0, 0), rows: 0, cell: Cell::default(), into: None, whole: false };
    stretches(part, "row", |xml| sheet.parse(xml))?;
    if sheet.whole { Ok(sheet.facts) } else { Err(ReadError::Damaged("工作表不完整".to_owned())) }
}

/// A sheet under way.
struct Sheet<'s, 'o> {
    book: &'s mut Book,
    allowance: &'s mut Budget<'o>,
    facts: SheetFacts,
    /// Row and column of the next cell, from 0, when it does not say where it is.
    place: (u32, u32),
    /// How many rows there are, up to the last.
    rows: u32,
    cell: Cell,
    /// Which of the cell's texts is read.
    into: Option<Part>,
    /// Whether the part's end was met.
    whole: bool,
}

/// A cell under way.
#[derive(Default)]
struct Cell {
    place: (u32, u32),
    kind: Kind,
    style: usize,
    value: String,
    /// Inside <rPh>, which holds how a text is read aloud.
    aloud: bool,
    has_value: bool,
    has_formula: bool,
    formula: String,
}

/// What a cell's value stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Text,
    /// The text that a formula came to.
    Result,
    Flag,
    Error,
}

/// A text of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Value,
    Formula,
}

impl Sheet<'_, '_> {
    fn parse(&mut self, xml: &str) -> Result<(), ReadError> {
        let mut scanner = Scanner::new(xml);
        while let Some(piece) = scanner.next()? {
            match piece {
                Piece::Start(tag) => self.start(tag)?,
                Piece::End(name) => self.end(name)?,
                Piece::Text(run) => self.text(run)?,
            }
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>) -> Result<(), ReadError> {
        match tag.name() {
            "c" => self.begin(tag),
            "v" => {
                self.cell.has_value = true;
                self.into = Some(Part::Value);
            }
            "t" if !self.cell.aloud => self.into = Some(Part::Value),
            "f" => {
                self.cell.has_formula = true;
                self.into = Some(Part::Formula);
            }
            "rPh" => self.cell.aloud = true,
            "row" => {
                let number = tag.attribute("r").and_then(|number| number.parse::<u32>().ok()?.checked_sub(1));
                self.place = (number.unwrap_or(self.rows), 0);
                self.rows = self.place.0.saturating_add(1);
                if tag.attribute("hidden").is_some_and(|hidden| is_true(&hidden)) {
                    self.facts.hide(self.place.0, self.place.0);
                }
            }
            "mergeCell" => {
                let range = tag.attribute("ref").unwrap_or_default();
                let ends = range.split_once(':').and_then(|(first, last)| Some((position(first)?, position(last)?)));
                self.facts.merges.get_or_insert_default().extend(ends.map(|(first, last)| Merge { first, last }));
                self.allowance.spend(0)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Begins a cell.
    fn begin(&mut self, tag: Tag<'_>) {
        let cell = &mut self.cell;
        (cell.place, cell.kind, cell.style) = (self.place, Kind::Number, 0);
        (cell.aloud, cell.has_value, cell.has_formula) = (false, false, false);
        cell.value.clear();
        cell.formula.clear();
        for (key, value) in tag.attributes() {
            match key {
                "r" => cell.place = position(value).unwrap_or(cell.place),
                "s" => cell.style = value.parse().unwrap_or_default(),
                "t" => {
                    cell.kind = match value {
                        "s" => Kind::Shared,
                        "str" => Kind::Result,
                        "inlineStr" | "d" => Kind::Text,
                        "b" => Kind::Flag,
                        "e" => Kind::Error,
                        _ => Kind::Number,
                    }
                }
                _ => {}
            }
        }
        self.place = (cell.place.0, cell.place.1.saturating_add(1));
    }

    fn text(&mut self, run: Run<'_>) -> Result<(), ReadError> {
        match self.into {
            Some(Part::Value) => run.add_to(&mut self.cell.value),
            Some(Part::Formula) => run.add_to(&mut self.cell.formula),
            None => Ok(()),
        }
    }

    fn end(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "v" | "t" | "f" => self.into = None,
            "rPh" => self.cell.aloud = false,
            "c" => self.hand_out()?,
            "worksheet" => self.whole = true,
            _ => {}
        }
        Ok(())
    }

    /// Hands the cell out, unless nobody would see anything of it.
    fn hand_out(&mut self) -> Result<(), ReadError> {
        let Cell { place: (row, col), kind, style, value, formula, .. } = &self.cell;
        let raw = match kind {
            Kind::Shared if value.trim().is_empty() => return Ok(()),
            Kind::Shared => {
                let text = value.trim().parse().ok().and_then(|index| self.book.strings.get(index));
                let (text, number) = text.ok_or_else(|| ReadError::Damaged(format!("没有第 {value} 个共享文字")))?;
                return number.map_or(Ok(()), |number| self.allowance.shared(*row, *col, number, text));
            }
            Kind::Result if value.is_empty() && (self.cell.has_value || !self.cell.has_formula) => return Ok(()),
            Kind::Result if value.is_empty() => RawCell::Formula(formula.as_str().into()),
            Kind::Text | Kind::Result => RawCell::Text(unescaped(value).into()),
            _ if value.trim().is_empty() && self.cell.has_formula => RawCell::Formula(formula.as_str().into()),
            _ if value.trim().is_empty() => return Ok(()),
            Kind::Flag => RawCell::Flag(is_true(value.trim())),
            Kind::Error => RawCell::Error(value.trim().into()),
            Kind::Number => {
                let number = value.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                match (number, self.book.styles.get(*style)) {
                    (Some(number), Some(Shown::Day)) => day(number, self.book.epoch_1904),
                    (Some(number), Some(Shown::Rate)) => RawCell::Rate(number),
                    (Some(number), _) => RawCell::Number(number),
                    (None, _) => RawCell::Text(value.as_str().into()),
                }
            }
        };
        self.allowance.cell(*row, *col, raw)
    }
}

/// Row and column, from 0, of an address such as `AB12`.
fn position(address: &str) -> Option<(u32, u32)> {
    let letters = address.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, row) = address.split_at(letters);
    let value = |b: u8| u32::from(b.to_ascii_uppercase() - b'A') + 1;
    let col = letters.bytes().try_fold(0_u32, |col, b| col.checked_mul(26)?.checked_add(value(b)))?;
    Some((row.parse::<u32>().ok()?.checked_sub(1)?, col.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::super::{Book, Shown, Strings};
    use super::{Budget, Merge, RawCell, SheetFacts, read};
    use crate::ingest::ReadError;
    use crate::ingest::raw_sheet::{Collector, RawSheet, Sink};

    type Cells = Vec<(u32, u32, RawCell)>;

    fn walk(xml: &str) -> Result<(Cells, SheetFacts), ReadError> {
        let strings = Strings::read(&b"<sst><si><t>\xe7\x94\xb2</t></si><si><t> </t></si></sst>"[..], 99)?;
        let mut book = Book { strings, styles: vec![Shown::Plain, Shown::Day, Shown::Rate], epoch_1904: false };
        let mut collector = Collector::default();
        collector.sheet(RawSheet::default());
        let facts = read(xml.as_bytes(), &mut book, &mut Budget::new(99_999, 99_999, &mut collector))?;
        let rows = collector.sheets.remove(0).rows.into_iter();
        let cells = rows.flat_map(|row| row.cells.into_iter().map(move |(col, raw)| (row.row, col, raw)));
        Ok((cells.collect(), facts))
    }

    fn cells(xml: &str) -> Cells {
        walk(&format!("<worksheet><sheetData>{xml}</sheetData></worksheet>")).unwrap().0
    }

    #[test]
    fn cells_of_every_kind() {
        let text = |text: &str| RawCell::Text(text.into());
        let told = cells(
            r#"<row r="2"><c r="B2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c><c r="D2"><v> 1.5 </v></c><c r="E2" s="1"><v>43378</v></c>
            <c r="F2" s="2"><v>0.85</v></c><c r="G2" t="b"><v>1</v></c><c r="H2" t="e"><v>#REF!</v></c><c r="I2" s="1"/></row>
            <row r="3"><c r="A3" t="inlineStr"><is><r><t>一</t></r><r><t>&lt;_x000A_</t></r><rPh><t>yi</t></rPh></is></c>
            <c r="B3" t="str"><f>A1&amp;B1</f><v>结果</v></c><c r="C3" t="str"><f>A1</f><v></v></c><c r="D3" t="d"><v>2018-10-05T00:00:00</v></c>
            <c r="E3"><v>1e999</v></c></row>"#,
        );
        let date = RawCell::Date(jiff::civil::date(2018, 10, 5));
        let second =
            [(1, text("甲")), (3, RawCell::Number(1.5)), (4, date), (5, RawCell::Rate(0.85)), (6, RawCell::Flag(true))];
        let third = [(0, text("一<\n")), (1, text("结果")), (3, text("2018-10-05T00:00:00")), (4, text("1e999"))];
        let second = second.into_iter().chain([(7, RawCell::Error("#REF!".into()))]).map(|(col, raw)| (1, col, raw));
        assert_eq!(told, second.chain(third.map(|(col, raw)| (2, col, raw))).collect::<Vec<_>>());
    }

    #[test]
    fn cells_that_do_not_say_where_they_are_follow_each_other() {
        let number = |row, col, n| (row, col, RawCell::Number(n));
        let told = cells(
            "<row><c><v>1</v></c><c><v>2</v></c></row><row r=\"5\"><c r=\"c5\"><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>",
        );
        assert_eq!(
            told,
            [number(0, 0, 1.0), number(0, 1, 2.0), number(4, 2, 3.0), number(4, 3, 4.0), number(5, 0, 5.0)]
        );
    }

    #[test]
    fn rows_merges_and_formulas_are_found_with_and_without_a_prefix() {
        let xml = r#"<x:worksheet><x:cols><x:col min="1" hidden="1"/></x:cols><x:row r="3" hidden="1"><c/></x:row><row spans="1:2" r="5" ht="9" hidden="true">
            <c r="B2"><f>A1+1</f></c><c r="B3"><f>A2</f><v></v></c><c r="B4" s="1"><x:f>A3</x:f><v/></c><c r="B7"><f t="shared" si="0"/></c>
            <c r="B5"><f>A4</f><v>7</v></c><c r="B6" t="str"><f>A5</f><v></v></c></row><row r="6" hidden="false"/>
            <mergeCells count="2"><mergeCell ref="A1:H1"/><x:mergeCell ref="AB2:AC10"/></mergeCells></x:worksheet>"#;
        let (cells, facts) = walk(xml).unwrap();
        let formula = |row, text: &str| (row, 1, RawCell::Formula(text.into()));
        let expected =
            [formula(1, "A1+1"), formula(2, "A2"), formula(3, "A3"), (4, 1, RawCell::Number(7.0)), formula(6, "")];
        assert_eq!(cells, expected);
        let merges = vec![Merge { first: (0, 0), last: (0, 7) }, Merge { first: (1, 27), last: (9, 28) }];
        assert_eq!(facts, SheetFacts { hidden: vec![(2, 2), (4, 4)], merges: Some(merges), cells: Vec::new() });
    }

    #[test]
    fn nothing_is_lost_between_stretches() {
        for prefix in ["", "x:"] {
            let row =
                |n: u32| format!("<{prefix}row r=\"{n}\" hidden=\"1\"><c r=\"B{n}\"><v>{n}</v></c></{prefix}row>");
            let rows: Vec<String> = (1..=20_000).map(row).collect();
            let (cells, facts) = walk(&format!("<worksheet>{}</worksheet>", rows.concat())).unwrap();
            assert_eq!((facts.hidden, cells.len()), (vec![(0, 19_999)], 20_000));
        }
    }

    #[test]
    fn half_a_sheet_and_texts_that_are_not_there_are_refused() {
        assert!(walk("<worksheet><sheetData><row><c><v>1</v></c></row>").is_err());
        assert!(walk("<worksheet><row><c t=\"s\"><v>2</v></c></row></worksheet>").is_err());
        assert!(walk("<worksheet><row><c t=\"s\"><v>-1</v></c></row></worksheet>").is_err());
        assert!(walk("<worksheet><row></row></worksheet><c t=\"n").is_err());
    }
}
