//! Errors about values without a span: where they are in the settings, and which names exist.

use super::super::error::{NoticeError, nearest_hint};
use super::super::settings::Notice;

/// Names that a message about an unknown one lists and looks for a similar one in. Messages stay linear in the settings
/// when everything in them is wrong.
const MAX_KNOWN: usize = 100;

/// An error at the key that a path leads to, such as `ledger.study.columns.done`, or at the last part of it that is
/// written. Items of lists are counted from 0.
pub(super) fn error_at_key(notice: &Notice, path: &[&str], message: String) -> NoticeError {
    NoticeError::At { file: notice.file.clone(), line: notice.key_lines().line_of(path), message }
}

/// The message about an unknown name: the most similar name, and all names.
pub(super) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a String>) -> String {
    let mut known: Vec<&str> = known.into_iter().map(String::as_str).collect();
    let count = known.len();
    known.truncate(MAX_KNOWN);
    let hint = nearest_hint(name, known.iter().copied());
    let rest = if count > MAX_KNOWN { format!(" 等 {count} 个") } else { String::new() };
    format!("没有名为“{name}”的{what}{hint}现有：{}{rest}", known.join("、"))
}
