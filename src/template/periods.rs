//! Metrics compared with the previous period: `prev.hazards` its value there, `change(hazards)` how it has changed
//! since.

use rust_decimal::Decimal;
use tera::{Map, Value as TeraValue};

use super::mentioned::MentionedWords;
use super::top_names::{CHANGE, PREVIOUS};
use super::units;
use super::value::{PrintedValue, ValueMap, ValueName};
use crate::notice::Metric;

/// What of the previous period templates mention.
#[derive(Clone, Copy, Debug)]
pub(super) struct MentionedPeriods {
    /// Values.
    previous: bool,
    /// Changes since.
    change: bool,
    /// Values with their units.
    has_units: bool,
}

impl MentionedPeriods {
    /// Of templates with these words.
    pub(super) fn of(words: &MentionedWords<'_>) -> Self {
        Self {
            previous: words.all.contains(PREVIOUS),
            change: words.all.contains(CHANGE),
            has_units: words.all.contains(units::FILTER),
        }
    }
}

/// A metric in this run and in the previous one.
pub(super) struct ComparedMetric<'a> {
    pub name: ValueName,
    pub metric: &'a Metric,
    pub now: Option<Decimal>,
    pub before: Option<Decimal>,
    /// The provenance key of its value in the previous period.
    pub previous_key: u32,
    /// The provenance key of its change since the previous period.
    pub change_key: u32,
}

/// Adds `prev` and `change` to the names of a branch or of the department, as far as they are `mentioned`. `word` is
/// what the notice calls the previous period.
pub(super) fn insert<'m>(
    names: &mut Map,
    metrics: impl Iterator<Item = ComparedMetric<'m>>,
    mentioned: &MentionedPeriods,
    word: &str,
) {
    if !mentioned.previous && !mentioned.change {
        return;
    }
    let (mut previous, mut changes) = (ValueMap::with_capacity(0), ValueMap::with_capacity(0));
    for compared in metrics {
        let ComparedMetric { name, metric, now, before, previous_key, change_key } = compared;
        previous.insert(&name, &PrintedValue::Previous(before, metric, word), Some(previous_key));
        // 没有数据 has no unit.
        let unit = metric.unit.as_deref().map(|unit| if before.is_some() { unit } else { "" });
        previous.insert_unit(&name, unit.filter(|_| mentioned.has_units));
        changes.insert(&name, &PrintedValue::Change { now, before, metric, word }, Some(change_key));
    }
    let bare_key = "n".into();
    if mentioned.previous {
        names.insert(PREVIOUS.into(), TeraValue::from(previous.finish(&bare_key)));
    }
    if mentioned.change {
        names.insert(CHANGE.into(), TeraValue::from(changes.finish(&bare_key)));
    }
}
