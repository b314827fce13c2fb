//! The days and years of a settings file with their positions, for a notice that is made from an earlier one.

use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::DeValue;

use super::document::folded_tables;

/// A day or year in the text of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsDate {
    /// The path of its key; items of lists are not counted: `calendar.theme.except`.
    pub path: String,
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// The day; the last of the year where the settings have a year only.
    pub date: Date,
    /// Whether the settings have a year only.
    pub is_year: bool,
}

/// The keys whose numbers are years.
const YEARS: [&str; 1] = ["archive.year"];

/// The days and years of settings in the order of the text; `None` when it is no TOML.
pub fn settings_dates(text: &str) -> Option<Vec<SettingsDate>> {
    let root = folded_tables(text).ok()?;
    let mut dates = Vec::new();
    for (key, value) in root.get_ref().iter() {
        collect(key.get_ref().to_string(), value, text, &mut dates);
    }
    dates.sort_by_key(|date| date.span.start);
    Some(dates)
}

fn collect(path: String, value: &Spanned<DeValue<'_>>, text: &str, dates: &mut Vec<SettingsDate>) {
    let span = value.span();
    match value.get_ref() {
        DeValue::Table(table) => {
            for (key, value) in table.iter() {
                collect(format!("{path}.{}", key.get_ref()), value, text, dates);
            }
        }
        DeValue::Array(items) => items.iter().for_each(|item| collect(path.clone(), item, text, dates)),
        DeValue::Datetime(_) => {
            let date = text.get(span.clone()).and_then(|written| written.parse().ok());
            dates.extend(date.map(|date| SettingsDate { path, span, date, is_year: false }));
        }
        DeValue::Integer(_) if YEARS.contains(&path.as_str()) => {
            let year = text.get(span.clone()).and_then(|written| written.parse().ok());
            let date = year.and_then(|year| Date::new(year, 12, 31).ok());
            dates.extend(date.map(|date| SettingsDate { path, span, date, is_year: true }));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::settings_dates;

    #[test]
    fn days_are_found_with_their_keys_and_places() {
        let text = "# 2018-01-01\n[notice]\ntitle = \"2018-01-02\"\ncutoff = 2018-10-25 # 日\n[calendar.固定日]\n\
            except = [2018-10-04, 2018-10-18]\n[archive]\nyear = 2018\ndigits = 4\n";
        let dates = settings_dates(text).unwrap();
        let found: Vec<_> = dates.iter().map(|d| (d.path.as_str(), &text[d.span.clone()], d.date)).collect();
        let expected = [
            ("notice.cutoff", "2018-10-25", date(2018, 10, 25)),
            ("calendar.固定日.except", "2018-10-04", date(2018, 10, 4)),
            ("calendar.固定日.except", "2018-10-18", date(2018, 10, 18)),
            ("archive.year", "2018", date(2018, 12, 31)),
        ];
        assert_eq!(found, expected);
        assert_eq!(settings_dates("a ="), None);
    }
}
