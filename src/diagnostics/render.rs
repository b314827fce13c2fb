//! Renders findings: as text for people, as JSON for programs.
//!
//! The text groups findings by file, files with errors first; equal findings at several locations are printed once,
//! with their count.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;

use super::diagnostic::Diagnostic;
use super::location::Location;
use super::severity::Severity;

/// The number of locations that are listed for equal findings.
const MAX_LOCATIONS: usize = 3;

/// Prints findings as text, coloured when `color` is set.
///
/// # Errors
/// When `out` cannot be written to.
pub fn human(findings: &[Diagnostic], color: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut files: BTreeMap<&str, Vec<Group<'_>>> = BTreeMap::new();
    for finding in findings {
        let groups = files.entry(finding.location.file().unwrap_or_default()).or_default();
        match groups.iter_mut().find(|group| group.accepts(finding)) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group { first: finding, findings: vec![finding] }),
        }
    }
    let mut files: Vec<_> = files.into_iter().collect();
    for (_, groups) in &mut files {
        groups.sort_by_key(|group| group.first.severity);
    }
    // The sort is stable: files of one severity stay in the order of their names.
    files.sort_by_key(|(_, groups)| groups.first().map(|group| group.first.severity));
    for (file, groups) in files {
        writeln!(out, "{}", if file.is_empty() { "（总体）" } else { file })?;
        for group in groups {
            group.print(color, out)?;
        }
    }
    Ok(())
}

/// Equal findings of one file.
struct Group<'a> {
    first: &'a Diagnostic,
    findings: Vec<&'a Diagnostic>,
}

impl Group<'_> {
    /// Whether a finding differs from those of the group by nothing but its location.
    fn accepts(&self, other: &Diagnostic) -> bool {
        let first = self.first;
        first.code == other.code
            && first.message == other.message
            && first.found == other.found
            && first.expected == other.expected
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
        writeln!(out, "  {on}{label}[{id}]{off} {}{message}", self.locations())?;
        for (label, text) in [("现为", &first.found), ("应为", &first.expected), ("办法", &first.cure)] {
            if let Some(text) = text {
                writeln!(out, "      {label}：{}", text.replace('\n', " "))?;
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
    use super::super::{CellRef, Diagnostic, Location, Severity, Source, code};
    use super::human;
    use std::sync::Arc;

    #[test]
    fn files_with_errors_come_first_and_equal_findings_are_printed_once() {
        let source = Arc::new(Source { file: "乙.xlsx".to_owned(), sheet: "一月".to_owned() });
        let cell = |row| Location::Cell(CellRef { source: Arc::clone(&source), row, col: 0 });
        let mut findings = vec![Diagnostic::new(&code::SKIPPED, Location::File("甲.txt".to_owned()), "不是台账")];
        findings.extend((0..5).map(|row| Diagnostic::new(&code::NO_METRIC, cell(row), "没有数").cure("补填")));
        findings.push(Diagnostic::new(&code::ROSTER, cell(9), "没有名称"));
        findings[5].severity = Severity::Warning;
        let mut out = Vec::new();
        human(&findings, false, &mut out).unwrap();
        let expected = "乙.xlsx\n  错误[Z205] ［一月］A10：没有名称\n      办法：补填名称和类别\n  \
            警告[Z301] ［一月］A1、［一月］A2、［一月］A3 等 5 处：没有数\n      办法：补填\n\
            甲.txt\n  提示[Z004] 不是台账\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
