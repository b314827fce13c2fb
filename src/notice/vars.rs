//! `[vars]`: values that the author names once and uses in every text, as `{{ vars.季度 }}`, and in every expression.
//!
//! In texts that are no templates they are put in while the settings are read, so that nothing after it differs between
//! a text with variables and one without.

use indexmap::IndexMap;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::Value;

use super::calendar::{day_of, written_day};
use super::error::known_names;
use super::id::folded;

/// A value of `[vars]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// A text, put into other texts as it is.
    Text(String),
    /// An exact number.
    Number(Decimal),
    /// A percentage.
    Rate(Rate),
    /// A day.
    Date(Date),
}

/// A percentage: counted as a fraction, printed as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// 0.9 for 90%.
    pub fraction: Decimal,
    /// 90%.
    pub text: String,
}

impl Rate {
    /// The percentage that a text is, such as `90%` or `99.5％`.
    fn of(text: &str) -> Option<Self> {
        let number = text.trim().strip_suffix(['%', '％'])?;
        let is_plain = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
        let percent: Decimal = number.parse().ok().filter(|_| is_plain)?;
        let fraction = percent.checked_div(Decimal::ONE_HUNDRED)?;
        Some(Self { fraction, text: format!("{number}%") })
    }
}

impl Variable {
    /// The value as texts print it.
    pub fn written(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Rate(rate) => rate.text.clone(),
            Self::Date(date) => written_day(*date),
        }
    }
}

impl<'de> Deserialize<'de> for Variable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number =
            |text: String| text.parse().map(Self::Number).map_err(|_| D::Error::custom("数字太大，或位数太多"));
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Rate::of(&text).map_or(Self::Text(text), Self::Rate)),
            Value::Integer(whole) => number(whole.to_string()),
            Value::Float(decimal) => number(decimal.to_string()),
            Value::Datetime(date) => day_of(date).map(Self::Date),
            _ => Err(D::Error::custom("[vars] 里的值应是文字、数字、百分比或日期")),
        }
    }
}

/// The text with its variables put in; `None` when it has none.
///
/// # Errors
/// In Chinese, for a variable that does not exist.
pub(super) fn with_variables(text: &str, variables: &IndexMap<String, Variable>) -> Result<Option<String>, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(tag) = VariableTag::find(rest) {
        let Some(value) = variables.get(&*folded(tag.name)) else {
            let known = variables.keys().map(String::as_str);
            return Err(format!("[vars] 里没有“{}”{}", tag.name, known_names(tag.name, "现有", known)));
        };
        filled.push_str(tag.before);
        filled.push_str(&value.written());
        rest = tag.after;
    }
    if rest.len() == text.len() {
        return Ok(None);
    }
    filled.push_str(rest);
    Ok(Some(filled))
}

/// The first `{{ vars.name }}` of a text.
struct VariableTag<'t> {
    before: &'t str,
    name: &'t str,
    after: &'t str,
}

impl<'t> VariableTag<'t> {
    fn find(text: &'t str) -> Option<Self> {
        let mut from = 0;
        while let Some(open) = text[from..].find("{{").map(|found| from + found) {
            let inner = &text[open + 2..];
            let close = inner.find("}}")?;
            let name = inner[..close].trim().strip_prefix("vars").and_then(|rest| rest.trim_start().strip_prefix('.'));
            if let Some(name) = name {
                return Some(Self { before: &text[..open], name: name.trim(), after: &inner[close + 2..] });
            }
            from = open + 2;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::{Variable, with_variables};

    fn variables() -> IndexMap<String, Variable> {
        toml::from_str("quarter = \"第三季度\"\nlimit = 1.5\nday = 2026-09-30").expect("variables")
    }

    #[test]
    fn variables_are_put_in_as_they_are_printed() {
        for (text, filled) in [
            ("{{ vars.quarter }}自查", Some("第三季度自查")),
            ("至{{vars . day}}，{{ vars.ｌimit }}", Some("至2026年9月30日，1.5")),
            ("没有", None),
            ("{{ branch.name }}", None),
            ("{{ a }}{{ vars.limit }}", Some("{{ a }}1.5")),
            ("{{ vars.limit", None),
        ] {
            assert_eq!(with_variables(text, &variables()), Ok(filled.map(str::to_owned)), "{text}");
        }
        let said = with_variables("{{ vars.quartr }}", &variables()).expect_err("no such variable");
        assert_eq!(said, "[vars] 里没有“quartr”，是不是“quarter”？现有：quarter、limit、day");
    }

    #[test]
    fn a_percentage_is_a_fraction_that_prints_as_it_is_written() {
        let text = "a = \"90%\"\nb = \" 99.5％\"\nc = \"约90%\"\nd = \"%\"\ne = \"1.2.3%\"";
        let variables: IndexMap<String, Variable> = toml::from_str(text).expect("variables");
        let fractions: Vec<Option<String>> = variables
            .values()
            .map(|variable| match variable {
                Variable::Rate(rate) => Some(format!("{} {}", rate.fraction, rate.text)),
                _ => None,
            })
            .collect();
        assert_eq!(fractions, [Some("0.90 90%".to_owned()), Some("0.995 99.5%".to_owned()), None, None, None]);
        assert_eq!(with_variables("达到{{ vars.a }}", &variables), Ok(Some("达到90%".to_owned())));
    }

    #[test]
    fn a_variable_is_a_text_a_number_or_a_day() {
        for value in ["true", "[1]", "{ a = 1 }", "10:00:00", "2026-09-30T10:00:00", "nan"] {
            assert!(toml::from_str::<IndexMap<String, Variable>>(&format!("a = {value}")).is_err(), "{value}");
        }
    }
}
