//! What a message is made of: its language, and the markers that must not reach users.

use crate::marker::without_markers;

/// The message shown when there is no translation.
pub(super) fn last_resort(message: &str) -> String {
    let message = without_markers(message);
    if starts_chinese(&message) {
        message
    } else {
        format!("没有写明的原因（原文：“{}”）", message.trim())
    }
}

/// Whether a message has Chinese in it.
pub(super) fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'))
}

/// Whether a message is the program's own: its first letter outside of quotation marks is Chinese. Messages of
/// libraries may quote Chinese, but start in English.
pub(super) fn starts_chinese(line: &str) -> bool {
    let unquoted = line.split('“').flat_map(|part| part.split_once('”').map_or(part, |(_, after)| after).chars());
    unquoted.into_iter().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_ascii())
}

/// Whether a message is fit for users: outside of quotation marks and of the names of formats and products it has no
/// Latin letters, and it has none of the markers of printed values.
#[cfg(test)]
pub fn is_chinese_message(message: &str) -> bool {
    let mut depth = 0_usize;
    let mut outside = String::new();
    for c in message.chars() {
        match c {
            '“' | '《' => depth += 1,
            '”' | '》' => depth = depth.saturating_sub(1),
            c if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    let names = ["UTF-8", "XML", "JSON", "TOML", "Word"];
    let outside = names.iter().fold(outside, |text, name| text.replace(name, ""));
    is_chinese(message)
        && !outside.contains(|c: char| c.is_ascii_alphabetic())
        && !message.contains(crate::marker::is_marker)
        && !message.contains("原文")
}
