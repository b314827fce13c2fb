//! Texts of ledgers in the syntax of settings and templates.

use crate::escape::push_escaped;
use crate::notice::edit::quoted;

/// An expression as a TOML string: in single quotes, which need no escapes, where it has none itself.
pub(super) fn expression(text: &str) -> String {
    if text.contains(['\'', '\n']) { quoted(text) } else { format!("'{text}'") }
}

/// A list of TOML strings.
pub(super) fn list<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A text behind `#`, on one line.
pub(super) fn comment(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().to_owned()
}

/// Words as a template prints them: signs of Markdown get a backslash. Braces are refused before (`texts`).
pub(super) fn words(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut out = String::with_capacity(plain.len());
    push_escaped(&mut out, &plain, |byte| match byte {
        b'\\' => Some("\\\\"),
        b'|' => Some("\\|"),
        b'*' => Some("\\*"),
        b'_' => Some("\\_"),
        b'`' => Some("\\`"),
        b'<' => Some("\\<"),
        b'>' => Some("\\>"),
        b'[' => Some("\\["),
        b']' => Some("\\]"),
        b'#' => Some("\\#"),
        b'~' => Some("\\~"),
        _ => None,
    });
    out
}

/// Words as a text within a tag of a template.
pub(super) fn argument(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect();
    format!("\"{plain}\"")
}

#[cfg(test)]
mod tests {
    use super::{argument, comment, expression, words};

    #[test]
    fn texts_keep_their_meaning() {
        assert_eq!(expression("r.a == \"甲\""), "'r.a == \"甲\"'");
        assert_eq!(expression("r.a == \"甲'乙\""), "\"r.a == \\\"甲'乙\\\"\"");
        assert_eq!(words("重大|特大 *1*"), "重大\\|特大 \\*1\\*");
        assert_eq!(argument("“甲”\"乙\""), "\"“甲”乙\"");
        assert_eq!(comment("甲\n乙"), "甲 乙");
    }
}
