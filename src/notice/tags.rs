//! Splits a template into its tags and the text between them, as tera's lexer does.

use std::ops::Range;

/// A tag `{{ … }}` or `{% … %}`, by its place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TemplateTag<'s> {
    /// Byte offset of its first character in the template.
    pub start: usize,
    /// Byte offset behind its last character.
    pub end: usize,
    /// The text between the delimiters, trimmed.
    pub content: &'s str,
    /// Whether it is a statement (`{% … %}`); otherwise it prints (`{{ … }}`).
    pub is_statement: bool,
    /// Whether it removes the whitespace before it (`{%-`).
    pub trims_before: bool,
    /// Whether it removes the whitespace behind it (`-%}`).
    pub trims_after: bool,
}

/// A template's parts; comments and raw text are in none of them.
#[derive(Debug, Default)]
pub(crate) struct ScannedTemplate<'s> {
    pub tags: Vec<TemplateTag<'s>>,
    /// The ranges of text outside all tags.
    pub texts: Vec<Range<usize>>,
    /// Byte offset of a tag that is not closed; nothing behind it is scanned.
    pub unclosed: Option<usize>,
}

/// Splits a template, up to a tag that is never closed.
pub(crate) fn scan(source: &str) -> ScannedTemplate<'_> {
    let mut scanned = ScannedTemplate::default();
    let (mut at, mut raw) = (0, false);
    while let Some(open) = next_open(source, at) {
        if !raw && open > at {
            scanned.texts.push(at..open);
        }
        let Some(tag) = tag_at(source, open) else {
            if !raw {
                scanned.unclosed = Some(open);
            }
            return scanned;
        };
        match tag.content {
            "endraw" if tag.is_statement => raw = false,
            "raw" if tag.is_statement => raw = true,
            _ if !raw && !source[open..].starts_with("{#") => scanned.tags.push(tag),
            _ => {}
        }
        at = tag.end;
    }
    if !raw && at < source.len() {
        scanned.texts.push(at..source.len());
    }
    scanned
}

/// The offset of the next opening delimiter.
fn next_open(source: &str, from: usize) -> Option<usize> {
    let opens = |pair: &[u8]| pair[0] == b'{' && matches!(pair[1], b'{' | b'%' | b'#');
    source.as_bytes().get(from..)?.windows(2).position(opens).map(|found| from + found)
}

/// The tag that opens at `start`; `None` when it is not closed.
pub(crate) fn tag_at(source: &str, start: usize) -> Option<TemplateTag<'_>> {
    let rest = &source[start..];
    let inner = &rest[2..];
    let (close, length) = match rest.as_bytes()[1] {
        b'{' => ("}}", expression_length(inner, "}}")?),
        b'%' => ("%}", expression_length(inner, "%}")?),
        _ => ("#}", inner.find("#}")?),
    };
    let content = &inner[..length];
    let after_open = content.strip_prefix('-');
    let trimmed = after_open.unwrap_or(content);
    let before_close = trimmed.strip_suffix('-');
    Some(TemplateTag {
        start,
        end: start + 2 + length + close.len(),
        content: before_close.unwrap_or(trimmed).trim(),
        is_statement: close == "%}",
        trims_before: after_open.is_some(),
        trims_after: before_close.is_some(),
    })
}

/// The length of an expression before its closing delimiter, which does not count inside quotes; `None` when another
/// tag opens before.
fn expression_length(text: &str, close: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut quote) = (0, None);
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), b) if open == b => quote = None,
            (Some(_), _) => {}
            (None, b @ (b'"' | b'\'' | b'`')) => quote = Some(b),
            (None, _) if bytes[at..].starts_with(close.as_bytes()) => return Some(at),
            (None, b'{') if matches!(bytes.get(at + 1), Some(b'{' | b'%')) => return None,
            (None, _) => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::scan;

    #[test]
    fn tags_and_texts_are_told_apart() {
        let source = "甲{{- a -}}乙{% if \"%}\" %}丙{# {{ no }} #}{% raw %}{{ raw }}{% endraw %}丁";
        let scanned = scan(source);
        let tags: Vec<(&str, bool, bool, bool)> =
            scanned.tags.iter().map(|tag| (tag.content, tag.is_statement, tag.trims_before, tag.trims_after)).collect();
        assert_eq!(tags, [("a", false, true, true), ("if \"%}\"", true, false, false)]);
        let texts: Vec<&str> = scanned.texts.iter().map(|range| &source[range.clone()]).collect();
        assert_eq!(texts, ["甲", "乙", "丙", "丁"]);
        assert_eq!(scanned.unclosed, None);
    }

    #[test]
    fn a_tag_that_is_not_closed_is_found_where_it_opens() {
        for source in ["甲{{ a", "甲{{ a 人，{{ b }}", "甲{{ a 人\n{% if b %}", "甲{% if a }}"] {
            assert_eq!(scan(source).unclosed, Some("甲".len()), "{source}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_written_brings_the_scanner_down(source in "[{}%#\"'\\\\ a甲-]{0,40}") {
            let scanned = scan(&source);
            let spans = scanned.tags.iter().map(|tag| tag.start..tag.end).chain(scanned.texts);
            proptest::prop_assert!(spans.into_iter().all(|span| source.get(span).is_some()));
        }
    }
}
