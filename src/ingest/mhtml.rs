//! Web pages in a multipart message (MHTML, RFC 2557), as spreadsheet programs save a workbook as a “single file web
//! page”.
//!
//! Input: bytes. Output: the tables of the pages as sheets. The first page lists the pages of the sheets with their
//! names; without a list, every page is read. Pictures and style sheets are passed over.

use mailparse::{MailHeaderMap, ParsedMail};

use super::encoding::decode;
use super::html_table;
use super::limits::ReadError;
use super::raw_sheet::RawSheet;

/// Bytes in which the headers of the message are looked for.
const HEADERS: usize = 4096;

/// Whether the bytes begin as a multipart message with pages does.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(HEADERS)]).to_lowercase();
    let is_header = |line: &str| line.starts_with("mime-version:") || line.starts_with("content-type:");
    start.contains("multipart/") && start.contains("boundary") && start.lines().take(20).any(is_header)
}

/// Reads the tables of all pages.
///
/// # Errors
/// When the message cannot be parsed, or a page is not text or cannot be read.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<RawSheet>, ReadError> {
    let pages = pages(bytes)?;
    let names = pages.first().map(|page| listed_sheets(&page.text)).unwrap_or_default();
    let mut sheets = Vec::new();
    for page in &pages {
        let is_listed = |listed: &&ListedSheet| !listed.page.is_empty() && page.location.ends_with(&listed.page);
        let name = names.iter().find(is_listed).map(|listed| listed.name.as_str());
        // A workbook of one sheet is one page, which lists itself.
        let name = name.or_else(|| names.first().filter(|_| pages.len() == 1).map(|listed| listed.name.as_str()));
        if name.is_none() && !names.is_empty() {
            continue;
        }
        let mut tables = html_table::read(&page.text)?;
        for (index, table) in tables.iter_mut().enumerate() {
            if let Some(name) = name {
                table.name = if index == 0 { name.to_owned() } else { format!("{name} {}", table.name) };
            }
        }
        sheets.append(&mut tables);
    }
    Ok(sheets)
}

/// A page of the message.
pub(super) struct MhtmlPage {
    /// Its address, with `/` between segments.
    location: String,
    /// Its source, decoded to text.
    pub text: String,
}

/// The pages of a message in their order.
///
/// # Errors
/// As [`read`].
pub(super) fn pages(bytes: &[u8]) -> Result<Vec<MhtmlPage>, ReadError> {
    let damaged = || ReadError::Damaged("网页归档不完整".to_owned());
    let message = mailparse::parse_mail(bytes).map_err(|_| damaged())?;
    let mut pages = Vec::new();
    for part in message.parts().filter(|part| part.ctype.mimetype == "text/html") {
        let location = part.headers.get_first_value("Content-Location").unwrap_or_default().replace('\\', "/");
        pages.push(MhtmlPage { location, text: decode(&body(part).ok_or_else(damaged)?)? });
    }
    Ok(pages)
}

fn body(part: &ParsedMail<'_>) -> Option<Vec<u8>> {
    part.get_body_raw().ok()
}

/// A sheet that the first page lists.
struct ListedSheet {
    name: String,
    /// The end of the address of its page; empty for the first page itself.
    page: String,
}

/// The sheets in the list of a page: `<x:ExcelWorksheet>` elements inside a comment.
fn listed_sheets(page: &str) -> Vec<ListedSheet> {
    let sheets = page.split("<x:ExcelWorksheet>").skip(1);
    let listed = sheets.filter_map(|sheet| {
        let sheet = sheet.split("</x:ExcelWorksheet>").next()?;
        let name = sheet.split_once("<x:Name>")?.1.split_once("</x:Name>")?.0;
        let source = sheet.split_once("<x:WorksheetSource").and_then(|(_, rest)| rest.split('"').nth(1));
        let page = source.map(|source| source.rsplit(['/', '\\']).next().unwrap_or(source)).unwrap_or_default();
        Some(ListedSheet { name: html_table::unescape(name), page: page.to_owned() })
    });
    listed.filter(|listed| !listed.name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{looks_like, read};

    const MESSAGE: &str = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n\
        --b\r\nContent-Location: file:///C:/1/a.htm\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=\"utf-8\"\r\n\r\n\
        <html><!--[if gte mso 9]><xml><x:ExcelWorksheets><x:ExcelWorksheet><x:Name>=E7=94=B2&amp;=E4=B9=99</x:Name>=\r\n\
        <x:WorksheetSource HRef=3D\"a.files/sheet001.htm\"/></x:ExcelWorksheet></x:ExcelWorksheets></xml><![endif]--><frameset>\r\n\
        --b\r\nContent-Location: file:///C:/1/a.files/tabstrip.htm\r\nContent-Type: text/html\r\n\r\n<table><tr><td>tab</table>\r\n\
        --b\r\nContent-Location: file:///C:/1/a.files/sheet001.htm\r\nContent-Transfer-Encoding: base64\r\nContent-Type: text/html; charset=gb2312\r\n\r\n\
        PHRhYmxlPjx0cj48dGQ+tbM8dGQ+MTI8L3RhYmxlPg==\r\n--b--\r\n";

    #[test]
    fn sheets_are_read_with_their_names() {
        assert!(looks_like(MESSAGE.as_bytes()) && !looks_like(b"a,b\nboundary,multipart/related"));
        let sheets = read(MESSAGE.as_bytes()).unwrap();
        let text = |col| sheets[0].get(0, col).map(|cell| cell.to_text().into_owned());
        assert_eq!((sheets.len(), sheets[0].name.as_str()), (1, "甲&乙"));
        assert_eq!((text(0).as_deref(), text(1).as_deref()), (Some("党"), Some("12")));
    }

    proptest! {
        #[test]
        fn no_message_brings_the_reader_down(cut in 0_usize..MESSAGE.len(), insert in "\\PC{0,9}") {
            let (before, after) = MESSAGE.split_at(cut);
            let _ = read(format!("{before}{insert}{after}").as_bytes());
        }
    }
}
