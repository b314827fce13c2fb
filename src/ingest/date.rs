//! Parses dates as people write them.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use super::normalize::halve;

/// Parses a date; returns whether it was completed with `year`, as it has none.
///
/// Accepted: 2018-10-05, 2018/10/5, 2018.10.5, 2018年10月5日, 20181005, 二〇一八年十月五日, 10月5日, each followed by
/// nothing, a time of day or a weekday; and moments with an offset, 2018-10-04T16:00:00.000Z, whose day is the one in
/// China. A range of months is not a date, nor are two days in a cell: white space between two digits is refused.
pub(super) fn parse(text: &str, year: i16) -> Option<(Date, bool)> {
    if let Some(date) = iso(text).or_else(|| day_in_china(text)) {
        return Some((date, false));
    }
    let written = written(text, year)?;
    Some((written.date()?, written.completed))
}

/// The day that a text names; `year` completes one without a year.
pub fn parse_day(text: &str, year: i16) -> Option<Date> {
    parse(text, year).map(|(date, _)| date)
}

/// Why a text that is written as a date names no day, in Chinese: 2019年9月只有30天. `None` for a day, and for what is
/// not written as a date.
pub fn impossible_day(text: &str, year: i16) -> Option<String> {
    let written = written(text, year)?;
    let WrittenDay { year, month, day, completed } = written;
    if written.date().is_some() {
        return None;
    }
    let Ok(first) = Date::new(year, month, 1) else {
        return Some(format!("一年没有第{month}个月"));
    };
    // Without a year the length of a February is not known.
    let days = if completed && month == 2 { 29 } else { first.days_in_month() };
    let of_year = if completed { String::new() } else { format!("{year}年") };
    (!(1..=days).contains(&day)).then(|| format!("{of_year}{month}月只有{days}天，没有{day}日"))
}

/// A day as it is written, which need not exist.
#[derive(Clone, Copy)]
struct WrittenDay {
    year: i16,
    month: i8,
    day: i8,
    /// Whether the year is not written.
    completed: bool,
}

impl WrittenDay {
    fn date(self) -> Option<Date> {
        Date::new(self.year, self.month, self.day).ok()
    }
}

/// The day that a text is written as, not in the form of a moment.
fn written(text: &str, year: i16) -> Option<WrittenDay> {
    let text: String = text.chars().map(halve).map(|c| chinese_digit(c).unwrap_or(c)).collect();
    let text = without_time(without_weekday(text.trim()))?;
    if separates_digits(text) {
        return None;
    }
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return numbers(&text[..4], &text[4..6], &text[6..]);
    }
    if text.contains(['年', '月']) {
        let (named, rest) = match text.split_once('年') {
            Some((year, rest)) => (Some(year), rest),
            None => (None, text.as_str()),
        };
        let (month, day) = rest.split_once('月')?;
        let day = day.strip_suffix(['日', '号']).unwrap_or(day);
        let (month, day) = (tens(month), tens(day));
        return match named {
            Some(named) if named.len() == 4 => numbers(named, &month, &day),
            Some(_) => None,
            None => Some(WrittenDay { completed: true, ..numbers(&year.to_string(), &month, &day)? }),
        };
    }
    ['-', '/', '.'].into_iter().find_map(|separator| {
        let (year, rest) = text.split_once(separator).filter(|(year, _)| year.len() == 4)?;
        let (month, day) = rest.split_once(separator)?;
        numbers(year, month, day)
    })
}

/// Whether white space separates two digits, 十 counting as one.
fn separates_digits(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || c == '十';
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let is_split = |next: &&str| word.ends_with(is_digit) && next.starts_with(is_digit);
        if words.peek().is_some_and(is_split) {
            return true;
        }
    }
    false
}

/// The date with a spreadsheet's day number, for numbers that are plausible ones (1954 to 2119 in either epoch).
pub(super) fn of_serial(serial: f64, epoch_1904: bool) -> Option<Date> {
    if !(20_000.0..80_000.0).contains(&serial) {
        return None;
    }
    let zero = if epoch_1904 { jiff::civil::date(1904, 1, 1) } else { jiff::civil::date(1899, 12, 30) };
    zero.checked_add((serial.floor() as i64).days()).ok()
}

/// The date in the form of most programs, 2018-10-05, without allocating.
fn iso(text: &str) -> Option<Date> {
    let (year, rest) = text.split_at_checked(4)?;
    let (month, day) = rest.strip_prefix('-')?.split_at_checked(2)?;
    let day = day.strip_prefix('-').filter(|day| day.len() == 2)?;
    civil(year, month, day)
}

/// China's time, UTC+8 the whole year since 1991.
const CHINA: Offset = Offset::constant(8);

/// The day in China at the moment that a text of ISO 8601 names, with its offset from UTC.
fn day_in_china(text: &str) -> Option<Date> {
    let moment: Timestamp = text.trim().parse().ok()?;
    Some(CHINA.to_datetime(moment).date()).filter(|date| date.year() >= EARLIEST_YEAR)
}

/// The date of a year, a month and a day in digits.
fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    numbers(year, month, day)?.date()
}

/// A year, a month and a day in digits.
fn numbers(year: &str, month: &str, day: &str) -> Option<WrittenDay> {
    let digits = [year, month, day].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if !digits {
        return None;
    }
    // An earlier year is a slip: 0018 for 2018.
    let year = year.parse::<i16>().ok().filter(|year| *year >= EARLIEST_YEAR)?;
    Some(WrittenDay { year, month: month.parse().ok()?, day: day.parse().ok()?, completed: false })
}

/// The earliest year of a day in a ledger; spreadsheet programs know none before.
const EARLIEST_YEAR: i16 = 1900;

/// The text without a weekday at its end: 星期五, （周五）.
fn without_weekday(text: &str) -> &str {
    let bare = text.strip_suffix(')').unwrap_or(text).trim_end();
    let mut rest = bare.chars();
    let day = rest.next_back();
    let named = ["星期", "周", "礼拜"].iter().find_map(|week| rest.as_str().strip_suffix(week));
    match (day, named) {
        (Some('1'..='6' | '日' | '天'), Some(rest)) => {
            let open = bare.len() < text.len();
            let rest = rest.trim_end();
            if open { rest.strip_suffix('(').unwrap_or(text).trim_end() } else { rest }
        }
        _ => text,
    }
}

/// The text without a time of day at its end: 2018-10-05T09:30:00, 2018/10/5 9:30. `None` when a colon belongs to
/// something else.
fn without_time(text: &str) -> Option<&str> {
    let Some(colon) = text.find(':') else { return Some(text) };
    let start = text[..colon].rfind(|c: char| c == 'T' || c.is_whitespace() || matches!(c, '日' | '号'))?;
    let kept = text[start..].chars().next().filter(|c| matches!(c, '日' | '号')).map_or(0, char::len_utf8);
    let (day, time) = text.split_at(start + kept);
    let time = time.trim_start_matches('T').trim();
    let is_time = time.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'));
    is_time.then_some(day)
}

/// The digit a Chinese numeral stands for in a date; 十 is left for [`tens`].
fn chinese_digit(c: char) -> Option<char> {
    let digit = match c {
        '〇' | '○' | '零' => '0',
        '一' => '1',
        '二' => '2',
        '三' => '3',
        '四' => '4',
        '五' => '5',
        '六' => '6',
        '七' => '7',
        '八' => '8',
        '九' => '9',
        _ => return None,
    };
    Some(digit)
}

/// Digits for 十, 1十, 2十3; any other text unchanged.
fn tens(part: &str) -> String {
    match part.split_once('十') {
        None => part.to_owned(),
        Some((ten, one)) => {
            let ten = if ten.is_empty() { "1" } else { ten };
            let one = if one.is_empty() { "0" } else { one };
            format!("{ten}{one}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{impossible_day, of_serial, parse};
    use jiff::civil::date;

    #[test]
    fn every_spelling_names_the_same_day() {
        let spellings = [
            "2018年10月5日",
            "2018.10.5",
            "2018/10/5",
            "20181005",
            "2018-10-05",
            "10月5日",
            "二〇一八年十月五日",
            "２０１８年１０月５日",
            "2018-10-05T00:00:00",
            "2018/10/5 9:30",
            "2018-10-05 09:30:00",
            " 2018 年 10 月 5 日 ",
            "2018年10月5号",
            "2018年10月5日（星期五）",
            "二○一八年十月五日",
        ];
        for spelling in spellings {
            let completed = spelling == "10月5日";
            assert_eq!(parse(spelling, 2018), Some((date(2018, 10, 5), completed)), "{spelling}");
        }
        assert_eq!(parse("二〇一八年十二月三十一日", 2018), Some((date(2018, 12, 31), false)));
        assert_eq!(parse("二〇一八年十一月二十日", 2018), Some((date(2018, 11, 20), false)));
    }

    #[test]
    fn a_moment_with_an_offset_is_the_day_in_china() {
        for (text, day) in [
            ("2018-10-04T16:00:00.000Z", date(2018, 10, 5)),
            ("2018-10-04T15:59:59Z", date(2018, 10, 4)),
            ("2018-10-05T00:00:00+08:00", date(2018, 10, 5)),
            ("2018-10-05 00:00:00+0800", date(2018, 10, 5)),
            ("2018-12-31T20:00:00-01:00", date(2019, 1, 1)),
        ] {
            assert_eq!(parse(text, 2018), Some((day, false)), "{text}");
        }
        assert_eq!(parse("2018/10/5 9:30Z", 2018), None);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "2018-02-30",
            "20181305",
            "2018",
            "10.5",
            "待定",
            "",
            "2018-10",
            "1.2.3",
            "十月",
            "2018年",
            "9月31日",
            "2018年9-10月",
            "9月-10月",
            "2018年9月-10月",
            "2018.9-10",
            "10/5月",
            "2018年10月5日（推迟到12月5日）",
            "2018-10-05星期一改期",
            "2018-10-05前",
            "2018-10-05 约9:30",
            "9月底",
            "2018/10.5",
            "0018-09-01",
            "0018年9月1日",
            "1018.9.1",
            "2018-9-1\n5",
            "2018/9/1 5",
            "2018 10 05",
            "2018-9-1\n2018-9-5",
            "9月1日 9月5日",
            "2018年1 2月3日",
            "2018年十 二月三日",
        ] {
            assert_eq!(parse(text, 2018), None, "{text}");
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_said_to_be_none() {
        for (text, said) in [
            ("2019.9.31", Some("2019年9月只有30天，没有31日")),
            ("2019-02-29", Some("2019年2月只有28天，没有29日")),
            ("20190230", Some("2019年2月只有28天，没有30日")),
            ("9月31日", Some("9月只有30天，没有31日")),
            ("2月30日", Some("2月只有29天，没有30日")),
            ("2019年13月1日", Some("一年没有第13个月")),
            ("2019-10-00", Some("2019年10月只有31天，没有0日")),
            ("2月29日", None),
            ("2019.9.30", None),
            ("待定", None),
            ("2019.9.310", None),
            ("0018-09-31", None),
        ] {
            assert_eq!(impossible_day(text, 2019).as_deref(), said, "{text}");
        }
    }

    #[test]
    fn serials_count_from_either_epoch() {
        assert_eq!(of_serial(43378.0, false), Some(date(2018, 10, 5)));
        assert_eq!(of_serial(41916.5, true), Some(date(2018, 10, 5)));
        assert_eq!(of_serial(50.0, false), None);
        assert_eq!(of_serial(f64::NAN, false), None);
    }

    proptest::proptest! {
        #[test]
        fn any_day_is_read_in_every_spelling(days in 0_i32..60_000) {
            let day = date(1950, 1, 1).checked_add(jiff::ToSpan::days(days)).unwrap_or(date(1950, 1, 1));
            let (y, m, d) = (day.year(), day.month(), day.day());
            for text in [
                format!("{y}年{m}月{d}日"), format!("{y}.{m}.{d}"), format!("{y}/{m:02}/{d:02}"), format!("{y}{m:02}{d:02}"),
                format!("{y}-{m:02}-{d:02}T00:00:00"), format!("　{y} 年 {m} 月 {d} 日"),
            ] {
                proptest::prop_assert_eq!(parse(&text, 1900), Some((day, false)), "{}", text);
            }
            proptest::prop_assert_eq!(parse(&format!("{m}月{d}日"), y), Some((day, true)));
        }

        #[test]
        fn white_space_between_digits_never_joins_them(blank in "[ \u{3000}\t\r\n]{1,3}", digit in 0..10_u8, form in 0..3_usize) {
            let day = ["2018-9-1", "2018/9/1", "2018年9月1"][form];
            let text = format!("{day}{blank}{digit}");
            proptest::prop_assert_eq!(parse(&text, 2018), None, "{}", text);
        }

        #[test]
        fn no_text_brings_the_date_reader_down(text in "\\PC*", year in 1900_i16..2100) {
            let _ = parse(&text, year);
        }

        #[test]
        fn text_around_a_date_is_never_thrown_away(before in "[约至前后底—-]{0,1}", after in "[约至前后底起—-]{1,3}") {
            let text = format!("{before}2018-10-05{after}");
            proptest::prop_assert_eq!(parse(&text, 2018), None, "{}", text);
        }
    }
}
