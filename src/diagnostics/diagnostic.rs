//! A finding.

use super::code::Code;
use super::location::Location;
use super::severity::Severity;
use crate::escape::visible_content;

/// A finding: what is wrong, where, and what the reader can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The code of the catalogue.
    pub code: Code,
    /// The code's severity, or that of `[severity]` in the settings.
    pub severity: Severity,
    /// Where the fault is; a cell whenever one is known.
    pub location: Location,
    /// The name of the branch whose report it concerns, when it concerns one.
    pub branch: Option<String>,
    /// What is wrong, in one Chinese sentence without a full stop.
    pub message: String,
    /// The content found, at most 80 characters of it.
    pub found: Option<String>,
    /// What the content should be, in Chinese.
    pub expected: Option<String>,
    /// What the reader can do about it.
    pub cure: Option<String>,
}

impl Diagnostic {
    /// A finding with the severity and the cure of its code.
    pub fn new(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity,
            location,
            branch: None,
            message: message.into(),
            found: None,
            expected: None,
            cure: Some(code.cure.to_owned()).filter(|c| !c.is_empty()),
        }
    }

    /// Sets the branch whose report the finding concerns.
    pub fn of_branch(mut self, branch: &str) -> Self {
        self.branch = Some(branch.to_owned());
        self
    }

    /// Sets the content found; a long one is shortened, and invisible characters are shown by their codes.
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(visible_content(&shortened(&found.into())).into_owned());
        self
    }

    /// Sets the content expected.
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Replaces the cure of the code.
    pub fn cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }
}

/// The number of characters of a cell's content that a finding shows.
const MAX_FOUND: usize = 80;

/// The first [`MAX_FOUND`] characters of a text, with dots when more follow.
fn shortened(text: &str) -> String {
    let mut kept: String = text.chars().take(MAX_FOUND).collect();
    if kept.len() < text.len() {
        kept.push_str("……");
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::{Location, code};
    use super::Diagnostic;

    #[test]
    fn invisible_characters_in_what_was_found_are_shown() {
        let finding =
            Diagnostic::new(&code::ROSTER, Location::Branch, "没有名称").found("教务处\u{200d}党支部\n38　人 ");
        assert_eq!(finding.found.as_deref(), Some("教务处‹U+200D›党支部\n38　人 "));
    }
}
