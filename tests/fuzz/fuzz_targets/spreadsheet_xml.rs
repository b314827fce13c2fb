//! An XML Spreadsheet 2003 whose styles, table or options are the fuzzer's text: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zicha::ingest::{ReadLimits, open};

const LIMITS: ReadLimits =
    ReadLimits { file: 1 << 20, unpacked: 1 << 20, memory: 1 << 30, seconds: 5, cells: 10_000, text: 1 << 20 };

const NAMESPACE: &str = "urn:schemas-microsoft-com:office:spreadsheet";
const STYLES: &str = "<Style ss:ID=\"a\"><NumberFormat ss:Format=\"yyyy-mm-dd\"/></Style>";
const TABLE: &str = "<Row><Cell ss:StyleID=\"a\"><Data ss:Type=\"Number\">43378</Data></Cell></Row>";

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    let part = |at: u8, other: &'static str| if which % 3 == at { text } else { other };
    let (styles, table, options) = (part(0, STYLES), part(1, TABLE), part(2, "<Visible>SheetHidden</Visible>"));
    let book = format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"{NAMESPACE}\" xmlns:ss=\"{NAMESPACE}\"><Styles>{styles}</Styles>\
        <Worksheet ss:Name=\"S\"><Table>{table}</Table>{options}</Worksheet></Workbook>"
    );
    let _ = open(book.as_bytes(), &LIMITS);
});
