//! The previous period (上期): what an earlier run reported, for `prev` in expressions and `prev` and `change` in
//! templates.
//!
//! Input: an output folder, a run's record (`run.json`), what a report used of one (`previous.json`), or a 汇总表.xlsx
//! of an earlier run, which is read in a worker process like any workbook. Output: each branch's metrics there, by the
//! branches' names, and the department's. Nothing is taken for 0: a branch or a metric that is not there has no value.
//!
//! `record` reads records, `table` reads 汇总表.xlsx; `findings` says what does not fit this notice.

mod findings;
mod record;
mod table;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{BuildError, Settings};
use crate::diagnostics::{Diagnostic, SheetRef};
use crate::ingest::{Readers, fold};
use crate::manifest;
use crate::model::{BoundLedgers, Branch, PreviousPeriod, PreviousValues};
use crate::notice::Notice;
use crate::store::{Digest, read_record, sha256};

/// What an earlier run reported, before it is given to the branches.
pub(super) struct EarlierRun {
    branches: Vec<EarlierBranch>,
    department: PreviousValues,
    /// How many branches the department's metrics are over, when that is known.
    reporting: Option<usize>,
    /// The branches' metrics of the notice that it has.
    metrics: KnownMetrics,
    /// The department's.
    summary_metrics: KnownMetrics,
    /// What of it cannot be used.
    findings: Vec<Diagnostic>,
}

/// The metrics of the notice that an earlier run has, by their indices; with the label that it had, where that was
/// another.
type KnownMetrics = HashMap<usize, Option<String>>;

/// A branch of an earlier run.
struct EarlierBranch {
    name: String,
    values: PreviousValues,
}

/// A file of an earlier run, as it was found.
struct EarlierFile {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Its name, without its folder.
    name: String,
}

impl EarlierFile {
    /// What reports call the file: 汇总表.xlsx（上季度）.
    fn shown(name: &str, notice: &Notice) -> String {
        format!("{name}（{}）", notice.words.previous)
    }

    /// The file as a source of values, with a sheet where it has some.
    fn source(&self, notice: &Notice, sheet: &str) -> Arc<SheetRef> {
        Arc::new(SheetRef { file: Self::shown(&self.name, notice), sheet: sheet.to_owned() })
    }

    fn refusal(&self, reason: impl Into<String>) -> BuildError {
        BuildError::Previous { file: self.path.clone(), reason: reason.into() }
    }
}

/// Gives the branches what the earlier run of the settings reported of them; findings say what does not fit.
///
/// # Errors
/// When there is no such run, its file cannot be read, or it has nothing to do with this notice.
pub(super) fn attach(
    bound: &mut BoundLedgers,
    settings: &Settings,
    readers: &Readers,
) -> Result<Vec<Diagnostic>, BuildError> {
    let Some(path) = &settings.previous else {
        return Ok(findings::of_use_without_previous(settings));
    };
    let (name, digest, earlier) = usable(&open(path)?, settings, readers)?;
    let mut found = findings::of_metrics(&earlier, &name, settings);
    found.extend(give(&mut bound.branches, &earlier, &name));
    found.extend(earlier.findings);
    bound.previous =
        Some(PreviousPeriod { file: name, digest, department: earlier.department, reporting: earlier.reporting });
    Ok(found)
}

/// Refuses results that [`attach`] would refuse, before anything is built; `name` is what the file will be called, where
/// it is elsewhere so far.
///
/// # Errors
/// As for [`attach`].
pub(super) fn try_file(
    path: &Path,
    name: Option<&str>,
    settings: &Settings,
    readers: &Readers,
) -> Result<(), BuildError> {
    let file = open(path)?;
    let name = name.map_or_else(|| file.name.clone(), str::to_owned);
    usable(&EarlierFile { name, ..file }, settings, readers).map(drop)
}

/// The name and the hash of the file that the values come from, and the values.
fn usable(
    file: &EarlierFile,
    settings: &Settings,
    readers: &Readers,
) -> Result<(String, Digest, EarlierRun), BuildError> {
    let (name, digest, earlier) = read(file, sha256(&file.bytes), settings, readers)?;
    if earlier.metrics.is_empty() && !settings.notice.metric.is_empty() {
        return Err(file.refusal("里面没有这份通知的任何一个指标，不是这份通知上一期的结果"));
    }
    Ok((name, digest, earlier))
}

/// Refuses a run that would compare with what it is about to replace.
///
/// # Errors
/// When the earlier run's file is one that a run into `output` writes.
pub(super) fn refuse_own_output(settings: &Settings, output: &Path) -> Result<(), BuildError> {
    let Some(path) = &settings.previous else { return Ok(()) };
    let Ok(output) = output.canonicalize() else { return Ok(()) };
    let file = if path.is_dir() { path.join(manifest::FILE) } else { path.clone() };
    let Ok(file) = file.canonicalize() else { return Ok(()) };
    let folder = file.parent();
    let is_record = folder == Some(&*output);
    let is_below = folder.and_then(Path::parent) == Some(&*output) && file.extension().is_some_and(|e| e == "xlsx");
    if is_record || is_below {
        let reason = "它在这次的输出文件夹里，会被这次的结果换掉；请指到上一期的输出文件夹，或先把它复制到别处";
        return Err(BuildError::Previous { file: path.clone(), reason: reason.to_owned() });
    }
    Ok(())
}

/// Finds and reads the file.
fn open(path: &Path) -> Result<EarlierFile, BuildError> {
    let refusal = |reason: String| BuildError::Previous { file: path.to_owned(), reason };
    let path = if path.is_dir() {
        let record = path.join(manifest::FILE);
        if !record.exists() {
            return Err(refusal(format!("文件夹里没有 {}，不是一次生成的输出文件夹", manifest::FILE)));
        }
        record
    } else {
        path.to_owned()
    };
    let bytes = read_record(&path).map_err(|error| refusal(format!("读不到：{}", super::chain(&error))))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(EarlierFile { path, bytes, name })
}

/// The name and the hash of the file that the values come from, and the values.
fn read(
    file: &EarlierFile,
    digest: Digest,
    settings: &Settings,
    readers: &Readers,
) -> Result<(String, Digest, EarlierRun), BuildError> {
    if file.name == manifest::PREVIOUS {
        return record::read_previous(file, &settings.notice);
    }
    let earlier = if file.name.ends_with(".json") {
        record::read_run(file, settings)?
    } else {
        table::read(file, settings, readers)?
    };
    Ok((file.name.clone(), digest, earlier))
}

/// Gives each branch its values, by its full or its short name.
fn give(branches: &mut [Branch], earlier: &EarlierRun, file: &str) -> Vec<Diagnostic> {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, branch) in earlier.branches.iter().enumerate() {
        by_name.entry(fold(&branch.name).into_owned()).or_default().push(at);
    }
    let mut matched = vec![false; earlier.branches.len()];
    let (mut without, mut twice) = (Vec::new(), Vec::new());
    for branch in branches.iter_mut() {
        let names = std::iter::once(branch.name()).chain(branch.shorts());
        let found = names.filter_map(|name| by_name.get(&*fold(name))).next().map_or(&[][..], Vec::as_slice);
        found.iter().for_each(|at| matched[*at] = true);
        match found {
            [at] => branch.set_previous(earlier.branches[*at].values.clone()),
            [] => without.push(branch.name().to_owned()),
            _ => twice.push(branch.name().to_owned()),
        }
    }
    let gone = earlier.branches.iter().zip(matched).filter(|(_, matched)| !matched);
    let gone: Vec<String> = gone.map(|(branch, _)| branch.name.clone()).collect();
    findings::of_branches(&findings::Unmatched { without, twice, gone }, file)
}
