//! What is wrong in a line that the TOML reader refuses, as people write it: dates with dots or strokes, Chinese
//! quotation marks, full-width signs. The reader only sees a character that it does not expect.

use jiff::civil::Date;

/// What the line should say instead, in Chinese; `None` when it holds none of these.
pub(super) fn advice(line: &str) -> Option<String> {
    let bare = without_strings(line);
    if let Some(quote) = bare.chars().find(|c| matches!(c, '“' | '”' | '‘' | '’' | '＂' | '＇')) {
        return Some(format!("“{quote}”是中文的引号，设置里的文字要用半角的引号 \" 或 '"));
    }
    if let Some(date) = LooseDate::find(&bare) {
        return Some(format!("日期“{}”应写成 {}，不写引号", date.written, date.date));
    }
    let wide = bare.chars().find(|c| matches!(c, '！'..='～' | '、' | '。' | '【' | '】'))?;
    let narrow = match wide {
        '、' => Some(','),
        '。' => Some('.'),
        '【' => Some('['),
        '】' => Some(']'),
        wide => char::from_u32(u32::from(wide) - 0xFEE0),
    }?;
    Some(format!("“{wide}”是全角的符号，应写半角的“{narrow}”"))
}

/// The line without its texts in quotes and its comment.
fn without_strings(line: &str) -> String {
    let mut bare = String::with_capacity(line.len());
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c == '#' => break,
            None => bare.push(c),
        }
    }
    bare
}

/// A date that is written, but not as TOML has it.
struct LooseDate<'l> {
    written: &'l str,
    date: Date,
}

impl<'l> LooseDate<'l> {
    fn find(line: &'l str) -> Option<Self> {
        let starts = line.char_indices().filter(|(at, c)| {
            c.is_ascii_digit() && !line[..*at].ends_with(|before: char| before.is_ascii_alphanumeric())
        });
        starts.into_iter().find_map(|(start, _)| Self::at(&line[start..]))
    }

    /// The date at the start of a text; `None` for one that TOML reads.
    fn at(text: &'l str) -> Option<Self> {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '/' | '-' | '年' | '月' | '日' | '．' | '／');
        let written = &text[..text.find(|c| !is_part(c)).unwrap_or(text.len())];
        let parts: Vec<&str> = written.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        let [year, month, day] = parts[..] else { return None };
        let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
        let is_year = year.len() == 4;
        (is_year && date.to_string() != written).then_some(Self { written, date })
    }
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn what_people_write_is_answered_with_what_toml_has() {
        for (line, right) in [
            ("cutoff = 2026.12.31", "日期“2026.12.31”应写成 2026-12-31"),
            ("deadline = 2018/11/02", "应写成 2018-11-02"),
            ("except = [2018-10-04, 2018年10月5日]", "日期“2018年10月5日”应写成 2018-10-05"),
            ("from = 2018-1-1 # 2018-01-01", "应写成 2018-01-01"),
            ("title = “自查”", "““”是中文的引号"),
            ("values = [\"甲\"， \"乙\"]", "“，”是全角的符号，应写半角的“,”"),
            ("seal ＝ true", "应写半角的“=”"),
        ] {
            let said = advice(line).unwrap_or_default();
            assert!(said.contains(right), "{line}: {said}");
        }
        for line in ["title = \"“自查”，2018.1.1\"", "cutoff = 2018-10-25", "min = 0.5", "version = \"1\" x = 2"]
        {
            assert_eq!(advice(line), None, "{line}");
        }
    }
}
