//! The period that a notice is about, from the titles of ledgers and outlines: 2026年第三季度, 2026年9月, 2026年上半年,
//! 2026年.

use jiff::civil::{Date, date};

/// A period named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::scaffold) struct Period {
    /// Its words as they are written, such as 上半年.
    pub words: String,
    /// Its first day.
    pub start: Date,
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
    in_words(text).or_else(|| in_digits(text))
}

/// 2026-q3, 2026Q3, as folders are called.
fn in_digits(text: &str) -> Option<Period> {
    let (at, sign) = text.match_indices(['q', 'Q']).find(|(at, _)| text[at + 1..].starts_with(['1', '2', '3', '4']))?;
    let before = text[..at].trim_end_matches(['-', '_']);
    let year = year_before(before, before.len())?;
    let quarter: i8 = text.get(at + sign.len()..at + sign.len() + 1)?.parse().ok()?;
    let words = text.get(before.len() - 4..at + sign.len() + 1)?.to_owned();
    Some(Period { words, ..Period::of_months(year, quarter * 3, 3) })
}

impl Period {
    /// What it is called in a title: 2026年第三季度.
    pub(in crate::scaffold) fn said(&self) -> String {
        let (year, first, last) = (self.end.year(), self.start.month(), self.end.month());
        match (first, last) {
            _ if first == last => format!("{year}年{last}月"),
            (1, 6) => format!("{year}年上半年"),
            (7, 12) => format!("{year}年下半年"),
            _ if last - first == 2 && last % 3 == 0 => {
                let numeral = ["一", "二", "三", "四"].get(usize::from(last.unsigned_abs()) / 3 - 1).unwrap_or(&"");
                format!("{year}年第{numeral}季度")
            }
            _ => format!("{year}年度"),
        }
    }

    /// So many months of a year, up to the one given.
    fn of_months(year: i16, last: i8, months: i8) -> Self {
        let first = (last - months + 1).max(1);
        Self { words: String::new(), start: date(year, first, 1), end: date(year, last, 1).last_of_month() }
    }
}

fn in_words(text: &str) -> Option<Period> {
    let (at, _) = text.match_indices('年').find(|(at, _)| year_before(text, *at).is_some())?;
    let year = year_before(text, at)?;
    let rest = &text[at + '年'.len_utf8()..];
    let Part { length, last, months } = part_of(rest);
    let words = text[at - 4..at + '年'.len_utf8() + length].to_owned();
    Some(Period { words, ..Period::of_months(year, last, months) })
}

/// The year in four digits before a byte.
fn year_before(text: &str, at: usize) -> Option<i16> {
    let digits = text.get(at.checked_sub(4)?..at)?;
    digits.parse().ok().filter(|year| (2000..2100).contains(year))
}

/// A part of a year, or all of it.
struct Part {
    /// How many bytes behind the year name it.
    length: usize,
    /// Its last month.
    last: i8,
    /// How many months it has.
    months: i8,
}

fn part_of(rest: &str) -> Part {
    let bare = rest.strip_prefix('第').unwrap_or(rest);
    let skipped = rest.len() - bare.len();
    if let Some((words, last)) = QUARTERS.iter().find(|(words, _)| bare.starts_with(words)) {
        return Part { length: skipped + words.len(), last: *last, months: 3 };
    }
    for (words, last) in [("上半年", 6), ("下半年", 12)] {
        if rest.starts_with(words) {
            return Part { length: words.len(), last, months: 6 };
        }
    }
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let month = rest[..digits].parse().ok().filter(|month| (1..=12).contains(month));
    match month {
        Some(last) if rest[digits..].starts_with('月') => Part { length: digits + '月'.len_utf8(), last, months: 1 },
        _ => Part { length: if rest.starts_with('度') { '度'.len_utf8() } else { 0 }, last: 12, months: 12 },
    }
}

/// A text without the period that it names: 2026年第三季度隐患台账 becomes 隐患台账.
pub(super) fn without(text: &str) -> String {
    let bare = in_words(text).map_or_else(|| text.to_owned(), |period| text.replacen(&period.words, "", 1));
    bare.trim_matches(['-', '_', ' ', '（', '）', '(', ')']).to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{find, without};

    #[test]
    fn periods_begin_and_end_with_their_months() {
        let start = |text: &str| find(text).map(|period| period.start);
        assert_eq!(start("市医院2026年第三季度安全自查"), Some(date(2026, 7, 1)));
        assert_eq!((start("2026年2月"), start("2026年下半年")), (Some(date(2026, 2, 1)), Some(date(2026, 7, 1))));
        assert_eq!(start("2026年"), Some(date(2026, 1, 1)));
        let of_folder = find("safety-2026-q3").expect("a period");
        assert_eq!((of_folder.words.as_str(), of_folder.start), ("2026-q3", date(2026, 7, 1)));
        let end = |text: &str| find(text).map(|period| period.end);
        assert_eq!((end("2026Q4"), end("faq1"), end("2026-q5")), (Some(date(2026, 12, 31)), None, None));
        assert_eq!(end("市医院2026年第三季度安全自查"), Some(date(2026, 9, 30)));
        assert_eq!(end("2026年2月"), Some(date(2026, 2, 28)));
        assert_eq!(end("2026年上半年"), Some(date(2026, 6, 30)));
        assert_eq!(end("2026年度"), Some(date(2026, 12, 31)));
        assert_eq!((end("第三季度"), end("年"), end("1999年")), (None, None, None));
        let said = |text: &str| find(text).map(|period| period.said());
        let all = ["2026-q3", "2026年4季度", "2026年9月", "2026年上半年", "2026年"]
            .map(|text| said(text).unwrap_or_default());
        assert_eq!(all, ["2026年第三季度", "2026年第四季度", "2026年9月", "2026年上半年", "2026年度"]);
        assert_eq!(without("2026年第三季度隐患台账"), "隐患台账");
        assert_eq!(without("隐患台账（2026年9月）"), "隐患台账");
    }
}
