//! Formulas as tokens.
//!
//! Input: a formula, with or without its `=`. Output: its tokens, or the formula moved to another cell.

use super::super::address::Reference;
use super::expression::Operator;

/// Bytes of the longest formula. Programs allow 8,192 characters.
const MAX_LENGTH: usize = 1 << 14;

/// The formula as it reads when its cell is copied so many rows down and columns to the right: references without `$`
/// move along.
pub(in super::super) fn moved(formula: &str, rows: i64, columns: i64) -> Option<String> {
    let tokens = tokens(formula)?;
    let mut out = String::with_capacity(formula.len());
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Name if !is_call(&tokens, index) => {
                out.push_str(&Reference::parse(token.text)?.moved(rows, columns)?.to_string());
            }
            _ => out.push_str(token.text),
        }
    }
    Some(out)
}

/// Whether the name at `index` is that of a function.
pub(super) fn is_call(tokens: &[Token<'_>], index: usize) -> bool {
    tokens.get(index + 1).is_some_and(|next| next.kind == TokenKind::Open)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Number,
    /// A text with its quotes; quotes inside are doubled.
    Text,
    /// A function or a reference.
    Name,
    Operator(Operator),
    Percent,
    Open,
    Close,
    Comma,
    Colon,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'f> {
    pub kind: TokenKind,
    pub text: &'f str,
}

/// The tokens of a formula; white space is left out. `None` when it is too long or has other characters.
pub(super) fn tokens(formula: &str) -> Option<Vec<Token<'_>>> {
    let mut rest = formula.trim().trim_start_matches('=');
    if rest.len() > MAX_LENGTH {
        return None;
    }
    let mut tokens = Vec::new();
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return Some(tokens) };
        let (kind, length) = match first {
            '0'..='9' | '.' => (TokenKind::Number, number_length(rest)),
            '"' => (TokenKind::Text, text_length(rest)?),
            'A'..='Z' | 'a'..='z' | '_' | '$' => {
                let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.');
                (TokenKind::Name, rest.find(|c| !is_part(c)).unwrap_or(rest.len()))
            }
            '%' => (TokenKind::Percent, 1),
            '(' => (TokenKind::Open, 1),
            ')' => (TokenKind::Close, 1),
            ',' => (TokenKind::Comma, 1),
            ':' => (TokenKind::Colon, 1),
            _ => {
                let (operator, length) = operator(rest)?;
                (TokenKind::Operator(operator), length)
            }
        };
        let (text, after) = rest.split_at(length);
        tokens.push(Token { kind, text });
        rest = after;
    }
}

fn operator(text: &str) -> Option<(Operator, usize)> {
    let operators = [
        ("<>", Operator::NotEqual),
        ("<=", Operator::AtMost),
        (">=", Operator::AtLeast),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("=", Operator::Equal),
        ("+", Operator::Add),
        ("-", Operator::Subtract),
        ("*", Operator::Multiply),
        ("/", Operator::Divide),
    ];
    operators.into_iter().find(|(sign, _)| text.starts_with(sign)).map(|(sign, operator)| (operator, sign.len()))
}

/// The length of the digits, the point and the exponent that a text begins with.
fn number_length(text: &str) -> usize {
    let digits = |from: usize| from + text[from..].bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let mantissa = digits(0);
    let exponent = text[mantissa..].strip_prefix(['E', 'e']);
    let Some(exponent) = exponent else { return mantissa };
    let signed = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if signed.starts_with(|c: char| c.is_ascii_digit()) { digits(text.len() - signed.len()) } else { mantissa }
}

/// The length of the quoted text that a text begins with.
fn text_length(text: &str) -> Option<usize> {
    let mut end = 1;
    loop {
        end += text[end..].find('"')? + 1;
        if !text[end..].starts_with('"') {
            return Some(end);
        }
        end += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{moved, tokens};

    #[test]
    fn relative_references_move_and_fixed_ones_stay() {
        let moved = |formula| moved(formula, 2, 1);
        assert_eq!(moved("=a1 + $B$2*$C3-D$4").as_deref(), Some("B3+$B$2*$C5-E$4"));
        assert_eq!(moved("IF(SUM(Z1:AA9)>1E3,\"A1\",\"\")").as_deref(), Some("IF(SUM(AA3:AB11)>1E3,\"A1\",\"\")"));
        for formula in ["Sheet2!A1", "A1&B1", "XFD1", "A1048575", "数量", "LOG"] {
            assert_eq!(moved(formula), None, "{formula}");
        }
        assert_eq!(super::moved("B3", -2, -1).as_deref(), Some("A1"));
        assert_eq!(super::moved("B3", -3, 0), None);
    }

    proptest! {
        #[test]
        fn no_text_brings_the_tokens_down(text in "(\\PC|[\"$:.A-Z0-9]){0,30}", rows in any::<i64>(), columns in any::<i64>()) {
            let _ = (tokens(&text), moved(&text, rows, columns));
        }
    }
}
