//! Errors about names: where they are in the settings, and which names exist.

use super::super::error::{NoticeError, nearest};
use super::super::settings::Notice;

/// An error about a name without a span, at the first line of the settings that contains it.
pub(super) fn error_at_name(notice: &Notice, name: &str, message: String) -> NoticeError {
    let contains = |line: &str| !line.trim_start().starts_with('#') && line.contains(name);
    let line = notice.text.lines().position(contains).map_or(1, |index| index + 1);
    NoticeError::At { file: notice.file.clone(), line, message }
}

/// The message about an unknown name: the most similar name, and all names.
pub(super) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a String>) -> String {
    let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("，是不是“{near}”？"),
        None => "，".to_owned(),
    };
    format!("没有名为“{name}”的{what}{hint}现有：{}", known.join("、"))
}
