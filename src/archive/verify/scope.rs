//! Which registers and seal lists say something of which packages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::store::parent_folder;

/// A package that is verified: where it is and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedPackage {
    /// The real path of the folder that it is in.
    pub folder: PathBuf,
    /// Its archive number.
    pub number: String,
}

/// The folders of packages that have a register or a seal list of their own. Another folder's register or list says
/// nothing of their packages; one that is kept elsewhere, alone, does.
#[derive(Debug, Default)]
pub struct RecordScope {
    /// Real paths.
    folders: BTreeSet<PathBuf>,
}

impl RecordScope {
    /// The scope of records with `folders`, real paths, that have packages and records of their own.
    pub fn new(folders: BTreeSet<PathBuf>) -> Self {
        Self { folders }
    }

    /// Whether packages are given in the folder, which has a register or a list.
    pub fn has(&self, folder: &Path) -> bool {
        self.folders.contains(folder)
    }

    /// Whether the register or list `record`, a real path, says something of packages in `folder`.
    pub fn applies(&self, record: &Path, folder: &Path) -> bool {
        let of_record = parent_folder(record);
        of_record == folder || !self.has(of_record) || !self.has(folder)
    }

    /// The numbers of those packages of which `record` says something.
    pub(super) fn numbers<'p>(&self, record: &Path, packages: &'p [PlacedPackage]) -> BTreeSet<&'p str> {
        let of_record = packages.iter().filter(|package| self.applies(record, &package.folder));
        of_record.map(|package| package.number.as_str()).collect()
    }
}

/// Whether a folder, or a file with `.zip`, of that archive number is in `folder`.
pub(super) fn is_beside(folder: &Path, number: &str) -> bool {
    let kind = |name: &str| folder.join(name).symlink_metadata().ok();
    kind(number).is_some_and(|kind| kind.is_dir()) || kind(&format!("{number}.zip")).is_some_and(|kind| kind.is_file())
}
