//! Days, in every way that clerks write them.

use jiff::ToSpan;
use jiff::civil::Date;

use super::clean::halve;

/// The day a text names, and whether `year` completed a text that names none.
///
/// Read: 2018-10-05, 2018/10/5, 2018.10.5, 2018年10月5日, 20181005, 二〇一八年十月五日, 10月5日, and each of
/// them followed by a time of day.
pub fn parse(text: &str, year: i16) -> Option<(Date, bool)> {
    let text: String = text.chars().map(halve).map(|c| chinese_digit(c).unwrap_or(c)).collect();
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some((civil(&text[..4], &text[4..6], &text[6..])?, false));
    }
    let text = without_time(text);
    let named = text.contains(['年', '月']);
    let parts: Vec<String> = text
        .split(|c: char| matches!(c, '-' | '/' | '.' | '年' | '月' | '日' | '号') || (!named && c.is_whitespace()))
        .map(|part| tens(part.trim()))
        .filter(|part| !part.is_empty())
        .collect();
    match parts.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [y, m, d] if y.len() == 4 => Some((civil(y, m, d)?, false)),
        [m, d] if text.contains('月') && !text.contains('年') => Some((civil(&year.to_string(), m, d)?, true)),
        _ => None,
    }
}

/// The day with a spreadsheet's day number, when the number can be one (1954 to 2119, either epoch).
pub fn of_serial(serial: f64, epoch_1904: bool) -> Option<Date> {
    if !(20_000.0..80_000.0).contains(&serial) {
        return None;
    }
    let zero = if epoch_1904 { jiff::civil::date(1904, 1, 1) } else { jiff::civil::date(1899, 12, 30) };
    zero.checked_add((serial.floor() as i64).days()).ok()
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The text without a time of day behind it (`2018-10-05T09:30:00`, `2018/10/5 9:30`) or a weekday in brackets.
fn without_time(text: &str) -> &str {
    let text = text.split(['(', '星']).next().unwrap_or(text);
    let end =
        text.find(':').map_or(text.len(), |colon| text[..colon].trim_end_matches(|c: char| c.is_ascii_digit()).len());
    text[..end].trim_end_matches(['T', ' '])
}

/// The digit a Chinese numeral stands for in a date; 十 is left for [`tens`].
fn chinese_digit(c: char) -> Option<char> {
    "〇一二三四五六七八九"
        .chars()
        .position(|d| d == c || (c == '○' || c == '零') && d == '〇')
        .and_then(|n| char::from_digit(n as u32, 10))
}

/// 十, 1十, 2十3 as digits; any other part as it is.
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
    use super::{of_serial, parse};
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
    fn what_is_no_day_is_refused() {
        for text in
            ["2018-02-30", "20181305", "2018", "10.5", "待定", "", "2018-10", "1.2.3", "十月", "2018年", "9月31日"]
        {
            assert_eq!(parse(text, 2018), None, "{text}");
        }
    }

    #[test]
    fn serials_count_from_either_epoch() {
        assert_eq!(of_serial(43378.0, false), Some(date(2018, 10, 5)));
        assert_eq!(of_serial(41916.5, true), Some(date(2018, 10, 5)));
        assert_eq!(of_serial(50.0, false), None);
        assert_eq!(of_serial(f64::NAN, false), None);
    }
}
