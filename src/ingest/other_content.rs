//! What a file without cells holds, which a finding then says instead of calling it empty.
//!
//! Input: the bytes of a file in which no reader found a cell. Output: words for a finding; `None` for a file that is
//! empty indeed.

use super::format::Format;
use super::html_table;
use super::mhtml;
use super::package::OpcPackage;
use super::sidecar::BiffStream;

/// Folders of packages, and what the parts in them are.
const FOLDERS: [(&str, &str); 7] = [
    ("xl/charts/", "图表"),
    ("xl/chartsheets/", "图表"),
    ("Object 1/", "图表"),
    ("xl/media/", "图片"),
    ("Pictures/", "图片"),
    ("xl/drawings/", "图形或文本框"),
    ("xl/embeddings/", "嵌入的文件"),
];

/// Says what the file holds.
pub(super) fn describe(bytes: &[u8], format: &Format) -> Option<String> {
    let found: Vec<&str> = match format {
        Format::Xlsx | Format::Xlsb | Format::Ods => {
            let package = OpcPackage::open(bytes).ok()?;
            FOLDERS.iter().filter(|(folder, _)| package.has_folder(folder)).map(|(_, what)| *what).collect()
        }
        Format::Xls => {
            let stream = BiffStream::open(bytes)?;
            let kinds = [(stream.has_charts(), "图表"), (stream.has_drawings(), "图片或图形")];
            kinds.into_iter().filter(|(is_there, _)| *is_there).map(|(_, what)| what).collect()
        }
        Format::FlatOds(text) => text.contains("<draw:").then_some("图片或图表").into_iter().collect(),
        Format::Html(text) => html_table::other_content(text),
        Format::Mhtml => {
            mhtml::pages(bytes).ok()?.iter().flat_map(|page| html_table::other_content(&page.text)).collect()
        }
        Format::SpreadsheetXml(_) | Format::Delimited(_) => Vec::new(),
    };
    let mut names: Vec<&str> = Vec::new();
    for name in found {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join("、"))
}
