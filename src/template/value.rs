//! Values as templates see them: a text ready to print, with its provenance, and under `n` the bare value.
//!
//! [`PrintedValue::push`] is the only way for a value into a text: it formats the value (a gap when there is none) and
//! attaches the key of its provenance. [`ValueMap::insert`] puts such a text into a context.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use tera::value::Key;
use tera::{Map, Value as TeraValue};

use super::units::unit_key;
use crate::marker;
use crate::metric;
use crate::model::Value;
use crate::notice::{Column, Metric, Rate, written_day};

/// A value that templates may print, before it becomes text.
pub(super) enum PrintedValue<'a> {
    Cell(Value<'a>, &'a Column),
    Metric(Option<Decimal>, &'a Metric),
    /// A metric in the previous period, which has this word.
    Previous(Option<Decimal>, &'a Metric, &'a str),
    /// The change of a metric since the previous period, which has this word.
    Change {
        now: Option<Decimal>,
        before: Option<Decimal>,
        metric: &'a Metric,
        word: &'a str,
    },
    Date(Date),
    Number(Decimal),
    /// A percentage of the settings, printed as it is written there.
    Rate(&'a Rate),
    Text(&'a str),
}

impl PrintedValue<'_> {
    /// Appends the value as printed, with its provenance when `key` is given.
    pub(super) fn push(&self, out: &mut String, key: Option<u32>) {
        match key {
            Some(key) => marker::push_with_provenance(out, key, |out| self.push_text(out)),
            None => self.push_text(out),
        }
    }

    /// Appends the value as printed: formatted, or a gap when there is none.
    fn push_text(&self, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Date(date) => out.push_str(&written_day(*date)),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Rate(rate) => out.push_str(&rate.text),
            Self::Metric(Some(number), metric) => out.push_str(&metric::shown(*number, metric.show, None)),
            Self::Metric(None, metric) | Self::Change { now: None, metric, .. } => {
                out.push_str(&marker::gap(&metric.label));
            }
            Self::Previous(Some(number), metric, _) => out.push_str(&metric::shown(*number, metric.show, None)),
            // No gap: what an earlier run did not report cannot be filled in.
            Self::Previous(None, _, word) | Self::Change { before: None, word, .. } => {
                out.push_str(word);
                out.push_str("没有数据");
            }
            Self::Change { now: Some(now), before: Some(before), metric, .. } => {
                out.push_str(&metric::change_in_words(*now, *before, metric));
            }
            Self::Cell(value, column) => match value {
                Value::Text(text) => out.push_str(text),
                Value::Number(number) => out.push_str(&metric::shown(*number, column.kind.show(), column.decimals)),
                Value::Date(date) => out.push_str(&written_day(*date)),
                Value::Flag(flag) => out.push_str(if *flag { "是" } else { "否" }),
                Value::Picture(_) => value.pictures().for_each(|hash| marker::push_picture(out, hash)),
                Value::Missing | Value::Unusable(..) => {
                    out.push_str(&marker::gap(column.label()));
                }
            },
        }
    }

    /// The bare value for conditions and arithmetic. Dates are ISO texts, whose order is that of the dates; a missing
    /// value is none.
    fn bare(&self) -> TeraValue {
        match self {
            Self::Text(text) => TeraValue::from(*text),
            Self::Date(date) => TeraValue::from(date.to_string()),
            Self::Number(number) => to_tera_number(*number),
            Self::Rate(rate) => to_tera_number(rate.fraction),
            Self::Metric(number, _) | Self::Previous(number, ..) => number.map_or_else(TeraValue::none, to_tera_number),
            Self::Change { .. } => TeraValue::none(),
            Self::Cell(value, _) => match value {
                Value::Text(text) => TeraValue::from(*text),
                Value::Number(number) => to_tera_number(*number),
                Value::Date(date) => TeraValue::from(date.to_string()),
                Value::Flag(flag) => TeraValue::from(*flag),
                Value::Picture(_) => TeraValue::from(value.picture_count() as u64),
                Value::Missing | Value::Unusable(..) => TeraValue::none(),
            },
        }
    }
}

fn to_tera_number(number: Decimal) -> TeraValue {
    if let Some(whole) = number.is_integer().then(|| number.to_i64()).flatten() {
        return TeraValue::from(whole);
    }
    number.to_f64().map_or_else(TeraValue::none, TeraValue::from)
}

/// The name of a value in a context.
#[derive(Clone, Debug)]
pub(super) struct ValueName {
    key: Key<'static>,
    /// Whether its bare value is inserted under `n` as well.
    has_bare: bool,
}

impl ValueName {
    /// A name, and whether its bare value is inserted.
    pub(super) fn new(key: impl Into<Key<'static>>, has_bare: bool) -> Self {
        Self { key: key.into(), has_bare }
    }

    /// A name whose bare value is always inserted.
    pub(super) fn with_bare(key: impl Into<Key<'static>>) -> Self {
        Self { key: key.into(), has_bare: true }
    }
}

/// Names with their printed texts, and under `n` with their bare values.
pub(super) struct ValueMap {
    texts: Map,
    bare: Map,
    /// Buffer for the text of the value being inserted.
    buffer: String,
}

impl ValueMap {
    pub(super) fn with_capacity(names: usize) -> Self {
        /// Bytes of most printed values, rounded up.
        const TYPICAL_LEN: usize = 128;
        Self { texts: Map::with_capacity(names + 1), bare: Map::default(), buffer: String::with_capacity(TYPICAL_LEN) }
    }

    /// Inserts a value. `key` is that of its provenance; `None` for values that do not come from ledgers.
    pub(super) fn insert(&mut self, name: &ValueName, value: &PrintedValue<'_>, key: Option<u32>) {
        self.buffer.clear();
        value.push(&mut self.buffer, key);
        self.texts.insert(name.key.clone(), TeraValue::from(self.buffer.as_str()));
        if name.has_bare {
            self.bare.insert(name.key.clone(), value.bare());
        }
    }

    /// Inserts a name without a value: nothing to print, and none under `n`.
    pub(super) fn insert_none(&mut self, name: &'static str) {
        self.texts.insert(name.into(), TeraValue::from(""));
        self.bare.insert(name.into(), TeraValue::none());
    }

    /// Inserts a map of names, and under `n` the text `bare`.
    pub(super) fn insert_map(&mut self, name: &'static str, map: TeraValue, bare: &str) {
        self.texts.insert(name.into(), map);
        self.bare.insert(name.into(), TeraValue::from(bare));
    }

    /// Puts the unit of a value beside it.
    pub(super) fn insert_unit(&mut self, name: &ValueName, unit: Option<&str>) {
        if let (Some(unit), Some(id)) = (unit, name.key.as_str()) {
            self.texts.insert(unit_key(id).into(), TeraValue::from(unit));
        }
    }

    /// The map with the bare values under `bare_key` (`n`).
    pub(super) fn finish(mut self, bare_key: &Key<'static>) -> Map {
        self.texts.insert(bare_key.clone(), TeraValue::from(self.bare));
        self.texts
    }
}

#[cfg(test)]
mod tests {
    use super::PrintedValue;
    use crate::notice::{Metric, Show};
    use rust_decimal::Decimal;

    fn metric(show: Show) -> Metric {
        Metric {
            label: "整改率".to_owned(),
            expr: toml::Spanned::new(0..0, String::new()),
            show,
            decimals: None,
            unit: None,
        }
    }

    #[test]
    fn rates_read_as_percentages_and_nothing_as_a_gap() {
        let rate = metric(Show::Percent);
        let text = |value: Option<&str>| {
            let mut text = String::new();
            PrintedValue::Metric(value.and_then(|v| v.parse::<Decimal>().ok()), &rate).push_text(&mut text);
            text
        };
        assert_eq!(text(Some("0.8528")), "85.28%");
        assert_eq!(text(Some("1.0000")), "100%");
        assert_eq!(text(Some("0.0500")), "5%");
        assert_eq!(text(None), "\u{fdd0}整改率\u{fdd1}");
    }
}
