//! Compares packages with the rows that registers have of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::Verified;
use super::scope::{PlacedPackage, RecordScope, is_beside};
use crate::archive::ArchiveNumber;
use crate::archive::register::{self, RegisterEntry};
use crate::archive::register_check::row_finding;
use crate::archive::register_rows::row_faults;
use crate::diagnostics::localize;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::store::parent_folder;

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
    /// The first position of a row by archive numbers; that there are more is a finding of its own.
    rows: HashMap<String, usize>,
    /// Whether its rows are not as the program writes them.
    has_faults: bool,
    /// Whether it ends in half a row.
    has_partial_line: bool,
}

impl Registers {
    /// Reads the register `file`, once.
    pub fn add(&mut self, file: &Path) {
        let real = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        if self.files.contains_key(&real) {
            return;
        }
        let finding = |message| Diagnostic::new(&code::SEAL, Location::File(file.display().to_string()), message);
        let read = match register::read_lines(file) {
            Ok(lines) => {
                let mut rows = HashMap::new();
                for (at, entry) in lines.records.iter().enumerate() {
                    rows.entry(entry.archive_number.clone()).or_insert(at);
                }
                let faults = row_faults(file, &lines.records);
                let (has_faults, has_partial_line) = (!faults.is_empty(), lines.has_partial_line);
                self.findings.extend(faults);
                let shown = file.to_owned();
                Some(RegisterFile { shown, entries: lines.records, rows, has_faults, has_partial_line })
            }
            Err(error) => {
                self.findings.push(finding(format!("登记册不能用，没有与它对照：{}", localize::chain(&error))));
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
        let mut recorded = self.usable().filter_map(|(_, file)| file.row_of(&verified.number));
        recorded.any(|entry| Some(entry.seal) == verified.seal)
    }

    /// A finding for each register that the package in `folder` contradicts, or one when none has the package. Asked are
    /// those in the `scope` of the folder.
    pub fn check(&self, path: &Path, folder: &Path, verified: &Verified, scope: &RecordScope) -> Vec<Diagnostic> {
        let number = &verified.number;
        let finding =
            |message: String| Diagnostic::new(&code::SEAL, Location::File(path.display().to_string()), message);
        let (mut findings, mut is_asked, mut is_known) = (Vec::new(), false, false);
        for (register, file) in self.usable().filter(|(register, _)| scope.applies(register, folder)) {
            is_asked = true;
            let Some(entry) = file.row_of(number) else { continue };
            is_known = true;
            let found = match &verified.facts {
                Some(facts) => row_finding(path, facts, entry, Some(folder) == register.parent()),
                None => Some(finding(format!("登记册里有 {number}，这个归档包却不是自查程序封装的"))),
            };
            findings.extend(found.filter(|found| !findings.contains(found)));
        }
        if is_asked && !is_known {
            findings.push(finding(format!("登记册里没有 {number}")));
        }
        findings
    }

    /// A finding for each row whose package is not among those `given`. Asked of the registers in the folders `whole`,
    /// and of those that were `named` and have packages beside them, which then count, too; a copy that is kept alone
    /// says nothing about where packages are.
    pub fn absent(
        &self,
        whole: &BTreeSet<PathBuf>,
        named: &BTreeSet<PathBuf>,
        given: &[PlacedPackage],
        scope: &RecordScope,
    ) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for (register, file) in self.usable() {
            let folder = parent_folder(register);
            let given = scope.numbers(register, given);
            // A malformed number is a finding of its own.
            let numbers = file.entries.iter().map(|entry| entry.archive_number.as_str());
            let mut gone: BTreeSet<&str> = numbers.filter(|number| ArchiveNumber::parse(number).is_some()).collect();
            if !whole.contains(folder) {
                let all = gone.len();
                gone.retain(|number| !is_beside(folder, number));
                if !named.contains(register) || gone.len() == all && !given.is_empty() {
                    continue;
                }
            }
            for number in gone.into_iter().filter(|number| !given.contains(number)) {
                let message = format!("登记册里有 {number}，文件夹里没有它的归档包");
                let location = Location::File(file.shown.display().to_string());
                findings.push(Diagnostic::new(&code::ABSENT_PACKAGE, location, message));
            }
        }
        findings
    }

    /// A finding for each register in the folders `whole` that has half a row at its end.
    pub fn half_rows(&self, whole: &BTreeSet<PathBuf>) -> Vec<Diagnostic> {
        let is_whole = |register: &Path| register.parent().is_some_and(|folder| whole.contains(folder));
        let half = self.usable().filter(|(register, file)| file.has_partial_line && is_whole(register));
        let finding = |file: &RegisterFile| {
            let location = Location::File(file.shown.display().to_string());
            let cure = "归档时中断过的，再归档一次就会去掉；不是的，用另存的登记册恢复";
            Diagnostic::new(&code::SEAL, location, "登记册末尾有没写完的一行").cure(cure)
        };
        half.map(|(_, file)| finding(file)).collect()
    }

    /// The rows of the register beside the file at the real path `at`; `None` where they are not as the program writes
    /// them.
    pub fn rows_beside(&self, at: &Path) -> Option<&[RegisterEntry]> {
        let register = at.parent()?.join(register::FILE);
        let file = self.files.get(&register)?.as_ref().filter(|file| !file.has_faults)?;
        Some(&file.entries)
    }
}

impl RegisterFile {
    fn row_of(&self, number: &str) -> Option<&RegisterEntry> {
        self.entries.get(*self.rows.get(number)?)
    }
}
