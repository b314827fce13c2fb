//! Braces that look like a tag and are none: full-width ones, single ones, and those without their partner. Tera takes
//! them for text, so that the name between them would be printed instead of its value.

use super::parse::parse;
use crate::notice::is_name_continue;
use crate::notice::tags::ScannedTemplate;

/// Something in a template's text that was meant to be a tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BraceMistake {
    /// Byte offset in the template.
    pub offset: usize,
    /// What is wrong and what would be right, in Chinese.
    pub message: String,
}

/// The most characters of a mistake that its message shows.
const EXCERPT_LEN: usize = 20;

/// Finds the mistakes in a template's text, in its order. `is_known` is whether a template may use a name.
pub(super) fn mistakes(
    source: &str,
    scanned: &ScannedTemplate<'_>,
    is_known: impl Fn(&str) -> bool,
) -> Vec<BraceMistake> {
    let mut mistakes = Vec::new();
    for range in &scanned.texts {
        // A text ends at the next tag, so that its braces are looked at alone.
        let text = &source[range.clone()];
        let mut at = 0;
        while let Some(open) = text[at..].find(is_brace).map(|found| at + found) {
            let length = mistake_length(&text[open..]);
            let written = &text[open..open + length];
            if let Some(message) = message(written, &is_known) {
                mistakes.push(BraceMistake { offset: range.start + open, message });
            }
            at = open + length;
        }
    }
    if let Some(offset) = scanned.unclosed {
        mistakes.push(unclosed(source, offset));
    }
    mistakes
}

fn is_brace(c: char) -> bool {
    is_open(c) || is_close(c)
}

fn is_open(c: char) -> bool {
    matches!(c, '{' | '｛')
}

fn is_close(c: char) -> bool {
    matches!(c, '}' | '｝')
}

/// The length of what begins with a brace: to the last of the closing braces in the same line, or to the line's end.
fn mistake_length(text: &str) -> usize {
    let line = text.split('\n').next().unwrap_or_default();
    let Some(close) = line.find(is_close) else { return line.len() };
    let rest = &line[close..];
    let closing = rest.find(|c: char| !is_close(c) && !c.is_whitespace()).unwrap_or(rest.len());
    close + rest[..closing].trim_end().len()
}

/// What is wrong with a part of the text in braces; `None` when it is text.
fn message(written: &str, is_known: impl Fn(&str) -> bool) -> Option<String> {
    let inner = written.trim_matches(|c: char| is_brace(c) || c.is_whitespace());
    let statement = inner.trim_matches(|c: char| matches!(c, '%' | '％' | '-' | '－') || c.is_whitespace());
    let is_statement = inner.contains(['%', '％']) && statement.len() < inner.len();
    let opens = written.chars().take_while(|c| is_open(*c) || c.is_whitespace()).filter(|c| is_open(*c)).count();
    let closes =
        written.chars().rev().take_while(|c| is_close(*c) || c.is_whitespace()).filter(|c| is_close(*c)).count();
    let begins_like_a_name = statement.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let first = &statement[..statement.find(|c| !is_name_continue(c)).unwrap_or(statement.len())];
    // Braces around Chinese words are text, unless they are doubled or the first word is a name.
    if !(begins_like_a_name
        || (is_known(first) && parse(statement).is_some())
        || is_statement
        || opens > 1
        || closes > 1)
    {
        return None;
    }
    let excerpt: String = written.chars().take(EXCERPT_LEN).collect();
    let right = if is_statement { format!("{{% {statement} %}}") } else { format!("{{{{ {statement} }}}}") };
    let fault = match (opens, closes) {
        (0, _) => return Some(format!("“{excerpt}”前面缺少“{{{{”或“{{%”；标记用半角的两个括号，如 {{{{ 名称 }}}}")),
        (_, 0) => return Some(format!("“{excerpt}”没有写完：标记用半角的两个括号，如 {{{{ 名称 }}}}")),
        _ if written.contains(['｛', '｝', '％']) => "用了全角的括号或百分号",
        (1, 1) if !is_statement => "只有一层花括号",
        _ => "的括号没有连着写，或者不成对",
    };
    Some(format!("“{excerpt}”{fault}，会原样印进报告；应写 {right}"))
}

/// The message about a tag that is not closed.
fn unclosed(source: &str, offset: usize) -> BraceMistake {
    let rest = &source[offset..];
    let line = rest.split('\n').next().unwrap_or_default();
    let next =
        line.char_indices().skip(2).find(|(at, _)| line[*at..].starts_with("{{") || line[*at..].starts_with("{%"));
    let excerpt: String = line[..next.map_or(line.len(), |(at, _)| at)].chars().take(EXCERPT_LEN).collect();
    let close = match rest.as_bytes().get(1) {
        Some(b'{') => "}}",
        Some(b'%') => "%}",
        _ => "#}",
    };
    let message = format!("“{}”没有写完，缺少“{close}”", excerpt.trim_end());
    BraceMistake { offset, message }
}

#[cfg(test)]
mod tests {
    use super::mistakes;
    use crate::notice::tags::scan;

    fn said(source: &str) -> Vec<String> {
        mistakes(source, &scan(source), |name| name == "经费").into_iter().map(|mistake| mistake.message).collect()
    }

    #[test]
    fn full_width_and_single_braces_are_refused_with_what_is_right() {
        for (source, right) in [
            ("经费｛｛ fund ｝｝万元", "应写 {{ fund }}"),
            ("经费｛{ fund }｝万元", "应写 {{ fund }}"),
            ("经费{ fund }万元", "应写 {{ fund }}"),
            ("经费${fund}万元", "应写 {{ fund }}"),
            ("经费｛fund｝万元", "应写 {{ fund }}"),
            ("经费{ { fund } }万元", "应写 {{ fund }}"),
            ("｛% if n.fund %｝有", "应写 {% if n.fund %}"),
            ("{％ if n.fund ％}有", "应写 {% if n.fund %}"),
            ("｛％ endif ％｝", "应写 {% endif %}"),
            ("{ % if n.fund % }有", "应写 {% if n.fund %}"),
            ("经费 fund }}万元", "前面缺少"),
            ("经费｛｛ fund 万元", "没有写完"),
            ("经费{ fund.total | x }万元", "应写 {{ fund.total | x }}"),
            ("共{经费}万元", "应写 {{ 经费 }}"),
            ("共｛ 经费.合计 ｝万元", "应写 {{ 经费.合计 }}"),
        ] {
            let said = said(source);
            assert!(!said.is_empty() && said[0].contains(right), "{source}: {said:?}");
        }
    }

    #[test]
    fn braces_around_words_are_text() {
        for source in [
            "集合{甲、乙}",
            "如{经费、人员}",
            "见｛附件｝",
            "{{ fund }}万元",
            "{% if a %}{甲}{% endif %}",
            "{# { fund } #}",
        ] {
            assert_eq!(said(source), [""; 0], "{source}");
        }
    }

    #[test]
    fn an_unclosed_tag_is_named_with_what_is_missing() {
        assert_eq!(said("共{{ cadres 人，{{ short }}人"), ["“{{ cadres 人，”没有写完，缺少“}}”"]);
        assert_eq!(said("{% if n.cadres }}有{% endif %}"), ["“{% if n.cadres }}有”没有写完，缺少“%}”"]);
    }
}
