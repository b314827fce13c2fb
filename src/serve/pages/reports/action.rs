//! What the pages do to reports.

/// The address of the actions.
pub(super) const ADDRESS: &str = "/reports";

/// What is done to reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve::pages) enum ReportAction {
    /// Make drafts; final reports stay.
    Draft,
    /// Make final.
    Finalize,
    /// Turn final reports back into drafts.
    Withdraw,
}

impl ReportAction {
    /// The value of the field `what`.
    pub(super) fn value(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Finalize => "final",
            Self::Withdraw => "withdraw",
        }
    }

    /// The action with that value.
    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Finalize, Self::Withdraw].into_iter().find(|action| action.value() == text)
    }
}
