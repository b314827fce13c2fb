//! Tests of the reader of XML Spreadsheet 2003.

use proptest::prelude::*;

use super::read;
use crate::ingest::budget::Budget;
use crate::ingest::raw_sheet::{ColumnRange, RawSheet, RowRange};
use crate::ingest::sink::Collector;
use crate::ingest::{RawCell, ReadError};

const NAMESPACES: &str =
    "xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"";

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
fn a_stored_zero_of_a_formula_without_references_is_computed() {
    let cell =
        |formula: &str| format!("<Row><Cell ss:Formula=\"={formula}\"><Data ss:Type=\"Number\">0</Data></Cell></Row>");
    let sheet = sheet(&(cell("20+18") + &cell("RC[1]")));
    assert!(matches!(sheet.get(0, 0), Some(RawCell::Computed(_))));
    assert_eq!(shown(&sheet, 0, 0).as_deref(), Some("38"));
    assert_eq!(sheet.get(1, 0), Some(&RawCell::Number(0.0.into())));
}

#[test]
fn a_formula_with_references_is_computed() {
    let number = |value: &str| format!("<Cell><Data ss:Type=\"Number\">{value}</Data></Cell>");
    let formula = "<Cell ss:Formula=\"=SUM(RC[-2]:RC[-1])\"><Data ss:Type=\"Number\">0</Data></Cell>";
    let sheet = sheet(&format!("<Row>{}{}{formula}</Row>", number("20"), number("18")));
    assert!(matches!(sheet.get(0, 2), Some(RawCell::Computed(_))));
    assert_eq!(shown(&sheet, 0, 2).as_deref(), Some("38"));
}

#[test]
fn a_number_with_a_raised_digit_is_a_text_of_its_cell_alone() {
    let sheet = sheet(
        "<Row><Cell><ss:Data ss:Type=\"Number\">38<Sup>1</Sup></ss:Data></Cell>\
        <Cell><ss:Data ss:Type=\"Number\"><S>3</S>8</ss:Data></Cell><Cell><Data ss:Type=\"DateTime\">明天</Data></Cell></Row>",
    );
    assert_eq!(sheet.get(0, 0), Some(&RawCell::text("38¹")));
    assert!(matches!(sheet.get(0, 1), Some(RawCell::StruckOut(text)) if (&*text.rest, &*text.struck) == ("8", "3")));
    assert_eq!(sheet.get(0, 2), Some(&RawCell::text("明天")));
}

#[test]
fn positions_merges_and_hidden_parts_are_those_of_the_file() {
    let sheet = sheet(
        "<Column ss:Index=\"2\" ss:Hidden=\"1\" ss:Span=\"1\"/><Row ss:Index=\"3\"><Cell ss:MergeAcross=\"2\" ss:MergeDown=\"1\"><Data ss:Type=\"String\">标题</Data></Cell>\
        <Cell><Data ss:Type=\"String\">后</Data></Cell></Row><Row ss:Hidden=\"1\" ss:Span=\"1\"/><Row><Cell ss:Index=\"5\"><Data ss:Type=\"String\">末</Data></Cell></Row>",
    );
    let at = |row, col| shown(&sheet, row, col);
    assert_eq!((sheet.name.as_str(), sheet.hidden), ("在线学习", false));
    assert_eq!((at(2, 0).as_deref(), at(2, 3).as_deref(), at(5, 4).as_deref()), (Some("标题"), Some("后"), Some("末")));
    assert_eq!(sheet.anchor(3, 2), Some((2, 0)));
    assert_eq!(sheet.hidden_rows, [RowRange { first: 3, last: 4 }]);
    assert_eq!(sheet.hidden_columns, [ColumnRange { first: 1, last: 2 }]);
}

#[test]
fn hidden_columns_are_counted() {
    let text = |count| {
        let columns = "<Column ss:Hidden=\"1\"/>".repeat(count);
        format!(
            "<?xml version=\"1.0\"?><Workbook {NAMESPACES}><Worksheet><Table>{columns}</Table></Worksheet></Workbook>"
        )
    };
    assert_eq!(sheets(&text(9_999)).unwrap()[0].hidden_columns, [ColumnRange { first: 0, last: 9_998 }]);
    assert!(sheets(&text(10_000)).is_err());
}

#[test]
fn raised_and_struck_out_parts_are_kept_apart() {
    let sheet = sheet(
        "<Row><Cell><ss:Data ss:Type=\"String\" xmlns=\"http://www.w3.org/TR/REC-html40\">38<Sup>1</Sup></ss:Data></Cell>\
        <Cell><ss:Data ss:Type=\"String\"><S><B>3</B></S>8</ss:Data></Cell><Cell ss:StyleID=\"s\"><Data ss:Type=\"Number\">0.5</Data></Cell></Row>",
    );
    let struck = |rest: &str, struck: &str| RawCell::struck_out(rest, struck);
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
fn incomplete_texts_and_cells_outside_the_sheet_are_damaged() {
    let book = |table: &str| format!("<Workbook><Worksheet ss:Name=\"a\"><Table>{table}</Table></Worksheet>");
    for text in [book(""), book("<Row ss:Index=\"9999999\"><Cell/></Row>") + "</Workbook>"] {
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
