//! Reads settings and templates, which people save with any editor: in UTF-8 with or without a byte-order mark, in
//! UTF-16, in GB18030.

use std::path::Path;

use crate::store::read_limited;

/// The most bytes of a template or an outline.
const MAX_BYTES: u64 = 16 << 20;
/// The most bytes of settings, whose values take some fifty times their bytes while they are checked: 13 MB of empty
/// tables took 755 MiB. The settings of 20,000 metrics have 1 MB.
const MAX_SETTINGS: u64 = 4 << 20;

/// Why a text file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TextFileError {
    /// The system's reason.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The bytes are no text, or no encoding is certain.
    #[error("这一行不是 UTF-8 文字，也不能确定是哪种编码；用记事本打开，“另存为”时编码选 UTF-8")]
    Encoding {
        /// The first line that is no UTF-8, from 1.
        line: usize,
    },
}

/// Reads a text file, without its byte-order mark.
///
/// # Errors
/// When it cannot be read, is no regular file or larger than texts are, or its encoding is not certain.
pub fn read_text(path: &Path) -> Result<String, TextFileError> {
    read_text_below(path, MAX_BYTES)
}

/// Reads the text of settings, as [`read_text`] reads others.
///
/// # Errors
/// As for [`read_text`]; settings may be less large.
pub(super) fn read_settings(path: &Path) -> Result<String, TextFileError> {
    read_text_below(path, MAX_SETTINGS)
}

fn read_text_below(path: &Path, limit: u64) -> Result<String, TextFileError> {
    let bytes = read_limited(path, limit)?;
    decode(&bytes).map_err(|line| TextFileError::Encoding { line })
}

/// Decodes by byte-order mark, else as UTF-8, else as GB18030 when nothing else is likely.
///
/// # Errors
/// With the first line that cannot be decoded, from 1.
fn decode(bytes: &[u8]) -> Result<String, usize> {
    let line_at = |offset: usize| bytes[..offset].iter().filter(|b| **b == b'\n').count() + 1;
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, broken) = encoding.decode_with_bom_removal(bytes);
        return if broken || text.contains('\0') { Err(1) } else { Ok(text.into_owned()) };
    }
    if let Some(zero) = bytes.iter().position(|b| *b == 0) {
        return Err(line_at(zero));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => certain_gb18030(bytes).ok_or_else(|| line_at(error.valid_up_to())),
    }
}

/// The text in GB18030, when all its characters are of GB 2312: other encodings, such as Big5, have bytes below 0xA1
/// behind a first byte.
fn certain_gb18030(bytes: &[u8]) -> Option<String> {
    let mut rest = bytes;
    while let Some((first, behind)) = rest.split_first() {
        rest = match (first, behind.first()) {
            (0..=0x7f, _) => behind,
            (0xa1..=0xa9 | 0xb0..=0xf7, Some(0xa1..=0xfe)) => &behind[1..],
            _ => return None,
        };
    }
    let (text, broken) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    (!broken).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::{decode, read_settings, read_text};

    #[test]
    fn a_file_larger_than_texts_are_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notice.toml");
        // The disk holds none of it.
        std::fs::File::create(&path).unwrap().set_len(20 << 30).unwrap();
        assert_eq!(read_text(&path).unwrap_err().to_string(), "有 20480 MiB，最多 16 MiB");
        assert_eq!(read_settings(&path).unwrap_err().to_string(), "有 20480 MiB，最多 4 MiB");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notice.toml");
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).unwrap();
        assert!(read_text(&path).is_err());
    }

    #[test]
    fn what_editors_save_is_read() {
        let text = "{% if n.fund %}经费{{ fund }}万元。{% endif %}\r\n";
        let with_mark = format!("\u{feff}{text}");
        let utf16 = |to_bytes: fn(u16) -> [u8; 2]| with_mark.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
        let gb18030 = encoding_rs::GB18030.encode(text).0;
        for bytes in
            [text.as_bytes(), with_mark.as_bytes(), &gb18030, &utf16(u16::to_le_bytes), &utf16(u16::to_be_bytes)]
        {
            assert_eq!(decode(bytes).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_not_certain_is_refused_with_its_line() {
        let big5 = encoding_rs::BIG5.encode("第一行\n經費與黨建工作").0;
        let mut cut = "第一行\n经费".as_bytes().to_vec();
        cut.pop();
        let without_mark: Vec<u8> = "a\n甲".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&big5), Err(1));
        assert_eq!(decode(&cut), Err(2));
        assert_eq!(decode(&without_mark), Err(1));
    }
}
