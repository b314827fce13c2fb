//! Words for months and quarters.

/// Headers of columns of months or quarters.
pub(in crate::scaffold) const PERIOD_HEADERS: [&str; 9] =
    ["月份", "月", "月度", "所属月份", "统计月份", "季度", "所属季度", "统计季度", "年月"];

/// Whether a text is a month or a quarter: 4月, 4月份, 2026年4月, 十月, 第二季度.
pub(super) fn is_part_of_year(text: &str) -> bool {
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
