//! The keys that a page offers, and their values as forms have them: a text, or several on a line each.

use jiff::civil::Date;

use crate::notice::edit::{WrittenValue, quoted, with_value, without_key, written_ids, written_value};
use crate::reference::key::{Key, Kind, Presence};
use crate::reference::settings::keys_of;

/// The keys of a column that the page of a ledger offers.
const COLUMN_KEYS: [&str; 3] = ["header", "values", "synonyms"];
/// The keys of a ledger that its page offers.
const LEDGER_KEYS: [&str; 4] = ["title", "sheets", "every_branch", "nil_report"];

/// A group of keys under one heading.
pub(super) struct Section {
    pub heading: String,
    pub fields: Vec<Field>,
}

/// A key of the settings with its value in them.
pub(super) struct Field {
    /// The parts of its path, ids included.
    pub path: Vec<String>,
    pub key: &'static Key,
    /// The value as a form has it; empty when the key is not written.
    pub shown: String,
    /// The heading of the column that it belongs to, on the page of a ledger.
    pub subject: Option<String>,
}

/// Why a value cannot be written.
pub(super) type ValueFault = String;

impl Field {
    /// The field of a key; `None` for one that a form cannot show.
    fn of(text: &str, table: &[&str], key: &'static Key, subject: Option<&str>) -> Option<Self> {
        let path: Vec<&str> = table.iter().copied().chain([key.name()]).collect();
        let shown = match written_value(text, &path) {
            Some(value) => shown(&value)?,
            None => String::new(),
        };
        let is_shown = !matches!(
            key.kind,
            Kind::Table
                | Kind::NamedTables
                | Kind::TableList
                | Kind::File
                | Kind::Expression
                | Kind::SeverityMap
                | Kind::VariableMap
        );
        let path = path.into_iter().map(str::to_owned).collect();
        is_shown.then_some(Self { path, key, shown, subject: subject.map(str::to_owned) })
    }

    /// Whether the form has several lines for it.
    pub(super) fn has_lines(&self) -> bool {
        let is_list = matches!(
            self.key.kind,
            Kind::Texts
                | Kind::Templates
                | Kind::TemplateOrTemplates
                | Kind::Ids
                | Kind::Dates
                | Kind::TextMap
                | Kind::NumberMap
        );
        is_list || self.shown.contains('\n')
    }

    /// Whether it must be written.
    pub(super) fn is_required(&self) -> bool {
        self.key.presence == Presence::Required
    }

    /// The text of settings in which the field has the value that a form sends.
    ///
    /// # Errors
    /// With why it cannot be written.
    pub(super) fn changed(&self, text: &str, sent: &str) -> Result<String, ValueFault> {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let changed = match toml(self.key.kind, sent)? {
            Some(value) => with_value(text, &path, &value),
            None => without_key(text, &path),
        };
        changed.ok_or_else(|| "它在设置里的写法不能这样改，请在原文里改".to_owned())
    }
}

/// The value as a form shows it; `None` for what a form cannot show.
fn shown(value: &WrittenValue) -> Option<String> {
    Some(match value {
        WrittenValue::Text(text) | WrittenValue::Plain(text) => text.clone(),
        WrittenValue::List(items) => items.join("\n"),
        WrittenValue::Map(pairs) => {
            pairs.iter().map(|(left, right)| format!("{left} = {right}")).collect::<Vec<_>>().join("\n")
        }
        WrittenValue::Other => return None,
    })
}

/// What a form sends, without spaces around lines, blank lines and carriage returns: equal texts mean equal values.
pub(super) fn normal(sent: &str) -> String {
    sent.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The value as TOML has it; `None` for a blank one, which is not written.
fn toml(kind: Kind, sent: &str) -> Result<Option<String>, ValueFault> {
    let sent = normal(sent);
    if sent.is_empty() {
        return Ok(None);
    }
    let lines = || sent.lines();
    let list = |items: Vec<String>| format!("[{}]", items.join(", "));
    let value = match kind {
        Kind::Integer => number(sent.parse::<i64>().ok(), &sent)?,
        Kind::Number => number(sent.parse::<rust_decimal::Decimal>().ok(), &sent)?,
        Kind::Date => date(&sent)?,
        Kind::Dates => list(lines().map(date).collect::<Result<_, _>>()?),
        Kind::Flag if matches!(sent.as_str(), "true" | "false") => sent.clone(),
        Kind::Flag => return Err(format!("“{sent}”应是 true 或 false")),
        Kind::Texts | Kind::Templates | Kind::Ids => list(lines().map(quoted).collect()),
        Kind::TemplateOrTemplates if sent.contains('\n') => list(lines().map(quoted).collect()),
        Kind::TextMap => map(&sent, |right| Ok(quoted(right)))?,
        Kind::NumberMap => map(&sent, |right| number(right.parse::<rust_decimal::Decimal>().ok(), right))?,
        _ => quoted(&sent),
    };
    Ok(Some(value))
}

/// A number that was parsed, as TOML has it.
fn number<T: ToString>(value: Option<T>, sent: &str) -> Result<String, ValueFault> {
    value.map(|value| value.to_string()).ok_or_else(|| format!("“{sent}”不是数字"))
}

fn date(sent: &str) -> Result<String, ValueFault> {
    let date = sent.parse::<Date>().map_err(|_| format!("“{sent}”不是日期，应写成 2018-10-25 这样"))?;
    Ok(date.to_string())
}

/// A table between braces from lines with an equals sign.
fn map(sent: &str, right: impl Fn(&str) -> Result<String, ValueFault>) -> Result<String, ValueFault> {
    let pair = |line: &str| {
        let (left, value) = line.split_once(['=', '＝']).ok_or_else(|| format!("“{line}”应写成 填的 = 算作的"))?;
        Ok(format!("{} = {}", quoted(left.trim()), right(value.trim())?))
    };
    let pairs: Vec<String> = sent.lines().map(pair).collect::<Result<_, ValueFault>>()?;
    Ok(format!("{{ {} }}", pairs.join(", ")))
}

/// The tables of the main page, each with its heading.
const TABLES: [(&str, &str); 7] = [
    ("notice", "通知"),
    ("words", "称呼"),
    ("letter", "每份报告固定的部分"),
    ("letter.head", "标题上面的部分"),
    ("letter.tail", "版记"),
    ("summary.letter", "汇总报告固定的部分"),
    ("archive", "归档"),
];

/// The sections of the main page.
pub(super) fn sections(text: &str) -> Vec<Section> {
    let has_summary = written_value(text, &["summary"]).is_some();
    let tables = TABLES.iter().filter(|(table, _)| has_summary || !table.starts_with("summary."));
    let mut sections: Vec<Section> = tables
        .map(|(table, heading)| {
            let path: Vec<&str> = table.split('.').collect();
            let fields = keys_of(table).filter_map(|key| Field::of(text, &path, key, None)).collect();
            Section { heading: (*heading).to_owned(), fields }
        })
        .collect();
    for id in written_ids(text, &["calendar"]) {
        let fields: Vec<Field> =
            keys_of("calendar").filter_map(|key| Field::of(text, &["calendar", &id], key, None)).collect();
        let label = fields.iter().find(|field| field.key.name() == "label").map_or("", |field| &field.shown);
        sections.push(Section { heading: format!("固定日：{label}"), fields });
    }
    sections
}

/// The section of a ledger, given by its place in the settings: its title, and how its columns are spelled and chosen.
pub(super) fn ledger_section(text: &str, index: usize) -> Option<Section> {
    let id = written_ids(text, &["ledger"]).into_iter().nth(index)?;
    let ledger = keys_of("ledger").filter(|key| LEDGER_KEYS.contains(&key.name()));
    let mut fields: Vec<Field> = ledger.filter_map(|key| Field::of(text, &["ledger", &id], key, None)).collect();
    let heading = fields.first().map_or_else(|| id.clone(), |title| title.shown.clone());
    for column in written_ids(text, &["ledger", &id, "columns"]) {
        let table = ["ledger", &id, "columns", &column];
        let path = |name| [&table[..], &[name]].concat();
        let kind = written_value(text, &path("type"));
        let is_choice = matches!(&kind, Some(WrittenValue::Text(kind)) if kind == "choice");
        let has_synonyms = is_choice || matches!(&kind, Some(WrittenValue::Text(kind)) if kind == "flag");
        let header = match written_value(text, &path("header")) {
            Some(WrittenValue::List(header)) => header.into_iter().next().unwrap_or_default(),
            _ => column.clone(),
        };
        let is_offered = |key: &&'static Key| match key.name() {
            "values" => is_choice,
            "synonyms" => has_synonyms,
            name => COLUMN_KEYS.contains(&name),
        };
        let keys = keys_of("ledger.columns").filter(is_offered);
        fields.extend(keys.filter_map(|key| Field::of(text, &table, key, Some(&header))));
    }
    Some(Section { heading: format!("台账《{heading}》"), fields })
}

#[cfg(test)]
mod tests {
    use super::{ledger_section, sections, toml};
    use crate::reference::key::Kind;

    #[test]
    fn what_a_form_sends_is_written_as_toml_has_it() {
        let written = |kind, sent| toml(kind, sent);
        let some = |value: &str| Ok(Some(value.to_owned()));
        assert_eq!(written(Kind::Text, " 甲\"乙 "), some("\"甲\\\"乙\""));
        assert_eq!(written(Kind::Text, " \r\n"), Ok(None));
        assert_eq!(written(Kind::Date, "2018-11-02"), some("2018-11-02"));
        assert_eq!(written(Kind::Dates, "2018-11-02\r\n\r\n2018-11-03\r\n"), some("[2018-11-02, 2018-11-03]"));
        assert_eq!(written(Kind::Texts, "甲\r\n乙"), some("[\"甲\", \"乙\"]"));
        assert_eq!(written(Kind::TemplateOrTemplates, "甲"), some("\"甲\""));
        assert_eq!(
            written(Kind::TextMap, "能 = 能够完成\n不能＝不能完成"),
            some("{ \"能\" = \"能够完成\", \"不能\" = \"不能完成\" }")
        );
        assert_eq!(written(Kind::Integer, "14"), some("14"));
        assert_eq!(written(Kind::Number, "0.50"), some("0.50"));
        for (kind, sent) in [
            (Kind::Integer, "1.5"),
            (Kind::Number, "1]\nx"),
            (Kind::Date, "2018.11.2"),
            (Kind::Dates, "2018-11-02, 2018-11-03"),
            (Kind::Flag, "1"),
            (Kind::TextMap, "能"),
        ] {
            assert!(written(kind, sent).is_err(), "{sent}");
        }
    }

    #[test]
    fn a_page_offers_the_keys_of_the_shipped_notice() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
        let text = std::fs::read_to_string(path).expect("the shipped notice");
        let sections = sections(&text);
        let title = &sections[0].fields[0];
        assert_eq!((title.key.path, title.shown.as_str()), ("notice.title", "关于开展基层党建工作自查的通知"));
        let calendar = sections.last().expect("a section");
        assert!(calendar.heading.starts_with("固定日：") && calendar.fields.iter().any(|field| field.shown == "182"));
        let project =
            (0..).map_while(|at| ledger_section(&text, at)).find(|section| section.heading.contains("突破项目"));
        let fields = project.expect("a ledger").fields;
        let synonyms = fields.iter().find(|field| field.key.name() == "synonyms").expect("synonyms");
        assert_eq!(
            (synonyms.subject.as_deref(), synonyms.shown.as_str()),
            (Some("年底能否完成"), "能 = 能够完成\n不能 = 不能完成")
        );
        let changed = synonyms.changed(&text, "能 = 能够完成").expect("a change");
        assert_eq!(
            changed,
            text.replace("{ \"能\" = \"能够完成\", \"不能\" = \"不能完成\" }", "{ \"能\" = \"能够完成\" }")
        );
    }
}
