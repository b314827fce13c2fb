//! Merges, hidden rows and number formats of workbooks: the fuzzer's bytes as a sheet's part of every format and as
//! the records of an .xls. Read or ignored, never a panic.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use zicha::ingest::sidecar::{BiffStream, read_xlsb};

const XLSB: &[u8] = b"\x9c\x01\x14\0\0\0\0\0\0\0\0\x04\0\0\0r\0I\0d\01\0";
const XLSB_RELATIONS: &[u8] = b"<Relationships><Relationship Id=\"rId1\" Target=\"sheet1.bin\"/></Relationships>";

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        package.start_file(*name, options).expect("a part");
        package.write_all(bytes).expect("bytes");
    }
    package.finish().expect("a package").into_inner()
}

fn compound(stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a file");
    file.create_stream("Workbook").expect("a stream").write_all(stream).expect("bytes");
    file.into_inner().into_inner()
}

fuzz_target!(|input: (u8, &[u8])| {
    let (format, bytes) = input;
    let sheets = match format % 3 {
        0 => read_xlsb(&package(&[
            ("xl/workbook.bin", XLSB),
            ("xl/_rels/workbook.bin.rels", XLSB_RELATIONS),
            ("xl/sheet1.bin", bytes),
        ])),
        1 => BiffStream::open(&compound(bytes)).map(|stream| (stream.is_encrypted(), stream.metadata()).1).unwrap_or_default(),
        _ => BiffStream::open(bytes).map(|stream| stream.metadata()).unwrap_or_default(),
    };
    for sheet in sheets.values() {
        assert!(sheet.hidden_rows.iter().all(|rows| rows.first <= rows.last), "{:?}", sheet.hidden_rows);
    }
});
