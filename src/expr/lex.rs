//! Splits the text of an expression into tokens; whitespace and comments are dropped.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::notice::{self, is_name_continue, is_name_start};

/// The kinds of token, each with its text where the kind has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind<'t> {
    /// An exact number.
    Number(Decimal),
    /// A text in quotes, with its escapes resolved.
    Text(String),
    /// A name or a keyword.
    Word(&'t str),
    /// An operator or a punctuation mark: one of [`SYMBOLS`], the longest that fits.
    Symbol(&'static str),
    /// The end of the text.
    End,
}

/// A token with its position in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    /// Its kind, with its content.
    pub kind: TokenKind<'t>,
    /// The byte offset of its start.
    pub start: usize,
    /// The byte offset of its end.
    pub end: usize,
}

/// A place at which a text is no expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// The byte offset.
    pub offset: usize,
    /// What is wrong, in Chinese; it follows the words 第 n 个字处.
    pub message: String,
}

impl SyntaxError {
    /// An error at a byte offset.
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into() }
    }
}

/// The symbols; a longer one comes before those that it starts with.
const SYMBOLS: [&str; 21] =
    ["||", "&&", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".", "|"];

/// The tokens of `text`, the last of them [`TokenKind::End`].
///
/// # Errors
/// At the first character that starts no token.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at += blank(&text[at..]).ok_or_else(|| SyntaxError::new(at, "的注释没有结束"))?;
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else { break };
        let found = match first {
            '"' | '\'' => quoted(rest, first),
            '0'..='9' => number(rest),
            first if is_name_start(first) || first == '_' => Ok(word(rest)),
            _ => symbol(rest, first),
        };
        let (kind, length) = found.map_err(|message| SyntaxError::new(at, message))?;
        tokens.push(Token { kind, start: at, end: at + length });
        at += length;
    }
    tokens.push(Token { kind: TokenKind::End, start: at, end: at });
    Ok(tokens)
}

/// The text with its names folded (see `notice::folded`); a text that is no sequence of tokens as it is.
pub(super) fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    let mut copied = 0;
    for token in tokens(text).unwrap_or_default() {
        let TokenKind::Word(word) = token.kind else { continue };
        if let Cow::Owned(name) = notice::folded(word) {
            folded.extend([&text[copied..token.start], &name]);
            copied = token.end;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    folded.push_str(&text[copied..]);
    Cow::Owned(folded)
}

/// A token and its length in bytes, or an error message.
type Found<'t> = Result<(TokenKind<'t>, usize), String>;

/// The length in bytes of the whitespace and comments at the start; `None` when a comment does not end.
fn blank(text: &str) -> Option<usize> {
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

/// The length in bytes of the comment at the start; `None` when it does not end. Comments nest.
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
    let mut content = String::new();
    let mut inside = text.char_indices().skip(1);
    while let Some((at, c)) = inside.next() {
        match c {
            '\n' => break,
            '\\' => content.push(match inside.next() {
                Some((_, 'n')) => '\n',
                Some((_, 't')) => '\t',
                Some((_, c @ ('"' | '\'' | '\\'))) => c,
                _ => return Err("的文字里，“\\”后面只能是 \"、'、\\、n、t".to_owned()),
            }),
            c if c == quote => return Ok((TokenKind::Text(content), at + 1)),
            c => content.push(c),
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
    Ok((TokenKind::Number(number), length))
}

fn word(text: &str) -> (TokenKind<'_>, usize) {
    let length = text.find(|c| !is_name_continue(c)).unwrap_or(text.len());
    (TokenKind::Word(&text[..length]), length)
}

fn symbol(text: &str, first: char) -> Found<'_> {
    if let Some(symbol) = SYMBOLS.iter().find(|symbol| text.starts_with(**symbol)) {
        return Ok((TokenKind::Symbol(symbol), symbol.len()));
    }
    Err(match first {
        '=' => "的“=”应写“==”".to_owned(),
        '&' => "的“&”应写“&&”".to_owned(),
        '≥' => "的“≥”应写“>=”".to_owned(),
        '≤' => "的“≤”应写“<=”".to_owned(),
        '≠' => "的“≠”应写“!=”".to_owned(),
        '×' => "的“×”应写“*”".to_owned(),
        '÷' => "的“÷”应写“/”".to_owned(),
        // The full-width forms of ASCII symbols, and Chinese quotation marks.
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
    use super::{TokenKind, folded, tokens};

    /// The words in `text`, or what is wrong with it.
    fn words(text: &str) -> Result<Vec<&str>, String> {
        let word = |token| if let TokenKind::Word(word) = token { Some(word) } else { None };
        tokens(text)
            .map(|tokens| tokens.into_iter().filter_map(|token| word(token.kind)).collect())
            .map_err(|error| error.message)
    }

    #[test]
    fn comments_and_escaped_quotes_hold_no_names() {
        let text = r#"/* 5" /* rectify */ */ study.filter(|r| r.name != "\"" && r.post == 'x').len() // task.rate"#;
        assert_eq!(words(text).unwrap(), ["study", "filter", "r", "r", "name", "r", "post", "len"]);
        assert_eq!(words("//甲\nstudy").unwrap(), ["study"]);
        assert_eq!(words("\"甲\\\"乙\"study").unwrap(), ["study"]);
    }

    #[test]
    fn names_of_any_script_are_words_and_are_folded() {
        assert_eq!(words("隐患.filter(|行| 行.级别_2 == \"重大\")"), Ok(vec!["隐患", "filter", "行", "行", "级别_2"]));
        assert_eq!(folded("ｒ.第２列 == \"Ａ\" // ａ"), "r.第2列 == \"Ａ\" // ａ");
        assert_eq!(folded("隐患 + “"), "隐患 + “");
    }

    #[test]
    fn literals_say_what_they_say() {
        let first = |text| tokens(text).unwrap().remove(0).kind;
        assert_eq!(first(r#""甲\"\\\n\t'" x"#), TokenKind::Text("甲\"\\\n\t'".to_owned()));
        assert_eq!(first(r#"'"\'' x"#), TokenKind::Text("\"'".to_owned()));
        for (text, number) in [("0.60", "0.60"), ("12.max", "12"), ("3", "3"), ("7.5.x", "7.5")] {
            assert_eq!(first(text), TokenKind::Number(number.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for (text, expected) in [
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
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
