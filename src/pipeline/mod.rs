//! The order of the rooms, and the only place that knows it.

mod examine;
mod overall;
mod press;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use indexmap::IndexMap;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::diag::{Diagnostic, Place, Severity, code};
use crate::figure::{self, Figures};
use crate::ingest::{self, fold};
use crate::model::Branch;
use crate::notice::{Notice, NoticeError, nearest};
use crate::origin::Overall;
use crate::proof::{self, Proof};
use crate::record::{self, BranchRecord, Run, State};
use crate::store;
use crate::write::{self, Format, WriteError};
use press::Press;

pub use examine::{Examined, Settings, examine, sheets};

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
    /// Whether DOCX reports tell the sources of their figures in comments.
    pub trace: bool,
}

/// What a build came to.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// One entry a branch that was asked for, in the roster's order.
    pub reports: Vec<Built>,
    /// The department's report, when the notice wants one and all branches were asked for.
    pub overall: Option<Built>,
    /// The department's figures by id.
    pub overall_figures: IndexMap<String, Option<String>>,
    /// Everything that was found.
    pub findings: Vec<Diagnostic>,
    /// What was proved of it.
    pub proof: Proof,
    /// Whether the run's record could not be written.
    pub unrecorded: bool,
}

/// What became of a branch's report.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// The branch.
    pub branch: String,
    /// The files written.
    pub files: Vec<PathBuf>,
    /// What is missing, and in which part of the report.
    pub gaps: Vec<(String, String)>,
    /// Whether the report was stopped.
    pub stopped: bool,
}

impl Batch {
    /// How many reports were written whole.
    pub fn written(&self) -> usize {
        self.reports.iter().filter(|built| !built.stopped).count()
    }

    /// How many reports were stopped.
    pub fn stopped(&self) -> usize {
        self.reports.iter().filter(|built| built.stopped).count()
    }

    /// Whether something that was asked for is not there, or cannot be relied on.
    pub fn failed(&self) -> bool {
        self.reports.iter().chain(&self.overall).any(|built| built.stopped) || !self.proof.holds || self.unrecorded
    }

    /// How many gaps stand in all reports.
    pub fn gaps(&self) -> usize {
        self.reports.iter().chain(&self.overall).map(|built| built.gaps.len()).sum()
    }

    /// How many findings have the severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
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
    Write(#[from] WriteError),
    /// A fault of the program while making a workbook.
    #[error("程序内部出错")]
    Make(#[from] crate::xlsx::MakeError),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// A file that was asked for by name is refused.
    #[error("{}：{}；{}", file.display(), refusal.reason(), refusal.cure())]
    Refused {
        /// The file.
        file: PathBuf,
        /// Why.
        refusal: ingest::Refusal,
    },
}

/// Builds the reports of all branches asked for. A branch that cannot be done stops no other.
///
/// # Errors
/// When nothing can be built: unusable settings, no input, no roster, an unknown branch.
pub fn build(options: &Options) -> Result<Batch, BuildError> {
    let settings = Settings::load(&options.notice)?;
    let Settings { notice, expressions, templates, overall_templates } = &settings;
    let writers = write::writers(&options.formats, &notice.typography, options.trace)?;
    let Examined { bound, mut findings, census } = examine(&settings, &options.input, &options.worker)?;
    if bound.branches.is_empty() {
        return Err(no_roster(notice, findings));
    }
    let chosen = choose(&bound.branches, &options.branches)?;
    let figures = compute(&bound.branches, &settings, &mut findings);
    let proof = proof::prove(census, &bound, &figures, notice, expressions);
    findings.extend(proof.findings());

    let unusable = bound.unusable.iter().filter(|_| options.branches.is_empty());
    let unusable = unusable.map(|name| Built { branch: name.clone(), stopped: true, ..Built::default() });
    // The department's folder has its name whatever the branches are called.
    let own = notice.summary.iter().map(|summary| summary.name.as_str());
    let mut names = store::safe_names(own.chain(bound.branches.iter().map(Branch::name)));
    let own = notice.summary.as_ref().map(|_| names.remove(0));
    let common_error = findings.iter().any(|f| f.severity == Severity::Error && f.branch.is_none());
    let press = Press { options, notice, expressions, templates, writers: &writers, common_error };
    let wrong: HashSet<String> =
        findings.iter().filter(|f| f.severity == Severity::Error).filter_map(|f| f.branch.clone()).collect();
    let built: Vec<(Built, Vec<Diagnostic>)> = chosen
        .par_iter()
        .map(|at| {
            let branch = &bound.branches[*at];
            let mut found = Vec::new();
            let built = press.print(branch, &figures[*at], &names[*at], wrong.contains(branch.name()), &mut found);
            (built, found)
        })
        .collect();
    let mut reports: Vec<Built> = unusable.collect();
    for (report, mut found) in built {
        notice.weigh(&mut found);
        reports.push(report);
        findings.extend(found);
    }
    let mut batch = Batch { reports, findings, proof, ..Batch::default() };
    if let (Some(folder), Some(templates), true) = (own, overall_templates, options.branches.is_empty()) {
        let overall = Overall::new(&bound.branches, notice, expressions);
        press.overall(&bound.branches, &figures, (templates, overall), &folder, &mut batch)?;
    }
    let run = record(&batch, &bound.branches, &names, &figures, &settings, options);
    let path = options.output.join(record::FILE);
    if let Err(error) = store::write(&path, &run.to_json()) {
        let place = Place::File(path.display().to_string());
        batch.unrecorded = true;
        batch.findings.push(Diagnostic::new(&code::WRITE, place, chain(&error)));
    }
    Ok(batch)
}

/// Every branch's figures, in the branches' order.
fn compute(branches: &[Branch], settings: &Settings, findings: &mut Vec<Diagnostic>) -> Vec<Figures> {
    let computed: Vec<(Figures, Vec<Diagnostic>)> = branches
        .par_iter()
        .map(|branch| {
            let mut found = Vec::new();
            (figure::compute(branch, &settings.notice, &settings.expressions, &mut found), found)
        })
        .collect();
    let keep = |(figures, mut found): (Figures, Vec<Diagnostic>)| {
        settings.notice.weigh(&mut found);
        findings.extend(found);
        figures
    };
    computed.into_iter().map(keep).collect()
}

/// What a run leaves on record.
fn record(
    batch: &Batch,
    branches: &[Branch],
    folders: &[String],
    figures: &[Figures],
    settings: &Settings,
    options: &Options,
) -> Run {
    let notice = &settings.notice;
    let built: HashMap<&str, &Built> = batch.reports.iter().map(|built| (built.branch.as_str(), built)).collect();
    let known: HashSet<&str> = branches.iter().map(Branch::name).collect();
    let unusable = batch.reports.iter().filter(|built| !known.contains(built.branch.as_str()));
    let unusable = unusable.map(|built| BranchRecord {
        name: built.branch.clone(),
        state: State::Stopped,
        ..BranchRecord::default()
    });
    let branch = |((branch, folder), figures): ((&Branch, &String), &Figures)| {
        let built = built.get(branch.name());
        let state = match built {
            None => State::NotAsked,
            Some(built) if built.stopped => State::Stopped,
            Some(_) if options.is_final => State::Final,
            Some(_) => State::Draft,
        };
        let files = built.into_iter().flat_map(|built| &built.files).filter_map(|file| file.file_name());
        BranchRecord {
            name: branch.name().to_owned(),
            kind: branch.kind().to_owned(),
            folder: folder.clone(),
            state,
            files: files.map(|name| name.to_string_lossy().into_owned()).collect(),
            gaps: built.map(|built| built.gaps.clone()).unwrap_or_default(),
            figures: figure::texts(figures, &notice.figure),
        }
    };
    Run {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        notice: notice.notice.title.clone(),
        is_final: options.is_final,
        findings: [Severity::Error, Severity::Warning, Severity::Note].map(|severity| batch.count(severity)),
        labels: figure::labels(&notice.figure),
        summary: batch.overall_figures.clone(),
        summary_labels: notice.summary.as_ref().map(|summary| figure::labels(&summary.figure)).unwrap_or_default(),
        proof: batch.proof.clone(),
        branches: branches.iter().zip(folders).zip(figures).map(branch).chain(unusable).collect(),
    }
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

/// An error with all its causes, on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push('：');
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
