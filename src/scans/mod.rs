//! Signed copies that come back as scans: whose they are, and whether what was signed is the report as it stands.
//!
//! A code in the picture (QR) or in the file's name tells both. The branch's name in the file's name tells whose it
//! is alone. Scans are looked into by processes of their own: see [`Inspector`].

mod inspect;

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

pub use inspect::{Inspected, Inspector, SUBCOMMAND, inspect, serve};

use crate::diagnostics::{Code as Kind, Diagnostic, Location, code};
use crate::ingest::fold;
use crate::manifest::{BranchRecord, ReportState, RunManifest};
use crate::report_code::{self, ReportCode};

/// Extensions of scans.
const SCANS: [&str; 6] = ["pdf", "jpg", "jpeg", "png", "tif", "tiff"];
/// The longest scan that is opened, in bytes.
const LONGEST: u64 = 256 << 20;

/// How a signed copy stands to the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Version {
    /// Another version of the report was signed.
    Old,
    /// Nothing but the file's name tells whose it is.
    ByName,
    /// The report as it stands was signed.
    Current,
}

/// A scan with its branch.
#[derive(Clone, Debug)]
pub struct SignedCopy {
    /// The file.
    pub path: PathBuf,
    /// Its path below the folder of signed copies, with `/` between the parts.
    pub name: String,
    /// The branch, or the department, by its name.
    pub branch: String,
    /// How it stands to the report.
    pub version: Version,
    /// How many pages it has, where that can be told.
    pub pages: Option<usize>,
}

/// What a folder of signed copies holds.
#[derive(Clone, Debug, Default)]
pub struct ScanInventory {
    /// The copies that belong to a report.
    pub copies: Vec<SignedCopy>,
    /// What was found: copies of nobody, of older versions, codes that are mistyped.
    pub findings: Vec<Diagnostic>,
}

impl ScanInventory {
    /// A branch's copies.
    pub fn of<'s>(&'s self, branch: &'s str) -> impl Iterator<Item = &'s SignedCopy> {
        self.copies.iter().filter(move |copy| copy.branch == branch)
    }

    /// How the best of a branch's copies stands to its report.
    pub fn version(&self, branch: &str) -> Option<Version> {
        self.of(branch).map(|copy| copy.version).max()
    }
}

/// Looks through a folder of signed copies; one that does not exist holds none.
pub fn survey(folder: &Path, run: &RunManifest, inspector: &Inspector) -> ScanInventory {
    survey_by(folder, run, &|path| read(path).and_then(|bytes| inspector.inspect(&bytes)))
}

/// What a look into a scan told, or why it could not be looked into.
pub type ScanResult = Result<Inspected, String>;

/// Looks through a folder as [`survey`] does; `look` looks into a scan, or remembers what it told.
pub fn survey_by(folder: &Path, run: &RunManifest, look: &(dyn Fn(&Path) -> ScanResult + Sync)) -> ScanInventory {
    let mut survey = ScanInventory::default();
    let known = Known::of(run);
    let files = files_in(folder);
    let looked = |(path, _): &(PathBuf, String)| SCANS.contains(&extension(path).as_str()).then(|| look(path));
    let looked: Vec<Option<ScanResult>> = files.par_iter().map(looked).collect();
    for ((path, name), looked) in files.into_iter().zip(looked) {
        let place = Location::File(path.display().to_string());
        let Some(looked) = looked else {
            survey.findings.push(Diagnostic::new(&code::SIGNED_UNKNOWN, place, "不是 PDF、JPEG、PNG 或 TIFF，没有看"));
            continue;
        };
        let inspected = looked.unwrap_or_else(|reason| {
            let message = format!("没有看内容：{reason}，只看了文件名");
            survey.findings.push(Diagnostic::new(&code::SIGNED_UNREADABLE, place.clone(), message));
            Inspected::default()
        });
        match known.judge(&name, &inspected.codes) {
            Ok((record, version)) => {
                let told = match version {
                    Version::Old if record.state != ReportState::Final => {
                        Some((&code::SIGNED_OLD as Kind, "它现在没有正式报告，签的不是现在这一版"))
                    }
                    Version::Old => Some((&code::SIGNED_OLD as Kind, "签的不是现在这一版报告")),
                    Version::ByName => {
                        Some((&code::SIGNED_BY_NAME as Kind, "没有核对码，只按文件名对上，请确认签的是现在这一版"))
                    }
                    Version::Current => None,
                };
                let told = told.map(|(kind, message)| Diagnostic::new(kind, place, message));
                survey.findings.extend(told.map(|finding| finding.of_branch(&record.name)));
                let branch = record.name.clone();
                survey.copies.push(SignedCopy { path, name, branch, version, pages: inspected.pages });
            }
            Err((kind, message)) => survey.findings.push(Diagnostic::new(kind, place, message)),
        }
    }
    survey
}

/// Whether a file of that name is looked into as a scan.
pub fn is_scan(name: &str) -> bool {
    SCANS.contains(&extension(Path::new(name)).as_str())
}

/// The files below a folder with their paths there, in order. Links lead to what nobody put here: they are left out.
fn files_in(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    let shown = |entry: &walkdir::DirEntry| {
        entry.file_type().is_file() && !entry.file_name().to_string_lossy().starts_with('.')
    };
    let named = |entry: walkdir::DirEntry| {
        let parts = entry.path().strip_prefix(folder).unwrap_or(entry.path()).components();
        let name = parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        (entry.into_path(), name)
    };
    entries.filter(shown).map(named).collect()
}

fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// A scan's bytes, unless there are too many of them.
///
/// # Errors
/// With the reason, in Chinese.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let size = std::fs::metadata(path).map_err(|e| e.to_string())?.len();
    if size > LONGEST {
        return Err(format!("{} MiB，超过 {} MiB", size >> 20, LONGEST >> 20));
    }
    std::fs::read(path).map_err(|e| e.to_string())
}

/// The reports that may have been signed.
struct Known<'r> {
    reports: Vec<&'r BranchRecord>,
    run: &'r RunManifest,
}

impl<'r> Known<'r> {
    fn of(run: &'r RunManifest) -> Self {
        let department = Some(&run.department).filter(|record| record.issued.is_some());
        Self { reports: run.branches.iter().chain(department).collect(), run }
    }

    /// Whose a copy is, by the codes in its picture and in its name, and by the names in its name.
    fn judge(&self, name: &str, seen: &[ReportCode]) -> Result<(&'r BranchRecord, Version), (Kind, String)> {
        let (typed, mistyped): (Vec<_>, Vec<_>) = report_code::find(name).into_iter().partition(Result::is_ok);
        let typed: Vec<ReportCode> = typed.into_iter().flatten().collect();
        let codes = if seen.is_empty() { &typed[..] } else { seen };
        let named = self.named(name);
        if codes.is_empty() {
            let ours = |code: &str| self.codes().any(|own| code.starts_with(&format!("{}-", own.notice())));
            if let Some(code) = mistyped.into_iter().filter_map(Result::err).find(|code| ours(code)) {
                return Err((&code::CODE_MISTYPED, format!("文件名中的核对码“{code}”抄错了：校验字符不对")));
            }
            return match named[..] {
                [record] if record.issued.is_some() => Ok((record, Version::ByName)),
                [record] => Ok((record, Version::Old)),
                [] => Err((&code::SIGNED_UNKNOWN, "文件名和图中都没有核对码或党组织的名称".to_owned())),
                _ => {
                    let names: Vec<&str> = named.iter().map(|record| record.name.as_str()).collect();
                    Err((&code::SIGNED_UNKNOWN, format!("文件名中有几个党组织的名称：{}", names.join("、"))))
                }
            };
        }
        let own = |record: &&&BranchRecord| {
            let issued = record.issued.as_ref();
            issued.is_some_and(|issued| codes.iter().any(|code| code.is_of_same_content(&issued.code)))
        };
        let current: Vec<&&BranchRecord> = self.reports.iter().filter(own).collect();
        match (&current[..], &named[..]) {
            ([record], [other]) if record.name != other.name => {
                let message = format!("核对码是“{}”的，文件名却写“{}”", record.name, other.name);
                Err((&code::SIGNED_UNKNOWN, message))
            }
            ([record], _) => Ok((record, Version::Current)),
            ([], [record]) => Ok((record, Version::Old)),
            ([], []) => {
                let placed = codes.iter().find_map(|code| self.placed(code));
                placed.map(|record| (record, Version::Old)).ok_or_else(|| {
                    let codes: Vec<&str> = codes.iter().map(ReportCode::as_str).collect();
                    (&code::SIGNED_UNKNOWN as Kind, format!("核对码 {} 不是这次的报告", codes.join("、")))
                })
            }
            _ => Err((&code::SIGNED_UNKNOWN, "一个文件里有几份报告的核对码或名称，请分开".to_owned())),
        }
    }

    fn codes(&self) -> impl Iterator<Item = &'r ReportCode> {
        self.reports.iter().filter_map(|record| Some(&record.issued.as_ref()?.code))
    }

    /// The branch at the place that a code of this notice names.
    fn placed(&self, code: &ReportCode) -> Option<&'r BranchRecord> {
        self.codes().find(|own| own.notice() == code.notice())?;
        match code.place() {
            0 => Some(&self.run.department).filter(|record| record.issued.is_some()),
            place => self.run.branches.get(place - 1),
        }
    }

    /// The branches that a file's name names, without those whose names are parts of others' named there.
    fn named(&self, name: &str) -> Vec<&'r BranchRecord> {
        let text = fold(name);
        let named: Vec<&BranchRecord> =
            self.reports.iter().copied().filter(|record| text.contains(&*fold(&record.name))).collect();
        let part = |record: &BranchRecord| {
            named.iter().any(|other| other.name.len() > record.name.len() && other.name.contains(&record.name))
        };
        named.iter().copied().filter(|record| !part(record)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Known;
    use crate::manifest::{BranchRecord, Issued, RunManifest};
    use crate::report_code::ReportCode;

    fn record(name: &str, place: usize) -> BranchRecord {
        let issued = Issued {
            code: ReportCode::of("20181102", place, name.as_bytes()),
            title: String::new(),
            addressee: String::new(),
            organisation: String::new(),
            date: String::new(),
            note: None,
            version: String::new(),
            ledgers: Default::default(),
            settings: Default::default(),
        };
        BranchRecord { name: name.to_owned(), issued: Some(issued), ..BranchRecord::default() }
    }

    #[test]
    fn codes_tell_the_version_and_names_whose_it_is() {
        let draft = BranchRecord { name: "草稿党支部".to_owned(), ..BranchRecord::default() };
        let branches = vec![record("教务处党支部", 1), record("国际教务处党支部", 2), draft];
        let run = RunManifest { branches, ..RunManifest::default() };
        let known = Known::of(&run);
        let judge = |name: &str, seen: &[ReportCode]| match known.judge(name, seen) {
            Ok((record, version)) => format!("{} {version:?}", record.name),
            Err((kind, _)) => kind.id.to_owned(),
        };
        let (code, old) =
            (ReportCode::of("20181102", 1, "教务处党支部".as_bytes()), ReportCode::of("20181102", 2, b"old"));
        assert_eq!(judge(&format!("{code}.pdf"), &[]), "教务处党支部 Current");
        assert_eq!(judge("扫描0001.jpg", std::slice::from_ref(&code)), "教务处党支部 Current");
        assert_eq!(judge(&format!("{old}.pdf"), &[]), "国际教务处党支部 Old");
        assert_eq!(judge("教务处党支部.pdf", &[old]), "教务处党支部 Old");
        assert_eq!(judge("教务处党支部 第1页.png", &[]), "教务处党支部 ByName");
        assert_eq!(judge("国际教务处党支部.pdf", &[]), "国际教务处党支部 ByName");
        assert_eq!(judge("草稿党支部.pdf", &[]), "草稿党支部 Old");
        assert_eq!(judge("扫描0001.pdf", &[]), "Z401");
        assert_eq!(judge("国际教务处党支部.pdf", std::slice::from_ref(&code)), "Z401");
        assert_eq!(judge(&format!("{}.pdf", ReportCode::of("20191102", 1, b"x")), &[]), "Z401");
        let wrong = format!("{}{}.pdf", &code.as_str()[..20], if code.as_str().ends_with('0') { '1' } else { '0' });
        assert_eq!(judge(&wrong, &[]), "Z403");
    }
}
