//! An .xlsx in which the fuzzer's bytes replace one part that says what a form's columns are for (workbook, sheet or
//! styles): read or refused, never a panic.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;

const WORKBOOK: &[u8] = b"<workbook xmlns:r=\"r\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
const RELATIONS: &[u8] = b"<Relationships><Relationship Id=\"rId1\" Target=\"s.xml\" Type=\"/worksheet\"/>\
    <Relationship Id=\"rId3\" Target=\"f.xml\" Type=\"/styles\"/></Relationships>";
const SHEET: &[u8] = b"<worksheet><cols><col min=\"1\" max=\"2\" style=\"1\"/></cols><sheetData><row r=\"1\"><c s=\"1\"/></row></sheetData>\
    <dataValidations><dataValidation type=\"list\" sqref=\"A1:A9\"><formula1>\"a,b\"</formula1></dataValidation></dataValidations></worksheet>";
const STYLES: &[u8] = b"<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";

fuzz_target!(|input: (u8, &[u8])| {
    let (which, bytes) = input;
    let mut parts =
        [("xl/workbook.xml", WORKBOOK), ("xl/s.xml", SHEET), ("xl/f.xml", STYLES), ("xl/_rels/workbook.xml.rels", RELATIONS)];
    parts[usize::from(which) % 4].1 = bytes;
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        package.start_file(name, options).expect("a part");
        package.write_all(bytes).expect("bytes");
    }
    zicha::fuzzing::form_hints(&package.finish().expect("a package").into_inner());
});
