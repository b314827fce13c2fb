//! Whether a package that the register has is in its folder, and whole as far as that can be seen at once.

use std::path::{Path, PathBuf};

use super::register::RegisterEntry;
use super::{PackageFacts, PackageReader};

/// What is in the place of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackageInPlace {
    /// The package, with its own seal and as many files and bytes as it says. Their hashes were not checked.
    Whole,
    /// Nothing: it may have been handed over.
    Gone,
    /// Something that is not the package any more, with the reason in Chinese.
    Damaged(String),
}

impl PackageInPlace {
    /// Looks at the package of a row in `folder`.
    pub fn look(folder: &Path, entry: &RegisterEntry) -> Self {
        if !entry.is_named_by_number() {
            return Self::Damaged("登记册这一行不对".to_owned());
        }
        let path = package_path(folder, entry);
        if path.symlink_metadata().is_err() {
            return Self::Gone;
        }
        let damaged = |reason: &str| Self::Damaged(reason.to_owned());
        let Ok(mut package) = PackageReader::open(&path) else { return damaged("打不开，或者不是归档包") };
        let Some(facts) = PackageFacts::read(&mut package) else {
            return damaged("元数据、清单缺了或者读不出");
        };
        if facts.seal != entry.seal || facts.number != entry.archive_number {
            return damaged("封存值与登记册里的不同，封存后改过");
        }
        match package.payload_oxum() {
            Some(stated) if stated != package.listed_oxum() => damaged("文件多了、少了或者改过，大小与封存时的不同"),
            _ => Self::Whole,
        }
    }

    /// What is said of it behind the package's number, in Chinese; nothing of one that is whole.
    pub fn remark(&self) -> String {
        match self {
            Self::Whole => String::new(),
            Self::Gone => "；文件夹里没有这个归档包：移交了的不用管，没有移交的，用另存的放回来".to_owned(),
            Self::Damaged(reason) => format!("；这个归档包坏了：{reason}"),
        }
    }
}

/// Where the package of a row is in `folder`: under its name, or packed or unpacked since.
pub(super) fn package_path(folder: &Path, entry: &RegisterEntry) -> PathBuf {
    let path = folder.join(&entry.package);
    let other = match entry.package.strip_suffix(".zip") {
        Some(number) => folder.join(number),
        None => folder.join(format!("{}.zip", entry.package)),
    };
    if path.symlink_metadata().is_err() && other.symlink_metadata().is_ok() { other } else { path }
}
