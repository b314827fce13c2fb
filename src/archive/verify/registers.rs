//! Compares packages with the rows that registers have of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::Verified;
use crate::archive::register::{self, RegisterEntry};
use crate::archive::register_check::{row_faults, row_finding};
use crate::diagnostics::localize;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::store::is_plain_name;

/// The registers at hand: those named, and those in the folders of packages.
#[derive(Debug, Default)]
pub struct Registers {
    /// By the registers' real paths; none for one that cannot be used.
    files: BTreeMap<PathBuf, Option<RegisterFile>>,
    /// What is wrong with registers.
    pub findings: Vec<Diagnostic>,
}

/// A register that can be used.
#[derive(Debug)]
struct RegisterFile {
    /// Its path as messages show it.
    shown: PathBuf,
    entries: Vec<RegisterEntry>,
    /// The positions of rows by archive numbers.
    rows: HashMap<String, Vec<usize>>,
}

impl Registers {
    /// Reads the register `file`, once.
    pub fn add(&mut self, file: &Path) {
        let real = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        if self.files.contains_key(&real) {
            return;
        }
        let read = match register::read_entries(file) {
            Ok(entries) => {
                let mut rows: HashMap<String, Vec<usize>> = HashMap::new();
                for (at, entry) in entries.iter().enumerate() {
                    rows.entry(entry.archive_number.clone()).or_default().push(at);
                }
                self.findings.extend(row_faults(file, &entries));
                Some(RegisterFile { shown: file.to_owned(), entries, rows })
            }
            Err(error) => {
                let message = format!("登记册不能用，没有与它对照：{}", localize::chain(&error));
                self.findings.push(Diagnostic::new(&code::SEAL, Location::File(file.display().to_string()), message));
                None
            }
        };
        self.files.insert(real, read);
    }

    /// Reads the register in a folder of packages, when there is one.
    pub fn add_of(&mut self, folder: &Path) {
        let file = folder.join(register::FILE);
        if file.symlink_metadata().is_ok() {
            self.add(&file);
        }
    }

    /// Whether there is a register, of use or not.
    pub fn exist(&self) -> bool {
        !self.files.is_empty()
    }

    /// Whether no register can be used.
    pub fn is_empty(&self) -> bool {
        self.usable().next().is_none()
    }

    fn usable(&self) -> impl Iterator<Item = (&Path, &RegisterFile)> {
        self.files.iter().filter_map(|(path, file)| Some((path.as_path(), file.as_ref()?)))
    }

    /// Whether some register has the package with its own seal.
    pub(super) fn confirm(&self, verified: &Verified) -> bool {
        let mut recorded = self.usable().flat_map(|(_, file)| file.rows_of(&verified.number));
        recorded.any(|entry| Some(entry.seal) == verified.seal)
    }

    /// A finding for each row that the package contradicts, or one when no register has the package.
    pub fn check(&self, path: &Path, verified: &Verified) -> Vec<Diagnostic> {
        let number = &verified.number;
        let finding =
            |message: String| Diagnostic::new(&code::SEAL, Location::File(path.display().to_string()), message);
        let folder = path.canonicalize().ok().and_then(|real| Some(real.parent()?.to_owned()));
        let (mut findings, mut is_known) = (Vec::new(), false);
        for (register, file) in self.usable() {
            let is_in_its_place = folder.as_deref() == register.parent();
            for entry in file.rows_of(number) {
                is_known = true;
                let found = match &verified.facts {
                    Some(facts) => row_finding(path, facts, entry, is_in_its_place),
                    None => Some(finding(format!("登记册里有 {number}，这个归档包却不是自查程序封装的"))),
                };
                findings.extend(found.filter(|found| !findings.contains(found)));
            }
        }
        if !is_known && !self.is_empty() {
            findings.push(finding(format!("登记册里没有 {number}")));
        }
        findings
    }

    /// A finding for each row whose package is neither in the folder of its register nor among those `given` by their
    /// numbers. Asked of the registers in the folders `whole`, and of those that were `named` and have packages beside
    /// them; a copy that is kept alone says nothing about where packages are.
    pub fn absent(
        &self,
        whole: &BTreeSet<PathBuf>,
        named: &BTreeSet<PathBuf>,
        given: &BTreeSet<&str>,
    ) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for (register, file) in self.usable() {
            let folder = register.parent().unwrap_or(Path::new("."));
            let is_beside = |entry: &&RegisterEntry| {
                is_plain_name(&entry.package) && folder.join(&entry.package).symlink_metadata().is_ok()
            };
            let (beside, gone): (Vec<&RegisterEntry>, Vec<&RegisterEntry>) = file.entries.iter().partition(is_beside);
            let is_asked =
                whole.contains(folder) || named.contains(register) && (!beside.is_empty() || given.is_empty());
            let numbers: BTreeSet<&str> = gone.iter().map(|entry| entry.archive_number.as_str()).collect();
            for number in numbers.into_iter().filter(|number| is_asked && !given.contains(number)) {
                let message = format!("登记册里有 {number}，文件夹里没有它的归档包");
                let location = Location::File(file.shown.display().to_string());
                findings.push(Diagnostic::new(&code::ABSENT_PACKAGE, location, message));
            }
        }
        findings
    }
}

impl RegisterFile {
    fn rows_of(&self, number: &str) -> impl Iterator<Item = &RegisterEntry> {
        self.rows.get(number).into_iter().flatten().filter_map(|at| self.entries.get(*at))
    }
}
