//! Whose reports can be made final.

use crate::diagnostics::{Diagnostic, Severity};
use crate::manifest::{BranchRecord, RunManifest};

/// The branches of a run against whose final reports nothing stands, and the others: no gap in the report, and in the
/// ledgers, as `findings` tell, no error of theirs and none that no branch owns.
pub fn ready<'r>(run: &'r RunManifest, findings: &[Diagnostic]) -> (Vec<&'r BranchRecord>, Vec<&'r BranchRecord>) {
    let is_ready = |record: &&BranchRecord| record.gaps.is_empty() && errors(&record.name, findings).next().is_none();
    run.branches.iter().partition(is_ready)
}

/// The errors that stand against a branch's final report: its own, and those that no branch owns, which may be
/// anybody's.
pub fn errors<'f>(branch: &'f str, findings: &'f [Diagnostic]) -> impl Iterator<Item = &'f Diagnostic> {
    let concerns = move |finding: &&Diagnostic| finding.branch.as_ref().is_none_or(|own| own == branch);
    findings.iter().filter(|finding| finding.severity == Severity::Error).filter(concerns)
}

#[cfg(test)]
mod tests {
    use super::ready;
    use crate::diagnostics::{Diagnostic, Location, code};
    use crate::manifest::{BranchRecord, RunManifest};

    #[test]
    fn gaps_and_errors_stand_against_a_final_report() {
        let record = |name: &str, gaps: usize| BranchRecord {
            name: name.to_owned(),
            gaps: vec![(String::new(), String::new()); gaps],
            ..BranchRecord::default()
        };
        let run = RunManifest {
            branches: vec![record("甲", 0), record("乙", 1), record("丙", 0)],
            ..RunManifest::default()
        };
        let error = Diagnostic::new(&code::REPORT, Location::Branch, "错");
        let names = |findings: &[Diagnostic]| {
            ready(&run, findings).0.iter().map(|record| record.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["甲", "丙"]);
        assert_eq!(names(&[error.clone().of_branch("丙")]), ["甲"]);
        assert!(names(&[error]).is_empty());
    }
}
