//! Compares packages with seal lists: the one that is kept elsewhere, and those beside packages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::scope::{PlacedPackage, RecordScope, is_beside};
use super::{Registers, Verified};
use crate::archive::register::RegisterEntry;
use crate::archive::seal_list::{self, ListedSeal, Seals};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::store::parent_folder;

/// A seal list, against which all packages on it are verified.
#[derive(Debug)]
pub struct SealList {
    file: PathBuf,
    text: String,
    seals: Seals,
}

impl SealList {
    /// The list in `text`, which was read from `file`.
    ///
    /// # Errors
    /// With the number of the first line that is malformed, from 1.
    pub fn new(file: &Path, text: &str) -> Result<Self, usize> {
        Ok(Self { file: file.to_owned(), text: text.to_owned(), seals: seal_list::parse(text)? })
    }

    /// The file that it was read from.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// A finding when the list has another seal for a package, or none. One that a register has with the package's own
    /// seal is missing on a list from before it was sealed, or because the run that sealed it died before it wrote the
    /// list.
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

    /// A finding for each package on the list at the real path `at` that is not among those `given`, when the folder of
    /// the list is `whole`; otherwise one beside the list counts, too.
    pub fn gone(
        &self,
        at: &Path,
        whole: &BTreeSet<PathBuf>,
        given: &[PlacedPackage],
        scope: &RecordScope,
    ) -> Vec<Diagnostic> {
        let folder = parent_folder(at);
        let given = scope.numbers(at, given);
        let is_gone = |number: &&str| whole.contains(folder) || !is_beside(folder, number);
        let gone = self.numbers_absent(&given).filter(is_gone);
        gone.map(|number| self.absence(format!("封存清单上有 {number}，文件夹里没有它的归档包"))).collect()
    }

    /// A finding when the list is not, to the last character, what the rows of a register give for the packages on it.
    /// None where it has another seal or description than its row: the package says which of the two is right.
    pub fn check_text(&self, rows: &[RegisterEntry]) -> Option<Diagnostic> {
        let expected = seal_list::expected(&self.seals, rows)?;
        let mut lines =
            (self.text.split('\n').map(Some).chain([None])).zip(expected.split('\n').map(Some).chain([None]));
        let differing = lines.position(|(is, should)| is != should)?;
        let line = |text: &str| text.split('\n').nth(differing).unwrap_or("（没有这一行）").to_owned();
        let message = format!("封存清单从第 {} 行起与登记册给出的不同，封存值以外改过", differing + 1);
        let cure = "不知道是谁改的，换用另存的那一份；或者把它移走，再归档一次，会照登记册重写";
        let finding = Diagnostic::new(&code::SEAL, Location::File(self.file.display().to_string()), message);
        Some(finding.found(line(&self.text)).expected(line(&expected)).cure(cure))
    }

    fn numbers_absent(&self, given: &BTreeSet<&str>) -> impl Iterator<Item = &str> {
        self.seals.keys().map(String::as_str).filter(|number| !given.contains(number))
    }

    fn absence(&self, message: String) -> Diagnostic {
        Diagnostic::new(&code::ABSENT_PACKAGE, Location::File(self.file.display().to_string()), message)
    }
}
