//! What is in a folder of packages: each package with what the register and its own catalogue say of it, and when it
//! was last verified. Nothing here is trusted: verifying a package is [`verify`](super::super::verify())'s work.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::archive::catalogue::{self, CatalogueRow};
use crate::archive::register::{self, RegisterEntry, RegisterError};
use crate::pipeline::Verification;
use crate::store::{self, Lock, StoreError, create_history, history_of, list_folder, read_record_text};
use crate::workbook::{WorkbookError, archive_catalogue};

/// The name of the record of verifications, in the history beside the folder of packages.
const VERIFICATIONS: &str = "verified.json";
/// The file beside it that is locked while it is read and written.
const VERIFICATIONS_LOCK: &str = "verified.lock";

/// A package in a folder.
#[derive(Clone, Debug)]
pub struct ListedPackage {
    /// Its name in the folder, with `.zip` for a zip.
    pub file_name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its line in the register; none when the register does not name it.
    pub entry: Option<RegisterEntry>,
    /// The number of the package that corrects it.
    pub replaced_by: Option<String>,
    /// The outcome of its last verification; `None` when it was never verified.
    pub verified: Option<VerificationRecord>,
}

/// The outcome of verifying a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationRecord {
    /// When, as the caller gives it.
    pub at: String,
    /// The number of findings; 0 for a sound package.
    pub findings: usize,
    /// The first of them; empty for a sound package.
    pub first: String,
    /// Whether its reports were made again and compared.
    pub rebuilt: bool,
}

impl ListedPackage {
    /// Its archive number: that of the register, otherwise its name.
    pub fn number(&self) -> &str {
        let own = self.file_name.strip_suffix(".zip").unwrap_or(&self.file_name);
        self.entry.as_ref().map_or(own, |entry| &entry.archive_number)
    }

    /// The row of its own catalogue; none when it cannot be read.
    pub fn catalogue_row(&self) -> Option<CatalogueRow> {
        catalogue::read_row(&self.path)
    }
}

/// The packages in a folder by their names: folders and zips, no links and nothing hidden.
///
/// # Errors
/// When the register cannot be read.
pub fn packages_in(folder: &Path) -> Result<Vec<ListedPackage>, RegisterError> {
    let mut entries: HashMap<String, RegisterEntry> = HashMap::new();
    let mut replaced: HashMap<String, String> = HashMap::new();
    for entry in register::read_entries(&folder.join(register::FILE))? {
        if let Some(other) = &entry.replaces {
            replaced.insert(other.clone(), entry.archive_number.clone());
        }
        entries.insert(entry.package.clone(), entry);
    }
    let mut verified = read_verifications(folder);
    let mut packages = Vec::new();
    for path in list_folder(folder) {
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_package =
            !file_name.starts_with('.') && !path.is_symlink() && (path.is_dir() || file_name.ends_with(".zip"));
        if is_package {
            let entry = entries.remove(&file_name);
            let verified = verified.remove(&file_name);
            packages.push(ListedPackage { file_name, path, entry, replaced_by: None, verified });
        }
    }
    for package in &mut packages {
        package.replaced_by = replaced.remove(package.number());
    }
    packages.sort_by(|one, other| one.file_name.cmp(&other.file_name));
    Ok(packages)
}

/// The catalogue of all packages as a workbook's bytes, a row a package.
///
/// # Errors
/// On a fault of the library that writes it.
pub fn package_catalogue(packages: &[ListedPackage]) -> Result<Vec<u8>, WorkbookError> {
    let rows: Vec<CatalogueRow> = packages
        .iter()
        .zip(1..)
        .map(|(package, position)| {
            let mut row = package.catalogue_row().unwrap_or_default();
            row[0] = position.to_string();
            if row[1].is_empty() {
                package.number().clone_into(&mut row[1]);
                "归档包里的目录读不出".clone_into(&mut row[8]);
            }
            row
        })
        .collect();
    archive_catalogue(&catalogue::COLUMNS, &rows)
}

fn verifications_file(folder: &Path) -> PathBuf {
    history_of(&std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())).join(VERIFICATIONS)
}

/// The last verification of each package by its name; none where the record cannot be read.
fn read_verifications(folder: &Path) -> BTreeMap<String, VerificationRecord> {
    let text = read_record_text(&verifications_file(folder)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Records the outcome of verifying packages at `at`, by their names, in the history beside each folder that has a
/// register; packages elsewhere are copies, and other packages keep their records.
///
/// # Errors
/// When a record cannot be written.
pub fn record_verification(verification: &Verification, at: &str) -> Result<(), StoreError> {
    let mut folders: BTreeMap<PathBuf, BTreeMap<String, VerificationRecord>> = BTreeMap::new();
    for (path, verified) in &verification.packages {
        // `.` has no name, and a path of one part no folder. Links stay: they are no packages.
        let Ok(path) = std::path::absolute(path) else { continue };
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { continue };
        if !folder.join(register::FILE).exists() {
            continue;
        }
        let record = VerificationRecord {
            at: at.to_owned(),
            findings: verified.findings.len(),
            first: verified.findings.first().map(|finding| finding.message.clone()).unwrap_or_default(),
            rebuilt: verification.is_rebuilt,
        };
        folders.entry(folder.to_owned()).or_default().insert(name.to_string_lossy().into_owned(), record);
    }
    for (folder, verified) in folders {
        let file = verifications_file(&folder);
        let parent = file.parent().unwrap_or(&folder);
        create_history(parent).map_err(|source| StoreError::new(parent, source))?;
        // Another program may record at the same time: what it recorded stays.
        let lock_file = parent.join(VERIFICATIONS_LOCK);
        let _lock = Lock::wait(&lock_file).map_err(|source| StoreError::new(&lock_file, source))?;
        let mut records = read_verifications(&folder);
        records.extend(verified);
        store::write(&file, serde_json::to_string(&records).unwrap_or_default().as_bytes())?;
    }
    Ok(())
}
