//! Chinese numerals, as number formats with `[DBNum1]` (一二三), `[DBNum2]` (壹贰叁) and `[DBNum3]` (１２３) show
//! numbers.
//!
//! Input: a text with ASCII digits. Output: the same text with numerals. Sources: TEXT(12345, `[DBNum1]`) is
//! 一万二千三百四十五, with `0` behind it 一二三四五; a day 15 is 十五, a number 15 一十五.

/// Which characters stand for digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumeralStyle {
    /// 一二三, `[DBNum1]`.
    Plain,
    /// 壹贰叁, `[DBNum2]`.
    Financial,
    /// １２３, `[DBNum3]`.
    FullWidth,
}

/// What a number is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumeralReading {
    /// A numeral for each digit: 一二.
    Digits,
    /// As it is spoken: 一十二.
    Number,
    /// As the parts of a day: the year in digits, 十二月二十五日.
    Date,
}

impl NumeralStyle {
    /// The style that a format calls `[DBNum1]` to `[DBNum3]`.
    pub(super) fn numbered(number: char) -> Option<Self> {
        match number {
            '1' => Some(Self::Plain),
            '2' => Some(Self::Financial),
            '3' => Some(Self::FullWidth),
            _ => None,
        }
    }

    fn digits(self) -> [char; 10] {
        match self {
            Self::Plain => ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'],
            Self::Financial => ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'],
            Self::FullWidth => ['０', '１', '２', '３', '４', '５', '６', '７', '８', '９'],
        }
    }

    /// The units of the four digits of a group.
    fn units(self) -> [&'static str; 4] {
        if self == Self::Financial { ["", "拾", "佰", "仟"] } else { ["", "十", "百", "千"] }
    }
}

/// Whether a character is a numeral or a unit of numerals of some style.
pub(super) fn is_numeral(c: char) -> bool {
    let styles = [NumeralStyle::Plain, NumeralStyle::Financial, NumeralStyle::FullWidth];
    styles.iter().any(|style| style.digits().contains(&c) || style.units().iter().any(|unit| unit.chars().eq([c])))
}

/// The text with numerals in place of ASCII digits. Digits behind a point are written one by one.
pub(super) fn replace_digits(text: &str, style: NumeralStyle, reading: NumeralReading) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let (run, after) = from.split_at(from.bytes().take_while(u8::is_ascii_digit).count());
        rest = after;
        let is_spoken = match reading {
            NumeralReading::Digits => false,
            NumeralReading::Number => !out.ends_with('.'),
            NumeralReading::Date => run.len() <= 2 && !run.starts_with('0'),
        };
        if is_spoken {
            let spoken = spoken(run, style);
            let ten = format!("{}{}", style.digits()[1], style.units()[1]);
            let is_short = reading == NumeralReading::Date && spoken.starts_with(&ten);
            out.extend(spoken.chars().skip(usize::from(is_short)));
        } else {
            out.extend(run.bytes().map(|digit| style.digits()[usize::from(digit - b'0')]));
        }
    }
    out + rest
}

/// A whole number as it is spoken: 10203 is 一万〇二百〇三. Groups of four digits have the units 万, 亿, 万亿; longer
/// numbers are written digit by digit.
fn spoken(run: &str, style: NumeralStyle) -> String {
    let digits: Vec<usize> = run.bytes().map(|digit| usize::from(digit - b'0')).collect();
    let names = style.digits();
    if digits.len() > 16 {
        return digits.iter().map(|digit| names[*digit]).collect();
    }
    let (mut out, mut skipped_zero, mut is_group_blank) = (String::new(), false, true);
    for (index, digit) in digits.iter().enumerate() {
        let place = digits.len() - 1 - index;
        if *digit == 0 {
            skipped_zero = !out.is_empty();
        } else {
            if skipped_zero {
                out.push(names[0]);
            }
            out.push(names[*digit]);
            out.push_str(style.units()[place % 4]);
            (skipped_zero, is_group_blank) = (false, false);
        }
        if place.is_multiple_of(4) && !out.is_empty() && (!is_group_blank || place == 8) {
            out.push_str(["", "万", "亿", "万"][place / 4]);
            is_group_blank = true;
        }
    }
    if out.is_empty() { names[0].to_string() } else { out }
}

#[cfg(test)]
mod tests {
    use super::{NumeralReading, NumeralStyle, replace_digits};

    #[test]
    fn digits_are_written_as_chinese_programs_do() {
        let plain = |text, reading| replace_digits(text, NumeralStyle::Plain, reading);
        for (text, expected) in [
            ("12345", "一万二千三百四十五"),
            ("10", "一十"),
            ("101", "一百〇一"),
            ("110", "一百一十"),
            ("0", "〇"),
            ("10203", "一万〇二百〇三"),
            ("100000000", "一亿"),
            ("100010000", "一亿〇一万"),
            ("1000000000000", "一万亿"),
            ("20000001", "二千万〇一"),
            ("12.50元", "一十二.五〇元"),
        ] {
            assert_eq!(plain(text, NumeralReading::Number), expected, "{text}");
        }
        assert_eq!(plain("2018年10月5日", NumeralReading::Date), "二〇一八年十月五日");
        assert_eq!(plain("2018年12月25日", NumeralReading::Date), "二〇一八年十二月二十五日");
        assert_eq!(plain("12,345", NumeralReading::Digits), "一二,三四五");
        let financial = replace_digits("10203元整", NumeralStyle::Financial, NumeralReading::Number);
        assert_eq!(financial, "壹万零贰佰零叁元整");
        assert_eq!(replace_digits("2018-10", NumeralStyle::FullWidth, NumeralReading::Digits), "２０１８-１０");
    }

    proptest::proptest! {
        #[test]
        fn no_ascii_digit_stays_and_no_text_causes_a_panic(text in "(\\PC|[0-9.]){0,40}") {
            for reading in [NumeralReading::Digits, NumeralReading::Number, NumeralReading::Date] {
                let shown = replace_digits(&text, NumeralStyle::Financial, reading);
                proptest::prop_assert!(!shown.contains(|c: char| c.is_ascii_digit()));
            }
        }
    }
}
