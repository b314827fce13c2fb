//! Verifying a package: every hash, that nothing is missing and nothing is there besides, the metadata against their
//! own rules, the signature. Any BagIt bag can be verified; one of ours has to be as ours are, to the last bit.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use super::manifests::{self, Algorithm, Hashes};
use super::metadata::{self, Metadata};
use super::signature;
use super::{Package, xml};
use crate::diagnostics::{Code, Diagnostic, Location, code};
use crate::store::is_relative_inside;

/// The metadata.
pub const METADATA: &str = "metadata.xml";
/// The event log.
pub const EVENTS: &str = "事件日志.xml";
/// The catalogue.
pub const CATALOGUE: &str = "归档文件目录.xml";
/// The catalogue as a workbook.
pub const CATALOGUE_TABLE: &str = "归档文件目录.xlsx";
/// The text for a person.
pub const GUIDE: &str = "说明文件.txt";

/// Tag files that every package of ours has.
const OURS: [&str; 9] = [
    "bagit.txt",
    "bag-info.txt",
    METADATA,
    EVENTS,
    CATALOGUE,
    CATALOGUE_TABLE,
    GUIDE,
    "manifest-sha256.txt",
    "manifest-sha512.txt",
];
/// The longest manifest that is read, in bytes.
const LONGEST: u64 = 256 << 20;
/// The longest of other tag files.
const SHORT: u64 = 16 << 20;

/// What was found of a package.
#[derive(Debug)]
pub struct Verified {
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
    /// What its metadata say, when it is one of ours and they can be read.
    pub metadata: Option<Metadata>,
    /// How many files it has.
    pub files: usize,
    /// The id of the key that signed it, as its own copy of the key has it.
    pub key: Option<String>,
}

/// Verifies a package: a folder, or a zip of one.
pub fn verify(path: &Path) -> Verified {
    let mut look = Look { place: path.display().to_string(), findings: Vec::new() };
    let mut verified = Verified { findings: Vec::new(), metadata: None, files: 0, key: None };
    match Package::open(path) {
        Ok(mut package) => {
            verified.files = package.files.len();
            look.container(&package);
            if look.findings.is_empty() {
                look.bag(&mut package, &mut verified);
            }
            if look.findings.is_empty() && package.is_zip() {
                look.repacked(path, &mut package, verified.metadata.as_ref());
            }
        }
        Err(error) => look.say(&code::DAMAGED, format!("打不开：{error}")),
    }
    verified.findings = look.findings;
    verified
}

/// The 档号 that more than one of several packages has, each a finding.
pub fn same_numbers(packages: &[(&Path, &Verified)]) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<String, &Path> = BTreeMap::new();
    let mut findings = Vec::new();
    for (path, verified) in packages {
        let Some(metadata) = &verified.metadata else { continue };
        let reference = metadata.reference.to_string();
        if let Some(other) = seen.insert(reference.clone(), path) {
            let message = format!("档号 {reference} 与 {} 的相同", other.display());
            findings.push(Diagnostic::new(&code::SAME_NUMBER, Location::File(path.display().to_string()), message));
        }
    }
    findings
}

/// What is wrong when a package has to be signed by a key: given as the second line of its public file.
pub fn signed_by(path: &Path, verified: &Verified, key: &str) -> Option<Diagnostic> {
    let message = match &verified.key {
        Some(own) if own == key => return None,
        Some(_) => "是另一个密钥签的名",
        None => "没有签名",
    };
    Some(Diagnostic::new(&code::SIGNATURE, Location::File(path.display().to_string()), message))
}

/// A package under examination.
struct Look {
    place: String,
    findings: Vec<Diagnostic>,
}

impl Look {
    fn say(&mut self, code: Code, message: impl Into<String>) {
        self.findings.push(Diagnostic::new(code, Location::File(self.place.clone()), message));
    }

    fn container(&mut self, package: &Package) {
        package.faults.iter().for_each(|fault| self.say(&code::DAMAGED, fault.clone()));
        if package.files.contains_key("fetch.txt") {
            self.say(&code::DAMAGED, "有 fetch.txt：一部分内容不在包里");
        }
    }

    fn bag(&mut self, package: &mut Package, verified: &mut Verified) {
        self.declaration(package);
        let payload = self.manifests(package, "manifest-");
        let tags = self.manifests(package, "tagmanifest-");
        if payload.is_empty() {
            self.say(&code::DAMAGED, "没有能校验的清单（sha256、sha512 或 sm3）");
            return;
        }
        let agent = package.text("bag-info.txt", SHORT).is_ok_and(|info| info.contains("\nBag-Software-Agent: zicha "));
        let listed = tags.values().any(|list| list.contains_key(METADATA));
        let ours = agent || listed || package.files.contains_key(METADATA);
        self.complete(package, &payload, &tags, ours);
        let hashes = self.hashes(package, &payload, &tags);
        self.oxum(package, &hashes);
        if ours {
            self.ours(package, &tags, &hashes, verified);
        }
    }

    fn declaration(&mut self, package: &mut Package) {
        let Ok(text) = package.text("bagit.txt", SHORT) else {
            self.say(&code::DAMAGED, "没有 bagit.txt，不是归档包");
            return;
        };
        let lines: Vec<&str> = text.lines().collect();
        let version = lines.first().and_then(|line| line.strip_prefix("BagIt-Version: ")).map(str::trim);
        let encoding = lines.get(1).and_then(|line| line.strip_prefix("Tag-File-Character-Encoding: ")).map(str::trim);
        if !matches!(version, Some("1.0" | "0.97")) || encoding != Some("UTF-8") || lines.len() != 2 {
            self.say(&code::DAMAGED, "bagit.txt 不对：应是 BagIt 1.0（或 0.97），UTF-8");
        }
    }

    /// The manifests of a kind, by their algorithms: path → digits.
    fn manifests(&mut self, package: &mut Package, kind: &str) -> BTreeMap<Algorithm, BTreeMap<String, String>> {
        let mut manifests = BTreeMap::new();
        for algorithm in Algorithm::ALL {
            let name = format!("{kind}{}.txt", algorithm.name());
            if !package.files.contains_key(&name) {
                continue;
            }
            let lines = match package.text(&name, LONGEST).map(|text| manifests::parse(&text)) {
                Ok(Ok(lines)) => lines,
                Ok(Err(line)) => {
                    self.say(&code::CHANGED, format!("{name} 第{line}行不对"));
                    continue;
                }
                Err(error) => {
                    self.say(&code::CHANGED, format!("{name} 读不出：{error}"));
                    continue;
                }
            };
            let mut list = BTreeMap::new();
            for (path, digits) in lines {
                // Some programs write per cent signs as they are.
                let path = if package.files.contains_key(&path) { path } else { manifests::decoded(&path) };
                if !is_relative_inside(&path) {
                    self.say(&code::DAMAGED, format!("{name} 列有越出归档包的路径“{path}”"));
                } else if list.insert(path.clone(), digits).is_some() {
                    self.say(&code::DAMAGED, format!("{name} 把“{path}”列了两次"));
                }
            }
            manifests.insert(algorithm, list);
        }
        manifests
    }

    /// Everything that is listed is there, and every payload file (of ours every file) is listed.
    fn complete(
        &mut self,
        package: &Package,
        payload: &BTreeMap<Algorithm, BTreeMap<String, String>>,
        tags: &BTreeMap<Algorithm, BTreeMap<String, String>>,
        ours: bool,
    ) {
        let mut missing: BTreeSet<&str> = BTreeSet::new();
        let mut extra: BTreeSet<&str> = BTreeSet::new();
        let there = |path: &&str| package.files.contains_key(*path);
        for list in payload.values().chain(tags.values()) {
            missing.extend(list.keys().map(String::as_str).filter(|path| !there(path)));
        }
        for list in payload.values() {
            let below = package.files.keys().filter(|path| path.starts_with("data/"));
            extra.extend(below.map(String::as_str).filter(|path| !list.contains_key(*path)));
            missing.extend(list.keys().map(String::as_str).filter(|path| !path.starts_with("data/")));
        }
        if ours {
            let own = |name: &str| name.starts_with("tagmanifest-") || name == signature::FILE;
            let beside = package.files.keys().map(String::as_str).filter(|path| !path.starts_with("data/"));
            extra.extend(beside.filter(|path| !own(path) && !tags.values().any(|list| list.contains_key(*path))));
            let algorithms = payload.keys().map(|algorithm| format!("tagmanifest-{}.txt", algorithm.name()));
            let mut needed: Vec<String> = OURS.iter().map(|name| (*name).to_owned()).chain(algorithms).collect();
            if tags.values().any(|list| list.contains_key(signature::KEY)) {
                needed.push(signature::FILE.to_owned());
            }
            extra.extend(
                package
                    .files
                    .keys()
                    .map(String::as_str)
                    .filter(|path| own(path) && !needed.iter().any(|name| name == path)),
            );
            needed.iter().filter(|name| !package.files.contains_key(*name)).for_each(|name| {
                if !missing.contains(name.as_str()) {
                    self.say(&code::MISSING, format!("缺少 {name}"));
                }
            });
        }
        missing.into_iter().for_each(|path| self.say(&code::MISSING, format!("缺少 {path}")));
        extra.into_iter().for_each(|path| self.say(&code::EXTRA, format!("多出 {path}")));
    }

    /// The hashes of every file that is listed, each read once; what differs is said.
    fn hashes(
        &mut self,
        package: &mut Package,
        payload: &BTreeMap<Algorithm, BTreeMap<String, String>>,
        tags: &BTreeMap<Algorithm, BTreeMap<String, String>>,
    ) -> BTreeMap<String, Hashes> {
        let mut listed: BTreeMap<&str, BTreeMap<Algorithm, &str>> = BTreeMap::new();
        for (algorithm, list) in payload.iter().chain(tags) {
            for (path, digits) in list {
                listed.entry(path).or_default().insert(*algorithm, digits);
            }
        }
        let mut hashes = BTreeMap::new();
        for (path, expected) in listed.into_iter().filter(|(path, _)| !path.is_empty()) {
            if !package.files.contains_key(path) {
                continue;
            }
            let algorithms: Vec<Algorithm> = expected.keys().copied().collect();
            match package.read(path, |file| manifests::copy(file, &mut io::sink(), &algorithms)) {
                Ok(own) => {
                    if expected
                        .iter()
                        .any(|(algorithm, digits)| own.digits.get(algorithm).is_none_or(|own| own != digits))
                    {
                        self.say(&code::CHANGED, format!("{path} 有改动"));
                    }
                    hashes.insert(path.to_owned(), own);
                }
                Err(error) => self.say(&code::CHANGED, format!("{path} 读不出：{error}")),
            }
        }
        hashes
    }

    fn oxum(&mut self, package: &mut Package, hashes: &BTreeMap<String, Hashes>) {
        let info = package.text("bag-info.txt", SHORT).unwrap_or_default();
        let Some(oxum) = info.lines().find_map(|line| line.strip_prefix("Payload-Oxum:")).map(str::trim) else {
            return;
        };
        let payload = || hashes.iter().filter(|(path, _)| path.starts_with("data/"));
        let own = format!("{}.{}", payload().map(|(_, hashes)| hashes.size).sum::<u64>(), payload().count());
        if own != oxum {
            self.say(&code::CHANGED, format!("Payload-Oxum 是 {oxum}，实际是 {own}"));
        }
    }

    /// What packages of ours have besides: canonical tag manifests, metadata, a signature that holds.
    fn ours(
        &mut self,
        package: &mut Package,
        tags: &BTreeMap<Algorithm, BTreeMap<String, String>>,
        hashes: &BTreeMap<String, Hashes>,
        verified: &mut Verified,
    ) {
        // Nothing lists the tag manifests: they have to be as they were written, to the last character.
        let beside: BTreeMap<String, Hashes> =
            hashes.iter().filter(|(path, _)| !path.starts_with("data/")).map(|(p, h)| (p.clone(), h.clone())).collect();
        // What was found by them already would be said twice.
        let algorithms = tags.keys().filter(|_| self.findings.is_empty()).collect::<Vec<_>>();
        for algorithm in algorithms {
            let name = format!("tagmanifest-{}.txt", algorithm.name());
            if package.text(&name, LONGEST).is_ok_and(|text| text != manifests::manifest(&beside, *algorithm)) {
                self.say(&code::CHANGED, format!("{name} 不是写出时的样子"));
            }
        }
        if package.files.contains_key(METADATA) {
            self.metadata(package, verified);
        }
        if package.files.contains_key(signature::FILE) {
            let mut text = |name: &str| package.text(name, SHORT).unwrap_or_default();
            let (signed, made, key) = (text(signature::SIGNED), text(signature::FILE), text(signature::KEY));
            if !signature::holds(signed.as_bytes(), &made, &key) {
                self.say(&code::SIGNATURE, format!("{} 与清单或 {} 对不上", signature::FILE, signature::KEY));
            }
            verified.key = key.lines().nth(1).map(str::to_owned);
        }
    }

    fn metadata(&mut self, package: &mut Package, verified: &mut Verified) {
        let read = package.text(METADATA, SHORT).map_err(|error| vec![error.to_string()]);
        let metadata = match read.and_then(|text| metadata::read(&text)) {
            Ok(metadata) => metadata,
            Err(faults) => {
                faults.into_iter().for_each(|fault| self.say(&code::METADATA, format!("{METADATA}：{fault}")));
                return;
            }
        };
        let reference = metadata.reference.to_string();
        for report in &metadata.reports {
            let (folder, code_text) = (format!("{}/", report.folder), report.code.as_str());
            let texts: Vec<String> = package
                .files
                .keys()
                .filter(|path| path.starts_with(&folder))
                .filter(|path| path.ends_with(".md"))
                .cloned()
                .collect();
            if !package.files.keys().any(|path| path.starts_with(&folder)) {
                self.say(&code::METADATA, format!("没有“{}”的报告", report.name));
            }
            for path in texts {
                if package.text(&path, LONGEST).is_ok_and(|text| !text.contains(code_text)) {
                    self.say(&code::METADATA, format!("{path} 上没有核对码 {code_text}"));
                }
            }
        }
        let scans = package.files.keys().any(|path| path.starts_with("data/signed/"));
        if scans != metadata.reports.iter().any(|report| report.signed) {
            self.say(&code::METADATA, "签字件与元数据所说的不符");
        }
        let catalogue = package.text(CATALOGUE, SHORT).ok().and_then(|text| xml::Node::parse(&text).ok());
        let listed = catalogue.as_ref().and_then(|node| node.child("条目")).and_then(|row| row.value("档号"));
        let info = package.text("bag-info.txt", SHORT).unwrap_or_default();
        if listed != Some(&reference) || !info.contains(&format!("\nExternal-Identifier: {reference}\n")) {
            self.say(&code::METADATA, format!("目录或 bag-info.txt 中的档号不是 {reference}"));
        }
        if package.name != reference && !package.is_zip() {
            self.say(&code::METADATA, format!("文件夹名“{}”不是档号 {reference}", package.name));
        }
        verified.metadata = Some(metadata);
    }

    /// A zip of ours has to be as this program writes it, to the last bit; another version may write another.
    fn repacked(&mut self, path: &Path, package: &mut Package, metadata: Option<&Metadata>) {
        let Some(metadata) = metadata.filter(|metadata| metadata.version == env!("CARGO_PKG_VERSION")) else { return };
        match same_zip(path, package, &metadata.reference.to_string()) {
            Ok(true) => {}
            Ok(false) => self.say(&code::CHANGED, "压缩包不是写出时的样子（文件本身没有改动）"),
            Err(error) => self.say(&code::DAMAGED, format!("压缩包没有核对完：{error}")),
        }
    }
}

/// Whether packing the package's files again gives the same zip.
fn same_zip(path: &Path, package: &mut Package, name: &str) -> io::Result<bool> {
    let folder = tempfile::tempdir()?;
    let (unpacked, again) = (folder.path().join("bag"), folder.path().join("again.zip"));
    extract(package, &unpacked, |_| true)?;
    super::writer::pack(&unpacked, name, &again)?;
    let mut files = [std::fs::File::open(path)?, std::fs::File::open(again)?];
    if files[0].metadata()?.len() != files[1].metadata()?.len() {
        return Ok(false);
    }
    let [ours, theirs] = files.each_mut().map(|file| manifests::copy(file, &mut io::sink(), &[Algorithm::Sha256]));
    Ok(ours? == theirs?)
}

/// Copies the package's files that are wanted into a folder.
///
/// # Errors
/// When one cannot be read or written.
pub fn extract(package: &mut Package, target: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<()> {
    let names: Vec<String> = package.files.keys().filter(|name| wanted(name)).cloned().collect();
    for name in names.iter().filter(|name| is_relative_inside(name)) {
        let place = target.join(name);
        place.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        let mut file = std::fs::File::create_new(&place)?;
        package.read(name, |from| io::copy(from, &mut file))?;
    }
    Ok(())
}
