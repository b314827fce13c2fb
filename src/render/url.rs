//! File and branch names in URLs.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986, 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A name as one path segment or query value: every byte that has a meaning in URLs is percent-encoded.
pub fn percent_encode(name: &str) -> String {
    utf8_percent_encode(name, RESERVED).to_string()
}

/// The text that was percent-encoded; bytes that are no UTF-8 are replaced.
pub fn percent_decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{percent_decode, percent_encode};

    #[test]
    fn what_was_encoded_is_decoded() {
        for text in ["张三", "Li Si; x=1", "100%", "%zz%4", ""] {
            assert_eq!(percent_decode(&percent_encode(text)), text);
        }
    }

    #[test]
    fn no_character_of_a_name_has_a_meaning_in_a_url() {
        assert_eq!(percent_encode("甲/& a-1_2.b~"), "%E7%94%B2%2F%26%20a-1_2.b~");
    }
}
