//! Translates messages that libraries build from a fixed pattern.
//!
//! A pattern is literal text with `{}` where the library inserts a value. Its translation inserts the same values:
//! `{0}` as they are, `<0>` after a look-up in a table of terms (`string` → 文字). Tables are searched from the top,
//! so a narrower pattern precedes a wider one.

/// A pattern and its translation.
pub(super) type Phrase = (&'static str, &'static str);

/// The translation of `message` by the first phrase whose pattern matches it.
pub(super) fn translate(message: &str, phrases: &[Phrase], terms: &[Phrase]) -> Option<String> {
    phrases.iter().find_map(|(pattern, translation)| Some(fill(translation, &captures(pattern, message)?, terms)))
}

/// The values at each `{}` of the pattern, when the whole message matches it.
fn captures<'m>(pattern: &str, message: &'m str) -> Option<Vec<&'m str>> {
    let mut literals = pattern.split("{}");
    let mut rest = message.strip_prefix(literals.next()?)?;
    let mut found = Vec::new();
    let mut literals = literals.peekable();
    while let Some(literal) = literals.next() {
        let (value, after) = match literals.peek() {
            Some(_) => rest.split_once(literal)?,
            None => (rest.strip_suffix(literal)?, ""),
        };
        found.push(value);
        rest = after;
    }
    rest.is_empty().then_some(found)
}

/// Inserts the values into a translation in one pass, so that the content of a value is never taken for a place.
fn fill(translation: &str, values: &[&str], terms: &[Phrase]) -> String {
    let mut text = String::new();
    let mut rest = translation;
    while let Some(open) = rest.find(['{', '<']) {
        let (before, place) = rest.split_at(open);
        text.push_str(before);
        let value = place.get(1..2).and_then(|digit| values.get(digit.parse::<usize>().ok()?));
        match (value, place.get(..1), place.get(2..3)) {
            (Some(value), Some("{"), Some("}")) => text.push_str(value),
            (Some(value), Some("<"), Some(">")) => text.push_str(&term(value, terms)),
            _ => {
                text.push_str(&place[..1]);
                rest = &place[1..];
                continue;
            }
        }
        rest = &place[3..];
    }
    text + rest
}

/// The translation of a library's term; a term that the table does not have is quoted.
fn term(word: &str, terms: &[Phrase]) -> String {
    translate(word, terms, terms).unwrap_or_else(|| format!("“{}”", word.trim_matches('`')))
}

#[cfg(test)]
mod tests {
    use super::{captures, translate};

    #[test]
    fn a_pattern_is_followed_by_the_whole_message() {
        assert_eq!(captures("found {} and {}", "found a and b"), Some(vec!["a", "b"]));
        assert_eq!(captures("found `{}`", "found `a`"), Some(vec!["a"]));
        assert_eq!(captures("plain", "plain"), Some(vec![]));
        for (pattern, message) in
            [("found {}!", "found a"), ("plain", "plain and more"), ("found {} and {}", "found a")]
        {
            assert_eq!(captures(pattern, message), None, "{pattern}");
        }
    }

    #[test]
    fn values_are_inserted_as_they_are_or_as_terms() {
        let terms = [("string", "文字"), ("integer `{}`", "整数 {0}")];
        let phrases = [("want {}, got {}", "应是<0>，现为<1>（{1}）")];
        let said = |message| translate(message, &phrases, &terms);
        assert_eq!(said("want string, got integer `7`").as_deref(), Some("应是文字，现为整数 7（integer `7`）"));
        assert_eq!(said("want map, got {0}").as_deref(), Some("应是“map”，现为“{0}”（{0}）"));
        assert_eq!(said("want"), None);
    }
}
