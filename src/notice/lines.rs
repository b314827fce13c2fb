//! Lines of a settings file: of a byte offset, and of a key. Both are looked up, so that a thousand errors cost no more
//! than one reading of the file.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::Document;

/// The offsets at which the lines of a text begin.
#[derive(Debug)]
pub(super) struct LineStarts(Vec<usize>);

impl LineStarts {
    pub(super) fn of(text: &str) -> Self {
        let after_breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after_breaks).collect())
    }

    /// The line (from 1) that holds byte `offset`.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset)
    }
}

/// The lines of all keys of a settings file.
#[derive(Debug, Default)]
pub(super) struct KeyLines(HashMap<String, usize>);

impl KeyLines {
    /// No keys when the text is not TOML.
    pub(super) fn of(text: &str, starts: &LineStarts) -> Self {
        let mut lines = HashMap::new();
        if let Ok(document) = Document::parse(text) {
            collect(document.root.get_ref(), "", starts, &mut lines);
        }
        Self(lines)
    }

    /// The line (from 1) of the key that a path leads to, or of the last part of it that is written. Items of lists are
    /// counted from 0.
    pub(super) fn line_of(&self, path: &[&str]) -> usize {
        let written = (1..=path.len()).rev().find_map(|length| self.0.get(&joined(&path[..length])));
        written.copied().unwrap_or(1)
    }
}

/// A key's parts with a character between them that no key of a settings file needs.
fn joined(path: &[&str]) -> String {
    path.iter().map(|part| format!("\0{part}")).collect()
}

fn collect(table: &DeTable<'_>, path: &str, starts: &LineStarts, lines: &mut HashMap<String, usize>) {
    for (key, value) in table {
        let path = format!("{path}\0{}", key.get_ref());
        lines.insert(path.clone(), starts.line_at(key.span().start));
        collect_value(value, &path, starts, lines);
    }
}

fn collect_value(value: &Spanned<DeValue<'_>>, path: &str, starts: &LineStarts, lines: &mut HashMap<String, usize>) {
    match value.get_ref() {
        DeValue::Table(table) => collect(table, path, starts, lines),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let path = format!("{path}\0{index}");
                lines.insert(path.clone(), starts.line_at(item.span().start));
                collect_value(item, &path, starts, lines);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyLines, LineStarts};

    #[test]
    fn a_key_is_found_by_its_path_not_by_its_name() {
        let text = "# min\n[ledger.a.columns]\nb = { header = [\"min\"],\n  min = 1 }\n[ledger.b]\ntitle = \"min\"\n\
            [ledger.b.columns.b]\nmin = 2\n[[check]]\n[[check]]\nmessage = \"min\"\n";
        let lines = KeyLines::of(text, &LineStarts::of(text));
        for (path, line) in [
            (&["ledger", "a", "columns", "b", "min"][..], 4),
            (&["ledger", "b", "columns", "b", "min"], 8),
            (&["ledger", "b", "columns", "b", "max"], 7),
            (&["check", "1", "message"], 11),
            (&["metric"], 1),
        ] {
            assert_eq!(lines.line_of(path), line, "{path:?}");
        }
    }
}
