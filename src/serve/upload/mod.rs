//! Stores uploaded ledgers: unpacks zips, makes names safe, reads every file in a worker process, moves it into the
//! ledger folder.
//!
//! The name a sender gives, or an entry of a zip, becomes a path only through [`safe_path`]: `..`, absolute paths,
//! drive letters, device names and hidden names do not survive it. A file that cannot be read as a ledger, or is none
//! by its extension, is refused and deleted; a refused file keeps no other out. A file that is perhaps not meant waits
//! for an answer ([`questions`], [`held_uploads`](super::held_uploads)). [`VersionedDir`](crate::store::VersionedDir)
//! keeps what is replaced; the changes of an upload are undone in one step.

mod questions;
mod replacement;

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

pub(super) use replacement::store_replacement;

use super::author::Author;
use super::clock::now;
use super::flash::{Flash, StoredLedger};
use super::form::{MAX_FILES, MAX_REQUEST_BYTES, PartialForm, RefusedFile, UploadedFile};
use super::held_uploads::{Accepted, HeldFile};
use super::state::AppState;
use crate::archive::zip::{self, UnpackLimits};
use crate::diagnostics::localize;
use crate::escape::visible;
use crate::ingest::{LEDGER_EXTENSIONS, ReadError, find_files, is_ledger, is_temporary};
use crate::notice::Limits;
use crate::pipeline::{FilePreview, Previewer, Settings, chain, folder_name, other_notices};
use crate::store::{ChangeKind, ChangeOrigin, Digest, safe_path, sha256};
use questions::{FileFingerprint, KnownFiles, about_copy, about_replacement, together};

/// How long reading the files of one request may take, besides the file under way.
pub(super) const READ_TIME: Duration = Duration::from_secs(60);

/// The extensions of ledgers, each with its point.
pub(super) fn accepted_extensions(separator: &str) -> String {
    LEDGER_EXTENSIONS.map(|extension| format!(".{extension}")).join(separator)
}

/// What to do with a file whose name exists already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameConflict {
    /// Replace the existing file, which moves into the history.
    Replace,
    /// Store the new file under a free name.
    KeepBoth,
}

/// Bytes that one ledger file may have where there are no settings yet.
pub(super) fn default_file_bytes() -> u64 {
    Limits::default().file_mib << 20
}

/// Bytes that one ledger file may have, by the notice settings.
pub(super) fn max_file_bytes(settings: &Settings) -> u64 {
    settings.notice.limits.file_mib.saturating_mul(1 << 20)
}

/// Stores uploaded ledgers and reports for each file whether it was stored or why not.
pub(super) fn store_uploads(
    state: &AppState,
    settings: &Settings,
    received: PartialForm,
    on_conflict: NameConflict,
    author: &Author,
) -> Flash {
    let mut batch = UploadBatch::new(state, settings, on_conflict, author);
    for RefusedFile { name, reason } in received.refused {
        batch.refuse(&name, &reason);
    }
    let mut accepted = Vec::new();
    let folders = NoticeFolders::of(&state.paths.notice);
    for upload in batch.unpack_zips(received.form.files) {
        if is_temporary(upload.name.rsplit(['/', '\\']).next().unwrap_or_default()) {
            batch.refuse(
                &upload.name,
                "是表格软件打开文件时的临时文件，不是台账；在表格软件里保存、关上以后，放入台账本身",
            );
            continue;
        }
        let path = safe_path(&upload.name).filter(|path| is_ledger(path));
        match (path.as_deref().and_then(|path| folders.refusal(path)), path) {
            (Some(reason), _) => batch.refuse(&upload.name, reason),
            (None, Some(path)) => accepted.push(Accepted { name: upload.name, file: upload.file, path }),
            (None, None) => batch.refuse(&upload.name, &format!("不是台账文件（{}）", accepted_extensions("、"))),
        }
    }
    batch.read_and_store(accepted);
    let mut flash = batch.finish();
    if flash == Flash::default() {
        flash.refused.push("没有选文件".to_owned());
    }
    flash
}

/// The names of the folders of notices. A folder of ledgers that is called like one belongs to that notice alone, this
/// one included, from then on.
struct NoticeFolders {
    own: Option<String>,
    others: Vec<String>,
}

impl NoticeFolders {
    fn of(notice: &Path) -> Self {
        let others = other_notices(notice).iter().map(|name| name.to_lowercase()).collect();
        Self { own: folder_name(notice).map(|name| name.to_lowercase()), others }
    }

    /// Why no file is stored at a path, if it begins with such a name. Some systems take names that differ in case for
    /// one.
    fn refusal(&self, path: &str) -> Option<&'static str> {
        let folder = path.split_once('/')?.0.to_lowercase();
        if self.own.as_ref() == Some(&folder) {
            return Some(
                "这个文件夹与通知的文件夹同名，放进去以后就只读它里面的台账；请给文件夹改名，或者只选里面的文件",
            );
        }
        let is_other = self.others.contains(&folder);
        is_other.then_some("这个文件夹的名称是另一份通知的，放在里面的台账只归那份通知；请给文件夹改名")
    }
}

/// Stores those of an upload's files that waited for an answer, and that `is_taken` chooses by their positions.
pub(super) fn answer(
    state: &AppState,
    settings: &Settings,
    key: &str,
    is_taken: &dyn Fn(usize) -> bool,
    author: &Author,
) -> Flash {
    let Some(files) = state.held_uploads.take(key) else {
        return Flash::refused("这些文件已经有人决定过，或者放得太久；要放的请再传一次");
    };
    let mut batch = UploadBatch::new(state, settings, NameConflict::Replace, author);
    for (position, file) in files.into_iter().enumerate() {
        if is_taken(position) {
            batch.put(file.accepted, &file.description, file.replaces);
        } else {
            batch.flash.done.push(format!("“{}”没有放入", visible(&file.accepted.path)));
        }
    }
    batch.finish()
}

/// The files of one upload request.
struct UploadBatch<'a> {
    state: &'a AppState,
    settings: &'a Settings,
    previewer: Previewer<'a>,
    on_conflict: NameConflict,
    /// Who sends them.
    by: String,
    /// Paths stored by this batch: a later file of the batch never replaces an earlier one.
    stored: HashSet<String>,
    held: Vec<HeldFile>,
    flash: Flash,
}

impl<'a> UploadBatch<'a> {
    fn new(state: &'a AppState, settings: &'a Settings, on_conflict: NameConflict, author: &Author) -> Self {
        Self {
            state,
            settings,
            previewer: Previewer::new(&settings.notice, &state.paths.machine.program),
            on_conflict,
            by: author.line(),
            stored: HashSet::new(),
            held: Vec::new(),
            flash: Flash::default(),
        }
    }

    /// Keeps the files that wait for an answer; what happened to all of them.
    fn finish(self) -> Flash {
        let mut flash = self.flash;
        if !self.held.is_empty() {
            flash.asked = self.held.len();
            self.state.held_uploads.insert(self.held, &self.by);
        }
        flash
    }

    /// Replaces each zip by the files in it.
    fn unpack_zips(&mut self, uploads: Vec<UploadedFile>) -> Vec<UploadedFile> {
        let mut files = Vec::new();
        for upload in uploads {
            if upload.name.to_lowercase().ends_with(".zip") {
                let refused = self.flash.refused.len();
                match self.unzip(&upload) {
                    Ok(entries) if entries.is_empty() && self.flash.refused.len() == refused => {
                        self.refuse(&upload.name, "压缩包里没有文件，请把台账放进去再传");
                    }
                    Ok(entries) => files.extend(entries),
                    Err(error) => self.refuse(&upload.name, &localize::chain(&error)),
                }
            } else {
                // Browsers send a file's name without folders; of anything longer, only the last part counts.
                let name = upload.name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
                files.push(UploadedFile { name, field: upload.field, file: upload.file });
            }
        }
        files
    }

    /// Unpacks a zip into temporary files; entry names stay text until [`safe_path`].
    fn unzip(&mut self, zip: &UploadedFile) -> io::Result<Vec<UploadedFile>> {
        let each = max_file_bytes(self.settings);
        let limits = UnpackLimits { files: MAX_FILES, each, all: MAX_REQUEST_BYTES as u64 };
        let mut files = Vec::new();
        let skipped = zip::unpack(zip.file.path(), limits, &mut |name, bytes| {
            let mut file = self.state.ledgers.receive().map_err(|error| error.source)?;
            io::copy(bytes, &mut file)?;
            files.push(UploadedFile { name: name.to_owned(), field: String::new(), file });
            Ok(())
        })?;
        skipped.iter().for_each(|entry| self.refuse(&entry.name, &entry.reason));
        Ok(files)
    }

    /// Reads and stores files one at a time; the request has its client's turn. Files that hang keep one worker and
    /// their own sender waiting.
    fn read_and_store(&mut self, files: Vec<Accepted>) {
        let others = other_notices(&self.state.paths.notice);
        // A folder that cannot be listed is a finding of the page; there is nothing to compare with then.
        let there = find_files(&self.state.paths.input, &others).map(|found| found.output).unwrap_or_default();
        let mut known = KnownFiles::new(&there);
        let started = Instant::now();
        for one in files {
            if started.elapsed() > READ_TIME {
                let reason = format!("这次上传读了 {} 秒还没有读完；请分几次再传", READ_TIME.as_secs());
                self.refuse(&one.name, &reason);
                continue;
            }
            let contents = match FileFingerprint::of(one.file.path()) {
                Ok(contents) => contents,
                Err(error) => {
                    self.refuse(&one.name, &localize::io_error(&error));
                    continue;
                }
            };
            match self.previewer.read(one.file.path(), &one.path) {
                Ok(preview) => self.store_or_ask(one, &preview, contents, &mut known),
                Err(error) => self.refuse(&one.name, &describe_read_error(&error)),
            }
        }
    }

    fn store_or_ask(
        &mut self,
        one: Accepted,
        preview: &FilePreview,
        contents: FileFingerprint,
        known: &mut KnownFiles,
    ) {
        let description = describe_preview(preview, self.settings);
        let is_replacing = self.on_conflict == NameConflict::Replace && !self.stored.contains(&one.path);
        let current = if is_replacing { self.current_hash(&one.path) } else { None };
        let is_changed = current.is_some_and(|current| current != contents.hash);
        let copy = known.copy_of(&contents, &one.path).map(|other| about_copy(&one.path, &other));
        let replacement = if is_changed { self.question_about_replacing(&one.path, preview) } else { None };
        let question = together(replacement, copy);
        match question {
            Some(question) => {
                self.held.push(HeldFile { accepted: one, question, description, replaces: current });
            }
            None => {
                let is_stored = if is_replacing {
                    self.put(one, &description, current)
                } else {
                    self.put_beside(one, &description)
                };
                if let Some(name) = is_stored {
                    known.add(&name, &contents);
                }
            }
        }
    }

    /// The hash of the file at that path in the ledger folder; `None` when there is none.
    fn current_hash(&self, path: &str) -> Option<Digest> {
        let bytes = crate::store::inside_without_links(self.state.ledgers.root(), path)
            .and_then(|path| crate::store::read_regular(&path).ok());
        bytes.map(|bytes| sha256(&bytes))
    }

    /// The question about a file that would replace the one of the same path.
    fn question_about_replacing(&self, path: &str, preview: &FilePreview) -> Option<String> {
        let file = crate::store::inside_without_links(self.state.ledgers.root(), path)?;
        // What replaces a file that cannot be read is an improvement.
        let current = self.previewer.read(&file, path).ok()?;
        about_replacement(path, &current, preview, self.settings)
    }

    fn origin<'o>(&self, at: &'o str, by: &'o str) -> ChangeOrigin<'o> {
        ChangeOrigin { at, by, upload: self.flash.undo }
    }

    /// Stores a file in place of the one of its path, whose hash is `replaces`, or, without one, under a free name. The
    /// name under which it was stored.
    fn put(&mut self, one: Accepted, description: &str, replaces: Option<Digest>) -> Option<String> {
        if replaces.is_none() && self.current_hash(&one.path).is_some() {
            return self.put_beside(one, description);
        }
        let Accepted { name, file, path } = one;
        let (at, by) = (now(), self.by.clone());
        let result = self.state.ledgers.put(file, &path, replaces.as_ref(), self.origin(&at, &by));
        self.tell(&name, &path, description, result)
    }

    fn put_beside(&mut self, one: Accepted, description: &str) -> Option<String> {
        let Accepted { name, file, path } = one;
        let (at, by) = (now(), self.by.clone());
        let result = self.state.ledgers.put_beside(file, &path, self.origin(&at, &by));
        self.tell(&name, &path, description, result)
    }

    /// Adds the outcome of storing a file to the message; the name under which it was stored.
    fn tell(
        &mut self,
        sent_name: &str,
        path: &str,
        description: &str,
        result: Result<Option<crate::store::FolderChange>, crate::store::VersionedDirError>,
    ) -> Option<String> {
        match result {
            Ok(Some(change)) => {
                let is_replacement = change.kind == ChangeKind::Replaced;
                let replaced = if is_replacement { "，换下了原来的同名文件" } else { "" };
                let sentence = format!("收下“{}”{replaced}：{description}", visible(&change.name));
                self.flash.stored.push(StoredLedger { name: visible(&change.name).into_owned(), sentence });
                self.flash.undo = self.flash.undo.or(Some(change.number));
                self.stored.insert(change.name.clone());
                Some(change.name)
            }
            Ok(None) => {
                self.flash.done.push(format!("“{}”和已有的一样，没有变化", visible(path)));
                None
            }
            Err(error) => {
                self.refuse(sent_name, &chain(&error));
                None
            }
        }
    }

    fn refuse(&mut self, name: &str, reason: &str) {
        self.flash.refused.push(format!("“{}”没有收下：{reason}", visible(name)));
    }
}

fn describe_read_error(error: &ReadError) -> String {
    format!("{}。办法：{}", error.reason(), error.cure())
}

/// One sentence: which ledgers a file was recognized as, and how many rows it has.
fn describe_preview(preview: &FilePreview, settings: &Settings) -> String {
    if preview.sheets.is_empty() {
        return "文件里没有内容".to_owned();
    }
    let tables = preview.sheets.iter().flat_map(|sheet| &sheet.tables);
    let titles = tables.filter_map(|table| Some(settings.notice.ledger.get_index(table.ledger)?.1.title.as_str()));
    let mut titles: Vec<&str> = titles.collect();
    titles.dedup();
    if titles.is_empty() {
        return "没有认出是哪一种台账，点开看看建议".to_owned();
    }
    let rows: usize = preview.sheets.iter().map(|sheet| sheet.rows).sum();
    format!("认作《{}》，{rows} 行", titles.join("》《"))
}
