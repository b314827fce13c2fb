//! What the program has to say about its input: codes, severities, places and findings.
//!
//! Trouble in data is never an `Err`: it becomes a [`Diagnostic`], is collected and stops nothing else.
//! `Err` is left for I/O and for faults of the program itself.

pub mod code;
pub mod localize;
mod location;
pub mod render;

pub use code::{Code, CodeInfo};
pub use location::{CellRef, Location, Source, column_letters, write_address};

use serde::Serialize;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
pub enum Severity {
    /// Stops the report it belongs to from being made final.
    #[serde(rename = "错误")]
    Error,
    /// Worth a look before signing.
    #[serde(rename = "警告")]
    Warning,
    /// Said for the record.
    #[serde(rename = "提示")]
    Note,
}

impl Severity {
    /// The word a reader sees.
    pub fn label(self) -> &'static str {
        match self {
            Self::Error => "错误",
            Self::Warning => "警告",
            Self::Note => "提示",
        }
    }
}

/// One finding: what is wrong, where, and what cures it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where it was found.
    pub place: Location,
    /// The branch it belongs to, when one is known.
    pub branch: Option<String>,
    /// The finding in one sentence.
    pub message: String,
    /// What stands there.
    pub found: Option<String>,
    /// What should stand there.
    pub expected: Option<String>,
    /// What the reader can do about it.
    pub cure: Option<String>,
}

impl Diagnostic {
    /// A finding with its code's own severity and cure, and nothing else said yet.
    pub fn new(code: Code, place: Location, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity,
            place,
            branch: None,
            message: message.into(),
            found: None,
            expected: None,
            cure: Some(code.cure.to_owned()).filter(|c| !c.is_empty()),
        }
    }

    /// Names the branch the finding belongs to.
    pub fn of_branch(mut self, branch: &str) -> Self {
        self.branch = Some(branch.to_owned());
        self
    }

    /// Says what was found.
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(shortened(&found.into()));
        self
    }

    /// Says what was expected.
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says a cure fitter than the code's own.
    pub fn cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }
}

/// Characters of a cell that a finding repeats.
const REPEATED: usize = 80;

/// The beginning of a text, enough to know it by.
fn shortened(text: &str) -> String {
    let mut kept: String = text.chars().take(REPEATED).collect();
    if kept.len() < text.len() {
        kept.push_str("……");
    }
    kept
}

/// A stage's result together with everything it has to report.
#[derive(Clone, Debug, Default)]
pub struct WithDiagnostics<T> {
    /// The result.
    pub output: T,
    /// The findings, in the order they were made.
    pub findings: Vec<Diagnostic>,
}

impl<T> WithDiagnostics<T> {
    /// Hands the findings to `sink` and returns the bare result.
    pub fn unload(self, sink: &mut Vec<Diagnostic>) -> T {
        sink.extend(self.findings);
        self.output
    }
}
