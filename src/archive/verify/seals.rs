//! Compares packages with seal lists: the one that is kept elsewhere, and those beside packages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Registers, Verified};
use crate::archive::seal_list::{self, ListedSeal, Seals};
use crate::diagnostics::{Diagnostic, Location, code};

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
            Some(listed) if Some(listed.seal) == verified.seal => None,
            Some(_) => Some(finding(format!("{number} 的封存值与封存清单上的不同，封存后改过"))),
            None if registers.confirm(verified) => {
                let message = "登记册里有，封存值相符：清单是封装它以前的，或归档时写清单前中断了";
                let cure = "再归档一次，会写出完整的封存清单，另存别处，用它再核对";
                Some(finding(format!("封存清单上没有 {number}；{message}")).cure(cure))
            }
            None => Some(finding(format!("封存清单上没有 {number}"))),
        }
    }

    /// A finding when the line above the seal of a package, with whose it is and who sealed it when, is not so. A list
    /// without such a line says nothing; other lines for people are not compared.
    pub fn check_description(&self, verified: &Verified) -> Option<Diagnostic> {
        let number = &verified.number;
        let ListedSeal { description, .. } = self.seals.get(number)?;
        let (said, allowed) = (description.as_ref()?, verified.facts.as_ref()?.descriptions());
        let expected = allowed.first().filter(|_| !allowed.contains(said))?;
        let message = format!("封存清单上 {number} 的说明与归档包里的不同");
        let cure = "封存值以外，清单被改过：换用另存的那一份";
        let location = Location::File(self.file.display().to_string());
        Some(Diagnostic::new(&code::SEAL, location, message).found(said).expected(expected).cure(cure))
    }

    /// A finding for each package on the list that is not among those `given` by their numbers.
    pub fn absent(&self, given: &BTreeSet<&str>) -> Vec<Diagnostic> {
        self.numbers_absent(given).map(|number| self.absence(format!("没有给出 {number}"))).collect()
    }

    /// As [`Self::absent`], for the list in a folder of packages: neither given, nor in the folder.
    pub fn gone(&self, given: &BTreeSet<&str>) -> Vec<Diagnostic> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        let is_there = |name: &str| folder.join(name).symlink_metadata().is_ok();
        let gone = self.numbers_absent(given).filter(|number| !is_there(number) && !is_there(&format!("{number}.zip")));
        gone.map(|number| self.absence(format!("封存清单上有 {number}，文件夹里没有它的归档包"))).collect()
    }

    fn numbers_absent(&self, given: &BTreeSet<&str>) -> impl Iterator<Item = &str> {
        self.seals.keys().map(String::as_str).filter(|number| !given.contains(number))
    }

    fn absence(&self, message: String) -> Diagnostic {
        Diagnostic::new(&code::ABSENT_PACKAGE, Location::File(self.file.display().to_string()), message)
    }
}
