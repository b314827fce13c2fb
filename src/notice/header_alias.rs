//! Adds a header alias to the text of settings; every other byte stays, comments included.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::document::tables;
use super::edit::{key, quoted};
use super::id::folded;

/// The text with `alias` as the last header of a column; `None` when it has no such column, or no header of it.
pub fn with_header_alias(text: &str, ledger: &str, column: &str, alias: &str) -> Option<String> {
    let root = tables(text).ok()?;
    let settings = column_of(root.get_ref(), ledger, column)?.value.get_ref().as_table()?;
    let last = settings.get("header")?.get_ref().as_array()?.last()?;
    let (before, after) = text.split_at_checked(last.span().end)?;
    Some(format!("{before}, {}{after}", quoted(alias)))
}

/// The text with headers of a column that it inherits; `None` when they cannot be added to what it has of the column.
pub fn with_own_headers(text: &str, ledger: &str, column: &str, headers: &[String]) -> Option<String> {
    let written: Vec<String> = headers.iter().map(|header| quoted(header)).collect();
    let written = written.join(", ");
    let root = tables(text).ok()?;
    let changed = match column_of(root.get_ref(), ledger, column) {
        Some(Entry { value, .. }) => {
            let (before, after) = text.split_at_checked(value.span().start)?;
            format!("{before}{{ header = [{written}],{}", after.strip_prefix('{')?)
        }
        None => {
            let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
            let (ledger, column) = (key(ledger), key(column));
            format!("{text}{end}\n[ledger.{ledger}.columns.{column}]\nheader = [{written}]\n")
        }
    };
    tables(&changed).is_ok().then_some(changed)
}

/// The line of a column as the settings have it, with its key and all its settings; `None` when there is no such
/// column, or it is not written on a line of its own as `key = { … }`.
pub fn column_line(text: &str, ledger: &str, column: &str) -> Option<String> {
    let root = tables(text).ok()?;
    let Entry { key, value } = column_of(root.get_ref(), ledger, column)?;
    let (key, settings) = (text.get(key.span())?, text.get(value.span())?);
    settings.starts_with('{').then(|| format!("{key} = {settings}"))
}

/// A key with its value.
struct Entry<'d> {
    key: &'d Spanned<DeString<'d>>,
    value: &'d Spanned<DeValue<'d>>,
}

/// A column of a ledger, by their ids.
fn column_of<'d>(root: &'d DeTable<'d>, ledger: &str, column: &str) -> Option<Entry<'d>> {
    let path = ["ledger", ledger, "columns"];
    let table = path.iter().try_fold(root, |table, id| entry(table, id)?.value.get_ref().as_table())?;
    entry(table, column)
}

fn entry<'d>(table: &'d DeTable<'d>, id: &str) -> Option<Entry<'d>> {
    let found = table.iter().find(|(key, _)| folded(key.get_ref()) == id);
    found.map(|(key, value)| Entry { key, value })
}

#[cfg(test)]
mod tests {
    use super::{column_line, with_header_alias, with_own_headers};

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
    fn headers_of_an_inherited_column_are_written_to_the_own_settings() {
        let headers = ["姓名".to_owned(), "人\"".to_owned()];
        let with = |text| with_own_headers(text, "隐患", "b", &headers);
        let added = "\n[ledger.\"隐患\".columns.b]\nheader = [\"姓名\", \"人\\\"\"]\n";
        assert_eq!(with("a = 1"), Some(format!("a = 1\n{added}")));
        assert_eq!(with("[ledger.隐患.columns]\nc = {}\n"), Some(format!("[ledger.隐患.columns]\nc = {{}}\n{added}")));
        let inline = "[ledger.隐患.columns]\nb = { header = [\"姓名\", \"人\\\"\"], required = true }\n";
        assert_eq!(with("[ledger.隐患.columns]\nb = { required = true }\n").as_deref(), Some(inline));
        assert_eq!(with("[ledger.隐患.columns.b]\nrequired = true\n"), None);
        assert_eq!(with("ledger.隐患.columns = { c = {} }\n"), None);
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
