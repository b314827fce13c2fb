//! Writing a package: everything into one folder (or one zip), hashed on the way, verified, synced, entered.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::manifests::{self, Algorithm, Hashes};
use super::register::{Entry, Register, RegisterError, sync_folder};
use super::signature::{self, Signer, SignerError};
use super::{ArchiveNumber, EventKind, PackageContents, events, file_list, metadata, readme, verify};
use crate::store::{StoreError, sha256};
use crate::workbook;

/// How packages are sealed.
pub struct SealOptions<'a> {
    /// Whether a package is a zip.
    pub zip: bool,
    /// Who signs, when somebody does.
    pub signer: Option<&'a Signer>,
    /// Who seals.
    pub by: &'a str,
    /// When, as 2018-11-05 or 2018-11-05T09:30.
    pub at: &'a str,
}

/// What became of a package.
#[derive(Clone, Debug)]
pub enum SealOutcome {
    /// It stands there.
    New {
        /// 档号.
        reference: String,
        /// Where.
        path: PathBuf,
        /// The 档号 of the one that it corrects.
        replaces: Option<String>,
    },
    /// The same contents were sealed before, under this 档号.
    Same(String),
}

/// Why a package could not be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The system refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The register cannot be used.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// A file is not what is on record.
    #[error("{} 与生成报告时不同", .0.display())]
    Changed(PathBuf),
    /// It cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignerError),
    /// A fault of the program while making the catalogue.
    #[error("程序内部出错")]
    Make(#[from] workbook::WorkbookError),
    /// A fault of the program: what was written does not verify.
    #[error("写出的归档包没有通过校验：{0}")]
    Unsound(String),
}

/// Seals a package under the next number of its series, unless the same contents were sealed last time; `draft` is
/// the 档号 with any number.
///
/// # Errors
/// When it cannot be written or a file changed since the report was made; no number is used then.
pub fn seal(
    contents: &PackageContents,
    draft: &ArchiveNumber,
    sealing: &SealOptions<'_>,
    register: &mut Register,
) -> Result<SealOutcome, SealError> {
    let root = register.staging("");
    let reference = register.next(draft).map_err(|source| StoreError::new(&root, source))?;
    let name = reference.to_string();
    let (folder, zip) = (register.staging(&name), register.staging(&format!("{name}.zip")));
    let prepared = prepare(contents, &reference, sealing, register, (&folder, &zip));
    if sealing.zip || !matches!(prepared, Ok(Prepared::New(_))) {
        let _ = std::fs::remove_dir_all(&folder);
    }
    match prepared {
        Ok(Prepared::New(entry)) => {
            let replaces = entry.replaces.clone();
            Ok(SealOutcome::New { reference: name, path: register.enter(*entry)?, replaces })
        }
        Ok(Prepared::Same(other)) => Ok(SealOutcome::Same(other)),
        Err(error) => {
            let _ = std::fs::remove_file(&zip);
            Err(error)
        }
    }
}

/// A package that is written and not yet entered.
enum Prepared {
    New(Box<Entry>),
    Same(String),
}

fn prepare(
    contents: &PackageContents,
    reference: &ArchiveNumber,
    sealing: &SealOptions<'_>,
    register: &Register,
    (folder, zip): (&Path, &Path),
) -> Result<Prepared, SealError> {
    let mut bag = Bag::new(folder, contents.sm3);
    contents.pieces.iter().try_for_each(|piece| bag.add(&piece.path, &piece.from, piece.expected.as_ref()))?;
    let payload = sha256(manifests::manifest(&bag.payload, Algorithm::Sha256).as_bytes());
    let last = register.last(&contents.code, &contents.subject);
    if let Some(last) = last.filter(|last| last.payload == payload) {
        return Ok(Prepared::Same(last.reference.clone()));
    }
    let replaces = last.map(|last| last.reference.clone());
    describe(&mut bag, contents, reference, sealing, replaces.as_deref())?;
    let seal = bag.close(sealing, reference)?;
    let name = reference.to_string();
    if sealing.zip {
        pack(folder, &name, zip).map_err(|source| StoreError::new(zip, source))?;
    }
    // The event log says that it was.
    let verified = verify::verify(if sealing.zip { zip } else { folder });
    if let Some(finding) = verified.findings.first() {
        return Err(SealError::Unsound(finding.message.clone()));
    }
    Ok(Prepared::New(Box::new(Entry {
        package: if sealing.zip { format!("{name}.zip") } else { name.clone() },
        reference: name,
        notice: contents.code.clone(),
        subject: contents.subject.clone(),
        payload,
        seal,
        replaces,
        by: sealing.by.to_owned(),
        at: sealing.at.to_owned(),
    })))
}

/// Everything beside the payload but the manifests.
fn describe(
    bag: &mut Bag<'_>,
    contents: &PackageContents,
    reference: &ArchiveNumber,
    sealing: &SealOptions<'_>,
    replaces: Option<&str>,
) -> Result<(), SealError> {
    let row = file_list::row(contents, reference, replaces);
    let mut events = contents.events.clone();
    let told = |kind| super::Event { kind, by: sealing.by.to_owned(), at: sealing.at.to_owned() };
    events.extend([told(EventKind::SealOutcome), told(EventKind::Verified)]);
    let signed = contents.dossiers.iter().any(|dossier| dossier.signed.is_some());
    let (size, count) = (bag.payload.values().map(|hashes| hashes.size).sum::<u64>(), bag.payload.len());
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let info = format!(
        "Source-Organization: {}\nBagging-Date: {}\nExternal-Identifier: {reference}\nExternal-Description: {}\n\
         Bag-Software-Agent: zicha {}\nPayload-Oxum: {size}.{count}\n",
        line(&contents.keeper),
        sealing.at.get(..10).unwrap_or(sealing.at),
        line(contents.title()),
        env!("CARGO_PKG_VERSION"),
    );
    bag.tag("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")?;
    bag.tag("bag-info.txt", info.as_bytes())?;
    bag.tag(verify::METADATA, metadata::write(contents, reference, replaces).as_bytes())?;
    bag.tag(verify::EVENTS, events::log(&events, signed).as_bytes())?;
    bag.tag(verify::CATALOGUE, file_list::xml(&row).as_bytes())?;
    bag.tag(verify::CATALOGUE_TABLE, &workbook::ledger_list(&file_list::COLUMNS, &row)?)?;
    bag.tag(verify::GUIDE, readme::text(contents, reference, replaces, sealing.signer.is_some()).as_bytes())?;
    if let Some(signer) = sealing.signer {
        bag.tag(signature::KEY, signer.public_key()?.as_bytes())?;
    }
    Ok(())
}

/// A bag as it is written.
struct Bag<'a> {
    root: &'a Path,
    algorithms: Vec<Algorithm>,
    payload: BTreeMap<String, Hashes>,
    tags: BTreeMap<String, Hashes>,
}

impl<'a> Bag<'a> {
    fn new(root: &'a Path, sm3: bool) -> Self {
        let algorithms = Algorithm::ALL.into_iter().filter(|algorithm| sm3 || *algorithm != Algorithm::Sm3).collect();
        Self { root, algorithms, payload: BTreeMap::new(), tags: BTreeMap::new() }
    }

    /// Copies a payload file, which must have the hash on record.
    fn add(&mut self, path: &str, from: &Path, expected: Option<&crate::store::Digest>) -> Result<(), SealError> {
        let file = File::open(from).map_err(|source| StoreError::new(from, source))?;
        let hashes = self.write(path, &mut BufReader::new(file))?;
        if expected.is_some_and(|expected| {
            hashes.digits.get(&Algorithm::Sha256).is_none_or(|own| *own != expected.to_string())
        }) {
            return Err(SealError::Changed(from.to_owned()));
        }
        self.payload.insert(path.to_owned(), hashes);
        Ok(())
    }

    fn tag(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let hashes = self.write(name, &mut &bytes[..])?;
        self.tags.insert(name.to_owned(), hashes);
        Ok(())
    }

    /// Writes a file and has it on the disk.
    fn write(&self, path: &str, from: &mut dyn Read) -> Result<Hashes, StoreError> {
        let place = self.root.join(path);
        let mut attempt = || {
            place.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            let mut file = BufWriter::new(File::create_new(&place)?);
            let hashes = manifests::copy(from, &mut file, &self.algorithms)?;
            file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            Ok(hashes)
        };
        attempt().map_err(|source| StoreError::new(&place, source))
    }

    /// Writes the manifests, the tag manifests and the signature, and has all folders on the disk; the hash of the
    /// tag manifest.
    fn close(
        &mut self,
        sealing: &SealOptions<'_>,
        reference: &ArchiveNumber,
    ) -> Result<crate::store::Digest, SealError> {
        for algorithm in self.algorithms.clone() {
            let text = manifests::manifest(&self.payload, algorithm);
            self.tag(&format!("manifest-{}.txt", algorithm.name()), text.as_bytes())?;
        }
        let mut seal = None;
        for algorithm in &self.algorithms {
            let text = manifests::manifest(&self.tags, *algorithm);
            let name = format!("tagmanifest-{}.txt", algorithm.name());
            self.write(&name, &mut text.as_bytes())?;
            if let Some(signer) = sealing.signer.filter(|_| name == signature::SIGNED) {
                let made = signer.sign(text.as_bytes(), &format!("{reference} {}", sealing.at))?;
                self.write(signature::FILE, &mut made.as_bytes())?;
            }
            seal.get_or_insert(sha256(text.as_bytes()));
        }
        let folders = walkdir::WalkDir::new(self.root).contents_first(true).into_iter().flatten();
        let folders = folders.filter(|entry| entry.file_type().is_dir());
        for folder in folders {
            sync_folder(folder.path()).map_err(|source| StoreError::new(folder.path(), source))?;
        }
        Ok(seal.unwrap_or_default())
    }
}

/// Packs a bag's folder into a zip and has it on the disk: stored, in the order of the paths, without dates; the same
/// contents give the same bytes.
pub fn pack(folder: &Path, name: &str, target: &Path) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(target)?));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.map_err(io::Error::other)?;
        if entry.file_type().is_file() {
            let below = entry.path().strip_prefix(folder).map_err(io::Error::other)?;
            let parts = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>();
            files.push((format!("{name}/{}", parts.join("/")), entry.into_path()));
        }
    }
    files.sort();
    for (path, file) in files {
        let mut file = File::open(file)?;
        let large = file.metadata()?.len() >= u64::from(u32::MAX);
        zip.start_file(path, options.large_file(large)).map_err(io::Error::other)?;
        io::copy(&mut file, &mut zip)?;
    }
    let mut file = zip.finish().map_err(io::Error::other)?;
    file.flush()?;
    file.get_ref().sync_all()
}
