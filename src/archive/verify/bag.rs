//! The rules of every BagIt bag (RFC 8493, 3): the declaration, the manifests, completeness, the hashes.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::findings::PackageFindings;
use crate::archive::bag_manifest::{self, Algorithm, FileHashes};
use crate::archive::{PackageReader, layout};
use crate::diagnostics::code;
use crate::diagnostics::localize;
use crate::store::is_relative_inside;

/// The longest manifest that is read, in bytes.
pub(super) const MAX_MANIFEST: u64 = 256 << 20;
/// The longest of other tag files.
pub(super) const MAX_TAG_FILE: u64 = 16 << 20;

/// A manifest: the hexadecimal digits of the files' hashes, by decoded path.
pub(super) type BagManifest = BTreeMap<String, String>;

/// The manifests of a bag, by algorithm.
#[derive(Debug)]
pub(super) struct BagManifests {
    /// Those of the payload; at least one.
    pub payload: BTreeMap<Algorithm, BagManifest>,
    /// Those of the tag files.
    pub tags: BTreeMap<Algorithm, BagManifest>,
}

impl BagManifests {
    fn all(&self) -> impl Iterator<Item = (&Algorithm, &BagManifest)> {
        self.payload.iter().chain(&self.tags)
    }

    /// Whether a tag manifest lists the file.
    pub(super) fn lists_tag_file(&self, path: &str) -> bool {
        self.tags.values().any(|manifest| manifest.contains_key(path))
    }
}

/// Checks the declaration and reads the manifests; `None`, and a finding, when there is none of the payload.
pub(super) fn read_manifests(package: &mut PackageReader, findings: &mut PackageFindings) -> Option<BagManifests> {
    check_declaration(package, findings);
    let payload = read_each(package, layout::payload_manifest, findings);
    let tags = read_each(package, layout::tag_manifest, findings);
    if payload.is_empty() {
        findings.add(&code::DAMAGED, "没有能校验的清单（sha256、sha512 或 sm3）");
        return None;
    }
    Some(BagManifests { payload, tags })
}

fn check_declaration(package: &mut PackageReader, findings: &mut PackageFindings) {
    let Ok(text) = package.text(layout::DECLARATION, MAX_TAG_FILE) else {
        findings.add(&code::DAMAGED, "没有 bagit.txt，不是归档包");
        return;
    };
    let lines: Vec<&str> = text.lines().collect();
    let version = lines.first().and_then(|line| line.strip_prefix("BagIt-Version: ")).map(str::trim);
    let encoding = lines.get(1).and_then(|line| line.strip_prefix("Tag-File-Character-Encoding: ")).map(str::trim);
    if !matches!(version, Some("1.0" | "0.97")) || encoding != Some("UTF-8") || lines.len() != 2 {
        findings.add(&code::DAMAGED, "bagit.txt 不对：应是 BagIt 1.0（或 0.97），UTF-8");
    }
}

/// The manifests of all algorithms whose names `name_of` gives, as far as they exist and can be read.
fn read_each(
    package: &mut PackageReader,
    name_of: impl Fn(Algorithm) -> String,
    findings: &mut PackageFindings,
) -> BTreeMap<Algorithm, BagManifest> {
    let mut manifests = BTreeMap::new();
    for algorithm in Algorithm::ALL {
        let name = name_of(algorithm);
        if !package.files.contains_key(&name) {
            continue;
        }
        match package.text(&name, MAX_MANIFEST).map(|text| bag_manifest::parse(&text)) {
            Ok(Ok(lines)) => {
                manifests.insert(algorithm, manifest_of(lines, &name, package, findings));
            }
            Ok(Err(line)) => findings.add(&code::CHANGED, format!("{name} 第{line}行不对")),
            Err(error) => findings.add(&code::CHANGED, format!("{name} 读不出：{}", localize::io_error(&error))),
        }
    }
    manifests
}

/// The manifest of that name; lines whose paths leave the package are left out.
fn manifest_of(
    lines: Vec<bag_manifest::ManifestLine>,
    name: &str,
    package: &PackageReader,
    findings: &mut PackageFindings,
) -> BagManifest {
    let mut manifest = BagManifest::new();
    for line in lines {
        // Some programs do not escape per cent signs.
        let path =
            if package.files.contains_key(&line.path) { line.path } else { bag_manifest::decode_path(&line.path) };
        if !is_relative_inside(&path) {
            findings.add(&code::DAMAGED, format!("{name} 列有越出归档包的路径“{path}”"));
        } else if manifest.insert(path.clone(), line.digits).is_some() {
            findings.add(&code::DAMAGED, format!("{name} 把“{path}”列了两次"));
        }
    }
    manifest
}

/// Checks that every listed file exists and that every payload manifest lists every payload file. A package made by
/// zicha has all its tag files, and no file that is not listed.
pub(super) fn check_complete(
    package: &PackageReader,
    manifests: &BagManifests,
    is_made_by_zicha: bool,
    findings: &mut PackageFindings,
) {
    let (mut missing, mut extra) = (BTreeSet::new(), BTreeSet::new());
    let files = || package.files.keys().map(String::as_str);
    for (_, manifest) in manifests.all() {
        missing.extend(manifest.keys().map(String::as_str).filter(|path| !package.files.contains_key(*path)));
    }
    for manifest in manifests.payload.values() {
        extra.extend(files().filter(|path| layout::is_payload(path) && !manifest.contains_key(*path)));
        missing.extend(manifest.keys().map(String::as_str).filter(|path| !layout::is_payload(path)));
    }
    if is_made_by_zicha {
        let needed = needed_tag_files(manifests);
        for path in files().filter(|path| !layout::is_payload(path)) {
            let is_expected = if layout::is_never_listed(path) {
                needed.iter().any(|needed| needed == path)
            } else {
                manifests.lists_tag_file(path)
            };
            if !is_expected {
                extra.insert(path);
            }
        }
        for name in needed.iter().filter(|name| !package.files.contains_key(*name)) {
            if !missing.contains(name.as_str()) {
                findings.add(&code::MISSING, format!("缺少 {name}"));
            }
        }
    }
    for path in missing {
        findings.add(&code::MISSING, format!("缺少 {path}"));
    }
    for path in extra {
        findings.add(&code::EXTRA, format!("多出 {path}"));
    }
}

/// Checks that every tag manifest lists all payload manifests (RFC 8493, 2.2.1), and in a package made by zicha all tag
/// files that another one lists: a manifest without a line protects nothing.
pub(super) fn check_tag_lists(
    package: &PackageReader,
    manifests: &BagManifests,
    is_made_by_zicha: bool,
    findings: &mut PackageFindings,
) {
    let payload_manifests: Vec<String> = manifests.payload.keys().copied().map(layout::payload_manifest).collect();
    for (algorithm, manifest) in &manifests.tags {
        let must_list = |path: &str| {
            payload_manifests.iter().any(|name| name == path) || is_made_by_zicha && manifests.lists_tag_file(path)
        };
        for path in package.files.keys().filter(|path| must_list(path) && !manifest.contains_key(*path)) {
            findings.add(&code::CHANGED, format!("{} 没有列出 {path}", layout::tag_manifest(*algorithm)));
        }
    }
}

/// The tag files that a package made by zicha must have: those of every package, a tag manifest for each payload
/// manifest, and the signature when there is a key.
fn needed_tag_files(manifests: &BagManifests) -> Vec<String> {
    let mut needed: Vec<String> = layout::REQUIRED.iter().map(|name| (*name).to_owned()).collect();
    needed.extend(manifests.payload.keys().map(|algorithm| layout::tag_manifest(*algorithm)));
    if manifests.lists_tag_file(layout::PUBLIC_KEY) {
        needed.push(layout::SIGNATURE.to_owned());
    }
    needed
}

/// Hashes every listed file, reading each once, and compares with all manifests; the hashes by path.
pub(super) fn check_hashes(
    package: &mut PackageReader,
    manifests: &BagManifests,
    findings: &mut PackageFindings,
) -> BTreeMap<String, FileHashes> {
    let mut listed: BTreeMap<&str, BTreeMap<Algorithm, &str>> = BTreeMap::new();
    for (algorithm, manifest) in manifests.all() {
        for (path, digits) in manifest {
            listed.entry(path).or_default().insert(*algorithm, digits);
        }
    }
    let mut hashes = BTreeMap::new();
    for (path, expected) in listed {
        if !package.files.contains_key(path) {
            continue;
        }
        let algorithms: Vec<Algorithm> = expected.keys().copied().collect();
        match package.read(path, |file| bag_manifest::copy_hashing(file, &mut io::sink(), &algorithms)) {
            Ok(actual) => {
                let is_as_listed = expected
                    .iter()
                    .all(|(algorithm, digits)| actual.digits.get(algorithm).is_some_and(|actual| actual == digits));
                if !is_as_listed {
                    findings.add(&code::CHANGED, format!("{path} 有改动"));
                }
                hashes.insert(path.to_owned(), actual);
            }
            Err(error) => findings.add(&code::CHANGED, format!("{path} 读不出：{}", localize::io_error(&error))),
        }
    }
    hashes
}

/// Compares the payload's size and number of files with `Payload-Oxum`, when the bag has it.
pub(super) fn check_oxum(
    package: &mut PackageReader,
    hashes: &BTreeMap<String, FileHashes>,
    findings: &mut PackageFindings,
) {
    let info = package.text(layout::BAG_INFO, MAX_TAG_FILE).unwrap_or_default();
    let Some(oxum) = info.lines().find_map(|line| line.strip_prefix("Payload-Oxum:")).map(str::trim) else {
        return;
    };
    let payload = hashes.iter().filter(|(path, _)| layout::is_payload(path)).map(|(_, hashes)| hashes);
    let actual = bag_manifest::payload_oxum(payload);
    if actual != oxum {
        findings.add(&code::CHANGED, format!("bag-info.txt 里记的字节数和文件数是 {oxum}，实际是 {actual}"));
    }
}
