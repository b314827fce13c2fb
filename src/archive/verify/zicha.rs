//! The rules of packages made by zicha: tag manifests and zip exactly as they are written, metadata that agree
//! with the files, a valid signature. Their hashes were checked before.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::Path;

use super::bag::{BagManifests, MAX_MANIFEST, MAX_TAG_FILE};
use super::findings::PackageFindings;
use crate::archive::bag_manifest::{self, Algorithm, FileHashes};
use crate::archive::metadata::{self, Metadata, ReportMetadata};
use crate::archive::{PackageReader, layout, signature, xml, zip};
use crate::diagnostics::code;
use crate::diagnostics::localize;
use crate::store::{TemporaryFolder, extended};

/// Whether zicha made the package, by its own claim or by having metadata.
pub(super) fn is_made_by_zicha(package: &mut PackageReader, manifests: &BagManifests) -> bool {
    let info = package.text(layout::BAG_INFO, MAX_TAG_FILE);
    info.is_ok_and(|info| info.contains("\nBag-Software-Agent: zicha "))
        || manifests.lists_tag_file(layout::METADATA)
        || package.files.contains_key(layout::METADATA)
}

/// Checks that the tag manifests, which no manifest lists, are as they are written, to the last character. Only done
/// when nothing is wrong so far: another finding already explains a difference.
pub(super) fn check_tag_manifests(
    package: &mut PackageReader,
    manifests: &BagManifests,
    hashes: &BTreeMap<String, FileHashes>,
    findings: &mut PackageFindings,
) {
    if !findings.is_empty() {
        return;
    }
    let mut tag_files = hashes.clone();
    tag_files.retain(|path, _| !layout::is_payload(path));
    for algorithm in manifests.tags.keys() {
        let name = layout::tag_manifest(*algorithm);
        let text = package.text(&name, MAX_MANIFEST);
        if text.is_ok_and(|text| text != bag_manifest::render(&tag_files, *algorithm)) {
            findings.add(&code::CHANGED, format!("{name} 不是写出时的样子"));
        }
    }
}

/// Checks the metadata by themselves and against the other files; `None` when there are none or they break their rules.
pub(super) fn check_metadata(package: &mut PackageReader, findings: &mut PackageFindings) -> Option<Metadata> {
    const NAME: &str = layout::METADATA;
    if !package.files.contains_key(NAME) {
        return None;
    }
    let text = package.text(NAME, MAX_TAG_FILE).map_err(|error| vec![localize::io_error(&error)]);
    let metadata = match text.and_then(|text| metadata::read(&text)) {
        Ok(metadata) => metadata,
        Err(faults) => {
            for fault in faults {
                findings.add(&code::METADATA, format!("{NAME}：{fault}"));
            }
            return None;
        }
    };
    for report in &metadata.reports {
        check_report(package, report, findings);
    }
    check_listed(package, &metadata.reports, findings);
    let has_scans = package.files.keys().any(|path| path.starts_with(layout::SIGNED_COPIES));
    if has_scans != metadata.reports.iter().any(|report| report.signed) {
        findings.add(&code::METADATA, "签字件与元数据所说的不符");
    }
    check_number(package, &metadata.number.to_string(), findings);
    Some(metadata)
}

/// Checks that a report is in its folder, with its code in every Markdown file.
fn check_report(package: &mut PackageReader, report: &ReportMetadata, findings: &mut PackageFindings) {
    let (folder, code) = (format!("{}/", report.folder), report.code.as_str());
    let files: Vec<String> = package.files.keys().filter(|path| path.starts_with(&folder)).cloned().collect();
    if files.is_empty() {
        findings.add(&code::METADATA, format!("没有“{}”的报告", report.name));
    }
    for path in files.iter().filter(|path| path.ends_with(".md")) {
        if package.text(path, MAX_MANIFEST).is_ok_and(|text| !text.contains(code)) {
            findings.add(&code::METADATA, format!("{path} 上没有核对码 {code}"));
        }
    }
}

/// Checks that the metadata list each report once, and every folder of reports: another would neither be checked nor
/// made again.
fn check_listed(package: &PackageReader, reports: &[ReportMetadata], findings: &mut PackageFindings) {
    let (mut folders, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for report in reports {
        if !folders.insert(report.folder.as_str()) || !codes.insert(report.code.as_str()) {
            findings.add(&code::METADATA, format!("元数据把“{}”的报告列了两次", report.name));
        }
    }
    let folder_of = |path: &String| Some(path.strip_prefix(layout::REPORTS)?.split_once('/')?.0.to_owned());
    let held: BTreeSet<String> = package.files.keys().filter_map(folder_of).collect();
    for name in held.iter().filter(|name| !folders.contains(format!("{}{name}", layout::REPORTS).as_str())) {
        findings.add(&code::METADATA, format!("元数据没有列 {}{name} 里的报告", layout::REPORTS));
    }
}

/// Checks that the catalogue, `bag-info.txt` and the folder's name have the archive number of the metadata.
fn check_number(package: &mut PackageReader, number: &str, findings: &mut PackageFindings) {
    let catalogue = package.text(layout::CATALOGUE, MAX_TAG_FILE).ok().and_then(|text| xml::Node::parse(&text).ok());
    let listed = catalogue.as_ref().and_then(|node| node.child("条目")).and_then(|row| row.value("档号"));
    let info = package.text(layout::BAG_INFO, MAX_TAG_FILE).unwrap_or_default();
    if listed != Some(number) || !info.contains(&format!("\nExternal-Identifier: {number}\n")) {
        findings.add(&code::METADATA, format!("目录或 bag-info.txt 中的档号不是 {number}"));
    }
    if package.name != number && !package.is_zip() {
        findings.add(&code::METADATA, format!("文件夹名“{}”不是档号 {number}", package.name));
    }
}

/// Checks the signature, when there is one; the key that it claims, also when the signature is wrong.
pub(super) fn check_signature(package: &mut PackageReader, findings: &mut PackageFindings) -> Option<String> {
    if !package.files.contains_key(layout::SIGNATURE) {
        return None;
    }
    let mut text = |name: &str| package.text(name, MAX_TAG_FILE).unwrap_or_default();
    let (signed, signature, key) = (text(layout::SIGNED_MANIFEST), text(layout::SIGNATURE), text(layout::PUBLIC_KEY));
    if !signature::verify(signed.as_bytes(), &signature, &key) {
        findings.add(&code::SIGNATURE, format!("{} 与清单或 {} 对不上", layout::SIGNATURE, layout::PUBLIC_KEY));
    }
    key.lines().nth(1).map(str::to_owned)
}

/// Checks that a zip is as zicha writes it, to the last bit. A zip made by another version is not checked: that
/// version may write the same files otherwise.
pub(super) fn check_zip(path: &Path, package: &mut PackageReader, metadata: &Metadata, findings: &mut PackageFindings) {
    if metadata.version != env!("CARGO_PKG_VERSION") {
        return;
    }
    match is_canonical_zip(path, package, &metadata.number.to_string()) {
        Ok(true) => {}
        Ok(false) => findings.add(&code::CHANGED, "压缩包不是写出时的样子（文件本身没有改动）"),
        Err(error) => findings.add(&code::DAMAGED, format!("压缩包没有核对完：{}", localize::io_error(&error))),
    }
}

/// Whether the package's files, packed again under the name, give the same zip. Takes memory for twice the files.
fn is_canonical_zip(path: &Path, package: &mut PackageReader, name: &str) -> io::Result<bool> {
    let folder = TemporaryFolder::new()?;
    let (unpacked, repacked) = (folder.path().join("bag"), folder.path().join("again.zip"));
    package.extract(&unpacked, |_| true)?;
    zip::pack_folder(&extended(&unpacked), name, &repacked)?;
    let (mut actual, mut expected) = (File::open(path)?, File::open(repacked)?);
    if actual.metadata()?.len() != expected.metadata()?.len() {
        return Ok(false);
    }
    let hash = |file: &mut File| bag_manifest::copy_hashing(file, &mut io::sink(), &[Algorithm::Sha256]);
    Ok(hash(&mut actual)? == hash(&mut expected)?)
}
