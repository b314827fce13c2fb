//! The keys that a page offers, and their values as forms have them: a text, or several on a line each.

use crate::ingest::{impossible_day, parse_day};
use crate::notice::edit::{Written, WrittenValue, quoted, with_value, without_key, written_value};
use crate::notice::folded;
use crate::reference::key::{KeyDoc, Kind, Requirement};

/// A key of the settings with its value in them.
pub(super) struct Field {
    /// The parts of its path, ids and places in lists included.
    pub path: Vec<String>,
    pub key: &'static KeyDoc,
    /// The kind of its value: that of the key, or of what is written.
    pub kind: Kind,
    /// What the form calls it; what the key is for by default.
    pub name: Option<String>,
    /// The value as a form has it; empty when the key is not written.
    pub shown: String,
    /// The heading of what it belongs to, on a page about several such things: a column, a metric.
    pub subject: Option<String>,
    pub target: Target,
}

/// What a field changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The key at its path.
    Key,
    /// Adds variables to the table at its path, one a line.
    NewVariables,
    /// Moves the item of a list at its path; the value is its place, from 1.
    SettingsPage,
}

/// Why a value cannot be written.
pub(super) type ValueFault = String;

impl Field {
    /// The field of a key; `None` for one that a form cannot show.
    pub(super) fn of(
        settings: &Written<'_>,
        table: &[&str],
        key: &'static KeyDoc,
        subject: Option<&str>,
    ) -> Option<Self> {
        let path: Vec<&str> = table.iter().copied().chain([key.name()]).collect();
        let shown = match settings.value(&path) {
            Some(value) => shown(&value)?,
            None => String::new(),
        };
        let is_shown = !matches!(
            key.kind,
            Kind::Table | Kind::NamedTables | Kind::TableList | Kind::File | Kind::SeverityMap | Kind::VariableMap
        );
        let path = path.into_iter().map(str::to_owned).collect();
        let (kind, subject) = (key.kind, subject.map(str::to_owned));
        is_shown.then_some(Self { path, key, kind, name: None, shown, subject, target: Target::Key })
    }

    /// Whether the form has several lines for it.
    pub(super) fn has_lines(&self) -> bool {
        let is_list = matches!(
            self.kind,
            Kind::Texts
                | Kind::Templates
                | Kind::TemplateOrTemplates
                | Kind::Ids
                | Kind::Dates
                | Kind::TextMap
                | Kind::NumberMap
                | Kind::VariableMap
        );
        is_list || self.shown.contains('\n')
    }

    /// Whether it must be written.
    pub(super) fn is_required(&self) -> bool {
        self.key.presence == Requirement::Required && self.target == Target::Key
    }

    /// The text of settings in which the field has the value that a form sends.
    ///
    /// # Errors
    /// With why it cannot be written.
    pub(super) fn changed(&self, text: &str, sent: &str) -> Result<String, ValueFault> {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        if self.target == Target::NewVariables {
            return with_variables(text, &path, sent);
        }
        let changed = match toml(self.kind, sent)? {
            Some(value) => with_value(text, &path, &value),
            None => without_key(text, &path),
        };
        changed.ok_or_else(unchangeable)
    }
}

/// Why a key that is written in an unusual way is not changed.
pub(super) fn unchangeable() -> ValueFault {
    "它在设置里的写法不能这样改，请在原文里改".to_owned()
}

/// The text with new variables, one a line: 名称 = 值.
fn with_variables(text: &str, table: &[&str], sent: &str) -> Result<String, ValueFault> {
    let mut changed = text.to_owned();
    for line in normal(sent).lines() {
        let (name, value) = line.split_once(['=', '＝']).ok_or_else(|| format!("“{line}”应写成 名称 = 值"))?;
        let (name, value) = (folded(name.trim()).into_owned(), value.trim());
        let path: Vec<&str> = table.iter().copied().chain([name.as_str()]).collect();
        if written_value(&changed, &path).is_some() {
            return Err(format!("已经有“{name}”，请在上面改它的值"));
        }
        let value = toml(variable_kind(value), value)?.ok_or_else(|| format!("“{name}”没有写值"))?;
        changed = with_value(&changed, &path, &value).ok_or_else(unchangeable)?;
    }
    Ok(changed)
}

/// The kind of a variable with that value.
pub(super) fn variable_kind(value: &str) -> Kind {
    let value = value.trim();
    if value.parse::<rust_decimal::Decimal>().is_ok() {
        Kind::Number
    } else if date(value).is_ok() {
        Kind::Date
    } else {
        Kind::Text
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
pub(super) fn toml(kind: Kind, sent: &str) -> Result<Option<String>, ValueFault> {
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
        Kind::Expression => expression(&sent),
        _ => quoted(&sent),
    };
    Ok(Some(value))
}

/// An expression as TOML has it: in single quotes, in which nothing is escaped, where it has none itself.
fn expression(text: &str) -> String {
    match (text.contains('\''), text.contains('\n')) {
        (true, _) => quoted(text),
        (false, true) => format!("'''\n{text}'''"),
        (false, false) => format!("'{text}'"),
    }
}

/// A number that was parsed, as TOML has it.
fn number<T: ToString>(value: Option<T>, sent: &str) -> Result<String, ValueFault> {
    value.map(|value| value.to_string()).ok_or_else(|| format!("“{sent}”不是数字"))
}

fn date(sent: &str) -> Result<String, ValueFault> {
    /// No year that settings are about; a day without its year is refused.
    const NO_YEAR: i16 = 1900;
    match parse_day(sent, NO_YEAR).filter(|date| date.year() != NO_YEAR) {
        Some(date) => Ok(date.to_string()),
        None => Err(match impossible_day(sent, NO_YEAR) {
            Some(reason) => format!("没有“{sent}”这一天：{reason}"),
            None => format!("“{sent}”不是日期，应写成 2018-10-25 或 2018年10月25日 这样"),
        }),
    }
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

#[cfg(test)]
mod tests {
    use super::toml;
    use crate::reference::key::Kind;

    #[test]
    fn what_a_form_sends_is_written_as_toml_has_it() {
        let written = |kind, sent| toml(kind, sent);
        let some = |value: &str| Ok(Some(value.to_owned()));
        assert_eq!(written(Kind::Text, " 甲\"乙 "), some("\"甲\\\"乙\""));
        assert_eq!(written(Kind::Text, " \r\n"), Ok(None));
        assert_eq!(written(Kind::Date, "2018-11-02"), some("2018-11-02"));
        assert_eq!(written(Kind::Date, "2018年11月2日"), some("2018-11-02"));
        assert_eq!(written(Kind::Expression, "a.len() > 1"), some("'a.len() > 1'"));
        assert_eq!(written(Kind::Expression, "a == 'b'"), some("\"a == 'b'\""));
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
            (Kind::Date, "2018.11.31"),
            (Kind::Date, "11月2日"),
            (Kind::Dates, "2018-11-02, 2018-11-03"),
            (Kind::Flag, "1"),
            (Kind::TextMap, "能"),
        ] {
            assert!(written(kind, sent).is_err(), "{sent}");
        }
    }
}
