//! Months and quarters by their numbers, moved on: lists of the months of a quarter (4月、5月、6月 becomes 7月、8月、9月 in
//! the next quarter's notice), and those of the checks that `zicha new` writes.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;

use super::super::guess::part_of_year::{NUMERALS, number_like};
use super::super::period_condition::{self, NamedParts, PartOfYear};
use super::Step;

/// Signs between the months of a list.
const BETWEEN: &str = "份、，,;； \t\r\n\"'“”和及与";
/// Signs between the first and the last of them.
const TO: [&str; 6] = ["至", "到", "—", "-", "~", "－"];

/// A place in a text that names a month.
struct MonthPlace {
    /// The bytes of its number.
    start: usize,
    end: usize,
    month: i8,
    /// Whether a year stands before it: it was moved with the year.
    has_year: bool,
}

/// Numbers in a text that are replaced, by where they begin.
#[derive(Default)]
struct Replacements(BTreeMap<usize, Replacement>);

struct Replacement {
    end: usize,
    number: String,
}

impl Replacements {
    fn add(&mut self, text: &str, span: Range<usize>, number: i8) {
        let number = number_like(&text[span.clone()], number);
        self.0.insert(span.start, Replacement { end: span.end, number });
    }

    fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        for (start, Replacement { end, number }) in &self.0 {
            out.push_str(&text[copied..*start]);
            out.push_str(number);
            copied = *end;
        }
        out.push_str(&text[copied..]);
        out
    }
}

/// The text with the months and quarters of its checks moved on, where they are those of the notice, whose last day is
/// `cutoff`; and with the lists of all months of its quarter moved to the next one.
pub(super) fn moved(text: &str, cutoff: Option<Date>, step: Step) -> String {
    let Some(cutoff) = cutoff else { return text.to_owned() };
    let mut replacements = Replacements::default();
    for NamedParts { part, places } in period_condition::find(text) {
        let (own, by, last) = match part {
            PartOfYear::Month => (cutoff.month(), step.months(), 12),
            // By months it is in the same quarter or in another.
            PartOfYear::Quarter if step == Step::Month => continue,
            PartOfYear::Quarter => ((cutoff.month() - 1) / 3 + 1, step.months() / 3, 4),
        };
        if places.iter().any(|place| place.number == own) {
            for place in places {
                replacements.add(text, place.span, (place.number - 1 + by) % last + 1);
            }
        }
    }
    if step == Step::Quarter && cutoff.month() % 3 == 0 {
        add_lists(text, cutoff.month(), &mut replacements);
    }
    replacements.apply(text)
}

/// Adds the lists of all months of the quarter that ends with the month `last`.
fn add_lists(text: &str, last: i8, replacements: &mut Replacements) {
    let quarter = [last - 2, last - 1, last];
    let names: Vec<MonthPlace> = names(text).collect();
    let mut at = 0;
    while at < names.len() {
        let length = list_length(text, &names[at..], quarter);
        for name in names[at..at + length].iter().filter(|name| !name.has_year) {
            replacements.add(text, name.start..name.end, next(name.month));
        }
        at += length.max(1);
    }
}

/// The same month of the next quarter.
fn next(month: i8) -> i8 {
    if month > 9 { month - 9 } else { month + 3 }
}

/// How many of the names, from the first on, are a list of the whole quarter; 0 for no list.
fn list_length(text: &str, names: &[MonthPlace], quarter: [i8; 3]) -> usize {
    let between = |at: usize| text[names[at].end..names[at + 1].start].trim_start_matches('月');
    let is_month = |at: usize, month: i8| {
        let name = &names[at];
        name.month == month || name.has_year && name.month == next(month)
    };
    let is_listed = |at: usize| between(at).chars().all(|sign| BETWEEN.contains(sign));
    if names.len() >= 3 && (0..3).all(|at| is_month(at, quarter[at])) && is_listed(0) && is_listed(1) {
        return 3;
    }
    let is_range = names.len() >= 2 && TO.contains(&between(0).trim_start_matches('份').trim());
    if is_range && is_month(0, quarter[0]) && is_month(1, quarter[2]) { 2 } else { 0 }
}

/// The months that a text names.
fn names(text: &str) -> impl Iterator<Item = MonthPlace> {
    text.match_indices('月').filter_map(|(end, _)| {
        let before = &text[..end];
        let digits = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let start = if digits < end {
            digits
        } else {
            before.trim_end_matches(|c| "一二三四五六七八九十".contains(c)).len()
        };
        let name = &text[start..end];
        let numeral = || NUMERALS.iter().position(|known| *known == name).and_then(|at| i8::try_from(at + 1).ok());
        let month = name.parse().ok().or_else(numeral).filter(|month| (1..=12).contains(month))?;
        Some(MonthPlace { start, end, month, has_year: text[..start].ends_with('年') })
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Step, moved};

    #[test]
    fn months_of_a_quarter_move_together() {
        for (text, expected) in [
            ("values = [\"4月\", \"5月\", \"6月\"]", "values = [\"7月\", \"8月\", \"9月\"]"),
            ("四月份、五月份和六月份", "七月份、八月份和九月份"),
            ("4月至6月开展", "7月至9月开展"),
            // The year has been moved with the first.
            ("2026年7月、5月、6月", "2026年7月、8月、9月"),
            ("6月份检查", "6月份检查"),
            ("04月、05月、06月", "07月、08月、09月"),
            ("4月、5月", "4月、5月"),
            ("4月检查，5月整改，6月验收", "4月检查，5月整改，6月验收"),
            (
                "'row.月份 != \"4月\" && row.月份 != \"5月\" && row.月份 != \"6月\"'",
                "'row.月份 != \"7月\" && row.月份 != \"8月\" && row.月份 != \"9月\"'",
            ),
            (
                "\"4月\" && row.x > 1 && row.y != \"5月\" != \"6月\"",
                "\"4月\" && row.x > 1 && row.y != \"5月\" != \"6月\"",
            ),
        ] {
            assert_eq!(moved(text, Some(date(2026, 6, 30)), Step::Quarter), expected);
        }
        for (text, step, expected) in [
            ("row.月份 != \"6月\"", Step::Month, "row.月份 != \"7月\""),
            ("月份不是6月，这一行也算进了报告", Step::Month, "月份不是7月，这一行也算进了报告"),
            // Of another notice, or of no period at all.
            ("row.月份 != \"5月\"", Step::Month, "row.月份 != \"5月\""),
            (
                "row.月份 != 4 && row.月份 != 5 && row.月份 != 6",
                Step::Quarter,
                "row.月份 != 7 && row.月份 != 8 && row.月份 != 9",
            ),
            (
                "row.月份 != 4 && row.月份 != 5 && row.月份 != 6",
                Step::Year,
                "row.月份 != 4 && row.月份 != 5 && row.月份 != 6",
            ),
            ("row.季度 != 2", Step::Quarter, "row.季度 != 3"),
            ("row.季度 != 2", Step::Month, "row.季度 != 2"),
            ("row.人数 != 6", Step::Month, "row.人数 != 6"),
        ] {
            assert_eq!(moved(text, Some(date(2026, 6, 30)), step), expected, "{text}");
        }
        assert_eq!(moved("row.月份 != 12", Some(date(2026, 12, 31)), Step::Month), "row.月份 != 1");
        assert_eq!(moved("row.季度 != 4", Some(date(2026, 12, 31)), Step::Quarter), "row.季度 != 1");
        assert_eq!(moved("10月、11月、12月", Some(date(2026, 12, 31)), Step::Quarter), "1月、2月、3月");
        assert_eq!(moved("4月、5月、6月", Some(date(2026, 6, 30)), Step::Year), "4月、5月、6月");
        assert_eq!(moved("4月、5月、6月", None, Step::Quarter), "4月、5月、6月");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken(text in "([0-9年月份、至一十四五六\n]|\\PC){0,30}") {
            let _ = moved(&text, Some(date(2026, 6, 30)), Step::Quarter);
        }
    }
}
