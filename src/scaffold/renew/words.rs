//! Years, quarters and days in the words of settings and templates, moved on.

use jiff::civil::Date;

use super::Step;

const NUMERALS: [char; 4] = ['一', '二', '三', '四'];
const DIGITS: [char; 4] = ['1', '2', '3', '4'];
/// Words before 一季度 in which 一 is no number: 上一季度, 每一季度.
const RELATIVE: [char; 13] = ['上', '下', '前', '后', '每', '这', '那', '本', '各', '某', '任', '同', '另'];

/// The text with its years, quarters and days moved by a step; `years` is by how much the year of the notice changes.
pub(super) fn moved(text: &str, step: Step, years: i16) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let found = dated(rest, &out, step, years).or_else(|| quarter(rest, &out, step));
        match found {
            Some(Moved { length, text }) => {
                out.push_str(&text);
                rest = &rest[length..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// A piece of text that is moved: its length, and what is in its place.
struct Moved {
    length: usize,
    text: String,
}

/// 2026年第三季度, 2026年9月30日, 2026年9月, 2026年, 〔2026〕 at the beginning of `text`.
fn dated(text: &str, before: &str, step: Step, years: i16) -> Option<Moved> {
    let digits = text.get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let year: i16 = digits.parse().ok().filter(|year| (2000..2100).contains(year))?;
    let rest = &text[4..];
    if before.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if before.ends_with(['〔', '［', '[']) && rest.starts_with(['〕', '］', ']']) {
        return Some(Moved { length: 4, text: (year + years).to_string() });
    }
    let rest = rest.strip_prefix('年')?;
    let behind_year = text.len() - rest.len();
    if let Some(Moved { length, text }) = quarter(rest, "", step) {
        let is_next_year = text.contains(['一', '1']) && step == Step::Quarter;
        let year = year + i16::from(is_next_year) + if step == Step::Year { 1 } else { 0 };
        return Some(Moved { length: behind_year + length, text: format!("{year}年{text}") });
    }
    day(year, rest, step).map_or_else(
        || Some(Moved { length: behind_year, text: format!("{}年", year + years) }),
        |Moved { length, text }| Some(Moved { length: behind_year + length, text }),
    )
}

/// 9月30日 or 9月 behind a year.
fn day(year: i16, text: &str, step: Step) -> Option<Moved> {
    let (month, rest) = number(text)?;
    let rest = rest.strip_prefix('月')?;
    let whole_month = || {
        let moved = step.moved(Date::new(year, month, 1).ok()?);
        let text_of_month = format!("{}年{}月", moved.year(), moved.month());
        Some(Moved { length: text.len() - rest.len(), text: text_of_month })
    };
    let Some((day, behind)) = number(rest).and_then(|(day, rest)| Some((day, rest.strip_prefix('日')?))) else {
        return whole_month();
    };
    let moved = step.moved(Date::new(year, month, day).ok()?);
    let text_of_day = format!("{}年{}月{}日", moved.year(), moved.month(), moved.day());
    Some(Moved { length: text.len() - behind.len(), text: text_of_day })
}

/// The number that a text begins with, and what follows it.
fn number(text: &str) -> Option<(i8, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text.get(..end)?.parse().ok()?, &text[end..]))
}

/// 三季度 or 3季度, with or without 第 before it; other steps leave it as it is.
fn quarter(text: &str, before: &str, step: Step) -> Option<Moved> {
    let bare = text.strip_prefix('第').unwrap_or(text);
    let numeral = bare.chars().next()?;
    let is_relative = bare.len() == text.len() && before.ends_with(RELATIVE);
    let is_part = is_relative || before.ends_with(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    let rest = bare[numeral.len_utf8()..].strip_prefix("季度").filter(|_| !is_part)?;
    let next = |numerals: [char; 4]| {
        let at = numerals.iter().position(|known| *known == numeral)?;
        Some(if step == Step::Quarter { numerals[(at + 1) % 4] } else { numeral })
    };
    let next = next(NUMERALS).or_else(|| next(DIGITS))?;
    let ordinal = if bare.len() < text.len() { "第" } else { "" };
    Some(Moved { length: text.len() - rest.len(), text: format!("{ordinal}{next}季度") })
}

/// Whether a line names a month by its number: 6月份, 10月.
pub(super) fn names_a_month(line: &str) -> bool {
    line.match_indices('月').any(|(at, _)| line[..at].ends_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Step, moved, names_a_month};

    #[test]
    fn years_quarters_and_days_move() {
        for (text, step, years, expected) in [
            ("2018年", Step::Year, 1, "2019年"),
            ("校组字〔2018〕12号", Step::Year, 1, "校组字〔2019〕12号"),
            ("2026年第三季度", Step::Year, 1, "2027年第三季度"),
            ("2026年第四季度", Step::Quarter, 1, "2027年第一季度"),
            ("2026年3季度", Step::Quarter, 0, "2026年4季度"),
            ("第四季度和一季度", Step::Quarter, 1, "第一季度和二季度"),
            ("比上一季度、每一季度、下一季度", Step::Quarter, 0, "比上一季度、每一季度、下一季度"),
            ("2026年12月31日", Step::Month, 1, "2027年1月31日"),
            ("2026年9月", Step::Quarter, 0, "2026年12月"),
            ("截至2018年10月25日", Step::Year, 1, "截至2019年10月25日"),
            ("编号12018年，第十三季度", Step::Quarter, 1, "编号12018年，第十三季度"),
            ("1999年", Step::Year, 1, "1999年"),
        ] {
            assert_eq!(moved(text, step, years), expected, "{text}");
        }
        assert!(names_a_month("6月份检查") && !names_a_month("每月"));
    }

    proptest! {
        #[test]
        fn any_text_keeps_its_lines(text in "([0-9年月日第一四季度〔〕\n ]|2026年|第三季度|\\PC){0,30}") {
            for step in [Step::Month, Step::Quarter, Step::Year] {
                prop_assert_eq!(moved(&text, step, 1).lines().count(), text.lines().count());
            }
        }
    }
}
