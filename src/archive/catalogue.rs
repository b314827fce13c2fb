//! 归档文件目录 (DA/T 22-2015, 5.5): the catalogue of a package, one row.

use std::path::Path;

use super::{ArchiveNumber, PackageContents, PackageReader, layout, xml};

/// Bytes of a catalogue that is read.
const MAX_BYTES: u64 = 1 << 20;

/// A row, a value for each of [`COLUMNS`]; empty where there is none.
pub type CatalogueRow = [String; 9];

/// The columns, in the standard's order.
pub const COLUMNS: [&str; 9] = ["序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注"];

/// The package's row. `replaces` is the number of the
/// package that it corrects.
pub(super) fn row(contents: &PackageContents, number: &ArchiveNumber, replaces: Option<&str>) -> CatalogueRow {
    let issued = contents.main_report().map(|report| &report.issued);
    let mut remarks = Vec::new();
    if contents.reports.len() > 1 {
        remarks.push(format!("内含报告 {} 份", contents.reports.len()));
    }
    match contents.unsigned().count() {
        0 => {}
        _ if contents.reports.len() == 1 => remarks.push("没有签字件".to_owned()),
        unsigned => remarks.push(format!("{unsigned} 份没有签字件")),
    }
    remarks.extend(replaces.map(|other| format!("代替 {other}")));
    [
        "1".to_owned(),
        number.to_string(),
        issued.and_then(|issued| issued.elements.number.clone()).unwrap_or_default(),
        issued.map(|issued| issued.organisation.clone()).unwrap_or_default(),
        contents.title().to_owned(),
        issued.map(|issued| issued.date.replace('-', "")).unwrap_or_default(),
        issued.and_then(|issued| issued.elements.secrecy_level()).unwrap_or_default(),
        contents.pages().map(|pages| pages.to_string()).unwrap_or_default(),
        remarks.join("；"),
    ]
}

/// The catalogue as XML: an element for each column.
pub(super) fn xml(row: &CatalogueRow) -> String {
    let mut out = xml::opening("归档文件目录", &[("标准", "DA/T 22-2015")]);
    xml::open(&mut out, 1, "条目", &[]);
    for (name, value) in COLUMNS.iter().zip(row) {
        xml::value(&mut out, 2, name, Some(value));
    }
    xml::close(&mut out, 1, "条目");
    out + "</归档文件目录>\n"
}

/// The row in the catalogue of a package, whose maker is not trusted; `None` when it cannot be read.
pub fn read_row(package: &Path) -> Option<CatalogueRow> {
    let text = PackageReader::open(package).ok()?.text(layout::CATALOGUE, MAX_BYTES).ok()?;
    let root = xml::Node::parse(&text).ok()?;
    let entry = root.child("条目")?;
    Some(COLUMNS.map(|name| entry.value(name).unwrap_or_default().to_owned()))
}
