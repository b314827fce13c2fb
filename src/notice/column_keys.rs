//! Which keys of a column belong to which types.

use super::ledger::ColumnType;

use ColumnType::{Choice, Date, Decimal, Flag, Integer, Percent, Picture, Text};

/// Keys that are of some types alone, with these types. All other keys are of every type.
const OF_TYPES: [(&str, &[ColumnType]); 11] = [
    ("values", &[Choice]),
    ("synonyms", &[Choice, Flag]),
    ("unit", &[Integer, Decimal]),
    ("units", &[Integer, Decimal]),
    ("decimals", &[Integer, Decimal, Percent]),
    ("min", &[Integer, Decimal, Percent]),
    ("max", &[Integer, Decimal, Percent]),
    ("from", &[Date]),
    ("to", &[Date]),
    ("original", &[Text]),
    ("folder", &[Picture]),
];

/// The keys that are of some types alone.
pub fn typed_keys() -> impl Iterator<Item = &'static str> {
    OF_TYPES.iter().map(|(key, _)| *key)
}

impl ColumnType {
    /// Whether a key of a column belongs to the type.
    pub fn has_key(self, key: &str) -> bool {
        OF_TYPES.iter().find(|(known, _)| *known == key).is_none_or(|(_, types)| types.contains(&self))
    }
}

#[cfg(test)]
mod tests {
    use super::{ColumnType, typed_keys};
    use crate::reference::settings::keys_of;

    #[test]
    fn keys_of_types_are_keys_of_columns() {
        for key in typed_keys() {
            assert!(keys_of("ledger.columns").any(|known| known.name() == key), "{key}");
        }
        assert!(ColumnType::Date.has_key("header") && ColumnType::Date.has_key("from"));
        assert!(!ColumnType::Text.has_key("from"));
    }

    #[test]
    fn the_word_of_a_type_is_read_as_the_type() {
        for word in ["branch", "serial", "text", "integer", "decimal", "percent", "date", "choice", "flag", "picture"] {
            assert_eq!(ColumnType::named(word).map(ColumnType::word), Some(word));
        }
        assert_eq!(ColumnType::named("number"), None);
    }
}
