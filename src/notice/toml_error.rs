//! Errors of the TOML reader and of the types of the settings, in Chinese with file and line.

use std::ops::Range;
use std::path::Path;

use super::error::{NoticeError, known_names, line_at};
use super::source::{SourcePart, SourceText};
use super::toml_advice::advice;
use crate::diagnostics::localize;

/// The error that the TOML reader reports, with its line. `part` holds the error's position, which is counted from its
/// start.
pub(super) fn from_toml(part: SourcePart<'_>, error: &toml::de::Error) -> NoticeError {
    let SourcePart { file, text, .. } = part;
    let span = error.span().unwrap_or(0..0);
    from_toml_at(file, text, span, error.message())
}

/// The error that the reader of the tables of `source` reports, with its file and line.
pub(super) fn from_tables(source: &SourceText, error: &toml::de::Error) -> NoticeError {
    let span = error.span().unwrap_or(0..0);
    let Some(part) = source.parts().rev().find(|part| part.start <= span.start) else {
        return from_toml_at(Path::new(""), source.text(), span, error.message());
    };
    from_toml_at(part.file, part.text, span.start - part.start..span.end.saturating_sub(part.start), error.message())
}

fn from_toml_at(file: &Path, text: &str, span: Range<usize>, message: &str) -> NoticeError {
    let line = line_at(text, span.start);
    let written = text.get(span).unwrap_or_default();
    let message = match message {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::SourceText;
    use super::from_tables;
    use crate::diagnostics::localize::is_chinese_message;
    use crate::notice::Notice;

    /// The error of settings that consist of `text`.
    fn refusal(text: &str) -> String {
        let error = toml::from_str::<Notice>(text).err();
        let source = SourceText::single(Path::new("设置"), text);
        error.map_or_else(String::new, |error| from_tables(&source, &error).to_string())
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
