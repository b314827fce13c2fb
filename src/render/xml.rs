//! Text for XML and HTML: as character data or within double quotes.

use crate::escape;

/// Appends `text` as character data or attribute value.
pub fn escape_into(out: &mut String, text: &str) {
    escape::replace_into(out, text, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        _ => None,
    });
}

/// `text` as character data or attribute value.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(&mut out, text);
    out
}
