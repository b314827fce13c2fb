//! Codes of number formats as Chinese programs write them.
//!
//! Input: a code (ECMA-376 part 1, 18.8.31). Output: the same code in the words of `ssfmt`, and what these words cannot
//! say: the language of names, and the numerals.

use super::chinese_numerals::NumeralStyle;

/// Letters of the longest code of an era.
const MAX_ERA: usize = 3;

/// Locales whose years are those of an era: Taiwan and Japan.
const ERA_LOCALES: [&str; 6] = ["-404", "0404", "-zh-tw", "-411", "0411", "-ja-jp"];

/// The code of the general format.
const GENERAL: &str = "General";

/// A code in the words of `ssfmt`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FormatCode {
    /// The code in the words of `ssfmt`.
    pub text: String,
    /// How weekdays are named.
    pub weekdays: WeekdayNames,
    /// Whether months, and the halves of a day, are named in Chinese.
    pub is_chinese: bool,
    /// Numerals in place of digits.
    pub numerals: Option<NumeralStyle>,
    /// How years are counted.
    years: Years,
}

/// How the years of a code's section are counted. The eras of Japan and Taiwan are written as 公元: the same year, in
/// words that every reader knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Years {
    /// `e` is a year of four digits.
    #[default]
    Common,
    /// `e` is a year of an era, by the locale.
    OfEra,
    /// The era was written.
    WithEra,
}

/// How weekdays are named. In Chinese Excel `aaaa` is 星期五, `aaa` 五 (`[$-804]aaa` 周五), `dddd` Friday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum WeekdayNames {
    /// Friday, Fri.
    #[default]
    English,
    /// Chinese, the short name without a prefix: 星期五, 五.
    Bare,
    /// Chinese, the short name with its prefix: 星期五, 周五.
    Chinese,
}

impl FormatCode {
    /// Translates a code: `aaaa` is `dddd` with Chinese names, 上午/下午 is `AM/PM`, `!x` is `\x`, `G/通用格式` the
    /// general format, `ggge` 公元 and the year. White space as wide as a character (`_x`) and repeated characters
    /// (`*x`) depend on the width of the column and are left out. What a code leaves open is closed. An empty section
    /// shows nothing: it becomes an empty text; a code without any other section is the general format.
    pub(super) fn translate(code: &str) -> Self {
        let mut out = Self::default();
        let code = code.replace("G/通用格式", "General");
        let mut rest = code.as_str();
        let mut is_section_empty = true;
        let mut scale = "";
        let blank = if code.contains(';') { "\"\"" } else { "General" };
        while let Some(c) = rest.chars().next() {
            let (word, after) = rest.split_at(word_length(rest, c));
            rest = after;
            match c {
                '"' => out.quote(word),
                '[' => {
                    is_section_empty &= !out.bracket(word);
                    continue;
                }
                '\\' | '!' => out.escape(word),
                '_' | '*' => {}
                ';' => {
                    out.text.push_str(if is_section_empty { blank } else { scale });
                    out.text.push(';');
                    (is_section_empty, scale) = (true, "");
                    continue;
                }
                'a' | 'A' if word.len() >= 3 => {
                    if out.weekdays == WeekdayNames::English {
                        out.weekdays = WeekdayNames::Bare;
                    }
                    out.text.push_str(if word.len() == 3 { "ddd" } else { "dddd" });
                }
                '上' if word.len() > c.len_utf8() => {
                    out.is_chinese = true;
                    out.text.push_str("AM/PM");
                }
                'g' | 'G' if word.len() <= MAX_ERA => out.era(),
                'e' | 'E' if out.years != Years::Common && !rest.starts_with(['+', '-']) => {
                    if out.years == Years::OfEra {
                        out.era();
                    }
                    out.text.push_str("yyyy");
                }
                // A comma before the point scales as one behind all digits does, which `ssfmt` knows.
                ',' if rest.starts_with('.') => scale = word,
                _ => out.text.push_str(word),
            }
            is_section_empty = false;
        }
        out.text.push_str(if is_section_empty { blank } else { scale });
        out
    }

    /// Adds the name of the common era, once.
    fn era(&mut self) {
        if self.years != Years::WithEra {
            self.text.push_str("\"公元\"");
        }
        self.years = Years::WithEra;
    }

    /// Adds a quoted text.
    fn quote(&mut self, word: &str) {
        self.text.push_str(word);
        if word.len() == 1 || !word.ends_with('"') {
            self.text.push('"');
        }
    }

    /// Adds what brackets hold, unless it chooses numerals; `[$-804]` and `[$-zh-CN]` choose Chinese names. Returns
    /// whether it shows something, as `[h]` and `[$元-804]` do.
    fn bracket(&mut self, word: &str) -> bool {
        let content = word.trim_start_matches('[').trim_end_matches(']');
        let lower = content.to_ascii_lowercase();
        if let Some(number) = lower.strip_prefix("dbnum") {
            self.numerals = number.chars().next().and_then(NumeralStyle::numbered).or(self.numerals);
            return false;
        }
        if lower.starts_with('$') && ERA_LOCALES.iter().any(|locale| lower.ends_with(locale)) {
            self.years = Years::OfEra;
        }
        if lower.starts_with('$') && (lower.ends_with("804") || lower.contains("-zh")) {
            self.is_chinese = true;
            self.weekdays = WeekdayNames::Chinese;
        }
        self.text.push('[');
        self.text.push_str(content);
        self.text.push(']');
        let is_elapsed = !lower.is_empty() && lower.chars().all(|c| matches!(c, 'h' | 'm' | 's'));
        is_elapsed || lower.starts_with('$') && !lower.starts_with("$-")
    }

    /// Adds an escaped character.
    fn escape(&mut self, word: &str) {
        if let Some(escaped) = word.chars().nth(1) {
            self.text.push('\\');
            self.text.push(escaped);
        }
    }
}

/// The length of the word that begins with `first`.
fn word_length(rest: &str, first: char) -> usize {
    let through = |end: char| rest[1..].find(end).map_or(rest.len(), |at| at + 1 + end.len_utf8());
    match first {
        '"' => through('"'),
        '[' => through(']'),
        '\\' | '!' | '_' | '*' => rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at),
        'a' | 'A' => {
            let letters = rest.bytes().take_while(|b| matches!(b, b'a' | b'A')).count();
            if letters < 3 { 1 } else { letters }
        }
        ',' => rest.len() - rest.trim_start_matches(',').len(),
        'g' | 'G' if rest.get(..GENERAL.len()).is_some_and(|word| word.eq_ignore_ascii_case(GENERAL)) => GENERAL.len(),
        'g' | 'G' => rest.bytes().take_while(|b| matches!(b, b'g' | b'G')).count().min(MAX_ERA),
        'e' | 'E' => rest.bytes().take_while(|b| matches!(b, b'e' | b'E')).count().min(2),
        '上' if rest.starts_with("上午/下午") => "上午/下午".len(),
        first => first.len_utf8(),
    }
}
