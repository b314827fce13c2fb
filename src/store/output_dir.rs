//! An output folder under a run: what the program wrote there it may replace, what a person changed since it keeps.
//!
//! Hashes of what is written are noted in a journal before a file takes its place. A run that is killed leaves whole
//! files and the journal; the next one knows by it that they are the program's own.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::containment::{inside_through_links, is_relative_inside};
use super::lock::Lock;
use super::report_dir::{ReportDir, copied};
use super::sync::Disk;
use super::{Digest, LockScope, StoreError, sha256, write_by_way_of};

/// The program's own folder in an output folder, there while a run lasts.
const OWN: &str = ".zicha";
/// What the names of journals end with.
const JOURNAL: &str = "journal";

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// It stands there now, as it did before or written anew.
    There(Digest),
    /// A person changed it since it was written: it was kept. With the hash of what the program last wrote.
    Kept(Digest),
    /// It was written anew; what stood there may be a person's and stands in the other file now.
    Saved(Digest, PathBuf),
}

/// What is to be done for a file.
#[derive(Debug)]
pub enum Step {
    /// No more.
    Done(WriteOutcome),
    /// It is written.
    Write {
        /// Its path below the output folder.
        path: String,
        /// Where it stands.
        place: PathBuf,
        /// Its hash.
        digest: Digest,
        /// What it holds.
        bytes: Vec<u8>,
        /// Where what stood there may be found from now on.
        saved: Option<PathBuf>,
    },
}

/// An output folder that a run holds.
#[derive(Debug)]
pub struct OutputDir {
    root: PathBuf,
    /// The program's own folder in it, from the root of the system.
    own: PathBuf,
    disk: Disk,
    /// What the program wrote, by the files' paths below the folder: the hash of the last record first.
    known: HashMap<String, Vec<Digest>>,
    journal: Mutex<File>,
    /// What the run's own files begin with in the program's folder.
    prefix: String,
    hold: LockScope,
    lock: Lock,
    force: bool,
}

impl OutputDir {
    /// Takes hold of the folder; `force` has files that a person changed replaced.
    ///
    /// # Errors
    /// When another run holds it, or nothing can be written there.
    pub fn open(root: &Path, hold: LockScope, force: bool) -> Result<Self, StoreError> {
        let own = root.join(OWN);
        std::fs::create_dir_all(&own).map_err(|source| StoreError::new(&own, source))?;
        let lock = Lock::take(&own, hold)?;
        let mut known: HashMap<String, Vec<Digest>> = HashMap::new();
        let prefix = match hold {
            LockScope::Whole => "whole-".to_owned(),
            LockScope::Shard { at, of } => format!("shard-{at}-{of}-"),
        };
        for path in files_of(&own) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(JOURNAL) {
                // What killed runs noted.
                for line in std::fs::read_to_string(&path).unwrap_or_default().lines() {
                    if let Some((digest, path)) = line.split_once(' ')
                        && let Ok(digest) = digest.parse()
                    {
                        known.entry(path.to_owned()).or_default().push(digest);
                    }
                }
            } else if name.starts_with(&prefix) {
                // What a killed run was writing.
                let _ = std::fs::remove_file(path);
            }
        }
        let journal = own.join(format!("{prefix}{JOURNAL}"));
        let file = File::options().create(true).append(true).open(&journal);
        let journal = Mutex::new(file.map_err(|source| StoreError::new(&journal, source))?);
        let disk = Disk::of(root.to_owned());
        if !known.is_empty() {
            // What a killed run wrote nobody brought onto the disk.
            disk.wrote(0);
        }
        let own = std::path::absolute(&own).unwrap_or(own);
        Ok(Self { root: root.to_owned(), own, disk, known, journal, prefix, hold, lock, force })
    }

    /// Learns what the last record says of its files.
    pub fn know(&mut self, recorded: impl Iterator<Item = (String, Digest)>) {
        recorded.for_each(|(path, digest)| self.known.entry(path).or_default().insert(0, digest));
    }

    /// A folder below, to write into.
    pub fn folder<'o>(&'o self, name: &'o str) -> ReportDir<'o> {
        ReportDir::new(self, &self.root, name)
    }

    /// What is to be done for a file at `path` below the folder, where a file with the hash `there` stands, or none.
    pub(super) fn step(
        &self,
        path: String,
        place: PathBuf,
        there: Option<Digest>,
        bytes: Vec<u8>,
    ) -> Result<Step, StoreError> {
        let digest = sha256(&bytes);
        if there.as_ref() == Some(&digest) {
            return Ok(Step::Done(WriteOutcome::There(digest)));
        }
        let (last, unknown) = match &there {
            Some(there) => (self.changed(&path, there), !self.known.contains_key(&path)),
            None => (None, false),
        };
        if let (Some(last), false) = (&last, self.force) {
            return Ok(Step::Done(WriteOutcome::Kept(*last)));
        }
        // What no record knows of may be a person's as well.
        let saved = (unknown || last.is_some()).then(|| self.save(&place)).transpose();
        let saved = saved.map_err(|source| StoreError::new(&place, source))?;
        Ok(Step::Write { path, place, digest, bytes, saved })
    }

    /// Takes a step; where it is to write, the run must be `ready` for it.
    pub(super) fn take(&self, step: Step, ready: &io::Result<()>) -> Result<WriteOutcome, StoreError> {
        let (place, digest, bytes, saved) = match step {
            Step::Done(written) => return Ok(written),
            Step::Write { place, digest, bytes, saved, .. } => (place, digest, bytes, saved),
        };
        ready.as_ref().map_err(|why| StoreError::new(&place, copied(why)))?;
        write_by_way_of(&self.own, &self.prefix, &place, &bytes)?;
        self.disk.wrote(bytes.len());
        Ok(match saved {
            Some(saved) => WriteOutcome::Saved(digest, saved),
            None => WriteOutcome::There(digest),
        })
    }

    /// Tells that all reports are written, and only what is the run's own follows: the disk need not wait for it.
    pub fn almost_done(&self) {
        self.disk.almost_done();
    }

    /// Writes a page that is the program's own whatever stands there.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write_own(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let place = self.root.join(path);
        if std::fs::read(&place).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        write_by_way_of(&self.own, &self.prefix, &place, bytes)?;
        self.disk.wrote(bytes.len());
        Ok(())
    }

    /// Whether files that a person changed are replaced.
    pub fn forces(&self) -> bool {
        self.force
    }

    /// Where a file of a folder below stands.
    pub fn place(&self, folder: &str, name: &str) -> PathBuf {
        self.root.join(folder).join(name)
    }

    /// Whether the file stands there as recorded, is gone, or was changed by a person.
    pub fn state(&self, path: &str, recorded: &Digest) -> FileState {
        match std::fs::read(self.root.join(path)).map(|there| sha256(&there)) {
            Ok(there) if there == *recorded => FileState::AsRecorded,
            Ok(there) if self.changed(path, &there).is_some() => FileState::Changed,
            _ => FileState::Other,
        }
    }

    /// Removes a file that the program wrote, unless a person changed it; whether it is gone.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn remove(&self, path: &str, recorded: &Digest) -> Result<bool, StoreError> {
        let place = self.root.join(path);
        let error = |source| StoreError::new(&place, source);
        // The path comes from a record. The file itself may be a link: then the link is removed.
        match path.rsplit_once('/') {
            Some((folder, _)) if is_relative_inside(path) => {
                inside_through_links(&self.root, folder).map_err(error)?;
            }
            None if is_relative_inside(path) => {}
            _ => return Err(error(io::Error::other("它在输出文件夹之外"))),
        }
        if self.state(path, recorded) == FileState::Changed {
            return Ok(false);
        }
        match std::fs::remove_file(&place) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(error(source)),
            _ => {}
        }
        // A folder goes with its last file.
        place.parent().filter(|folder| *folder != self.root).map(std::fs::remove_dir);
        Ok(true)
    }

    /// Writes the run's record and gives the folder back: a sync for everything, then the journal is not needed.
    ///
    /// # Errors
    /// When the record cannot be written; the folder is given back all the same.
    pub fn finish(self, record: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let outcome = self.write_own(record, bytes);
        if outcome.is_ok() {
            self.disk.sync();
            // A whole run leaves nothing of the runs before it.
            let own = files_of(&self.own).into_iter().filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.ends_with(JOURNAL) && (self.hold == LockScope::Whole || name.starts_with(&self.prefix))
            });
            own.for_each(|journal| drop(std::fs::remove_file(journal)));
        }
        self.lock.release();
        let _ = std::fs::remove_dir(&self.own);
        outcome
    }

    /// What the program last wrote there, when that is not what stands there.
    fn changed(&self, path: &str, there: &Digest) -> Option<Digest> {
        let known = self.known.get(path).filter(|known| !known.contains(there))?;
        known.first().copied()
    }

    /// Copies a file beside itself under a name that is free.
    fn save(&self, place: &Path) -> io::Result<PathBuf> {
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
        for number in 1.. {
            let copy = place.with_file_name(format!("{stem}-改动{number}.{extension}"));
            match File::options().write(true).create_new(true).open(&copy) {
                Ok(mut file) => {
                    io::copy(&mut File::open(place)?, &mut file)?;
                    return Ok(copy);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Notes what is about to be written; whether anything is.
    pub(super) fn note<'s>(&self, steps: impl Iterator<Item = &'s Step>) -> io::Result<bool> {
        let mut lines = String::new();
        for step in steps {
            if let Step::Write { path, digest, .. } = step {
                lines.push_str(&format!("{digest} {path}\n"));
            }
        }
        if !lines.is_empty() {
            let mut journal = self.journal.lock().map_err(|_| io::Error::other("journal"))?;
            journal.write_all(lines.as_bytes())?;
        }
        Ok(!lines.is_empty())
    }
}

/// How a file stands against its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// It is what the record says.
    AsRecorded,
    /// A person changed it.
    Changed,
    /// It is gone, or of a run that was not finished.
    Other,
}

/// The files in a folder.
pub fn files_of(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}
