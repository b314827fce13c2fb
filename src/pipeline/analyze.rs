//! From settings and ledgers to bound, checked rows: the first half of a build, and all that `check` and `form` need.

use std::path::Path;

use super::read::{LedgerContent, read};
use super::{BuildError, Progress, Settings};
use crate::check::{self, RuleContext};
use crate::diagnostics::{Diagnostic, Findings};
use crate::ingest::Readers;
use crate::manifest::CurrentReport;
use crate::model::{self, BoundLedgers};
use crate::picture::Pictures;
use crate::reconcile::RowAudit;
use crate::store::Digest;

/// Ledgers read, bound and checked.
#[derive(Debug, Default)]
pub struct Analysis {
    /// The branches with their rows.
    pub bound: BoundLedgers,
    /// All findings of settings, files and rows, with the severities that the settings give them.
    pub findings: Vec<Diagnostic>,
    /// An account of the rows as they were read, before they were bound.
    pub audit: RowAudit,
    /// The files that were read, by their paths below the input folder, with the hashes of their bytes.
    pub files: Vec<(String, Digest)>,
    /// The prepared pictures of picture columns, by their hashes.
    pub(crate) pictures: Pictures,
    /// What reports would be now: the branches' in the roster's order, then the department's. Filled by
    /// [`super::check()`].
    pub(crate) current: Vec<CurrentReport>,
    /// Bytes that the contents of the files count in the run's budget.
    pub(crate) held: u64,
}

/// Reads all ledgers below `input`, gives each branch its rows, and runs the rules.
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
    let mut findings = Findings::new(notice.severity_overrides());
    findings.extend(settings.computed_in_templates());
    let LedgerContent { mut content, audit, held } = read(settings, input, readers, progress)?.append_to(&mut findings);
    let (files, pictures) = (std::mem::take(&mut content.files), std::mem::take(&mut content.pictures));
    let bound = model::bind(content, notice).append_to(&mut findings);
    findings.extend(check::check(RuleContext { notice, expressions, bound: &bound }));
    Ok(Analysis { bound, findings: findings.into_vec(), audit, files, pictures, current: Vec::new(), held })
}
