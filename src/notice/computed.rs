//! `[ledger.….computed]`: columns that no sheet has; their numbers are computed for each row.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::metric::Show;

/// The settings of a computed column.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComputedColumn {
    /// The expression over the row, of type number; names of columns stand alone. Required.
    pub value: Spanned<String>,
    /// The column's name in reports and messages; its id by default.
    pub label: Option<String>,
    /// The unit of its numbers; none by default.
    pub unit: Option<String>,
    /// The decimal places of its numbers in reports; as many as the number has by default.
    pub decimals: Option<u32>,
    /// Whether its numbers are shown as they are or as percentages; `number` by default.
    #[serde(default)]
    pub show: Show,
}

/// A computed column as it is written: an expression, or a table of settings.
#[derive(Debug)]
pub(super) struct WrittenColumn(pub ComputedColumn);

/// What serde reads before the position of an expression alone is known.
enum Raw {
    Expression(String),
    Table(ComputedColumn),
}

impl<'de> Deserialize<'de> for WrittenColumn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Spanned::<Raw>::deserialize(deserializer)?;
        let span = raw.span();
        Ok(Self(match raw.into_inner() {
            Raw::Table(settings) => settings,
            Raw::Expression(text) => {
                let (label, unit, decimals, show) = (None, None, None, Show::default());
                ComputedColumn { value: Spanned::new(span, text), label, unit, decimals, show }
            }
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

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Expression(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Raw, A::Error> {
        ComputedColumn::deserialize(MapAccessDeserializer::new(map)).map(Raw::Table)
    }
}
