//! Reads all ledgers of a folder, in parallel, in the order of their names.
//!
//! Large files come first so that none is left to one core at the end; small ones share a pool of twice as many threads
//! as cores, for they mostly wait for worker processes. One file that cannot be read is a finding and stops no other;
//! what all files together may take is decided in `run_budget`.

use std::cmp::Reverse;
use std::path::Path;

use rayon::prelude::*;

use super::run_budget::RunBudget;
use super::{BuildError, BuildStage, Progress, Settings, other_notices};
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code};
use crate::ingest::{self, InputContent, LedgerFile, LedgerMatcher, Readers};
use crate::reconcile::RowAudit;

/// Bytes below which a file is small: exchanging it with a worker process takes longer than reading it.
const SMALL: u64 = 1 << 16;

/// Number of small files from which a pool of their own, with a worker process for each thread, pays.
const MANY: usize = 32;

/// What all ledger files hold, before any row is given to a branch.
#[derive(Debug, Default)]
pub(super) struct LedgerContent {
    /// Tables, sheets that bring none, and the files with their hashes.
    pub content: InputContent,
    /// An account of the rows, to be reconciled with what the reports use.
    pub audit: RowAudit,
    /// Bytes that the contents of the files count in the run's budget.
    pub held: u64,
}

/// One file's share of it.
struct FileContent {
    content: WithDiagnostics<InputContent>,
    audit: RowAudit,
}

/// The result of reading a file.
struct CountedFile {
    /// The file's index in the order of names.
    index: usize,
    /// Bytes that its content takes in a run.
    size: u64,
    /// `None` when the run's budget was used up when it was read.
    content: Option<FileContent>,
}

/// Reads all ledgers below `folder`. A cancelled run leaves out the files that it did not reach. Where all files
/// together exceed the run's budget, the largest are refused.
///
/// # Errors
/// When the folder cannot be listed.
pub(super) fn read(
    settings: &Settings,
    folder: &Path,
    readers: &Readers,
    progress: &dyn Progress,
) -> Result<WithDiagnostics<LedgerContent>, BuildError> {
    let unreadable = |source| BuildError::Input { folder: folder.to_owned(), source };
    let mut files = ingest::find_files(folder, &other_notices(settings.notice.file())).map_err(unreadable)?;
    let mut findings: Vec<Diagnostic> = Vec::new();
    files.findings.retain(|finding| !is_about_picture(finding, settings));
    let files = files.append_to(&mut findings);
    let reader = FileReader { settings, matcher: LedgerMatcher::new(&settings.notice), readers, progress };
    let budget = RunBudget::new(readers.run_budget());
    progress.stage(BuildStage::Read, files.len());
    let mut read = reader.read_all(files.iter().enumerate().collect(), |content| {
        progress.step();
        budget.keep(content.content.output.run_size())
    });
    let mut sizes = vec![0; files.len()];
    read.iter().for_each(|file| sizes[file.index] = file.size);
    let refused = budget.refuse(&sizes);
    // Contents that were kept are dropped before others are read.
    let mut again = Vec::new();
    for file in &mut read {
        if refused.contains(file.index) {
            file.content = None;
        } else if file.content.is_none() {
            again.push((file.index, &files[file.index]));
        }
    }
    read.retain(|file| file.content.is_some() || refused.contains(file.index));
    read.extend(reader.read_all(again, |_| true));
    read.sort_by_key(|file| file.index);
    let mut all = LedgerContent::default();
    for CountedFile { index, size, content } in read {
        let Some(FileContent { content, audit }) = content else {
            findings.push(refused.finding(files[index].name(), size));
            continue;
        };
        let content = content.append_to(&mut findings);
        all.held = all.held.saturating_add(size);
        all.content.append(content);
        all.audit = all.audit.joined(audit);
    }
    let pictures = ingest::read_picture_folders(folder, &reader.matcher, readers).append_to(&mut findings);
    let audits = pictures.tables.iter().map(|table| RowAudit::of(table, &settings.expressions));
    all.audit = audits.fold(all.audit, RowAudit::joined);
    all.content.append(pictures);
    Ok(WithDiagnostics::new(all, findings))
}

/// What reads the files of a run.
struct FileReader<'a> {
    settings: &'a Settings,
    matcher: LedgerMatcher<'a>,
    readers: &'a Readers,
    progress: &'a dyn Progress,
}

impl FileReader<'_> {
    /// Reads files on several threads; `keeps` decides from a file's content whether it is kept.
    fn read_all(
        &self,
        files: Vec<(usize, &LedgerFile)>,
        keeps: impl Fn(&FileContent) -> bool + Sync,
    ) -> Vec<CountedFile> {
        let read_one = |(index, file): (usize, &LedgerFile)| {
            let content = self.read_file(file);
            let size = content.content.output.run_size();
            let content = Some(content).filter(&keeps);
            CountedFile { index, size, content }
        };
        let read_part = |files: Vec<(usize, &LedgerFile)>| -> Vec<CountedFile> {
            files.into_iter().par_bridge().filter(|_| !self.progress.is_cancelled()).map(&read_one).collect()
        };
        let SortedFiles { large, small } = by_size(files);
        let threads = rayon::current_num_threads();
        let (mut read, read_small) = rayon::join(
            || self.on_threads(threads, || read_part(large)),
            || if small.is_empty() { Vec::new() } else { self.on_threads(2 * threads, || read_part(small)) },
        );
        read.extend(read_small);
        read
    }

    fn read_file(&self, file: &LedgerFile) -> FileContent {
        let content = ingest::read_file(file, &self.matcher, self.readers);
        let audits = content.output.tables.iter().map(|table| RowAudit::of(table, &self.settings.expressions));
        let audit = audits.fold(RowAudit::default(), RowAudit::joined);
        FileContent { content, audit }
    }

    /// Runs `act` in a pool of so many threads, but no more than the run's budget has room for files of the largest
    /// size that is read; in this pool when it has as many threads, or the system has none left.
    fn on_threads<T: Send>(&self, threads: usize, act: impl FnOnce() -> T + Send) -> T {
        let at_once = self.readers.run_budget() / self.readers.limits().memory.max(1);
        let threads = threads.min(usize::try_from(at_once).unwrap_or(usize::MAX)).max(1);
        if threads == rayon::current_num_threads() {
            return act();
        }
        match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
            Ok(pool) => pool.install(act),
            Err(_) => act(),
        }
    }
}

/// Whether a finding says that a picture, which cells may name, is no ledger.
fn is_about_picture(finding: &Diagnostic, settings: &Settings) -> bool {
    let Location::File(file) = &finding.location else { return false };
    finding.code == &code::SKIPPED && ingest::is_picture_file(file, &settings.notice)
}

/// Files with their indices, the largest first.
struct SortedFiles<'f> {
    large: Vec<(usize, &'f LedgerFile)>,
    /// Files to read on more threads; empty when there are too few of them.
    small: Vec<(usize, &'f LedgerFile)>,
}

fn by_size(files: Vec<(usize, &LedgerFile)>) -> SortedFiles<'_> {
    let mut large = files;
    large.sort_by_cached_key(|(_, file)| Reverse(file.size()));
    let mut small = large.split_off(large.partition_point(|(_, file)| file.size() >= SMALL));
    if small.len() < MANY {
        large.append(&mut small);
    }
    SortedFiles { large, small }
}
