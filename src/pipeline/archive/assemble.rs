//! Decides which reports can be archived, and collects the files of each package.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use super::options::ArchiveOptions;
use super::present::{Present, PresentInputs};
use crate::archive::{ArchivedReport, PackageContents, PackageFile, SignedCopyState};
use crate::diagnostics::{Code, Diagnostic, Location, WithDiagnostics, code};
use crate::ingest::fold;
use crate::manifest::{Issued, ReportOutcome, ReportState, RunManifest};
use crate::notice::{ArchiveScope, BASES, Notice};
use crate::pipeline::attachments::COPY_PREFIX;
use crate::pipeline::report::document_name;
use crate::pipeline::{Settings, chain};
use crate::render::{Format, page_count};
use crate::scans::{ScanInventory, SignedCopy, Version};
use crate::store::{first_clash, is_portable_name, is_relative_inside, read_regular, sha256};
use crate::template::{ReportStructure, Templates};

/// A report that can be archived, with its files.
struct ReportContents {
    report: ArchivedReport,
    files: Vec<PackageFile>,
}

/// The packages to seal, and the branches that have none.
#[derive(Default)]
pub(super) struct AssembledPackages {
    pub packages: Vec<PackageContents>,
    /// Names of the branches whose reports cannot be archived.
    pub refused: Vec<String>,
}

/// What packages are collected from.
pub(super) struct Assembler<'a> {
    pub options: &'a ArchiveOptions,
    pub settings: &'a Settings,
    pub run: &'a RunManifest,
    pub survey: &'a ScanInventory,
    /// The ledgers as they are on disk; looked at when a report's are not as recorded.
    pub present: OnceCell<Option<Present<'a>>>,
}

impl Assembler<'_> {
    /// The packages of the chosen reports: one each, or one of all. A report that cannot be archived is refused with
    /// findings; in a package of all reports it stops the package.
    pub(super) fn assemble(
        &self,
        chosen: &[&ReportOutcome],
        scope: ArchiveScope,
    ) -> WithDiagnostics<AssembledPackages> {
        let settings: Vec<PackageFile> = settings_files(self.settings).collect();
        let mut findings = file_faults(&settings, None);
        if !findings.is_empty() {
            let refused = chosen.iter().map(|record| record.name.clone()).collect();
            return WithDiagnostics::new(AssembledPackages { packages: Vec::new(), refused }, findings);
        }
        let (mut reports, mut refused) = (Vec::new(), Vec::new());
        for record in chosen {
            match self.report(record).append_to(&mut findings) {
                Some(report) => reports.push(report),
                None => refused.push(record.name.clone()),
            }
        }
        let packages: Vec<PackageContents> = match scope {
            ArchiveScope::Branch => {
                let package = |own: ReportContents| self.package(own.report.name.clone(), vec![own], &settings);
                reports.into_iter().map(package).collect()
            }
            ArchiveScope::Department if refused.is_empty() && !reports.is_empty() => {
                let name = Some(&self.run.department.name).filter(|name| !name.is_empty());
                let subject = name.unwrap_or(&self.settings.notice.facts.issuer).clone();
                vec![self.package(subject, reports, &settings)]
            }
            ArchiveScope::Department => Vec::new(),
        };
        let mut assembled = AssembledPackages { packages: Vec::new(), refused };
        for package in packages {
            match name_clash(&package) {
                Some(clash) => {
                    findings.push(clash);
                    assembled.refused.extend(package.reports.into_iter().map(|report| report.name));
                }
                None => assembled.packages.push(package),
            }
        }
        WithDiagnostics::new(assembled, findings)
    }

    /// A package with its reports and the settings.
    fn package(&self, subject: String, reports: Vec<ReportContents>, settings: &[PackageFile]) -> PackageContents {
        let notice = &self.settings.notice;
        let (mut archived, mut all_files) = (Vec::new(), settings.to_vec());
        for ReportContents { report, files } in reports {
            archived.push(report);
            all_files.extend(files);
        }
        all_files.sort_by(|a, b| a.path.cmp(&b.path));
        // Reports have ledgers in common, and parts of reports have templates in common.
        all_files.dedup_by(|a, b| a.path == b.path);
        PackageContents {
            subject,
            notice: notice.facts.title.clone(),
            notice_code: notice.code(),
            keeper: notice.facts.issuer.clone(),
            reports: archived,
            files: all_files,
            events: self.options.events.clone(),
            sm3: notice.archive.as_ref().is_some_and(|archive| archive.sm3),
        }
    }

    /// A report with its files; `None`, and findings, when it cannot be archived.
    fn report(&self, record: &ReportOutcome) -> WithDiagnostics<Option<ReportContents>> {
        let issued = record.issued.as_ref().filter(|_| record.state == ReportState::Final && record.gaps.is_empty());
        let Some(issued) = issued else {
            let message = format!("报告是“{}”，不是正式报告", record.state.label());
            return WithDiagnostics::new(None, vec![finding(record, &code::NOT_ARCHIVED, &message)]);
        };
        let issued = &self.with_present_inputs(record, issued);
        let mut files = self.own_files(record);
        files.extend(self.ledgers(issued));
        files.extend(self.attachments(record));
        let of_version = |version| self.survey.copies_of(&record.name).filter(move |copy| copy.version == version);
        let copies: Vec<&SignedCopy> = of_version(Version::Current).collect();
        let unconfirmed: Vec<Diagnostic> =
            of_version(Version::ByName).map(|copy| unconfirmed_copy(record, issued, copy)).collect();
        files.extend(copies.iter().map(|copy| PackageFile {
            path: format!("data/signed/{}", copy.name),
            from: copy.path.clone(),
            expected: None,
        }));
        let mut findings = self.objections(record, issued);
        findings.extend(file_faults(&files, Some(&record.name)));
        if copies.is_empty() && unconfirmed.is_empty() && !self.options.unsigned {
            let cause = self.survey.faulty_copy_of(&record.name).map(|cause| format!("：{cause}")).unwrap_or_default();
            findings.push(finding(record, &code::UNSIGNED, &format!("没有这一版的签字件，没有归档{cause}")));
        }
        findings.extend(unconfirmed);
        if !findings.is_empty() {
            return WithDiagnostics::new(None, findings);
        }
        let pages = self.pages(record, &copies);
        if pages.is_none() {
            findings.push(finding(record, &code::PAGES, "从签字件看不出页数，也没有写明页数，页数未著录"));
        }
        let report = ArchivedReport {
            name: record.name.clone(),
            folder: record.folder.clone(),
            issued: issued.clone(),
            signed: signed_copy_state(&copies),
            pages,
        };
        WithDiagnostics::new(Some(ReportContents { report, files }), findings)
    }

    /// What a report states about itself, made of the ledgers and settings on disk when it would be just the same.
    fn with_present_inputs(&self, record: &ReportOutcome, issued: &Issued) -> Issued {
        let kind = Some(record.kind.as_str()).filter(|kind| !kind.is_empty());
        let is_as_recorded = self.settings.digest(kind) == issued.settings
            && self.ledgers(issued).all(|file| file_fault(&file).is_none());
        if is_as_recorded {
            return issued.clone();
        }
        let load = || Present::load(self.settings, &self.options.places).ok();
        let present = self.present.get_or_init(load).as_ref().and_then(|present| present.inputs_of(record));
        match present {
            Some(PresentInputs { ledgers, settings }) => Issued { ledgers, settings, ..issued.clone() },
            None => issued.clone(),
        }
    }

    /// What stands against archiving a final report, beside its files.
    fn objections(&self, record: &ReportOutcome, issued: &Issued) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        if !self.run.proof.holds {
            findings.push(finding(record, &code::NOT_ARCHIVED, "程序自查没有通过"));
        }
        let kind = Some(record.kind.as_str()).filter(|kind| !kind.is_empty());
        if self.settings.digest(kind) != issued.settings {
            findings.push(finding(record, &code::NOT_ARCHIVED, "设置或模板在生成报告之后改过"));
        }
        findings
    }

    /// A report's files, and the .pdf and .ofd files that were put beside them.
    fn own_files(&self, record: &ReportOutcome) -> Vec<PackageFile> {
        let folder = self.options.places.output.join(&record.folder);
        let file = |name: &str, expected| PackageFile {
            path: format!("data/reports/{}/{name}", record.folder),
            from: folder.join(name),
            expected,
        };
        let mut files: Vec<PackageFile> = record.files.iter().map(|(name, digest)| file(name, Some(*digest))).collect();
        for stem in record.files.keys().filter_map(|name| name.strip_suffix(".docx")) {
            for extension in ["pdf", "ofd"] {
                let name = format!("{stem}.{extension}");
                // A link would lead to what was not put here; the report's own PDF is among its files.
                if !record.files.contains_key(&name)
                    && folder.join(&name).symlink_metadata().is_ok_and(|metadata| metadata.is_file())
                {
                    files.push(file(&name, None));
                }
            }
        }
        files
    }

    /// The ledger files that a report was made from.
    fn ledgers(&self, issued: &Issued) -> impl Iterator<Item = PackageFile> {
        issued.ledgers.iter().map(|(name, digest)| PackageFile {
            path: format!("data/ledgers/{name}"),
            from: self.options.places.input.join(name),
            expected: Some(*digest),
        })
    }

    /// The files that a report's annexes put in, where making it again looks for them.
    fn attachments(&self, record: &ReportOutcome) -> Vec<PackageFile> {
        let notice = &self.settings.notice;
        let folders: Vec<&str> =
            notice.annex.iter().filter_map(|annex| Some(annex.files.as_ref()?.get_ref().as_str())).collect();
        let mut files = Vec::new();
        for (copy, digest) in &record.files {
            let Some(name) = copy.strip_prefix(COPY_PREFIX) else { continue };
            for folder in &folders {
                let path = format!("{folder}/{}/{name}", record.name);
                let from = notice.folder().join(&path);
                if from.symlink_metadata().is_ok() {
                    files.push(PackageFile { path: format!("data/notice/{path}"), from, expected: Some(*digest) });
                }
            }
        }
        files
    }

    /// The number of pages of a report: that of its signed PDF, the one that the caller states, or that of its own PDF.
    fn pages(&self, record: &ReportOutcome, copies: &[&SignedCopy]) -> Option<usize> {
        let is_pdf = |copy: &&&SignedCopy| copy.name.to_lowercase().ends_with(".pdf");
        let counted = copies.iter().filter(is_pdf).filter_map(|copy| copy.pages).max();
        let stated = self.options.pages.iter().find(|(name, _)| fold(name) == fold(&record.name));
        counted.or(stated.map(|(_, pages)| *pages)).or_else(|| self.own_pages(record))
    }

    /// The pages of a report's own PDF.
    fn own_pages(&self, record: &ReportOutcome) -> Option<usize> {
        let name = document_name(record, &self.settings.notice, Format::Pdf);
        record.files.get(&name)?;
        let bytes = read_regular(&self.options.places.output.join(&record.folder).join(name)).ok()?;
        page_count(&bytes)
    }
}

fn finding(record: &ReportOutcome, kind: Code, message: &str) -> Diagnostic {
    Diagnostic::new(kind, Location::Branch, message).of_branch(&record.name)
}

/// What copies of the current version were matched by; `None` when there are none.
fn signed_copy_state(copies: &[&SignedCopy]) -> Option<SignedCopyState> {
    let is_seen = copies.iter().any(|copy| copy.unread.is_none());
    (!copies.is_empty()).then_some(if is_seen { SignedCopyState::Seen } else { SignedCopyState::Unseen })
}

/// A copy of which only the branch is known. It is neither packed, for another version may have been signed, nor left
/// out without a word.
fn unconfirmed_copy(record: &ReportOutcome, issued: &Issued, copy: &SignedCopy) -> Diagnostic {
    let message = format!("没有看到核对码 {}，不知道签的是不是这一版，没有归档", issued.code);
    let place = Location::File(copy.path.display().to_string());
    Diagnostic::new(&code::UNCONFIRMED, place, message).of_branch(&record.name)
}

/// What is wrong with files that are to go into a package, with the branch whose report they belong to.
fn file_faults(files: &[PackageFile], branch: Option<&str>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for file in files {
        if let Some(fault) = file_fault(file) {
            let place = Location::File(file.from.display().to_string());
            let finding = Diagnostic::new(&code::NOT_ARCHIVED, place, fault);
            findings.push(match branch {
                Some(branch) => finding.of_branch(branch),
                None => finding,
            });
        }
    }
    findings
}

fn file_fault(file: &PackageFile) -> Option<String> {
    if !is_relative_inside(&file.path) {
        return Some("名称中有冒号、反斜线，或用 .. 指到别处，不能放进归档包，请改名".to_owned());
    }
    if !file.path.split('/').all(is_portable_name) {
        return Some(
            "Windows 上不能有这个名称（CON、NUL 等设备名，末尾的句点或空格，< > \" | ? *），归档包在那里解不开，请改名"
                .to_owned(),
        );
    }
    let expected = file.expected.as_ref()?;
    match read_regular(&file.from) {
        Ok(bytes) if sha256(&bytes) == *expected => None,
        Ok(_) => Some("生成报告之后改过，与报告所据的不同".to_owned()),
        Err(error) => Some(format!("读不到：{}", chain(&error))),
    }
}

/// Two files of a package that Windows cannot have beside one another, when there are any.
fn name_clash(package: &PackageContents) -> Option<Diagnostic> {
    let (first, second) = first_clash(package.files.iter().map(|file| file.path.as_str()))?;
    let [first, second] = [first, second].map(|at| package.files[at].from.display().to_string());
    let message = format!("与“{first}”的名称只差大小写，在 Windows 上是同一个文件，不能放进一个归档包，请改名");
    Some(Diagnostic::new(&code::NOT_ARCHIVED, Location::File(second), message).of_branch(&package.subject))
}

/// The settings with those that they are based on, the templates that they name, and those that templates include.
fn settings_files(settings: &Settings) -> impl Iterator<Item = PackageFile> {
    let notice = &settings.notice;
    let pieces = std::iter::once(&settings.templates).chain(&settings.summary_templates).flat_map(Templates::pieces);
    let file =
        |name: &str, from: PathBuf, expected| PackageFile { path: format!("data/notice/{name}"), from, expected };
    let own = file("notice.toml", notice.file().to_owned(), Some(sha256(notice.text().as_bytes())));
    let templates =
        ReportStructure::all(notice).flat_map(ReportStructure::template_files).map(|name| name.get_ref().as_str());
    let bases = notice.base_files().map(Path::to_owned);
    let templates = templates.chain(pieces).map(move |name| (name, notice.template_path(name)));
    let templates =
        templates.map(move |(name, path)| file(&inherited_name(notice, &path).unwrap_or(name.to_owned()), path, None));
    let bases = bases.filter_map(move |path| Some(file(&inherited_name(notice, &path)?, path, None)));
    std::iter::once(own).chain(bases).chain(templates)
}

/// The path, in the folder of the settings, under which a package has a file of a notice that the own one is based on;
/// `None` for the own files.
fn inherited_name(notice: &Notice, path: &Path) -> Option<String> {
    let folder = notice.base_files().filter_map(Path::parent).find(|folder| path.starts_with(folder))?;
    let inside = path.strip_prefix(folder).ok()?;
    let parts = [Path::new(BASES), Path::new(folder.file_name()?), inside];
    let names = parts.iter().flat_map(|part| part.components()).map(|part| part.as_os_str().to_string_lossy());
    Some(names.collect::<Vec<_>>().join("/"))
}
