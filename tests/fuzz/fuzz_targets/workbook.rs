//! An .xlsx in which the fuzzer's bytes replace one part (workbook, sheet, shared strings, styles, relations, drawing
//! or table), or an .ods of which they are the content: read or refused, never a panic.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use zicha::ingest::{ReadLimits, open};

const LIMITS: ReadLimits = ReadLimits { file: 1 << 20, unpacked: 1 << 22, memory: 1 << 30, seconds: 5, cells: 10_000, text: 1 << 20 };

const WORKBOOK: &[u8] = b"<workbook xmlns:r=\"r\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
const RELATIONS: &[u8] = b"<Relationships><Relationship Id=\"rId1\" Target=\"s.xml\" Type=\"/worksheet\"/>\
    <Relationship Id=\"rId2\" Target=\"t.xml\" Type=\"/sharedStrings\"/><Relationship Id=\"rId3\" Target=\"f.xml\" Type=\"/styles\"/></Relationships>";
const SHEET: &[u8] = b"<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c s=\"1\"><v>43378</v></c><c><f>B1+SUM(B1:B9)</f></c></row></sheetData></worksheet>";
const SHEET_RELATIONS: &[u8] = b"<Relationships><Relationship Id=\"rId1\" Target=\"d.xml\" Type=\"/drawing\"/>\
    <Relationship Id=\"rId2\" Target=\"table.xml\" Type=\"/table\"/></Relationships>";
const DRAWING: &[u8] = b"<wsDr><oneCellAnchor><from><col>4</col><row>0</row></from><pic/></oneCellAnchor></wsDr>";
const TABLE: &[u8] = b"<table ref=\"A1:B2\" totalsRowCount=\"1\"/>";
const TEXTS: &[u8] = b"<sst><si><t>a</t></si></sst>";
const STYLES: &[u8] = b"<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        package.start_file(*name, options).expect("a part");
        package.write_all(bytes).expect("bytes");
    }
    package.finish().expect("a package").into_inner()
}

fuzz_target!(|input: (u8, &[u8])| {
    let (which, bytes) = input;
    let mut parts = [
        ("xl/workbook.xml", WORKBOOK),
        ("xl/s.xml", SHEET),
        ("xl/t.xml", TEXTS),
        ("xl/f.xml", STYLES),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/_rels/s.xml.rels", SHEET_RELATIONS),
        ("xl/d.xml", DRAWING),
        ("xl/table.xml", TABLE),
    ];
    let package = match parts.get_mut(usize::from(which) % 9) {
        Some(part) => {
            part.1 = bytes;
            package(&parts)
        }
        None => package(&[("content.xml", bytes)]),
    };
    let _ = open(&package, &LIMITS);
});
