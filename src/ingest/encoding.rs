//! Encodings of text files and of file names.
//!
//! Input: bytes. Output: text. A byte-order mark decides; without one, zero bytes make UTF-16, valid UTF-8 is UTF-8,
//! and the rest is Big5 or GB18030 ([`is_big5`]). Bytes that are no character of the encoding become U+FFFD, which the
//! readers of tables find and report with its cell.

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::limits::ReadError;

/// Of so many characters one may be undecodable in a text; a file with more of them holds no text.
const CHARACTERS_PER_ERROR: usize = 20;

/// Decodes a text file.
///
/// # Errors
/// When the bytes are not text.
pub(super) fn decode(bytes: &[u8]) -> Result<String, ReadError> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| (without_mark(bytes), 0));
    let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
    let errors = text.chars().filter(|c| is_error(*c)).count();
    let is_text = !text.contains('\0') && errors <= 1 + text.chars().count() / CHARACTERS_PER_ERROR;
    if is_text { Ok(text.into_owned()) } else { Err(ReadError::NotATable("不是文本".to_owned())) }
}

/// Whether a character is seldom in a text and frequent in decoded rubbish.
fn is_error(c: char) -> bool {
    c == char::REPLACEMENT_CHARACTER || c.is_control() && !c.is_whitespace()
}

/// The encoding of bytes without a byte-order mark.
fn without_mark(bytes: &[u8]) -> &'static Encoding {
    let zeros = |parity: usize| bytes.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    match (zeros(0), zeros(1)) {
        (0, 0) if std::str::from_utf8(bytes).is_ok() => UTF_8,
        (0, 0) if is_big5(bytes) => BIG5,
        (0, 0) => GB18030,
        // The high bytes of line ends, digits and delimiters are zero; the low bytes of Chinese characters seldom are.
        (even, odd) if even < odd => UTF_16LE,
        _ => UTF_16BE,
    }
}

/// Whether the bytes are Big5 rather than GB18030: valid, with most characters among the frequent ones of Big5 (first
/// byte A1 to C6, in the order of frequency), and with many second bytes below 0x7F. Such second bytes make rare
/// characters in GB18030 (third level of GBK), whose common ones have two bytes above 0xA0.
fn is_big5(bytes: &[u8]) -> bool {
    let (mut pairs, mut frequent, mut low) = (0_usize, 0_usize, 0_usize);
    let mut rest = bytes.iter();
    while let Some(first) = rest.next() {
        if *first < 0x80 {
            continue;
        }
        let Some(second) = rest.next() else { return false };
        pairs += 1;
        frequent += usize::from((0xa1..=0xc6).contains(first));
        low += usize::from((0x40..0x7f).contains(second));
    }
    let is_valid = || BIG5.decode_without_bom_handling_and_without_replacement(bytes).is_some();
    frequent * 10 >= pairs * 9 && low * 5 >= pairs && is_valid()
}

/// Decodes a file name as GB18030; `None` unless the result is Chinese.
pub fn decoded_name(bytes: &[u8]) -> Option<String> {
    let (text, broken) = GB18030.decode_without_bom_handling(bytes);
    let is_chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    (!broken && is_chinese).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GB18030};
    use proptest::prelude::*;

    use super::decode;

    const SIMPLIFIED: &str = "党组织,姓名,规定学时\n教务处党支部,李𠮷,50\n";
    const TRADITIONAL: &str = "黨組織,姓名,規定學時\n教務處黨支部,李四,50\n";

    fn utf16(text: &str, unit: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn every_encoding_is_read_without_a_mark() {
        for text in [SIMPLIFIED, TRADITIONAL] {
            let utf16 = [utf16(text, u16::to_le_bytes), utf16(text, u16::to_be_bytes)];
            for bytes in [text.as_bytes(), &utf16[0], &utf16[1], &GB18030.encode(text).0] {
                assert_eq!(decode(bytes).as_deref(), Ok(text), "{bytes:02x?}");
            }
        }
        assert_eq!(decode(&BIG5.encode(TRADITIONAL).0).as_deref(), Ok(TRADITIONAL));
    }

    #[test]
    fn gbk_names_of_rare_characters_are_no_big5() {
        for text in ["朱镕基,喆,翀,堃", "陶喆", "㐂", "姓名\n王堃", "€"] {
            assert_eq!(decode(&GB18030.encode(text).0).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_cut_character_is_marked_and_rubbish_is_no_text() {
        let cut = |bytes: &[u8]| decode(bytes).ok();
        assert_eq!(cut(b"\xef\xbb\xbf\xe5\xb7\xa5,\xe4\xbd,1").as_deref(), Some("工,\u{fffd},1"));
        assert_eq!(cut(&[0; 100]), None);
        assert_eq!(cut(b"\x01\x02\x03,\x04"), None, "valid UTF-8");
        assert_eq!(cut(b"\xef\xbb\xbf\xff\xfe\xfd\xfc"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_bring_the_decoder_down(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn common_text_survives_gb18030(text in "党[一二三党组织姓名学时支部会议年月日科长处,\n0-9]{0,60}") {
            prop_assert_eq!(decode(&GB18030.encode(&text).0), Ok(text));
        }
    }
}
