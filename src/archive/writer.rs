//! Seals a package: writes it into the register's staging folder, verifies it there, and enters it under the next
//! number of its series.
//!
//! A package whose payload equals that of the last one of the same notice and subject is not written again; one with
//! another payload replaces that. When anything fails, no number is used and nothing is left in the staging folder.

use std::path::PathBuf;

use super::bag_writer::{BagError, BagWriter};
use super::register::{Register, RegisterEntry, RegisterError};
use super::signature::{Signer, SignerError};
use super::xml::one_line;
use super::{
    ArchiveNumber, Event, EventKind, PackageContents, PackageInPlace, catalogue, events, layout, metadata, readme,
    verify, zip,
};
use crate::store::StoreError;
use crate::workbook;

/// How packages are sealed, and who seals them when: given by the caller, not read from the clock.
pub struct SealOptions<'a> {
    /// Whether a package is a zip.
    pub zip: bool,
    /// The key that signs packages, when they are signed.
    pub signer: Option<&'a Signer>,
    /// The name of the person who seals.
    pub by: &'a str,
    /// When: 2018-11-05 or 2018-11-05T09:30.
    pub at: &'a str,
}

/// What was done about a package.
#[derive(Clone, Debug)]
pub enum SealOutcome {
    /// The package was written, verified and entered in the register.
    New {
        /// Its archive number (档号).
        archive_number: String,
        /// The path of the package in its folder.
        path: PathBuf,
        /// The archive number of the package that it corrects.
        replaces: Option<String>,
    },
    /// The last package has the same payload.
    Same {
        /// Its archive number.
        archive_number: String,
        /// What is in its place.
        in_place: PackageInPlace,
    },
}

/// Why a package could not be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A file of the package cannot be written, synced or renamed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The register cannot be used.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// A file does not have the hash on record.
    #[error("{} 与生成报告时不同", .0.display())]
    Changed(PathBuf),
    /// It cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignerError),
    /// A fault of the program while making the catalogue.
    #[error("程序内部出错")]
    Catalogue(#[from] workbook::WorkbookError),
    /// A fault of the program: what was written does not verify.
    #[error("写出的归档包没有通过校验：{0}")]
    Unsound(String),
}

impl From<BagError> for SealError {
    fn from(error: BagError) -> Self {
        match error {
            BagError::Store(error) => Self::Store(error),
            BagError::Sign(error) => Self::Sign(error),
        }
    }
}

/// Seals a package under the next number of its series, unless the last one has the same payload. `draft` is the
/// archive number with any sequence number.
///
/// # Errors
/// When it cannot be written or a file changed since the report was made; no number is used then.
pub fn seal(
    contents: &PackageContents,
    draft: &ArchiveNumber,
    options: &SealOptions<'_>,
    register: &mut Register,
) -> Result<SealOutcome, SealError> {
    let number = register.next_number(draft)?;
    let name = number.to_string();
    let paths = StagingPaths {
        folder: register.staging_path(&name),
        zip: options.zip.then(|| register.staging_path(&format!("{name}.zip"))),
    };
    let staged = stage(contents, &number, options, register, &paths);
    if options.zip || !matches!(staged, Ok(Staged::New(_))) {
        let _ = std::fs::remove_dir_all(&paths.folder);
    }
    match staged {
        Ok(Staged::New(entry)) => {
            let replaces = entry.replaces.clone();
            Ok(SealOutcome::New { archive_number: name, path: register.enter(*entry)?, replaces })
        }
        Ok(Staged::Same(last)) => Ok(SealOutcome::Same {
            in_place: PackageInPlace::look(register.root(), &last),
            archive_number: last.archive_number,
        }),
        Err(error) => {
            if let Some(zip) = &paths.zip {
                let _ = std::fs::remove_file(zip);
            }
            Err(match error {
                SealError::Store(StoreError { path, source }) => {
                    SealError::Store(StoreError { path: register.final_path(&path), source })
                }
                error => error,
            })
        }
    }
}

/// Where a package is written before it is entered.
struct StagingPaths {
    /// The folder of the whole bag, in the program's own folder.
    folder: PathBuf,
    /// The bag as a zip, when that is asked for.
    zip: Option<PathBuf>,
}

/// The outcome of [`stage`].
enum Staged {
    /// The package is written and verified, and has to be entered.
    New(Box<RegisterEntry>),
    /// The package of this row has the same payload.
    Same(Box<RegisterEntry>),
}

/// Writes a package into the staging folder and verifies it.
fn stage(
    contents: &PackageContents,
    number: &ArchiveNumber,
    options: &SealOptions<'_>,
    register: &Register,
    paths: &StagingPaths,
) -> Result<Staged, SealError> {
    let mut bag = BagWriter::new(&paths.folder, contents.sm3);
    for file in &contents.files {
        let digits = bag.add_payload(&file.path, &file.from)?;
        if file.expected.is_some_and(|expected| digits != expected.to_string()) {
            return Err(SealError::Changed(file.from.clone()));
        }
    }
    let payload = bag.payload_hash();
    let last = register.last(&contents.notice_code, &contents.subject);
    if let Some(last) = last.filter(|last| last.payload == payload) {
        return Ok(Staged::Same(Box::new(last.clone())));
    }
    let replaces = last.map(|last| last.archive_number.clone());
    add_tag_files(&mut bag, contents, number, options, replaces.as_deref())?;
    let seal = bag.close(options.signer, &format!("{number} {}", options.at))?;
    let name = number.to_string();
    if let Some(zip) = &paths.zip {
        zip::pack_folder(&paths.folder, &name, zip).map_err(|source| StoreError::new(zip, source))?;
    }
    // The event log of the package says that it was verified.
    let verified = verify::verify(paths.zip.as_ref().unwrap_or(&paths.folder));
    if let Some(finding) = verified.findings.first() {
        return Err(SealError::Unsound(finding.message.clone()));
    }
    Ok(Staged::New(Box::new(RegisterEntry {
        package: if options.zip { format!("{name}.zip") } else { name.clone() },
        archive_number: name,
        notice: contents.notice_code.clone(),
        subject: contents.subject.clone(),
        codes: contents.reports.iter().map(|report| report.issued.code.clone()).collect(),
        payload,
        seal,
        replaces,
        by: options.by.to_owned(),
        at: options.at.to_owned(),
    })))
}

/// Writes the tag files other than manifests.
fn add_tag_files(
    bag: &mut BagWriter<'_>,
    contents: &PackageContents,
    number: &ArchiveNumber,
    options: &SealOptions<'_>,
    replaces: Option<&str>,
) -> Result<(), SealError> {
    let sealing = |kind| Event { kind, by: options.by.to_owned(), at: options.at.to_owned() };
    let mut all_events = contents.events.clone();
    all_events.extend([sealing(EventKind::Sealed), sealing(EventKind::Verified)]);
    let has_signed_copy = contents.reports.iter().any(|report| report.signed.is_some());
    let row = catalogue::row(contents, number, replaces);
    bag.add_tag_file(layout::DECLARATION, b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")?;
    bag.add_tag_file(layout::BAG_INFO, bag_info(bag, contents, number, options.at).as_bytes())?;
    bag.add_tag_file(layout::METADATA, metadata::write(contents, number, replaces).as_bytes())?;
    bag.add_tag_file(layout::EVENTS, events::log(&all_events, has_signed_copy).as_bytes())?;
    bag.add_tag_file(layout::CATALOGUE, catalogue::xml(&row).as_bytes())?;
    bag.add_tag_file(
        layout::CATALOGUE_TABLE,
        &workbook::archive_catalogue(&catalogue::COLUMNS, std::slice::from_ref(&row))?,
    )?;
    let text = readme::text(contents, number, replaces, options.signer.is_some());
    bag.add_tag_file(layout::README, text.as_bytes())?;
    if let Some(signer) = options.signer {
        bag.add_tag_file(layout::PUBLIC_KEY, signer.public_key()?.as_bytes())?;
    }
    Ok(())
}

/// The text of `bag-info.txt`: an element a line.
fn bag_info(bag: &BagWriter<'_>, contents: &PackageContents, number: &ArchiveNumber, at: &str) -> String {
    format!(
        "Source-Organization: {}\nBagging-Date: {}\nExternal-Identifier: {number}\nExternal-Description: {}\n\
         {}: {}\n{}: {}\nBag-Software-Agent: zicha {}\nPayload-Oxum: {}\n",
        one_line(&contents.keeper),
        at.get(..10).unwrap_or(at),
        one_line(contents.title()),
        layout::NOTICE_KEY,
        contents.notice_code,
        layout::SUBJECT_KEY,
        one_line(&contents.subject),
        env!("CARGO_PKG_VERSION"),
        bag.payload_oxum(),
    )
}
