//! Text for XML and HTML: as character data or within double quotes.

/// Appends `text` as character data or attribute value.
pub fn escape_into(out: &mut String, text: &str) {
    let name = |byte: u8| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        _ => None,
    };
    // Most texts hold none of them, and without a way out of the loop many bytes are looked at at once.
    if !text.bytes().fold(false, |found, byte| found | name(byte).is_some()) {
        return out.push_str(text);
    }
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let Some(name) = name(byte) else { continue };
        out.push_str(&text[plain..at]);
        out.push_str(name);
        plain = at + 1;
    }
    out.push_str(&text[plain..]);
}

/// `text` as character data or attribute value.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(&mut out, text);
    out
}
