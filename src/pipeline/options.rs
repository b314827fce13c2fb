//! The options of a build, and where a department's files are.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::render::Format;
use crate::store::LockScope;

/// Inputs, outputs and switches of a build.
#[derive(Clone, Debug)]
pub struct Options {
    /// The path of the notice's settings (`notice.toml`).
    pub notice: PathBuf,
    /// The folder of ledgers, which a run reads and never changes.
    pub input: PathBuf,
    /// What an earlier run reported, in place of the settings'.
    pub previous: Option<PathBuf>,
    /// What the computer gives the run.
    pub machine: Machine,
    /// The folder that receives the reports.
    pub output: PathBuf,
    /// The folder of signed copies, which are named where a draft would make them void.
    pub signed: PathBuf,
    /// The folder of packages, whose register says which final reports are archived.
    pub archive: PathBuf,
    /// The formats to write.
    pub formats: Vec<Format>,
    /// What becomes of a run that is to write PDF and finds no fonts.
    pub pdf: PdfNeed,
    /// A folder of fonts that is looked through first.
    pub fonts: Option<PathBuf>,
    /// Names of the branches to build, and of the department for its summary; all when empty.
    pub branches: Vec<String>,
    /// 成文日期 in place of the settings'.
    pub date: Option<Date>,
    /// Whether reports are final: one with a gap or an error is refused.
    pub is_final: bool,
    /// Whether drafts replace final reports.
    pub redraft: bool,
    /// Whether final reports replace those that are signed or archived and show something else.
    pub replace_signed: bool,
    /// Whether DOCX reports show the sources of their metrics in comments.
    pub trace: bool,
    /// Whether files that a person changed are replaced, each after a copy was saved.
    pub force: bool,
    /// Whether files of branches that the roster does not list any more are removed.
    pub prune: bool,
    /// Which reports this run makes.
    pub scope: RunScope,
}

impl Options {
    /// Whether the run is about all branches of the roster.
    pub fn covers_all_branches(&self) -> bool {
        self.branches.is_empty() && !matches!(self.scope, RunScope::Shard { .. })
    }
}

/// Whether PDF can be left out where there are no fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PdfNeed {
    /// It is made when there are fonts.
    WhenPossible,
    /// It was asked for by name.
    Asked,
}

/// What the computer gives a run.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The program that is started in worker processes, called with their subcommands: this one.
    pub program: PathBuf,
    /// Bytes of memory; a run counts on a quarter unless the settings say otherwise. The rest is for worker processes,
    /// and for `serve`, which may hold two analyses of the ledgers while a child builds.
    pub memory: u64,
    /// The folders in which the system keeps fonts.
    pub fonts: Vec<PathBuf>,
}

/// Folders and files that a department works on.
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
    /// The folder of files for the printer.
    pub print: PathBuf,
    /// The folder of packages.
    pub packages: PathBuf,
    /// As in [`Options::fonts`].
    pub fonts: Option<PathBuf>,
    /// What the computer gives the run.
    pub machine: Machine,
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
    /// The part of the output folder that such a run locks.
    pub(super) fn lock_scope(self) -> LockScope {
        match self {
            Self::Shard { at, of } => LockScope::Shard { index: at, count: of },
            Self::Whole | Self::Merge => LockScope::Whole,
        }
    }
}
