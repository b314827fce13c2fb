//! From settings and files to bound, checked rows: what `build`, `check` and `form` begin with.

use std::path::Path;

use rayon::prelude::*;

use super::BuildError;
use crate::check::{self, Scope};
use crate::diag::Diagnostic;
use crate::expr::Expressions;
use crate::ingest::{self, Content, Limits, RawSheet, Readers, Refusal};
use crate::merge::Templates;
use crate::model::{self, Bound};
use crate::notice::{Notice, NoticeError};

/// A notice with its expressions and templates, all checked.
#[derive(Debug)]
pub struct Settings {
    /// The notice.
    pub notice: Notice,
    /// Its expressions.
    pub expressions: Expressions,
    /// Its templates.
    pub templates: Templates,
}

impl Settings {
    /// Reads and checks everything that belongs to a notice.
    ///
    /// # Errors
    /// With file and line of everything that cannot be used.
    pub fn load(file: &Path) -> Result<Self, NoticeError> {
        let notice = Notice::load(file)?;
        known_codes(&notice)?;
        let expressions = Expressions::compile(&notice)?;
        let templates = Templates::load(&notice)?;
        Ok(Self { notice, expressions, templates })
    }
}

/// Ledgers read, bound and checked.
#[derive(Debug)]
pub struct Examined {
    /// The branches with their rows.
    pub bound: Bound,
    /// Everything that was found.
    pub findings: Vec<Diagnostic>,
}

/// Reads all ledgers, gives each branch its rows, and runs the rules.
///
/// # Errors
/// When the folder cannot be listed.
pub fn examine(settings: &Settings, input: &Path, worker: &Path) -> Result<Examined, BuildError> {
    let Settings { notice, expressions, .. } = settings;
    let mut findings = Vec::new();
    let bound = read(input, worker, notice, &mut findings)?;
    findings.extend(check::check(Scope { notice, expressions, bound: &bound }));
    notice.weigh(&mut findings);
    Ok(Examined { bound, findings })
}

/// The sheets of one file, for whoever wants to see what it holds.
///
/// # Errors
/// When the file is refused.
pub fn sheets(file: &Path, notice: &Notice, worker: &Path) -> Result<Vec<RawSheet>, Refusal> {
    ingest::sheets(file, &Readers::new(worker.to_owned(), limits(notice)))
}

/// Reads all ledgers and gives each branch its rows.
fn read(folder: &Path, worker: &Path, notice: &Notice, findings: &mut Vec<Diagnostic>) -> Result<Bound, BuildError> {
    let files = ingest::find_files(folder)
        .map_err(|source| BuildError::Input { folder: folder.to_owned(), source })?
        .unload(findings);
    let readers = Readers::new(worker.to_owned(), limits(notice));
    let read: Vec<_> = files.par_iter().map(|file| ingest::read_file(file, notice, &readers)).collect();
    let mut content = Content::default();
    for file in read {
        let file = file.unload(findings);
        content.tables.extend(file.tables);
        content.unread.extend(file.unread);
    }
    Ok(model::bind(content, notice).unload(findings))
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
