//! Escaping for XML and HTML: character data and attribute values in double quotes.

use maud::Render;

use crate::escape;

/// Appends `text` as character data or attribute value.
pub fn escape_into(out: &mut String, text: &str) {
    escape::push_escaped(out, text, |byte| match byte {
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

/// Text that maud templates escape with [`escape_into`]. maud's own escaping goes byte by byte and takes 32 instead of
/// 6 µs for the texts of a report, 2 % of the time that the report takes.
pub(super) struct Escaped<'t>(pub &'t str);

impl Render for Escaped<'_> {
    fn render_to(&self, out: &mut String) {
        escape_into(out, self.0);
    }
}
