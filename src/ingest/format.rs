//! The format of a file, detected by its bytes; the file's extension plays no part.
//!
//! Input: bytes. Output: a [`Format`], or the reason for which no reader takes the file: a table of a format that is
//! not read is refused by the format's name, a document that is no table by what it is.

use std::io::Cursor;

use quick_xml::events::Event;
use zip::ZipArchive;

use super::encoding::decode;
use super::html_table;
use super::limits::ReadError;
use super::mhtml;
use super::package::OpcPackage;
use super::xml::XmlReader;

/// A format that is read. Formats of text carry the decoded text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Office Open XML: .xlsx, .xlsm, .xltx, and .et of newer versions of WPS.
    Xlsx,
    /// Office Open XML, binary.
    Xlsb,
    /// Excel 5 to 2003, and the .et of WPS.
    Xls,
    /// OpenDocument.
    Ods,
    /// OpenDocument as one XML text (.fods), decoded.
    FlatOds(String),
    /// Web pages in a multipart message.
    Mhtml,
    /// XML Spreadsheet 2003 (SpreadsheetML), decoded to text.
    SpreadsheetXml(String),
    /// A web page, decoded to text.
    Html(String),
    /// Delimited text such as CSV, decoded.
    Delimited(String),
}

/// Beginnings of tables of formats that are not read (BIFF without a compound file; MS-XLS 2.4.21).
const OLD_WORKBOOKS: [(&[u8], &str); 5] = [
    (b"\x09\x00\x04\x00", "Excel 2 的旧格式"),
    (b"\x09\x02\x06\x00", "Excel 3 的旧格式"),
    (b"\x09\x04\x06\x00", "Excel 4 的旧格式"),
    (b"\x09\x08\x08\x00", "没有文件头的 Excel 5 格式"),
    (b"\x09\x08\x10\x00", "没有文件头的 Excel 97 格式"),
];

/// Beginnings of files that are no table.
const OTHER_FILES: [(&[u8], &str); 7] = [
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"{\\rtf", "RTF 文件"),
];

/// Parts by which packages of other programs are recognised.
const OTHER_PACKAGES: [(&str, &str); 4] = [
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "演示文稿"),
    ("OFD.xml", "OFD 文件"),
    ("Index/Document.iwa", "苹果 Numbers 或 Pages 文件"),
];

/// Detects the format of a file.
///
/// # Errors
/// With the reason for which no reader takes the file.
pub(super) fn detect(bytes: &[u8]) -> Result<Format, ReadError> {
    let starts = |(start, _): &&(&[u8], &str)| bytes.starts_with(start);
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Ok(Format::Xls);
    }
    if let Some((_, name)) = OLD_WORKBOOKS.iter().find(starts) {
        return Err(ReadError::UnknownFormat((*name).to_owned()));
    }
    if let Some((_, name)) = OTHER_FILES.iter().find(starts) {
        return Err(ReadError::NotATable((*name).to_owned()));
    }
    if let Ok(zip) = ZipArchive::new(Cursor::new(bytes)) {
        return detect_package(OpcPackage::new(zip));
    }
    if bytes.starts_with(b"PK") {
        return Err(ReadError::Damaged("压缩包不完整".to_owned()));
    }
    if mhtml::looks_like(bytes) {
        return Ok(Format::Mhtml);
    }
    detect_text(decode(bytes)?)
}

fn detect_package(mut package: OpcPackage<'_>) -> Result<Format, ReadError> {
    if let Some((_, name)) = OTHER_PACKAGES.iter().find(|(part, _)| package.has(part)) {
        return Err(ReadError::NotATable((*name).to_owned()));
    }
    if let Some(workbook) = package.workbook_part() {
        let is_binary = workbook.to_lowercase().ends_with(".bin");
        return Ok(if is_binary { Format::Xlsb } else { Format::Xlsx });
    }
    // Newer programs encrypt an .ods as a package inside a package.
    if package.has("content.xml") || package.has("encrypted-package") {
        return Ok(Format::Ods);
    }
    Err(ReadError::NotATable("压缩包，里面没有工作簿；装着台账的请解压后放入".to_owned()))
}

fn detect_text(text: String) -> Result<Format, ReadError> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let root = if start.starts_with('<') { xml_root(start) } else { XmlRoot::default() };
    match root.name.as_str() {
        "Workbook" if root.has_namespace("urn:schemas-microsoft-com:office:spreadsheet") => {
            Ok(Format::SpreadsheetXml(text))
        }
        "document" if root.has_namespace("urn:oasis:names:tc:opendocument:xmlns:office:1.0") => {
            Ok(Format::FlatOds(text))
        }
        "wordDocument" => Err(ReadError::NotATable("Word 文档".to_owned())),
        "package" if start.starts_with("<?xml") => {
            Err(ReadError::UnknownFormat("单个 XML 文件的 Office 文档".to_owned()))
        }
        _ if html_table::looks_like(&text) => Ok(Format::Html(text)),
        _ if start.starts_with("<?xml") => Err(ReadError::NotATable("XML 文件，但不是表格".to_owned())),
        _ => Ok(Format::Delimited(text)),
    }
}

/// The root element of an XML text.
#[derive(Default)]
struct XmlRoot {
    /// Its name without a prefix; empty when the text is no XML.
    name: String,
    /// The values of its attributes.
    values: Vec<String>,
}

impl XmlRoot {
    fn has_namespace(&self, namespace: &str) -> bool {
        self.values.iter().any(|value| value == namespace)
    }
}

fn xml_root(text: &str) -> XmlRoot {
    let mut root = XmlRoot::default();
    // Ends at the first element, or at what is no XML.
    let _ = XmlReader::new(text.as_bytes()).allow_document_type().for_each(|event| match event {
        Event::Start(tag) | Event::Empty(tag) => {
            root.name = tag.local_name().as_ref().to_owned();
            root.values = tag.attributes().flatten().map(|attribute| attribute.value.into_owned()).collect();
            Err(ReadError::Damaged(String::new()))
        }
        _ => Ok(()),
    });
    root
}

#[cfg(test)]
mod tests {
    use super::{Format, detect};
    use crate::ingest::ReadError;

    #[test]
    fn texts_are_told_apart_by_their_root() {
        let text = |text: &str| detect(text.as_bytes());
        let book = "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>\n<ss:Workbook xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">";
        assert_eq!(text(book), Ok(Format::SpreadsheetXml(book.to_owned())));
        let utf16: Vec<u8> = format!("\u{feff}{book}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(detect(&utf16), Ok(Format::SpreadsheetXml(book.to_owned())));
        let flat = "<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\">";
        assert_eq!(text(flat), Ok(Format::FlatOds(flat.to_owned())));
        for page in ["<html><table>", "<?xml version=\"1.0\"?><!DOCTYPE html><html>", "<table><tr><td>a & b"] {
            assert_eq!(text(page), Ok(Format::Html(page.to_owned())));
        }
        for table in ["<b>甲</b>,乙", "甲,乙", "<", "<Workbook>,a"] {
            assert_eq!(text(table), Ok(Format::Delimited(table.to_owned())));
        }
        assert!(matches!(text("<?xml version=\"1.0\"?><a/>"), Err(ReadError::NotATable(_))));
    }

    #[test]
    fn formats_that_are_not_read_are_named() {
        for (bytes, name) in [
            (&b"\x09\x00\x04\x00\x07\x00\x10\x00"[..], "Excel 2 "),
            (b"\x09\x02\x06\x00\x00\x00\x10\x00\x00\x00", "Excel 3 "),
            (b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00", "Excel 4 "),
            (b"\x09\x08\x08\x00\x00\x05\x10\x00", "Excel 5 "),
            (b"%PDF-1.7", "PDF"),
            (b"Rar!\x1a\x07", "RAR"),
        ] {
            let reason = detect(bytes).map_err(|error| error.reason());
            assert!(reason.as_ref().is_err_and(|reason| reason.contains(name)), "{name}: {reason:?}");
        }
    }
}
