//! Notices that are being made on the page: what was uploaded waits here while a person looks at the guesses.
//!
//! A draft is in memory, its files in the temporary files of uploads; both go when the notice is made, when later drafts
//! take the place, and with the server.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::secret::random;
use crate::pipeline::NoticeSources;
use crate::scaffold::{Answers, Scaffold, ScaffoldError, scaffold};
use crate::store::IncomingFile;

/// Drafts kept; the oldest is dropped first. What is kept of one file is bounded when it is read.
const CAPACITY: usize = 4;

/// A notice that is being made.
#[derive(Debug)]
pub(super) struct NoticeDraft {
    /// What was uploaded.
    pub sources: NoticeSources,
    /// The answers so far.
    answers: Answers,
    /// What they give; the reason why they give nothing.
    pub made: Result<Scaffold, ScaffoldError>,
    /// Counts the answers: a form that was shown before the last ones is refused.
    pub version: u64,
    /// The uploaded files, removed with the draft.
    _files: Vec<IncomingFile>,
}

impl NoticeDraft {
    /// A draft without answers.
    pub(super) fn new(sources: NoticeSources, files: Vec<IncomingFile>) -> Self {
        let answers = Answers::default();
        let made = scaffold(&sources.files, &sources.basis, &answers);
        Self { sources, answers, made, version: 0, _files: files }
    }

    /// Adds answers, by the keys of their questions. When nothing can be made with them, the draft stays as it was.
    ///
    /// # Errors
    /// With the reason.
    pub(super) fn answer(&mut self, answers: &[(String, String)], branches: Vec<String>) -> Result<(), ScaffoldError> {
        let mut all = self.answers.clone();
        answers.iter().for_each(|(key, answer)| all.insert(key, answer));
        let mut basis = self.sources.basis.clone();
        if !branches.is_empty() {
            basis.branches = branches;
        }
        self.made = Ok(scaffold(&self.sources.files, &basis, &all)?);
        (self.answers, self.sources.basis) = (all, basis);
        self.version += 1;
        Ok(())
    }
}

/// The drafts of a server, oldest first, by their keys.
#[derive(Debug, Default)]
pub(super) struct NoticeDrafts(Mutex<VecDeque<(String, Arc<Mutex<NoticeDraft>>)>>);

impl NoticeDrafts {
    /// Keeps a draft and returns its key: 16 random hexadecimal digits.
    pub(super) fn insert(&self, draft: NoticeDraft) -> String {
        let key: String = random().unwrap_or_default().chars().take(16).collect();
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if drafts.len() >= CAPACITY {
            drafts.pop_front();
        }
        drafts.push_back((key.clone(), Arc::new(Mutex::new(draft))));
        key
    }

    /// The draft with that key.
    pub(super) fn get(&self, key: &str) -> Option<Arc<Mutex<NoticeDraft>>> {
        let drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.iter().find(|(known, _)| known == key).map(|(_, draft)| Arc::clone(draft))
    }

    /// Drops the draft with that key.
    pub(super) fn remove(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| known != key);
    }
}
