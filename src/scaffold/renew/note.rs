//! Lines of a notice that were changed or are doubtful, as a person reads them.

/// A line of a file that was changed, or that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineNote {
    /// The name of the file, below the notice's folder.
    pub file: String,
    /// The line's number, from 1; the same before and after.
    pub line: usize,
    /// The line as it was.
    pub before: String,
    /// The line as it is; `None` when it was not changed.
    pub after: Option<String>,
    /// Whether it only got a comparison with the earlier period.
    pub is_comparison: bool,
}

/// Characters of a line up to which a note has all of it, and of what it shows around a change in a longer one.
const MAX_SHOWN: usize = 60;
const AROUND: usize = 12;

/// A part of two lines: what differs, with some characters around it.
fn differing(line: &str, other: &str) -> String {
    let (line, other): (Vec<char>, Vec<char>) = (line.chars().collect(), other.chars().collect());
    if line.len().max(other.len()) <= MAX_SHOWN {
        return line.into_iter().collect();
    }
    let same = line.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let rest = line.len().min(other.len()) - same;
    let behind = line.iter().rev().zip(other.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (start, end) = (same.saturating_sub(AROUND), (line.len() - behind + AROUND).min(line.len()));
    let mark = |is_cut: bool| if is_cut { "…" } else { "" };
    let shown: String = line.iter().take(end).skip(start).collect();
    format!("{}{shown}{}", mark(start > 0), mark(end < line.len()))
}

impl LineNote {
    /// The note as a sentence.
    pub fn text(&self) -> String {
        let Self { file, line, before, after, is_comparison } = self;
        match after {
            Some(_) if *is_comparison => format!("{file} 第{line}行：添上与上一期相比增加、减少多少"),
            Some(after) => {
                format!("{file} 第{line}行：{} → {}", differing(before, after), differing(after, before))
            }
            None => {
                let shown: String = before.chars().take(MAX_SHOWN).collect();
                let more = if shown.len() < before.len() { "…" } else { "" };
                format!("{file} 第{line}行没有挪，请核对：{shown}{more}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LineNote;

    #[test]
    fn a_note_shows_what_changed_in_a_long_line() {
        let note = |before: &str, after: Option<&str>, is_comparison| {
            let after = after.map(str::to_owned);
            LineNote { file: "a.md".to_owned(), line: 3, before: before.to_owned(), after, is_comparison }.text()
        };
        assert_eq!(note("cutoff = 1", Some("cutoff = 2"), false), "a.md 第3行：cutoff = 1 → cutoff = 2");
        let long = |quarter: &str| format!("{}第{quarter}季度{}", "前".repeat(50), "后".repeat(50));
        assert_eq!(
            note(&long("三"), Some(&long("四")), false),
            "a.md 第3行：…前前前前前前前前前前前第三季度后后后后后后后后后后… → …前前前前前前前前前前前第四季度后后后后后后后后后后…"
        );
        assert_eq!(note("{{ x }}", Some("{{ x }}（…）"), true), "a.md 第3行：添上与上一期相比增加、减少多少");
        let unmoved = note(&format!("6月份{}", "后".repeat(100)), None, false);
        assert_eq!(unmoved, format!("a.md 第3行没有挪，请核对：6月份{}…", "后".repeat(57)));
        let grown = note(&"前".repeat(80), Some(&"前".repeat(82)), false);
        assert!(grown.chars().count() < 80, "{grown}");
    }
}
