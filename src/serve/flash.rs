//! What is said once, on the page that follows a deed: a deed answers with the address of a page, so that going back
//! or loading again does nothing twice.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::secret::random;

/// Notes that are kept.
const KEPT: usize = 200;

/// What is said of a deed.
#[derive(Clone, Debug, Default)]
pub struct Flash {
    /// What was done.
    pub done: Vec<String>,
    /// What was not, and why.
    pub refused: Vec<String>,
    /// The numbers of the changes that can be undone.
    pub undo: Vec<u64>,
}

/// The notes of a server.
#[derive(Default)]
pub struct FlashStore(Mutex<VecDeque<(String, Arc<Flash>)>>);

impl FlashStore {
    /// Keeps a note; the key that a page asks for it by.
    pub fn keep(&self, note: Flash) -> String {
        let key: String = random().unwrap_or_default().chars().take(16).collect();
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() >= KEPT {
            notes.pop_front();
        }
        notes.push_back((key.clone(), Arc::new(note)));
        key
    }

    /// The note with that key.
    pub fn get(&self, key: &str) -> Option<Arc<Flash>> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.iter().find(|(known, _)| known == key).map(|(_, note)| Arc::clone(note))
    }
}
