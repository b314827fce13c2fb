//! 归档文件目录 (DA/T 22-2015, 5.5): one document, one row.

use super::{ArchiveNumber, PackageContents, xml};

/// The columns, as the standard has them.
pub const COLUMNS: [&str; 9] = ["序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注"];

/// The package's row.
pub fn row(contents: &PackageContents, reference: &ArchiveNumber, replaces: Option<&str>) -> [String; 9] {
    let main = contents.main();
    let text = |value: Option<String>| value.unwrap_or_default();
    let pages: Option<usize> = contents.dossiers.iter().map(|dossier| dossier.pages).sum();
    let unsigned = contents.dossiers.iter().filter(|dossier| dossier.signed.is_none()).count();
    let mut remarks = Vec::new();
    if contents.dossiers.len() > 1 {
        remarks.push(format!("内含报告 {} 份", contents.dossiers.len()));
    }
    if unsigned > 0 {
        remarks.push(if contents.dossiers.len() > 1 {
            format!("{unsigned} 份没有签字件")
        } else {
            "没有签字件".to_owned()
        });
    }
    remarks.extend(replaces.map(|other| format!("代替 {other}")));
    [
        "1".to_owned(),
        reference.to_string(),
        String::new(),
        text(main.map(|main| main.issued.organisation.clone())),
        contents.title().to_owned(),
        text(main.map(|main| main.issued.date.replace('-', ""))),
        String::new(),
        text(pages.map(|pages| pages.to_string())),
        remarks.join("；"),
    ]
}

/// The catalogue as XML.
pub fn xml(row: &[String; 9]) -> String {
    let mut out = xml::opening("归档文件目录", &[("标准", "DA/T 22-2015")]);
    xml::open(&mut out, 1, "条目", &[]);
    for (name, value) in COLUMNS.iter().zip(row) {
        xml::value(&mut out, 2, name, Some(value));
    }
    xml::close(&mut out, 1, "条目");
    out + "</归档文件目录>\n"
}
