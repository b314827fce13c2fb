//! Changes single keys in the text of settings: every byte that does not belong to the value stays, comments and line
//! ends included.
//!
//! A key that is there gets another value in place of its own; one that is not gets a line behind the last of its
//! table, or a table at the end of the file. Whatever the text looks like, the result is parsed again: unless the key
//! has exactly the wanted value then, the change is refused.

mod list;

pub use list::{reordered, with_item, without_item};

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::folded_tables;

/// A value as settings have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenValue {
    /// A text, its quotes and escapes resolved.
    Text(String),
    /// A list of texts or of other plain values, each as it reads without quotes.
    List(Vec<String>),
    /// A table of texts or of other plain values.
    Map(Vec<(String, String)>),
    /// A number, a date, `true` or `false`, as it is written.
    Plain(String),
    /// Something that is no single value.
    Other,
}

/// A text of settings, parsed once for many questions about it.
#[derive(Debug)]
pub struct Written<'t> {
    text: &'t str,
    /// Nothing when the text is no TOML.
    root: Option<Spanned<DeTable<'t>>>,
}

impl<'t> Written<'t> {
    /// Parses a text; one that is no TOML has no keys.
    pub fn new(text: &'t str) -> Self {
        Self { text, root: folded_tables(text).ok() }
    }

    /// The text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    fn find(&self, path: &[&str]) -> Option<&Spanned<DeValue<'t>>> {
        find(self.root.as_ref()?.get_ref(), path)
    }

    /// The value of a key; `None` when it is not written.
    pub fn value(&self, path: &[&str]) -> Option<WrittenValue> {
        Some(read(self.text, self.find(path)?))
    }

    /// The ids of the tables in a table, in the order of the text; empty when there is no such table.
    pub fn ids(&self, path: &[&str]) -> Vec<String> {
        let table = self.find(path).and_then(|value| value.get_ref().as_table());
        table.into_iter().flat_map(|table| table.keys()).map(|key| key.get_ref().to_string()).collect()
    }

    /// How many items a list has; 0 when there is none.
    pub fn count(&self, path: &[&str]) -> usize {
        self.find(path).and_then(|value| value.get_ref().as_array()).map_or(0, |items| items.len())
    }
}

/// The value of a key; `None` when it is not written or the text is no TOML.
pub fn written_value(text: &str, path: &[&str]) -> Option<WrittenValue> {
    Written::new(text).value(path)
}

/// The ids of the tables in a table, in the order of the text; empty when there is no such table.
pub fn written_ids(text: &str, path: &[&str]) -> Vec<String> {
    Written::new(text).ids(path)
}

/// The text in which the key at `path` has the value `toml`, which is written as TOML has it. `None` when the
/// table of the key is written in a way that only a person can change.
pub fn with_value(text: &str, path: &[&str], toml: &str) -> Option<String> {
    let root = folded_tables(text).ok()?;
    let root = root.get_ref();
    let (name, table_path) = path.split_last()?;
    let changed = match (find(root, path), table_path) {
        (Some(value), _) => spliced(text, value.span(), toml),
        (None, []) => return None,
        (None, table_path) => match find(root, table_path) {
            Some(table) => in_table(text, table_path, table, &format!("{} = {toml}", key(name)))?,
            None => at_the_end(text, table_path, &format!("{} = {toml}", key(name))),
        },
    };
    let wanted = read_alone(toml)?;
    (written_value(&changed, path)? == wanted).then_some(changed)
}

/// The text without the key at `path`, its comment on the same line included; the same text when there is no such key.
/// `None` when the key is written in a way that only a person can change.
pub fn without_key(text: &str, path: &[&str]) -> Option<String> {
    let root = folded_tables(text).ok()?;
    let (name, table_path) = path.split_last()?;
    let table = match table_path {
        [] => root.get_ref(),
        path => match find(root.get_ref(), path) {
            Some(table) => table.get_ref().as_table()?,
            None => return Some(text.to_owned()),
        },
    };
    let Some((written_key, value)) = table.get_key_value(*name) else { return Some(text.to_owned()) };
    let start = line_start(text, written_key.span().start);
    let end = line_end(text, value.span().end);
    let before = text.get(start..written_key.span().start)?;
    let behind = text.get(value.span().end..end)?.trim_start();
    let is_alone = before.trim().is_empty() && (behind.trim().is_empty() || behind.starts_with('#'));
    let changed = if is_alone { spliced(text, start..end, "") } else { without_inline(text, written_key, value)? };
    (folded_tables(&changed).is_ok() && written_value(&changed, path).is_none()).then_some(changed)
}

/// A text as TOML has it, in double quotes.
pub fn quoted(text: &str) -> String {
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

/// A key as TOML has it: in quotes unless it needs none.
pub fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

/// The value that a path leads to; a number is the place of an item in a list, from 0.
fn find<'d, 't>(root: &'d DeTable<'t>, path: &[&str]) -> Option<&'d Spanned<DeValue<'t>>> {
    let (name, rest) = path.split_first()?;
    let mut value = root.get(*name)?;
    for part in rest {
        value = match value.get_ref() {
            DeValue::Table(table) => table.get(*part)?,
            DeValue::Array(items) => items.get(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

fn read(text: &str, value: &Spanned<DeValue<'_>>) -> WrittenValue {
    let plain = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::String(string) => Some(string.to_string()),
        DeValue::Table(_) | DeValue::Array(_) => None,
        _ => text.get(value.span()).map(str::to_owned),
    };
    match value.get_ref() {
        DeValue::String(string) => WrittenValue::Text(string.to_string()),
        DeValue::Array(items) => {
            items.iter().map(plain).collect::<Option<_>>().map_or(WrittenValue::Other, WrittenValue::List)
        }
        DeValue::Table(table) => {
            let pairs = table.iter().map(|(key, value)| Some((key.get_ref().to_string(), plain(value)?)));
            pairs.collect::<Option<_>>().map_or(WrittenValue::Other, WrittenValue::Map)
        }
        _ => plain(value).map_or(WrittenValue::Other, WrittenValue::Plain),
    }
}

/// The value that a text has as TOML.
fn read_alone(toml: &str) -> Option<WrittenValue> {
    let line = format!("v = {toml}");
    written_value(&line, &["v"])
}

fn spliced(text: &str, range: Range<usize>, new: &str) -> String {
    let (before, behind) = (text.get(..range.start).unwrap_or_default(), text.get(range.end..).unwrap_or_default());
    format!("{before}{new}{behind}")
}

/// The start of the line that holds a byte.
fn line_start(text: &str, offset: usize) -> usize {
    text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

/// The end of the line that holds a byte, behind its line end.
fn line_end(text: &str, offset: usize) -> usize {
    text.get(offset..).and_then(|behind| behind.find('\n')).map_or(text.len(), |at| offset + at + 1)
}

/// The line end of the file: that of its first line.
fn new_line(text: &str) -> &'static str {
    let first = text.find('\n').and_then(|at| text.get(..at));
    if first.is_some_and(|line| line.ends_with('\r')) { "\r\n" } else { "\n" }
}

/// Whether a table is written between braces.
fn is_inline(text: &str, value: &Spanned<DeValue<'_>>) -> bool {
    text.get(value.span()).is_some_and(|written| written.starts_with('{'))
}

/// The end of the last value of a table that stands on its own lines, not under a heading of its own.
fn last_value_end(text: &str, table: &DeTable<'_>) -> Option<usize> {
    let is_own = |value: &&Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::Table(_) => is_inline(text, value),
        DeValue::Array(items) => {
            items.first().is_none_or(|item| item.get_ref().as_table().is_none() || is_inline(text, item))
        }
        _ => true,
    };
    table.values().filter(is_own).map(|value| value.span().end).max()
}

/// The text with a line in a table that is there.
fn in_table(text: &str, path: &[&str], table: &Spanned<DeValue<'_>>, line: &str) -> Option<String> {
    let keys = table.get_ref().as_table()?;
    let last = last_value_end(text, keys);
    if is_inline(text, table) {
        return Some(match last {
            Some(end) => spliced(text, end..end, &format!(", {line}")),
            None => spliced(text, table.span().start + 1..table.span().start + 1, &format!(" {line} ")),
        });
    }
    let at = match last {
        Some(end) => line_end(text, end),
        None => heading_end(text, path)?,
    };
    Some(with_line(text, at, line))
}

/// The end of the line with a table's heading.
fn heading_end(text: &str, path: &[&str]) -> Option<usize> {
    let heading = format!("[{}]", path.iter().map(|part| key(part)).collect::<Vec<_>>().join("."));
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if line.trim_start().starts_with(&heading) {
            return Some(end);
        }
        start = end;
    }
    None
}

/// The text with a line at the start of a line.
fn with_line(text: &str, at: usize, line: &str) -> String {
    let end = new_line(text);
    let opened = if at > 0 && !text.get(..at).is_some_and(|before| before.ends_with('\n')) { end } else { "" };
    spliced(text, at..at, &format!("{opened}{line}{end}"))
}

/// The text with a table of one line at its end.
fn at_the_end(text: &str, path: &[&str], line: &str) -> String {
    let end = new_line(text);
    let heading = path.iter().map(|part| key(part)).collect::<Vec<_>>().join(".");
    let blank = if text.trim().is_empty() { "" } else { end };
    with_line(text, text.len(), &format!("{blank}[{heading}]{end}{line}"))
}

/// The text without a key of a table between braces, and without a comma beside it.
fn without_inline(
    text: &str,
    key: &Spanned<std::borrow::Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
) -> Option<String> {
    let (start, end) = (key.span().start, value.span().end);
    let behind = text.get(end..)?;
    let skipped = behind.len() - behind.trim_start().len();
    if behind.trim_start().starts_with(',') {
        let rest = behind.get(skipped + 1..)?;
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        return Some(spliced(text, start..end + skipped + 1 + spaces, ""));
    }
    let before = text.get(..start)?.trim_end();
    let from = before.strip_suffix(',').map_or(before.len(), str::len);
    Some(spliced(text, from..end, ""))
}

#[cfg(test)]
mod tests {
    use super::{Written, WrittenValue, quoted, with_value, without_key, written_ids, written_value};

    const TEXT: &str = "# 说明\r\n[notice]\r\ntitle = \"甲\" # 名\r\ncutoff = 2018-10-25\r\n\r\n[letter]\r\n[letter.head]\r\nmark = [\r\n  \"甲\", # 一\r\n]\r\n\
        [ledger.study.columns]\r\na = { header = [\"姓名\"], type = \"text\" } # 列\r\n[[section]]\r\ntitle = \"一\"";

    #[test]
    fn only_the_value_changes() {
        let with = |path: &[&str], value: &str| with_value(TEXT, path, value).unwrap_or_default();
        assert_eq!(with(&["notice", "title"], "\"乙\""), TEXT.replace("\"甲\" #", "\"乙\" #"));
        assert_eq!(
            with(&["notice", "deadline"], "2018-11-02"),
            TEXT.replace("10-25\r\n", "10-25\r\ndeadline = 2018-11-02\r\n")
        );
        assert_eq!(with(&["letter", "seal"], "true"), TEXT.replace("[letter]\r\n", "[letter]\r\nseal = true\r\n"));
        assert_eq!(
            with(&["letter", "head", "number"], "\"一\""),
            TEXT.replace("]\r\n[ledger", "]\r\nnumber = \"一\"\r\n[ledger")
        );
        assert_eq!(
            with(&["ledger", "study", "columns", "a", "unit"], "\"人\""),
            TEXT.replace("\"text\" }", "\"text\", unit = \"人\" }")
        );
        assert_eq!(with(&["archive", "fonds"], "\"Z1\""), format!("{TEXT}\r\n\r\n[archive]\r\nfonds = \"Z1\"\r\n"));
        assert_eq!(with_value(TEXT, &["section", "title"], "\"二\""), None, "items of lists have numbers");
        assert_eq!(with(&["section", "0", "title"], "\"二\""), TEXT.replace("\"一\"", "\"二\""));
        assert_eq!(with(&["section", "0", "layout"], "\"points\""), format!("{TEXT}\r\nlayout = \"points\"\r\n"));
        assert_eq!((Written::new(TEXT).count(&["section"]), Written::new(TEXT).count(&["annex"])), (1, 0));
        assert_eq!(with_value("a = ", &["a"], "1"), None);
        assert_eq!(with_value("a.b = 1\n", &["a", "c"], "1"), None, "the table has no heading");
        assert_eq!(with_value(TEXT, &["notice", "title"], "\"乙\" x"), None);
    }

    #[test]
    fn items_of_a_list_change_places_and_nothing_else() {
        let text = "a = 1\n# 各个方面\n[[s]]\ntitle = \"一\"\n[[s.part]]\nx = 1 # 甲\n\n[[s]]\n# 说明\ntitle = \"二\"\n\n# 后面\n[b]\n[[s]]\ntitle = \"三\"";
        let moved = super::reordered(text, &["s"], &[2, 0, 1]).expect("a text");
        assert_eq!(
            moved,
            "a = 1\n# 各个方面\n[[s]]\ntitle = \"三\"\n\n[[s]]\ntitle = \"一\"\n[[s.part]]\nx = 1 # 甲\n\n# 后面\n[b]\n[[s]]\n# 说明\ntitle = \"二\""
        );
        assert_eq!(super::reordered(&moved, &["s"], &[1, 2, 0]).as_deref(), Some(text));
        assert_eq!(super::reordered(text, &["s"], &[0, 0, 1]), None);
        assert_eq!(super::reordered("s = [{ title = 1 }, { title = 2 }]", &["s"], &[1, 0]), None);
    }

    #[test]
    fn a_key_is_taken_out_with_its_line() {
        let without = |path: &[&str]| without_key(TEXT, path).unwrap_or_default();
        assert_eq!(without(&["notice", "title"]), TEXT.replace("title = \"甲\" # 名\r\n", ""));
        assert_eq!(without(&["letter", "head", "mark"]), TEXT.replace("mark = [\r\n  \"甲\", # 一\r\n]\r\n", ""));
        let column = ["ledger", "study", "columns", "a"];
        let of_column = |name| [&column[..], &[name]].concat();
        assert_eq!(without(&of_column("type")), TEXT.replace(", type = \"text\"", ""));
        assert_eq!(without(&of_column("header")), TEXT.replace("header = [\"姓名\"], ", ""));
        assert_eq!((without(&["archive", "fonds"]), without(&["notice", "no"])), (TEXT.to_owned(), TEXT.to_owned()));
    }

    #[test]
    fn values_are_read_as_they_are_written() {
        let read = |path: &[&str]| written_value(TEXT, path);
        assert_eq!(read(&["notice", "title"]), Some(WrittenValue::Text("甲".to_owned())));
        assert_eq!(read(&["notice", "cutoff"]), Some(WrittenValue::Plain("2018-10-25".to_owned())));
        assert_eq!(read(&["letter", "head", "mark"]), Some(WrittenValue::List(vec!["甲".to_owned()])));
        assert_eq!(read(&["letter", "head", "number"]), None);
        assert_eq!(read(&["ledger"]), Some(WrittenValue::Other));
        assert_eq!(written_ids(TEXT, &["ledger", "study", "columns"]), ["a"]);
        assert_eq!(
            written_value("a = { \"办结\" = \"已完成\" }", &["a"]),
            Some(WrittenValue::Map(vec![("办结".to_owned(), "已完成".to_owned())]))
        );
        assert_eq!(quoted("甲\"\\\n"), "\"甲\\\"\\\\\\u000A\"");
    }
}
