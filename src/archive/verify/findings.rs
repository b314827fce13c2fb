//! What is wrong with one package.

use std::path::Path;

use crate::diagnostics::{Code, Diagnostic, Location};

/// The findings about one package, located at its path.
#[derive(Debug)]
pub(super) struct PackageFindings {
    location: Location,
    diagnostics: Vec<Diagnostic>,
}

impl PackageFindings {
    /// No findings about the package at `path`.
    pub(super) fn new(path: &Path) -> Self {
        Self { location: Location::File(path.display().to_string()), diagnostics: Vec::new() }
    }

    /// Adds a finding.
    pub(super) fn add(&mut self, code: Code, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(code, self.location.clone(), message));
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// The findings in the order in which they were added.
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}
