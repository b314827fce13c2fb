//! Makes the texts of the next notice from those of an earlier one: its days and the periods in its words are moved on.
//!
//! Where the earlier notice has reports, templates compare with them. Every other byte stays. A change is a line as it
//! was and as it is; what a program cannot move, such as months without a year, is pointed out.

mod months;
mod note;
mod titles;
mod words;

use jiff::ToSpan;
use jiff::civil::Date;

pub use note::LineNote;

use super::comparison::{self, PrintedMetric, compared};
use super::write::TemplateFile;
use crate::notice::edit::{Written, WrittenValue, quoted, with_value, written_value};
use crate::notice::{SettingsDate, settings_dates};

/// How far a notice is moved on: all its days by the same step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the next month.
    Month,
    /// To the next quarter.
    Quarter,
    /// To the next year.
    Year,
}

impl Step {
    fn months(self) -> i8 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }

    /// The day so much later; the last of a month stays the last of a month.
    pub(super) fn moved(self, day: Date) -> Date {
        let moved = day.checked_add(i64::from(self.months()).months()).unwrap_or(day);
        if day == day.last_of_month() { moved.last_of_month() } else { moved }
    }

    /// The day so much later with the same weekday: the nearest to the one above.
    fn moved_on_weekday(self, day: Date) -> Date {
        let moved = self.moved(day);
        let days = i64::from(day.weekday().to_monday_zero_offset() - moved.weekday().to_monday_zero_offset());
        let nearest = if days > 3 {
            days - 7
        } else if days < -3 {
            days + 7
        } else {
            days
        };
        moved.checked_add(nearest.days()).unwrap_or(moved)
    }
}

/// The texts of a new notice.
#[derive(Debug)]
pub struct Renewed {
    /// The settings and templates of the new notice, named as those of the earlier one.
    pub files: Vec<TemplateFile>,
    /// Lines that were moved on, before and after.
    pub changed: Vec<LineNote>,
    /// Lines that name a month or a day that was not moved.
    pub doubtful: Vec<LineNote>,
}

/// The notice that a new one is made from, as its files have it.
#[derive(Clone, Copy, Debug)]
pub struct EarlierNotice<'a> {
    /// Its settings and templates.
    pub files: &'a [TemplateFile],
    /// The name of its settings among the files.
    pub settings: &'a str,
    /// The settings of the notices that it is based on, the nearest first.
    pub bases: &'a [TemplateFile],
    /// The output of the earlier period, as the new settings name it; `None` when there is none.
    pub output: Option<&'a str>,
}

/// Moves a notice on. Days that it has from its base are written into its own settings, since the base stays as it is.
/// `None` when the settings are no TOML.
pub fn renew(earlier: EarlierNotice<'_>, step: Step) -> Option<Renewed> {
    let EarlierNotice { files, settings, bases, output } = earlier;
    let text = &files.iter().find(|file| file.name == settings)?.text;
    let dates = settings_dates(text)?;
    let inherited = inherited_dates(&dates, bases);
    let cutoff = dates.iter().chain(&inherited).find(|date| date.path == "notice.cutoff").map(|date| date.date);
    let years = cutoff.map_or(0, |cutoff| step.moved(cutoff).year() - cutoff.year());
    let moved_text = |text: &str| months::moved(&words::moved(text, step, years), cutoff, step);
    let comparison = output.map(|_| Comparison::of(text, bases, step));
    let mut renewed = Renewed { files: Vec::new(), changed: Vec::new(), doubtful: Vec::new() };
    for TemplateFile { name, text } in files {
        let dated = if name == settings { with_moved_dates(text, &dates, step, years) } else { text.clone() };
        let moved = moved_text(&dated);
        let moved = if name == settings { with_base_of(&moved, text) } else { moved };
        renewed.note(name, text, &moved);
        let moved = match &comparison {
            Some(Comparison { metrics, word, .. }) if name != settings => {
                let compared = compared(&moved, metrics, word);
                renewed.note_comparison(name, &moved, &compared);
                compared
            }
            _ => moved,
        };
        renewed.files.push(TemplateFile { name: name.clone(), text: moved });
    }
    let titles = titles::inherited(text, bases, &moved_text);
    let days = inherited.iter().map(|SettingsDate { path, date, is_year, .. }| {
        let value = if *is_year { (date.year() + years).to_string() } else { step.moved(*date).to_string() };
        NewKey { path, value, before: "底子里的" }
    });
    let named =
        titles.iter().map(|title| NewKey { path: &title.path, value: title.toml.clone(), before: "底子里的" });
    let previous = output.map(|output| NewKey { path: "notice.previous", value: quoted(output), before: "没有写" });
    let word = comparison.iter().filter(|comparison| comparison.is_new_word);
    let word =
        word.map(|comparison| NewKey { path: "words.previous", value: quoted(&comparison.word), before: "没有写" });
    let mut keys: Vec<NewKey<'_>> = days.chain(named).chain(previous).chain(word).collect();
    // A key that is written moves the lines below it: those of the first table come first.
    keys.sort_by_key(|key| !key.path.starts_with("notice."));
    keys.iter().for_each(|key| renewed.set(settings, key));
    for TemplateFile { name, text } in bases {
        let is_replaced = |line: &str| titles.iter().flat_map(|title| &title.replaced).any(|old| is_value(line, old));
        let lines = (1..).zip(text.lines()).filter(|(_, line)| moved_text(line) != **line && !is_replaced(line));
        renewed.doubtful.extend(lines.map(|(line, before)| LineNote {
            file: name.clone(),
            line,
            before: before.trim().to_owned(),
            after: None,
            is_comparison: false,
        }));
    }
    Some(renewed)
}

/// What templates need to compare with the earlier period.
struct Comparison {
    metrics: Vec<PrintedMetric>,
    /// What the earlier period is called.
    word: String,
    /// Whether the settings do not say so.
    is_new_word: bool,
}

impl Comparison {
    /// Of settings with the bases behind them.
    fn of(settings: &str, bases: &[TemplateFile], step: Step) -> Self {
        let all: Vec<Written<'_>> =
            std::iter::once(settings).chain(bases.iter().map(|base| base.text.as_str())).map(Written::new).collect();
        let written = all.iter().find_map(|settings| match settings.value(&["words", "previous"])? {
            WrittenValue::Text(word) => Some(word),
            _ => None,
        });
        let by_step = match step {
            Step::Month => "上月",
            Step::Quarter => "上季度",
            Step::Year => "上年",
        };
        let is_new_word = written.is_none();
        let word = written.unwrap_or_else(|| by_step.to_owned());
        Self { metrics: all.iter().flat_map(comparison::metrics).collect(), word, is_new_word }
    }
}

/// Whether a line of settings has a text as a value, in either kind of quotes.
fn is_value(line: &str, text: &str) -> bool {
    line.contains(&quoted(text)) || line.contains(&format!("'{text}'"))
}

/// The moved settings with the base of the settings before: its name may have a period, but it stays where it is.
fn with_base_of(moved: &str, before: &str) -> String {
    let base = |text: &str| written_value(text, &["base"]);
    match base(before) {
        Some(WrittenValue::Text(name)) if base(moved) != base(before) => {
            with_value(moved, &["base"], &quoted(&name)).unwrap_or_else(|| moved.to_owned())
        }
        _ => moved.to_owned(),
    }
}

/// The single days of bases that the settings do not have themselves; those of lists are left to the base.
fn inherited_dates(own: &[SettingsDate], bases: &[TemplateFile]) -> Vec<SettingsDate> {
    let mut inherited: Vec<SettingsDate> = Vec::new();
    for base in bases {
        let dates = settings_dates(&base.text).unwrap_or_default();
        let is_single = |date: &&SettingsDate| dates.iter().filter(|other| other.path == date.path).count() == 1;
        let is_new = |date: &&SettingsDate| !own.iter().chain(&inherited).any(|known| known.path == date.path);
        let new: Vec<SettingsDate> = dates.iter().filter(is_single).filter(is_new).cloned().collect();
        inherited.extend(new);
    }
    inherited
}

/// The text with its days moved. Fixed days keep their weekday.
fn with_moved_dates(text: &str, dates: &[SettingsDate], step: Step, years: i16) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for SettingsDate { path, span, date, is_year } in dates {
        out.push_str(text.get(copied..span.start).unwrap_or_default());
        let is_fixed_day = path.starts_with("calendar.") && path.ends_with(".first");
        match is_year {
            true => out.push_str(&(date.year() + years).to_string()),
            false if is_fixed_day => out.push_str(&step.moved_on_weekday(*date).to_string()),
            false => out.push_str(&step.moved(*date).to_string()),
        }
        copied = span.end;
        if let Some(length) = stale_reason(text.get(copied..).unwrap_or_default()) {
            out.push_str(&format!("  # 由 {date} 挪来"));
            copied += length;
        }
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

/// How long the comment behind a day is that says why it was guessed; it says nothing of the day that it is moved to.
/// Other comments stay.
fn stale_reason(behind: &str) -> Option<usize> {
    let line = behind.split(['\r', '\n']).next()?;
    let comment = line.trim_start().strip_prefix('#')?.trim_start();
    let is_reason = ["猜的：", "照您说的", "由 "].iter().any(|beginning| comment.starts_with(beginning));
    let is_first_day = comment.starts_with('“') && comment.ends_with("”的第一天");
    (is_reason || is_first_day).then_some(line.len())
}

/// A key that the settings did not have.
struct NewKey<'a> {
    path: &'a str,
    value: String,
    /// What held before, in Chinese.
    before: &'a str,
}

impl Renewed {
    /// Sets a key of the settings that was not written.
    fn set(&mut self, settings: &str, NewKey { path, value, before }: &NewKey<'_>) {
        let Some(file) = self.files.iter_mut().find(|file| file.name == settings) else { return };
        let parts: Vec<&str> = path.split('.').collect();
        let Some(text) = with_value(&file.text, &parts, value) else { return };
        let key = parts.last().copied().unwrap_or_default();
        // The first line that differs is the new one, or the heading above it.
        let same = text.lines().zip(file.text.lines()).take_while(|(new, old)| new == old).count();
        let line = same + 1;
        let after = Some(format!("{key} = {value}"));
        self.changed.push(LineNote {
            file: file.name.clone(),
            line,
            before: format!("{before} {path}"),
            after,
            is_comparison: false,
        });
        file.text = text;
    }

    /// Notes the line that got a comparison with the earlier period.
    fn note_comparison(&mut self, file: &str, before: &str, after: &str) {
        let lines = (1..).zip(before.lines()).zip(after.lines()).filter(|((_, before), after)| before != after);
        self.changed.extend(lines.map(|((line, before), after)| LineNote {
            file: file.to_owned(),
            line,
            before: before.trim().to_owned(),
            after: Some(after.trim().to_owned()),
            is_comparison: true,
        }));
    }

    /// Compares a file line by line; nothing that is moved changes the number of lines.
    fn note(&mut self, file: &str, before: &str, after: &str) {
        for ((line, before), after) in (1..).zip(before.lines()).zip(after.lines()) {
            let note = |after: Option<&str>| LineNote {
                file: file.to_owned(),
                line,
                before: before.trim().to_owned(),
                after: after.map(|after| after.trim().to_owned()),
                is_comparison: false,
            };
            if before != after {
                self.changed.push(note(Some(after)));
            } else if words::names_a_month(before) {
                self.doubtful.push(note(None));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{EarlierNotice, Step, renew};
    use crate::scaffold::TemplateFile;

    #[test]
    fn ends_of_months_and_weekdays_are_kept() {
        assert_eq!(Step::Quarter.moved(date(2026, 6, 30)), date(2026, 9, 30));
        assert_eq!(Step::Quarter.moved(date(2026, 12, 15)), date(2027, 3, 15));
        assert_eq!(Step::Month.moved(date(2026, 1, 31)), date(2026, 2, 28));
        assert_eq!(Step::Year.moved(date(2024, 2, 29)), date(2025, 2, 28));
        // Thursdays.
        assert_eq!(Step::Year.moved_on_weekday(date(2018, 9, 6)), date(2019, 9, 5));
        assert_eq!(Step::Quarter.moved_on_weekday(date(2018, 9, 6)), date(2018, 12, 6));
    }

    #[test]
    fn days_and_words_of_all_files_move_and_nothing_else() {
        let file = |name: &str, text: &str| TemplateFile { name: name.to_owned(), text: text.to_owned() };
        let settings = "# 2026年第三季度\r\n[notice]\r\ntitle = \"关于2026年第三季度安全自查的通知\"\r\ncutoff = 2026-09-30 # 日\r\n\
            [archive]\r\nyear = 2026\r\n";
        let files = [file("notice.toml", settings), file("a.md", "第三季度。6月份检查。{{ x }}\n")];
        let earlier = |files| EarlierNotice { files, settings: "notice.toml", bases: &[], output: None };
        let renewed = renew(earlier(&files), Step::Quarter).unwrap();
        let expected = "# 2026年第四季度\r\n[notice]\r\ntitle = \"关于2026年第四季度安全自查的通知\"\r\ncutoff = 2026-12-31 # 日\r\n\
            [archive]\r\nyear = 2026\r\n";
        assert_eq!(renewed.files[0].text, expected);
        assert_eq!(renewed.files[1].text, "第四季度。6月份检查。{{ x }}\n");
        let changed: Vec<_> = renewed.changed.iter().map(|note| (note.file.as_str(), note.line)).collect();
        assert_eq!(changed, [("notice.toml", 1), ("notice.toml", 3), ("notice.toml", 4), ("a.md", 1)]);
        let next = renew(earlier(&renewed.files), Step::Quarter).unwrap();
        assert!(next.files[0].text.contains("2027年第一季度") && next.files[0].text.contains("year = 2027"));
        assert!(next.files[0].text.contains("cutoff = 2027-03-31"));
    }

    #[test]
    fn reasons_of_guesses_do_not_stay_behind_moved_days_and_other_comments_do() {
        let text = "[notice]\ncutoff = 2026-09-30  # 猜的：通知里写着数据截止到“9月30日”\ndeadline = 2026-10-12  # 局里定的\n\
             [vars]\n本期第一天 = 2026-07-01  # “2026-q3”的第一天\n";
        let files = [TemplateFile { name: "notice.toml".to_owned(), text: text.to_owned() }];
        let earlier = EarlierNotice { files: &files, settings: "notice.toml", bases: &[], output: None };
        let renewed = renew(earlier, Step::Quarter).unwrap();
        assert_eq!(
            renewed.files[0].text,
            "[notice]\ncutoff = 2026-12-31  # 由 2026-09-30 挪来\ndeadline = 2027-01-12  # 局里定的\n\
             [vars]\n本期第一天 = 2026-10-01  # 由 2026-07-01 挪来\n"
        );
        let earlier = EarlierNotice { files: &renewed.files, settings: "notice.toml", bases: &[], output: None };
        let next = renew(earlier, Step::Quarter).unwrap();
        assert!(next.files[0].text.contains("cutoff = 2027-03-31  # 由 2026-12-31 挪来\n"));
    }

    #[test]
    fn days_of_a_base_and_the_earlier_output_are_written() {
        let file = |name: &str, text: &str| TemplateFile { name: name.to_owned(), text: text.to_owned() };
        let files = [file("notice.toml", "base = \"../a\"\n\n[notice]\ncutoff = 2026-06-30\n")];
        let base = "[notice]\ntitle = \"2026年第二季度\"\ncutoff = 2026-03-31\ndeadline = 2026-04-15\n[calendar.c]\n\
            except = [2026-01-01, 2026-02-01]\n[letter]\ndate = 2026-04-15\n# 2026年第二季度的\n";
        let bases = [file("../a/notice.toml", base)];
        let earlier =
            EarlierNotice { files: &files, settings: "notice.toml", bases: &bases, output: Some("../../output/b") };
        let renewed = renew(earlier, Step::Quarter).unwrap();
        assert_eq!(
            renewed.files[0].text,
            "base = \"../a\"\n\n[notice]\ncutoff = 2026-09-30\ndeadline = 2026-07-15\ntitle = \"2026年第三季度\"\n\
             previous = \"../../output/b\"\n\n[letter]\ndate = 2026-07-15\n\n[words]\nprevious = \"上季度\"\n"
        );
        let lines: Vec<usize> = renewed.changed.iter().map(|note| note.line).collect();
        assert_eq!(lines, [4, 5, 6, 7, 8, 11]);
        let doubtful: Vec<_> = renewed.doubtful.iter().map(|note| (note.file.as_str(), note.line)).collect();
        assert_eq!(doubtful, [("../a/notice.toml", 9)]);
    }
}
