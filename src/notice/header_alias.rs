//! Adds a header alias to the text of settings; every other byte stays, comments included.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::Document;
use super::edit::quoted;

/// The text with `alias` as the last header of a column; `None` when there is no such column.
pub fn with_header_alias(text: &str, ledger: &str, column: &str, alias: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let settings = columns(&document, ledger)?.get(column)?.get_ref().as_table()?;
    let last = settings.get("header")?.get_ref().as_array()?.last()?;
    let (before, after) = text.split_at_checked(last.span().end)?;
    Some(format!("{before}, {}{after}", quoted(alias)))
}

/// The line of a column as the settings have it, with its key and all its settings; `None` when there is no such column,
/// or it is not written on a line of its own as `key = { … }`.
pub fn column_line(text: &str, ledger: &str, column: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let (key, settings) = columns(&document, ledger)?.get_key_value(column)?;
    let settings = text.get(settings.span())?;
    settings.starts_with('{').then(|| Some(format!("{} = {settings}", text.get(key.span())?)))?
}

/// The columns of a ledger.
fn columns<'d>(document: &'d Document<'_>, ledger: &str) -> Option<&'d DeTable<'d>> {
    let table = |value: &'d Spanned<DeValue<'_>>| value.get_ref().as_table();
    let ledgers = document.root.get_ref().get("ledger").and_then(table)?;
    ledgers.get(ledger).and_then(table)?.get("columns").and_then(table)
}

#[cfg(test)]
mod tests {
    use super::{column_line, with_header_alias};

    #[test]
    fn a_spelling_is_added_and_nothing_else_changes() {
        let text = "# 说明\n[ledger.a]\ntitle = \"甲\" # 名\n[ledger.a.columns]\n\
            b = { header = [\"单位\"], type = \"text\" } # 列\nc = { header = [\n  \"姓名\", # 旧\n  \"名\",\n], type = \"text\" }\n";
        let with = |column, spelling| with_header_alias(text, "a", column, spelling);
        assert_eq!(with("b", "部\"门\\\n"), Some(text.replace("[\"单位\"]", "[\"单位\", \"部\\\"门\\\\\\u000A\"]")));
        assert_eq!(with("c", "人"), Some(text.replace("\"名\",\n", "\"名\", \"人\",\n")));
        assert_eq!(with("d", "人"), None);
        let again = with("b", "部\"门\\\n").and_then(|text| with_header_alias(&text, "a", "b", "处"));
        assert!(again.is_some_and(|text| text.contains("\\u000A\", \"处\"], type")));
    }

    #[test]
    fn a_column_is_quoted_with_all_its_settings() {
        let text = "[ledger.a]\ntitle = \"甲\"\n[ledger.a.columns]\nb-1 = { header = [\"单位\"], type = \"text\", fill_down = true } # 列\n\
            \"书 记\" = { header = [\"书记\"], type = \"text\" }\n[ledger.a.columns.c]\nheader = [\"姓名\"]\n";
        let line = |column| column_line(text, "a", column);
        assert_eq!(line("b-1").as_deref(), Some("b-1 = { header = [\"单位\"], type = \"text\", fill_down = true }"));
        assert_eq!(line("书 记").as_deref(), Some("\"书 记\" = { header = [\"书记\"], type = \"text\" }"));
        assert_eq!((line("c"), line("d")), (None, None));
    }
}
