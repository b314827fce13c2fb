use std::io::{Cursor, Write};

use super::{Budget, RawCell, read_xls, read_xlsb};
use crate::ingest::raw_sheet::RawSheet;
use crate::ingest::sink::Collector;

fn record(kind: u16, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), content].concat()
}

/// A BOF record of BIFF8 for a substream of that kind.
fn begin(kind: u16) -> Vec<u8> {
    record(0x0809, &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat())
}

/// An .xls with a chart as its first sheet and these records as its second.
fn xls(records: &[u8]) -> Vec<u8> {
    let end = record(0x000a, &[]);
    let listed = |offset: usize, kind: u8, name: &[u8; 2]| {
        let offset = u32::try_from(offset).unwrap().to_le_bytes();
        record(0x0085, &[&offset[..], &[0, kind, 2, 0], name].concat())
    };
    let chart = [begin(0x20), end.clone()].concat();
    let start = begin(0x05).len() + 2 * listed(0, 0, b"S1").len() + end.len();
    let list = [listed(start, 2, b"C1"), listed(start + chart.len(), 0, b"S1")].concat();
    let stream = [begin(0x05), list, end.clone(), chart, begin(0x10), records.to_vec(), end].concat();
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("Workbook").unwrap().write_all(&stream).unwrap();
    file.into_inner().into_inner()
}

fn sheets(file: &[u8]) -> Vec<RawSheet> {
    let mut collector = Collector::default();
    read_xls(file, &mut Budget::new(99, 99, &mut collector)).unwrap();
    collector.into_sheets()
}

/// The second formula is written as in WrongFormulaRecordType.xls, with the type that formulas had in BIFF4.
#[test]
fn charts_are_no_sheets_and_formulas_of_every_type_are_cells() {
    let formula = |kind: u16, row: u8, number: f64| {
        record(kind, &[&[row, 0, 1, 0, 0, 0][..], &number.to_le_bytes(), &[0; 8]].concat())
    };
    let sheets = sheets(&xls(&[formula(0x0006, 0, 38.5), formula(0x0406, 1, 12.0), formula(0x0206, 2, 7.0)].concat()));
    assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["S1"]);
    let number = |row| match sheets[0].get(row, 1) {
        Some(RawCell::Number(number)) => Some(number.value),
        _ => None,
    };
    assert_eq!([number(0), number(1), number(2)], [Some(38.5), Some(12.0), Some(7.0)]);
}

/// A record of .xlsb; types from 0x80 on and all lengths here take as many bytes as this.
fn record12(kind: u8, content: &[u8]) -> Vec<u8> {
    let kind = if kind < 0x80 { vec![kind] } else { vec![kind, 1] };
    [kind, vec![u8::try_from(content.len()).unwrap()], content.to_vec()].concat()
}

/// An .xlsb with a chart as its first sheet and a number in B1 of its second.
fn xlsb() -> Vec<u8> {
    let wide = |text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&u32::try_from(units.len() / 2).unwrap().to_le_bytes()[..], &units].concat()
    };
    let listed = |id: &str, name: &str| record12(0x9c, &[vec![0; 8], wide(id), wide(name)].concat());
    let book = [listed("r1", "C1"), listed("r2", "S1"), record12(0x90, &[]), record12(0x84, &[])].concat();
    let number = [&1_u32.to_le_bytes()[..], &[0; 4], &38.5_f64.to_le_bytes()].concat();
    let row = record12(0x00, &[0; 17]);
    let cells = [record12(0x91, &[]), row, record12(0x05, &number), record12(0x92, &[]), record12(0x82, &[])].concat();
    let sheet = [record12(0x81, &[]), record12(0x94, &[0; 16]), cells].concat();
    let relations = "<Relationships><Relationship Id=\"r1\" Type=\"/chartsheet\" Target=\"chartsheets/sheet1.bin\"/>\
        <Relationship Id=\"r2\" Type=\"/worksheet\" Target=\"worksheets/sheet1.bin\"/></Relationships>";
    let parts = [
        ("xl/workbook.bin", book.as_slice()),
        ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
        ("xl/chartsheets/sheet1.bin", &record12(0x81, &[])),
        ("xl/worksheets/sheet1.bin", &sheet),
    ];
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        package.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        package.write_all(bytes).unwrap();
    }
    package.finish().unwrap().into_inner()
}

#[test]
fn charts_of_an_xlsb_are_no_sheets() {
    let mut collector = Collector::default();
    read_xlsb(&xlsb(), &mut Budget::new(99, 99, &mut collector)).unwrap();
    let sheets = collector.into_sheets();
    assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["S1"]);
    assert!(matches!(sheets[0].get(0, 1), Some(RawCell::Number(number)) if number.value == 38.5));
}

/// A formula that has the empty text as its result.
fn formula(row: u8, tokens: &[u8]) -> Vec<u8> {
    let head = [row, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0];
    let length = u16::try_from(tokens.len()).unwrap().to_le_bytes();
    record(0x0006, &[&head[..], &length, tokens].concat())
}

#[test]
fn formulas_of_an_xls_compare_as_they_say() {
    // Two whole numbers and an operator, by the tokens of MS-XLS 2.5.198.
    let operators = [(0x09, "1<2"), (0x0a, "1<=2"), (0x0b, "1=2"), (0x0c, "1>=2"), (0x0d, "1>2"), (0x0e, "1<>2")];
    let formulas = operators.iter().enumerate();
    let records: Vec<_> = formulas
        .map(|(row, (operator, _))| formula(u8::try_from(row).unwrap(), &[0x1e, 1, 0, 0x1e, 2, 0, *operator]))
        .collect();
    let sheet = sheets(&xls(&records.concat())).remove(0);
    let text = |cell: &RawCell| match cell {
        RawCell::Computed(computed) => computed.formula.to_string(),
        other => panic!("{other:?}"),
    };
    let texts: Vec<_> = sheet.rows.iter().flat_map(|row| &row.cells).map(|(_, cell)| text(cell)).collect();
    assert_eq!(texts, operators.map(|(_, expected)| expected.to_owned()));
}
