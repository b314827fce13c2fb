//! The names of the files of a package: where [`super::writer`] puts them and [`super::verify`] expects them.

use super::bag_manifest::Algorithm;

/// The declaration of a bag (RFC 8493, 2.1.1).
pub(super) const DECLARATION: &str = "bagit.txt";
/// The description of a bag (RFC 8493, 2.2.2).
pub(super) const BAG_INFO: &str = "bag-info.txt";
/// The key of `bag-info.txt` under which the notice's part of the report codes is.
pub(super) const NOTICE_KEY: &str = "Bag-Group-Identifier";
/// The key of `bag-info.txt` under which the name of the branch or department is whose package it is.
pub(super) const SUBJECT_KEY: &str = "Internal-Sender-Identifier";
/// The list of payload files to be fetched from elsewhere (RFC 8493, 2.2.3); packages have none.
pub(super) const FETCH: &str = "fetch.txt";
/// The folder of the payload, with its slash.
pub(super) const PAYLOAD: &str = "data/";
/// The folder of reports, one folder each, with its slash.
pub(super) const REPORTS: &str = "data/reports/";
/// The folder of signed copies, with its slash.
pub(super) const SIGNED_COPIES: &str = "data/signed/";
/// The metadata of the package and its reports (GB/T 33480-2016, DA/T 22-2015).
pub(super) const METADATA: &str = "metadata.xml";
/// The event log: what was done to the reports, by whom and when.
pub(super) const EVENTS: &str = "事件日志.xml";
/// The catalogue: one entry for each report.
pub(super) const CATALOGUE: &str = "归档文件目录.xml";
/// The catalogue as a workbook.
pub(super) const CATALOGUE_TABLE: &str = "归档文件目录.xlsx";
/// The description for people.
pub(super) const README: &str = "说明文件.txt";
/// The payload manifest whose hash the register has.
pub(super) const PAYLOAD_MANIFEST: &str = "manifest-sha256.txt";
/// The tag manifest that is signed.
pub(super) const SIGNED_MANIFEST: &str = "tagmanifest-sha256.txt";
/// The detached signature of that manifest, in the format of minisign.
pub(super) const SIGNATURE: &str = "tagmanifest-sha256.txt.minisig";
/// The public key of the signature.
pub(super) const PUBLIC_KEY: &str = "minisign.pub";

/// What the names of tag manifests begin with.
const TAG_MANIFEST_PREFIX: &str = "tagmanifest-";

/// The tag files that every package has, beside its tag manifests.
pub(super) const REQUIRED: [&str; 9] = [
    DECLARATION,
    BAG_INFO,
    METADATA,
    EVENTS,
    CATALOGUE,
    CATALOGUE_TABLE,
    README,
    PAYLOAD_MANIFEST,
    "manifest-sha512.txt",
];

/// The name of a payload manifest.
pub(super) fn payload_manifest(algorithm: Algorithm) -> String {
    format!("manifest-{}.txt", algorithm.name())
}

/// The name of a tag manifest.
pub(super) fn tag_manifest(algorithm: Algorithm) -> String {
    format!("{TAG_MANIFEST_PREFIX}{}.txt", algorithm.name())
}

/// Whether a path in a package is that of a payload file.
pub(super) fn is_payload(path: &str) -> bool {
    path.starts_with(PAYLOAD)
}

/// Whether no manifest lists the tag file of that path: the tag manifests themselves and the signature over one.
pub(super) fn is_never_listed(path: &str) -> bool {
    path.starts_with(TAG_MANIFEST_PREFIX) || path == SIGNATURE
}
