//! Lists of the months of a quarter, moved on: 4月、5月、6月 becomes 7月、8月、9月 in the next quarter's notice.

use jiff::civil::Date;

use super::super::guess::part_of_year::{NUMERALS, number_like};
use super::Step;

/// Signs between the months of a list.
const BETWEEN: &str = "份、，,;； \t\r\n\"'“”和及与";
/// Signs between the first and the last of them.
const TO: [&str; 6] = ["至", "到", "—", "-", "~", "－"];

/// A place in a text that names a month.
struct MonthPlace<'t> {
    /// The bytes of its number.
    start: usize,
    end: usize,
    text: &'t str,
    month: i8,
    /// Whether a year stands before it: it was moved with the year.
    has_year: bool,
}

/// The text with the lists of all months of the quarter that ends with `cutoff` moved to the next one.
pub(super) fn moved(text: &str, cutoff: Option<Date>, step: Step) -> String {
    let Some(last) = cutoff.map(Date::month).filter(|month| step == Step::Quarter && month % 3 == 0) else {
        return text.to_owned();
    };
    let quarter = [last - 2, last - 1, last];
    let names: Vec<MonthPlace<'_>> = names(text).collect();
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut at = 0;
    while at < names.len() {
        let length = list_length(text, &names[at..], quarter);
        for name in &names[at..at + length] {
            if !name.has_year {
                out.push_str(&text[copied..name.start]);
                out.push_str(&number_like(name.text, next(name.month)));
                copied = name.end;
            }
        }
        at += length.max(1);
    }
    out.push_str(&text[copied..]);
    out
}

/// The same month of the next quarter.
fn next(month: i8) -> i8 {
    if month > 9 { month - 9 } else { month + 3 }
}

/// How many of the names, from the first on, are a list of the whole quarter; 0 for no list.
fn list_length(text: &str, names: &[MonthPlace<'_>], quarter: [i8; 3]) -> usize {
    let between = |at: usize| text[names[at].end..names[at + 1].start].trim_start_matches('月');
    let is_month = |at: usize, month: i8| {
        let name = &names[at];
        name.month == month || name.has_year && name.month == next(month)
    };
    let is_listed = |at: usize| {
        let signs = between(at);
        signs.chars().all(|sign| BETWEEN.contains(sign)) || is_condition(signs)
    };
    if names.len() >= 3 && (0..3).all(|at| is_month(at, quarter[at])) && is_listed(0) && is_listed(1) {
        return 3;
    }
    let is_range = names.len() >= 2 && TO.contains(&between(0).trim_start_matches('份').trim());
    if is_range && is_month(0, quarter[0]) && is_month(1, quarter[2]) { 2 } else { 0 }
}

/// Whether a text is what an expression has between texts that a column is compared with one by one:
/// `" && row.月份 != "`.
fn is_condition(text: &str) -> bool {
    let text = text.trim_start_matches('份').trim_matches(['"', ' ']);
    let column = text.strip_prefix("&&").and_then(|rest| rest.strip_suffix("!=")).map(str::trim);
    column.is_some_and(|column| !column.contains(|c: char| c.is_whitespace() || "\"'&|=!<>".contains(c)))
}

/// The months that a text names.
fn names(text: &str) -> impl Iterator<Item = MonthPlace<'_>> {
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
        Some(MonthPlace { start, end, text: name, month, has_year: text[..start].ends_with('年') })
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
