//! Verifies archive packages: each by itself, all of them together and against what is on record elsewhere, and on
//! request by making their reports again.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::{UnreadableFile, chain, rebuild};
use crate::archive::verify::{self, PlacedPackage, RecordScope, Registers, SealList, Verified};
use crate::archive::{ArchiveNumber, register, seal_list};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::store::{list_folder, parent_folder, read_record_text};

/// What to verify, and against what.
#[derive(Debug, Default)]
pub struct VerifyOptions {
    /// The packages to verify: folders or zip files of one each.
    pub packages: Vec<PathBuf>,
    /// Folders of packages: all in them are verified, and none that register or seal list have may be gone.
    pub folders: Vec<PathBuf>,
    /// Registers to compare with, beside those in the folders of the packages. Where packages are beside one that is
    /// named, none may be gone.
    pub registers: Vec<PathBuf>,
    /// Seal lists to compare with, beside those in the folders of the packages; a package on one that is named must be
    /// given or be beside it.
    pub lists: Vec<PathBuf>,
    /// The seal list on which every package must be, and of which every package must be given.
    pub seals: Option<PathBuf>,
    /// The file of the public key that must have signed packages and seal list.
    pub key: Option<PathBuf>,
    /// The program that makes reports, this one, when those of sound packages are to be made again and compared.
    pub program: Option<PathBuf>,
    /// Folders of fonts, in which the PDFs of reports are made again.
    pub fonts: Vec<PathBuf>,
}

/// What was found in packages: each by itself, and all against registers and seal list.
#[derive(Debug)]
pub struct Verification {
    /// The packages by their paths, each with what was read of it.
    pub packages: Vec<(PathBuf, Verified)>,
    /// All findings, package by package.
    pub findings: Vec<Diagnostic>,
    /// Whether reports were to be made again.
    pub(super) is_rebuilt: bool,
    comparison: Comparison,
}

/// What packages were compared with. A package whose hashes were recomputed is sound by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    /// A register or a seal list.
    Records,
    /// Nothing: those that are there cannot be used.
    Unusable,
    /// Nothing: there are none.
    Nothing,
}

/// Why nothing could be verified, or not everything.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file that was asked for by name cannot be read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableFile),
    /// A line of the seal list is no line of one.
    #[error("{} 第{line}行不是封存清单的内容", file.display())]
    SealList {
        /// The path of the list.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The reports of a package could not be made again.
    #[error("{} 没有重新生成", path.display())]
    Rebuild {
        /// The package.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// Verifies packages.
///
/// # Errors
/// When a file that the options name cannot be read, a package cannot be read again, or the temporary folder cannot be
/// written.
pub fn verify(options: VerifyOptions) -> Result<Verification, VerifyError> {
    for path in [&options.packages, &options.folders, &options.registers, &options.lists].into_iter().flatten() {
        std::fs::symlink_metadata(path).map_err(|source| UnreadableFile { file: path.clone(), source })?;
    }
    let key = options.key.as_deref().map(read).transpose()?;
    let key = key.as_deref();
    let mut paths = options.packages.clone();
    paths.extend(options.folders.iter().flat_map(|folder| packages_of(folder)));
    let mut findings = Vec::new();
    let records = Records::read(&options, &paths, key, &mut findings)?;
    let verify_one = |path: PathBuf| {
        let mut verified = verify::verify(&path);
        if verified.findings.is_empty() {
            verified.findings = records.check(&path, &verified);
        }
        (path, verified)
    };
    let mut packages: Vec<(PathBuf, Verified)> = paths.into_iter().map(verify_one).collect();
    let pairs: Vec<(&Path, &Verified)> = packages.iter().map(|(path, verified)| (path.as_path(), verified)).collect();
    findings.extend(verify::duplicate_numbers(&pairs));
    for (path, verified) in &mut packages {
        let is_sound = verified.findings.is_empty();
        let signer = key.and_then(|key| verify::check_signer(path, verified, key));
        verified.findings.extend(signer);
        if let (Some(program), Some(metadata), true) = (&options.program, &verified.metadata, is_sound) {
            let rebuilt = rebuild::rebuild(path, metadata, program, rebuild::SECONDS, &options.fonts);
            verified.findings.extend(rebuilt.map_err(|source| VerifyError::Rebuild { path: path.to_owned(), source })?);
        }
        findings.extend(verified.findings.iter().cloned());
    }
    let placed = |(path, verified): &(PathBuf, Verified)| PlacedPackage {
        folder: folder_of(path),
        number: verified.number.clone(),
    };
    findings.extend(records.absent(&packages.iter().map(placed).collect::<Vec<_>>()));
    findings.extend(records.registers.half_rows(&records.whole));
    let check_text = |list: &SealList| list.check_text(records.registers.rows_beside(&real(list.file()))?);
    findings.extend(records.all_lists().filter_map(check_text));
    let (is_rebuilt, comparison) = (options.program.is_some(), records.comparison());
    Ok(Verification { packages, findings, is_rebuilt, comparison })
}

/// What packages are compared with.
#[derive(Default)]
struct Records {
    registers: Registers,
    /// The list on which every package must be, and of which every package must be given.
    complete: Option<SealList>,
    /// Other seal lists by their real paths.
    lists: BTreeMap<PathBuf, SealList>,
    has_unusable_list: bool,
    /// The real paths of the folders that are verified as a whole, and of the registers and lists that were named.
    whole: BTreeSet<PathBuf>,
    named: BTreeSet<PathBuf>,
    /// Which of them say something of which packages.
    scope: RecordScope,
}

impl Records {
    /// Reads what the options name, then what is in the folders of the packages at `paths`.
    fn read(
        options: &VerifyOptions,
        paths: &[PathBuf],
        key: Option<&str>,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Self, VerifyError> {
        let VerifyOptions { folders, registers, lists, seals, .. } = options;
        let complete = seals.as_ref().map(|file| seal_list_of(file, key, findings)).transpose()?;
        let whole = folders.iter().map(|folder| real(folder)).collect();
        let named = registers.iter().chain(lists).map(|file| real(file)).collect();
        let mut records = Self { complete, whole, named, ..Self::default() };
        registers.iter().for_each(|file| records.registers.add(file));
        let beside: BTreeSet<PathBuf> = paths.iter().map(|path| folder_of(path)).collect();
        records.scope =
            RecordScope::new(beside.union(&records.whole).filter(|path| has_records(path)).cloned().collect());
        let mut lists = lists.clone();
        for folder in folders.iter().chain(&beside) {
            records.registers.add_of(folder);
            lists.push(folder.join(seal_list::FILE));
        }
        findings.append(&mut records.registers.findings);
        findings.extend(records.alone(options));
        let complete = seals.as_deref().map(real);
        for file in lists.iter().filter(|file| file.symlink_metadata().is_ok() && complete != Some(real(file))) {
            records.add_list(file, key, findings);
        }
        Ok(records)
    }

    /// A finding for each folder that is verified as a whole, or whose record was named, and that has a register without
    /// a seal list, or a list without a register. A list that is given with which all are compared takes the place of
    /// that in the folder.
    fn alone(&self, options: &VerifyOptions) -> Vec<Diagnostic> {
        let VerifyOptions { folders, registers, lists, .. } = options;
        let of_named = registers.iter().chain(lists).map(|file| parent_folder(file));
        let of_named = of_named.filter(|folder| self.scope.has(&real(folder)));
        let folders: BTreeMap<PathBuf, &Path> =
            of_named.chain(folders.iter().map(PathBuf::as_path)).map(|folder| (real(folder), folder)).collect();
        let mut findings = Vec::new();
        for folder in folders.into_values() {
            let has = |name: &str| folder.join(name).symlink_metadata().is_ok();
            let (what, cure) = match (has(register::FILE), has(seal_list::FILE)) {
                (true, false) if self.complete.is_none() => (
                    "登记册旁边没有封存清单",
                    "归档时写清单前中断了的，再归档一次就会写出；不是的，查明去向，用另存的那一份核对",
                ),
                (false, true) => (
                    "封存清单旁边没有登记册（登记册.jsonl）",
                    "丢了、改了名的，用另存的登记册恢复；没有登记册，同一份报告会再归档一次",
                ),
                _ => continue,
            };
            let location = Location::File(folder.display().to_string());
            findings.push(Diagnostic::new(&code::SEAL, location, what).cure(cure));
        }
        findings
    }

    /// Reads a seal list, once. One that cannot be used is a finding.
    fn add_list(&mut self, file: &Path, key: Option<&str>, findings: &mut Vec<Diagnostic>) {
        let real = real(file);
        if self.lists.contains_key(&real) {
            return;
        }
        match seal_list_of(file, key, findings) {
            Ok(list) => {
                self.lists.insert(real, list);
            }
            Err(error) => {
                self.has_unusable_list = true;
                let message = format!("封存清单不能用，没有与它对照：{}", chain(&error));
                findings.push(Diagnostic::new(&code::SEAL, Location::File(file.display().to_string()), message));
            }
        }
    }

    /// What is on record otherwise of a package that is sound by itself.
    fn check(&self, path: &Path, verified: &Verified) -> Vec<Diagnostic> {
        let folder = folder_of(path);
        let mut findings = self.registers.check(path, &folder, verified, &self.scope);
        let listed = |list: &SealList| list.check(path, verified, &self.registers);
        findings.extend(self.complete.as_ref().and_then(listed));
        let applicable = self.lists.iter().filter(|(file, _)| self.scope.applies(file, &folder));
        let others: Vec<&SealList> = applicable.map(|(_, list)| list).collect();
        // What those say of a seal, the list beside the package need not say again.
        if findings.is_empty() {
            findings.extend(others.iter().filter_map(|list| listed(list)));
        }
        let lists = self.complete.iter().chain(others);
        findings.extend(lists.filter_map(|list| list.check_description(verified)));
        findings
    }

    /// A finding for each package that is on record and gone: one, however many records have it.
    fn absent(&self, given: &[PlacedPackage]) -> Vec<Diagnostic> {
        let numbers: BTreeSet<&str> = given.iter().map(|package| package.number.as_str()).collect();
        let mut findings: Vec<Diagnostic> = self.complete.iter().flat_map(|list| list.absent(&numbers)).collect();
        if findings.is_empty() {
            findings = self.registers.absent(&self.whole, &self.named, given, &self.scope);
        }
        if findings.is_empty() {
            let is_whole = |file: &Path| file.parent().is_some_and(|folder| self.whole.contains(folder));
            let asked = self.lists.iter().filter(|(file, _)| self.named.contains(*file) || is_whole(file));
            findings = asked.flat_map(|(file, list)| list.gone(file, &self.whole, given, &self.scope)).collect();
        }
        findings
    }

    fn all_lists(&self) -> impl Iterator<Item = &SealList> {
        self.complete.iter().chain(self.lists.values())
    }

    fn comparison(&self) -> Comparison {
        if self.complete.is_some() || !self.lists.is_empty() || !self.registers.is_empty() {
            Comparison::Records
        } else if self.registers.exist() || self.has_unusable_list {
            Comparison::Unusable
        } else {
            Comparison::Nothing
        }
    }
}

/// Whether `path` is a folder of packages, with a register or a seal list, and no package itself.
pub fn is_package_folder(path: &Path) -> bool {
    path.is_dir() && path.join("bagit.txt").symlink_metadata().is_err() && has_records(path)
}

/// Whether a folder has a register or a seal list.
fn has_records(folder: &Path) -> bool {
    [register::FILE, seal_list::FILE].iter().any(|name| folder.join(name).symlink_metadata().is_ok())
}

/// The packages in a folder of packages: folders and zips, and what is none: links, and whatever else is called by an
/// archive number. Nothing hidden.
fn packages_of(folder: &Path) -> Vec<PathBuf> {
    let mut packages = list_folder(folder);
    packages.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_package = || path.is_dir() || path.is_symlink() || name.ends_with(".zip");
        !name.starts_with('.') && (is_package() || ArchiveNumber::parse(&name).is_some())
    });
    packages.sort();
    packages
}

/// The real path of the folder that a package is in; of a link, the folder that the link is in.
fn folder_of(package: &Path) -> PathBuf {
    if package.is_symlink() {
        return real(parent_folder(package));
    }
    real(package).parent().map(Path::to_owned).unwrap_or_default()
}

/// The path with its links resolved, as far as it exists.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The seal list in `file`; with a `key`, a finding when it did not sign the list.
fn seal_list_of(file: &Path, key: Option<&str>, findings: &mut Vec<Diagnostic>) -> Result<SealList, VerifyError> {
    let text = read(file)?;
    if let Some(key) = key {
        let signature_file = seal_list::signature_file(file);
        let message = match read_record_text(&signature_file) {
            Ok(signature) if seal_list::is_signed_by(&text, &signature, key) => None,
            Ok(_) => Some(format!("{} 与清单或公钥对不上", signature_file.display())),
            Err(_) => Some(format!("没有签名（{}）", signature_file.display())),
        };
        let location = || Location::File(file.display().to_string());
        findings.extend(message.map(|message| Diagnostic::new(&code::SIGNATURE, location(), message)));
    }
    SealList::new(file, &text).map_err(|line| VerifyError::SealList { file: file.to_owned(), line })
}

fn read(file: &Path) -> Result<String, UnreadableFile> {
    read_record_text(file).map_err(|source| UnreadableFile { file: file.to_owned(), source })
}

impl Verification {
    /// The result in a line.
    pub fn line(&self) -> String {
        let (all, found) = (self.packages.len(), self.findings.len());
        let sound = self.packages.iter().filter(|(_, verified)| verified.findings.is_empty()).count();
        let same = if self.is_rebuilt && found == 0 { "，重新生成的报告与归档的一致" } else { "" };
        let warning = match self.comparison {
            Comparison::Records => "",
            Comparison::Unusable => "；登记册、封存清单不能用，没有对照：改了内容又重算过校验值的，这样看不出来",
            Comparison::Nothing => "；没有登记册，也没有封存清单，没有对照：改了内容又重算过校验值的，这样看不出来",
        };
        format!("归档包 {all} 个，完好 {sound} 个，问题 {found} 项{same}{warning}")
    }
}
