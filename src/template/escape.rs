//! Printed text made harmless: what a cell holds comes out of Markdown as it was typed.

use std::io::Write;

use crate::marker;

/// Writes `text` so that Markdown reads it as plain text; marks pass through, line breaks become marks.
pub fn markdown(text: &str, output: &mut dyn Write) -> std::io::Result<()> {
    let lines = text.contains('\n');
    let mark = |mark: char, output: &mut dyn Write| output.write_all(mark.encode_utf8(&mut [0; 4]).as_bytes());
    if lines {
        mark(marker::LINES_OPEN, output)?;
    }
    let mut plain = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii_punctuation() || matches!(c, '\n' | '\t')) {
        output.write_all(&text.as_bytes()[plain..at])?;
        plain = at + 1;
        match c {
            '\n' => mark(marker::LINE, output)?,
            '\t' => output.write_all(b"&#9;")?,
            _ => {
                output.write_all(b"\\")?;
                plain = at;
            }
        }
    }
    output.write_all(&text.as_bytes()[plain..])?;
    if lines { mark(marker::LINES_CLOSE, output) } else { Ok(()) }
}

/// `text` so that Markdown reads it as plain text.
pub fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    // Writing into memory does not fail.
    let _ = markdown(text, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn signs_lose_their_power() {
        let mut out = Vec::new();
        let written = markdown("*甲*|<b>\n# 乙\t1.", &mut out);
        assert!(written.is_ok());
        assert_eq!(String::from_utf8_lossy(&out), "\u{fdd3}\\*甲\\*\\|\\<b\\>\u{fdd2}\\# 乙&#9;1\\.\u{fdd4}");
    }
}
