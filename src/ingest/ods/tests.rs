//! Tests of the reader of .ods.

use std::io::{Cursor, Write};

use proptest::prelude::*;

use super::super::budget::Budget;
use super::super::merges::Merge;
use super::super::raw_cell::{Formatted, Formula};
use super::super::raw_sheet::{ColumnRange, RawSheet};
use super::super::sink::Collector;
use super::super::{RawCell, ReadError, RowRange, calamine_reader};

type Cells = Vec<(u32, u32, RawCell)>;

/// A document with these automatic styles and this content of its spreadsheet.
fn document(styles: &str, spreadsheet: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><office:document-content><office:automatic-styles>{styles}</office:automatic-styles>\
         <office:body><office:spreadsheet>{spreadsheet}</office:spreadsheet></office:body></office:document-content>"
    )
}

/// A package with this content; calamine reads no other.
fn package(content: &str, manifest: &str) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    for (name, text) in [("mimetype", kind), ("content.xml", content), ("META-INF/manifest.xml", manifest)] {
        package.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        package.write_all(text.as_bytes()).unwrap();
    }
    package.finish().unwrap().into_inner()
}

fn read_document(content: &str) -> Result<Vec<RawSheet>, ReadError> {
    let mut collector = Collector::default();
    let bytes = package(content, "<manifest:manifest/>");
    super::read(&bytes, &mut Budget::new(9_999, 9_999, &mut collector))?;
    Ok(collector.into_sheets())
}

fn read_sheet(styles: &str, table: &str) -> RawSheet {
    let table = format!("<table:table table:name=\"表\">{table}</table:table>");
    read_document(&document(styles, &table)).unwrap().remove(0)
}

fn cells_of(sheet: RawSheet) -> Cells {
    let rows = sheet.rows.into_iter();
    rows.flat_map(|row| row.cells.into_iter().map(move |(col, raw)| (row.row, col, raw))).collect()
}

/// The cells of one row.
fn cells(styles: &str, row: &str) -> Vec<(u32, RawCell)> {
    let sheet = read_sheet(styles, &format!("<table:table-row>{row}</table:table-row>"));
    cells_of(sheet).into_iter().map(|(_, col, raw)| (col, raw)).collect()
}

fn numbered(cells: impl IntoIterator<Item = RawCell>) -> Vec<(u32, RawCell)> {
    (0..).zip(cells).collect()
}

fn shown<T>(value: T, shown: &str) -> Formatted<T> {
    Formatted { value, shown: Some(shown.into()) }
}

fn struck(rest: &str, struck: &str) -> RawCell {
    RawCell::struck_out(rest, struck)
}

const TEXT: &str = "<table:table-cell office:value-type=\"string\"><text:p>甲</text:p></table:table-cell>";

const DATA_STYLES: &str = r#"<number:date-style style:name="N1"><number:year/><number:text>年</number:text><number:month/></number:date-style>
    <number:time-style style:name="N2" number:truncate-on-overflow="false"><number:hours/></number:time-style>
    <number:time-style style:name="N3"><number:hours/></number:time-style>
    <style:style style:family="table-cell" style:name="month" style:data-style-name="N1"/>
    <style:style style:family="table-cell" style:name="length" style:data-style-name="N2"/>
    <style:style style:family="table-cell" style:name="time" style:data-style-name="N3"/>"#;

#[test]
fn a_cell_is_its_value_and_what_it_shows() {
    let read = cells(
        DATA_STYLES,
        r#"<table:table-cell office:value-type="float" office:value="38"><text:p>38</text:p></table:table-cell>
        <table:table-cell office:value-type="float" office:value="50"><text:p>50万元</text:p></table:table-cell>
        <table:table-cell office:value-type="float" office:value="15000"><text:p>1.5万</text:p></table:table-cell>
        <table:table-cell office:value-type="float" office:value="0.30000000000000004"><text:p>0.3</text:p></table:table-cell>
        <table:table-cell office:value-type="percentage" office:value="0.85"><text:p>85.0%</text:p></table:table-cell>
        <table:table-cell office:value-type="currency" office:currency="CNY" office:value="1.5"/>
        <table:table-cell office:value-type="date" office:date-value="2018-10-05T09:30:00"><text:p>2018年10月5日</text:p></table:table-cell>
        <table:table-cell office:value-type="date" office:date-value="2018-10-05"><text:p>2018-10-05</text:p></table:table-cell>
        <table:table-cell table:style-name="month" office:value-type="date" office:date-value="2018-10-01"><text:p>2018年10月</text:p></table:table-cell>
        <table:table-cell table:style-name="length" office:value-type="time" office:time-value="PT52H30M00S"><text:p>52:30</text:p></table:table-cell>
        <table:table-cell table:style-name="time" office:value-type="time" office:time-value="PT09H30M00S"><text:p>9:30</text:p></table:table-cell>
        <table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p></table:table-cell>
        <table:table-cell office:value-type="string" office:string-value="甲"/><table:table-cell><text:p>乙</text:p></table:table-cell>"#,
    );
    let day = jiff::civil::date(2018, 10, 5);
    let expected = [
        RawCell::Number(38.0.into()),
        RawCell::Number(shown(50.0, "50万元")),
        RawCell::text("1.5万"),
        RawCell::Number(0.300_000_000_000_000_04.into()),
        RawCell::Rate(shown(0.85, "85.0%")),
        RawCell::Number(1.5.into()),
        RawCell::Date(shown(day, "2018年10月5日")),
        RawCell::Date(day.into()),
        RawCell::PartialDate("2018年10月".into()),
        RawCell::Duration(shown(2.1875, "52:30")),
        RawCell::PartialDate("9:30".into()),
        RawCell::Flag(true),
        RawCell::text("甲"),
        RawCell::text("乙"),
    ];
    assert_eq!(read, numbered(expected));
}

#[test]
fn what_is_raised_or_struck_out_is_no_digit() {
    let styles = r#"<style:style style:family="text" style:name="up"><style:text-properties style:text-position="super 58%"/></style:style>
        <style:style style:family="text" style:name="out"><style:text-properties style:text-line-through-style="solid" style:text-line-through-type="single"/></style:style>
        <style:style style:family="paragraph" style:name="p"><style:text-properties style:text-line-through-type="double"/></style:style>
        <style:style style:family="table-cell" style:name="out"><style:text-properties style:text-line-through-style="solid"/></style:style>"#;
    let row = r#"<table:table-cell office:value-type="string"><text:p>12<text:span text:style-name="up">1</text:span></text:p></table:table-cell>
        <table:table-cell office:value-type="float" office:value="121"><text:p>12<text:span text:style-name="up">1</text:span></text:p></table:table-cell>
        <table:table-cell office:value-type="string"><text:p><text:span text:style-name="out">3<text:span>4</text:span></text:span>8</text:p></table:table-cell>
        <table:table-cell office:value-type="string"><text:p text:style-name="p">38</text:p></table:table-cell>
        <table:table-cell table:style-name="out" office:value-type="float" office:value="38"><text:p>38</text:p></table:table-cell>
        <table:table-cell table:style-name="out" office:value-type="float" office:value="38"/>
        <table:table-cell table:style-name="out" office:value-type="string"/>"#;
    let expected = numbered([
        RawCell::text("12¹"),
        RawCell::text("12¹"),
        struck("8", "34"),
        struck("", "38"),
        struck("", "38"),
        struck("", "38"),
    ]);
    assert_eq!(cells(styles, row), expected);
    // Cells without a style have the one of their row, or else of their column.
    let table = format!(
        "<table:table-column table:number-columns-repeated=\"2\"/><table:table-column table:default-cell-style-name=\"out\"/>\
         <table:table-row>{}</table:table-row><table:table-row table:default-cell-style-name=\"out\">{TEXT}</table:table-row>",
        TEXT.repeat(4)
    );
    let texts: Vec<_> = cells_of(read_sheet(styles, &table)).into_iter().map(|(_, _, raw)| raw).collect();
    let plain = || RawCell::text("甲");
    assert_eq!(texts, [plain(), plain(), struck("", "甲"), plain(), struck("", "甲")]);
}

#[test]
fn formulas_without_a_result_are_formulas_and_errors_are_errors() {
    let row = r#"<table:table-cell table:formula="of:=VLOOKUP([.F2];[.H1:.I9];2)"/>
        <table:table-cell table:formula="of:=[.A1]" table:style-name="month" office:value-type="date"/>
        <table:table-cell table:formula="of:=1-1" office:value-type="float" office:value="0"><text:p>0</text:p></table:table-cell>
        <table:table-cell table:formula="of:=20+18" office:value-type="float" office:value="38"><text:p>38</text:p></table:table-cell>
        <table:table-cell table:formula="of:=&quot;&quot;" office:value-type="string" office:string-value=""/>
        <table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>
        <table:table-cell table:formula="of:=A(" office:value-type="float" office:value="0"><text:p>Err:508</text:p></table:table-cell>"#;
    let formula = |text: &str, format: &str| {
        RawCell::Formula(Box::new(Formula { text: text.into(), format: format.into(), stored: None }))
    };
    let expected = vec![
        (0, formula("VLOOKUP(F2,H1:I9,2)", "")),
        (1, formula("A1", "yyyy\"年\"m\"月\"")),
        (2, RawCell::Number(0.0.into())),
        (3, RawCell::Number(38.0.into())),
        (5, RawCell::Error("#DIV/0!".into())),
        (6, RawCell::Error("Err:508".into())),
    ];
    assert_eq!(cells(DATA_STYLES, row), expected);
    let total = "<table:table-cell table:formula=\"of:=SUBTOTAL(9;[.A1:.A2])\" office:value-type=\"float\" office:value=\"3\"/>";
    let table = format!("<table:table-row>{TEXT}</table:table-row><table:table-row>{total}</table:table-row>");
    assert_eq!(read_sheet("", &table).total_rows, [1]);
}

#[test]
fn white_space_is_collapsed_and_blanks_that_count_are_elements() {
    let row = "<table:table-cell office:value-type=\"string\"><text:p>\n  一 \t<text:span> 二</text:span><text:s text:c=\"2\"/> 三</text:p>\
        <text:p/><text:p><text:a>四<text:tab/>五<text:line-break/>六</text:a></text:p></table:table-cell>";
    assert_eq!(cells("", row), numbered([RawCell::text("一 二   三\n\n四\t五\n六")]));
    let many = "<table:table-cell><text:p>甲<text:s text:c=\"4000000000\"/></text:p></table:table-cell>";
    let table = format!("<table:table><table:table-row>{many}</table:table-row></table:table>");
    assert_eq!(read_document(&document("", &table)), Err(ReadError::TooLarge("内容太多".to_owned())));
}

#[test]
fn notes_drawings_and_deleted_cells_are_no_text_and_pictures_are_pictures() {
    let picture = "<draw:frame><draw:image xlink:href=\"Pictures/1.svg\"/><draw:image xlink:href=\"./Pictures/1.png\"><text:p>图</text:p></draw:image><svg:title>图</svg:title></draw:frame>";
    let chart = "<draw:frame><draw:object/><draw:image/></draw:frame>";
    let shape = "<draw:custom-shape><text:p>框</text:p></draw:custom-shape>";
    let note =
        "<office:annotation draw:style-name=\"a\"><dc:creator>赵</dc:creator><text:p>批注</text:p></office:annotation>";
    let nested = format!("<table:table table:name=\"内\"><table:table-row>{TEXT}</table:table-row></table:table>");
    let table = format!(
        "<table:table><table:shapes>{picture}{chart}{shape}</table:shapes><table:table-row>\
         <table:table-cell office:value-type=\"string\">{note}{shape}<text:p>甲<text:ruby-text>jia</text:ruby-text></text:p></table:table-cell>\
         <table:table-cell><draw:a>{picture}</draw:a></table:table-cell><table:table-cell>{chart}{nested}</table:table-cell></table:table-row></table:table>"
    );
    let deleted = format!("<table:tracked-changes><table:table>{TEXT}</table:table></table:tracked-changes>");
    let links = format!("<table:dde-links><table:table>{TEXT}</table:table></table:dde-links>");
    let sheets = read_document(&document("", &format!("{deleted}{table}{links}"))).unwrap();
    assert_eq!(sheets.len(), 1);
    assert_eq!(sheets[0].floating_pictures, 1, "two images of one frame are one picture, a chart is none");
    let cells: Vec<_> = sheets.into_iter().flat_map(cells_of).collect();
    assert_eq!(cells, [(0, 0, RawCell::text("甲")), (0, 1, RawCell::Picture("Pictures/1.png".into()))]);
}

#[test]
fn repetitions_of_blank_cells_cost_nothing_and_others_are_counted() {
    let repeated = TEXT.replace("office:", "table:number-columns-repeated=\"2\" office:");
    let blank = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
    let table = format!(
        "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell/>{repeated}{blank}{TEXT}</table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048573\">{blank}</table:table-row><table:table-row>{TEXT}</table:table-row>\
         <table:table-row>{TEXT}</table:table-row>"
    );
    let places: Vec<_> = cells_of(read_sheet("", &table)).into_iter().map(|(row, col, _)| (row, col)).collect();
    assert_eq!(places, [(0, 1), (0, 2), (1, 1), (1, 2), (1_048_575, 0)]);
    let row = format!("<table:table-row table:number-rows-repeated=\"1000000\">{TEXT}</table:table-row>");
    let read = read_document(&document("", &format!("<table:table>{row}</table:table>")));
    assert_eq!(read, Err(ReadError::TooLarge("内容太多".to_owned())));
}

#[test]
fn merges_and_hidden_parts_are_found() {
    let styles = "<style:style style:family=\"table\" style:name=\"h\"><style:table-properties table:display=\"false\"/></style:style>";
    let merged = TEXT.replace("office:", "table:number-columns-spanned=\"2\" table:number-rows-spanned=\"2\" office:");
    let covered = format!(
        "<table:covered-table-cell table:number-columns-repeated=\"2\"><text:p>旧</text:p></table:covered-table-cell>{TEXT}"
    );
    let row = format!("<table:table-row>{TEXT}</table:table-row>");
    let hide = |visibility: &str| row.replacen("-row>", &format!("-row table:visibility=\"{visibility}\">"), 1);
    let table = format!(
        "<table:calculation-settings><table:null-date table:date-value=\"1904-01-01\"/></table:calculation-settings>\
         <table:table table:name=\"a\"><table:table-column/><table:table-column-group table:display=\"false\"><table:table-column \
         table:number-columns-repeated=\"2\"/></table:table-column-group><table:table-column table:visibility=\"collapse\"/>\
         <table:table-header-rows><table:table-row>{merged}</table:table-row></table:table-header-rows><table:table-row>{covered}</table:table-row>\
         {}{}<table:table-row-group><table:table-row-group table:display=\"false\">{row}</table:table-row-group>{row}</table:table-row-group>\
         </table:table><table:table table:name=\"b\" table:style-name=\"h\"/>",
        hide("collapse"),
        hide("filter")
    );
    let sheets = read_document(&document(styles, &table)).unwrap();
    let sheet = &sheets[0];
    assert_eq!(sheet.merge(1, 1), Some(&Merge { first: (0, 0), last: (1, 1) }));
    assert_eq!((sheet.get(1, 0), sheet.get(1, 2)), (None, Some(&RawCell::text("甲"))));
    assert_eq!(sheet.hidden_rows, [RowRange { first: 2, last: 4 }]);
    let hidden = [ColumnRange { first: 1, last: 3 }];
    assert_eq!((&sheet.hidden_columns[..], sheet.hidden, sheet.epoch_1904), (&hidden[..], false, true));
    assert_eq!((sheets[1].name.as_str(), sheets[1].hidden), ("b", true));
}

#[test]
fn damaged_locked_and_foreign_documents_are_refused() {
    let whole = document("", &format!("<table:table><table:table-row>{TEXT}</table:table-row></table:table>"));
    assert!(read_document(&format!("<!DOCTYPE office:document-content>{whole}")).is_ok());
    let end = whole.find("</table:table>").unwrap();
    assert_eq!(read_document(&whole[..end]), Err(ReadError::Damaged("工作表不完整".to_owned())));
    let text = whole.replace("office:spreadsheet", "office:text");
    assert_eq!(read_document(&text), Err(ReadError::NotATable("里面没有工作表".to_owned())));
    let locked = package(
        "",
        "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
    );
    let read = super::read(&locked, &mut Budget::new(9, 9, &mut Collector::default()));
    assert_eq!(read, Err(ReadError::Password));
}

/// A cell that both readers understand alike, as XML.
fn plain_cell() -> impl Strategy<Value = String> {
    let repeated = prop_oneof![4 => Just(1_u32), 1 => 1..4_u32];
    let content = prop_oneof![
        Just(String::new()),
        (-9_999..9_999_i32)
            .prop_map(|n| format!(" office:value-type=\"float\" office:value=\"{n}\"><text:p>{n}</text:p>")),
        "[甲乙1]{1,3}"
            .prop_map(|text| format!(" office:value-type=\"string\"><text:p>{text}</text:p><text:p>丙</text:p>")),
        any::<bool>().prop_map(|flag| format!(" office:value-type=\"boolean\" office:boolean-value=\"{flag}\">")),
    ];
    (repeated, content).prop_map(|(repeated, content)| {
        let content = if content.is_empty() { ">" } else { &content };
        format!("<table:table-cell table:number-columns-repeated=\"{repeated}\"{content}</table:table-cell>")
    })
}

proptest! {
    #[test]
    fn both_readers_say_the_same(
        rows in proptest::collection::vec((1..4_u32, proptest::collection::vec(plain_cell(), 1..6)), 1..8),
    ) {
        let row = |(repeated, cells): &(u32, Vec<String>)| {
            format!("<table:table-row table:number-rows-repeated=\"{repeated}\">{}</table:table-row>", cells.concat())
        };
        let rows: String = rows.iter().map(row).collect();
        let content = document("", &format!("<table:table table:name=\"表\">{rows}</table:table>"));
        let own = read_document(&content).unwrap();
        let mut collector = Collector::default();
        let bytes = package(&content, "<manifest:manifest/>");
        calamine_reader::read_ods(&bytes, &mut Budget::new(9_999, 9_999, &mut collector)).unwrap();
        prop_assert_eq!(&own[0].rows, &collector.into_sheets()[0].rows);
    }

    #[test]
    fn no_document_causes_a_panic(
        parts in proptest::collection::vec(prop_oneof![
            Just("<table:table table:name='a'>"), Just("</table:table>"), Just("<table:table-row table:number-rows-repeated='9999999999'>"),
            Just("<table:table-row table:visibility='filter' table:number-rows-repeated='1048576'>"), Just("</table:table-row>"),
            Just("<table:table-cell table:number-columns-spanned='4294967295' table:number-rows-spanned='0'>"), Just("</table:table-cell>"),
            Just("<table:table-cell table:number-columns-repeated='16384' office:value-type='time' office:time-value='PT1H'>"),
            Just("<text:p>"), Just("</text:p>"), Just("<text:span text:style-name='a'>"), Just("</text:span>"), Just("甲 1"),
            Just("<draw:frame>"), Just("<draw:image/>"), Just("</draw:frame>"), Just("<table:covered-table-cell/>"), Just("<text:s text:c='99'/>"),
            Just("<table:table-row-group table:display='false'>"), Just("</table:table-row-group>"),
        ], 0..40),
    ) {
        let _ = read_document(&document("", &parts.concat()));
    }
}
