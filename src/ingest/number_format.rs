//! Number formats: what a cell shows for a number.
//!
//! Input: the code of a format (ECMA-376 part 1, 18.8.31) and a number. Output: what the number is, and the text that the
//! cell shows in a Chinese program. Codes are parsed and applied by `ssfmt`, after [`translated`] has put into its words
//! what Chinese programs write. The only module that names `ssfmt`.

use std::sync::Arc;

use ssfmt::ast::{DatePart, FormatPart, Section};
use ssfmt::{DateSystem, FormatOptions};

/// The format of a cell style.
#[derive(Debug, Default)]
pub(super) struct NumberFormat {
    kind: FormatKind,
    /// As the workbook writes it; empty for the general format.
    text: Arc<str>,
    /// The parsed code; `None` for the general format.
    code: Option<ssfmt::NumberFormat>,
}

/// What a format makes of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum FormatKind {
    /// A number.
    #[default]
    Number,
    /// A percentage: 0.85 as 85 %.
    Percent,
    /// A day number as a date, with or without the time of day.
    Date,
    /// A day number without its day: a month, a time of day, a weekday.
    PartialDate,
    /// A length of time.
    Duration,
}

/// The digits of a number in the general format: programs show up to 11 characters.
pub(super) fn general(number: f64) -> String {
    ssfmt::format_default(number, "General").unwrap_or_else(|_| number.to_string())
}

impl NumberFormat {
    /// Parses a code. One that `ssfmt` cannot parse counts as the general format, as in programs that do not know it.
    pub(super) fn parse(text: &str) -> Self {
        let code = translated(text);
        if code.trim().eq_ignore_ascii_case("General") {
            return Self::default();
        }
        match ssfmt::NumberFormat::parse(&code) {
            Ok(code) => Self {
                kind: code.sections().first().map_or(FormatKind::Number, kind),
                text: text.into(),
                code: Some(code),
            },
            Err(_) => Self::default(),
        }
    }

    /// A built-in format, which workbooks do not write out (ECMA-376 part 1, 18.8.30, language zh-cn).
    pub(super) fn built_in(id: u32) -> Self {
        Self::parse(match id {
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
            id => ssfmt::format_code_from_id(id).unwrap_or("General"),
        })
    }

    /// What the format makes of a number.
    pub(super) fn kind(&self) -> FormatKind {
        self.kind
    }

    /// Its code as the workbook writes it; empty for the general format.
    pub(super) fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Whether this is the general format.
    pub(super) fn is_general(&self) -> bool {
        self.code.is_none()
    }

    /// What a cell with this format shows for a number; `None` for the general format, and for what the format cannot
    /// show.
    pub(super) fn shown(&self, number: f64, epoch_1904: bool) -> Option<String> {
        let date_system = if epoch_1904 { DateSystem::Date1904 } else { DateSystem::Date1900 };
        let text = self.code.as_ref()?.try_format(number, &FormatOptions { date_system, ..FormatOptions::default() });
        text.ok().map(|text| text.trim().to_owned())
    }
}

fn kind(section: &Section) -> FormatKind {
    let has = |is: fn(&FormatPart) -> bool| section.parts.iter().any(is);
    if has(|part| matches!(part, FormatPart::Elapsed(_))) {
        FormatKind::Duration
    } else if has(|part| matches!(part, FormatPart::DatePart(DatePart::Day | DatePart::Day2))) {
        FormatKind::Date
    } else if has(|part| matches!(part, FormatPart::DatePart(_) | FormatPart::AmPm(_))) {
        FormatKind::PartialDate
    } else if section.has_percent() {
        FormatKind::Percent
    } else {
        FormatKind::Number
    }
}

/// The code in the words of `ssfmt`: `!x` of Chinese programs is `\x`, `G/通用格式` the general format. White space as
/// wide as a character (`_x`) and repeated characters (`*x`) depend on the width of the column and are left out.
fn translated(code: &str) -> String {
    let (mut out, mut in_quotes, mut chars) = (String::new(), false, code.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => in_quotes = !in_quotes,
            '!' if !in_quotes => {
                out.push('\\');
                out.extend(chars.next());
                continue;
            }
            '\\' if !in_quotes => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            '_' | '*' if !in_quotes => {
                chars.next();
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out.replace("G/通用格式", "General")
}

#[cfg(test)]
mod tests {
    use super::{NumberFormat, general};

    fn shown(code: &str, number: f64) -> String {
        NumberFormat::parse(code).shown(number, false).unwrap_or_else(|| general(number))
    }

    #[test]
    fn a_cell_shows_what_its_format_says() {
        for (code, number, expected) in [
            ("General", 0.1 + 0.2, "0.3"),
            ("General", 12.0, "12"),
            ("G/通用格式\"元\"", 12.5, "12.5元"),
            ("0\"万元\"", 50.0, "50万元"),
            ("0!人", 3.0, "3人"),
            ("#,##0.00", 1234.5, "1,234.50"),
            ("yyyy\"年\"m\"月\"d\"日\"", 43378.0, "2018年10月5日"),
            ("yyyy\"年\"m\"月\"", 43378.0, "2018年10月"),
            ("[h]:mm", 2.1875, "52:30"),
            ("h:mm", 0.395_833_333_333_333_3, "9:30"),
            ("0\"%\"", 1.0, "1%"),
            ("0\\%", 1.0, "1%"),
            ("0%", 0.85, "85%"),
        ] {
            assert_eq!(shown(code, number), expected, "{code}");
        }
    }
}
