//! Reads all ledgers of a folder, in parallel, in the order of their names.
//!
//! Large files come first so that none is left to one core at the end; small ones share a pool of twice as many threads
//! as cores, for they mostly wait for worker processes. One file that cannot be read is a finding and stops no other.

use std::cmp::Reverse;
use std::path::Path;

use rayon::prelude::*;

use super::{BuildError, Progress, Settings, Stage};
use crate::diagnostics::{Diagnostic, WithDiagnostics};
use crate::ingest::{self, Content, LedgerFile, LedgerMatcher, Readers};
use crate::reconcile::RowAudit;

/// Bytes below which a file is small: exchanging it with a worker process takes longer than reading it.
const SMALL: u64 = 1 << 16;

/// Number of small files from which a pool of their own, with a worker process for each thread, pays.
const MANY: usize = 32;

/// What all ledger files hold, before any row is given to a branch.
#[derive(Debug, Default)]
pub(super) struct LedgerContent {
    /// Tables, sheets that bring none, and the files with their hashes.
    pub content: Content,
    /// An account of the rows, to be reconciled with what the reports use.
    pub audit: RowAudit,
}

/// One file's share of it, with the file's index in the order of names.
struct FileContent {
    index: usize,
    content: WithDiagnostics<Content>,
    audit: RowAudit,
}

/// Reads all ledgers below `folder`. A cancelled run leaves out the files that it did not reach.
///
/// # Errors
/// When the folder cannot be listed.
pub(super) fn read(
    settings: &Settings,
    folder: &Path,
    readers: &Readers,
    progress: &dyn Progress,
) -> Result<WithDiagnostics<LedgerContent>, BuildError> {
    let files = ingest::find_files(folder).map_err(|source| BuildError::Input { folder: folder.to_owned(), source })?;
    let mut findings: Vec<Diagnostic> = Vec::new();
    let files = files.append_to(&mut findings);
    let matcher = LedgerMatcher::new(&settings.notice);
    progress.stage(Stage::Read, files.len());
    let read_one = |(index, file): (usize, &LedgerFile)| {
        let content = ingest::read_file(file, &matcher, readers);
        let audits = content.output.tables.iter().map(|table| RowAudit::of(table, &settings.expressions));
        let audit = audits.fold(RowAudit::default(), RowAudit::joined);
        progress.step();
        FileContent { index, content, audit }
    };
    let read_all = |files: Vec<(usize, &LedgerFile)>| -> Vec<FileContent> {
        files.into_iter().par_bridge().filter(|_| !progress.is_cancelled()).map(read_one).collect()
    };
    let SortedFiles { large, small } = by_size(&files);
    let read_small = || if small.is_empty() { Vec::new() } else { on_twice_as_many_threads(|| read_all(small)) };
    let (mut read, read_small) = rayon::join(|| read_all(large), read_small);
    read.extend(read_small);
    read.sort_by_key(|file| file.index);
    let mut all = LedgerContent::default();
    for file in read {
        let content = file.content.append_to(&mut findings);
        all.content.tables.extend(content.tables);
        all.content.unread.extend(content.unread);
        all.content.files.extend(content.files);
        all.audit = all.audit.joined(file.audit);
    }
    Ok(WithDiagnostics::new(all, findings))
}

/// Files with their indices, the largest first.
struct SortedFiles<'f> {
    large: Vec<(usize, &'f LedgerFile)>,
    /// Files to read on more threads; empty when there are too few of them.
    small: Vec<(usize, &'f LedgerFile)>,
}

fn by_size(files: &[LedgerFile]) -> SortedFiles<'_> {
    let mut large: Vec<(usize, &LedgerFile)> = files.iter().enumerate().collect();
    large.sort_by_cached_key(|(_, file)| Reverse(file.size()));
    let mut small = large.split_off(large.partition_point(|(_, file)| file.size() >= SMALL));
    if small.len() < MANY {
        large.append(&mut small);
    }
    SortedFiles { large, small }
}

/// Runs `act` in a pool of twice as many threads as there are cores; in this one when the system has no threads left.
fn on_twice_as_many_threads<T: Send>(act: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(2 * rayon::current_num_threads()).build() {
        Ok(pool) => pool.install(act),
        Err(_) => act(),
    }
}
