//! Which branch has handed in which ledger, and what was found in it.

use std::collections::HashMap;

use super::empty_ledgers::used_ledgers;
use super::{Analysis, Settings};
use crate::diagnostics::SeverityCounts;

/// Branches by ledgers.
#[derive(Debug)]
pub struct LedgerMatrix<'a> {
    /// The titles of the ledgers, but the roster's.
    pub ledgers: Vec<&'a str>,
    /// The branches, in the roster's order.
    pub rows: Vec<MatrixRow<'a>>,
}

/// A branch with a cell for each ledger.
#[derive(Debug)]
pub struct MatrixRow<'a> {
    /// The branch's name.
    pub branch: &'a str,
    /// The branch's kind in the roster, such as 党总支.
    pub kind: &'a str,
    /// What there is of it in each ledger.
    pub cells: Vec<MatrixCell>,
}

/// What there is of a branch in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatrixCell {
    /// Whether it was handed in.
    pub presence: Submission,
    /// The number of its rows.
    pub rows: usize,
    /// What was found in them.
    pub findings: SeverityCounts,
}

/// Whether a branch has handed in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submission {
    /// There are rows of it.
    In,
    /// It reported that it has nothing to report.
    Nil,
    /// Its report is made of the ledger, and there is no row of it.
    Missing,
    /// Its report needs no such ledger, or no row means that there is nothing to report.
    NotNeeded,
}

impl MatrixRow<'_> {
    /// The number of ledgers that are missing.
    pub fn missing(&self) -> usize {
        self.cells.iter().filter(|cell| cell.presence == Submission::Missing).count()
    }

    /// What was found in all of its rows.
    pub fn findings(&self) -> SeverityCounts {
        let mut sum = SeverityCounts::default();
        for SeverityCounts { errors, warnings, notes } in self.cells.iter().map(|cell| cell.findings) {
            sum.errors += errors;
            sum.warnings += warnings;
            sum.notes += notes;
        }
        sum
    }
}

/// The matrix of the ledgers as they were analyzed: linear in the number of findings and of cells.
pub fn ledger_matrix<'a>(settings: &'a Settings, analysis: &'a Analysis) -> LedgerMatrix<'a> {
    let notice = &settings.notice;
    let shown: Vec<usize> = notice
        .ledger
        .keys()
        .enumerate()
        .filter(|(_, id)| **id != notice.roster.ledger)
        .map(|(index, _)| index)
        .collect();
    let mut sheets: HashMap<(&str, &str), usize> = HashMap::new();
    for sheet in &analysis.bound.sheets {
        sheets.entry((&sheet.source.file, &sheet.source.sheet)).or_insert(sheet.ledger);
    }
    let mut findings: HashMap<(&str, usize), SeverityCounts> = HashMap::new();
    for finding in &analysis.findings {
        if let (Some(branch), Some(source)) = (finding.branch.as_deref(), finding.location.source())
            && let Some(ledger) = sheets.get(&(source.file.as_str(), source.sheet.as_str()))
        {
            findings.entry((branch, *ledger)).or_default().add(finding.severity);
        }
    }
    let mut needed_by_kind = HashMap::new();
    let mut rows = Vec::with_capacity(analysis.bound.branches.len());
    for branch in &analysis.bound.branches {
        let needed = needed_by_kind.entry(branch.kind()).or_insert_with(|| used_ledgers(notice, branch.kind()));
        let cell = |index: &usize| {
            let rows = branch.rows(*index);
            let count = rows.map_or(0, <[_]>::len);
            let is_due = || {
                let may_be_empty = notice.ledger.get_index(*index).is_some_and(|(_, ledger)| ledger.may_be_empty());
                needed.contains(index) && !(rows.is_some() && may_be_empty)
            };
            let presence = match count {
                0 if branch.has_nil_report(*index) => Submission::Nil,
                0 if is_due() => Submission::Missing,
                0 => Submission::NotNeeded,
                _ => Submission::In,
            };
            let findings = findings.get(&(branch.name(), *index)).copied().unwrap_or_default();
            MatrixCell { presence, rows: count, findings }
        };
        rows.push(MatrixRow { branch: branch.name(), kind: branch.kind(), cells: shown.iter().map(cell).collect() });
    }
    let titles = shown.iter().filter_map(|index| Some(notice.ledger.get_index(*index)?.1.title.as_str()));
    LedgerMatrix { ledgers: titles.collect(), rows }
}
