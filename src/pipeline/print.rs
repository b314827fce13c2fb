//! A set for the printer: the PDFs of final reports as one file, or one a kind of branch, each report with the PDFs and
//! scans of its annexes behind it and beginning on a right-hand page, in front a list to tick off signatures.
//!
//! What is printed is what is in the output folder, when it is as recorded. Reports are not made again.

use std::io;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use jiff::civil::Date;

use super::attachments::COPY_PREFIX;
use super::print_files::{ALL, all_reports, file_name, former_sets, kind_files, kind_of};
use super::readers::run_budget;
use super::report::document_name;
use super::{Machine, Settings, chain, fonts};
use crate::binding::{Annex, AnnexPages, AnnexReader, BindError, BoundPart, bind};
use crate::diagnostics::{Diagnostic, Findings, Location, WithDiagnostics, code};
use crate::diff::{self, LoadError};
use crate::escape::visible;
use crate::fonts::Fonts;
use crate::ingest::fold;
use crate::manifest::{Issued, ReportOutcome, ReportState, RunManifest};
use crate::notice::{Notice, NoticeError};
use crate::render::{Format, ListedReport, PicturePages, PrintList, RenderError, page_count};
use crate::store::{self, Digest, StoreError, read_limited, sha256};

/// What to print, from which folder, into which.
#[derive(Clone, Debug)]
pub struct PrintOptions {
    /// The notice's settings.
    pub notice: PathBuf,
    /// The folder of reports.
    pub output: PathBuf,
    /// The folder that receives the set.
    pub target: PathBuf,
    /// Names of the branches, and of the department; all when empty.
    pub branches: Vec<String>,
    /// Whether each kind of branch has a file of its own.
    pub each_kind: bool,
    /// A folder of fonts that is looked through first.
    pub fonts: Option<PathBuf>,
    /// What the computer gives the run.
    pub machine: Machine,
}

/// The outcome of printing.
#[derive(Clone, Debug, Default)]
pub struct PrintOutcome {
    /// The files that were written: one, or one for each kind of branch.
    pub sets: Vec<PrintedSet>,
    /// Names of the branches whose reports are in none of them.
    pub absent: Vec<String>,
    /// Files of earlier runs for kinds of branches that there are none of any more.
    pub former: Vec<PathBuf>,
    /// All findings, with the severities that the settings give them.
    pub findings: Vec<Diagnostic>,
}

/// A file for the printer: the reports of all branches, or of the branches of one kind.
#[derive(Clone, Debug)]
pub struct PrintedSet {
    /// The path of the PDF.
    pub path: PathBuf,
    /// The number of its reports.
    pub reports: usize,
    /// The number of its pages, with the list and blank pages.
    pub pages: usize,
}

impl PrintedSet {
    /// What is in it, as users read it.
    pub fn line(&self) -> String {
        format!("报告 {} 份，连同清单和空白页共 {} 页", self.reports, self.pages)
    }
}

impl PrintOutcome {
    /// What is not printed, and what should not be there, as users read it; `None` when all is well.
    pub fn shortfall(&self) -> Option<String> {
        let names: Vec<_> = self.absent.iter().take(MAX_NAMES).map(|name| visible(name)).collect();
        let more = if self.absent.len() > MAX_NAMES { "等" } else { "" };
        let absent = (!self.absent.is_empty())
            .then(|| format!("没有印进去 {} 份：{}{more}", self.absent.len(), names.join("、")));
        let nothing = self.sets.is_empty().then(|| "没有可以打印的正式报告".to_owned());
        let names = self
            .former
            .iter()
            .filter_map(|file| file.file_name())
            .map(|name| visible(&name.to_string_lossy()).into_owned());
        let former = (!self.former.is_empty()).then(|| {
            format!(
                "以前的打印件，现在没有这一类单位，不要再发下去，可以删去：{}",
                names.collect::<Vec<_>>().join("、")
            )
        });
        let lines: Vec<String> = nothing.into_iter().chain(absent).chain(former).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// Why nothing can be printed at all.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The notice cannot be used.
    #[error("通知设置或模板不能使用")]
    Notice(#[from] NoticeError),
    /// The output folder has no record of a run.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The run has no report with this name.
    #[error("这次生成的报告中没有“{0}”")]
    Unknown(String),
    /// There are no fonts to set the list in.
    #[error(
        "没有找到中文字体，不能排签字清单：安装仿宋、黑体、楷体、宋体，或把字体文件放进一个文件夹，运行时加 --fonts"
    )]
    NoFonts,
    /// The list cannot be rendered.
    #[error("签字清单没有排出")]
    List(#[from] RenderError),
    /// The reports cannot be bound.
    #[error("报告没有合成一个文件")]
    Bind(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The file cannot be written.
    #[error("打印件没有写出")]
    Write(#[from] StoreError),
    /// A file of an earlier run cannot be removed.
    #[error("以前的打印件“{}”删不掉", file.display())]
    Stale {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl From<BindError> for PrintError {
    fn from(error: BindError) -> Self {
        Self::Bind(Box::new(error))
    }
}

/// Writes the sets for the printer.
///
/// # Errors
/// When there is no run, there are no fonts, or the system refuses.
pub fn print(options: &PrintOptions) -> Result<PrintOutcome, PrintError> {
    let settings = Settings::load(&options.notice)?;
    let run = diff::load(&options.output)?.run;
    let notice = &settings.notice;
    let mut findings = Findings::new(notice.severity_overrides());
    let mut found = Vec::new();
    let fonts = fonts::look(notice, options.fonts.as_deref(), &options.machine).append_to(&mut found);
    let fonts = fonts.ok_or(PrintError::NoFonts)?;
    let printer = Printer { options, notice, fonts: &fonts };
    let mut outcome = PrintOutcome::default();
    for group in groups(&run, options)? {
        let mut set = Set { file: options.target.join(&group.file), kind: group.kind, ..Set::default() };
        let mut left = printer.allowed();
        for record in group.reports {
            match printer.report(record, &mut left).append_to(&mut found) {
                Some(report) => set.reports.push(report),
                None => set.absent.push(record.name.clone()),
            }
        }
        // Annexes have what the reports themselves leave.
        for report in &mut set.reports {
            found.extend(printer.add_annexes(report, &mut left));
        }
        outcome.absent.extend(set.absent.iter().cloned());
        if set.reports.is_empty() {
            // One that an earlier run made shows reports that are none any more.
            remove_stale(set.file)?;
        } else {
            outcome.sets.push(printer.write(set)?);
        }
    }
    outcome.former = former_sets(&options.target, &run);
    findings.extend(found);
    outcome.findings = findings.into_vec();
    Ok(outcome)
}

/// Reports that are printed in one file.
struct Group<'r> {
    /// The kind of branches; empty for the file of all reports.
    kind: &'r str,
    /// The name of the file.
    file: String,
    reports: Vec<&'r ReportOutcome>,
}

/// The chosen reports: those of branches in the roster's order, then the department's; those of a kind together when
/// asked.
fn groups<'r>(run: &'r RunManifest, options: &PrintOptions) -> Result<Vec<Group<'r>>, PrintError> {
    let all: Vec<&ReportOutcome> = all_reports(run).collect();
    let is_named = |record: &ReportOutcome, name: &String| fold(&record.name) == fold(name);
    if let Some(unknown) = options.branches.iter().find(|name| !all.iter().any(|record| is_named(record, name))) {
        return Err(PrintError::Unknown(unknown.clone()));
    }
    let is_chosen = |record: &&ReportOutcome| {
        options.branches.is_empty() || options.branches.iter().any(|name| is_named(record, name))
    };
    let chosen: Vec<&ReportOutcome> = all.iter().copied().filter(is_chosen).collect();
    if !options.each_kind {
        return Ok(vec![Group { kind: "", file: file_name(ALL), reports: chosen }]);
    }
    let group = |(kind, file)| (kind, Group { kind, file, reports: Vec::new() });
    let mut groups: IndexMap<&str, Group<'r>> = kind_files(run).into_iter().map(group).collect();
    for record in chosen {
        if let Some(group) = groups.get_mut(kind_of(record)) {
            group.reports.push(record);
        }
    }
    Ok(groups.into_values().filter(|group| !group.reports.is_empty()).collect())
}

/// What goes into one file.
#[derive(Default)]
struct Set<'r> {
    /// The kind of branches; empty for the file of all reports.
    kind: &'r str,
    file: PathBuf,
    reports: Vec<PrintedReport<'r>>,
    absent: Vec<String>,
}

/// A report with the annexes that are bound behind it.
struct PrintedReport<'r> {
    record: &'r ReportOutcome,
    listed: ListedReport,
    date: Option<Date>,
    files: Vec<Vec<u8>>,
}

/// Collects reports and writes files.
struct Printer<'p> {
    options: &'p PrintOptions,
    notice: &'p Notice,
    fonts: &'p Fonts,
}

impl Printer<'_> {
    /// The bytes that the files of a set may have.
    fn allowed(&self) -> u64 {
        run_budget(self.notice, &self.options.machine) / OF_BOUND
    }

    /// A final report without its annexes; `None`, and a finding, when it cannot be printed. `left` are the bytes that
    /// the files of its set may still have.
    fn report<'r>(&self, record: &'r ReportOutcome, left: &mut u64) -> WithDiagnostics<Option<PrintedReport<'r>>> {
        let refused = |location, message: &str| {
            let finding = Diagnostic::new(&code::NOT_PRINTED, location, message).of_branch(&record.name);
            WithDiagnostics::new(None, vec![finding])
        };
        let issued = record.issued.as_ref().filter(|_| record.state == ReportState::Final);
        let Some(issued) = issued else {
            return refused(Location::Branch, &format!("报告是“{}”，不是正式报告，没有印进去", record.state.label()));
        };
        let name = document_name(record, self.notice, Format::Pdf);
        let Some(digest) = record.files.get(&name) else {
            return refused(Location::Branch, "正式报告没有 PDF，没有印进去");
        };
        let path = self.options.output.join(&record.folder).join(&name);
        let pdf = match self.read_recorded(&path, digest, *left) {
            Ok(pdf) => pdf,
            Err(fault) => return refused(Location::File(path.display().to_string()), &format!("{fault}，没有印进去")),
        };
        *left -= pdf.len() as u64;
        let Issued { title, code, date, .. } = issued;
        let (name, title, code) = (record.name.clone(), title.clone(), code.as_str().to_owned());
        let listed = ListedReport { name, title, pages: page_count(&pdf).unwrap_or_default(), code };
        let report = PrintedReport { record, listed, date: date.parse().ok(), files: vec![pdf] };
        WithDiagnostics::new(Some(report), Vec::new())
    }

    /// Adds the files that annexes put in, each as a PDF; those for which too little is left are left out, with a finding.
    fn add_annexes(&self, report: &mut PrintedReport<'_>, left: &mut u64) -> Vec<Diagnostic> {
        let record = report.record;
        let date = report.date.unwrap_or(self.notice.letter.date);
        let mut findings = Vec::new();
        for (name, digest) in record.files.iter().filter(|(name, _)| name.starts_with(COPY_PREFIX)) {
            let path = self.options.output.join(&record.folder).join(name);
            let mut note = |message: &str| {
                let place = Location::File(path.display().to_string());
                findings.push(Diagnostic::new(&code::ANNEX_NOT_BOUND, place, message).of_branch(&record.name));
            };
            let title = name.trim_start_matches(COPY_PREFIX);
            let annex = self.read_recorded(&path, digest, *left).and_then(|bytes| self.annex(bytes, title, date));
            match annex.and_then(|annex| self.within(annex, left)) {
                Ok(annex) => {
                    annex.left_out.iter().for_each(|what| note(what.label()));
                    report.listed.pages += annex.pages;
                    report.files.push(annex.bytes);
                }
                Err(fault) => note(&format!("{fault}，没有印进去")),
            }
        }
        findings
    }

    /// An annex, when it takes no more than is left, which becomes less.
    ///
    /// # Errors
    /// With the reason, in Chinese, when it takes more.
    fn within(&self, annex: AnnexPages, left: &mut u64) -> Result<AnnexPages, String> {
        *left = left.checked_sub(annex.bytes.len() as u64).ok_or_else(|| self.too_much())?;
        Ok(annex)
    }

    /// Why a file is left out for which too little is left, in Chinese.
    fn too_much(&self) -> String {
        format!(
            "报告和展开的附件合起来超过一份打印件能装的 {} MiB，可以每类单位打印一份；确需放宽的，改 notice.toml 里 [limits] 的 run_mib",
            self.allowed() >> 20
        )
    }

    /// The bytes of a file that is as recorded. One of more than are left is not read.
    ///
    /// # Errors
    /// With what is wrong with it, in Chinese.
    fn read_recorded(&self, path: &Path, digest: &Digest, left: u64) -> Result<Vec<u8>, String> {
        if std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() > left) {
            return Err(self.too_much());
        }
        match read_limited(path, left) {
            Ok(bytes) if sha256(&bytes) == *digest => Ok(bytes),
            Ok(_) => Err("生成以后改过".to_owned()),
            Err(error) => Err(format!("读不到：{}", chain(&error))),
        }
    }

    /// A file from outside as a PDF.
    ///
    /// # Errors
    /// With the reason, in Chinese.
    fn annex(&self, bytes: Vec<u8>, title: &str, date: Date) -> Result<AnnexPages, String> {
        let reader = AnnexReader { program: self.options.machine.program.clone() };
        match reader.read(bytes).map_err(|error| error.to_string())? {
            Annex::Pages(pages) => Ok(pages),
            Annex::Pictures(pictures) => {
                let pages = pictures.len();
                let (title, author) = (title.to_owned(), self.notice.facts.issuer.clone());
                let scan = PicturePages { title, author, date, pictures };
                let bytes = scan.render(self.fonts).map_err(|error| error.to_string())?;
                Ok(AnnexPages { bytes, pages, left_out: Vec::new() })
            }
        }
    }

    /// Writes a file.
    fn write(&self, set: Set<'_>) -> Result<PrintedSet, PrintError> {
        let Set { kind, file: path, reports, absent } = set;
        let title = format!("{kind}报告签字清单");
        let list = PrintList {
            title: title.clone(),
            author: self.notice.facts.issuer.clone(),
            date: reports.iter().filter_map(|report| report.date).max().unwrap_or(self.notice.letter.date),
            reports: reports.iter().map(|report| report.listed.clone()).collect(),
            absent,
        };
        let count = reports.len();
        let mut parts = vec![BoundPart { title: title.clone(), files: vec![list.render(self.fonts)?] }];
        parts.extend(reports.into_iter().map(|report| BoundPart { title: report.listed.name, files: report.files }));
        let bound = bind(&title, &parts)?;
        store::write(&path, &bound.bytes)?;
        Ok(PrintedSet { path, reports: count, pages: bound.pages })
    }
}

/// Bytes that a set takes for each byte of its files: they are held, parsed and written once more.
const OF_BOUND: u64 = 4;
/// The most names that a sentence lists.
const MAX_NAMES: usize = 30;

/// Removes a file for the printer where there is one.
fn remove_stale(file: PathBuf) -> Result<(), PrintError> {
    match std::fs::remove_file(&file) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(PrintError::Stale { file, source }),
        _ => Ok(()),
    }
}
