//! Errors about values without a span: where they are in the settings, and which names exist.

use super::super::error::{NoticeError, known_names};
use super::super::settings::Notice;

/// An error at the key that a path leads to, such as `ledger.study.columns.done`, or at the last part of it that is
/// written. Items of lists are counted from 0.
pub(super) fn error_at_key(notice: &Notice, path: &[&str], message: String) -> NoticeError {
    notice.source.error_at(notice.key_offsets().offset_of(path), message)
}

/// The message about an unknown name: the most similar name, and the known ones.
pub(super) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a String>) -> String {
    format!("没有名为“{name}”的{what}{}", known_names(name, "现有", known.into_iter().map(String::as_str)))
}
