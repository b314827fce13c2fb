//! Escapes printed text for Markdown: a cell's text comes out of the Markdown parser as it was typed.

use std::io::Write;

use crate::marker;

/// Writes `text` so that Markdown reads it as plain text: other characters for ASCII punctuation that has a meaning
/// there (`marker::protected`), a character reference for tabs, markers for line breaks. Other markers pass through.
/// The result has at most three times the size, but for tabs.
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
        let replacement = match c {
            '\n' => Some(marker::LINE_BREAK),
            c => marker::protected(c),
        };
        if replacement.is_none() && c != '\t' {
            continue;
        }
        output.write_all(&text.as_bytes()[copied..at])?;
        copied = at + 1;
        match replacement {
            Some(replacement) => write_char(replacement, output)?,
            None => output.write_all(b"&#9;")?,
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
    use super::{escaped, write_escaped};
    use crate::marker;

    #[test]
    fn markdown_syntax_is_escaped() {
        let mut out = Vec::new();
        let written = write_escaped("*甲*|<b>\n# 乙\t1. (\"丙\", 5%)", &mut out);
        assert!(written.is_ok());
        let text = String::from_utf8_lossy(&out);
        assert!(!text.contains(['*', '|', '<', '>', '.', ')']), "{text}");
        let mut plain = String::new();
        marker::push_unprotected(&mut plain, &text);
        assert_eq!(plain, "\u{fdd3}*甲*|<b>\u{fdd2}# 乙&#9;1. (\"丙\", 5%)\u{fdd4}");
    }

    #[test]
    fn punctuation_grows_at_most_threefold() {
        let text: String = ('!'..='~').filter(char::is_ascii_punctuation).cycle().take(3200).collect();
        assert!(escaped(&text).len() <= 3 * text.len());
    }
}
