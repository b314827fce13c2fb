//! Archiving: final reports whose proofs passed, with their signed copies and what they were made from, into sealed
//! packages.

use std::path::PathBuf;

use super::{NoticeError, Paths, Settings, chain};
use crate::archive::register::{Register, RegisterError};
use crate::archive::writer::{self, SealError, SealOptions, SealOutcome};
use crate::archive::{ArchiveNumber, ArchivedReport, Event, PackageContents, PackageFile, Signer};
use crate::diagnostics::{Code, Diagnostic, Location, code};
use crate::diff::{self, LoadError};
use crate::ingest::fold;
use crate::manifest::{BranchRecord, ReportState, RunManifest};
use crate::notice::{Archive, ArchiveScope, Notice};
use crate::scans::{self, Inspector, ScanInventory, SignedCopy, Version};
use crate::store::{is_relative_inside, sha256};
use crate::template::Outline;

/// What archiving is asked for.
pub struct ArchiveOptions {
    /// Where everything stands.
    pub places: Paths,
    /// Names of the branches to archive; all when empty.
    pub branches: Vec<String>,
    /// Whether packages are zips.
    pub zip: bool,
    /// Whether a report without a signed copy is archived.
    pub unsigned: bool,
    /// How many pages reports have, by their branches' names.
    pub pages: Vec<(String, usize)>,
    /// What was done before, as the caller says.
    pub events: Vec<Event>,
    /// Who seals.
    pub by: String,
    /// When, as 2018-11-05 or 2018-11-05T09:30.
    pub at: String,
    /// Who signs, when somebody does.
    pub signer: Option<Signer>,
}

/// What archiving came to.
#[derive(Clone, Debug, Default)]
pub struct ArchiveOutcome {
    /// Each package by whose it is.
    pub packages: Vec<(String, SealOutcome)>,
    /// Whose reports could not be archived.
    pub refused: Vec<String>,
    /// What was found.
    pub findings: Vec<Diagnostic>,
    /// What was done to what an earlier run left, each in a sentence.
    pub settled: Vec<String>,
}

/// Why nothing can be archived at all.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The notice cannot be used.
    #[error("通知设置或模板不能使用")]
    Notice(#[from] NoticeError),
    /// The settings do not say how to archive.
    #[error("{} 中没有归档设置：请加上 [archive]，写明 fonds = \"全宗号\"、retention = \"Y\"（永久）或 \"D30\"、\"D10\"", .0.display())]
    NoSettings(PathBuf),
    /// The settings lack a part of the 档号.
    #[error("{} 的 [archive] 中没有{what}：请加一行 {line}", file.display())]
    Lacks {
        /// The settings.
        file: PathBuf,
        /// What is lacking.
        what: &'static str,
        /// A line that would be right.
        line: &'static str,
    },
    /// There is no run.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A branch was asked for that the run does not know.
    #[error("这次生成的报告中没有“{0}”")]
    Unknown(String),
    /// Branches were chosen for a package of all reports.
    #[error("归档设置是全部报告一个归档包（scope = \"department\"），不能用 --branch")]
    Whole,
    /// The register cannot be used.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// A package could not be sealed; those before it stand.
    #[error("“{subject}”没有归档")]
    Seal {
        /// Whose package it is.
        subject: String,
        /// Why.
        source: SealError,
        /// What was done before.
        done: Box<ArchiveOutcome>,
    },
}

/// Seals the packages asked for.
///
/// # Errors
/// When the settings do not say how, there is no run, another run archives, or the system refuses.
pub fn archive(options: &ArchiveOptions) -> Result<ArchiveOutcome, ArchiveError> {
    let places = &options.places;
    let settings = Settings::load(&places.notice)?;
    let file = || places.notice.clone();
    let asked = settings.notice.archive.as_ref().ok_or_else(|| ArchiveError::NoSettings(file()))?;
    let lacks = |what, line| ArchiveError::Lacks { file: file(), what, line };
    let fonds = asked.fonds.as_ref().ok_or_else(|| lacks("全宗号", "fonds = \"全宗号\""))?;
    let retention = asked.retention.ok_or_else(|| lacks("保管期限", "retention = \"D30\"（或 Y、D10）"))?;
    let run = diff::load(&places.output)?.run;
    let chosen = choose(&run, options, asked.scope)?;
    let survey = scans::survey(&places.signed, &run, &Inspector { program: places.worker.clone() });
    let mut assembler = PackageAssembler {
        options,
        settings: &settings,
        run: &run,
        survey: &survey,
        archived: ArchiveOutcome::default(),
    };
    assembler.archived.findings.extend(survey.findings.iter().cloned());
    let packages = assembler.packages(&chosen, asked.scope);
    let mut archived = assembler.archived;
    let mut register = Register::open(&places.out)?;
    archived.settled = std::mem::take(&mut register.recovered);
    let sealing = SealOptions { zip: options.zip, signer: options.signer.as_ref(), by: &options.by, at: &options.at };
    for contents in packages {
        let draft = ArchiveNumber {
            fonds: fonds.get_ref().clone(),
            category: asked.category.get_ref().clone(),
            year: year(asked, &contents),
            retention: retention.code(),
            department: asked.department.as_ref().map_or(&settings.notice.facts.issuer, |own| own.get_ref()).clone(),
            sequence: 1,
            digits: *asked.digits.get_ref(),
        };
        match writer::seal(&contents, &draft, &sealing, &mut register) {
            Ok(sealed) => archived.packages.push((contents.subject, sealed)),
            Err(source) => {
                register.close();
                return Err(ArchiveError::Seal { subject: contents.subject, source, done: Box::new(archived) });
            }
        }
    }
    register.close();
    Ok(archived)
}

/// 年度: the settings', or the year of the report's date.
fn year(asked: &Archive, contents: &PackageContents) -> i16 {
    let own = contents.main_report().and_then(|main| main.issued.date.get(..4)?.parse().ok());
    asked.year.as_ref().map(|year| *year.get_ref()).or(own).unwrap_or_default()
}

/// The reports asked for: the branches', then the department's.
fn choose<'r>(
    run: &'r RunManifest,
    options: &ArchiveOptions,
    scope: ArchiveScope,
) -> Result<Vec<&'r BranchRecord>, ArchiveError> {
    let department = Some(&run.department).filter(|record| !record.name.is_empty());
    let all: Vec<&BranchRecord> = run.branches.iter().chain(department).collect();
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

/// A report that goes into a package, with its files.
type Report = (ArchivedReport, Vec<PackageFile>);

/// Where packages are put together.
struct PackageAssembler<'a> {
    options: &'a ArchiveOptions,
    settings: &'a Settings,
    run: &'a RunManifest,
    survey: &'a ScanInventory,
    archived: ArchiveOutcome,
}

impl PackageAssembler<'_> {
    /// What each package holds; a report that cannot be archived is a finding, and of a package of all reports stops
    /// the package.
    fn packages(&mut self, chosen: &[&BranchRecord], scope: ArchiveScope) -> Vec<PackageContents> {
        let settings: Vec<PackageFile> = settings_of(&self.settings.notice).collect();
        if self.faults(&settings, None) {
            self.archived.refused.extend(chosen.iter().map(|record| record.name.clone()));
            return Vec::new();
        }
        let mut reports = Vec::new();
        for record in chosen {
            match self.report(record) {
                Some(report) => reports.push(report),
                None => self.archived.refused.push(record.name.clone()),
            }
        }
        if scope == ArchiveScope::Branch {
            let own = |report: Report| self.contents(report.0.name.clone(), vec![report], &settings);
            return reports.into_iter().map(own).collect();
        }
        if !self.archived.refused.is_empty() || reports.is_empty() {
            return Vec::new();
        }
        let name = Some(&self.run.department.name).filter(|name| !name.is_empty());
        vec![self.contents(name.unwrap_or(&self.settings.notice.facts.issuer).clone(), reports, &settings)]
    }

    /// A package with its reports and the settings.
    fn contents(&self, subject: String, reports: Vec<Report>, settings: &[PackageFile]) -> PackageContents {
        let notice = &self.settings.notice;
        let (reports, files): (Vec<ArchivedReport>, Vec<Vec<PackageFile>>) = reports.into_iter().unzip();
        let mut files: Vec<PackageFile> = files.into_iter().flatten().chain(settings.iter().cloned()).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        // Reports share ledgers, parts share templates.
        files.dedup_by(|a, b| a.path == b.path);
        PackageContents {
            subject,
            notice: notice.facts.title.clone(),
            notice_code: notice.code(),
            keeper: notice.facts.issuer.clone(),
            reports,
            files,
            events: self.options.events.clone(),
            sm3: notice.archive.as_ref().is_some_and(|archive| archive.sm3),
        }
    }

    /// A report with its files; `None`, and findings, when it cannot be archived.
    fn report(&mut self, record: &BranchRecord) -> Option<Report> {
        let before = self.archived.findings.len();
        let mut refuse = |kind: Code, place: Location, message: String| {
            self.archived.findings.push(Diagnostic::new(kind, place, message).of_branch(&record.name));
        };
        let issued = record.issued.as_ref().filter(|_| record.state == ReportState::Final && record.gaps.is_empty());
        let Some(issued) = issued else {
            refuse(&code::NOT_ARCHIVED, Location::Branch, format!("报告是“{}”，不是正式报告", record.state.label()));
            return None;
        };
        if !self.run.proof.holds {
            refuse(&code::NOT_ARCHIVED, Location::Branch, "程序自查没有通过".to_owned());
        }
        let kind = Some(record.kind.as_str()).filter(|_| record.name != self.run.department.name);
        if self.settings.digest(kind) != issued.settings {
            refuse(&code::NOT_ARCHIVED, Location::Branch, "设置或模板在生成报告之后改过".to_owned());
        }
        let mut pieces = self.own_files(record);
        let ledgers = issued.ledgers.iter().map(|(name, digest)| PackageFile {
            path: format!("data/ledgers/{name}"),
            from: self.options.places.input.join(name),
            expected: Some(*digest),
        });
        pieces.extend(ledgers);
        self.faults(&pieces, Some(&record.name));
        let copies: Vec<&SignedCopy> =
            self.survey.copies_of(&record.name).filter(|copy| copy.version > Version::Old).collect();
        if copies.is_empty() && !self.options.unsigned {
            let message = "没有这一版的签字件，没有归档";
            self.archived
                .findings
                .push(Diagnostic::new(&code::UNSIGNED, Location::Branch, message).of_branch(&record.name));
        }
        if self.archived.findings.len() > before {
            return None;
        }
        let pages = self.pages(record, &copies);
        let signed = copies.iter().map(|copy| copy.version).max();
        pieces.extend(copies.iter().map(|copy| PackageFile {
            path: format!("data/signed/{}", copy.name),
            from: copy.path.clone(),
            expected: None,
        }));
        let (name, folder) = (record.name.clone(), record.folder.clone());
        Some((ArchivedReport { name, folder, issued: issued.clone(), signed, pages }, pieces))
    }

    /// Says what is wrong with files that go into a package; whether anything is.
    fn faults(&mut self, pieces: &[PackageFile], branch: Option<&str>) -> bool {
        let found = pieces.iter().filter_map(|piece| {
            let place = Location::File(piece.from.display().to_string());
            let finding = Diagnostic::new(&code::NOT_ARCHIVED, place, fault(piece)?);
            Some(match branch {
                Some(branch) => finding.of_branch(branch),
                None => finding,
            })
        });
        let before = self.archived.findings.len();
        self.archived.findings.extend(found);
        self.archived.findings.len() > before
    }

    /// A report's files, and the fixed-layout copies beside them.
    fn own_files(&self, record: &BranchRecord) -> Vec<PackageFile> {
        let folder = self.options.places.output.join(&record.folder);
        let path = |name: &str| format!("data/reports/{}/{name}", record.folder);
        let made = record.files.iter().map(|(name, digest)| PackageFile {
            path: path(name),
            from: folder.join(name),
            expected: Some(*digest),
        });
        let stems = record.files.keys().filter_map(|name| name.strip_suffix(".docx"));
        let fixed = stems.flat_map(|stem| ["pdf", "ofd"].map(|extension| format!("{stem}.{extension}")));
        let fixed = fixed.filter(|name| folder.join(name).symlink_metadata().is_ok_and(|metadata| metadata.is_file()));
        let fixed = fixed.map(|name| PackageFile { path: path(&name), from: folder.join(&name), expected: None });
        made.chain(fixed).collect()
    }

    /// How many pages a report has: those of its signed PDF, or what the caller says; nobody else knows.
    fn pages(&mut self, record: &BranchRecord, copies: &[&SignedCopy]) -> Option<usize> {
        let is_pdf = |copy: &&&SignedCopy| copy.name.to_lowercase().ends_with(".pdf");
        let counted = copies.iter().filter(is_pdf).filter_map(|copy| copy.pages).max();
        let told =
            self.options.pages.iter().find(|(name, _)| fold(name) == fold(&record.name)).map(|(_, pages)| *pages);
        let pages = counted.or(told);
        if pages.is_none() {
            let message = "没有签字的 PDF，也没有写明页数，页数未著录";
            self.archived
                .findings
                .push(Diagnostic::new(&code::PAGES, Location::Branch, message).of_branch(&record.name));
        }
        pages
    }
}

/// The settings, and the templates that they name.
fn settings_of(notice: &Notice) -> impl Iterator<Item = PackageFile> {
    let piece =
        |name: &str, from: PathBuf, expected| PackageFile { path: format!("data/notice/{name}"), from, expected };
    let settings = piece("notice.toml", notice.file().to_owned(), Some(sha256(notice.text().as_bytes())));
    let templates = Outline::all(notice).flat_map(Outline::template_files).map(|name| name.get_ref().as_str());
    std::iter::once(settings).chain(templates.map(move |name| piece(name, notice.folder().join(name), None)))
}

/// What is wrong with a file that goes into a package.
fn fault(piece: &PackageFile) -> Option<String> {
    if !is_relative_inside(&piece.path) {
        return Some("名称中有冒号、反斜线，或用 .. 指到别处，不能放进归档包，请改名".to_owned());
    }
    let expected = piece.expected.as_ref()?;
    match std::fs::read(&piece.from) {
        Ok(bytes) if sha256(&bytes) == *expected => None,
        Ok(_) => Some("生成报告之后改过，与报告所据的不同".to_owned()),
        Err(error) => Some(format!("读不到：{}", chain(&error))),
    }
}
