//! What a package says of itself of all that its row in the register says, and where the two differ.
//!
//! | key of the row | where a package has it |
//! |---|---|
//! | `reference` | 档号 in `metadata.xml`; the row is found by it |
//! | `package` | the number, with `.zip` for a zip |
//! | `notice` | `Bag-Group-Identifier` in `bag-info.txt`; before 0.2, what its report codes begin with |
//! | `subject` | `Internal-Sender-Identifier` there; before 0.2, the report that 题名, 责任者 and 日期 are taken from, or 保管单位 |
//! | `codes` | 公文标识 of each report, in order; rows of earlier versions have none, and take them from there |
//! | `payload`, `seal` | the hashes of `manifest-sha256.txt` and `tagmanifest-sha256.txt` |
//! | `replaces` | 代替 in `metadata.xml` |
//! | `by`, `at` | the event 封装 in the event log |
//!
//! So every key can be compared; only codes that a row lacks are no difference, for whoever takes them away changes
//! nothing: they are read from the package then.

use super::metadata::{self, Metadata};
use super::register::RegisterEntry;
use super::xml::one_line;
use super::{Event, PackageReader, events, layout, seal_list};
use crate::report_code::ReportCode;
use crate::store::{Digest, sha256};

/// Bytes of a tag file that is read.
const MAX_TAG_FILE: u64 = 16 << 20;
/// Bytes of a manifest.
const MAX_MANIFEST: u64 = 256 << 20;

/// What the two hashes of a row are called.
const PAYLOAD: &str = "内容的校验值";
const SEAL: &str = "封存值";

/// The facts about a package that it states itself.
#[derive(Clone, Debug)]
pub struct PackageFacts {
    /// Its archive number.
    pub number: String,
    /// Its name in the folder of packages: the number, with `.zip` for a zip.
    pub package: String,
    /// What its notice may be called.
    notices: Vec<String>,
    /// What its branch or department may be called.
    subjects: Vec<String>,
    codes: Vec<ReportCode>,
    payload: Digest,
    /// The hash of its SHA-256 tag manifest.
    pub seal: Digest,
    replaces: Option<String>,
    /// Who sealed it and when; empty when its log does not say so.
    by: String,
    at: String,
}

/// A key of a row that is not what the package says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What the key is called in Chinese.
    pub label: &'static str,
    /// What the row has.
    pub recorded: String,
    /// What the package has.
    pub actual: String,
    /// Whether it is a hash, which changes with the contents.
    pub is_hash: bool,
}

impl PackageFacts {
    /// What the package says of itself; `None` when zicha did not make it, or its metadata or manifests cannot be read.
    /// Hashes of files are not checked.
    pub fn read(package: &mut PackageReader) -> Option<Self> {
        let metadata = metadata::read(&package.text(layout::METADATA, MAX_TAG_FILE).ok()?).ok()?;
        Self::of(package, &metadata)
    }

    /// As [`Self::read`], with the metadata of the package.
    pub(super) fn of(package: &mut PackageReader, metadata: &Metadata) -> Option<Self> {
        let mut hash = |name: &str| Some(sha256(package.text(name, MAX_MANIFEST).ok()?.as_bytes()));
        let payload = hash(layout::PAYLOAD_MANIFEST)?;
        let seal = hash(layout::SIGNED_MANIFEST)?;
        let info = package.text(layout::BAG_INFO, MAX_TAG_FILE).unwrap_or_default();
        let log = package.text(layout::EVENTS, MAX_TAG_FILE).unwrap_or_default();
        let stated = |key: &str| {
            let value = info.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
            value.map(|value| vec![value.to_owned()])
        };
        let codes: Vec<ReportCode> = metadata.reports.iter().map(|report| report.code.clone()).collect();
        let of_codes = || codes.iter().map(|code| code.notice().to_owned()).collect();
        let number = metadata.number.to_string();
        let (by, at) = events::sealing(&log).map(|Event { by, at, .. }| (by, at)).unwrap_or_default();
        let subjects = stated(layout::SUBJECT_KEY).unwrap_or_else(|| metadata.subjects.clone());
        Some(Self {
            package: if package.is_zip() { format!("{number}.zip") } else { number.clone() },
            number,
            notices: stated(layout::NOTICE_KEY).unwrap_or_else(of_codes),
            subjects: subjects.iter().map(|subject| one_line(subject)).collect(),
            codes,
            payload,
            seal,
            replaces: metadata.replaces.clone(),
            by,
            at,
        })
    }

    /// The keys of a row that the package contradicts, in the order of the row. `is_in_its_place` says that the package
    /// is in the folder of the register: a copy elsewhere may be packed or unpacked.
    pub fn differences(&self, entry: &RegisterEntry, is_in_its_place: bool) -> Vec<Difference> {
        let mut differences = Vec::new();
        let number = [self.number.clone()];
        let mut compare = |label, recorded: String, allowed: &[String]| {
            if !allowed.contains(&recorded) {
                let actual = allowed.first().cloned().unwrap_or_default();
                let is_hash = matches!(label, PAYLOAD | SEAL);
                differences.push(Difference { label, recorded, actual, is_hash });
            }
        };
        let packages = match is_in_its_place {
            true => vec![self.package.clone()],
            false => vec![self.number.clone(), format!("{}.zip", self.number)],
        };
        compare("档号", entry.archive_number.clone(), &number);
        compare("归档包的文件名", entry.package.clone(), &packages);
        compare("通知", entry.notice.clone(), &self.notices);
        compare("单位", one_line(&entry.subject), &self.subjects);
        if !entry.codes.is_empty() {
            compare("核对码", listed(&entry.codes), &[listed(&self.codes)]);
        }
        compare(PAYLOAD, entry.payload.to_string(), &[self.payload.to_string()]);
        compare(SEAL, entry.seal.to_string(), &[self.seal.to_string()]);
        let none_or = |number: &Option<String>| number.clone().unwrap_or_else(|| "无".to_owned());
        compare("代替", none_or(&entry.replaces), &[none_or(&self.replaces)]);
        compare("封装的人", one_line(&entry.by), &[one_line(&self.by)]);
        compare("封装的时间", one_line(&entry.at), &[one_line(&self.at)]);
        differences
    }

    /// The lines that a seal list may have above the package's seal.
    pub fn descriptions(&self) -> Vec<String> {
        self.subjects.iter().map(|subject| seal_list::description(subject, &self.by, &self.at)).collect()
    }
}

fn listed(codes: &[ReportCode]) -> String {
    codes.iter().map(ReportCode::as_str).collect::<Vec<_>>().join("、")
}
