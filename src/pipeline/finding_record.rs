//! Findings on their way between two processes of this program.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::check;
use crate::diagnostics::{CellPosition, CellRef, Code, Diagnostic, Location, Severity, SheetRef};

/// A finding, with its code's number in place of the code.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FindingRecord {
    code: String,
    severity: Severity,
    location: LocationRecord,
    branch: Option<String>,
    message: String,
    found: Option<String>,
    expected: Option<String>,
    cure: Option<String>,
}

/// A [`Location`]; rows and columns from 0.
#[derive(Debug, Serialize, Deserialize)]
enum LocationRecord {
    Cells { file: String, sheet: String, first: CellPosition, last: CellPosition },
    Sheet { file: String, sheet: String },
    File(String),
    Line { file: String, line: usize },
    Branch,
}

impl FindingRecord {
    pub(super) fn of(finding: &Diagnostic) -> Self {
        Self {
            code: finding.code.id.to_owned(),
            severity: finding.severity,
            location: LocationRecord::of(&finding.location),
            branch: finding.branch.clone(),
            message: finding.message.clone(),
            found: finding.found.clone(),
            expected: finding.expected.clone(),
            cure: finding.cure.clone(),
        }
    }
}

impl LocationRecord {
    fn of(location: &Location) -> Self {
        let cells = |first: &CellRef, last| Self::Cells {
            file: first.source.file.clone(),
            sheet: first.source.sheet.clone(),
            first: CellPosition { row: first.row, col: first.col },
            last,
        };
        match location {
            Location::Cell(cell) => cells(cell, CellPosition { row: cell.row, col: cell.col }),
            Location::Range { first, last } => cells(first, *last),
            Location::Sheet(source) => Self::Sheet { file: source.file.clone(), sheet: source.sheet.clone() },
            Location::File(file) => Self::File(file.clone()),
            Location::Line { file, line } => Self::Line { file: file.clone(), line: *line },
            Location::Branch => Self::Branch,
        }
    }

    fn restored(self) -> Location {
        let source = |file, sheet| Arc::new(SheetRef { file, sheet });
        match self {
            Self::Cells { file, sheet, first: CellPosition { row, col }, last } => {
                Location::range(CellRef { source: source(file, sheet), row, col }, last)
            }
            Self::Sheet { file, sheet } => Location::Sheet(source(file, sheet)),
            Self::File(file) => Location::File(file),
            Self::Line { file, line } => Location::Line { file, line },
            Self::Branch => Location::Branch,
        }
    }
}

/// The findings of records; one with a code that this program does not have is left out, which the same program never
/// sends.
pub(super) fn restored(records: Vec<FindingRecord>) -> Vec<Diagnostic> {
    let codes: HashMap<&str, Code> = check::catalogue().into_iter().map(|code| (code.id, code)).collect();
    let restore = |record: FindingRecord| {
        Some(Diagnostic {
            code: codes.get(record.code.as_str())?,
            severity: record.severity,
            location: record.location.restored(),
            branch: record.branch,
            message: record.message,
            found: record.found,
            expected: record.expected,
            cure: record.cure,
        })
    };
    records.into_iter().filter_map(restore).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{FindingRecord, restored};
    use crate::diagnostics::{CellPosition, CellRef, Diagnostic, Location, Severity, SheetRef, code};

    #[test]
    fn findings_arrive_as_they_were_sent() {
        let source = Arc::new(SheetRef { file: "甲.xlsx".to_owned(), sheet: "一月".to_owned() });
        let first = CellRef { source: Arc::clone(&source), row: 4, col: 2 };
        let locations = [
            Location::Cell(first.clone()),
            Location::range(first, CellPosition { row: 7, col: 2 }),
            Location::Sheet(source),
            Location::File("乙.csv".to_owned()),
            Location::Line { file: "t.md".to_owned(), line: 3 },
            Location::Branch,
        ];
        let findings: Vec<Diagnostic> = locations
            .into_iter()
            .map(|location| Diagnostic {
                severity: Severity::Note,
                ..Diagnostic::new(&code::GAP, location, "错").of_branch("甲").found("1").expected("2").cure("改")
            })
            .collect();
        let json = serde_json::to_string(&findings.iter().map(FindingRecord::of).collect::<Vec<_>>()).unwrap();
        assert_eq!(restored(serde_json::from_str(&json).unwrap()), findings);
    }
}
