//! The order of the stages: the only module that depends on all of them.
//!
//! - [`build()`] runs them all: load → read → analyze → compute → render → write → record.
//! - [`analyze()`] is its first half, from settings and ledgers to findings, for `form`; [`check()`] finds all that a
//!   build would find and writes nothing, for `check` and the pages.
//! - [`read_sources()`] and [`write_notice()`] make the settings of a new notice from ledgers and an outline,
//!   [`renew_notice()`] from those of an earlier one.
//! - [`create_project()`] makes a folder to begin with, from what is built in.
//! - [`archive()`], [`verify()`] and [`print()`] work on what a build left, [`rebuild`] repeats archived reports.
//!
//! Nothing here prints, parses arguments or reads the clock: the front ends `cli` and `serve` do.

mod analyze;
mod archive;
mod attachments;
mod build;
pub mod build_worker;
mod cache_key;
mod check;
mod compute;
mod draft;
pub mod draft_pages;
mod empty_ledgers;
mod error;
mod finding_record;
mod fonts;
mod gap_hints;
mod handouts;
mod header_alias;
mod inputs;
mod ledger_matrix;
mod new_notice;
mod notice_folders;
mod obstacles;
mod options;
mod outcome;
mod preview;
mod previous_period;
mod previous_run;
mod print;
mod print_files;
mod progress;
mod project;
mod read;
mod readers;
pub mod rebuild;
mod render_budget;
mod renew_notice;
mod report;
mod run_budget;
mod selection;
mod settings;
mod shown;
mod summary;
mod trial;
mod verify;

pub use crate::diagnostics::localize::chain;
pub use crate::expr::StopSignal;
pub use analyze::{Analysis, analyze};
pub use archive::{
    ArchiveError, ArchiveOptions, ArchiveOutcome, ListedPackage, VerificationRecord, archive, package_catalogue,
    packages_in, record_verification,
};
pub use build::{build, build_with};
pub use check::check;
pub use error::{BuildError, UnreadableFile, no_roster, refuse_inside};
pub use gap_hints::{GapHint, gap_hints};
pub(crate) use gap_hints::{MissingMetric, metrics_without_value};
pub use handouts::{Handout, blank_form, forms, issue_list, issue_lists};
pub use header_alias::{HeaderAliasError, with_accepted_alias};
pub use ledger_matrix::{LedgerMatrix, MatrixCell, MatrixRow, Submission, ledger_matrix};
pub use new_notice::{
    NewNoticeError, NoticeSources, OutlineSource, PreviousSource, SourceLedger, SourceRequest, Targets, read_sources,
    try_notice, write_notice,
};
pub use notice_folders::{OwnFolders, SETTINGS_FILE, folder_name, notices_beside, other_notices};
pub use obstacles::errors;
pub use options::{Machine, Options, Paths, PdfNeed, RunScope};
pub use outcome::BuildOutcome;
pub use preview::{FilePreview, Previewer, SheetPreview};
pub use print::{PrintError, PrintOptions, PrintOutcome, PrintedSet, print};
pub use print_files::{former_sets, printed_files};
pub use progress::{BuildStage, NoProgress, Progress};
pub use project::{NewProject, ProjectError, create_project, folder_in_words, has_project};
pub use readers::{cached_readers, readers, readers_with_cache, sheets};
pub use renew_notice::{EarlierPeriod, RenewError, RenewedNotice, renew_notice};
pub use selection::choose;
pub use settings::Settings;
pub use trial::{
    MAX_COMPARED, ReportChanges, SettingsFile, Trial, TrialError, compare, draft_page, settings_files, try_settings,
};
pub use verify::{Verification, VerifyError, VerifyOptions, is_package_folder, verify};
