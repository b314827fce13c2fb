//! Which reports can be made final, from the record of a run and the findings in the ledgers as they are now.

use crate::diagnostics::{Diagnostic, Severity};
use crate::manifest::{ReportOutcome, RunManifest};

/// Whose reports can be final.
#[derive(Debug, Default)]
pub struct Readiness<'r> {
    /// The branches without a gap in the report and without an error that stops it.
    pub ready: Vec<&'r ReportOutcome>,
    /// The other branches.
    pub open: Vec<&'r ReportOutcome>,
}

/// Parts the branches of a run into those whose reports can be final and the others.
pub fn readiness<'r>(run: &'r RunManifest, findings: &[Diagnostic]) -> Readiness<'r> {
    let mut readiness = Readiness::default();
    for record in &run.branches {
        let is_ready = record.gaps.is_empty() && errors(&record.name, findings).next().is_none();
        if is_ready { readiness.ready.push(record) } else { readiness.open.push(record) }
    }
    readiness
}

/// The errors that stop a branch's final report: its own, and those that belong to no branch, for they may concern any.
pub fn errors<'f>(branch: &'f str, findings: &'f [Diagnostic]) -> impl Iterator<Item = &'f Diagnostic> {
    let concerns = move |finding: &&Diagnostic| finding.branch.as_ref().is_none_or(|name| name == branch);
    findings.iter().filter(|finding| finding.severity == Severity::Error).filter(concerns)
}

#[cfg(test)]
mod tests {
    use super::readiness;
    use crate::diagnostics::{Diagnostic, Location, code};
    use crate::manifest::{ReportOutcome, RunManifest};
    use crate::report::Gap;

    #[test]
    fn gaps_and_errors_stop_a_final_report() {
        let record = |name: &str, gaps: usize| ReportOutcome {
            name: name.to_owned(),
            gaps: vec![Gap::default(); gaps],
            ..ReportOutcome::default()
        };
        let run = RunManifest {
            branches: vec![record("甲", 0), record("乙", 1), record("丙", 0)],
            ..RunManifest::default()
        };
        let error = Diagnostic::new(&code::REPORT, Location::Branch, "错");
        let names = |findings: &[Diagnostic]| {
            readiness(&run, findings).ready.iter().map(|record| record.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["甲", "丙"]);
        assert_eq!(names(&[error.clone().of_branch("丙")]), ["甲"]);
        assert!(names(&[error]).is_empty());
    }
}
