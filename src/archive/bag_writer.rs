//! Writes a BagIt bag (RFC 8493) into a folder: each file is hashed while it is written, and synced.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read};
use std::path::Path;

use super::bag_manifest::{self, Algorithm, FileHashes};
use super::layout;
use super::signature::{Signer, SignerError};
use crate::store::{Digest, StoreError, sha256, sync_folder};

/// Why a bag could not be written.
#[derive(Debug, thiserror::Error)]
pub enum BagError {
    /// A file of the bag cannot be written or synced.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key or the password is refused, so that the tag manifest is not signed.
    #[error(transparent)]
    Sign(#[from] SignerError),
}

/// A bag while it is written.
pub(super) struct BagWriter<'a> {
    root: &'a Path,
    algorithms: Vec<Algorithm>,
    payload: BTreeMap<String, FileHashes>,
    tag_files: BTreeMap<String, FileHashes>,
}

impl<'a> BagWriter<'a> {
    /// A bag without files in the folder `root`, which is created with the first; with SM3 manifests when asked for.
    pub(super) fn new(root: &'a Path, sm3: bool) -> Self {
        let algorithms = Algorithm::ALL.into_iter().filter(|algorithm| sm3 || *algorithm != Algorithm::Sm3).collect();
        Self { root, algorithms, payload: BTreeMap::new(), tag_files: BTreeMap::new() }
    }

    /// Copies the file `from` to `path`, which begins with `data/`; the SHA-256 digits of what was copied.
    ///
    /// # Errors
    /// When one of the two cannot be read or written.
    pub(super) fn add_payload(&mut self, path: &str, from: &Path) -> Result<String, StoreError> {
        let file = File::open(from).map_err(|source| StoreError::new(from, source))?;
        let hashes = self.write(path, &mut BufReader::new(file))?;
        let digits = hashes.digits.get(&Algorithm::Sha256).cloned().unwrap_or_default();
        self.payload.insert(path.to_owned(), hashes);
        Ok(digits)
    }

    /// Writes a tag file.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn add_tag_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let hashes = self.write(name, &mut &bytes[..])?;
        self.tag_files.insert(name.to_owned(), hashes);
        Ok(())
    }

    /// The hash of the SHA-256 payload manifest: bags with the same payload have the same.
    pub(super) fn payload_hash(&self) -> Digest {
        sha256(bag_manifest::render(&self.payload, Algorithm::Sha256).as_bytes())
    }

    /// The payload's size in bytes and its number of files, as `Payload-Oxum` has them.
    pub(super) fn payload_oxum(&self) -> String {
        bag_manifest::payload_oxum(self.payload.values())
    }

    /// Writes the manifests, the tag manifests and the signature, and syncs all folders; the hash of the first tag
    /// manifest. `comment` is the comment that the signature covers.
    ///
    /// # Errors
    /// When the system refuses or the signature cannot be made.
    pub(super) fn close(mut self, signer: Option<&Signer>, comment: &str) -> Result<Digest, BagError> {
        for algorithm in self.algorithms.clone() {
            let text = bag_manifest::render(&self.payload, algorithm);
            self.add_tag_file(&layout::payload_manifest(algorithm), text.as_bytes())?;
        }
        let mut hash = None;
        for algorithm in &self.algorithms {
            let text = bag_manifest::render(&self.tag_files, *algorithm);
            let name = layout::tag_manifest(*algorithm);
            self.write(&name, &mut text.as_bytes())?;
            if let Some(signer) = signer.filter(|_| name == layout::SIGNED_MANIFEST) {
                let signature = signer.sign(text.as_bytes(), comment)?;
                self.write(layout::SIGNATURE, &mut signature.as_bytes())?;
            }
            hash.get_or_insert(sha256(text.as_bytes()));
        }
        for entry in walkdir::WalkDir::new(self.root).contents_first(true).into_iter().flatten() {
            if entry.file_type().is_dir() {
                sync_folder(entry.path()).map_err(|source| StoreError::new(entry.path(), source))?;
            }
        }
        Ok(hash.unwrap_or_default())
    }

    /// Writes a file that must not exist yet, and syncs it.
    fn write(&self, path: &str, from: &mut dyn Read) -> Result<FileHashes, StoreError> {
        let target = self.root.join(path);
        let mut copy = || {
            target.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            let mut file = BufWriter::new(File::create_new(&target)?);
            let hashes = bag_manifest::copy_hashing(from, &mut file, &self.algorithms)?;
            file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            Ok(hashes)
        };
        copy().map_err(|source| StoreError::new(&target, source))
    }
}
