//! The order of the rooms, and the only place that knows it.

mod analyze;
mod archive;
mod build;
mod cache_key;
mod finalize;
mod gap_hints;
mod handouts;
mod header_alias;
mod inputs;
mod preview;
mod previous_run;
mod progress;
pub mod rebuild;
mod report;
mod summary;
mod verify;

use std::path::PathBuf;

use indexmap::IndexMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::diagnostics::{Diagnostic, Severity};
use crate::ingest::{self, fold};
use crate::manifest::Issued;
use crate::model::Branch;
use crate::notice::{Notice, NoticeError, nearest};
use crate::reconcile::Reconciliation;
use crate::render::{Format, RenderError};
use crate::store::{self, Digest, LockScope};

pub use crate::diagnostics::localize::chain;
pub use analyze::{Analysis, Settings, analyze, cached_readers, readers, sheets};
pub use archive::{ArchiveError, ArchiveOptions, ArchiveOutcome, archive};
pub use build::build;
pub use finalize::{errors, ready};
pub use gap_hints::{GapHint, gap_hints};
pub use handouts::{forms, issue_list, issue_lists};
pub use header_alias::{HeaderAliasError, accept_header_alias};
pub use preview::{FilePreview, SheetPreview, previews};
pub use progress::{NoProgress, Progress, Stage};
pub use verify::{RebuildError, Verification, verify};

/// What a build is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The notice's settings.
    pub notice: PathBuf,
    /// The folder of ledgers.
    pub input: PathBuf,
    /// The program that reads files when called with [`ingest::worker::SUBCOMMAND`]: this one.
    pub worker: PathBuf,
    /// The folder that receives the reports.
    pub output: PathBuf,
    /// The formats to write.
    pub formats: Vec<Format>,
    /// Names of the branches to build; all when empty.
    pub branches: Vec<String>,
    /// 成文日期, when not the settings'.
    pub date: Option<Date>,
    /// Whether a report with a gap or an error is refused.
    pub is_final: bool,
    /// Whether DOCX reports tell the sources of their metrics in comments.
    pub trace: bool,
    /// Whether files that a person changed are replaced, each after a copy was saved.
    pub force: bool,
    /// Whether files of branches that the roster does not list any more are removed.
    pub prune: bool,
    /// Which reports this run makes.
    pub part: RunScope,
}

/// The folders and files that a department works on.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The notice's settings.
    pub notice: PathBuf,
    /// The folder of ledgers.
    pub input: PathBuf,
    /// The folder of reports.
    pub output: PathBuf,
    /// The folder of signed copies.
    pub signed: PathBuf,
    /// The folder of packages.
    pub out: PathBuf,
    /// The program that reads files: this one.
    pub worker: PathBuf,
}

/// Which reports a run makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunScope {
    /// All of them.
    Whole,
    /// One shard's.
    Shard {
        /// Which, from 0.
        at: u32,
        /// Of how many.
        of: u32,
    },
    /// None: what shards made is put together.
    Merge,
}

impl RunScope {
    /// What of the output folder such a run wants for itself.
    fn hold(self) -> LockScope {
        match self {
            Self::Shard { at, of } => LockScope::Shard { index: at, count: of },
            Self::Whole | Self::Merge => LockScope::Whole,
        }
    }
}

/// What a build came to.
#[derive(Clone, Debug, Default)]
pub struct BuildOutcome {
    /// One entry a branch that was asked for, in the roster's order.
    pub reports: Vec<Built>,
    /// The department's report, when the notice wants one and all branches were asked for.
    pub summary: Option<Built>,
    /// The department's metrics, in the notice's order.
    pub summary_metrics: Vec<Option<Decimal>>,
    /// Everything that was found.
    pub findings: Vec<Diagnostic>,
    /// What was proved of it.
    pub proof: Reconciliation,
    /// Whether the run's record could not be written.
    pub unrecorded: bool,
    /// Whether the run was cancelled: reports that it did not come to are as they were.
    pub cancelled: bool,
}

/// What became of a branch's report.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// The branch.
    pub branch: String,
    /// Its folder below the output folder.
    pub folder: String,
    /// The files there, by their names, with the hashes of what was generated.
    pub files: IndexMap<String, Digest>,
    /// The files that could not be written.
    pub unwritten: Vec<String>,
    /// What is missing, and in which part of the report.
    pub gaps: Vec<(String, String)>,
    /// The hash of everything the files depend on.
    pub key: Digest,
    /// Whether the files are those of an earlier run, which nothing asked to make anew.
    pub unchanged: bool,
    /// Whether a file that a person changed was kept although it would be another now.
    pub kept: bool,
    /// Whether the report was stopped.
    pub stopped: bool,
    /// What a final report says of itself.
    pub issued: Option<Issued>,
}

impl BuildOutcome {
    /// How many reports were written whole.
    pub fn written(&self) -> usize {
        self.reports.iter().filter(|built| !built.stopped).count()
    }

    /// How many reports did not need to be made anew.
    pub fn unchanged(&self) -> usize {
        self.reports.iter().filter(|built| built.unchanged).count()
    }

    /// How many reports were stopped.
    pub fn stopped(&self) -> usize {
        self.reports.iter().filter(|built| built.stopped).count()
    }

    /// Whether something that was asked for is not there, or cannot be relied on.
    pub fn failed(&self) -> bool {
        self.reports.iter().chain(&self.summary).any(|built| built.stopped) || !self.proof.holds || self.unrecorded
    }

    /// How many gaps stand in all reports.
    pub fn gaps(&self) -> usize {
        self.reports.iter().chain(&self.summary).map(|built| built.gaps.len()).sum()
    }

    /// How many findings have the severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// A file that was asked for by name and cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("读不到 {}", file.display())]
pub struct UnreadableFile {
    /// The file.
    pub file: PathBuf,
    /// The system's reason.
    pub source: std::io::Error,
}

/// Why nothing could be built at all.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The notice or its templates cannot be used.
    #[error("通知设置或模板不能使用")]
    Notice(#[from] NoticeError),
    /// The input folder cannot be read.
    #[error("读不到台账文件夹 {}，请核对 --input", folder.display())]
    Input {
        /// The folder asked for.
        folder: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The run was cancelled before any report was made.
    #[error("已取消，没有生成报告")]
    Cancelled,
    /// Reports would be read as ledgers.
    #[error("报告文件夹 {} 在台账文件夹里面，生成的报告会被当作台账，请换一个 --output", .0.display())]
    Inside(PathBuf),
    /// No ledger lists the branches.
    #[error("没有可用的《{0}》，不知道有哪些党组织：请把名册放入台账文件夹")]
    NoRoster(String, Vec<Diagnostic>),
    /// A branch was asked for that the roster does not know.
    #[error("名册中没有“{name}”{hint}")]
    UnknownBranch {
        /// The name asked for.
        name: String,
        /// A name that may have been meant.
        hint: String,
    },
    /// A fault of the program.
    #[error("程序内部出错")]
    Write(#[from] RenderError),
    /// A fault of the program while making a workbook.
    #[error("程序内部出错")]
    Make(#[from] crate::workbook::WorkbookError),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// A file that was asked for by name is refused.
    #[error("{}：{}；{}", file.display(), refusal.reason(), refusal.cure())]
    Refused {
        /// The file.
        file: PathBuf,
        /// Why.
        refusal: ingest::ReadError,
    },
}

/// What is said when no ledger lists the branches.
pub fn no_roster(notice: &Notice, findings: Vec<Diagnostic>) -> BuildError {
    let title = notice.ledger.get(&notice.roster.ledger).map_or("", |ledger| &ledger.title);
    BuildError::NoRoster(title.to_owned(), findings)
}

/// The places of the branches asked for, in the roster's order; of all when none is.
///
/// # Errors
/// When the roster does not know one.
pub fn choose(branches: &[Branch], asked: &[String]) -> Result<Vec<usize>, BuildError> {
    if asked.is_empty() {
        return Ok((0..branches.len()).collect());
    }
    let mut chosen = Vec::new();
    for name in asked {
        match branches.iter().position(|branch| goes_by(branch, name)) {
            Some(at) => chosen.push(at),
            None => {
                let near = nearest(name, branches.iter().map(Branch::name));
                let hint = near.map(|near| format!("，是不是“{near}”？")).unwrap_or_default();
                return Err(BuildError::UnknownBranch { name: name.clone(), hint });
            }
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

/// Whether the name is the branch's full or short name.
fn goes_by(branch: &Branch, name: &str) -> bool {
    std::iter::once(branch.name()).chain(branch.short()).any(|own| fold(own) == fold(name))
}
