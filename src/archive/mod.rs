//! 归档包 (packages): a final report with its signed copy and everything it was made from, as a BagIt bag (RFC 8493)
//! that can be checked years later without this program.
//!
//! A package is a folder, or a zip of one, named by its 档号 (archive number):
//!
//! ```text
//! bagit.txt, bag-info.txt                declaration and description that every BagIt program reads first
//! manifest-sha256.txt, -sha512 (-sm3)    payload manifests: hashes of every file below data/
//! tagmanifest-sha256.txt, …              tag manifests: hashes of every other file
//! tagmanifest-sha256.txt.minisig         the signature, when there is one; minisign.pub is its key
//! metadata.xml                           公文元数据 (GB/T 33480), 档案元数据 (DA/T 22), see [`metadata`]
//! 事件日志.xml                            who did what, as the caller says
//! 归档文件目录.xml, 归档文件目录.xlsx      the catalogue (DA/T 22-2015, 5.5)
//! 说明文件.txt                            a description for people without any program
//! data/reports/甲党支部/…                 the report in every format, metrics, sources; a .pdf or .ofd beside it
//! data/signed/…                          the scans of the signed copy
//! data/ledgers/…                         ledgers exactly as they were received
//! data/notice/notice.toml, *.md          settings and templates
//! ```
//!
//! Everything below `data/` is payload, everything else a tag file; the names are in `layout`. [`writer`] writes a
//! package from [`PackageContents`], [`register`] assigns its number, [`register_rows`] and [`register_check`] compare
//! the register with itself and with the packages, [`seal_list`] lists all packages for safekeeping elsewhere, and
//! [`verify`] checks one whose maker is not trusted. Which reports are archived is decided by the caller.
//!
//! Only this module uses SHA-512, SM3 and minisign, and writes zip files other than Office documents.

mod archive_number;
mod bag_manifest;
mod bag_writer;
pub mod catalogue;
mod contents;
mod events;
mod layout;
pub mod metadata;
mod package_facts;
mod package_in_place;
mod package_reader;
mod readme;
pub mod register;
pub mod register_check;
pub mod register_rows;
pub mod seal_list;
mod signature;
pub mod verify;
pub mod writer;
mod xml;
pub mod zip;

pub use archive_number::ArchiveNumber;
pub use contents::{ArchivedReport, PackageContents, PackageFile, SignedCopyState};
pub use events::{Event, EventKind, is_moment};
pub use package_facts::{Difference, PackageFacts};
pub use package_in_place::PackageInPlace;
pub use package_reader::PackageReader;
pub use signature::{Signer, SignerError};
