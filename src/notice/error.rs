//! Errors of settings and templates, in Chinese with file and line.

use std::path::PathBuf;

/// Why a notice cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// The settings cannot be read.
    #[error("读不到通知设置 {}", file.display())]
    Read {
        /// The settings.
        file: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Something in a settings file or template is wrong.
    #[error("{} 第{line}行：{message}", file.display())]
    At {
        /// The settings file or template.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong and, where possible, what would be right.
        message: String,
    },
    /// Several errors, at least two.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several(Vec<NoticeError>),
}

impl NoticeError {
    /// Fails with all of `errors` when there are any.
    pub fn all(mut errors: Vec<Self>) -> Result<(), Self> {
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            _ => Err(Self::Several(errors)),
        }
    }
}

/// The line (from 1) that holds byte `offset` of `text`.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|b| **b == b'\n').count() + 1
}

/// The similarity of two names, from 0 to 1 (normalised Damerau–Levenshtein).
pub fn similarity(a: &str, b: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(a, b)
}

/// Bytes of the longest name that is compared: the cost grows with the product of both lengths.
const MAX_COMPARED: usize = 300;

/// The known name most similar to `name`, when its similarity is at least one half.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > MAX_COMPARED {
        return None;
    }
    known
        .filter(|known| known.len() <= MAX_COMPARED)
        .map(|known| (similarity(name, known), known))
        .filter(|(similarity, _)| *similarity >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// What follows in a message about an unknown name: a question for the most similar one, or a stop before the known
/// names.
pub fn nearest_hint<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(name, known).map_or_else(|| "；".to_owned(), |near| format!("，是不是“{near}”？"))
}

/// Names that a message lists, and looks for a similar one in: messages stay linear in the settings when everything in
/// them is wrong.
const MAX_KNOWN: usize = 100;

/// What follows in a message about an unknown name: [`nearest_hint`], and the known names behind `label`.
pub fn known_names<'a>(name: &str, label: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.collect();
    let count = known.len();
    known.truncate(MAX_KNOWN);
    let hint = nearest_hint(name, known.iter().copied());
    let rest = if count > MAX_KNOWN { format!(" 等 {count} 个") } else { String::new() };
    format!("{hint}{label}：{}{rest}", known.join("、"))
}

/// What follows in a message about an unknown name of an expression or a template: it may be a text without its quotes.
pub fn quotes_hint(name: &str) -> &'static str {
    if name.is_ascii() { "" } else { "（如果是文字，要写在半角的引号里）" }
}
