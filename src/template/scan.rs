//! The tags of a template and the names in them, found without parsing tera's whole language.

/// Words of tera's own language.
const KEYWORDS: [&str; 17] = [
    "and", "or", "not", "in", "is", "if", "else", "elif", "for", "true", "false", "none", "None", "True", "False",
    "as", "loop",
];

/// The inside of `{{ }}` or `{% %}`.
pub struct Tag<'s> {
    pub start: usize,
    pub inside: &'s str,
    pub statement: bool,
}

/// The tags of a template; comments and raw text are passed over.
pub fn tags(source: &str) -> Vec<Tag<'_>> {
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
        let inside = rest.get(2..end).unwrap_or_default().trim_matches('-').trim();
        let statement = close == "%}";
        if statement && inside == "endraw" {
            raw = false;
        } else if statement && inside == "raw" {
            raw = true;
        } else if !raw && close != "#}" {
            tags.push(Tag { start: open, inside, statement });
        }
        at = open + end + 2;
    }
    tags
}

/// A dotted name in an expression, and where it stands.
pub struct Dotted<'e> {
    pub parts: Vec<&'e str>,
    pub start: usize,
    pub end: usize,
}

/// The dotted names of an expression: not its strings, filters, tests, functions and argument names.
pub fn paths(text: &str) -> Vec<Dotted<'_>> {
    let mut paths = Vec::new();
    let bytes = text.as_bytes();
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
    let (mut at, mut before) = (0, "");
    while at < bytes.len() {
        let b = bytes[at];
        if matches!(b, b'"' | b'\'' | b'`') {
            at += 1 + text[at + 1..].bytes().position(|c| c == b).unwrap_or(text.len() - at - 1) + 1;
            before = "\"";
        } else if is_part(b) {
            let start = at;
            while at < bytes.len()
                && (is_part(bytes[at]) || bytes[at] == b'.' && bytes.get(at + 1).is_some_and(|b| is_part(*b)))
            {
                at += 1;
            }
            let word = &text[start..at];
            let mut parts: Vec<&str> = word.split('.').collect();
            while let Some((fields, length)) = bracketed(&text[at..]) {
                parts.extend(fields.split('.').filter(|field| !field.is_empty()));
                at += length;
            }
            let next = text[at..].trim_start();
            let called = next.starts_with('(');
            let named = next.starts_with('=') && !next.starts_with("==");
            let known = matches!(before, "|" | "is" | "is not" | ".") || called || named || b.is_ascii_digit();
            if !known && !KEYWORDS.contains(&word) && !word.starts_with("loop.") {
                paths.push(Dotted { parts, start, end: at });
            }
            before = match word {
                "is" => "is",
                "not" if before == "is" => "is not",
                _ => "word",
            };
        } else {
            if !b.is_ascii_whitespace() {
                before = text.get(at..=at).unwrap_or("");
            }
            at += 1;
        }
    }
    paths
}

/// What `["field"]`, `[0]` or `.field` after such brackets name at the start of `text`, and how long that is.
fn bracketed(text: &str) -> Option<(&str, usize)> {
    if let Some(inside) = text.strip_prefix("[\"") {
        let (field, rest) = inside.split_once('"')?;
        return rest.starts_with(']').then_some((field, field.len() + 4));
    }
    if let Some(inside) = text.strip_prefix('[') {
        let (index, _) = inside.split_once(']')?;
        return (!index.is_empty() && index.bytes().all(|b| b.is_ascii_digit())).then_some((index, index.len() + 2));
    }
    let fields = text.strip_prefix('.')?;
    let end = fields.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(fields.len());
    (end > 0).then(|| (&fields[..end], end + 1))
}
