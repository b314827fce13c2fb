//! What is said when a notice's settings cannot be used.

use std::path::{Path, PathBuf};

/// Why a notice could not be used.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// The settings could not be read.
    #[error("读不到通知设置 {}", file.display())]
    Read {
        /// The file asked for.
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
        /// What is wrong and what would be right.
        message: String,
    },
    /// Several things are wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several(Vec<NoticeError>),
}

impl NoticeError {
    /// All of `errors` as one, when there are any.
    pub fn all(mut errors: Vec<Self>) -> Result<(), Self> {
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            _ => Err(Self::Several(errors)),
        }
    }
}

/// The line (from 1) that holds byte `offset` of `text`.
pub fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|b| **b == b'\n').count() + 1
}

/// Turns the TOML reader's complaint into plain Chinese with its line.
pub fn of_toml(file: &Path, text: &str, error: &toml::de::Error) -> NoticeError {
    let line = error.span().map_or(1, |span| line_at(text, span.start));
    NoticeError::At { file: file.to_owned(), line, message: in_chinese(error.message()) }
}

/// The messages serde makes, in Chinese; any other stays as it is, behind a Chinese heading.
fn in_chinese(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((unknown, known)) if message.starts_with("unknown field") || message.starts_with("unknown variant") => {
            let hint = nearest(unknown, known.iter().copied()).map(|n| format!("，是不是“{n}”？")).unwrap_or_default();
            format!("不认识“{unknown}”{hint}这里可用的有：{}", known.join("、")).replace("”这", "”，这")
        }
        Some((field, _)) if message.starts_with("missing field") => format!("缺少“{field}”"),
        _ => format!("写法不对：{message}"),
    }
}

/// How alike two names are, from 0 to 1.
pub fn likeness(a: &str, b: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(a, b)
}

/// The name nearest to `wrong`, when one is near enough to be worth offering.
pub fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (likeness(wrong, name), name))
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
