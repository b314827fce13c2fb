//! Uploaded files that wait for an answer: whether they are stored all the same.
//!
//! They are in memory by an upload's key, their bytes in the temporary files of uploads; both go when the question is
//! answered, when later uploads take the place, and with the server.

use std::sync::Arc;

use super::keyed::Keyed;
use crate::store::{Digest, IncomingFile};

/// The most uploads that are kept; the oldest is dropped for another.
const CAPACITY: usize = 8;

/// An uploaded file with the safe path it is to be stored under.
#[derive(Debug)]
pub(super) struct Accepted {
    /// The name its sender gives it.
    pub name: String,
    /// Its content, in a temporary file.
    pub file: IncomingFile,
    /// The path below the ledger folder.
    pub path: String,
}

/// A file that waits for an answer.
#[derive(Debug)]
pub(super) struct HeldFile {
    pub accepted: Accepted,
    /// What is asked, a Chinese sentence.
    pub question: String,
    /// What the file holds, a Chinese sentence.
    pub description: String,
    /// The hash of the contents that it would replace; none when it would be stored beside all others.
    pub replaces: Option<Digest>,
}

/// What a page shows of a file that waits.
#[derive(Clone, Debug)]
pub(super) struct HeldQuestion {
    /// The name under which it would be stored.
    pub path: String,
    /// What is asked.
    pub question: String,
}

/// The questions that an upload raised, as pages list them.
#[derive(Clone, Debug)]
pub(super) struct HeldUpload {
    /// The upload's key.
    pub key: String,
    /// Who sent it.
    pub by: String,
    /// A question a file.
    pub questions: Arc<[HeldQuestion]>,
}

struct PendingUpload {
    upload: HeldUpload,
    files: Vec<HeldFile>,
}

/// The uploads of a server that wait for an answer.
#[derive(Default)]
pub(super) struct HeldUploads(Keyed<PendingUpload, CAPACITY>);

impl HeldUploads {
    /// Keeps the files of an upload until they are taken.
    pub(super) fn insert(&self, files: Vec<HeldFile>, by: &str) {
        let question =
            |file: &HeldFile| HeldQuestion { path: file.accepted.path.clone(), question: file.question.clone() };
        let questions = files.iter().map(question).collect();
        self.0.insert_with(|key| {
            let upload = HeldUpload { key: key.to_owned(), by: by.to_owned(), questions };
            PendingUpload { upload, files }
        });
    }

    /// What waits, the newest first.
    pub(super) fn list(&self) -> Vec<HeldUpload> {
        self.0.map(|kept| kept.upload.clone())
    }

    /// The files with that key, which wait no longer; `None` when another answer took them.
    pub(super) fn take(&self, key: &str) -> Option<Vec<HeldFile>> {
        self.0.take(key).map(|kept| kept.files)
    }
}
