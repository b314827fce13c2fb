//! A sheet's XML from the fuzzer in an otherwise whole .xlsx: read or refused. What calamine itself dies of is the
//! worker processes' business and is caught here as there; a panic of zicha's own ends the run.
#![no_main]

use std::io::{Cursor, Write};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use zicha::ingest::{Limits, open};

const LIMITS: Limits = Limits { file: 1 << 20, unpacked: 1 << 22, memory: 1 << 30, seconds: 5, cells: 10_000, text: 1 << 20 };

/// libFuzzer's own hook ends the run at every panic.
static HOOK: LazyLock<()> = LazyLock::new(|| {
    std::panic::set_hook(Box::new(|panic| {
        let file = panic.location().map_or("", |place| place.file());
        if file.contains("src/ingest/") {
            eprintln!("{panic}");
            std::process::abort();
        }
    }));
});

fuzz_target!(|sheet: &[u8]| {
    LazyLock::force(&HOOK);
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let parts: [(&str, &[u8]); 4] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", b"<workbook xmlns:r=\"r\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", b"<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\"/></Relationships>"),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    for (name, bytes) in parts {
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        package.start_file(name, options).expect("a part");
        package.write_all(bytes).expect("bytes");
    }
    let bytes = package.finish().expect("a package").into_inner();
    let _ = std::panic::catch_unwind(|| open(bytes, &LIMITS));
});
