//! Escapes printed text for Markdown: a cell's text comes out of the Markdown parser as it was typed.

use std::io::Write;

use crate::marker;

/// Writes `text` so that Markdown reads it as plain text: a backslash before ASCII punctuation, a character reference
/// for tabs, markers for line breaks. Other markers pass through.
///
/// # Errors
/// When `output` fails.
pub(super) fn write_escaped(text: &str, output: &mut dyn Write) -> std::io::Result<()> {
    let has_lines = text.contains('\n');
    if has_lines {
        write_char(marker::MULTILINE_OPEN, output)?;
    }
    let mut copied = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii_punctuation() || matches!(c, '\n' | '\t')) {
        output.write_all(&text.as_bytes()[copied..at])?;
        copied = at + 1;
        match c {
            '\n' => write_char(marker::LINE_BREAK, output)?,
            '\t' => output.write_all(b"&#9;")?,
            _ => {
                output.write_all(b"\\")?;
                copied = at;
            }
        }
    }
    output.write_all(&text.as_bytes()[copied..])?;
    if has_lines { write_char(marker::MULTILINE_CLOSE, output) } else { Ok(()) }
}

fn write_char(c: char, output: &mut dyn Write) -> std::io::Result<()> {
    output.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())
}

/// `text` so that Markdown reads it as plain text.
pub(super) fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    // Writing into a Vec does not fail.
    let _ = write_escaped(text, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::write_escaped;

    #[test]
    fn markdown_syntax_is_escaped() {
        let mut out = Vec::new();
        let written = write_escaped("*甲*|<b>\n# 乙\t1.", &mut out);
        assert!(written.is_ok());
        assert_eq!(String::from_utf8_lossy(&out), "\u{fdd3}\\*甲\\*\\|\\<b\\>\u{fdd2}\\# 乙&#9;1\\.\u{fdd4}");
    }
}
