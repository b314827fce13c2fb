//! What keeps a report from being final, beside its gaps.

use crate::diagnostics::{Diagnostic, Severity};

/// The errors that stop a branch's final report: its own, and those that belong to no branch, for they may concern any.
pub fn errors<'f>(branch: &'f str, findings: &'f [Diagnostic]) -> impl Iterator<Item = &'f Diagnostic> {
    let concerns = move |finding: &&Diagnostic| finding.branch.as_ref().is_none_or(|name| name == branch);
    findings.iter().filter(|finding| finding.severity == Severity::Error).filter(concerns)
}

#[cfg(test)]
mod tests {
    use super::errors;
    use crate::diagnostics::{Diagnostic, Location, code};

    #[test]
    fn errors_of_the_branch_and_of_none_stop_a_final_report() {
        let error = Diagnostic::new(&code::REPORT, Location::Branch, "错");
        let count = |findings: &[Diagnostic]| errors("甲", findings).count();
        assert_eq!(count(&[error.clone().of_branch("甲")]), 1);
        assert_eq!(count(&[error.clone().of_branch("丙")]), 0);
        assert_eq!(count(&[error]), 1);
    }
}
