//! Guesses about ledgers, each with its reason and how sure it is. One file, one rule.

pub(super) mod branch_column;
pub(super) mod choices;
pub(super) mod column_type;
pub(super) mod implied_unit;
mod order;
pub(super) mod part_of_year;
pub(super) mod period;
pub(super) mod roster;
pub(super) mod same_branch;
pub(super) mod title;
pub(super) mod unit;
pub(super) mod variants;

/// How sure a guess is; only what is certain is not asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// There is no clue, but something must be assumed.
    Assumed,
    /// A single clue points to it.
    Likely,
    /// The form or the cells say it, or a person did.
    Certain,
}

/// A value that was guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Guess<T> {
    /// The value that is written into the settings.
    pub value: T,
    /// Why, in Chinese; it follows “猜的：”.
    pub reason: String,
    /// How sure it is.
    pub confidence: Confidence,
}

impl<T> Guess<T> {
    pub(super) fn new(value: T, confidence: Confidence, reason: impl Into<String>) -> Self {
        Self { value, reason: reason.into(), confidence }
    }

    /// A value that a person gave.
    pub(super) fn given(value: T) -> Self {
        Self::new(value, Confidence::Certain, "照您说的")
    }
}
