//! The register: which number went to which package. 件号 never skips and never repeats, also after a crash, a full
//! disk, or two runs at once.
//!
//! One run at a time holds the folder (the system's lock, so a dead run leaves none). A package is written whole into
//! the program's own folder `.zicha/`, verified and synced there. Then a line with its number is added to the register
//! and synced, and then the package is moved to its place in one step. So whatever a run dies of, the next one finds
//! one of these and knows what to do:
//!
//! 1. A package in `.zicha/` without a line: its number was never given. It is removed; the number goes to another.
//! 2. Half a line at the register's end (a full disk, a crash): it was never synced, so no package was moved. The half
//!    line is cut off, and it is case 1.
//! 3. A line, and its package still in `.zicha/`: the package is whole and synced, for that comes before its line.
//!    It is moved to its place: the number is given and used.
//! 4. A line and no package in `.zicha/`: it was moved. Whether it still stands there is the archivist's business; the
//!    number stays used when packages are taken away.
//!
//! The next number is one more than the greatest in the register or among the packages that stand in the folder (so
//! that a register that was lost repeats none).

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{ArchiveNumber, Payload};
use crate::store::{Digest, Lock, LockScope, StoreError};

/// The register's name in the folder of packages.
pub const FILE: &str = "登记册.jsonl";
/// The program's own folder there.
const OWN: &str = ".zicha";

/// A line of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// 档号.
    pub reference: String,
    /// The package's name in the folder.
    pub package: String,
    /// The part of the codes that names the notice.
    pub notice: String,
    /// Whose package it is.
    pub subject: String,
    /// The hash of its payload manifest: what is in it.
    pub payload: Payload,
    /// The hash of its tag manifest: the package as it was sealed.
    pub seal: Digest,
    /// The 档号 of the package that it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Who sealed it.
    pub by: String,
    /// When, as the caller says.
    pub at: String,
}

/// A register that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The system refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A line is none.
    #[error("{} 第{line}行不是登记的内容，请先用备份恢复", file.display())]
    Line {
        /// The register.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// A folder of packages that a run holds.
#[derive(Debug)]
pub struct Register {
    root: PathBuf,
    entries: Vec<Entry>,
    lock: Lock,
    /// What was done to what an earlier run left.
    pub settled: Vec<String>,
}

impl Register {
    /// Takes hold of the folder and settles what a killed run left there.
    ///
    /// # Errors
    /// When another run holds it, the register is damaged, or nothing can be written there.
    pub fn open(root: &Path) -> Result<Self, RegisterError> {
        let own = root.join(OWN);
        std::fs::create_dir_all(&own).map_err(|source| StoreError::new(&own, source))?;
        let lock = Lock::acquire(&own, LockScope::Whole)?;
        let mut register = Self { root: root.to_owned(), entries: Vec::new(), lock, settled: Vec::new() };
        register.entries = register.load()?;
        register.settle()?;
        Ok(register)
    }

    /// The package that holds, of those of a subject: the last.
    pub fn last(&self, notice: &str, subject: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.notice == notice && entry.subject == subject)
    }

    /// The next 档号 of a series.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn next(&self, reference: &ArchiveNumber) -> io::Result<ArchiveNumber> {
        let series = reference.series();
        let standing: Vec<String> = std::fs::read_dir(&self.root)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<_>>()?;
        let names = standing.iter().map(|name| name.strip_suffix(".zip").unwrap_or(name));
        let all = names.chain(self.entries.iter().map(|entry| entry.reference.as_str()));
        let taken = all.filter_map(ArchiveNumber::parse).filter(|other| other.series() == series);
        Ok(reference.numbered(taken.map(|other| other.number).max().unwrap_or_default() + 1))
    }

    /// Where a package is written before it takes its place.
    pub fn staging(&self, package: &str) -> PathBuf {
        self.root.join(OWN).join(package)
    }

    /// Enters a package that stands whole and synced where it was written, and moves it to its place.
    ///
    /// # Errors
    /// When the system refuses: then the number is not given, or the next run moves the package.
    pub fn enter(&mut self, entry: Entry) -> Result<PathBuf, StoreError> {
        let file = self.root.join(FILE);
        if let Err(source) = self.append(&file, &entry) {
            remove(&self.staging(&entry.package));
            return Err(StoreError::new(&file, source));
        }
        let place = self.root.join(&entry.package);
        self.place(&entry.package).map_err(|source| StoreError::new(&place, source))?;
        self.entries.push(entry);
        Ok(place)
    }

    /// Gives the folder back.
    pub fn close(self) {
        self.lock.release();
        let _ = std::fs::remove_dir(self.root.join(OWN));
    }

    /// The register's lines; half a line at its end is cut off.
    fn load(&mut self) -> Result<Vec<Entry>, RegisterError> {
        let file = self.root.join(FILE);
        let error = |source| StoreError::new(&file, source);
        let bytes = match std::fs::read(&file) {
            Ok(bytes) => bytes,
            Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(error(source).into()),
        };
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if whole < bytes.len() {
            cut(&file, whole as u64).map_err(error)?;
            self.settled.push("登记册末尾有没写完的一行，已去掉；它的件号没有用过".to_owned());
        }
        let lines = bytes[..whole].split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
        let entry = |(at, line): (usize, &[u8])| {
            serde_json::from_slice(line).map_err(|_| RegisterError::Line { file: file.clone(), line: at + 1 })
        };
        lines.map(entry).collect()
    }

    /// Moves what was entered to its place, removes what was not.
    fn settle(&mut self) -> Result<(), StoreError> {
        let own = self.root.join(OWN);
        let entered: HashMap<&str, &Entry> = self.entries.iter().map(|entry| (entry.package.as_str(), entry)).collect();
        let mut settled = Vec::new();
        for path in crate::store::list_folder(&own) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let error = |source| StoreError::new(&path, source);
            match entered.get(name.as_str()) {
                Some(entry) => {
                    self.place(&name).map_err(error)?;
                    settled.push(format!("上次中断的归档包 {} 已就位", entry.reference));
                }
                None if name == "lock" => {}
                None if path.is_dir() => std::fs::remove_dir_all(&path).map_err(error)?,
                None => std::fs::remove_file(&path).map_err(error)?,
            }
        }
        self.settled.extend(settled);
        Ok(())
    }

    /// Adds a line and has it on the disk; a line that did not come whole is taken back.
    fn append(&self, file: &Path, entry: &Entry) -> io::Result<()> {
        let mut register = OpenOptions::new().create(true).append(true).open(file)?;
        let before = register.metadata()?.len();
        let line = format!("{}\n", serde_json::to_string(entry)?);
        let added = register.write_all(line.as_bytes()).and_then(|()| register.sync_all());
        if let Err(error) = added.and_then(|()| sync_folder(&self.root)) {
            cut(file, before)?;
            return Err(error);
        }
        Ok(())
    }

    /// Moves a package from where it was written to its place, where nothing may stand.
    fn place(&self, package: &str) -> io::Result<()> {
        let place = self.root.join(package);
        if place.symlink_metadata().is_ok() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "那里已有同名的文件，归档包不能覆盖"));
        }
        std::fs::rename(self.staging(package), place)?;
        sync_folder(&self.root)
    }
}

/// Removes what is of no use; what cannot be removed now the next run removes.
fn remove(path: &Path) {
    let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
}

/// Cuts a file to its first bytes.
fn cut(file: &Path, length: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(file)?;
    file.set_len(length)?;
    file.sync_all()
}

/// Has the system bring a folder's own entries onto the disk.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::{ArchiveNumber, Entry, FILE, Register};
    use crate::store::{Digest, sha256};

    fn entry(reference: &ArchiveNumber) -> Entry {
        let none = || String::new();
        let (reference, digest) = (reference.to_string(), Digest::default());
        Entry {
            package: reference.clone(),
            reference,
            notice: none(),
            subject: none(),
            payload: sha256(b""),
            seal: digest,
            replaces: None,
            by: none(),
            at: none(),
        }
    }

    /// What the next run makes of each moment at which a run can die.
    #[test]
    fn whatever_a_run_dies_of_no_number_is_lost_or_given_twice() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let series = ArchiveNumber::parse("Z1-WS·2018-Y-A-001").unwrap();
        let next = |register: &Register| register.next(&series).unwrap();
        let stage = |register: &Register, reference: &ArchiveNumber| {
            std::fs::create_dir_all(register.staging(&reference.to_string())).unwrap();
        };
        let mut register = Register::open(root).unwrap();
        let first = next(&register);
        stage(&register, &first);
        register.enter(entry(&first)).unwrap();
        // Dead before its line: nothing is given.
        let second = next(&register);
        stage(&register, &second);
        drop(register);
        let register = Register::open(root).unwrap();
        assert!(!register.staging(&second.to_string()).exists() && next(&register) == second);
        // Dead within its line.
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
        // Dead between its line and the move: the number is given, the package takes its place.
        stage(&register, &second);
        std::fs::write(root.join(FILE), format!("{lines}{line}\n")).unwrap();
        drop(register);
        let register = Register::open(root).unwrap();
        assert!(root.join(second.to_string()).is_dir() && next(&register).number == 3);
        // Taken away: the number stays used; a lost register repeats no number of what stands there.
        std::fs::remove_dir(root.join(second.to_string())).unwrap();
        assert_eq!(next(&register).number, 3);
        std::fs::create_dir(root.join(second.to_string())).unwrap();
        std::fs::remove_file(root.join(FILE)).unwrap();
        register.close();
        let register = Register::open(root).unwrap();
        assert_eq!(next(&register).number, 3);
        assert!(Register::open(root).is_err(), "two runs at once");
        register.close();
        std::fs::write(root.join(FILE), "{}\n").unwrap();
        assert!(Register::open(root).is_err(), "a damaged register");
    }
}
