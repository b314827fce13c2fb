//! The period that a notice is about, from the titles of ledgers and outlines: 2026年第三季度, 2026年9月, 2026年上半年, 2026年.

use jiff::civil::{Date, date};

/// A period named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::scaffold) struct Period {
    /// As written.
    pub words: String,
    /// Its last day.
    pub end: Date,
}

const QUARTERS: [(&str, i8); 8] = [
    ("一季度", 3),
    ("二季度", 6),
    ("三季度", 9),
    ("四季度", 12),
    ("1季度", 3),
    ("2季度", 6),
    ("3季度", 9),
    ("4季度", 12),
];

/// The first period that a text names with its year.
pub(in crate::scaffold) fn find(text: &str) -> Option<Period> {
    let (at, _) = text.match_indices('年').find(|(at, _)| year_before(text, *at).is_some())?;
    let year = year_before(text, at)?;
    let rest = &text[at + '年'.len_utf8()..];
    let (length, month) = month_of(rest);
    let end = date(year, month.unwrap_or(12), 1).last_of_month();
    Some(Period { words: text[at - 4..at + '年'.len_utf8() + length].to_owned(), end })
}

/// The year in four digits before a byte.
fn year_before(text: &str, at: usize) -> Option<i16> {
    let digits = text.get(at.checked_sub(4)?..at)?;
    digits.parse().ok().filter(|year| (2000..2100).contains(year))
}

/// How many bytes behind a year name a part of it, and its last month.
fn month_of(rest: &str) -> (usize, Option<i8>) {
    let bare = rest.strip_prefix('第').unwrap_or(rest);
    let skipped = rest.len() - bare.len();
    if let Some((words, month)) = QUARTERS.iter().find(|(words, _)| bare.starts_with(words)) {
        return (skipped + words.len(), Some(*month));
    }
    for (words, month) in [("上半年", 6), ("下半年", 12)] {
        if rest.starts_with(words) {
            return (words.len(), Some(month));
        }
    }
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let month = rest[..digits].parse().ok().filter(|month| (1..=12).contains(month));
    match month {
        Some(month) if rest[digits..].starts_with('月') => (digits + '月'.len_utf8(), Some(month)),
        _ => (if rest.starts_with('度') { '度'.len_utf8() } else { 0 }, None),
    }
}

/// A text without the period in it.
pub(super) fn without(text: &str) -> String {
    let bare = find(text).map_or_else(|| text.to_owned(), |period| text.replacen(&period.words, "", 1));
    bare.trim_matches(['-', '_', ' ', '（', '）', '(', ')']).to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{find, without};

    #[test]
    fn periods_end_with_their_last_month() {
        let end = |text: &str| find(text).map(|period| period.end);
        assert_eq!(end("市医院2026年第三季度安全自查"), Some(date(2026, 9, 30)));
        assert_eq!(end("2026年2月"), Some(date(2026, 2, 28)));
        assert_eq!(end("2026年上半年"), Some(date(2026, 6, 30)));
        assert_eq!(end("2026年度"), Some(date(2026, 12, 31)));
        assert_eq!((end("第三季度"), end("年"), end("1999年")), (None, None, None));
        assert_eq!(without("2026年第三季度隐患台账"), "隐患台账");
        assert_eq!(without("隐患台账（2026年9月）"), "隐患台账");
    }
}
