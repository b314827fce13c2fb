//! The order of the rooms, and the only place that knows it.

mod examine;

use std::path::PathBuf;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::diag::{Diagnostic, Place, Severity, code};
use crate::expr::Expressions;
use crate::figure;
use crate::ingest::{self, fold};
use crate::merge::Templates;
use crate::model::Branch;
use crate::notice::{Notice, NoticeError, nearest};
use crate::report;
use crate::store;
use crate::write::{self, Format, WriteError, Writer};

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
}

/// What a build came to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// One entry a branch that was asked for, in the roster's order.
    pub reports: Vec<Built>,
    /// Everything that was found.
    pub findings: Vec<Diagnostic>,
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

impl Summary {
    /// How many reports were written whole.
    pub fn written(&self) -> usize {
        self.reports.iter().filter(|built| !built.stopped).count()
    }

    /// How many reports were stopped.
    pub fn stopped(&self) -> usize {
        self.reports.iter().filter(|built| built.stopped).count()
    }

    /// How many gaps stand in all reports.
    pub fn gaps(&self) -> usize {
        self.reports.iter().map(|built| built.gaps.len()).sum()
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

/// Everything that stays the same for all branches of a run.
struct Press<'a> {
    options: &'a Options,
    notice: &'a Notice,
    expressions: &'a Expressions,
    templates: &'a Templates,
    writers: &'a [Box<dyn Writer>],
    /// An error that no branch owns: any report may be wrong because of it.
    common_error: bool,
}

/// Builds the reports of all branches asked for. A branch that cannot be done stops no other.
///
/// # Errors
/// When nothing can be built: unusable settings, no input, no roster, an unknown branch.
pub fn build(options: &Options) -> Result<Summary, BuildError> {
    let settings = Settings::load(&options.notice)?;
    let Settings { notice, expressions, templates } = &settings;
    let writers = write::writers(&options.formats, &notice.typography)?;
    let Examined { bound, mut findings } = examine(&settings, &options.input, &options.worker)?;
    if bound.branches.is_empty() {
        return Err(no_roster(notice, findings));
    }
    let chosen = choose(&bound.branches, &options.branches)?;

    let unusable = bound.unusable.iter().filter(|_| options.branches.is_empty());
    let unusable = unusable.map(|name| Built { branch: name.clone(), stopped: true, ..Built::default() });
    let names = store::safe_names(bound.branches.iter().map(Branch::name));
    let common_error = findings.iter().any(|f| f.severity == Severity::Error && f.branch.is_none());
    let press = Press { options, notice, expressions, templates, writers: &writers, common_error };
    let wrong: std::collections::HashSet<String> =
        findings.iter().filter(|f| f.severity == Severity::Error).filter_map(|f| f.branch.clone()).collect();
    let built: Vec<(Built, Vec<Diagnostic>)> = chosen
        .par_iter()
        .map(|at| {
            let branch = &bound.branches[*at];
            let mut found = Vec::new();
            let built = press.print(branch, &names[*at], wrong.contains(branch.name()), &mut found);
            (built, found)
        })
        .collect();
    let mut reports: Vec<Built> = unusable.collect();
    for (report, mut found) in built {
        notice.weigh(&mut found);
        reports.push(report);
        findings.extend(found);
    }
    Ok(Summary { reports, findings })
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

impl Press<'_> {
    /// Makes one branch's report and writes its files.
    fn print(&self, branch: &Branch, folder: &str, wrong: bool, findings: &mut Vec<Diagnostic>) -> Built {
        let mut built = Built { branch: branch.name().to_owned(), stopped: true, ..Built::default() };
        let figures = figure::compute(branch, self.notice, self.expressions, findings);
        let merged = self.templates.merge(branch, &figures, self.notice);
        let report = match merged.and_then(|merged| report::assemble(&merged, self.notice, self.options.date)) {
            Ok(report) => report,
            Err(finding) => {
                findings.push(finding.of_branch(branch.name()));
                return built;
            }
        };
        built.gaps = report.gaps();
        if self.options.is_final && self.refuses(branch, folder, &built.gaps, wrong, findings) {
            return built;
        }
        let json = format!("{:#}\n", figures.to_json());
        let place = self.options.output.join(folder);
        let mut files = vec![(place.join("figures.json"), Ok(json.into_bytes()))];
        for writer in self.writers {
            let name = format!("{folder}-{}.{}", self.notice.letter.file_name, writer.format().extension());
            files.push((place.join(name), writer.write(&report)));
        }
        built.stopped = false;
        for (path, bytes) in files {
            let outcome =
                bytes.map_err(|e| chain(&e)).and_then(|bytes| store::write(&path, &bytes).map_err(|e| chain(&e)));
            match outcome {
                Ok(()) => built.files.push(path),
                Err(reason) => {
                    built.stopped = true;
                    let place = Place::File(path.display().to_string());
                    findings.push(Diagnostic::new(&code::WRITE, place, reason).of_branch(branch.name()));
                }
            }
        }
        built
    }

    /// Whether a report cannot be final; says which gap or error stops it.
    fn refuses(
        &self,
        branch: &Branch,
        folder: &str,
        gaps: &[(String, String)],
        wrong: bool,
        findings: &mut Vec<Diagnostic>,
    ) -> bool {
        for (what, place) in gaps {
            let message = format!("“{place}”中待填写：{what}，未生成正式报告");
            findings.push(Diagnostic::new(&code::GAP, Place::Branch, message).of_branch(branch.name()));
        }
        let refused = wrong || self.common_error || !gaps.is_empty();
        let message = match (wrong, self.common_error) {
            (true, _) => "台账中还有该党组织的错误，未生成正式报告",
            (false, true) => "有的错误不知道属于哪个党组织，改正之前不生成正式报告",
            (false, false) => "",
        };
        if !message.is_empty() {
            let finding = Diagnostic::new(&code::REPORT, Place::Branch, message).of_branch(branch.name());
            findings.push(finding.cure("先改正列出的错误，再重新生成"));
        }
        if refused && self.options.output.join(folder).is_dir() {
            let message = "文件夹里还是以前的报告，没有更新，不要当作正式报告使用";
            findings.push(Diagnostic::new(&code::STALE, Place::Branch, message).of_branch(branch.name()));
        }
        refused
    }
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
