//! `{{ fund | with_unit }}`: a value with the unit that the settings give it.
//!
//! A printed value is a text without its unit, so that the unit is looked up beside it: `row.done | with_unit` becomes
//! `row.done | zicha_with_unit(unit=row["done 的单位"])`. The checker lets the filter through only behind the name of a
//! value that has a unit.

use std::borrow::Cow;

use tera::{Kwargs, State, Tera, TeraResult};

use super::conditions::MarkedText;
use super::lex::{PlacedToken, Token, tokens};
use crate::marker;
use crate::notice::tags::scan;

/// The filter that templates write.
pub(super) const FILTER: &str = "with_unit";
/// The filter that gets the unit.
const WITH_UNIT: &str = "zicha_with_unit";
/// The name under which a template has the units of the values that are no fields.
pub(super) const UNITS: &str = "zicha_units";

/// The key of a value's unit beside the value; no id has a space.
pub(super) fn unit_key(id: &str) -> String {
    format!("{id} 的单位")
}

/// Registers the filters.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter(WITH_UNIT, |value: String, kwargs: Kwargs, _: &State| -> TeraResult<String> {
        let unit = kwargs.must_get::<&str>("unit")?;
        Ok(if marker::has_gap(&value) { value } else { value + unit })
    });
    tera.register_filter(FILTER, |_: String, _: Kwargs, _: &State| -> TeraResult<String> {
        Err(tera::Error::message("with_unit 要直接写在指标或列的后面"))
    });
}

/// The template in which the filter gets the units.
pub(super) fn with_units(source: &str) -> Cow<'_, str> {
    if !source.contains(FILTER) {
        return Cow::Borrowed(source);
    }
    let mut text = MarkedText::new(source);
    for tag in &scan(source).tags {
        let start = tag.start + source[tag.start..tag.end].find(tag.content).unwrap_or_default();
        // What is no sequence of tokens is refused by tera.
        let tokens = tokens(tag.content).unwrap_or_default();
        for (at, placed) in tokens.iter().enumerate() {
            let is_filter = placed.token == Token::Word(FILTER) && at > 0 && tokens[at - 1].token == Token::Sign("|");
            if let Some(unit) = is_filter.then(|| unit_of(tag.content, &tokens[..at - 1])).flatten() {
                text.replace(start + placed.start..start + placed.end, &format!("{WITH_UNIT}(unit={unit})"));
            }
        }
    }
    Cow::Owned(text.finish())
}

/// The expression of the unit of the name that `before` ends with; `None` when it ends with no name.
fn unit_of(content: &str, before: &[PlacedToken<'_>]) -> Option<String> {
    let (last, rest) = before.split_last()?;
    match last.token {
        Token::Word(id) => {
            let key = unit_key(id);
            let Some((point, path)) = rest.split_last().filter(|(sign, _)| sign.token == Token::Sign(".")) else {
                return Some(format!("{UNITS}[\"{key}\"]"));
            };
            Some(format!("{}[\"{key}\"]", content.get(start_of_path(path)?..point.start)?))
        }
        // A name in brackets.
        Token::Sign(")") => {
            let open = rest.iter().rposition(|placed| placed.token == Token::Sign("("))?;
            unit_of(content, rest.get(open + 1..)?)
        }
        _ => None,
    }
}

/// The byte at which the dotted name begins that the tokens end with.
fn start_of_path(tokens: &[PlacedToken<'_>]) -> Option<usize> {
    let mut start = None;
    let mut parts = tokens.iter().rev();
    while let Some(PlacedToken { token: Token::Word(_), start: begin, .. }) = parts.next() {
        start = Some(*begin);
        if parts.next().is_none_or(|placed| placed.token != Token::Sign(".")) {
            break;
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::with_units;

    #[test]
    fn the_filter_gets_the_unit_beside_its_value() {
        for (source, expected) in [
            ("{{ fund | with_unit }}", "{{ fund | zicha_with_unit(unit=zicha_units[\"fund 的单位\"]) }}"),
            ("{{ row.done|with_unit }}人", "{{ row.done|zicha_with_unit(unit=row[\"done 的单位\"]) }}人"),
            (
                "{{ \"共\" ~ b.n.x.经费 | with_unit }}",
                "{{ \"共\" ~ b.n.x.经费 | zicha_with_unit(unit=b.n.x[\"经费 的单位\"]) }}",
            ),
            (
                "{% if a and b.c | with_unit %}{% endif %}",
                "{% if a and b.c | zicha_with_unit(unit=b[\"c 的单位\"]) %}{% endif %}",
            ),
            ("with_unit{{ \"| with_unit\" }}", "with_unit{{ \"| with_unit\" }}"),
            ("{{ (a) | with_unit }}", "{{ (a) | zicha_with_unit(unit=zicha_units[\"a 的单位\"]) }}"),
            ("{{ \"甲\" | with_unit }}", "{{ \"甲\" | with_unit }}"),
        ] {
            assert_eq!(with_units(source), expected);
        }
    }
}
