//! File and branch names in URLs.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986, 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A name as one path segment or query value: every byte that has a meaning in URLs is percent-encoded.
pub fn percent_encode(name: &str) -> String {
    utf8_percent_encode(name, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::percent_encode;

    #[test]
    fn no_character_of_a_name_has_a_meaning_in_a_url() {
        assert_eq!(percent_encode("甲/& a-1_2.b~"), "%E7%94%B2%2F%26%20a-1_2.b~");
    }
}
