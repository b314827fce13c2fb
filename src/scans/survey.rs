//! Goes through a folder of scans.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::attribution::{ReportIndex, Version};
use super::inspect::{Inspector, ScanContents};
use crate::diagnostics::localize;
use crate::diagnostics::{Code, Diagnostic, Location, WithDiagnostics, code};
use crate::manifest::RunManifest;
use crate::report_code::ReportCode;
use crate::store::{MAX_ENTRIES, kind_fault_of_file, read_regular, too_many_entries};

/// The extensions of scans, in lower case.
const EXTENSIONS: [&str; 6] = ["pdf", "jpg", "jpeg", "png", "tif", "tiff"];
/// The largest scan that is opened, in bytes.
const MAX_SCAN: u64 = 256 << 20;

/// A scan that was attributed to a report.
#[derive(Clone, Debug)]
pub struct SignedCopy {
    /// The path of the scan on the disk.
    pub path: PathBuf,
    /// Its path below the folder of signed copies, with `/` between the parts.
    pub name: String,
    /// The name of the branch or department whose report it is.
    pub branch: String,
    /// How the signed version compares with the current one.
    pub version: Version,
    /// Its number of pages, when that can be read.
    pub pages: Option<usize>,
    /// Why its contents were not seen, in Chinese; its name alone says what it is then.
    pub unread: Option<String>,
}

impl SignedCopy {
    /// The name that it gets when a person confirms that the version with that code was signed.
    pub fn confirmed_name(&self, code: &ReportCode) -> String {
        let (stem, extension) = self.name.rsplit_once('.').unwrap_or((&self.name, "pdf"));
        format!("{stem}-{code}.{extension}")
    }
}

/// A scan that belongs to no report.
#[derive(Clone, Debug)]
pub struct UnmatchedScan {
    /// The path of the scan on the disk.
    pub path: PathBuf,
    /// Its path below the folder of signed copies, with `/` between the parts.
    pub name: String,
    /// Why it belongs to no report, in Chinese.
    pub reason: String,
    /// The report whose code it has, by its branch's name, when only the file's name speaks against it.
    pub belongs_to: Option<String>,
    /// Whether its contents were seen.
    pub is_read: bool,
}

/// The contents of a folder of signed copies.
#[derive(Clone, Debug, Default)]
pub struct ScanInventory {
    /// The scans that were attributed to a report, in the order of their paths.
    pub copies: Vec<SignedCopy>,
    /// The other files, in the same order.
    pub unmatched: Vec<UnmatchedScan>,
    /// Scans that were not attributed, scans of older versions, mistyped codes.
    pub findings: Vec<Diagnostic>,
}

impl ScanInventory {
    /// The copies of a branch's report.
    pub fn copies_of<'s>(&'s self, branch: &'s str) -> impl Iterator<Item = &'s SignedCopy> {
        self.copies.iter().filter(move |copy| copy.branch == branch)
    }
}

/// What an inspection of a scan gave, or in Chinese why it could not be inspected.
pub type ScanResult = Result<ScanContents, String>;

/// Goes through a folder of signed copies; one that does not exist is empty. A folder in it that is named in `others`
/// belongs to another notice. One process per scan.
pub fn survey(folder: &Path, others: &[String], run: &RunManifest, inspector: &Inspector) -> ScanInventory {
    survey_with(folder, others, run, &|path| read(path).and_then(|bytes| inspector.inspect(&bytes)))
}

/// As [`survey`], with scans inspected by `inspect`, which may answer from a cache.
pub fn survey_with(
    folder: &Path,
    others: &[String],
    run: &RunManifest,
    inspect: &(dyn Fn(&Path) -> ScanResult + Sync),
) -> ScanInventory {
    let mut inventory = ScanInventory::default();
    let index = ReportIndex::new(run);
    let files = files_in(folder, others).append_to(&mut inventory.findings);
    let look = |file: &ScanFile| match kind_fault_of_file(&file.path) {
        _ if !is_scan(&file.name) => Inspected::OtherFile,
        Ok(Some(fault)) => Inspected::NoScan(fault),
        _ => Inspected::Scan(inspect(&file.path)),
    };
    let inspected: Vec<Inspected> = files.par_iter().map(look).collect();
    for (file, inspected) in files.into_iter().zip(inspected) {
        match inspected {
            Inspected::Scan(result) => inventory.add(file, result, &index),
            Inspected::NoScan(fault) => inventory.add_faulty(file, fault, &index),
            Inspected::OtherFile => {
                let message = "不是 PDF、JPEG、PNG 或 TIFF，没有看".to_owned();
                inventory.findings.push(Diagnostic::new(&code::SIGNED_UNKNOWN, file.location(), message.clone()));
                let ScanFile { path, name } = file;
                inventory.unmatched.push(UnmatchedScan {
                    path,
                    name,
                    reason: message,
                    belongs_to: None,
                    is_read: false,
                });
            }
        }
    }
    inventory
}

/// What was seen of a file.
enum Inspected {
    /// The extension is that of no scan.
    OtherFile,
    /// It is empty or no file of the kind that its extension says; why, in Chinese.
    NoScan(&'static str),
    Scan(ScanResult),
}

impl ScanInventory {
    /// Adds a file that is empty, or not of the kind that its extension says: no signed copy, whatever its name.
    fn add_faulty(&mut self, file: ScanFile, fault: &str, index: &ReportIndex<'_>) {
        let (location, fault) = (file.location(), format!("{fault}，不算签字件"));
        let with_fault = |message: &str| format!("{message}；{fault}");
        let (finding, belongs_to) = match index.attribute(&file.name, &[]) {
            Err(refusal) => (Diagnostic::new(refusal.code, location, with_fault(&refusal.message)), refusal.belongs_to),
            Ok(found) => {
                let old = version_finding(found.version, found.record.standing_issue().is_some());
                let (code, message) = match old.filter(|_| found.version == Version::Old) {
                    Some((code, message)) => (code, with_fault(message)),
                    None => (&code::SIGNED_UNREADABLE, fault.clone()),
                };
                (Diagnostic::new(code, location, message).of_branch(&found.record.name), None)
            }
        };
        let (ScanFile { path, name }, reason) = (file, finding.message.clone());
        self.unmatched.push(UnmatchedScan { path, name, reason, belongs_to, is_read: false });
        self.findings.push(finding);
    }

    /// Why a file that is named as a signed copy of a branch's report is none, in Chinese, with its path.
    pub fn faulty_copy_of(&self, branch: &str) -> Option<String> {
        let is_faulty = |finding: &&Diagnostic| {
            finding.code.id == code::SIGNED_UNREADABLE.id && finding.branch.as_deref() == Some(branch)
        };
        let finding = self.findings.iter().find(is_faulty)?;
        let Location::File(file) = &finding.location else { return None };
        Some(format!("{file} {}", finding.message))
    }

    /// Adds a scan: to the copies when it was attributed to a report, and at most one finding.
    fn add(&mut self, file: ScanFile, inspected: ScanResult, index: &ReportIndex<'_>) {
        let location = file.location();
        let (contents, unread) = match inspected {
            Ok(contents) => (contents, None),
            Err(reason) => (ScanContents::default(), Some(format!("没有看内容：{reason}，只看了文件名"))),
        };
        let found = match index.attribute(&file.name, &contents.codes) {
            Ok(found) => found,
            Err(refusal) => {
                let message = unread.iter().fold(refusal.message, |message, unread| format!("{message}；{unread}"));
                self.findings.push(Diagnostic::new(refusal.code, location, message.clone()));
                let (ScanFile { path, name }, belongs_to) = (file, refusal.belongs_to);
                let is_read = unread.is_none();
                self.unmatched.push(UnmatchedScan { path, name, reason: message, belongs_to, is_read });
                return;
            }
        };
        let (branch, version) = (found.record.name.clone(), found.version);
        let finding = match (unread.clone(), version_finding(version, found.record.standing_issue().is_some())) {
            // That another version was signed matters more than that its contents were not seen.
            (Some(unread), Some((code, message))) if version == Version::Old => {
                Some((code, format!("{message}；{unread}")))
            }
            (Some(unread), _) => Some((&code::SIGNED_UNREADABLE, unread)),
            (None, finding) => finding.map(|(code, message)| (code, message.to_owned())),
        };
        let finding = finding.map(|(code, message)| Diagnostic::new(code, location, message).of_branch(&branch));
        self.findings.extend(finding);
        let ScanFile { path, name } = file;
        self.copies.push(SignedCopy { path, name, branch, version, pages: contents.pages, unread });
    }
}

/// The code and message about a copy that was attributed but is not certainly of the current version.
fn version_finding(version: Version, is_final: bool) -> Option<(Code, &'static str)> {
    match version {
        Version::Old if !is_final => Some((&code::SIGNED_OLD, "它现在没有正式报告，签的不是现在这一版")),
        Version::Old => Some((&code::SIGNED_OLD, "签的不是现在这一版报告")),
        Version::ByName => Some((&code::SIGNED_BY_NAME, "没有核对码，只按文件名对上，请确认签的是现在这一版")),
        Version::Current => None,
    }
}

/// The name of the report of `run` that a scan belongs to, and which version of it was signed. `name` is the scan's
/// file name, `codes` are those in its picture.
///
/// # Errors
/// With the reason, in Chinese, when it belongs to none.
pub fn attribute(run: &RunManifest, name: &str, codes: &[ReportCode]) -> Result<(String, Version), String> {
    let found = ReportIndex::new(run).attribute(name, codes).map_err(|refusal| refusal.message)?;
    Ok((found.record.name.clone(), found.version))
}

/// Whether a file of that name is inspected as a scan, judged by its extension.
pub fn is_scan(name: &str) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default().to_string_lossy().to_lowercase();
    EXTENSIONS.contains(&extension.as_str())
}

/// The bytes of a scan of at most 256 MiB.
///
/// # Errors
/// With the reason, in Chinese.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let size = std::fs::metadata(path).map_err(|error| localize::io_error(&error))?.len();
    if size > MAX_SCAN {
        return Err(format!("{} MiB，超过 {} MiB", size >> 20, MAX_SCAN >> 20));
    }
    read_regular(path).map_err(|error| localize::io_error(&error))
}

/// A file in the folder of signed copies.
struct ScanFile {
    path: PathBuf,
    /// Its path below the folder, with `/` between the parts.
    name: String,
}

impl ScanFile {
    fn location(&self) -> Location {
        Location::File(self.path.display().to_string())
    }
}

/// The files below a folder, in the order of their paths, without hidden ones and those in the folders `others`. Links
/// are not followed: they may lead out of the folder.
fn files_in(folder: &Path, others: &[String]) -> WithDiagnostics<Vec<ScanFile>> {
    let mut files = Vec::new();
    let is_own =
        |entry: &walkdir::DirEntry| entry.depth() != 1 || !others.iter().any(|name| entry.file_name() == name.as_str());
    let mut findings = Vec::new();
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_own);
    for (at, entry) in walk.flatten().enumerate() {
        if at > MAX_ENTRIES {
            let message = format!("{}，其余的没有看", too_many_entries());
            let location = Location::File(folder.display().to_string());
            findings.push(Diagnostic::new(&code::SIGNED_UNKNOWN, location, message));
            break;
        }
        let (kind, is_hidden) = (entry.file_type(), entry.file_name().to_string_lossy().starts_with('.'));
        let is_named_as_scan = is_scan(&entry.file_name().to_string_lossy());
        if entry.depth() > 0 && !kind.is_file() && !is_hidden && (is_named_as_scan || !kind.is_dir()) {
            let what = match () {
                () if kind.is_dir() => "是文件夹",
                () if kind.is_symlink() => "是链接",
                () => "是管道、套接字或设备",
            };
            let location = Location::File(entry.path().display().to_string());
            findings.push(Diagnostic::new(&code::SIGNED_UNKNOWN, location, format!("{what}，不是文件，不算签字件")));
        }
        if kind.is_file() && !is_hidden {
            let parts = entry.path().strip_prefix(folder).unwrap_or(entry.path()).components();
            let name = parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            files.push(ScanFile { path: entry.into_path(), name });
        }
    }
    WithDiagnostics::new(files, findings)
}
