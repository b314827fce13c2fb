//! Keys of the settings that have another name now.
//!
//! Settings with an old key are refused, with the line and the new name. A rename adds one line to [`RENAMED`].

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::tables;
use super::error::{NoticeError, line_at};
use super::source::SourcePart;

/// The path of a key and its last part's new name. Paths do not count the items of lists: `summary.sheet.figures` is
/// `figures` in every `[[summary.sheet]]`.
const RENAMED: [(&str, &str); 5] = [
    ("figure", "metric"),
    ("summary.figure", "metric"),
    ("summary.sheet.figures", "metrics"),
    ("summary.sheet.late", "highlight"),
    ("check.say", "message"),
];

/// The present path of a key by its old path, or by the last part of it; `None` for a key that was never renamed.
pub fn renamed_to(old: &str) -> Option<String> {
    let last = |path: &'static str| path.rsplit('.').next().unwrap_or(path);
    let whole = RENAMED.iter().find(|(path, _)| *path == old);
    let (path, new) = whole.or_else(|| RENAMED.iter().find(|(path, _)| last(path) == old))?;
    Some(match path.rsplit_once('.') {
        Some((parent, _)) => format!("{parent}.{new}"),
        None => (*new).to_owned(),
    })
}

/// One error for each old key in the settings; none when their text is not TOML.
pub(super) fn renamed_keys(part: SourcePart<'_>) -> Vec<NoticeError> {
    let SourcePart { file, text, .. } = part;
    let mut errors = Vec::new();
    if let Ok(root) = tables(text) {
        visit_table(root.get_ref(), "", &mut |path, key| {
            let Some((_, new)) = RENAMED.iter().find(|(old, _)| *old == path) else { return };
            errors.push((line_at(text, key.span().start), renaming(path, new, is_header(text, key))));
        });
    }
    errors.sort();
    errors.into_iter().map(|(line, message)| NoticeError::At { file: file.to_owned(), line, message }).collect()
}

/// The text with the new name of each old key: settings that an earlier version archived. A text that is not TOML comes
/// back unchanged.
pub fn with_current_keys(text: &str) -> String {
    let mut renames = Vec::new();
    if let Ok(root) = tables(text) {
        visit_table(root.get_ref(), "", &mut |path, key| {
            let new = RENAMED.iter().find(|(old, _)| *old == path).map(|(_, new)| *new);
            renames.extend(new.map(|new| (key.span(), new)));
        });
    }
    // From the end, so that the spans before stay valid.
    renames.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut current = text.to_owned();
    for (span, new) in renames {
        current.replace_range(span, new);
    }
    current
}

/// The sentence about a renamed key; the name of a table is written in its brackets.
fn renaming(path: &str, new: &str, is_header: bool) -> String {
    let (parents, old) = path.rsplit_once('.').unwrap_or(("", path));
    if is_header {
        let parents = if parents.is_empty() { String::new() } else { format!("{parents}.") };
        format!("[{parents}{old}] 已改名为 [{parents}{new}]")
    } else {
        format!("{old} 已改名为 {new}")
    }
}

/// Whether a key is part of a table's header.
fn is_header<T>(text: &str, key: &Spanned<T>) -> bool {
    let before = text.get(..key.span().start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.trim_start().starts_with('[')
}

/// Gives `take` every key of a table and of the tables and lists in it, with the key's path.
fn visit_table<'i>(
    table: &DeTable<'i>,
    parent: &str,
    take: &mut impl FnMut(&str, &Spanned<std::borrow::Cow<'i, str>>),
) {
    for (key, value) in table {
        let path = if parent.is_empty() { key.get_ref().to_string() } else { format!("{parent}.{}", key.get_ref()) };
        take(&path, key);
        visit_value(value.get_ref(), &path, take);
    }
}

fn visit_value<'i>(value: &DeValue<'i>, path: &str, take: &mut impl FnMut(&str, &Spanned<std::borrow::Cow<'i, str>>)) {
    match value {
        DeValue::Table(table) => visit_table(table, path, take),
        DeValue::Array(items) => items.iter().for_each(|item| visit_value(item.get_ref(), path, take)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{SourcePart, with_current_keys};
    use crate::notice::error::NoticeError;

    fn renamed_keys(text: &str) -> Vec<NoticeError> {
        super::renamed_keys(SourcePart { file: Path::new("设置"), text, start: 0 })
    }

    #[test]
    fn archived_settings_get_the_current_keys() {
        let old = "[figure]\nfigure = 1 # [figure]\n[summary.figure]\n[[summary.sheet]]\nfigures = [\"figure\"]\nlate = []\n\
            [[check]]\nsay = \"figures = late\"\n";
        let new = "[metric]\nfigure = 1 # [figure]\n[summary.metric]\n[[summary.sheet]]\nmetrics = [\"figure\"]\nhighlight = []\n\
            [[check]]\nmessage = \"figures = late\"\n";
        assert_eq!(with_current_keys(old), new);
        assert_eq!(with_current_keys(new), new);
        assert_eq!(with_current_keys("[figure"), "[figure");
    }

    #[test]
    fn every_old_key_is_named_with_its_line_and_its_new_name() {
        let text = "[figure]\na = 1\n\n[[summary.sheet]]\nfigures = []\n[[summary.sheet]]\nlate = []\n\
            [summary.figure]\nb = 2\n[[check]]\nsay = \"\"\n[ledger.figure]\ntitle = \"\"\n";
        let said: Vec<String> = renamed_keys(text).iter().map(ToString::to_string).collect();
        let expected = [
            "设置 第1行：[figure] 已改名为 [metric]",
            "设置 第5行：figures 已改名为 metrics",
            "设置 第7行：late 已改名为 highlight",
            "设置 第8行：[summary.figure] 已改名为 [summary.metric]",
            "设置 第11行：say 已改名为 message",
        ];
        assert_eq!(said, expected);
        assert!(renamed_keys("[metric]\n[[summary.sheet]]\nmetrics = []\n").is_empty());
        assert!(renamed_keys("[figure\n").is_empty());
    }
}
