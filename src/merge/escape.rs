//! Printed text made harmless: what a cell holds comes out of Markdown as it was typed.

use std::io::Write;

use crate::marks;

/// Writes `text` so that Markdown reads it as plain text; marks pass through.
pub fn markdown(text: &str, output: &mut dyn Write) -> std::io::Result<()> {
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let replacement: Option<&str> = match c {
            '\n' => Some(""),
            '\t' => Some("&#9;"),
            c if c.is_ascii_punctuation() => Some("\\"),
            _ => None,
        };
        let Some(replacement) = replacement else { continue };
        output.write_all(&text.as_bytes()[plain..at])?;
        output.write_all(replacement.as_bytes())?;
        plain = at;
        if matches!(c, '\n' | '\t') {
            plain += 1;
        }
        if c == '\n' {
            output.write_all(marks::LINE.encode_utf8(&mut [0; 4]).as_bytes())?;
        }
    }
    output.write_all(&text.as_bytes()[plain..])
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn signs_lose_their_power() {
        let mut out = Vec::new();
        let written = markdown("*甲*|<b>\n# 乙\t1.", &mut out);
        assert!(written.is_ok());
        assert_eq!(String::from_utf8_lossy(&out), "\\*甲\\*\\|\\<b\\>\u{fdd2}\\# 乙&#9;1\\.");
    }
}
