//! Verifies packages whose makers are not trusted: every hash, that nothing is missing and nothing is added, and of
//! packages made by zicha also the metadata against their own rules, the signature, and the zip to the last bit.
//!
//! The checks run in an order in which each can rely on those before it: the container ([`super::PackageReader`]), the
//! rules of any BagIt bag (`bag`), the rules of packages made by zicha (`zicha`). All of these a package passes whose
//! manifests were computed anew after a change; what does not change with it is its seal on record ([`Registers`],
//! [`SealList`]). The rebuilding of reports is not done here but in `pipeline::rebuild`.

mod bag;
mod findings;
mod registers;
mod scope;
mod seals;
mod zicha;

use std::collections::BTreeMap;
use std::path::Path;

use super::metadata::Metadata;
use super::{PackageFacts, PackageReader, layout};
use crate::diagnostics::localize;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::store::{Digest, sha256};
use bag::MAX_MANIFEST;
use findings::PackageFindings;
pub use registers::Registers;
pub use scope::{PlacedPackage, RecordScope};
pub use seals::SealList;

/// What was found of a package.
#[derive(Debug, Default)]
pub struct Verified {
    /// What is wrong with it; empty when it is sound.
    pub findings: Vec<Diagnostic>,
    /// Its metadata, when zicha made it and they can be read.
    pub metadata: Option<Metadata>,
    /// What it says of itself, to be compared with its row in the register; as [`Self::metadata`].
    pub facts: Option<PackageFacts>,
    /// Its archive number as far as it is known: that of its metadata, otherwise the name of its folder or file.
    pub number: String,
    /// Its seal, the hash of its SHA-256 tag manifest; none when it has no such manifest.
    pub seal: Option<Digest>,
    /// Its number of files.
    pub files: usize,
    /// The public key that signed it, in minisign's notation, taken from the package itself.
    pub key: Option<String>,
}

/// Verifies a package: a folder, or a zip of one.
pub fn verify(path: &Path) -> Verified {
    let mut findings = PackageFindings::new(path);
    let mut verified = Verified::default();
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    verified.number = file_name.strip_suffix(".zip").unwrap_or(&file_name).to_owned();
    match PackageReader::open(path) {
        Ok(mut package) => {
            verified.number.clone_from(&package.name);
            verified.files = package.files.len();
            for fault in &package.faults {
                findings.add(&code::DAMAGED, fault.clone());
            }
            if package.files.contains_key(layout::FETCH) {
                findings.add(&code::DAMAGED, "有 fetch.txt：一部分内容不在包里");
            }
            if findings.is_empty() {
                verify_contents(&mut package, &mut findings, &mut verified);
            }
            if let Some(metadata) = &verified.metadata
                && findings.is_empty()
                && package.is_zip()
            {
                zicha::check_zip(path, &mut package, metadata, &mut findings);
            }
        }
        Err(error) => findings.add(&code::DAMAGED, format!("打不开：{}", localize::io_error(&error))),
    }
    verified.findings = findings.into_diagnostics();
    verified
}

/// Verifies the files of a package whose container is sound.
fn verify_contents(package: &mut PackageReader, findings: &mut PackageFindings, verified: &mut Verified) {
    let Some(manifests) = bag::read_manifests(package, findings) else { return };
    let is_made_by_zicha = zicha::is_made_by_zicha(package, &manifests);
    bag::check_complete(package, &manifests, is_made_by_zicha, findings);
    bag::check_tag_lists(package, &manifests, is_made_by_zicha, findings);
    let hashes = bag::check_hashes(package, &manifests, findings);
    bag::check_oxum(package, &hashes, findings);
    if is_made_by_zicha {
        zicha::check_tag_manifests(package, &manifests, &hashes, findings);
        verified.metadata = zicha::check_metadata(package, findings);
        verified.key = zicha::check_signature(package, findings);
    }
    if let Some(metadata) = &verified.metadata {
        verified.number = metadata.number.to_string();
        verified.facts = PackageFacts::of(package, metadata);
    }
    verified.seal = package.text(layout::SIGNED_MANIFEST, MAX_MANIFEST).ok().map(|text| sha256(text.as_bytes()));
}

/// A finding for each package whose archive number another of the packages has, too.
pub fn duplicate_numbers(packages: &[(&Path, &Verified)]) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<String, &Path> = BTreeMap::new();
    let mut findings = Vec::new();
    for (path, verified) in packages {
        let Some(metadata) = &verified.metadata else { continue };
        let number = metadata.number.to_string();
        if let Some(other) = seen.insert(number.clone(), path) {
            let message = format!("档号 {number} 与 {} 的相同", other.display());
            findings.push(Diagnostic::new(&code::SAME_NUMBER, Location::File(path.display().to_string()), message));
        }
    }
    findings
}

/// A finding when a package is not signed by `key`, the text of a public key's file.
pub fn check_signer(path: &Path, verified: &Verified, key: &str) -> Option<Diagnostic> {
    let message = match &verified.key {
        Some(actual) if key.lines().nth(1) == Some(actual) => return None,
        Some(_) => "是另一个密钥签的名",
        None => "没有签名",
    };
    Some(Diagnostic::new(&code::SIGNATURE, Location::File(path.display().to_string()), message))
}
