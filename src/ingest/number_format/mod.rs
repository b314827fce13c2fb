//! Number formats: what a cell shows for a number.
//!
//! Input: the code of a format (ECMA-376 part 1, 18.8.31) and a number. Output: what the number is, and the text that the
//! cell shows in a Chinese program. Codes are parsed and applied by `ssfmt`, section by section, after `format_code` has
//! put into its words what Chinese programs write. The only module that names `ssfmt`.

mod section;

pub(super) use section::FormatKind;

use std::ops::RangeInclusive;
use std::sync::Arc;

use ssfmt::ast::{FormatPart, Section};
use ssfmt::{DateSystem, FormatOptions, Locale};

use super::chinese_numerals::{self, NumeralStyle};
use super::format_code::{FormatCode, WeekdayNames};
use section::{GENERAL, NumberSection};

/// Bytes of the longest code. Programs allow 255 characters.
const MAX_CODE: usize = 1 << 10;

/// Numbers that programs show as days and times; others are #######.
const TIMES: RangeInclusive<f64> = 0.0..=2_958_465.0;

/// The format of a cell style.
#[derive(Debug, Default)]
pub(super) struct NumberFormat {
    /// As the workbook writes it; empty for the general format.
    text: Arc<str>,
    /// What numbers are shown by; empty for the general format.
    sections: Vec<NumberSection>,
    /// How texts are shown; `None` where they are shown as they are.
    texts: Option<Section>,
    names: Names,
}

/// The language of a format.
#[derive(Debug, Default)]
struct Names {
    locale: Locale,
    numerals: Option<NumeralStyle>,
}

/// The digits of a number in the general format: programs show up to 11 characters.
pub(super) fn general(number: f64) -> String {
    ssfmt::format_default(number, "General").unwrap_or_else(|_| number.to_string())
}

impl NumberFormat {
    /// Parses a code. One that is too long or that `ssfmt` cannot parse counts as the general format, as in programs that do
    /// not know it.
    pub(super) fn parse(text: &str) -> Self {
        if text.len() > MAX_CODE {
            return Self::default();
        }
        let code = FormatCode::translate(text);
        if code.numerals.is_none() && code.text.trim().eq_ignore_ascii_case("General") {
            return Self::default();
        }
        let Ok(parsed) = ssfmt::NumberFormat::parse(&with_literal_general(&code.text)) else { return Self::default() };
        let sections = match parsed.sections() {
            // The section of texts.
            [numbers @ .., texts] if !numbers.is_empty() && texts.has_text_placeholder() => numbers,
            [numbers @ .., _] if numbers.len() == 3 => numbers,
            numbers => numbers,
        };
        let sections = sections.iter().map(NumberSection::new).collect();
        let texts = parsed.sections().last().filter(|section| adds_to_texts(section)).cloned();
        Self { text: text.into(), sections, texts, names: Names::new(&code) }
    }

    /// A built-in format, which workbooks do not write out (ECMA-376 part 1, 18.8.30, language zh-cn).
    pub(super) fn built_in(id: u32) -> Self {
        Self::parse(match id {
            5 | 6 => "¥#,##0;¥-#,##0",
            7 | 8 => "¥#,##0.00;¥-#,##0.00",
            14 => "yyyy/m/d",
            22 => "yyyy/m/d h:mm",
            27 | 36 | 50 | 52 | 57 => "yyyy\"年\"m\"月\"",
            28 | 29 | 51 | 53 | 54 | 58 => "m\"月\"d\"日\"",
            30 => "m-d-yy",
            31 => "yyyy\"年\"m\"月\"d\"日\"",
            32 => "h\"时\"mm\"分\"",
            33 => "h\"时\"mm\"分\"ss\"秒\"",
            34 | 55 => "上午/下午h\"时\"mm\"分\"",
            35 | 56 => "上午/下午h\"时\"mm\"分\"ss\"秒\"",
            41 => "#,##0;-#,##0;\"-\"",
            42 => "¥#,##0;¥-#,##0;¥\"-\"",
            43 => "#,##0.00;-#,##0.00;\"-\"",
            44 => "¥#,##0.00;¥-#,##0.00;¥\"-\"",
            id => ssfmt::format_code_from_id(id).unwrap_or("General"),
        })
    }

    /// What the format makes of a number.
    pub(super) fn kind(&self, number: f64) -> FormatKind {
        self.section(number).map_or(FormatKind::Number, |(section, _)| section.kind)
    }

    /// Its code as the workbook writes it; empty for the general format.
    pub(super) fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Whether this is the general format.
    pub(super) fn is_general(&self) -> bool {
        self.sections.is_empty()
    }

    /// What a cell with this format shows for a number; `None` for the general format, and for what the format cannot
    /// show.
    pub(super) fn shown(&self, number: f64, epoch_1904: bool) -> Option<String> {
        let (section, number) = self.section(number)?;
        let date_system = if epoch_1904 { DateSystem::Date1904 } else { DateSystem::Date1900 };
        let options = FormatOptions { date_system, locale: self.names.locale.clone() };
        if section.kind.is_time() && !TIMES.contains(&number) || section.exceeds_library(number) {
            return None;
        }
        let text = section.code.try_format(section.rounded(number), &options).ok()?;
        let is_negative = number < 0.0 && self.sections.len() == 1 && text.contains(GENERAL);
        let text = text.replace(GENERAL, &general(number.abs()));
        let text = if is_negative { format!("-{text}") } else { text };
        Some(self.names.numerals.map_or_else(
            || text.trim().to_owned(),
            |style| chinese_numerals::replace_digits(text.trim(), style, section.reading()),
        ))
    }

    /// What a cell with this format shows for a text; `None` when it is the text itself.
    pub(super) fn shown_text(&self, text: &str) -> Option<String> {
        let parts = &self.texts.as_ref().filter(|_| !text.trim().is_empty())?.parts;
        let shown = |part| match part {
            &FormatPart::TextPlaceholder => text,
            FormatPart::Literal(literal) | FormatPart::EscapedLiteral(literal) => literal,
            _ => "",
        };
        Some(parts.iter().map(shown).collect())
    }

    /// Whether the digits that are shown for a number are its own, rounded.
    pub(super) fn shows_own_digits(&self, number: f64) -> bool {
        self.section(number).is_none_or(|(section, _)| section.is_direct)
    }

    /// The section that shows a number, and the number that it shows: without its sign in a section for negative numbers.
    fn section(&self, number: f64) -> Option<(&NumberSection, f64)> {
        let has_conditions = self.sections.iter().any(|section| section.condition().is_some());
        if has_conditions {
            let holds =
                |section: &&NumberSection| section.condition().is_none_or(|condition| condition.evaluate(number));
            let section = self.sections.iter().find(holds).or(self.sections.last())?;
            return Some((section, number));
        }
        match self.sections.as_slice() {
            [_, negative, ..] if number < 0.0 => Some((negative, number.abs())),
            [_, _, zero, ..] if number == 0.0 => Some((zero, number)),
            [positive, ..] => Some((positive, number)),
            [] => None,
        }
    }
}

impl Names {
    fn new(code: &FormatCode) -> Self {
        let mut locale = Locale::en_us();
        if code.is_chinese {
            (locale.am_string, locale.pm_string) = ("上午", "下午");
            locale.month_names_full = CHINESE_MONTHS;
            locale.month_names_short =
                ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"];
        }
        if code.weekdays != WeekdayNames::English {
            locale.day_names_full = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
            locale.day_names_short = match code.weekdays {
                WeekdayNames::Chinese => ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
                _ => ["日", "一", "二", "三", "四", "五", "六"],
            };
        }
        Self { locale, numerals: code.numerals }
    }
}

/// 十月, 十一月.
const CHINESE_MONTHS: [&str; 12] =
    ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"];

/// Whether a section shows a text with something around it.
fn adds_to_texts(section: &Section) -> bool {
    let is_visible = |part: &FormatPart| match part {
        FormatPart::Literal(literal) | FormatPart::EscapedLiteral(literal) => !literal.trim().is_empty(),
        _ => false,
    };
    section.has_text_placeholder() && section.parts.iter().any(is_visible)
}

/// The code with a literal for each `General` outside of quotes, which [`NumberFormat::shown`] replaces: ssfmt 0.1.2 drops
/// one that ends a section, and shows texts before it behind it.
fn with_literal_general(code: &str) -> String {
    const WORD: &str = "general";
    if code.trim().eq_ignore_ascii_case(WORD) {
        return code.to_owned();
    }
    let (mut out, mut in_quotes, mut rest) = (String::with_capacity(code.len()), false, code);
    while let Some(c) = rest.chars().next() {
        in_quotes ^= c == '"';
        if !in_quotes && rest.get(..WORD.len()).is_some_and(|word| word.eq_ignore_ascii_case(WORD)) {
            out.extend(['"', GENERAL, '"']);
            rest = &rest[WORD.len()..];
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FormatKind, NumberFormat, general};

    fn shown(code: &str, number: f64) -> String {
        NumberFormat::parse(code).shown(number, false).unwrap_or_else(|| general(number))
    }

    /// What Chinese Excel shows. 2018-10-05 is day 43378, a Friday.
    #[test]
    fn a_cell_shows_what_its_format_says() {
        for (code, number, expected) in [
            ("General", 0.1 + 0.2, "0.3"),
            ("General", 12.0, "12"),
            ("G/通用格式\"元\"", 12.5, "12.5元"),
            ("0\"万元\"", 50.0, "50万元"),
            ("0!人", 3.0, "3人"),
            ("0元", 3.0, "3元"),
            ("约[$-804]General", 3.0, "约3"),
            ("人[Red]G/通用格式", 3.0, "人3"),
            ("\"约\"General\"元\"", 0.1 + 0.2, "约0.3元"),
            ("General;[Red]-General", -3.5, "-3.5"),
            ("General;\\(General\\)", -3.0, "(3)"),
            ("\"约\"General", -3.0, "-约3"),
            ("#,##0.00", 1234.5, "1,234.50"),
            ("0.00_ ;[Red]\\-0.00\\ ", -5.5, "-5.50"),
            ("0.00_);(0.00)", -5.5, "(5.50)"),
            ("_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", -1234.5, "-1,234.50"),
            ("[$¥-804]#,##0.00", 1234.5, "¥1,234.50"),
            ("0.00", 1.005, "1.01"),
            ("0%", 0.285, "29%"),
            ("0.0", -0.25, "-0.3"),
            ("0\"%\"", 1.0, "1%"),
            ("0\\%", 1.0, "1%"),
            ("0%", 0.85, "85%"),
            ("0.00E+00", 12345.0, "1.23E+04"),
            ("# ?/?", 1.5, "1 1/2"),
            ("00000", 42.0, "00042"),
            ("@", 5.0, "5"),
            ("0.0,", 15_000.0, "15.0"),
            ("0!.0,\"万\"", 15_000.0, "1.5万"),
            ("0!.0,\"万\"", 15_678.0, "1.6万"),
            ("0!.0,\"万\"", -15_500.0, "-1.6万"),
            ("0,\"千元\"", 12_345_678_901.0, "12345679千元"),
            ("0.0,", 1_250.0, "1.3"),
            ("#,##0,,", 1_234_567_890.0, "1,235"),
            ("0,.0\"千元\"", 15_000.0, "15.0千元"),
            ("#,##0.0,,", 15_000_000.0, "15.0"),
            ("[Red]", 5.0, "5"),
            ("0\"", 5.0, "5"),
            ("0\\", 5.0, "5"),
        ] {
            assert_eq!(shown(code, number), expected, "{code}");
        }
    }

    #[test]
    fn days_and_times_are_shown_as_chinese_programs_do() {
        for (code, number, expected) in [
            ("yyyy\"年\"m\"月\"d\"日\"", 43378.0, "2018年10月5日"),
            ("[$-804]yyyy\"年\"m\"月\"d\"日\";@", 43378.0, "2018年10月5日"),
            ("yyyy年m月d日", 43378.0, "2018年10月5日"),
            ("yyyy\"年\"m\"月\"", 43378.0, "2018年10月"),
            ("e\"年\"m\"月\"", 43378.0, "2018年10月"),
            ("[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", 43378.0, "二〇一八年十月五日"),
            ("[DBNum1][$-804]m\"月\"d\"日\";@", 43459.0, "十二月二十五日"),
            ("aaaa", 43378.0, "星期五"),
            ("[$-804]aaaa;@", 43378.0, "星期五"),
            ("aaa", 43378.0, "五"),
            ("[$-804]aaa;@", 43378.0, "周五"),
            ("yyyy/m/d aaaa", 43378.0, "2018/10/5 星期五"),
            ("dddd", 43378.0, "Friday"),
            ("[$-804]mmmm", 43378.0, "十月"),
            ("mmm-yy", 43378.0, "Oct-18"),
            ("上午/下午h\"时\"mm\"分\"", 0.6, "下午2时24分"),
            ("h:mm AM/PM", 0.6, "2:24 PM"),
            ("h:mm A/P", 0.6, "2:24 P"),
            ("[$-804]AM/PMh:mm", 0.25, "上午6:00"),
            ("h:mm", 0.395_833_333_333_333_3, "9:30"),
            ("[h]:mm", 2.1875, "52:30"),
            ("[h]\"时\"mm\"分\"", 2.1875, "52时30分"),
            ("[mm]", 2.1875, "3150"),
            ("HH[M]", 0.5, "12720"),
        ] {
            assert_eq!(shown(code, number), expected, "{code}");
        }
        let built_in = |id, number| NumberFormat::built_in(id).shown(number, false).unwrap_or_default();
        assert_eq!([34, 56].map(|id| built_in(id, 0.6)), ["下午2时24分", "下午2时24分00秒"]);
        assert_eq!([5, 43].map(|id| built_in(id, -1234.5)), ["¥-1,235", "-1,234.50"]);
        assert_eq!(NumberFormat::parse("yyyy/m/d").shown(41916.0, true).as_deref(), Some("2018/10/5"));
    }

    #[test]
    fn the_section_of_a_number_decides_what_it_is_and_shows() {
        for (code, number, expected) in [
            ("0;;;@", 0.0, ""),
            ("0;;;@", -1.0, ""),
            ("0;;;@", 1.0, "1"),
            ("0;-0;;@", 0.0, ""),
            ("0;-0;;@", -2.0, "-2"),
            ("#", 0.0, ""),
            ("0;@", -2.0, "-2"),
            ("\"盈\"0;\"亏\"0;\"平\"", -2.0, "亏2"),
            ("\"盈\"0;\"亏\"0;\"平\"", 0.0, "平"),
            ("[=1]\"是\";[=0]\"否\";0", 0.0, "否"),
            ("[=1]\"是\";[=0]\"否\";0", 3.0, "3"),
            ("[>100]\"多\";0", -5.0, "-5"),
            ("[>=10000]0!.0,\"万\";0", 15_000.0, "1.5万"),
            ("[>=10000]0!.0,\"万\";0", 500.0, "500"),
        ] {
            assert_eq!(shown(code, number), expected, "{code} {number}");
        }
        let kind = |code, number| NumberFormat::parse(code).kind(number);
        assert_eq!(kind("[<1]0.0%;0", 0.5), FormatKind::Percent);
        assert_eq!(kind("[<1]0.0%;0", 5.0), FormatKind::Number);
        assert_eq!(kind("[=0]\"\";yyyy-mm-dd", 43378.0), FormatKind::Date);
        assert_eq!(kind("yyyy-mm-dd;@", -1.0), FormatKind::Date);
        assert_eq!(NumberFormat::parse("yyyy-mm-dd").shown(-1.0, false), None, "#######");
    }

    #[test]
    fn numerals_are_chinese_where_the_format_says_so() {
        for (code, expected) in [
            ("[DBNum1]General", "一万二千三百四十五"),
            ("[DBNum1]", "一万二千三百四十五"),
            ("[DBNum1]0", "一二三四五"),
            ("[DBNum2][$-804]General\"元整\"", "壹万贰仟叁佰肆拾伍元整"),
            ("[DBNum2]#,##0.0", "壹贰,叁肆伍.零"),
        ] {
            assert_eq!(shown(code, 12_345.0), expected, "{code}");
        }
    }

    #[test]
    fn the_general_format_shows_eleven_characters() {
        for (number, expected) in [
            (1.0 / 3.0, "0.333333333"),
            (-2.0 / 3.0, "-0.666666667"),
            (1_234_567.891_234, "1234567.891"),
            (12_345_678_901.5, "12345678902"),
            (99_999_999_999.0, "99999999999"),
            (123_456_789_012.0, "1.23457E+11"),
            (1e-10, "1E-10"),
            (0.000_012_345_67, "1.23457E-05"),
            (-0.0, "0"),
        ] {
            assert_eq!(general(number), expected);
        }
    }

    #[test]
    fn texts_are_shown_with_what_the_format_adds() {
        let shown = |code: &str| NumberFormat::parse(code).shown_text("赵");
        assert_eq!(shown("@\"同志\"").as_deref(), Some("赵同志"));
        assert_eq!(shown("0;-0;0;\"第\"@\\组").as_deref(), Some("第赵组"));
        for code in ["@", "General", "0", "_ @_ ", "yyyy-mm-dd;@", "0;0;0;"] {
            assert_eq!(shown(code), None, "{code}");
        }
    }

    #[test]
    fn a_code_of_any_length_shows_a_short_text() {
        assert_eq!(shown(&"0".repeat(1_025), 5.0), "5");
        assert_eq!(shown(&"0".repeat(255), 5.0).len(), 255);
    }

    proptest! {
        #[test]
        fn no_code_and_number_cause_a_panic(
            code in "(General|AM/PM|上午/下午|aaa|DBNum1|\\[\\$-804\\]|[yYmMdDhHsSeEgbB02#?.,;:%/@_*!\\\\\"\\[\\]<>=+ -]|\\PC){0,24}",
            number in prop_oneof![any::<f64>(), -100_000.0..100_000.0, Just(0.0), Just(2_958_465.5)],
            epoch_1904: bool,
        ) {
            let format = NumberFormat::parse(&code);
            let _ = (format.kind(number), format.shown(number, epoch_1904), general(number));
        }

        #[test]
        fn decimals_are_rounded_half_away_from_zero(units in -999_999_999_i64..1_000_000_000, places in 0_usize..5) {
            let code = ["0.000", "0.00", "0.0", "0", "0.0000"][places];
            let kept = [3, 2, 1, 0, 4][places];
            let exact = rust_decimal::Decimal::new(units, 4);
            let expected = exact.round_dp_with_strategy(kept, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
            prop_assume!(!expected.is_zero());
            prop_assert_eq!(shown(code, units as f64 / 10_000.0), format!("{expected:.*}", kept as usize));
        }
    }
}
