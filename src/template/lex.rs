//! Splits a template's expression into tokens, as tera 2 does; names may be of any script (`names.rs`).

use crate::notice::{is_name_continue, is_name_start};

/// A token of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    Text(String),
    Number,
    /// A name or a keyword.
    Word(&'t str),
    /// An operator or a bracket.
    Sign(&'static str),
}

/// A token with its position in the expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlacedToken<'t> {
    pub token: Token<'t>,
    pub start: usize,
    pub end: usize,
}

/// The signs; a longer one comes before those that it starts with.
const SIGNS: [&str; 31] = [
    "...", "//", "**", "==", "!=", ">=", "<=", "?.", "?[", "+", "-", "*", "/", "%", "!", ".", ",", ":", "~", "|", "=",
    ">", "<", "(", ")", "[", "]", "{", "}", "@", "?",
];

/// The tokens of an expression.
///
/// # Errors
/// With the byte offset of a character that starts none.
pub(super) fn tokens(text: &str) -> Result<Vec<PlacedToken<'_>>, usize> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_ascii_start().len();
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        let (token, length) = match first {
            '"' | '\'' | '`' => quoted(rest).ok_or(at)?,
            '0'..='9' => (Token::Number, number_length(rest)),
            first if is_name_start(first) || first == '_' => {
                let length = rest.find(|c| !is_name_continue(c)).unwrap_or(rest.len());
                (Token::Word(&rest[..length]), length)
            }
            _ => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign)).ok_or(at)?;
                (Token::Sign(sign), sign.len())
            }
        };
        tokens.push(PlacedToken { token, start: at, end: at + length });
        at += length;
    }
}

/// The text in quotes at the start, without its escapes, and its length with the quotes.
fn quoted(text: &str) -> Option<(Token<'_>, usize)> {
    let mut characters = text.char_indices();
    let (_, quote) = characters.next()?;
    let mut content = String::new();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => content.push(match characters.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                c => c,
            }),
            c if c == quote => return Some((Token::Text(content), at + 1)),
            c => content.push(c),
        }
    }
    None
}

fn number_length(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    match text[whole..].strip_prefix('.').map(digits) {
        Some(decimals) if decimals > 0 => whole + 1 + decimals,
        _ => whole,
    }
}
