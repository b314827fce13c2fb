//! Sealed packages: a final report with its signed copy and everything it was made from, as a BagIt bag (RFC 8493)
//! that can be checked years later with no program of ours.
//!
//! A package is a folder, or a zip of one, called by its 档号:
//!
//! ```text
//! bagit.txt, bag-info.txt                what every BagIt program reads first
//! manifest-sha256.txt, -sha512 (-sm3)    hashes of everything below data/
//! tagmanifest-sha256.txt, …              hashes of everything beside data/
//! tagmanifest-sha256.txt.minisig         the signature, when there is one; minisign.pub is its key
//! metadata.xml                           公文元数据 (GB/T 33480), 档案元数据 (DA/T 22), see [`metadata`]
//! 事件日志.xml                            who did what, as the caller says
//! 归档文件目录.xml, 归档文件目录.xlsx      the catalogue (DA/T 22-2015, 5.5)
//! 说明文件.txt                            for a person who has no program
//! data/reports/甲党支部/…                 the report in every format, metrics, sources; a .pdf or .ofd beside it
//! data/signed/…                          the scans of the signed copy
//! data/ledgers/…                         ledgers exactly as they were received
//! data/notice/notice.toml, *.md          settings and templates
//! ```
//!
//! [`writer`] writes a package, [`register`] gives it its number, [`verify`] reads one as if its maker were an enemy.
//!
//! The only room that names sha2's longer hashes, sm3, minisign and zip (as `write`).

mod archive_number;
mod events;
mod file_list;
mod manifests;
pub mod metadata;
mod package;
mod readme;
pub mod register;
mod signature;
pub mod verify;
pub mod writer;
mod xml;
pub mod zip;

use std::path::PathBuf;

pub use archive_number::ArchiveNumber;
pub use events::{Event, EventKind, is_moment};
pub use package::Package;
pub use signature::{Signer, SignerError};

use crate::manifest::Issued;
use crate::scans::Version;
use crate::store::Digest;

/// The hash of a list of payload files and their hashes: packages of the same payload have the same.
pub type Payload = Digest;

/// A report that goes into a package.
#[derive(Clone, Debug)]
pub struct ArchivedReport {
    /// The branch, or the department, by its name.
    pub name: String,
    /// Its folder below `data/reports`.
    pub folder: String,
    /// What the report says of itself.
    pub issued: Issued,
    /// How its signed copy is known to be of this version; none when it has no signed copy.
    pub signed: Option<Version>,
    /// How many pages it has, when somebody knows.
    pub pages: Option<usize>,
}

/// A file that goes into a package.
#[derive(Clone, Debug)]
pub struct PackageFile {
    /// Its path in the package, with `/` between the parts.
    pub path: String,
    /// Where its bytes are.
    pub from: PathBuf,
    /// The hash that they must have, when one is on record.
    pub expected: Option<Digest>,
}

/// Everything that a package is made of, but for its number.
#[derive(Clone, Debug)]
pub struct PackageContents {
    /// Whose package it is: a branch's name or the department's.
    pub subject: String,
    /// The notice that was answered.
    pub notice: String,
    /// The part of the codes that names the notice.
    pub code: String,
    /// The department that keeps the package.
    pub keeper: String,
    /// The reports.
    pub dossiers: Vec<ArchivedReport>,
    /// The files below `data/`.
    pub pieces: Vec<PackageFile>,
    /// What was done, by whom and when.
    pub events: Vec<Event>,
    /// Whether there are SM3 manifests.
    pub sm3: bool,
}

impl PackageContents {
    /// The title of the package: of the department's report, or of the only one.
    pub fn title(&self) -> &str {
        let own = self.dossiers.iter().find(|dossier| dossier.name == self.subject);
        own.or(self.dossiers.first()).map_or("", |dossier| dossier.issued.title.as_str())
    }

    /// The report that stands for the package.
    pub fn main(&self) -> Option<&ArchivedReport> {
        self.dossiers.iter().find(|dossier| dossier.name == self.subject).or(self.dossiers.first())
    }
}
