//! Notices that are being made on the page: what was uploaded waits here while a person looks at the guesses.
//!
//! A draft is in memory, its files in the temporary files of uploads; both go when the notice is made, when later
//! drafts take the place, and with the server.

use std::sync::{Arc, Mutex};

use super::keyed::Keyed;
use crate::pipeline::NoticeSources;
use crate::scaffold::{Answers, Question, Scaffold, ScaffoldError, scaffold};
use crate::store::IncomingFile;

/// Drafts kept. What is kept of one file is bounded when it is read.
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

    /// The questions that a person should look at.
    pub(super) fn open_questions(&self) -> Vec<Question> {
        let questions = self.made.as_ref().map_or(&[][..], |made| &made.questions);
        questions.iter().filter(|question| question.is_open()).cloned().collect()
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

/// The drafts of a server by their keys.
pub(super) type NoticeDrafts = Keyed<Arc<Mutex<NoticeDraft>>, CAPACITY>;
