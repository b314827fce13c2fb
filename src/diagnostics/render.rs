//! Findings as a person reads them, and as a program does.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;

use super::{Diagnostic, Location, Severity};

/// How many places of the same finding are named.
const SHOWN: usize = 3;

/// Prints findings grouped by file, errors first; the same finding in many rows once, with its count.
///
/// # Errors
/// When `out` cannot be written to.
pub fn human(findings: &[Diagnostic], color: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut files: BTreeMap<(Severity, &str), Vec<Group<'_>>> = BTreeMap::new();
    let mut worst: BTreeMap<&str, Severity> = BTreeMap::new();
    for finding in findings {
        let file = finding.place.file().unwrap_or_default();
        let severity = worst.entry(file).or_insert(finding.severity);
        *severity = finding.severity.min(*severity);
    }
    for finding in findings {
        let file = finding.place.file().unwrap_or_default();
        let groups = files.entry((worst.get(file).copied().unwrap_or(Severity::Note), file)).or_default();
        match groups.iter_mut().find(|group| group.takes(finding)) {
            Some(group) => group.all.push(finding),
            None => groups.push(Group { first: finding, all: vec![finding] }),
        }
    }
    for ((_, file), mut groups) in files {
        groups.sort_by_key(|group| group.first.severity);
        writeln!(out, "{}", if file.is_empty() { "（总体）" } else { file })?;
        for group in groups {
            group.print(color, out)?;
        }
    }
    Ok(())
}

/// The same finding at several places.
struct Group<'a> {
    first: &'a Diagnostic,
    all: Vec<&'a Diagnostic>,
}

impl Group<'_> {
    fn takes(&self, other: &Diagnostic) -> bool {
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
        let mut places: Vec<String> =
            self.all.iter().map(|finding| spot(finding)).filter(|spot| !spot.is_empty()).collect();
        places.dedup();
        let more = if places.len() > SHOWN { format!(" 等 {} 处", places.len()) } else { String::new() };
        places.truncate(SHOWN);
        let at = if places.is_empty() { String::new() } else { format!("{}{more}：", places.join("、")) };
        writeln!(out, "  {on}{}[{}]{off} {at}{}", first.severity.label(), first.code.id, first.message)?;
        for (label, text) in [("现为", &first.found), ("应为", &first.expected), ("办法", &first.cure)] {
            if let Some(text) = text {
                writeln!(out, "      {label}：{}", text.replace('\n', " "))?;
            }
        }
        Ok(())
    }
}

/// Where a finding stands within its file, or the branch it belongs to.
fn spot(finding: &Diagnostic) -> String {
    match &finding.place {
        Location::Line { line, .. } => format!("第{line}行"),
        Location::Branch => finding.branch.clone().unwrap_or_default(),
        place => {
            let sheet = place.source().map(|source| &source.sheet).filter(|sheet| !sheet.is_empty());
            let sheet = sheet.map(|sheet| format!("［{sheet}］")).unwrap_or_default();
            format!("{sheet}{}", place.address().unwrap_or_default())
        }
    }
}

/// A finding as JSON.
pub fn json(finding: &Diagnostic) -> serde_json::Value {
    let line = if let Location::Line { line, .. } = &finding.place { Some(line) } else { None };
    json!({
        "code": finding.code.id,
        "title": finding.code.title,
        "severity": finding.severity.label(),
        "file": finding.place.file().filter(|file| !file.is_empty()),
        "sheet": finding.place.source().map(|source| &source.sheet),
        "cell": finding.place.address(),
        "line": line,
        "branch": finding.branch,
        "message": finding.message,
        "found": finding.found,
        "expected": finding.expected,
        "cure": finding.cure,
    })
}
