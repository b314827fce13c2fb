//! Replaces one ledger by an uploaded file, which keeps the ledger's name.

use super::questions::{FileFingerprint, KnownFiles, about_copy, together};
use super::{NameConflict, UploadBatch, describe_preview, describe_read_error};
use crate::diagnostics::localize;
use crate::escape::visible;
use crate::ingest::{LedgerFile, find_files};
use crate::pipeline::{Settings, other_notices};
use crate::serve::author::Author;
use crate::serve::flash::Flash;
use crate::serve::form::UploadedFile;
use crate::serve::held_uploads::{Accepted, HeldFile};
use crate::serve::state::AppState;
use crate::store::{Digest, VersionedDirError};

/// Replaces `file`, whose contents a page showed with the hash `seen`; a file that is perhaps not the same ledger waits
/// for an answer.
pub(in crate::serve) fn store_replacement(
    state: &AppState,
    settings: &Settings,
    file: &LedgerFile,
    seen: Digest,
    upload: UploadedFile,
    author: &Author,
) -> Flash {
    let mut batch = UploadBatch::new(state, settings, NameConflict::Replace, author);
    let path = file.relative_path().to_owned();
    if batch.current_hash(&path) != Some(seen) {
        batch.refuse(&upload.name, &VersionedDirError::Changed(file.name().to_owned()).to_string());
        return batch.finish();
    }
    let (old, new) = (extension(&path), extension(&upload.name));
    if old != new {
        let sent = if new.is_empty() { "没有扩展名".to_owned() } else { format!("是 .{new} 文件") };
        let reason = format!(
            "原来的是 .{old} 文件，这个{sent}。办法：另存为 .{old} 再换；确实要换格式的，到“台账”里放入新的，再移走旧的"
        );
        batch.refuse(&upload.name, &reason);
        return batch.finish();
    }
    let preview = match batch.previewer.read(upload.file.path(), file.name()) {
        Ok(preview) => preview,
        Err(error) => {
            batch.refuse(&upload.name, &describe_read_error(&error));
            return batch.finish();
        }
    };
    let description = describe_preview(&preview, settings);
    let others = find_files(&state.paths.input, &other_notices(&state.paths.notice));
    let mut known = KnownFiles::new(&others.map(|found| found.output).unwrap_or_default());
    let contents = match FileFingerprint::of(upload.file.path()) {
        Ok(contents) => contents,
        Err(error) => {
            batch.refuse(&upload.name, &localize::io_error(&error));
            return batch.finish();
        }
    };
    let copy = known.copy_of(&contents, &path).map(|other| about_copy(&path, &other));
    let question = together(batch.question_about_replacing(&path, &preview), copy);
    let accepted = Accepted { name: upload.name, file: upload.file, path };
    match question {
        Some(question) => batch.held.push(HeldFile { accepted, question, description, replaces: Some(seen) }),
        None => drop(batch.put(accepted, &description, Some(seen))),
    }
    batch.finish()
}

/// The extension of a file's name in lower case; empty when it has none.
fn extension(name: &str) -> String {
    let name = visible(name);
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_lowercase())
}
