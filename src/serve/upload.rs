//! Stores uploaded ledgers: unpacks zips, makes names safe, reads every file in a worker process, moves it into the
//! ledger folder.
//!
//! The name a sender gives, or an entry of a zip, becomes a path only through [`safe_path`]: `..`, absolute paths,
//! drive letters, device names and hidden names do not survive it. A file that cannot be read as a ledger, or is none
//! by its extension, is refused and deleted. [`VersionedDir`](crate::store::VersionedDir) keeps what is replaced.

use std::collections::HashSet;
use std::io;
use std::time::{Duration, Instant};

use super::clock::now;
use super::flash::Flash;
use super::form::{MAX_FILES, MAX_REQUEST_BYTES, UploadedFile};
use super::state::AppState;
use crate::archive::zip::{self, UnpackLimits};
use crate::diagnostics::localize;
use crate::escape::visible;
use crate::ingest::{LEDGER_EXTENSIONS, ReadError, is_ledger};
use crate::pipeline::{FilePreview, Previewer, Settings, chain, other_notices};
use crate::store::{ChangeKind, IncomingFile, safe_path};

/// How long reading the files of one request may take, besides the file under way.
const READ_TIME: Duration = Duration::from_secs(60);

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

/// Bytes that one ledger file may have, by the notice settings.
pub(super) fn max_file_bytes(settings: &Settings) -> u64 {
    settings.notice.limits.file_mib.saturating_mul(1 << 20)
}

/// Stores uploaded ledgers and reports for each file whether it was stored or why not.
pub(super) fn store_uploads(
    state: &AppState,
    settings: &Settings,
    uploads: Vec<UploadedFile>,
    on_conflict: NameConflict,
) -> Flash {
    let mut batch = UploadBatch { state, settings, on_conflict, stored: HashSet::new(), flash: Flash::default() };
    let mut accepted = Vec::new();
    let others = other_notices(&state.paths.notice);
    for upload in batch.unpack_zips(uploads) {
        match safe_path(&upload.name).filter(|path| is_ledger(path)) {
            Some(path) if path.split_once('/').is_some_and(|(folder, _)| others.iter().any(|name| name == folder)) => {
                batch
                    .refuse(&upload.name, "这个文件夹的名称是另一份通知的，放在里面的台账只归那份通知；请给文件夹改名");
            }
            Some(path) => accepted.push(Accepted { upload, path }),
            None => batch.refuse(&upload.name, &format!("不是台账文件（{}）", accepted_extensions("、"))),
        }
    }
    batch.read_and_store(accepted);
    if batch.flash.done.is_empty() && batch.flash.refused.is_empty() {
        batch.flash.refused.push("没有选文件".to_owned());
    }
    batch.flash
}

/// An upload with the safe path it is to be stored under.
struct Accepted {
    upload: UploadedFile,
    path: String,
}

/// The files of one upload request.
struct UploadBatch<'a> {
    state: &'a AppState,
    settings: &'a Settings,
    on_conflict: NameConflict,
    /// Paths stored by this batch: a later file of the batch never replaces an earlier one.
    stored: HashSet<String>,
    flash: Flash,
}

impl UploadBatch<'_> {
    /// Replaces each zip by the files in it.
    fn unpack_zips(&mut self, uploads: Vec<UploadedFile>) -> Vec<UploadedFile> {
        let mut files = Vec::new();
        for upload in uploads {
            if upload.name.to_lowercase().ends_with(".zip") {
                match unzip(self.state, self.settings, &upload) {
                    Ok(entries) => files.extend(entries),
                    Err(error) => self.refuse(&upload.name, &localize::chain(&error)),
                }
            } else {
                // Browsers send a file's name without folders; of anything longer, only the last part counts.
                let name = upload.name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
                files.push(UploadedFile { name, file: upload.file });
            }
        }
        files
    }

    /// Reads and stores files one at a time; the request has its client's turn. Files that hang keep one worker and their own
    /// sender waiting.
    fn read_and_store(&mut self, files: Vec<Accepted>) {
        let previewer = Previewer::new(&self.settings.notice, &self.state.paths.machine.program);
        let started = Instant::now();
        for one in files {
            if started.elapsed() > READ_TIME {
                let reason = format!("这次上传读了 {} 秒还没有读完；请分几次再传", READ_TIME.as_secs());
                self.refuse(&one.upload.name, &reason);
                continue;
            }
            let result = previewer.read(one.upload.file.path(), &one.path);
            match result {
                Ok(preview) => self.store(one, &describe_preview(&preview, self.settings)),
                Err(error) => self.refuse(&one.upload.name, &describe_read_error(&error)),
            }
        }
    }

    fn store(&mut self, one: Accepted, description: &str) {
        let Accepted { upload, path } = one;
        let ledgers = &self.state.ledgers;
        let result = if self.on_conflict == NameConflict::KeepBoth || self.stored.contains(&path) {
            ledgers.put_beside(upload.file, &path, &now())
        } else {
            ledgers.put(upload.file, &path, None, &now())
        };
        match result {
            Ok(Some(change)) => {
                let is_replacement = change.kind == ChangeKind::Replaced;
                let replaced = if is_replacement { "，换下了原来的同名文件" } else { "" };
                self.flash.done.push(format!("收下“{}”{replaced}：{description}", change.name));
                self.flash.undo.extend(is_replacement.then_some(change.number));
                self.stored.insert(change.name);
            }
            Ok(None) => self.flash.done.push(format!("“{path}”和已有的一样，没有变化")),
            Err(error) => self.refuse(&upload.name, &chain(&error)),
        }
    }

    fn refuse(&mut self, name: &str, reason: &str) {
        self.flash.refused.push(format!("“{}”没有收下：{reason}", visible(name)));
    }
}

/// Unpacks a zip into temporary files; entry names stay text until [`safe_path`].
fn unzip(state: &AppState, settings: &Settings, zip: &UploadedFile) -> io::Result<Vec<UploadedFile>> {
    let limits = UnpackLimits { files: MAX_FILES, each: max_file_bytes(settings), all: MAX_REQUEST_BYTES as u64 };
    let mut files = Vec::new();
    zip::unpack(zip.file.path(), limits, &mut |name, bytes| {
        let mut file = state.ledgers.receive().map_err(|error| error.source)?;
        io::copy(bytes, &mut file)?;
        files.push(UploadedFile { name: name.to_owned(), file });
        Ok(())
    })?;
    Ok(files)
}

/// Reads an uploaded file in a worker process under the name it will have in the ledger folder.
///
/// # Errors
/// With the reason and the cure, to show to the user.
pub(super) fn preview_upload(
    state: &AppState,
    settings: &Settings,
    file: &IncomingFile,
    name: &str,
) -> Result<FilePreview, String> {
    let previewer = Previewer::new(&settings.notice, &state.paths.machine.program);
    previewer.read(file.path(), name).map_err(|error| describe_read_error(&error))
}

fn describe_read_error(error: &ReadError) -> String {
    format!("{}。办法：{}", error.reason(), error.cure())
}

/// One sentence: which ledgers a file was recognized as, and how many rows it has.
pub(super) fn describe_preview(preview: &FilePreview, settings: &Settings) -> String {
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
