//! Names of any script in templates. Tera's names are ASCII, so that templates are translated before tera reads them:
//! `row.完好数` becomes `row["完好数"]`, and any other name an ASCII one that stands for it. What tera says about a
//! template is translated back. No line of a template moves, and texts in quotes stay.

use std::borrow::Cow;

use super::conditions::MarkedText;
use super::lex::{PlacedToken, Token, tokens};
use crate::notice;
use crate::notice::tags::{TemplateTag, scan};

/// How an encoded name begins.
const PREFIX: &str = "zicha_";
/// What comes before the hexadecimal code of each character; no hexadecimal digit.
const BEFORE_CODE: char = 'x';

/// The template with all its names folded (see `notice::folded`).
pub(super) fn folded(source: &str) -> Cow<'_, str> {
    rewritten(source, |name, _| match notice::folded(name) {
        Cow::Owned(name) => Some(Replacement::of_name(name)),
        Cow::Borrowed(_) => None,
    })
}

/// The template as tera reads it.
pub(super) fn translated(source: &str) -> Cow<'_, str> {
    rewritten(source, |name, before| {
        if name.is_ascii() {
            return None;
        }
        match before {
            Some(Token::Sign(sign @ ("." | "?."))) => {
                let bracket = sign.replace('.', "[");
                Some(Replacement { with_sign: true, text: format!("{bracket}\"{name}\"]") })
            }
            _ => Some(Replacement::of_name(encoded(name).into_owned())),
        }
    })
}

/// The name that tera uses for a name: itself when it is ASCII. Different names are encoded differently.
pub(super) fn encoded(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    let codes = name.chars().map(|c| format!("{BEFORE_CODE}{:x}", u32::from(c)));
    Cow::Owned(std::iter::once(PREFIX.to_owned()).chain(codes).collect())
}

/// The text with the names that encoded names in it stand for.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(PREFIX) {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(PREFIX) {
        decoded.push_str(&rest[..at]);
        let behind = &rest[at + PREFIX.len()..];
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, 'a'..='f' | BEFORE_CODE);
        let (codes, next) = behind.split_at(behind.find(|c| !is_part(c)).unwrap_or(behind.len()));
        match decoded_name(codes) {
            Some(name) => decoded.push_str(&name),
            None => decoded.extend([PREFIX, codes]),
        }
        rest = next;
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The name with these codes; `None` when they are not those of a name.
fn decoded_name(codes: &str) -> Option<String> {
    let codes = codes.strip_prefix(BEFORE_CODE)?.split(BEFORE_CODE);
    codes.map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?)).collect()
}

/// What a name is replaced with.
struct Replacement {
    /// Whether the sign before the name is replaced, too.
    with_sign: bool,
    text: String,
}

impl Replacement {
    fn of_name(text: String) -> Self {
        Self { with_sign: false, text }
    }
}

/// The template with what `replace` makes of each name and the token before it.
fn rewritten<'s>(source: &'s str, replace: impl Fn(&str, Option<&Token<'_>>) -> Option<Replacement>) -> Cow<'s, str> {
    let mut text = MarkedText::new(source);
    let mut is_changed = false;
    for tag in scan(source).tags.iter().filter(|tag| !tag.content.is_ascii()) {
        // What is no sequence of tokens is refused by tera.
        let tokens = tokens(tag.content).unwrap_or_default();
        let start = start_of_content(source, tag);
        for (at, placed) in tokens.iter().enumerate() {
            let Token::Word(name) = placed.token else { continue };
            let before: Option<&PlacedToken<'_>> = at.checked_sub(1).and_then(|before| tokens.get(before));
            if let Some(replacement) = replace(name, before.map(|before| &before.token)) {
                let first =
                    if replacement.with_sign { before.map_or(placed.start, |sign| sign.start) } else { placed.start };
                text.replace(start + first..start + placed.end, &replacement.text);
                is_changed = true;
            }
        }
    }
    if is_changed { Cow::Owned(text.finish()) } else { Cow::Borrowed(source) }
}

/// The byte offset of a tag's content in the template.
fn start_of_content(source: &str, tag: &TemplateTag<'_>) -> usize {
    tag.start + source[tag.start..tag.end].find(tag.content).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{decoded, encoded, folded, translated};

    #[test]
    fn names_outside_quotes_are_translated_where_they_stand() {
        for (source, expected) in [
            ("{{ 隐患 }}人，隐患{{ rate }}", "{{ zicha_x9690x60a3 }}人，隐患{{ rate }}"),
            ("{{ 行.完好数 }}", "{{ zicha_x884c[\"完好数\"] }}"),
            ("{{ n.甲?.乙 | join(sep=\"、甲\") }}", "{{ n[\"甲\"]?[\"乙\"] | join(sep=\"、甲\") }}"),
            (
                "{%- for 行 in 甲 | where(级别=\"重大\") -%}",
                "{%- for zicha_x884c in zicha_x7532 | where(zicha_x7ea7x522b=\"重大\") -%}",
            ),
            ("{# 甲 #}{% raw %}{{ 甲 }}{% endraw %}{{ \"甲\" }}", "{# 甲 #}{% raw %}{{ 甲 }}{% endraw %}{{ \"甲\" }}"),
            ("{{ a\n  . 甲 }}", "{{ a\n  [\"甲\"] }}"),
        ] {
            assert_eq!(translated(source), expected);
            assert_eq!(decoded(&translated(source)).matches('\n').count(), source.matches('\n').count());
        }
        assert_eq!(folded("{{ ｒow.第２列 | pluck(name=\"ａ\") }}ａ"), "{{ row.第2列 | pluck(name=\"ａ\") }}ａ");
    }

    #[test]
    fn what_tera_says_is_translated_back() {
        let said = format!("Unknown filter `{}` and `zicha_guard`, zicha_x, zicha_xzz", encoded("去重"));
        assert_eq!(decoded(&said), "Unknown filter `去重` and `zicha_guard`, zicha_x, zicha_xzz");
    }

    proptest::proptest! {
        #[test]
        fn names_come_back_as_they_were(names in proptest::collection::vec("[\\p{Han}a-f0-9_x]{1,6}", 2)) {
            for name in &names {
                let said = format!("`{}`", encoded(name));
                proptest::prop_assert_eq!(decoded(&said), format!("`{name}`"));
            }
            proptest::prop_assert_eq!(encoded(&names[0]) == encoded(&names[1]), names[0] == names[1]);
        }
    }
}
