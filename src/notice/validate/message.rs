//! Errors about values without a span: where they are in the settings, and which names exist.

use toml::de::{DeTable, DeValue};

use super::super::error::{NoticeError, line_at, nearest_hint};
use super::super::settings::Notice;

/// An error at the key that a path leads to, such as `ledger.study.columns.done`, or at the last part of it that is
/// written. Items of lists are counted from 0.
pub(super) fn error_at_key(notice: &Notice, path: &[&str], message: String) -> NoticeError {
    NoticeError::At { file: notice.file.clone(), line: line_of(&notice.text, path), message }
}

/// The line (from 1) of the key that a path leads to.
fn line_of(text: &str, path: &[&str]) -> usize {
    let Ok(root) = DeTable::parse(text) else { return 1 };
    let mut line = 1;
    let mut value = DeValue::Table(root.into_inner());
    for part in path {
        let next = match value {
            DeValue::Table(table) => {
                table.into_iter().find(|(key, _)| key.get_ref() == part).map(|(key, value)| (key.span().start, value))
            }
            DeValue::Array(items) => {
                let item = part.parse().ok().and_then(|at: usize| items.into_iter().nth(at));
                item.map(|item| (item.span().start, item))
            }
            _ => None,
        };
        let Some((offset, inner)) = next else { break };
        line = line_at(text, offset);
        value = inner.into_inner();
    }
    line
}

/// The message about an unknown name: the most similar name, and all names.
pub(super) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a String>) -> String {
    let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
    let hint = nearest_hint(name, known.iter().copied());
    format!("没有名为“{name}”的{what}{hint}现有：{}", known.join("、"))
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn a_key_is_found_by_its_path_not_by_its_name() {
        let text = "# min\n[ledger.a.columns]\nb = { header = [\"min\"],\n  min = 1 }\n[ledger.b]\ntitle = \"min\"\n\
            [ledger.b.columns.b]\nmin = 2\n[[check]]\n[[check]]\nmessage = \"min\"\n";
        for (path, line) in [
            (&["ledger", "a", "columns", "b", "min"][..], 4),
            (&["ledger", "b", "columns", "b", "min"], 8),
            (&["ledger", "b", "columns", "b", "max"], 7),
            (&["check", "1", "message"], 11),
            (&["metric"], 1),
        ] {
            assert_eq!(line_of(text, path), line, "{path:?}");
        }
    }
}
