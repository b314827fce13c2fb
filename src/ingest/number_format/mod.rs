//! Number formats: what a cell shows for a number.
//!
//! Input: the code of a format (ECMA-376 part 1, 18.8.31) and a number. Output: what the number is, and the text that
//! the cell shows in a Chinese program. Codes are parsed and applied by `ssfmt`, section by section, after
//! `format_code` has put into its words what Chinese programs write. The only module that names `ssfmt`.

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
    /// Parses a code. One that is too long or that `ssfmt` cannot parse counts as the general format, as in programs
    /// that do not know it.
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

    /// The section that shows a number, and the number that it shows: without its sign in a section for negative
    /// numbers.
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

/// The code with a literal for each `General` outside of quotes, which [`NumberFormat::shown`] replaces: ssfmt 0.1.2
/// drops one that ends a section, and shows texts before it behind it.
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
mod tests;
