//! Words for months and quarters.

/// Headers of columns of months or quarters.
pub(in crate::scaffold) const PERIOD_HEADERS: [&str; 9] =
    ["月份", "月", "月度", "所属月份", "统计月份", "季度", "所属季度", "统计季度", "年月"];

/// What headers of columns of months have, and those of columns of quarters.
pub(in crate::scaffold) const MONTH_OF_HEADER: char = '月';
pub(in crate::scaffold) const QUARTER_OF_HEADER: char = '季';

/// Whether a text below a header is a month or a quarter, which may be a bare number where the header says so.
pub(super) fn is_part_of_year_below(header: &str, text: &str) -> bool {
    is_part_of_year(text) || month_below(header, text).is_some() || quarter_below(header, text).is_some()
}

/// Whether a text is a month or a quarter: 4月, 4月份, 2026年4月, 十月, 第二季度.
fn is_part_of_year(text: &str) -> bool {
    let text = text.split_once('年').map_or(text, |(_, rest)| rest);
    let bare = text.strip_suffix('份').unwrap_or(text);
    let number = bare.strip_suffix('月').or_else(|| bare.strip_suffix("季度"));
    let number = number.map(|number| number.trim_start_matches('第'));
    number.is_some_and(|number| {
        let is_digit = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
        (1..=2).contains(&number.chars().count()) && number.chars().all(is_digit)
    })
}

/// The number of a quarter: 3 of 三季度, 第3季度, 2026年第三季度.
pub(in crate::scaffold) fn quarter(text: &str) -> Option<i8> {
    let text = text.split_once('年').map_or(text, |(_, rest)| rest);
    let number = text.strip_suffix("季度")?.trim_start_matches('第');
    ["一", "二", "三", "四"]
        .iter()
        .zip(1..)
        .find(|(numeral, digit)| number == **numeral || number == digit.to_string())
        .map(|(_, digit)| digit)
}

/// The number of a quarter below a header: 3 of 三季度, and of 3 where the header is one of quarters.
pub(in crate::scaffold) fn quarter_below(header: &str, text: &str) -> Option<i8> {
    let is_named = PERIOD_HEADERS.contains(&header) && header.contains(QUARTER_OF_HEADER);
    let bare = || text.parse().ok().filter(|number| is_named && (1..=4).contains(number));
    quarter(text).or_else(bare)
}

/// The numbers of months in words.
pub(in crate::scaffold) const NUMERALS: [&str; 12] =
    ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];

/// A month as a text names it: the words before its number, the number, those behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scaffold) struct MonthName<'t> {
    /// 2026年 of 2026年7月; empty for most.
    pub before: &'t str,
    /// The number as it is written: 7, 07, 七.
    pub number: &'t str,
    /// 月 or 月份; nothing for a bare number.
    pub behind: &'t str,
}

impl MonthName<'_> {
    /// The month.
    pub(in crate::scaffold) fn value(&self) -> Option<i8> {
        let numeral = || NUMERALS.iter().position(|known| *known == self.number);
        self.number.parse().ok().or_else(|| i8::try_from(numeral()? + 1).ok())
    }

    /// Another month, written in the same way.
    pub(in crate::scaffold) fn of(&self, month: i8) -> String {
        format!("{}{}{}", self.before, number_like(self.number, month), self.behind)
    }

    /// Whether it is written as another.
    pub(in crate::scaffold) fn is_like(&self, other: &Self) -> bool {
        self.of(1) == other.of(1)
    }
}

/// The number of a month in the way in which another is written: in digits, with a zero before it, in words.
pub(in crate::scaffold) fn number_like(other: &str, month: i8) -> String {
    let numeral = usize::try_from(month - 1).ok().and_then(|at| NUMERALS.get(at));
    match numeral {
        Some(numeral) if !other.starts_with(|c: char| c.is_ascii_digit()) => (*numeral).to_owned(),
        _ if other.starts_with('0') => format!("{month:02}"),
        _ => month.to_string(),
    }
}

/// The month that a text names: 7月, 07月份, 七月, 2026年7月.
pub(in crate::scaffold) fn month(text: &str) -> Option<MonthName<'_>> {
    let at = text.find('年').map_or(0, |at| at + '年'.len_utf8());
    let (before, rest) = text.split_at(at);
    let end = rest.find('月')?;
    let (number, behind) = rest.split_at(end);
    let is_month = NUMERALS.contains(&number) || number.parse().is_ok_and(|month: u8| (1..=12).contains(&month));
    (is_month && matches!(behind, "月" | "月份")).then_some(MonthName { before, number, behind })
}

/// The month that a text below a header names: 7月, and 7 where the header is one of months.
pub(in crate::scaffold) fn month_below<'t>(header: &str, text: &'t str) -> Option<MonthName<'t>> {
    let is_named = PERIOD_HEADERS.contains(&header) && header.contains(MONTH_OF_HEADER);
    let is_bare = || is_named && text.parse().is_ok_and(|month: u8| (1..=12).contains(&month));
    month(text).or_else(|| is_bare().then_some(MonthName { before: "", number: text, behind: "" }))
}

#[cfg(test)]
mod tests {
    use super::{month, month_below, quarter_below};

    #[test]
    fn bare_numbers_are_parts_of_a_year_below_a_header_that_says_so() {
        let of_month = |header: &str, text: &str| month_below(header, text).and_then(|name| name.value());
        assert_eq!(
            ["4", "04", "13", "4月", "四月"].map(|text| of_month("月份", text)),
            [Some(4), Some(4), None, Some(4), Some(4)]
        );
        assert_eq!((of_month("人数", "4"), of_month("季度", "4"), of_month("人数", "4月")), (None, None, Some(4)));
        assert_eq!(["4", "5", "四季度"].map(|text| quarter_below("季度", text)), [Some(4), None, Some(4)]);
        assert_eq!((quarter_below("月份", "4"), quarter_below("人数", "4")), (None, None));
    }

    #[test]
    fn months_are_written_as_others_are() {
        let tenth = |text: &str| month(text).map(|name| name.of(10)).unwrap_or_default();
        let all = ["7月", "07月", "七月份", "2026年7月", "7月末", "13月", "季度"].map(tenth);
        assert_eq!(all, ["10月", "10月", "十月份", "2026年10月", "", "", ""]);
        let like = |a: &str, b: &str| month(a).zip(month(b)).is_some_and(|(a, b)| a.is_like(&b));
        assert!(like("7月", "12月") && !like("7月", "七月") && !like("7月", "7月份"));
    }
}
