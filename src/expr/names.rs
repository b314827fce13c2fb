//! The names inside an expression, found without running it.

use crate::notice::Notice;

/// The column ids an expression over ledgers may use: those of the ledgers it mentions, and the calendars.
pub fn of_figure<'a>(notice: &'a Notice, expr: &str) -> Vec<&'a str> {
    let ledgers = notice.ledger.iter().filter(|(id, _)| mentions(expr, id));
    let columns = ledgers.flat_map(|(_, ledger)| ledger.columns.keys());
    columns.chain(notice.calendar.keys()).map(String::as_str).collect()
}

/// The column ids a check over `ledger` may use.
pub fn of_check<'a>(notice: &'a Notice, ledger: &str) -> Vec<&'a str> {
    let columns = notice.ledger.get(ledger).into_iter().flat_map(|ledger| ledger.columns.keys());
    columns.chain(notice.calendar.keys()).map(String::as_str).collect()
}

/// Whether the expression uses `name` as a variable.
pub fn mentions(expr: &str, name: &str) -> bool {
    words(expr).any(|word| word.text == name && !word.after_dot)
}

/// The properties that the expression asks values for.
pub fn properties(expr: &str) -> impl Iterator<Item = &str> {
    words(expr).filter(|word| word.after_dot && !word.called).map(|word| word.text)
}

/// The first property in the expression that is none of `properties`.
pub fn foreign<'e>(expr: &'e str, properties: &[&str]) -> Option<&'e str> {
    self::properties(expr).find(|name| !properties.contains(name))
}

/// The first function in the expression that is none of `functions`.
pub fn unknown_call<'e>(expr: &'e str, functions: &[&str]) -> Option<&'e str> {
    words(expr).find(|word| word.called && !functions.contains(&word.text)).map(|word| word.text)
}

/// An identifier and what stands around it.
struct Word<'e> {
    text: &'e str,
    after_dot: bool,
    called: bool,
}

/// The identifiers outside string literals.
fn words(expr: &str) -> impl Iterator<Item = Word<'_>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = expr;
    let mut before = ' ';
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            if first == '"' || first == '`' {
                let inside = &rest[first.len_utf8()..];
                let end = inside.find(first).map_or(inside.len(), |at| at + first.len_utf8());
                rest = &inside[end..];
                before = first;
            } else if is_part(first) {
                let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                let (text, tail) = rest.split_at(end);
                let word = Word { text, after_dot: before == '.', called: tail.trim_start().starts_with('(') };
                rest = tail;
                before = 'a';
                if !first.is_ascii_digit() {
                    return Some(word);
                }
            } else {
                if !first.is_whitespace() {
                    before = first;
                }
                rest = &rest[first.len_utf8()..];
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{foreign, mentions};

    #[test]
    fn properties_are_told_from_methods_and_text() {
        let expr = r#"study.filter(|r| r.state != "a.b" && r . done < 0.05).len()"#;
        assert_eq!(foreign(expr, &["state", "done"]), None);
        assert_eq!(foreign(expr, &["state"]), Some("done"));
        assert_eq!(super::unknown_call(expr, &["filter"]), Some("len"));
        assert!(mentions(expr, "study") && !mentions(expr, "done") && !mentions(expr, "a"));
    }
}
