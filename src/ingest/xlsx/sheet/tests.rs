//! Tests of the reader of a sheet's part.

use super::{Budget, CellStyles, Merge, SharedStrings, SheetMetadata, WorkbookParts, read};
use crate::ingest::number_cell::NumberFormats;
use crate::ingest::number_format::NumberFormat;
use crate::ingest::raw_cell::{Formatted, Formula};
use crate::ingest::raw_sheet::{ColumnRange, RawSheet};
use crate::ingest::sink::Sink;
use crate::ingest::{RawCell, ReadError, RowRange};

use std::sync::Arc;

type Cells = Vec<(u32, u32, RawCell)>;

fn read_part(xml: &str) -> Result<(Cells, SheetMetadata), ReadError> {
    read_part_of(WorkbookParts::default(), xml)
}

fn read_part_of(workbook: WorkbookParts, xml: &str) -> Result<(Cells, SheetMetadata), ReadError> {
    let strings = SharedStrings::read(&b"<sst><si><t>\xe7\x94\xb2</t></si><si><t> </t></si></sst>"[..], 99)?;
    let formats = ["General", "yyyy/m/d", "0%"].map(NumberFormat::parse).into_iter().map(Arc::new).collect();
    let styles = CellStyles { formats: NumberFormats::new(formats), struck_out: vec![false, false, false, true] };
    let mut workbook = WorkbookParts { strings, styles, ..workbook };
    let mut cells = CellList::default();
    let metadata = read(xml.as_bytes(), &mut workbook, &mut Budget::new(99_999, 99_999, &mut cells))?;
    Ok((cells.0, metadata))
}

/// A sink that keeps cells as they are sent.
#[derive(Default)]
struct CellList(Cells);

impl Sink for CellList {
    fn begin_sheet(&mut self, _: RawSheet) {}

    fn cell(&mut self, row: u32, col: u32, raw: RawCell) {
        self.0.push((row, col, raw));
    }

    fn shared_text(&mut self, row: u32, col: u32, _: u32, text: &str) {
        self.0.push((row, col, RawCell::text(text)));
    }

    fn metadata(&mut self, _: usize, _: SheetMetadata) {}
}

fn cells(xml: &str) -> Cells {
    read_part(&format!("<worksheet><sheetData>{xml}</sheetData></worksheet>")).unwrap().0
}

#[test]
fn cells_of_every_kind() {
    let text = |text: &str| RawCell::Text(text.into());
    let read = cells(
        r#"<row r="2"><c r="B2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c><c r="D2"><v> 1.5 </v></c><c r="E2" s="1"><v>43378</v></c>
        <c r="F2" s="2"><v>0.85</v></c><c r="G2" t="b"><v>1</v></c><c r="H2" t="e"><v>#REF!</v></c><c r="I2" s="1"/></row>
        <row r="3"><c r="A3" t="inlineStr"><is><r><t>一</t></r><r><t>&lt;_x000A_</t></r><rPh><t>yi</t></rPh></is></c>
        <c r="B3" t="str"><f>A1&amp;B1</f><v>结果</v></c><c r="C3" t="str"><f>A1</f><v></v></c><c r="D3" t="d"><v>2018-10-05T00:00:00</v></c>
        <c r="E3"><v>1e999</v></c></row>"#,
    );
    let date = RawCell::Date(Formatted { value: jiff::civil::date(2018, 10, 5), shown: Some("2018/10/5".into()) });
    let rate = RawCell::Rate(Formatted { value: 0.85, shown: Some("85%".into()) });
    let number = RawCell::Number(1.5.into());
    let second = [(1, text("甲")), (3, number), (4, date), (5, rate), (6, RawCell::Flag(true))];
    let third = [(0, text("一<\n")), (1, text("结果")), (3, text("2018-10-05T00:00:00")), (4, text("1e999"))];
    let second = second.into_iter().chain([(7, RawCell::Error("#REF!".into()))]).map(|(col, raw)| (1, col, raw));
    assert_eq!(read, second.chain(third.map(|(col, raw)| (2, col, raw))).collect::<Vec<_>>());
}

#[test]
fn what_is_struck_out_or_raised_is_no_digit() {
    let struck = |rest: &str, struck: &str| RawCell::struck_out(rest, struck);
    let read = cells(
        r#"<row><c s="3"><v>38</v></c><c s="3" t="s"><v>0</v></c>
        <c t="inlineStr"><is><r><rPr><strike/></rPr><t>3</t></r><r><t>38</t></r></is></c>
        <c t="inlineStr"><is><r><t>38</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r></is></c></row>"#,
    );
    let expected = [struck("", "38"), struck("", "甲"), struck("38", "3"), RawCell::text("38¹")];
    assert_eq!(read, (0..).zip(expected).map(|(col, cell)| (0, col, cell)).collect::<Vec<_>>());
}

#[test]
fn a_value_beside_an_inline_text_is_not_joined_with_it() {
    let read =
        cells(r#"<row><c><v>85</v><is><t>85</t></is></c><c t="inlineStr"><v>甲</v><is><t>乙</t></is></c></row>"#);
    assert_eq!(read, [(0, 0, RawCell::Number(85.0.into())), (0, 1, RawCell::text("乙"))]);
}

#[test]
fn truth_values_of_every_spelling_are_read() {
    let read = cells(r#"<row><c t="b"><v>TRUE</v></c><c t="b"><v>0</v></c><c t="b"><v>2</v></c></row>"#);
    assert_eq!(read, [(0, 0, RawCell::Flag(true)), (0, 1, RawCell::Flag(false)), (0, 2, RawCell::text("2"))]);
}

#[test]
fn pictures_in_cells_are_no_text() {
    let read = cells(
        r#"<row><c t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c><c t="e" vm="1"><v>#VALUE!</v></c>
        <c t="e"><v>#VALUE!</v></c></row>"#,
    );
    let error = RawCell::Error("#VALUE!".into());
    let unknown = || RawCell::Picture("".into());
    assert_eq!(read, [(0, 0, unknown()), (0, 1, unknown()), (0, 2, error)]);
}

#[test]
fn a_formula_with_a_stored_zero_keeps_both() {
    let read = cells(r#"<row><c s="2"><f>20+18</f><v>0</v></c><c><f>20+18</f><v>38</v></c></row>"#);
    let zero = RawCell::Rate(Formatted { value: 0.0, shown: Some("0%".into()) });
    let formula = Formula { text: "20+18".into(), format: "0%".into(), stored: Some(Box::new(zero)) };
    assert_eq!(read, [(0, 0, RawCell::Formula(Box::new(formula))), (0, 1, RawCell::Number(38.0.into()))]);
}

#[test]
fn a_workbook_that_recalculates_keeps_stored_numbers_apart_and_trusts_stored_days() {
    let workbook = WorkbookParts { recalculates: true, ..WorkbookParts::default() };
    let xml = r#"<worksheet><sheetData><row><c><f>20+18</f><v>38</v></c><c s="1"><f>DATE(2018,10,5)</f><v>43378</v></c>
        <c s="1"><f>A9</f><v>0</v></c></row></sheetData></worksheet>"#;
    let (cells, _) = read_part_of(workbook, xml).unwrap();
    let [(_, _, number), (_, _, day), (_, _, no_day)] = &cells[..] else { panic!("{cells:?}") };
    assert!(matches!(number, RawCell::Formula(_)), "{number:?}");
    assert!(matches!(day, RawCell::Date(day) if day.value == jiff::civil::date(2018, 10, 5)), "{day:?}");
    assert!(matches!(no_day, RawCell::Formula(_)), "{no_day:?}");
}

#[test]
fn cells_without_an_address_follow_each_other() {
    let number = |row, col, n| (row, col, RawCell::Number(Formatted::from(n)));
    let read = cells(
        "<row><c><v>1</v></c><c><v>2</v></c></row><row r=\"5\"><c r=\"c5\"><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>",
    );
    assert_eq!(read, [number(0, 0, 1.0), number(0, 1, 2.0), number(4, 2, 3.0), number(4, 3, 4.0), number(5, 0, 5.0)]);
}

#[test]
fn rows_merges_and_formulas_are_found_with_and_without_a_prefix() {
    let xml = r#"<x:worksheet><x:cols><x:col min="1" hidden="1"/><col min="2" max="2" width="9"/><col min="3" max="4" width="0"/></x:cols><x:row r="3" hidden="1"><c/></x:row><row spans="1:2" r="5" ht="9" hidden="true">
        <c r="B2"><f>A1+1</f></c><c r="B3"><f>A2</f><v></v></c><c r="B4" s="1"><x:f>A3</x:f><v/></c><c r="B7"><f t="shared" si="0"/></c>
        <c r="B5"><f>A4</f><v>7</v></c><c r="B6" t="str"><f>A5</f><v></v></c></row><row r="6" hidden="false"/><row r="8" ht="0" customHeight="1"/>
        <mergeCells count="2"><mergeCell ref="A1:H1"/><x:mergeCell ref="AB2:AC10"/></mergeCells></x:worksheet>"#;
    let (cells, metadata) = read_part(xml).unwrap();
    let formula = |row, text: &str, format: &str| {
        (row, 1, RawCell::Formula(Box::new(Formula { text: text.into(), format: format.into(), stored: None })))
    };
    let expected = [
        formula(1, "A1+1", ""),
        formula(2, "A2", ""),
        formula(3, "A3", "yyyy/m/d"),
        formula(6, "", ""),
        (4, 1, RawCell::Number(7.0.into())),
    ];
    assert_eq!(cells, expected);
    let merges = vec![Merge { first: (0, 0), last: (0, 7) }, Merge { first: (1, 27), last: (9, 28) }];
    assert_eq!(
        metadata,
        SheetMetadata {
            hidden_rows: [2, 4, 7].map(|row| RowRange { first: row, last: row }).to_vec(),
            hidden_columns: vec![ColumnRange { first: 0, last: 0 }, ColumnRange { first: 2, last: 3 }],
            merges: Some(merges),
            ..SheetMetadata::default()
        }
    );
}

#[test]
fn long_sheets_with_and_without_a_prefix_are_read_whole() {
    for prefix in ["", "x:"] {
        let row = |n: u32| format!("<{prefix}row r=\"{n}\" hidden=\"1\"><c r=\"B{n}\"><v>{n}</v></c></{prefix}row>");
        let rows: Vec<String> = (1..=20_000).map(row).collect();
        let (cells, metadata) = read_part(&format!("<worksheet>{}</worksheet>", rows.concat())).unwrap();
        assert_eq!((metadata.hidden_rows, cells.len()), (vec![RowRange { first: 0, last: 19_999 }], 20_000));
    }
}

#[test]
fn hidden_columns_are_counted() {
    let sheet = |count| format!("<worksheet>{}</worksheet>", r#"<col min="1" hidden="1"/>"#.repeat(count));
    assert_eq!(read_part(&sheet(99_999)).unwrap().1.hidden_columns.len(), 99_999);
    assert!(read_part(&sheet(100_000)).is_err());
}

#[test]
fn incomplete_sheets_and_unknown_texts_are_errors() {
    assert!(read_part("<worksheet><sheetData><row><c><v>1</v></c></row>").is_err());
    assert!(read_part("<worksheet><row><c t=\"s\"><v>2</v></c></row></worksheet>").is_err());
    assert!(read_part("<worksheet><row><c t=\"s\"><v>-1</v></c></row></worksheet>").is_err());
    assert!(read_part("<worksheet><row></row></worksheet><c t=\"n").is_err());
}
