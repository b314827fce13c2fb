//! Errors of settings and templates, in Chinese with file and line.

use std::path::{Path, PathBuf};

use super::toml_advice::advice;
use crate::diagnostics::localize;

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
    /// Several errors.
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

/// The error that the TOML reader reports, with its line.
pub(super) fn from_toml(file: &Path, text: &str, error: &toml::de::Error) -> NoticeError {
    let span = error.span().unwrap_or(0..0);
    let line = line_at(text, span.start);
    let written = text.get(span).unwrap_or_default();
    let message = match error.message() {
        "duplicate key" if !written.is_empty() => format!("写法不对：“{}”写了两次", written.trim_matches('"')),
        message => match wrong_type(message, written).or_else(|| advice(text.lines().nth(line - 1)?)) {
            Some(advice) => format!("写法不对：{advice}"),
            None => toml_message(message),
        },
    };
    NoticeError::At { file: file.to_owned(), line, message }
}

/// The cure for a value of a wrong type: a text without quotes, a number or a date with them.
fn wrong_type(message: &str, written: &str) -> Option<String> {
    let (found, expected) = message.strip_prefix("invalid type: ")?.split_once(", expected ")?;
    let kind = found.split(' ').next().unwrap_or_default();
    let inner = written.trim_matches(['"', '\'']);
    Some(match (kind, expected) {
        ("integer" | "floating" | "boolean" | "datetime", "a string") => {
            format!("“{written}”应写在引号里：\"{written}\"")
        }
        ("string", expected) if expected.contains("datetime") => match inner.parse::<jiff::civil::Date>() {
            Ok(date) => format!("日期“{inner}”不写引号：{date}"),
            Err(_) => advice(inner)?,
        },
        ("string", "a boolean") => format!("“{inner}”应写“true”（是）或“false”（否），不写引号"),
        _ => return None,
    })
}

/// A message of the TOML reader in Chinese. An unknown key comes with those that exist and the most similar of them.
fn toml_message(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((unknown, known)) if message.starts_with("unknown field") || message.starts_with("unknown variant") => {
            format!("不认识“{unknown}”{}", known_names(unknown, "这里可用的有", known.iter().copied()))
        }
        Some((field, _)) if message.starts_with("missing field") => format!("缺少“{field}”"),
        _ => format!("写法不对：{}", localize::toml(message)),
    }
}

/// The similarity of two names, from 0 to 1 (normalised Damerau–Levenshtein).
pub fn similarity(a: &str, b: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(a, b)
}

/// The known name most similar to `name`, when its similarity is at least one half.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| (similarity(name, known), known))
        .filter(|(similarity, _)| *similarity >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// What follows in a message about an unknown name: a question for the most similar one, or a stop before the known names.
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::from_toml;
    use crate::diagnostics::localize::is_chinese_message;
    use crate::notice::Notice;

    /// The error of settings that consist of `text`.
    fn refusal(text: &str) -> String {
        let error = toml::from_str::<Notice>(text).err();
        error.map_or_else(String::new, |error| from_toml(Path::new("设置"), text, &error).to_string())
    }

    #[test]
    fn what_the_toml_reader_refuses_is_said_in_chinese() {
        let broken = [
            "title",
            "title =",
            "= 1",
            "title = 甲",
            "标题 = 1",
            "title = \"甲",
            "title = '甲",
            "title = \"\"\"甲",
            "title = \"甲\\q\"",
            "title = \"甲\" x = 1",
            "title == 1",
            "title = [1, 2",
            "title = [1 2]",
            "title = [,]",
            "title = [a = 1]",
            "title = ]",
            "title = { a = 1",
            "title = { a }",
            "title = { = 1 }",
            "title = { a = 1,, b = 2 }",
            "title = { a = 1 b = 2 }",
            "title = }",
            "[notice",
            "[[section]",
            "[]",
            "[notice] x",
            "[notice]\n[notice]",
            "[notice]\nissuer = \"甲\"\nissuer = \"乙\"",
            "title = 01",
            "title = 1__0",
            "title = 0xZZ",
            "title = ++1",
            "title = 1.",
            "title = tru",
            "title = 2018-13-01",
            "title = 2018-02-30",
            "title = 2018-1-1",
            "title = 2018-10",
            "title = 10:99:00",
            "title = \"\u{1}\"",
            "# \u{1}",
            "notice = 1",
            "notice = []",
            "[notice]\nissuer = 5",
            "[notice]\nissuer = []",
            "[notice]\ncutoff = \"2018-10-25\"",
            "[notice]\ncutoff = 2018-10-25T10:00:00",
            "[severity]\nZ101 = 5",
            "[severity]\nZ101 = \"坏\"",
            "[ledger.a]\ntitle = \"甲\"\nevery_branch = \"是\"\n[ledger.a.columns]",
            "[ledger.a]\ntitle = \"甲\"\n[ledger.a.columns]\nb = { header = \"甲\", type = \"text\" }",
            "[ledger.a]\ntitle = \"甲\"\n[ledger.a.columns]\nb = { header = [\"甲\"], type = 5 }",
            "[ledger.a]\ntitle = \"甲\"\n[ledger.a.columns]\nb = { header = [\"甲\"], type = \"text\", decimals = -1 }",
            "[ledger.a]\ntitle = \"甲\"\n[ledger.a.columns]\nb = { header = [\"甲\"], type = \"text\", min = \"x\" }",
            "[calendar.a]\nlabel = \"甲\"\nfirst = 2018-01-01\nevery_days = 70000",
            "[calendar.a]\nlabel = \"甲\"\nfirst = 2018-01-01\nevery_days = 1.5",
            "section = { title = \"甲\" }",
            "[limits]\ncells = \"多\"",
            "[limits]\ncells = 99999999999999999999",
            "[archive]\nretention = 5",
            "[archive]\ndigits = -1",
        ];
        let mut untranslated = Vec::new();
        for text in broken {
            let said = refusal(text);
            let message = said.split_once("行：").map_or("", |(_, message)| message);
            if !is_chinese_message(message) {
                untranslated.push(format!("{text}: {said}"));
            }
        }
        assert!(untranslated.is_empty(), "{}", untranslated.join("\n"));
    }

    #[test]
    fn a_value_of_a_wrong_type_is_answered_with_the_right_one() {
        let column = "[ledger.a]\ntitle = \"甲\"\n[ledger.a.columns]\nb = { header = [\"甲\"], type = \"text\", ";
        for (text, line, says) in [
            (format!("{column}blank = 0 }}"), 4, "“0”应写在引号里：\"0\""),
            (format!("{column}blank = false }}"), 4, "“false”应写在引号里：\"false\""),
            (format!("{column}required = \"是\" }}"), 4, "“是”应写“true”（是）或“false”（否），不写引号"),
            ("[notice]\ncutoff = 2026.12.31".to_owned(), 2, "日期“2026.12.31”应写成 2026-12-31"),
            ("[notice]\ncutoff = 2018/11/02".to_owned(), 2, "日期“2018/11/02”应写成 2018-11-02"),
            ("[notice]\ncutoff = 2018年11月2日".to_owned(), 2, "日期“2018年11月2日”应写成 2018-11-02"),
            ("[notice]\ncutoff = \"2018-11-02\"".to_owned(), 2, "日期“2018-11-02”不写引号：2018-11-02"),
            ("[notice]\n\ntitle = “自查”".to_owned(), 3, "中文的引号"),
            ("[notice]\ntitle ＝ \"自查\"".to_owned(), 2, "应写半角的“=”"),
        ] {
            let said = refusal(&text);
            assert!(said.starts_with(&format!("设置 第{line}行：")) && said.contains(says), "{text}: {said}");
        }
    }

    #[test]
    fn a_key_that_is_written_twice_is_named_with_its_line() {
        let text = "[notice]\nissuer = \"甲\"\nissuer = \"乙\"\n";
        assert_eq!(refusal(text), "设置 第3行：写法不对：“issuer”写了两次");
    }
}
