//! 登记册 (the register): which archive number was given to which package. 件号 (sequence numbers) never skip and never
//! repeat, also after a crash, a full disk, or two runs at once.
//!
//! One run at a time holds the folder; the system releases its lock when it dies. [`super::writer::seal`] takes a
//! package through these steps:
//!
//! 1. write the package whole into the program's own folder `.zicha/`, sync it, verify it;
//! 2. append its line to the register, sync the register;
//! 3. rename the package into the folder, sync the folder.
//!
//! A run can die at any moment. [`Register::open`] recovers from each:
//!
//! | the run died | what is found | what is done |
//! |---|---|---|
//! | during or after step 1 | a package in `.zicha/` without a line | It is removed: its number was not given. |
//! | within step 2 | half a line at the end of the register | The half line is cut off; then as above. |
//! | after step 2 | a line, and its package in `.zicha/` | It is renamed into the folder: step 1 made it whole. |
//! | after step 3 | a line, no package in `.zicha/` | Nothing: the number stays used, with or without the package. |
//!
//! The next number is one more than the greatest of the series in the register or among the packages in the folder, so
//! a lost register repeats no number of a package that is still there.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::xml::one_line;
use super::{ArchiveNumber, PackageReader, layout, metadata};
use crate::report_code::ReportCode;
use crate::store::{
    self, Digest, JsonLines, JsonLinesError, Lock, LockScope, StoreError, append_json_line, create_own_folder,
    list_folder, load_json_lines, read_json_lines, sync_folder,
};

/// The register's name in the folder of packages.
pub const FILE: &str = "登记册.jsonl";
/// The program's own folder there.
const WORK_FOLDER: &str = ".zicha";
/// Bytes of metadata that are read for the codes of older lines.
const MAX_METADATA: u64 = 64 << 20;

/// A line of the register: one sealed package. The file has them as JSON, in the order of sealing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterEntry {
    /// The archive number (档号); the key is ISAD(G)'s term, reference code.
    #[serde(rename = "reference")]
    pub archive_number: String,
    /// The package's name in the folder: the number, with `.zip` for a zip.
    pub package: String,
    /// The notice's part of the report codes.
    pub notice: String,
    /// The name of the branch or department whose package it is.
    pub subject: String,
    /// The codes of its reports: which versions were archived. Empty in lines of older versions, for which
    /// [`read_entries_with_codes`] asks the packages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<ReportCode>,
    /// The hash of the SHA-256 payload manifest: packages with the same payload have the same.
    pub payload: Digest,
    /// The hash of the SHA-256 tag manifest: it covers everything in the package.
    pub seal: Digest,
    /// The archive number of the package that this one corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// The name of the person who sealed it.
    pub by: String,
    /// When, as the caller gives it.
    pub at: String,
}

/// Why the register cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The system refuses, or another run holds the folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A line is no entry. Nothing is archived until the file is restored, since numbers might be given twice.
    #[error("{} 第{line}行不是登记的内容，请先用备份恢复", file.display())]
    Line {
        /// The path of the register.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

impl RegisterError {
    fn new(file: &Path, error: JsonLinesError) -> Self {
        match error {
            JsonLinesError::Store(error) => Self::Store(error),
            JsonLinesError::Malformed(line) => Self::Line { file: file.to_owned(), line },
        }
    }
}

impl RegisterEntry {
    /// Whether its package has the name that belongs to its number.
    pub fn is_named_by_number(&self) -> bool {
        let name = self.package.strip_suffix(".zip").unwrap_or(&self.package);
        name == self.archive_number && ArchiveNumber::parse(name).is_some()
    }
}

/// The entries of a register, which stays as it is; none when the file does not exist.
///
/// # Errors
/// When the system refuses or a line is damaged.
pub fn read_entries(file: &Path) -> Result<Vec<RegisterEntry>, RegisterError> {
    Ok(read_lines(file)?.records)
}

/// As [`read_entries`], with whether the file ends in half a line.
///
/// # Errors
/// As for [`read_entries`].
pub fn read_lines(file: &Path) -> Result<JsonLines<RegisterEntry>, RegisterError> {
    read_json_lines(file).map_err(|error| RegisterError::new(file, error))
}

/// The entries of the register in a folder. Lines of older versions have no report codes; they get those that the
/// metadata of their packages name, and stay without where the package is gone or damaged.
///
/// # Errors
/// As for [`read_entries`].
pub fn read_entries_with_codes(folder: &Path) -> Result<Vec<RegisterEntry>, RegisterError> {
    let mut entries = read_entries(&folder.join(FILE))?;
    for entry in entries.iter_mut().filter(|entry| entry.codes.is_empty() && entry.is_named_by_number()) {
        let package = PackageReader::open(&folder.join(&entry.package));
        let text = package.and_then(|mut package| package.text(layout::METADATA, MAX_METADATA));
        entry.codes = text.map(|text| metadata::report_codes(&text)).unwrap_or_default();
    }
    Ok(entries)
}

/// A folder of packages with its register, held by a run.
#[derive(Debug)]
pub struct Register {
    root: PathBuf,
    entries: Vec<RegisterEntry>,
    /// What was done about the leftovers of an earlier run, each in a Chinese sentence.
    pub recovered: Vec<String>,
    /// Held while this value exists.
    _lock: Lock,
}

impl Register {
    /// Locks the folder, loads the register, and recovers what a killed run left.
    ///
    /// # Errors
    /// When another run holds the folder, the register is damaged, or nothing can be written there.
    pub fn open(root: &Path) -> Result<Self, RegisterError> {
        // Errors name the folder that the user chose, not the program's folder in it.
        let error = |source| StoreError::new(root, source);
        let work_folder = create_own_folder(root, &[WORK_FOLDER]).map_err(error)?;
        let lock = Lock::acquire(&work_folder, LockScope::Whole).map_err(error)?;
        let file = root.join(FILE);
        let lines = load_json_lines(&file).map_err(|error| RegisterError::new(&file, error))?;
        let mut register = Self { root: root.to_owned(), entries: lines.records, recovered: Vec::new(), _lock: lock };
        if lines.has_partial_line {
            register.recovered.push("登记册末尾有没写完的一行，已去掉".to_owned());
        }
        register.recover_staged()?;
        Ok(register)
    }

    /// The folder of the packages.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All entries, in the order in which they were made.
    pub fn entries(&self) -> &[RegisterEntry] {
        &self.entries
    }

    /// The last entry of a subject under a notice: the package that is valid now. Packages have names on one line.
    pub fn last(&self, notice: &str, subject: &str) -> Option<&RegisterEntry> {
        let subject = one_line(subject);
        self.entries.iter().rev().find(|entry| entry.notice == notice && one_line(&entry.subject) == subject)
    }

    /// The next archive number of the series of `draft`.
    ///
    /// # Errors
    /// When the folder cannot be listed or the greatest number is used.
    pub fn next_number(&self, draft: &ArchiveNumber) -> Result<ArchiveNumber, StoreError> {
        let error = |source| StoreError::new(&self.root, source);
        let series = draft.series();
        let mut last = 0;
        let mut count = |name: &str| {
            if let Some(other) = ArchiveNumber::parse(name).filter(|other| other.series() == series) {
                last = last.max(other.sequence);
            }
        };
        for entry in std::fs::read_dir(&self.root).map_err(error)? {
            let name = entry.map_err(error)?.file_name().to_string_lossy().into_owned();
            count(name.strip_suffix(".zip").unwrap_or(&name));
        }
        self.entries.iter().for_each(|entry| count(&entry.archive_number));
        if last >= ArchiveNumber::MAX_SEQUENCE {
            let number = draft.with_sequence(last);
            let reason =
                format!("这里已有最大的件号 {number}，后面没有件号可用：查明它是不是误放、误登记的，移走再归档");
            return Err(error(io::Error::other(reason)));
        }
        Ok(draft.with_sequence(last + 1))
    }

    /// Where the package of that name is written before it is entered.
    pub fn staging_path(&self, package: &str) -> PathBuf {
        self.root.join(WORK_FOLDER).join(package)
    }

    /// Writes a file of the folder, whole or not at all. When a run dies meanwhile, the next one removes what it left.
    ///
    /// # Errors
    /// When the system refuses; an earlier file is then unchanged.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let (staged, file) = (self.staging_path(name), self.root.join(name));
        store::write(&staged, bytes)
            .and_then(|()| std::fs::rename(&staged, &file).map_err(|source| StoreError::new(&file, source)))
    }

    /// The path that messages name: of a file in the staging folder the one that it will have, otherwise `path` itself.
    pub fn final_path(&self, path: &Path) -> PathBuf {
        let below = path.strip_prefix(self.root.join(WORK_FOLDER));
        below.map_or_else(|_| path.to_owned(), |below| self.root.join(below))
    }

    /// Enters a package that is whole and synced in the staging folder, and renames it into the folder; where it is.
    ///
    /// # Errors
    /// When the line cannot be appended, the package is removed and the number not used; when the package cannot be
    /// renamed, the next run does it.
    pub fn enter(&mut self, entry: RegisterEntry) -> Result<PathBuf, StoreError> {
        let file = self.root.join(FILE);
        if let Err(source) = append_json_line(&file, &entry) {
            // What cannot be removed now, the next run removes.
            let _ = remove(&self.staging_path(&entry.package));
            return Err(StoreError::new(&file, source));
        }
        let path = self.root.join(&entry.package);
        self.move_into_folder(&entry.package).map_err(|source| StoreError::new(&path, source))?;
        self.entries.push(entry);
        Ok(path)
    }

    /// Renames entered packages from the staging folder into the folder, and removes the others.
    fn recover_staged(&mut self) -> Result<(), StoreError> {
        let named = self.entries.iter().filter(|entry| entry.is_named_by_number());
        let entered: HashMap<&str, &RegisterEntry> = named.map(|entry| (entry.package.as_str(), entry)).collect();
        let mut recovered = Vec::new();
        for path in list_folder(&self.root.join(WORK_FOLDER)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let error = |source| StoreError::new(&self.final_path(&path), source);
            match entered.get(name.as_str()) {
                Some(entry) => {
                    self.move_into_folder(&name).map_err(error)?;
                    recovered.push(format!("上次中断的归档包 {} 已就位", entry.archive_number));
                }
                None if name == "lock" => {}
                None => remove(&path).map_err(error)?,
            }
        }
        self.recovered.extend(recovered);
        Ok(())
    }

    /// Renames a package from the staging folder into the folder, where nothing of that name may exist.
    fn move_into_folder(&self, package: &str) -> io::Result<()> {
        let path = self.root.join(package);
        if path.symlink_metadata().is_ok() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "那里已有同名的文件，归档包不能覆盖"));
        }
        std::fs::rename(self.staging_path(package), path)?;
        sync_folder(&self.root)
    }
}

/// Removes a file, or a folder with everything in it.
fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }
}

#[cfg(test)]
mod tests {
    use super::{ArchiveNumber, FILE, Register, RegisterEntry};
    use crate::store::{Digest, sha256};

    fn entry(number: &ArchiveNumber) -> RegisterEntry {
        let none = || String::new();
        let (archive_number, digest) = (number.to_string(), Digest::NONE);
        RegisterEntry {
            package: archive_number.clone(),
            archive_number,
            notice: none(),
            subject: none(),
            codes: Vec::new(),
            payload: sha256(b""),
            seal: digest,
            replaces: None,
            by: none(),
            at: none(),
        }
    }

    /// A case for each row of the table in the module's documentation.
    #[test]
    fn no_number_is_lost_or_repeated_whenever_a_run_dies() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let series = ArchiveNumber::parse("Z1-WS·2018-Y-A-001").unwrap();
        let next = |register: &Register| register.next_number(&series).unwrap();
        let stage = |register: &Register, number: &ArchiveNumber| {
            std::fs::create_dir_all(register.staging_path(&number.to_string())).unwrap();
        };
        let mut register = Register::open(root).unwrap();
        let first = next(&register);
        stage(&register, &first);
        register.enter(entry(&first)).unwrap();
        // Died before step 2: the number is given to another package.
        let second = next(&register);
        stage(&register, &second);
        drop(register);
        let register = Register::open(root).unwrap();
        assert!(!register.staging_path(&second.to_string()).exists() && next(&register) == second);
        // Died within step 2.
        stage(&register, &second);
        let line = serde_json::to_string(&entry(&second)).unwrap();
        let lines = std::fs::read_to_string(root.join(FILE)).unwrap();
        std::fs::write(root.join(FILE), format!("{lines}{}", &line[..15])).unwrap();
        drop(register);
        let register = Register::open(root).unwrap();
        assert_eq!(
            (next(&register), std::fs::read_to_string(root.join(FILE)).unwrap()),
            (second.clone(), lines.clone())
        );
        // Died between steps 2 and 3: the number is given, the package is renamed into the folder.
        stage(&register, &second);
        std::fs::write(root.join(FILE), format!("{lines}{line}\n")).unwrap();
        drop(register);
        let register = Register::open(root).unwrap();
        assert!(root.join(second.to_string()).is_dir() && next(&register).sequence == 3);
        // Taken away later: the number stays used. A lost register repeats no number of a package in the folder.
        std::fs::remove_dir(root.join(second.to_string())).unwrap();
        assert_eq!(next(&register).sequence, 3);
        std::fs::create_dir(root.join(second.to_string())).unwrap();
        std::fs::remove_file(root.join(FILE)).unwrap();
        drop(register);
        let register = Register::open(root).unwrap();
        assert_eq!(next(&register).sequence, 3);
        assert!(Register::open(root).is_err(), "two runs at once");
        drop(register);
        std::fs::write(root.join(FILE), "{}\n").unwrap();
        assert!(Register::open(root).is_err(), "a damaged register");
    }
    #[test]
    fn messages_name_final_paths() {
        let folder = tempfile::tempdir().unwrap();
        let register = Register::open(folder.path()).unwrap();
        let staged = register.staging_path("Z1/data/a.md");
        assert_eq!(register.final_path(&staged), folder.path().join("Z1/data/a.md"));
        let other = std::path::Path::new("input/a.csv");
        assert_eq!(register.final_path(other), other);
    }
}
