//! An expression's text as tokens, without its comments.

use rust_decimal::Decimal;

/// A piece of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'t> {
    /// An exact number.
    Number(Decimal),
    /// A text between quotes, its escapes resolved.
    Text(String),
    /// A name or a keyword.
    Word(&'t str),
    /// One of [`SIGNS`].
    Sign(&'static str),
    /// Behind the last one.
    End,
}

/// A token and the bytes at which it begins and ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<'t> {
    /// The token.
    pub token: Token<'t>,
    /// The byte at which it begins.
    pub from: usize,
    /// The byte behind it.
    pub to: usize,
}

/// What is wrong at a byte of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misplaced {
    /// The byte.
    pub at: usize,
    /// What is wrong there, said of the place.
    pub message: String,
}

impl Misplaced {
    /// What is wrong at a byte.
    pub fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

/// The signs, none before one that it begins with.
const SIGNS: [&str; 21] =
    ["||", "&&", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".", "|"];

/// The tokens of `text`, the last of them [`Token::End`].
///
/// # Errors
/// Where something stands that is no token.
pub fn tokens(text: &str) -> Result<Vec<Placed<'_>>, Misplaced> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at += gap(&text[at..]).ok_or_else(|| Misplaced::new(at, "的注释没有结束"))?;
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else { break };
        let found = match first {
            '"' | '\'' => quoted(rest, first),
            '0'..='9' => number(rest),
            first if first.is_alphabetic() || first == '_' => Ok(word(rest)),
            _ => sign(rest, first),
        };
        let (token, length) = found.map_err(|message| Misplaced::new(at, message))?;
        tokens.push(Placed { token, from: at, to: at + length });
        at += length;
    }
    tokens.push(Placed { token: Token::End, from: at, to: at });
    Ok(tokens)
}

/// A token and its length in bytes, or what is wrong with it.
type Found<'t> = Result<(Token<'t>, usize), String>;

/// How long the blanks and comments at the beginning are; `None` when a comment does not end.
fn gap(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        at += if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment(rest)?
        } else {
            match rest.chars().next().filter(|c| c.is_whitespace()) {
                Some(blank) => blank.len_utf8(),
                None => return Some(at),
            }
        };
    }
}

/// How long the comment at the beginning is, when it ends; comments may hold comments.
fn comment(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        match text.as_bytes().get(at..at + 2)? {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

fn quoted(text: &str, quote: char) -> Found<'_> {
    let mut said = String::new();
    let mut inside = text.char_indices().skip(1);
    while let Some((at, c)) = inside.next() {
        match c {
            '\n' => break,
            '\\' => said.push(match inside.next() {
                Some((_, 'n')) => '\n',
                Some((_, 't')) => '\t',
                Some((_, c @ ('"' | '\'' | '\\'))) => c,
                _ => return Err("的文字里，“\\”后面只能是 \"、'、\\、n、t".to_owned()),
            }),
            c if c == quote => return Ok((Token::Text(said), at + 1)),
            c => said.push(c),
        }
    }
    Err("的引号没有配对".to_owned())
}

fn number(text: &str) -> Found<'_> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let mut length = digits(text);
    if let Some(decimals) = text[length..].strip_prefix('.').map(digits).filter(|decimals| *decimals > 0) {
        length += 1 + decimals;
    }
    let number = Decimal::from_str_exact(&text[..length]).map_err(|_| "的数字位数太多".to_owned())?;
    Ok((Token::Number(number), length))
}

fn word(text: &str) -> (Token<'_>, usize) {
    let length = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    (Token::Word(&text[..length]), length)
}

fn sign(text: &str, first: char) -> Found<'_> {
    if let Some(sign) = SIGNS.iter().find(|sign| text.starts_with(**sign)) {
        return Ok((Token::Sign(sign), sign.len()));
    }
    Err(match first {
        '=' => "的“=”应写“==”".to_owned(),
        // The full-width forms of the ASCII signs, and quotes as Chinese text has them.
        '！'..='～' => {
            let narrow = char::from_u32(u32::from(first) - 0xFEE0).unwrap_or_default();
            format!("的“{first}”是全角符号，应写“{narrow}”")
        }
        '“' | '”' | '‘' | '’' => "的引号应写半角的 \" 或 '".to_owned(),
        _ => format!("的“{first}”不能用在表达式里"),
    })
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};

    /// The words in `text`, or what is wrong with it.
    fn words(text: &str) -> Result<Vec<&str>, String> {
        let word = |token| if let Token::Word(word) = token { Some(word) } else { None };
        tokens(text)
            .map(|tokens| tokens.into_iter().filter_map(|placed| word(placed.token)).collect())
            .map_err(|misplaced| misplaced.message)
    }

    #[test]
    fn comments_and_escaped_quotes_hold_no_names() {
        let text = r#"/* 5" /* rectify */ */ study.filter(|r| r.name != "\"" && r.post == 'x').len() // task.rate"#;
        assert_eq!(words(text).unwrap(), ["study", "filter", "r", "r", "name", "r", "post", "len"]);
        assert_eq!(words("//甲\nstudy").unwrap(), ["study"]);
        assert_eq!(words("\"甲\\\"乙\"study").unwrap(), ["study"]);
    }

    #[test]
    fn literals_say_what_they_say() {
        let first = |text| tokens(text).unwrap().remove(0).token;
        assert_eq!(first(r#""甲\"\\\n\t'" x"#), Token::Text("甲\"\\\n\t'".to_owned()));
        assert_eq!(first(r#"'"\'' x"#), Token::Text("\"'".to_owned()));
        for (text, number) in [("0.60", "0.60"), ("12.max", "12"), ("3", "3"), ("7.5.x", "7.5")] {
            assert_eq!(first(text), Token::Number(number.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for (text, says) in [
            ("\"", "引号没有配对"),
            ("'\\", "只能是"),
            ("\"甲\n\"", "引号没有配对"),
            ("/* /* */", "注释没有结束"),
            ("`甲`", "“`”不能用"),
            ("a = b", "应写“==”"),
            ("max（1, 2)", "应写“(”"),
            ("r.state == “已完成”", "半角"),
            ("1; 2", "“;”"),
            ("0.12345678901234567890123456789012345", "位数太多"),
        ] {
            let message = words(text).unwrap_err();
            assert!(message.contains(says), "{text}: {message}");
        }
    }
}
