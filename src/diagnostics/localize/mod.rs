//! Translates the messages of the operating system and of libraries into Chinese, for the whole program.
//!
//! Input: an error, or a library's message. Output: a sentence without English, without paths that the user did not
//! name and without the markers of `crate::marker`. Messages are recognised by their text, since libraries seldom have
//! a kind for each; a library's message that no table has is shown in quotes behind a Chinese sentence.
//!
//! Not done here: naming the file. The caller's own message does that.

mod data;
mod io;
mod phrase;
mod settings;
mod template;

pub use io::io_error;

use std::error::Error;
use std::process::ExitStatus;

use crate::marker;

/// An error of this program with its causes, joined by `：`.
///
/// The walk ends at the first error that is not the program's own: libraries repeat their causes in their own text.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut parts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(system) = error.downcast_ref::<std::io::Error>() {
            parts.push(io_error(system));
            break;
        }
        let text = error.to_string();
        if !is_chinese(&text) || known(&text).is_some() {
            parts.push(system_cause(error).map_or_else(|| library(&text), io_error));
            break;
        }
        parts.push(without_markers(&text));
        next = error.source();
    }
    parts.join("：")
}

/// The I/O error that a library's error wraps.
fn system_cause<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e std::io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(system) = error.downcast_ref() {
            return Some(system);
        }
        cause = error.source();
    }
    None
}

/// The message of a library that reads or writes data: archives, XML, JSON, workbooks, numbers, text.
pub fn library(message: &str) -> String {
    known(message).unwrap_or_else(|| last_resort(message))
}

/// A message of the TOML reader about the settings.
pub fn toml(message: &str) -> String {
    settings::translated(message).unwrap_or_else(|| last_resort(message))
}

/// A message of the template engine.
pub fn template(message: &str) -> String {
    template::translated(message).unwrap_or_else(|| last_resort(message))
}

/// How a process ended.
pub fn exit_status(status: ExitStatus) -> String {
    status.code().map_or_else(|| "进程被系统结束".to_owned(), |code| format!("进程以 {code} 结束"))
}

/// The translation of a data library's message; `None` when no table has it.
fn known(message: &str) -> Option<String> {
    data::translated(message)
}

/// The message shown when there is no translation.
fn last_resort(message: &str) -> String {
    let message = without_markers(message);
    if starts_chinese(&message) {
        message
    } else {
        format!("没有写明的原因（原文：“{}”）", message.trim())
    }
}

/// Whether a message has Chinese in it.
fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'))
}

/// Whether a message is the program's own: its first letter outside of quotation marks is Chinese. Messages of libraries
/// may quote Chinese, but start in English.
fn starts_chinese(line: &str) -> bool {
    let unquoted = line.split('“').flat_map(|part| part.split_once('”').map_or(part, |(_, after)| after).chars());
    unquoted.into_iter().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_ascii())
}

/// A message without the markers of printed values: of `⟨key⟩value`, the value stays.
fn without_markers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut in_key = false;
    for c in text.chars() {
        match c {
            marker::PROVENANCE_OPEN => in_key = true,
            marker::PROVENANCE_TEXT => in_key = false,
            marker::LINE_BREAK => kept.push(' '),
            c if marker::is_marker(c) || in_key => {}
            c => kept.push(c),
        }
    }
    kept
}

/// Whether a message is fit for users: outside of quotation marks and of the names of formats it has no Latin letters,
/// and it has none of the markers of printed values.
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
    let formats = ["UTF-8", "XML", "JSON", "TOML"];
    let outside = formats.iter().fold(outside, |text, format| text.replace(format, ""));
    is_chinese(message)
        && !outside.contains(|c: char| c.is_ascii_alphabetic())
        && !message.contains(marker::is_marker)
        && !message.contains("原文")
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{chain, last_resort, without_markers};
    use crate::marker;

    #[derive(Debug, thiserror::Error)]
    #[error("写不进 报告.md")]
    struct Unwritten(#[source] io::Error);

    #[test]
    fn causes_are_joined_and_the_systems_own_words_are_translated() {
        let error = Unwritten(io::Error::from(io::ErrorKind::PermissionDenied));
        assert_eq!(chain(&error), "写不进 报告.md：没有权限");
        let wrapped = io::Error::new(io::ErrorKind::NotFound, "No such file (os error 2) at path \"/tmp/.zicha-e1wr\"");
        assert_eq!(chain(&Unwritten(wrapped)), "写不进 报告.md：文件或文件夹不存在");
        assert_eq!(chain(&zip::result::ZipError::FileNotFound), "压缩包里缺少需要的文件");
        let nested = zip::result::ZipError::Io(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(chain(&nested), "磁盘已满");
    }

    #[test]
    fn markers_do_not_reach_messages() {
        let mut text = String::from("不是数字：");
        marker::push_with_provenance(&mut text, 17, |text| text.push_str("12人"));
        assert_eq!(without_markers(&text), "不是数字：12人");
        assert_eq!(last_resort(&marker::gap("学时")), "学时");
    }
}
