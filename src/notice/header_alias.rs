//! Adds a header alias to the text of settings; every other byte stays, comments included.

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

/// The headers of the settings with their positions.
#[derive(Deserialize)]
struct Headers {
    ledger: IndexMap<String, Ledger>,
}

#[derive(Deserialize)]
struct Ledger {
    columns: IndexMap<String, Column>,
}

#[derive(Deserialize)]
struct Column {
    header: Vec<Spanned<String>>,
}

/// The text with `alias` as the last header of a column; `None` when there is no such column.
pub fn with_header_alias(text: &str, ledger: &str, column: &str, alias: &str) -> Option<String> {
    let headers: Headers = toml::from_str(text).ok()?;
    let last = headers.ledger.get(ledger)?.columns.get(column)?.header.last()?;
    let (before, after) = text.split_at_checked(last.span().end)?;
    Some(format!("{before}, {}{after}", quoted(alias)))
}

/// A basic TOML string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::with_header_alias;

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
}
