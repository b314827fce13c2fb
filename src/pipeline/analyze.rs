//! From settings and files to bound, checked rows: what `build`, `check` and `form` begin with.

use std::cmp::Reverse;
use std::path::Path;

use rayon::prelude::*;

use super::{BuildError, Progress, Stage};
use crate::check::{self, RuleContext};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::expr::Expressions;
use crate::ingest::{self, Cache, Content, LedgerFile, LedgerMatcher, Limits, RawSheet, ReadError, Readers};
use crate::model::{self, BoundLedgers};
use crate::notice::{Notice, NoticeError};
use crate::reconcile::RowAudit;
use crate::store::{Digest, sha256};
use crate::template::{Outline, Templates};

/// What earlier runs into an output folder read, there.
pub const CACHE: &str = ".zicha-cache";

/// Bytes below which a file is small: to tell another process of it, and to hear from it, takes longer than reading it.
const SMALL: u64 = 1 << 16;

/// Small files that are worth threads of their own, each of which starts another process.
const MANY: usize = 32;

/// A notice with its expressions and templates, all checked.
#[derive(Debug)]
pub struct Settings {
    /// The notice.
    pub notice: Notice,
    /// Its expressions.
    pub expressions: Expressions,
    /// The templates of the branches' reports.
    pub templates: Templates,
    /// The templates of the department's report, when it wants one.
    pub summary_templates: Option<Templates>,
}

impl Settings {
    /// Reads and checks everything that belongs to a notice.
    ///
    /// # Errors
    /// With file and line of everything that cannot be used.
    pub fn load(file: &Path) -> Result<Self, NoticeError> {
        Self::of(Notice::load(file)?)
    }

    /// Checks what belongs to a notice that is read already.
    ///
    /// # Errors
    /// With file and line of everything that cannot be used.
    pub fn of(notice: Notice) -> Result<Self, NoticeError> {
        known_codes(&notice)?;
        let expressions = Expressions::compile(&notice)?;
        let templates = Templates::for_branches(&notice)?;
        let summary_templates = Templates::for_summary(&notice)?;
        Ok(Self { notice, expressions, templates, summary_templates })
    }

    /// The hash of the settings and of the templates that the reports of branches of a kind are made of; with no
    /// kind, of all templates, the department's as well.
    pub fn digest(&self, kind: Option<&str>) -> Digest {
        let outline = Outline::for_branches(&self.notice);
        let all = std::iter::once(&self.templates).chain(&self.summary_templates);
        let templates: Vec<&str> = match kind {
            Some(kind) => self.templates.sources_for_kind(outline, kind).collect(),
            None => all.flat_map(Templates::all_sources).collect(),
        };
        let texts: Vec<&str> = std::iter::once(self.notice.text()).chain(templates).collect();
        // No text holds the sign between them.
        sha256(texts.join("\0").as_bytes())
    }

    /// The places where templates print what they computed themselves.
    fn computed(&self) -> Vec<Diagnostic> {
        let places = std::iter::once(&self.templates).chain(&self.summary_templates).flat_map(|t| &t.computed);
        let findings = places.map(|number| {
            let place = Location::Line { file: number.file.display().to_string(), line: number.line };
            Diagnostic::new(&code::COMPUTED, place, format!("“{}”是模板自己算的，没有来源", number.expression))
        });
        findings.collect()
    }
}

/// Ledgers read, bound and checked.
#[derive(Debug)]
pub struct Analysis {
    /// The branches with their rows.
    pub bound: BoundLedgers,
    /// Everything that was found.
    pub findings: Vec<Diagnostic>,
    /// The rows as they were before they were bound.
    pub census: RowAudit,
    /// The files that were read, with the hashes of their bytes.
    pub files: Vec<(String, Digest)>,
}

/// Reads all ledgers, gives each branch its rows, and runs the rules.
///
/// # Errors
/// When the folder cannot be listed.
pub fn analyze(
    settings: &Settings,
    input: &Path,
    readers: &Readers,
    progress: &dyn Progress,
) -> Result<Analysis, BuildError> {
    let Settings { notice, expressions, .. } = settings;
    let mut findings = settings.computed();
    let (mut content, census) = read(settings, input, readers, progress, &mut findings)?;
    let files = std::mem::take(&mut content.files);
    let bound = model::bind(content, notice).unload(&mut findings);
    findings.extend(check::check(RuleContext { notice, expressions, bound: &bound }));
    notice.apply_severity_overrides(&mut findings);
    Ok(Analysis { bound, findings, census, files })
}

/// The sheets of one file, for whoever wants to see what it holds.
///
/// # Errors
/// When the file is refused.
pub fn sheets(file: &Path, notice: &Notice, worker: &Path) -> Result<Vec<RawSheet>, ReadError> {
    ingest::sheets(file, &readers(notice, worker))
}

/// What reads ledgers, within the notice's limits; `worker` is the program that opens them: this one.
pub fn readers(notice: &Notice, worker: &Path) -> Readers {
    Readers::new(worker.to_owned(), limits(notice))
}

/// The same; what earlier runs into the folder `output` read they do not open again.
pub fn cached_readers(notice: &Notice, worker: &Path, output: &Path) -> Readers {
    let kept = std::fs::read(output.join(CACHE)).unwrap_or_default();
    let program = std::fs::metadata(worker).map(|program| (program.len(), program.modified().ok())).ok();
    let mark = format!("{} {program:?} {:?}", env!("CARGO_PKG_VERSION"), limits(notice));
    readers(notice, worker).with_cache(Cache::new(kept, mark))
}

/// Reads all ledgers, and takes the census of what they hold.
fn read(
    settings: &Settings,
    folder: &Path,
    readers: &Readers,
    progress: &dyn Progress,
    findings: &mut Vec<Diagnostic>,
) -> Result<(Content, RowAudit), BuildError> {
    let Settings { notice, expressions, .. } = settings;
    let files = ingest::find_files(folder)
        .map_err(|source| BuildError::Input { folder: folder.to_owned(), source })?
        .unload(findings);
    let ledger_matcher = LedgerMatcher::new(notice);
    progress.stage(Stage::Read, files.len());
    let one = |(at, file): (usize, &LedgerFile)| {
        let read = ingest::read_file(file, &ledger_matcher, readers);
        let tables = read.output.tables.iter().map(|table| RowAudit::of(table, expressions));
        let census = tables.fold(RowAudit::default(), RowAudit::joined);
        progress.step();
        (at, read, census)
    };
    // What a run that is cancelled did not read nobody uses.
    let all = |files: Vec<_>| -> Vec<_> {
        files.into_iter().par_bridge().filter(|_| !progress.is_cancelled()).map(one).collect()
    };
    let mut large: Vec<(usize, &LedgerFile)> = files.iter().enumerate().collect();
    // The longest first, or one core waits for it at the end.
    large.sort_by_cached_key(|(_, file)| Reverse(file.size()));
    let mut small = large.split_off(large.partition_point(|(_, file)| file.size() >= SMALL));
    if small.len() < MANY {
        large.append(&mut small);
    }
    let beside = || if small.is_empty() { Vec::new() } else { on_twice_as_many_threads(|| all(small)) };
    let (mut read, small) = rayon::join(|| all(large), beside);
    read.extend(small);
    read.sort_by_key(|(at, ..)| *at);
    let (mut content, mut census) = (Content::default(), RowAudit::default());
    for (_, file, own) in read {
        let file = file.unload(findings);
        content.tables.extend(file.tables);
        content.unread.extend(file.unread);
        content.files.extend(file.files);
        census = census.joined(own);
    }
    Ok((content, census))
}

/// Has twice as many threads as there are cores do something that mostly waits for other processes.
fn on_twice_as_many_threads<T: Send>(act: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(2 * rayon::current_num_threads()).build() {
        Ok(pool) => pool.install(act),
        Err(_) => act(),
    }
}

/// The notice's limits in bytes; text may take an eighth of the memory.
fn limits(notice: &Notice) -> Limits {
    let limits = &notice.limits;
    let mib = |mib: u64| mib.saturating_mul(1 << 20);
    Limits {
        file: mib(limits.file_mib),
        unpacked: mib(limits.unpacked_mib),
        memory: mib(limits.memory_mib),
        seconds: limits.seconds,
        cells: limits.cells,
        text: usize::try_from(mib(limits.memory_mib) / 8).unwrap_or(usize::MAX),
    }
}

/// Refuses a severity for a code that does not exist.
fn known_codes(notice: &Notice) -> Result<(), NoticeError> {
    let known: Vec<&str> = check::catalogue().iter().map(|code| code.id).collect();
    let unknown = notice.severity.keys().filter(|code| !known.contains(&code.get_ref().as_str()));
    let errors = unknown
        .map(|code| notice.error_at(code, format!("没有“{}”这个代码；现有：{}", code.get_ref(), known.join("、"))));
    NoticeError::all(errors.collect())
}
