//! Tags of a template and names in their expressions, for `lint`. This is a scanner, not a parser of tera's language:
//! it errs towards finding fewer names.

/// Words of tera's language that are no names.
const KEYWORDS: [&str; 17] = [
    "and", "or", "not", "in", "is", "if", "else", "elif", "for", "true", "false", "none", "None", "True", "False",
    "as", "loop",
];

/// A tag `{{ … }}` or `{% … %}`.
pub(super) struct TemplateTag<'s> {
    /// Byte offset in the template.
    pub start: usize,
    /// The text between the delimiters, trimmed.
    pub content: &'s str,
    /// Whether it is a statement (`{% … %}`).
    pub is_statement: bool,
}

/// The tags of a template; comments and raw text are skipped.
pub(super) fn template_tags(source: &str) -> Vec<TemplateTag<'_>> {
    let mut tags = Vec::new();
    let mut at = 0;
    let mut raw = false;
    while let Some(open) = source[at..].find('{').map(|found| at + found) {
        let rest = &source[open..];
        let close = match rest.get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ => {
                at = open + 1;
                continue;
            }
        };
        let Some(end) = rest.find(close) else { break };
        let content = rest.get(2..end).unwrap_or_default().trim_matches('-').trim();
        let is_statement = close == "%}";
        if is_statement && content == "endraw" {
            raw = false;
        } else if is_statement && content == "raw" {
            raw = true;
        } else if !raw && close != "#}" {
            tags.push(TemplateTag { start: open, content, is_statement });
        }
        at = open + end + 2;
    }
    tags
}

/// A dotted name in an expression, such as `study.0.done`.
pub(super) struct NamePath<'e> {
    /// The names between the dots and brackets.
    pub parts: Vec<&'e str>,
    /// Byte offset of its first character in the expression.
    pub start: usize,
    /// Byte offset behind its last character.
    pub end: usize,
}

/// The dotted names of an expression, without its strings, filters, tests, functions and argument names.
pub(super) fn name_paths(text: &str) -> Vec<NamePath<'_>> {
    let mut paths = Vec::new();
    let bytes = text.as_bytes();
    let is_name_byte = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
    // What precedes the current position: an operator, `is`, `is not`, a string (`"`) or any other word.
    let (mut at, mut previous) = (0, "");
    while at < bytes.len() {
        let b = bytes[at];
        if matches!(b, b'"' | b'\'' | b'`') {
            at += 1 + text[at + 1..].bytes().position(|c| c == b).unwrap_or(text.len() - at - 1) + 1;
            previous = "\"";
        } else if is_name_byte(b) {
            let start = at;
            let is_dot = |at: usize| bytes[at] == b'.' && bytes.get(at + 1).is_some_and(|b| is_name_byte(*b));
            while at < bytes.len() && (is_name_byte(bytes[at]) || is_dot(at)) {
                at += 1;
            }
            let word = &text[start..at];
            let mut parts: Vec<&str> = word.split('.').collect();
            while let Some(fields) = Subscript::parse(&text[at..]) {
                parts.extend(fields.names.split('.').filter(|name| !name.is_empty()));
                at += fields.len;
            }
            let is_filter_or_test = matches!(previous, "|" | "is" | "is not" | ".");
            let next = text[at..].trim_start();
            let is_function = next.starts_with('(');
            let is_argument = next.starts_with('=') && !next.starts_with("==");
            let is_literal = b.is_ascii_digit() || KEYWORDS.contains(&word) || word.starts_with("loop.");
            if !(is_filter_or_test || is_function || is_argument || is_literal) {
                paths.push(NamePath { parts, start, end: at });
            }
            previous = match word {
                "is" => "is",
                "not" if previous == "is" => "is not",
                _ => "word",
            };
        } else {
            if !b.is_ascii_whitespace() {
                previous = text.get(at..=at).unwrap_or("");
            }
            at += 1;
        }
    }
    paths
}

/// `["field"]`, `[0]`, or `.field` behind one of these.
struct Subscript<'e> {
    /// The names in it, separated by dots.
    names: &'e str,
    /// Its length in bytes.
    len: usize,
}

impl<'e> Subscript<'e> {
    /// Parses the subscript that `text` begins with.
    fn parse(text: &'e str) -> Option<Self> {
        if let Some(quoted) = text.strip_prefix("[\"") {
            let (names, rest) = quoted.split_once('"')?;
            return rest.starts_with(']').then_some(Self { names, len: names.len() + 4 });
        }
        if let Some(bracketed) = text.strip_prefix('[') {
            let (names, _) = bracketed.split_once(']')?;
            let is_index = !names.is_empty() && names.bytes().all(|b| b.is_ascii_digit());
            return is_index.then_some(Self { names, len: names.len() + 2 });
        }
        let fields = text.strip_prefix('.')?;
        let end = fields.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(fields.len());
        (end > 0).then(|| Self { names: &fields[..end], len: end + 1 })
    }
}
