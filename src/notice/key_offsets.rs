//! Positions of the keys of settings. They are looked up, so that a thousand errors cost no more than one reading of
//! the settings.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::Document;
use super::source::SourceText;

/// The byte offsets of all keys of settings.
#[derive(Debug, Default)]
pub(super) struct KeyOffsets(HashMap<String, usize>);

impl KeyOffsets {
    /// No keys when the text is not TOML.
    pub(super) fn of(source: &SourceText) -> Self {
        let mut offsets = HashMap::new();
        if let Ok(document) = Document::parse(source) {
            collect(document.root.get_ref(), "", &mut offsets);
        }
        Self(offsets)
    }

    /// The offset of the key that a path leads to, or of the last part of it that is written. Items of lists are
    /// counted from 0.
    pub(super) fn offset_of(&self, path: &[&str]) -> usize {
        let written = (1..=path.len()).rev().find_map(|length| self.0.get(&joined(&path[..length])));
        written.copied().unwrap_or(0)
    }
}

/// A key's parts with a character between them that no key of a settings file needs.
fn joined(path: &[&str]) -> String {
    path.iter().map(|part| format!("\0{part}")).collect()
}

fn collect(table: &DeTable<'_>, path: &str, offsets: &mut HashMap<String, usize>) {
    for (key, value) in table {
        let path = format!("{path}\0{}", key.get_ref());
        offsets.insert(path.clone(), key.span().start);
        collect_value(value, &path, offsets);
    }
}

fn collect_value(value: &Spanned<DeValue<'_>>, path: &str, offsets: &mut HashMap<String, usize>) {
    match value.get_ref() {
        DeValue::Table(table) => collect(table, path, offsets),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let path = format!("{path}\0{index}");
                offsets.insert(path.clone(), item.span().start);
                collect_value(item, &path, offsets);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{KeyOffsets, SourceText};

    #[test]
    fn a_key_is_found_by_its_path_not_by_its_name() {
        let text = "# min\n[ledger.a.columns]\nb = { header = [\"min\"],\n  min = 1 }\n[ledger.b]\ntitle = \"min\"\n\
            [ledger.b.columns.b]\nmin = 2\n[[check]]\n[[check]]\nmessage = \"min\"\n";
        let source = SourceText::single(Path::new("设置"), text);
        let keys = KeyOffsets::of(&source);
        for (path, line) in [
            (&["ledger", "a", "columns", "b", "min"][..], 4),
            (&["ledger", "b", "columns", "b", "min"], 8),
            (&["ledger", "b", "columns", "b", "max"], 7),
            (&["check", "1", "message"], 11),
            (&["metric"], 1),
        ] {
            assert_eq!(source.line_at(keys.offset_of(path)).line, line, "{path:?}");
        }
    }
}
