//! The outcome of changed settings or templates, tried before they are written.
//!
//! The changed file and copies of the others are put into a hidden folder beside the notice's, where names that lead
//! out of the folder lead to the same files, and loaded as any notice is. Reports are compared as drafts in HTML, which
//! has all that a report says and its typefaces; at most [`MAX_COMPARED`], the first of the roster.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use rayon::prelude::*;

use super::attachments::Attachments;
use super::compute::compute;
use super::draft::{DraftError, Drafts};
use super::notice_folders::SETTINGS_FILE;
use super::summary::Department;
use super::{Analysis, NoProgress, Settings, chain};
use crate::diagnostics::{Diagnostic, Severity};
use crate::metric::Metrics;
use crate::model::Branch;
use crate::notice::{Notice, NoticeError};
use crate::render::{self, Format, Renderer};
use crate::report::Report;
use crate::store::{Digest, list_folder, parent_folder, sha256};

/// Reports that are compared.
pub const MAX_COMPARED: usize = 300;
/// The beginning of the name of the folder in which settings are tried.
const PREFIX: &str = ".zicha-trial-";
/// Bytes of a file that is copied: larger ones are no settings and no templates.
const MAX_FILE: u64 = 4 << 20;
/// Folders below the notice's that are gone through.
const MAX_DEPTH: usize = 4;

/// Why changed settings cannot be tried.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// They are not usable.
    #[error(transparent)]
    Notice(#[from] NoticeError),
    /// The system refuses.
    #[error("不能在 {} 里试用改动", folder.display())]
    Folder {
        /// The folder that holds the notice's.
        folder: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// A text file of a notice: its settings or a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFile {
    /// Its path below the notice's folder, with `/` between the parts.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// The settings and the templates of a notice, the settings first, then by name; what is hidden is left out.
pub fn settings_files(notice: &Path) -> Vec<SettingsFile> {
    let folder = parent_folder(notice);
    let settings = notice.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut files = vec![SettingsFile { name: settings.clone(), path: notice.to_owned() }];
    let is_visible =
        |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
    let walk = walkdir::WalkDir::new(folder).max_depth(MAX_DEPTH).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(is_visible).flatten().filter(|entry| entry.path().is_file()) {
        let parts = entry.path().strip_prefix(folder).unwrap_or(entry.path()).components();
        let name = parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        if name.ends_with(".md") && name != settings {
            files.push(SettingsFile { name, path: entry.into_path() });
        }
    }
    files
}

/// Loads a notice in which one file has another text. Errors name the files as they are called in the notice.
///
/// # Errors
/// When the result is not usable, or the system refuses.
pub fn try_settings(notice: &Path, changed: &str, text: &str) -> Result<Settings, TrialError> {
    let folder = parent_folder(notice);
    let beside = parent_folder(folder);
    let refused = |source| TrialError::Folder { folder: beside.to_owned(), source };
    remove_abandoned(beside);
    let trial = tempfile::Builder::new().prefix(PREFIX).tempdir_in(beside).map_err(refused)?;
    for file in settings_files(notice) {
        let target = trial.path().join(&file.name);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(refused)?;
        }
        let is_small = std::fs::metadata(&file.path).is_ok_and(|metadata| metadata.len() <= MAX_FILE);
        if file.name == changed {
            std::fs::write(&target, text).map_err(refused)?;
        } else if is_small {
            std::fs::copy(&file.path, &target).map_err(refused)?;
        }
    }
    let name = notice.file_name().unwrap_or(SETTINGS_FILE.as_ref());
    let renamed = |error| TrialError::Notice(in_folder(error, trial.path(), folder));
    let mut settings = Settings::load(&trial.path().join(name)).map_err(renamed)?;
    // The files that annexes put in are found from the notice's own folder.
    let is_settings = name.to_string_lossy() == changed;
    // So is the earlier period, whose path may be relative.
    settings.notice = if is_settings { Notice::parse(notice, text.to_owned())? } else { Notice::load(notice)? };
    settings.previous = settings.notice.previous_path();
    Ok(settings)
}

/// Removes what a killed program left behind. A trial takes seconds, so that an hour later none goes on.
fn remove_abandoned(beside: &Path) {
    let is_trial = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
    for folder in list_folder(beside).into_iter().filter(is_trial) {
        let modified = std::fs::metadata(&folder).and_then(|metadata| metadata.modified()).ok();
        let is_old = modified.and_then(|at| at.elapsed().ok()).is_some_and(|age| age.as_secs() > 3600);
        if is_old {
            // What cannot be removed does no harm: no notice is looked for in hidden folders.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// The error with the files of one folder named as those of another.
fn in_folder(error: NoticeError, from: &Path, to: &Path) -> NoticeError {
    let moved = |file: PathBuf| file.strip_prefix(from).map_or(file.clone(), |name| to.join(name));
    match error {
        NoticeError::Read { file, source } => NoticeError::Read { file: moved(file), source },
        NoticeError::At { file, line, message } => NoticeError::At { file: moved(file), line, message },
        NoticeError::Several(errors) => {
            NoticeError::Several(errors.into_iter().map(|error| in_folder(error, from, to)).collect())
        }
    }
}

/// Settings with the ledgers as these settings read them.
#[derive(Clone, Copy)]
pub struct Trial<'a> {
    /// The settings to try, or those to compare them with.
    pub settings: &'a Settings,
    /// The ledgers, analyzed with these settings or with others that read ledgers alike.
    pub analysis: &'a Analysis,
}

/// What a change does to the reports.
#[derive(Clone, Debug, Default)]
pub struct ReportChanges {
    /// How many reports there are, the department's included.
    pub total: usize,
    /// How many were compared.
    pub compared: usize,
    /// The names of those that would be different, or that there were none of.
    pub changed: Vec<String>,
    /// Why reports that there are now could not be made any more.
    pub stopped: Vec<Diagnostic>,
    /// The name of the department's table where it would be different.
    pub table: Option<String>,
    /// Errors in settings and ledgers before the change.
    pub errors_before: usize,
    /// Errors in settings and ledgers after the change.
    pub errors_after: usize,
    /// The first errors that the change brings.
    pub new_errors: Vec<Diagnostic>,
}

/// Compares the reports before a change with those after it. Without reports before it, all are different.
pub fn compare(before: Option<Trial<'_>>, after: Trial<'_>) -> ReportChanges {
    let Outcomes { reports: old, table: old_table } = before.map(outcomes).unwrap_or_default();
    let Outcomes { reports: new, table } = outcomes(after);
    let errors = |trial: Trial<'_>| errors(trial).count();
    let table = after.settings.notice.summary.as_ref().filter(|_| table != old_table);
    let has_summary = after.settings.notice.summary.is_some();
    let mut changes = ReportChanges {
        total: after.analysis.bound.branches.len() + usize::from(has_summary),
        compared: new.len(),
        table: table.map(|summary| format!("{}表", summary.name)),
        new_errors: new_errors(before, after),
        errors_before: before.map(errors).unwrap_or_default(),
        errors_after: errors(after),
        ..ReportChanges::default()
    };
    for (name, digest) in new {
        match (old.get(&name), digest) {
            (Some(Ok(old)), Ok(new)) if *old == new => {}
            (Some(Err(_)), Err(_)) => {}
            (_, Ok(_)) => changes.changed.push(name),
            (_, Err(objection)) => changes.stopped.push(*objection),
        }
    }
    changes
}

/// The errors that were found.
fn errors(trial: Trial<'_>) -> impl Iterator<Item = &Diagnostic> {
    trial.analysis.findings.iter().filter(|finding| finding.severity == Severity::Error)
}

/// New errors that are named.
const MAX_NEW_ERRORS: usize = 5;

/// The first errors after a change that were none before.
fn new_errors(before: Option<Trial<'_>>, after: Trial<'_>) -> Vec<Diagnostic> {
    let Some(before) = before else { return Vec::new() };
    let key = |finding: &Diagnostic| format!("{} {} {:?}", finding.code.id, finding.location, finding.message);
    let known: HashSet<String> = errors(before).map(key).collect();
    errors(after).filter(|finding| !known.contains(&key(finding))).take(MAX_NEW_ERRORS).cloned().collect()
}

/// What settings make of ledgers.
#[derive(Default)]
struct Outcomes {
    /// The hash of each draft, by the name of the branch or the department's.
    reports: IndexMap<String, Result<Digest, DraftError>>,
    /// The hash of the department's table.
    table: Option<Digest>,
}

/// Makes the drafts and the department's table.
fn outcomes(trial: Trial<'_>) -> Outcomes {
    let Trial { settings, analysis } = trial;
    let branches = &analysis.bound.branches;
    let Some(renderer) = html(settings) else { return Outcomes::default() };
    settings.expressions.steps().begin_run();
    let metrics = compute(branches, settings, &NoProgress).output;
    let drafts = Drafts { settings, pictures: &analysis.pictures, date: None };
    let hash = |report: &Report<'_>| renderer.render(report).map(|bytes| sha256(&bytes)).unwrap_or_default();
    let compared: Vec<(&Branch, &Metrics)> = branches.iter().zip(&metrics).take(MAX_COMPARED).collect();
    let of_branches: Vec<_> = compared
        .into_par_iter()
        .map(|(branch, metrics)| {
            // Of a run that was stopped nothing is read any more.
            let is_stopped = settings.expressions.steps().is_exhausted();
            let attachments = || Attachments::of_branch(branch, &settings.notice).output;
            let attachments = if is_stopped { Attachments::default() } else { attachments() };
            (branch.name().to_owned(), drafts.of_branch(branch, metrics, &attachments, hash))
        })
        .collect();
    let mut made = Outcomes { reports: of_branches.into_iter().collect(), table: None };
    if let Some(summary) = &settings.notice.summary {
        let department = Department::compute(&analysis.bound, &metrics, summary, settings).output;
        made.reports.extend(drafts.of_department(&department, hash).map(|digest| (summary.name.clone(), digest)));
        let table = department.table(&settings.notice, &settings.expressions);
        made.table = table.ok().map(|bytes| sha256(&bytes));
    }
    made
}

/// The draft of one branch, given by its place among the branches, or of the department, as an HTML page.
///
/// # Errors
/// With why there can be none, in Chinese.
pub fn draft_page(trial: Trial<'_>, branch: Option<usize>) -> Result<Vec<u8>, String> {
    let Trial { settings, analysis } = trial;
    let renderer = html(settings).ok_or("程序内部出错")?;
    let drafts = Drafts { settings, pictures: &analysis.pictures, date: None };
    drafts.of_one(analysis, branch, |report, _| renderer.render(report).map_err(|error| chain(&error)))?
}

/// The renderer of HTML pages; `None` on a fault of the program.
fn html(settings: &Settings) -> Option<Box<dyn Renderer>> {
    render::renderers(&[Format::Html], &settings.notice.typography, None, false).ok()?.pop()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Trial, compare, settings_files, try_settings};
    use crate::notice::edit::with_value;
    use crate::pipeline::{Analysis, Settings, StopSignal};

    /// Nor does it go on for as long as the settings ask.
    #[test]
    fn a_trial_that_takes_too_many_steps_has_no_report() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
        let settings = Settings::load(&shipped).unwrap();
        let analysis = Analysis::default();
        let enough = compare(None, Trial { settings: &settings, analysis: &analysis });
        assert_eq!((enough.changed.len(), enough.stopped.len()), (1, 0), "{:?}", enough.stopped);
        let settings = settings.with_steps(10);
        let few = compare(None, Trial { settings: &settings, analysis: &analysis });
        assert!(few.changed.is_empty());
        let reasons: Vec<_> = few.stopped.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(reasons.len(), 1);
        assert!(reasons[0].starts_with("全部算式和模板合起来算了 10 步还没有算完"), "{reasons:?}");
    }

    #[test]
    fn a_trial_that_is_stopped_has_no_report() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
        let (analysis, stop) = (Analysis::default(), StopSignal::default());
        let settings = Settings::load(&shipped).unwrap().stopped_by(stop.clone());
        let trial = Trial { settings: &settings, analysis: &analysis };
        assert_eq!(compare(None, trial).changed.len(), 1);
        stop.stop();
        let changes = compare(None, trial);
        let reasons: Vec<_> = changes.stopped.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!((changes.changed.len(), reasons), (0, vec!["没有算完就停下了"]));
    }

    #[test]
    fn a_relative_earlier_period_is_found_from_the_notice_and_not_from_the_trial() {
        let folder = tempfile::tempdir().unwrap();
        let notice = folder.path().join("templates/now/notice.toml");
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
        for file in settings_files(&shipped) {
            let target = notice.with_file_name("").join(&file.name);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::copy(&file.path, target).unwrap();
        }
        let text = std::fs::read_to_string(&notice).unwrap();
        let text = with_value(&text, &["notice", "previous"], "\"../../output/last\"").unwrap();
        let tried = try_settings(&notice, "notice.toml", &text).unwrap();
        assert_eq!(tried.previous, Some(notice.with_file_name("").join("../../output/last")));
    }
}
