//! Renders findings: as text for people, as JSON for programs.
//!
//! The text groups findings by file, files with errors first; equal findings at several locations are printed once,
//! with their count. Invisible characters, which could direct a terminal, are shown by their codes. A screen has the
//! first groups of each code and the number of the rest. Cost: linear in the findings.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use serde_json::json;

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::location::Location;
use super::severity::Severity;
use crate::escape::{visible, visible_content};

/// The number of locations that are listed for equal findings.
const MAX_LOCATIONS: usize = 3;

/// The number of groups of equal findings that a screen shows of each code.
const SCREEN_GROUPS: usize = 10;

/// How findings are printed as text.
#[derive(Clone, Copy, Debug)]
pub struct TextStyle {
    color: bool,
    /// Groups of equal findings that are printed of each code; the rest are counted.
    groups_of_code: usize,
}

impl TextStyle {
    /// All findings, coloured when `color` is set.
    pub fn all(color: bool) -> Self {
        Self { color, groups_of_code: usize::MAX }
    }

    /// The first findings of each code and the number of the rest, for commands that have `--all`; with `all`, all.
    pub fn screen(color: bool, all: bool) -> Self {
        if all { Self::all(color) } else { Self { color, groups_of_code: SCREEN_GROUPS } }
    }
}

/// Prints findings as text.
///
/// # Errors
/// When `out` cannot be written to.
pub fn human(findings: &[Diagnostic], style: TextStyle, out: &mut dyn Write) -> io::Result<()> {
    let mut printed_of: HashMap<&str, usize> = HashMap::new();
    let mut omitted: BTreeMap<&str, Omitted> = BTreeMap::new();
    let mut current_file = None;
    for group in sorted_groups(findings) {
        let code = group.first.code;
        let printed = printed_of.entry(code.id).or_default();
        if *printed == style.groups_of_code {
            let omitted = omitted.entry(code.id).or_insert(Omitted { code, findings: 0 });
            omitted.findings += group.findings.len();
            continue;
        }
        *printed += 1;
        if current_file.replace(group.file()) != Some(group.file()) {
            let file = if group.file().is_empty() { "（总体）" } else { group.file() };
            writeln!(out, "{}", visible(file))?;
        }
        group.print(style.color, out)?;
    }
    if !omitted.is_empty() {
        writeln!(out, "（没有列出的，用 --all 全部列出）")?;
    }
    for Omitted { code, findings } in omitted.into_values() {
        writeln!(out, "  [{}] {}：另有 {findings} 项", code.id, code.title)?;
    }
    Ok(())
}

/// The findings of a code that a screen does not show.
struct Omitted {
    code: Code,
    findings: usize,
}

/// Groups of equal findings: files with errors first, then by the files' names, then by severity.
fn sorted_groups(findings: &[Diagnostic]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut positions = HashMap::new();
    let mut worst_of: HashMap<&str, Severity> = HashMap::new();
    for finding in findings {
        let file = finding.location.file().unwrap_or_default();
        let worst = worst_of.entry(file).or_insert(finding.severity);
        *worst = finding.severity.min(*worst);
        // Equal findings differ in nothing but their location.
        let key = (file, finding.code.id, &finding.message, &finding.found, &finding.expected);
        let position = *positions.entry(key).or_insert(groups.len());
        match groups.get_mut(position) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group { first: finding, findings: vec![finding] }),
        }
    }
    groups.sort_by_key(|group| (worst_of.get(group.file()), group.file(), group.first.severity));
    groups
}

/// Equal findings of one file.
struct Group<'a> {
    first: &'a Diagnostic,
    findings: Vec<&'a Diagnostic>,
}

impl<'a> Group<'a> {
    fn file(&self) -> &'a str {
        self.first.location.file().unwrap_or_default()
    }

    fn print(&self, color: bool, out: &mut dyn Write) -> io::Result<()> {
        let first = self.first;
        let (on, off) = match (color, first.severity) {
            (false, _) => ("", ""),
            (true, Severity::Error) => ("\x1b[31m", "\x1b[0m"),
            (true, Severity::Warning) => ("\x1b[33m", "\x1b[0m"),
            (true, Severity::Note) => ("\x1b[36m", "\x1b[0m"),
        };
        let (label, id, message) = (first.severity.label(), first.code.id, &first.message);
        let line = format!("{}{message}", self.locations());
        writeln!(out, "  {on}{label}[{id}]{off} {}", visible_content(&line))?;
        for (label, text) in [("现为", &first.found), ("应为", &first.expected), ("办法", &first.cure)] {
            if let Some(text) = text {
                writeln!(out, "      {label}：{}", visible_content(&text.replace('\n', " ")))?;
            }
        }
        Ok(())
    }

    /// The locations of the findings, followed by a colon; empty when no finding has one within its file.
    fn locations(&self) -> String {
        let mut locations: Vec<String> = self.findings.iter().map(|finding| location_in_file(finding)).collect();
        locations.retain(|location| !location.is_empty());
        locations.dedup();
        let count = locations.len();
        locations.truncate(MAX_LOCATIONS);
        match count {
            0 => String::new(),
            1..=MAX_LOCATIONS => format!("{}：", locations.join("、")),
            _ => format!("{} 等 {count} 处：", locations.join("、")),
        }
    }
}

/// The location of a finding within its file, or the branch that it concerns.
fn location_in_file(finding: &Diagnostic) -> String {
    match &finding.location {
        Location::Line { line, .. } => format!("第{line}行"),
        Location::Branch => finding.branch.clone().unwrap_or_default(),
        location => {
            let address = location.address().unwrap_or_default();
            match location.source() {
                Some(source) if !source.sheet.is_empty() => format!("［{}］{address}", source.sheet),
                _ => address,
            }
        }
    }
}

/// A finding as JSON; absent parts are `null`.
pub fn json(finding: &Diagnostic) -> serde_json::Value {
    let line = if let Location::Line { line, .. } = &finding.location { Some(line) } else { None };
    json!({
        "code": finding.code.id,
        "title": finding.code.title,
        "severity": finding.severity.label(),
        "file": finding.location.file().filter(|file| !file.is_empty()),
        "sheet": finding.location.source().map(|source| &source.sheet),
        "cell": finding.location.address(),
        "line": line,
        "branch": finding.branch,
        "message": finding.message,
        "found": finding.found,
        "expected": finding.expected,
        "cure": finding.cure,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{CellRef, Diagnostic, Location, Severity, SheetRef, code};
    use super::{SCREEN_GROUPS, TextStyle, human};
    use std::sync::Arc;

    fn printed(findings: &[Diagnostic], style: TextStyle) -> String {
        let mut out = Vec::new();
        human(findings, style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn files_with_errors_come_first_and_equal_findings_are_printed_once() {
        let source = Arc::new(SheetRef { file: "乙.xlsx".to_owned(), sheet: "一月".to_owned() });
        let cell = |row| Location::Cell(CellRef { source: Arc::clone(&source), row, col: 0 });
        let mut findings = vec![Diagnostic::new(&code::SKIPPED, Location::File("甲.txt".to_owned()), "不是台账")];
        findings.extend((0..5).map(|row| Diagnostic::new(&code::NO_METRIC, cell(row), "没有数").cure("补填")));
        findings.push(Diagnostic::new(&code::ROSTER, cell(9), "没有名称"));
        findings[5].severity = Severity::Warning;
        let expected = "乙.xlsx\n  错误[Z205] ［一月］A10：没有名称\n      办法：补填名称和类别\n  \
            警告[Z301] ［一月］A1、［一月］A2、［一月］A3 等 5 处：没有数\n      办法：补填\n\
            甲.txt\n  提示[Z004] 不是台账\n";
        assert_eq!(printed(&findings, TextStyle::all(false)), expected);
    }

    #[test]
    fn invisible_characters_do_not_reach_a_terminal() {
        let file = Location::File("a\u{202e}.csv".to_owned());
        let finding = Diagnostic::new(&code::SKIPPED, file, "多出 b\u{1b}[31m").cure("删去 b\u{1b}");
        let expected = "a‹U+202E›.csv\n  提示[Z004] 多出 b‹U+001B›[31m\n      办法：删去 b‹U+001B›\n";
        assert_eq!(
            printed(&[finding], TextStyle::all(true)).replace("\u{1b}[36m", "").replace("\u{1b}[0m", ""),
            expected
        );
    }

    #[test]
    fn a_screen_has_the_first_findings_of_each_code_and_the_number_of_the_rest() {
        let finding = |code, n: usize| Diagnostic::new(code, Location::File("甲.xlsx".to_owned()), format!("第{n}项"));
        let mut findings: Vec<_> = (0..SCREEN_GROUPS + 7).map(|n| finding(&code::NO_METRIC, n)).collect();
        findings.push(finding(&code::ROSTER, 0));
        let screen = printed(&findings, TextStyle::screen(false, false));
        assert_eq!(screen.matches("警告[Z301] 第").count(), SCREEN_GROUPS, "{screen}");
        assert!(screen.contains("错误[Z205] 第0项"), "{screen}");
        assert!(screen.ends_with("（没有列出的，用 --all 全部列出）\n  [Z301] 指标无法计算：另有 7 项\n"), "{screen}");
        assert_eq!(printed(&findings, TextStyle::all(false)).matches("警告[Z301] 第").count(), SCREEN_GROUPS + 7);
    }
}
