//! The questions that are asked before an uploaded file is stored: whether it is the ledger that it would replace, and
//! whether the same bytes are not there already under another name.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use crate::escape::visible;
use crate::ingest::LedgerFile;
use crate::pipeline::{FilePreview, Settings};
use crate::store::{Digest, read_regular, sha256};

/// A file with fewer rows than one part in so many of those it replaces is asked about.
const SUSPICIOUS_SHARE: usize = 2;

/// What a file holds, as far as a replacement is compared by it.
struct FileSummary<'n> {
    titles: Vec<&'n str>,
    ledgers: BTreeSet<usize>,
    rows: usize,
}

impl<'n> FileSummary<'n> {
    fn new(preview: &FilePreview, settings: &'n Settings) -> Self {
        let tables = || preview.sheets.iter().flat_map(|sheet| &sheet.tables);
        let ledgers: BTreeSet<usize> = tables().map(|table| table.ledger).collect();
        let title = |ledger: &usize| Some(settings.notice.ledger.get_index(*ledger)?.1.title.as_str());
        let titles = ledgers.iter().filter_map(title).collect();
        Self { titles, ledgers, rows: preview.sheets.iter().map(|sheet| sheet.rows).sum() }
    }

    fn text(&self) -> String {
        if self.titles.is_empty() {
            return "没有认出是哪一种台账".to_owned();
        }
        format!("是《{}》，{} 行", self.titles.join("》《"), self.rows)
    }
}

/// The question about a file in place of another; `None` when it is the same ledger with about as many rows.
pub(super) fn about_replacement(
    name: &str,
    old: &FilePreview,
    new: &FilePreview,
    settings: &Settings,
) -> Option<String> {
    let (old, new) = (FileSummary::new(old, settings), FileSummary::new(new, settings));
    let name = visible(name);
    if !old.ledgers.is_subset(&new.ledgers) {
        return Some(format!("“{name}”原来{}；新的文件{}。要换下原来的吗？", old.text(), new.text()));
    }
    let is_much_less = new.rows < old.rows.div_ceil(SUSPICIOUS_SHARE);
    is_much_less.then(|| format!("“{name}”原来有 {} 行，新的只有 {} 行。要换下原来的吗？", old.rows, new.rows))
}

/// The question about a file of which there is a copy under another name.
pub(super) fn about_copy(name: &str, other: &str) -> String {
    format!("“{}”和“{}”内容一模一样，放进来每一行都会算两遍。还要放吗？", visible(name), visible(other))
}

/// All that is to be asked about one file.
pub(super) fn together(replacement: Option<String>, copy: Option<String>) -> Option<String> {
    match (replacement, copy) {
        (Some(replacement), Some(copy)) => Some(replacement + &copy),
        (replacement, copy) => replacement.or(copy),
    }
}

/// The contents of ledgers, by which copies are recognised. A file is read only when its size is that of another.
#[derive(Debug, Default)]
pub(super) struct KnownFiles {
    files: Vec<KnownFile>,
}

#[derive(Debug)]
struct KnownFile {
    name: String,
    size: u64,
    /// Set when the file was read.
    hash: Option<Digest>,
    path: std::path::PathBuf,
}

impl KnownFiles {
    /// The ledgers of a folder.
    pub(super) fn new(files: &[LedgerFile]) -> Self {
        let known = |file: &LedgerFile| KnownFile {
            name: file.relative_path().to_owned(),
            size: file.size(),
            hash: None,
            path: file.path().to_owned(),
        };
        Self { files: files.iter().map(known).collect() }
    }

    /// The name of a file with these contents, other than `name`.
    pub(super) fn copy_of(&mut self, contents: &FileFingerprint, name: &str) -> Option<String> {
        let same_size = self.files.iter_mut().filter(|file| file.size == contents.size && file.name != name);
        for file in same_size {
            // One that cannot be read is no copy.
            let hash = file.hash.or_else(|| Some(sha256(&read_regular(&file.path).ok()?)));
            file.hash = hash;
            if hash == Some(contents.hash) {
                return Some(file.name.clone());
            }
        }
        None
    }

    /// Adds a file that was stored, or replaced one.
    pub(super) fn add(&mut self, name: &str, contents: &FileFingerprint) {
        self.files.retain(|file| file.name != name);
        self.files.push(KnownFile {
            name: name.to_owned(),
            size: contents.size,
            hash: Some(contents.hash),
            path: std::path::PathBuf::new(),
        });
    }
}

/// Size and hash of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct FileFingerprint {
    size: u64,
    pub hash: Digest,
}

impl FileFingerprint {
    /// Those of the file at that path.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let bytes = read_regular(path)?;
        Ok(Self { size: bytes.len() as u64, hash: sha256(&bytes) })
    }
}
