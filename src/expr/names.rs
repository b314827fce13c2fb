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

/// The expression with blanks for what is no code: comments and the insides of strings. Every place stays where it is.
pub fn code(expr: &str) -> String {
    let mut out = String::with_capacity(expr.len());
    let mut rest = expr;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '`' | '\'' => literal(rest, first),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest),
            _ => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
        };
        let (passed, after) = rest.split_at(length);
        // What is left of a literal is a quote, so that nobody takes it for the end of a name.
        out.push(if first == '/' { ' ' } else { '"' });
        out.extend(std::iter::repeat_n(' ', passed.len() - 1));
        rest = after;
    }
    out
}

/// How long the string at the beginning is.
fn literal(text: &str, quote: char) -> usize {
    let mut escaped = false;
    let mut inside = text.char_indices().skip(1);
    let end = inside.find(|(_, c)| {
        let ends = *c == quote && !escaped;
        escaped = *c == '\\' && !escaped && quote != '`';
        ends
    });
    end.map_or(text.len(), |(at, c)| at + c.len_utf8())
}

/// How long the comment at the beginning is; comments may hold comments.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        match text.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The identifiers outside strings and comments.
fn words(expr: &str) -> impl Iterator<Item = Word<'_>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let code = code(expr);
    let mut at = 0;
    let mut before = ' ';
    std::iter::from_fn(move || {
        loop {
            let rest = &code[at..];
            let first = rest.chars().next()?;
            if is_part(first) {
                let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                let called = rest[length..].trim_start().starts_with('(');
                let word = Word { text: &expr[at..at + length], after_dot: before == '.', called };
                at += length;
                before = 'a';
                if !first.is_ascii_digit() {
                    return Some(word);
                }
            } else {
                if !first.is_whitespace() {
                    before = first;
                }
                at += first.len_utf8();
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

    #[test]
    fn comments_and_escaped_quotes_hold_no_names() {
        let expr = r#"/* 5" /* rectify */ */ study.filter(|r| r.name != "\"" && r.post == 'x').len() // task.rate"#;
        assert!(mentions(expr, "study") && !mentions(expr, "rectify") && !mentions(expr, "task"));
        let names: Vec<&str> = super::properties(expr).collect();
        assert_eq!(names, ["name", "post"]);
        for odd in ["\"", "/*", "'\\", "`甲", "/", "//甲\nstudy", "\"甲\\\"乙\"study"] {
            assert_eq!(super::code(odd).len(), odd.len(), "{odd}");
        }
        assert_eq!(super::code("\"甲\"+a"), "\"    +a");
    }
}
