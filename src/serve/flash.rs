//! Flash messages: the outcome of an action, shown on the page that the action redirects to.
//!
//! Actions answer 303 with `?flash=KEY`; the page looks the message up under that key. Reloading the page shows the
//! message again but never repeats the action. Messages are kept in memory, the last [`CAPACITY`] of them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::secret::random;

/// Messages kept; the oldest is dropped first.
const CAPACITY: usize = 200;

/// The outcome of an action.
#[derive(Clone, Debug, Default)]
pub(super) struct Flash {
    /// What was done, a sentence each.
    pub done: Vec<String>,
    /// What was refused and why, a sentence each.
    pub refused: Vec<String>,
    /// Numbers of the ledger changes that the page offers to undo.
    pub undo: Vec<u64>,
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
        Self { done: vec![message.into()], undo: vec![change], ..Self::default() }
    }
}

/// The messages of a server, oldest first.
#[derive(Default)]
pub(super) struct FlashStore(Mutex<VecDeque<(String, Arc<Flash>)>>);

impl FlashStore {
    /// Keeps a message and returns its key: 16 random hexadecimal digits.
    pub(super) fn insert(&self, flash: Flash) -> String {
        let key: String = random().unwrap_or_default().chars().take(16).collect();
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
}
