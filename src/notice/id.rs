//! Names that authors choose: ids of ledgers, columns, metrics, lists and fixed days.
//!
//! A name begins with a letter of any script (XID_Start of Unicode Standard Annex 31) and goes on with letters, digits,
//! combining marks and `_` (XID_Continue). Spellings that look the same are one name: see [`folded`].

use std::borrow::Cow;

use unicode_ident::{is_xid_continue, is_xid_start};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// Whether a name may begin with the character.
pub fn is_name_start(c: char) -> bool {
    is_xid_start(c)
}

/// Whether a name may go on with the character.
pub fn is_name_continue(c: char) -> bool {
    is_xid_continue(c)
}

/// Whether a text can be a name in expressions and templates.
pub fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(is_name_start) && characters.all(is_name_continue)
}

/// The name in its one spelling: normalized to NFC, with ASCII letters, digits and `_` in place of their full-width
/// forms.
pub fn folded(name: &str) -> Cow<'_, str> {
    if name.is_ascii() || (is_nfc(name) && !name.chars().any(|c| narrow(c) != c)) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.chars().map(narrow).nfc().collect())
}

/// The ASCII form of a full-width letter, digit or `_`; other characters as they are.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '＿' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::{folded, is_name};

    #[test]
    fn names_are_words_of_any_script() {
        for name in ["隐患", "隐患数_2", "DRG组数", "rate", "ｒate", "e\u{301}tat", "々"] {
            assert!(is_name(name), "{name}");
        }
        for text in ["", "2季度", "_x", "隐患-数", "隐患 数", "完好数（台）", "a.b", "“甲”", "、"] {
            assert!(!is_name(text), "{text}");
        }
    }

    #[test]
    fn spellings_that_look_the_same_are_one_name() {
        for (written, name) in
            [("ｒａｔｅ＿２", "rate_2"), ("第２季度Ａ", "第2季度A"), ("e\u{301}tat", "état"), ("隐患", "隐患")]
        {
            assert_eq!(folded(written), name);
            assert_eq!(folded(name), name);
        }
    }
}
