//! Compares the seals of packages with those on record outside of the packages: in registers and in a seal list.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Verified;
use crate::archive::register;
use crate::archive::seal_list::{self, Seals};
use crate::diagnostics::localize;
use crate::diagnostics::{Diagnostic, Location, code};

/// The registers at hand: those named, and those in the folders of packages.
#[derive(Debug, Default)]
pub struct Registers {
    /// By the registers' real paths; none for one that cannot be used.
    seals: BTreeMap<PathBuf, Option<Seals>>,
    /// What is wrong with registers.
    pub findings: Vec<Diagnostic>,
}

impl Registers {
    /// Reads the register `file`, once.
    pub fn add(&mut self, file: &Path) {
        let real = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        if self.seals.contains_key(&real) {
            return;
        }
        let seals = match register::read_entries(file) {
            Ok(entries) => Some(entries.into_iter().map(|entry| (entry.archive_number, entry.seal)).collect()),
            Err(error) => {
                let message = format!("登记册不能用，没有与它对照：{}", localize::chain(&error));
                self.findings.push(Diagnostic::new(&code::SEAL, Location::File(file.display().to_string()), message));
                None
            }
        };
        self.seals.insert(real, seals);
    }

    /// Reads the register in the folder of the package at `path`, when there is one.
    pub fn add_beside(&mut self, path: &Path) {
        let folder = path.canonicalize().ok().and_then(|real| Some(real.parent()?.to_owned()));
        let file = folder.map(|folder| folder.join(register::FILE));
        if let Some(file) = file.filter(|file| file.symlink_metadata().is_ok()) {
            self.add(&file);
        }
    }

    /// Whether no register can be used.
    pub fn is_empty(&self) -> bool {
        self.seals.values().flatten().next().is_none()
    }

    /// Whether some register has the package with its own seal.
    fn confirm(&self, verified: &Verified) -> bool {
        let mut recorded = self.seals.values().flatten().filter_map(|seals| seals.get(&verified.number));
        recorded.any(|seal| Some(*seal) == verified.seal)
    }

    /// A finding when the seal of a package is not the one on record, or no register has the package.
    pub fn check(&self, path: &Path, verified: &Verified) -> Option<Diagnostic> {
        let usable: Vec<&Seals> = self.seals.values().flatten().collect();
        let recorded: Vec<_> = usable.iter().filter_map(|seals| seals.get(&verified.number)).collect();
        let message = match &recorded[..] {
            [] if usable.is_empty() => return None,
            [] => format!("登记册里没有 {}", verified.number),
            recorded if recorded.iter().all(|seal| Some(**seal) == verified.seal) => return None,
            _ => format!("{} 的封存值与登记册里的不同，封存后改过", verified.number),
        };
        Some(Diagnostic::new(&code::SEAL, Location::File(path.display().to_string()), message))
    }
}

/// A seal list, against which all packages on it are verified.
#[derive(Debug)]
pub struct SealList {
    file: PathBuf,
    seals: Seals,
}

impl SealList {
    /// The list in `text`, which was read from `file`.
    ///
    /// # Errors
    /// With the number of the first line that is malformed, from 1.
    pub fn new(file: &Path, text: &str) -> Result<Self, usize> {
        Ok(Self { file: file.to_owned(), seals: seal_list::parse(text)? })
    }

    /// A finding when the list has another seal for a package, or none. One that a register has with the package's own seal is
    /// missing on a list from before it was sealed, or because the run that sealed it died before it wrote the list.
    pub fn check(&self, path: &Path, verified: &Verified, registers: &Registers) -> Option<Diagnostic> {
        let number = &verified.number;
        let finding =
            |message: String| Diagnostic::new(&code::SEAL, Location::File(path.display().to_string()), message);
        match self.seals.get(number) {
            Some(seal) if Some(*seal) == verified.seal => None,
            Some(_) => Some(finding(format!("{number} 的封存值与封存清单上的不同，封存后改过"))),
            None if registers.confirm(verified) => {
                let message = "登记册里有，封存值相符：清单是封装它以前的，或归档时写清单前中断了";
                let cure = "再归档一次，会写出完整的封存清单，另存别处，用它再核对";
                Some(finding(format!("封存清单上没有 {number}；{message}")).cure(cure))
            }
            None => Some(finding(format!("封存清单上没有 {number}"))),
        }
    }

    /// A finding for each package on the list that is not among the verified ones.
    pub fn absent<'v>(&self, verified: impl Iterator<Item = &'v Verified>) -> Vec<Diagnostic> {
        let given: BTreeSet<&str> = verified.map(|verified| verified.number.as_str()).collect();
        let absent = self.seals.keys().filter(|number| !given.contains(number.as_str()));
        let location = || Location::File(self.file.display().to_string());
        absent.map(|number| Diagnostic::new(&code::ABSENT_PACKAGE, location(), format!("没有给出 {number}"))).collect()
    }
}
