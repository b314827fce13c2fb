//! Findings counted by severity.

use serde::{Deserialize, Serialize, Serializer};

use super::{Diagnostic, Severity};

/// How many findings there are of each severity. JSON has them as the array `[errors, warnings, notes]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct SeverityCounts {
    /// Findings of severity [`Severity::Error`].
    pub errors: usize,
    /// Findings of severity [`Severity::Warning`].
    pub warnings: usize,
    /// Findings of severity [`Severity::Note`].
    pub notes: usize,
}

impl SeverityCounts {
    /// Counts one finding more.
    pub fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note => self.notes += 1,
        }
    }
}

impl<'f> FromIterator<&'f Diagnostic> for SeverityCounts {
    fn from_iter<I: IntoIterator<Item = &'f Diagnostic>>(findings: I) -> Self {
        let mut counts = Self::default();
        findings.into_iter().for_each(|finding| counts.add(finding.severity));
        counts
    }
}

/// An array. The derived `Deserialize` reads one as well: serde takes a sequence for a struct.
impl Serialize for SeverityCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [self.errors, self.warnings, self.notes].serialize(serializer)
    }
}
