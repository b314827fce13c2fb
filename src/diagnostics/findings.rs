//! Findings on their way from the stage that makes them to the reader.
//!
//! - A function that yields a value and findings returns [`WithDiagnostics`]; one that yields findings alone returns
//!   `Vec<Diagnostic>`. No function takes a list to push into, but for [`WithDiagnostics::append_to`].
//! - A finding has its code's own severity until it enters [`Findings`], the collector of an orchestrator (`build`,
//!   `analyze`, `archive`, `status`): there, and nowhere else, the notice's `[severity]` overrides are applied.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Diagnostic, Location, Severity, SeverityCounts};

/// A stage's result together with its findings, which have their codes' own severities.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct WithDiagnostics<T> {
    /// The result.
    pub output: T,
    /// The findings, in the order they were made.
    pub findings: Vec<Diagnostic>,
}

impl<T> WithDiagnostics<T> {
    /// Puts a result and its findings together.
    pub fn new(output: T, findings: Vec<Diagnostic>) -> Self {
        Self { output, findings }
    }

    /// Appends the findings to `sink` and returns the bare result.
    pub fn append_to(self, sink: &mut impl Extend<Diagnostic>) -> T {
        sink.extend(self.findings);
        self.output
    }
}

/// A notice's `[severity]` table: severities by code, in place of the codes' own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeverityOverrides(IndexMap<String, Severity>);

impl SeverityOverrides {
    /// Whether every code keeps its own severity.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The severity that a finding is reported with.
    pub fn severity_of(&self, finding: &Diagnostic) -> Severity {
        self.0.get(finding.code.id).copied().unwrap_or(finding.severity)
    }
}

impl FromIterator<(String, Severity)> for SeverityOverrides {
    fn from_iter<I: IntoIterator<Item = (String, Severity)>>(overrides: I) -> Self {
        Self(overrides.into_iter().collect())
    }
}

/// Collects the findings of a run. The severity overrides are applied once, when a finding is added.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    overrides: SeverityOverrides,
    collected: Vec<Diagnostic>,
}

impl Findings {
    /// An empty collection that applies `overrides` to each finding it takes in.
    pub fn new(overrides: SeverityOverrides) -> Self {
        Self { overrides, collected: Vec::new() }
    }

    /// Continues a collection that was made with the same overrides: `collected` is not changed.
    pub fn resume(overrides: SeverityOverrides, collected: Vec<Diagnostic>) -> Self {
        Self { overrides, collected }
    }

    /// Takes in one finding.
    pub fn push(&mut self, mut finding: Diagnostic) {
        finding.severity = self.overrides.severity_of(&finding);
        self.collected.push(finding);
    }

    /// The findings so far, with the severities that they are reported with.
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.collected
    }

    /// How many findings there are of each severity.
    pub fn counts(&self) -> SeverityCounts {
        self.collected.iter().collect()
    }

    /// The findings, in the order they came in.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.collected
    }
}

/// Findings that differ in nothing but the branch, at a file or a line of a template, as one: the fault is the same and
/// mended once.
pub fn merge_equal(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut merged: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    let mut counts: IndexMap<String, (usize, usize)> = IndexMap::new();
    for finding in findings {
        let is_shared = matches!(finding.location, Location::Line { .. } | Location::File(_));
        if is_shared && finding.branch.is_some() {
            let key = format!("{} {:?} {}", finding.code.id, finding.location, finding.message);
            let (_, count) = counts.entry(key).or_insert((merged.len(), 0));
            *count += 1;
            if *count > 1 {
                continue;
            }
        }
        merged.push(finding);
    }
    for (at, count) in counts.into_values().filter(|(_, count)| *count > 1) {
        let name = merged[at].branch.take().unwrap_or_default();
        merged[at].message = format!("{}（{name}等 {count} 个单位都是）", merged[at].message);
    }
    merged
}

impl Extend<Diagnostic> for Findings {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, findings: I) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}

#[cfg(test)]
mod tests {
    use super::merge_equal;
    use crate::diagnostics::{Diagnostic, Location, code};

    #[test]
    fn a_fault_of_a_template_is_said_once() {
        let at = |line| Location::Line { file: "t.md".to_owned(), line };
        let finding = |line, branch: &str| Diagnostic::new(&code::REPORT, at(line), "错").of_branch(branch);
        let other = Diagnostic::new(&code::REPORT, Location::Branch, "错").of_branch("甲");
        let findings = vec![finding(1, "甲"), other.clone(), finding(1, "乙"), finding(2, "丙"), other.clone()];
        let merged = merge_equal(findings);
        let messages: Vec<&str> = merged.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["错（甲等 2 个单位都是）", "错", "错", "错"]);
        assert_eq!((merged[0].branch.as_deref(), merged[2].branch.as_deref()), (None, Some("丙")));
    }
}
