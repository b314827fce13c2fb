//! What is wrong in an expression that is none, as people write it: full-width signs, Chinese quotation marks, the
//! operators of other languages. Tera only names the token that it does not expect.

use super::lex::{PlacedToken, Token, tokens};

/// What the expression should say instead, in Chinese; `None` when it holds none of these.
pub(super) fn advice(text: &str) -> Option<String> {
    match tokens(text) {
        Ok(tokens) => operator(&tokens),
        Err(offset) => character(text[offset..].chars().next()?),
    }
}

/// The operator that tera has for one of another language.
fn operator(tokens: &[PlacedToken<'_>]) -> Option<String> {
    let mut depth = 0_usize;
    for (at, placed) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).filter(|next| next.start == placed.end).map(|next| &next.token);
        let (found, right) = match (&placed.token, next) {
            (Token::Sign("(" | "[" | "{"), _) => {
                depth += 1;
                continue;
            }
            (Token::Sign(")" | "]" | "}"), _) => {
                depth = depth.saturating_sub(1);
                continue;
            }
            (Token::Sign("|"), Some(Token::Sign("|"))) => ("||", "or"),
            (Token::Sign("<"), Some(Token::Sign(">"))) => ("<>", "!="),
            (Token::Sign("!"), _) => ("!", "not"),
            (Token::Sign("="), _) if depth == 0 => ("=", "=="),
            _ => continue,
        };
        return Some(format!("标记里的“{found}”应写“{right}”"));
    }
    None
}

/// The message about a character that starts no token.
fn character(c: char) -> Option<String> {
    let right = match c {
        '“' | '”' | '‘' | '’' => return Some(format!("“{c}”是中文的引号，标记里的文字要用半角的引号 \" 或 '")),
        '&' => "and".to_owned(),
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0)?.to_string(),
        '、' => ",".to_owned(),
        '≥' => ">=".to_owned(),
        '≤' => "<=".to_owned(),
        '≠' => "!=".to_owned(),
        '\u{3000}' => return Some("标记里有全角的空格，应写半角的空格".to_owned()),
        _ => return None,
    };
    Some(format!("“{c}”不能用在标记里，应写“{right}”"))
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn what_people_write_is_answered_with_what_tera_has() {
        for (text, right) in [
            ("n.a && n.b", "应写“and”"),
            ("n.a || n.b", "应写“or”"),
            ("!n.a", "应写“not”"),
            ("n.a = 1", "应写“==”"),
            ("n.a <> 1", "应写“!=”"),
            ("n.a ＞ 0", "应写“>”"),
            ("gap（what=\"甲\"）", "应写“(”"),
            ("gap(what=“甲”)", "中文的引号"),
            ("应学\u{3000}人数", "全角的空格"),
        ] {
            let said = advice(text).unwrap_or_default();
            assert!(said.contains(right), "{text}: {said}");
        }
        for text in ["rows | where(a=\"甲＝\")", "n.a == 1 and n.b != 2", "a ^ b"] {
            assert_eq!(advice(text), None, "{text}");
        }
    }
}
