//! One text, or a list of texts, each with its position in the settings.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// Texts of a key that takes one text or a list of texts; never empty.
#[derive(Debug)]
pub struct OneOrMore(Vec<Spanned<String>>);

impl OneOrMore {
    /// The texts in the order of the settings.
    pub fn iter(&self) -> std::slice::Iter<'_, Spanned<String>> {
        self.0.iter()
    }
}

/// What serde reads before the position of a single text is known.
enum Raw {
    One(String),
    More(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Spanned::<Raw>::deserialize(deserializer)?;
        let span = raw.span();
        Ok(Self(match raw.into_inner() {
            Raw::One(text) => vec![Spanned::new(span, text)],
            Raw::More(texts) => texts,
        }))
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::One(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = items.next_element()? {
            texts.push(text);
        }
        if texts.is_empty() { Err(A::Error::invalid_length(0, &"at least one string")) } else { Ok(Raw::More(texts)) }
    }
}
