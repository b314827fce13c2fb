//! Archiving: seals final reports into packages, with their signed copies and everything they were made from.
//!
//! A report can be archived when it is final, the run's reconciliation holds, it has a signed copy of this version, and
//! the report's files are as they were when it was built, and ledgers, settings and templates would give it just the
//! same (`present`). Otherwise it is refused, which is a finding. This module decides what goes into which package;
//! `crate::archive` writes packages and the register.

mod assemble;
mod inventory;
mod options;
mod present;

use std::path::PathBuf;

use super::{Settings, other_notices};
use crate::archive::register::{Register, RegisterError};
use crate::archive::register_check;
use crate::archive::seal_list::{self, SealListError};
use crate::archive::writer::{self, SealError, SealOptions, SealOutcome};
use crate::archive::{ArchiveNumber, PackageContents, PackageInPlace};
use crate::diagnostics::{Diagnostic, Findings, Location, code};
use crate::diff::{self, LoadError};
use crate::ingest::fold;
use crate::manifest::{ReportOutcome, RunManifest};
use crate::notice::{Archive, ArchiveScope, Notice, NoticeError, Retention};
use crate::scans::{self, Inspector};
use assemble::{AssembledPackages, Assembler};
pub use inventory::{ListedPackage, VerificationRecord, package_catalogue, packages_in, record_verification};
pub use options::ArchiveOptions;

/// Archive numbers that a sentence lists.
const MAX_NAMES: usize = 5;

/// The outcome of archiving.
#[derive(Clone, Debug, Default)]
pub struct ArchiveOutcome {
    /// Each package with the branch, or the department, that it is about.
    pub packages: Vec<(String, SealOutcome)>,
    /// Names of the branches whose reports were refused.
    pub refused: Vec<String>,
    /// All findings, with the severities that the settings give them.
    pub findings: Vec<Diagnostic>,
    /// What was repaired of an earlier run that was interrupted, a sentence each.
    pub settled: Vec<String>,
    /// The seal list of all packages in the folder; none while there is no package.
    pub seals: Option<PathBuf>,
}

/// Why nothing can be archived at all.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The notice cannot be used.
    #[error("通知设置或模板不能使用")]
    Notice(#[from] NoticeError),
    /// The settings have no `[archive]`.
    #[error("{} 中没有归档设置：请加上 [archive]，写明 fonds = \"全宗号\"、retention = \"Y\"（永久）或 \"D30\"、\"D10\"", .0.display())]
    NoSettings(PathBuf),
    /// The settings lack a part of the archive number (档号).
    #[error("{} 的 [archive] 中没有{what}：请加一行 {line}", file.display())]
    Lacks {
        /// The settings.
        file: PathBuf,
        /// What is missing.
        what: &'static str,
        /// A line that would be right.
        line: &'static str,
    },
    /// The output folder has no record of a run.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The run has no report with this name.
    #[error("这次生成的报告中没有“{0}”")]
    Unknown(String),
    /// Branches were chosen for a package of all reports.
    #[error("归档设置是全部报告一个归档包（scope = \"department\"），不能用 --branch")]
    Whole,
    /// The register cannot be used.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The register contradicts itself, the packages or the seal list: what it says was archived cannot be relied on.
    #[error("登记册靠不住，没有归档：{first}{more}。恢复登记册以后，校验过再归档")]
    Contradicted {
        /// What is wrong, the first of it.
        first: String,
        /// How much more there is, in Chinese; empty when there is no more.
        more: String,
    },
    /// Not everything could be done.
    #[error("归档没有全部完成")]
    Incomplete {
        /// What could not.
        source: IncompleteError,
        /// What was done before.
        done: Box<ArchiveOutcome>,
    },
}

/// What could not be done after packages were sealed, which stay.
#[derive(Debug, thiserror::Error)]
pub enum IncompleteError {
    /// A package could not be sealed.
    #[error("“{subject}”没有归档")]
    Seal {
        /// The branch, or the department, that the package is about.
        subject: String,
        /// Why it was not sealed.
        source: SealError,
    },
    /// The seal list could not be written.
    #[error("封存清单没有写出")]
    SealList(#[source] SealListError),
}

/// Seals the packages asked for.
///
/// # Errors
/// When the settings do not say how, there is no run, another run archives, or the system refuses.
pub fn archive(options: &ArchiveOptions) -> Result<ArchiveOutcome, ArchiveError> {
    let places = &options.places;
    let settings = Settings::load(&places.notice)?;
    let numbering = Numbering::new(&settings.notice)?;
    let run = diff::load(&places.output)?.run;
    let chosen = choose(&run, options, numbering.archive.scope)?;
    let inspector = Inspector { program: places.machine.program.clone() };
    let survey = scans::survey(&places.signed, &other_notices(&places.notice), &run, &inspector);
    let mut findings = Findings::new(settings.notice.severity_overrides());
    findings.extend(survey.findings.iter().cloned());
    let present = std::cell::OnceCell::new();
    let assembler = Assembler { options, settings: &settings, run: &run, survey: &survey, present };
    let AssembledPackages { packages, refused } =
        assembler.assemble(&chosen, numbering.archive.scope).append_to(&mut findings);
    let mut archived = ArchiveOutcome { refused, ..ArchiveOutcome::default() };
    let mut register = Register::open(&places.packages)?;
    archived.settled = std::mem::take(&mut register.recovered);
    refuse_contradictions(&register)?;
    archived.settled.extend(unregistered(&register));
    let lacking = seal_list::lacking(&register);
    let sealing = SealOptions { zip: options.zip, signer: options.signer.as_ref(), by: &options.by, at: &options.at };
    let mut failure = None;
    for contents in packages {
        match writer::seal(&contents, &numbering.draft(&contents), &sealing, &mut register) {
            Ok(SealOutcome::Same { archive_number, in_place: PackageInPlace::Damaged(reason) }) => {
                findings.push(damaged(&register, &archive_number, &contents.subject, &reason));
                archived.refused.push(contents.subject);
            }
            Ok(sealed) => archived.packages.push((contents.subject, sealed)),
            Err(source) => {
                failure = Some(IncompleteError::Seal { subject: contents.subject, source });
                break;
            }
        }
    }
    // Also after a failure: the packages before it are sealed, and the list has all that the register has.
    if !register.entries().is_empty() {
        match seal_list::write(&register, options.signer.as_ref(), &options.at) {
            Ok(file) => {
                archived.seals = Some(file);
                archived.settled.extend(completed_list(lacking));
            }
            Err(error) => failure = failure.or(Some(IncompleteError::SealList(error))),
        }
    }
    archived.findings = findings.into_vec();
    match failure {
        Some(source) => Err(ArchiveError::Incomplete { source, done: Box::new(archived) }),
        None => Ok(archived),
    }
}

/// Refuses to archive while the register contradicts what lies beside it: a report might be sealed again, or take the
/// place of another.
fn refuse_contradictions(register: &Register) -> Result<(), ArchiveError> {
    let contradictions = register_check::contradictions(register);
    let Some(first) = contradictions.first() else { return Ok(()) };
    let values = |label: &str, value: &Option<String>| value.as_ref().map(|value| format!("，{label}：{value}"));
    let found = values("登记的", &first.found).unwrap_or_default();
    let expected = values("归档包里", &first.expected).unwrap_or_default();
    let more = contradictions.len() - 1;
    let more = if more > 0 { format!("；另有 {more} 处") } else { String::new() };
    Err(ArchiveError::Contradicted { first: format!("{}{found}{expected}", first.message), more })
}

/// A finding about the last package of a subject, which has the same payload, and is damaged.
fn damaged(register: &Register, number: &str, subject: &str, reason: &str) -> Diagnostic {
    let location = Location::File(register.root().display().to_string());
    let message = format!("“{subject}”已归档为 {number}，内容没有变化，这个归档包却坏了：{reason}");
    let cure = "把它移走，用另存的副本放回来，校验过再归档；没有副本的，不要删改登记册，写明情况";
    Diagnostic::new(&code::DAMAGED, location, message).cure(cure)
}

/// What is said of packages in the folder that the register does not have, in Chinese; nothing when there are none.
fn unregistered(register: &Register) -> Option<String> {
    let names = register_check::unregistered(register);
    let more = if names.len() > MAX_NAMES { format!("等 {} 个", names.len()) } else { String::new() };
    let listed = names[..names.len().min(MAX_NAMES)].join("、");
    let warning = "登记册里没有文件夹里的归档包";
    (!names.is_empty()).then(|| {
        format!("{warning} {listed}{more}：登记册丢过内容的，用另存的恢复；现在的报告与它们相同也会再封装一次")
    })
}

/// What is said of a seal list that lacked packages of earlier runs, in Chinese; nothing when it lacked none.
fn completed_list(lacking: usize) -> Option<String> {
    (lacking > 0)
        .then(|| format!("封存清单原来缺 {lacking} 个已登记的归档包（写清单前中断过），已补上；请把新的清单另存别处"))
}

/// What the settings say about archive numbers (档号).
struct Numbering<'n> {
    archive: &'n Archive,
    fonds: &'n str,
    retention: Retention,
    /// 机构: the settings', or the issuer of the notice.
    department: &'n str,
}

impl<'n> Numbering<'n> {
    fn new(notice: &'n Notice) -> Result<Self, ArchiveError> {
        let file = || notice.file().to_owned();
        let archive = notice.archive.as_ref().ok_or_else(|| ArchiveError::NoSettings(file()))?;
        let lacks = |what, line| ArchiveError::Lacks { file: file(), what, line };
        let fonds = archive.fonds.as_ref().ok_or_else(|| lacks("全宗号", "fonds = \"全宗号\""))?;
        let retention = archive.retention.ok_or_else(|| lacks("保管期限", "retention = \"D30\"（或 Y、D10）"))?;
        let department = archive.department.as_ref().map_or(&notice.facts.issuer, |own| own.get_ref());
        Ok(Self { archive, fonds: fonds.get_ref(), retention, department })
    }

    /// The number of a package, with 1 in place of the sequence number that the register gives out.
    fn draft(&self, contents: &PackageContents) -> ArchiveNumber {
        // 年度: the settings', or the year of the report's date.
        let of_report = || contents.main_report().and_then(|main| main.issued.date.get(..4)?.parse().ok());
        let year = self.archive.year.as_ref().map(|year| *year.get_ref()).or_else(of_report);
        ArchiveNumber {
            fonds: self.fonds.to_owned(),
            category: self.archive.category.get_ref().clone(),
            year: year.unwrap_or_default(),
            retention: self.retention.code(),
            department: self.department.to_owned(),
            sequence: 1,
            digits: *self.archive.digits.get_ref(),
        }
    }
}

/// The reports with the names asked for, or all: the branches' in the roster's order, then the department's.
fn choose<'r>(
    run: &'r RunManifest,
    options: &ArchiveOptions,
    scope: ArchiveScope,
) -> Result<Vec<&'r ReportOutcome>, ArchiveError> {
    let department = Some(&run.department).filter(|record| !record.name.is_empty());
    let all: Vec<&ReportOutcome> = run.branches.iter().chain(department).collect();
    if options.branches.is_empty() {
        return Ok(all);
    }
    if scope == ArchiveScope::Department {
        return Err(ArchiveError::Whole);
    }
    let find = |name: &String| {
        let found = all.iter().position(|record| fold(&record.name) == fold(name));
        found.ok_or_else(|| ArchiveError::Unknown(name.clone()))
    };
    let mut places = options.branches.iter().map(find).collect::<Result<Vec<usize>, _>>()?;
    places.sort_unstable();
    places.dedup();
    Ok(places.into_iter().map(|at| all[at]).collect())
}
