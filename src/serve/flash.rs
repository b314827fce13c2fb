//! Flash messages: the outcome of an action, shown on the page that the action redirects to.
//!
//! Actions answer 303 with `?flash=KEY`; the page looks the message up under that key. A page that waits for a cached
//! value and reloads itself shows the message each time; once a page is complete, the message goes with it, so that a
//! reload by the user shows it no more. Messages are kept in memory, the last [`CAPACITY`] of them.

use std::sync::Arc;

use super::keyed::Keyed;

/// Messages kept; the oldest is dropped first.
const CAPACITY: usize = 200;

/// A ledger that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoredLedger {
    /// Its name as findings have it; the page adds what was found in it.
    pub name: String,
    /// What was stored, a sentence.
    pub sentence: String,
}

/// A scan that waits to be put to the report whose code it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MisplacedScan {
    /// The key under which it waits.
    pub key: String,
    /// What was found, a sentence.
    pub sentence: String,
    /// The name of the branch or department that it belongs to.
    pub report: String,
}

/// The outcome of an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flash {
    /// The key under which it is kept; set when it is kept.
    pub key: String,
    /// The ledgers that were stored, each with a sentence.
    pub stored: Vec<StoredLedger>,
    /// The number of files that wait for an answer.
    pub asked: usize,
    /// What was done, a sentence each.
    pub done: Vec<String>,
    /// What was refused and why, a sentence each.
    pub refused: Vec<String>,
    /// The upload that the page offers to undo, by the number of its first change.
    pub undo: Option<u64>,
    /// A scan of another report than the one it was sent to, which waits to be put there.
    pub misplaced: Option<MisplacedScan>,
    /// What was typed into a form that was refused, by the names of the fields: the page shows it again.
    pub typed: Vec<(String, String)>,
    /// Numbers of the changes of signed copies that the page offers to undo together.
    pub undo_scans: Vec<u64>,
}

impl Flash {
    /// The outcome of an action that was refused.
    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self { refused: vec![reason.into()], ..Self::default() }
    }

    /// The same, with what was typed.
    pub(super) fn refused_with(reason: impl Into<String>, typed: Vec<(String, String)>) -> Self {
        Self { typed, ..Self::refused(reason) }
    }

    /// What was typed into a field; empty when nothing was, or the form was not refused.
    pub(super) fn typed(&self, name: &str) -> &str {
        self.typed.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The outcome of an action that was done and cannot be undone.
    pub(super) fn done(message: impl Into<String>) -> Self {
        Self { done: vec![message.into()], ..Self::default() }
    }

    /// The outcome of a ledger change that can be undone.
    pub(super) fn undoable(message: impl Into<String>, change: u64) -> Self {
        Self { done: vec![message.into()], undo: Some(change), ..Self::default() }
    }
}

/// The outcomes that browsers have not shown yet; the oldest is dropped beyond `CAPACITY`.
#[derive(Default)]
pub(super) struct FlashStore(Keyed<Arc<Flash>, CAPACITY>);

impl FlashStore {
    /// Keeps a message and returns its key.
    pub(super) fn insert(&self, mut flash: Flash) -> String {
        self.0.insert_with(|key| {
            key.clone_into(&mut flash.key);
            Arc::new(flash)
        })
    }

    /// The message with that key.
    pub(super) fn get(&self, key: &str) -> Option<Arc<Flash>> {
        self.0.get(key)
    }

    /// Drops a message that a complete page has shown.
    pub(super) fn remove(&self, shown: &Flash) {
        drop(self.0.take(&shown.key));
    }
}
