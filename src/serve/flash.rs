//! Flash messages: the outcome of an action, shown on the page that the action redirects to.
//!
//! Actions answer 303 with `?flash=KEY`; the page looks the message up under that key. A page that waits for a cached value
//! and reloads itself shows the message each time; once a page is complete, the message goes with it, so that a reload by
//! the user shows it no more. Messages are kept in memory, the last [`CAPACITY`] of them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::secret::random;

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

/// The outcome of an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flash {
    /// The key under which it is kept; set when it is kept.
    pub key: String,
    /// The ledgers that were stored.
    pub stored: Vec<StoredLedger>,
    /// The number of files that wait for an answer.
    pub asked: usize,
    /// What was done, a sentence each.
    pub done: Vec<String>,
    /// What was refused and why, a sentence each.
    pub refused: Vec<String>,
    /// The upload that the page offers to undo, by the number of its first change.
    pub undo: Option<u64>,
    /// Numbers of the changes of signed copies that the page offers to undo together.
    pub undo_scans: Vec<u64>,
}

impl Flash {
    /// The outcome of an action that was refused.
    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self { refused: vec![reason.into()], ..Self::default() }
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

/// The messages of a server, oldest first.
#[derive(Default)]
pub(super) struct FlashStore(Mutex<VecDeque<(String, Arc<Flash>)>>);

impl FlashStore {
    /// Keeps a message and returns its key: 16 random hexadecimal digits.
    pub(super) fn insert(&self, mut flash: Flash) -> String {
        let key: String = random().unwrap_or_default().chars().take(16).collect();
        flash.key.clone_from(&key);
        let mut flashes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if flashes.len() >= CAPACITY {
            flashes.pop_front();
        }
        flashes.push_back((key.clone(), Arc::new(flash)));
        key
    }

    /// The message with that key.
    pub(super) fn get(&self, key: &str) -> Option<Arc<Flash>> {
        let flashes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        flashes.iter().find(|(known, _)| known == key).map(|(_, flash)| Arc::clone(flash))
    }

    /// Drops a message that a complete page has shown.
    pub(super) fn remove(&self, shown: &Flash) {
        let mut flashes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        flashes.retain(|(key, _)| *key != shown.key);
    }
}
