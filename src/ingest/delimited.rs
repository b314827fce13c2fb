//! Reader of delimited text: .csv and .tsv in UTF-8, UTF-16 or GB18030, with any of the usual delimiters.
//!
//! Input: bytes, then text. Output: one sheet whose cells are all texts. Blank lines count as rows, as they do in
//! spreadsheet programs.

use super::raw_cell::RawCell;
use super::raw_sheet::{Merges, RawSheet};

/// Reads a text as one sheet without a name.
pub(super) fn read(text: &str) -> Vec<RawSheet> {
    let mut sheet = RawSheet { merges: Some(Merges::default()), ..RawSheet::default() };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    loop {
        row += blank_lines(text, reader.position().byte() as usize);
        // Reading a record fails for bytes that are not UTF-8 or for an uneven length; neither can occur here.
        if !reader.read_record(&mut record).unwrap_or(false) {
            return vec![sheet];
        }
        for (col, field) in record.iter().enumerate() {
            sheet.push(row, col as u32, RawCell::Text(field.into()));
        }
        row += 1;
    }
}

/// The number of blank lines at `offset`, where the reader ended a record (perhaps between `\r` and `\n`). The reader
/// skips them, spreadsheet programs count them.
fn blank_lines(text: &str, offset: usize) -> u32 {
    let (before, rest) = text.split_at_checked(offset).unwrap_or((text, ""));
    let rest = if before.ends_with('\r') { rest.strip_prefix('\n').unwrap_or(rest) } else { rest };
    let ends = rest.bytes().take_while(|b| matches!(b, b'\r' | b'\n'));
    ends.filter(|b| *b == b'\n').count() as u32
}

/// Decodes by byte-order mark, else as UTF-8, else as GB18030.
///
/// # Errors
/// With a message when the bytes are not text.
pub(super) fn decode(bytes: &[u8]) -> Result<String, &'static str> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return Ok(encoding.decode(bytes).0.into_owned());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return if text.contains('\0') { Err("不是文本文件") } else { Ok(text.to_owned()) };
    }
    let (text, _, broken) = encoding_rs::GB18030.decode(bytes);
    if broken || text.contains('\0') { Err("既不是 UTF-8 也不是 GB18030 文本") } else { Ok(text.into_owned()) }
}

/// Decodes a file name as GB18030; `None` unless the result is Chinese.
pub fn decoded_name(bytes: &[u8]) -> Option<String> {
    let (text, broken) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    let is_chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    (!broken && is_chinese).then(|| text.into_owned())
}

/// The delimiter with which the greatest share of the first 20 rows have equally many cells, more than one; a comma when
/// there is none.
pub(super) fn delimiter(text: &str) -> u8 {
    let rank = |delimiter: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let widths: Vec<usize> = reader.records().take(20).flatten().map(|record| record.len()).collect();
        let uniform = |width: &usize| (widths.iter().filter(|w| *w == width).count() * 100 / widths.len(), *width);
        widths.iter().filter(|width| **width > 1).map(uniform).max().unwrap_or_default()
    };
    b"|;\t,".iter().copied().max_by_key(|d| rank(*d)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::{decode, delimiter, read};

    #[test]
    fn gb18030_is_read_without_a_mark() {
        let bytes = encoding_rs::GB18030.encode("党组织,姓名\n教务处,李𠮷").0.into_owned();
        assert_eq!(decode(&bytes), Ok("党组织,姓名\n教务处,李𠮷".to_owned()));
    }

    #[test]
    fn delimiters_are_found() {
        for (text, expected) in [
            ("a,b\nc,d", b','),
            ("a\tb\nc\td", b'\t'),
            ("a;b\nc;d,e", b';'),
            ("只有一列", b','),
            ("甲,乙\n\"a|b;c\",\"d|e;f\"", b','),
        ] {
            assert_eq!(delimiter(text), expected, "{text}");
        }
    }

    #[test]
    fn blank_lines_count_as_rows() {
        let sheets = read("甲,乙\r\n\r\n\r\n丙,丁\r\n");
        assert_eq!(sheets[0].rows.iter().map(|r| r.row).collect::<Vec<_>>(), [0, 3]);
    }

    #[test]
    fn quoted_line_breaks_stay_in_their_cell() {
        let sheets = read("甲,\"第一行\n第二行\"\n");
        assert_eq!(sheets[0].get(0, 1).map(super::RawCell::to_text).as_deref(), Some("第一行\n第二行"));
    }
}
