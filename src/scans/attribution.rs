//! Decides which report a scan belongs to, by codes in its picture and codes and names in its file name.
//!
//! Codes in the picture take precedence over codes in the file's name. A name in the file's name that contradicts the
//! code is an error: the files were mixed up.

use serde::Serialize;

use crate::diagnostics::{Code, code};
use crate::ingest::fold;
use crate::manifest::{ReportOutcome, RunManifest};
use crate::report_code::{self, ReportCode};

/// How the signed version of a report compares with the current one. The order is that of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Version {
    /// Another version was signed.
    Old,
    /// Unknown: only the name in the file's name was matched.
    ByName,
    /// The current version was signed.
    Current,
}

/// The report that a scan belongs to.
pub(super) struct Attribution<'r> {
    /// The record of the report in the run's manifest.
    pub record: &'r ReportOutcome,
    /// How the signed version compares with the current one.
    pub version: Version,
}

/// Why a scan belongs to no report.
pub(super) struct Unattributed {
    /// The code of the finding.
    pub code: Code,
    /// The reason, a Chinese sentence without a full stop.
    pub message: String,
    /// The name of the branch or department whose code it has, when only the file's name speaks against it.
    pub belongs_to: Option<String>,
}

impl Unattributed {
    /// A scan whose report is unknown.
    fn unknown(message: String) -> Self {
        Self { code: &code::SIGNED_UNKNOWN, message, belongs_to: None }
    }
}

/// The reports of a run, to be found by code and by name.
pub(super) struct ReportIndex<'r> {
    /// The branches' reports, then the department's when it was issued.
    reports: Vec<&'r ReportOutcome>,
    run: &'r RunManifest,
}

impl<'r> ReportIndex<'r> {
    /// The reports of the run.
    pub(super) fn new(run: &'r RunManifest) -> Self {
        let department = Some(&run.department).filter(|record| record.standing_issue().is_some());
        Self { reports: run.branches.iter().chain(department).collect(), run }
    }

    /// The report that a scan belongs to: `name` is its file name, `codes` are those in its picture.
    pub(super) fn attribute(&self, name: &str, codes: &[ReportCode]) -> Result<Attribution<'r>, Unattributed> {
        let (typed, mistyped): (Vec<_>, Vec<_>) = report_code::find(name).into_iter().partition(Result::is_ok);
        let typed: Vec<ReportCode> = typed.into_iter().flatten().collect();
        let codes = if codes.is_empty() { &typed[..] } else { codes };
        if !codes.is_empty() {
            return self.by_code(codes, &self.named_in(name));
        }
        let mut mistyped = mistyped.into_iter().filter_map(Result::err);
        if let Some(code) = mistyped.find(|code| self.is_of_this_notice(code)) {
            let message = format!("文件名中的核对码“{code}”抄错了：校验字符不对");
            return Err(Unattributed { code: &code::CODE_MISTYPED, message, belongs_to: None });
        }
        Self::by_name(&self.named_in(name))
    }

    /// The report that codes belong to; `named` are the reports whose names the file's name contains.
    fn by_code(&self, codes: &[ReportCode], named: &[&'r ReportOutcome]) -> Result<Attribution<'r>, Unattributed> {
        let current: Vec<&ReportOutcome> = self
            .reports
            .iter()
            .copied()
            .filter(|record| {
                let issued = record.standing_issue();
                issued.is_some_and(|issued| codes.iter().any(|code| code.has_same_content(&issued.code)))
            })
            .collect();
        match (&current[..], named) {
            ([record], [other]) if record.name != other.name => {
                let message = format!("核对码是“{}”的，文件名却写“{}”", record.name, other.name);
                Err(Unattributed { belongs_to: Some(record.name.clone()), ..Unattributed::unknown(message) })
            }
            ([record], _) => Ok(Attribution { record, version: Version::Current }),
            ([], [record]) => Ok(Attribution { record, version: Version::Old }),
            ([], []) => match codes.iter().find_map(|code| self.at_position_of(code)) {
                Some(record) => Ok(Attribution { record, version: Version::Old }),
                None => {
                    let codes: Vec<&str> = codes.iter().map(ReportCode::as_str).collect();
                    Err(Unattributed::unknown(format!("核对码 {} 不是这次的报告", codes.join("、"))))
                }
            },
            _ => Err(Unattributed::unknown("一个文件里有几份报告的核对码或名称，请分开".to_owned())),
        }
    }

    /// The report of the one branch that the file's name contains.
    fn by_name(named: &[&'r ReportOutcome]) -> Result<Attribution<'r>, Unattributed> {
        match named {
            [record] if record.standing_issue().is_some() => Ok(Attribution { record, version: Version::ByName }),
            [record] => Ok(Attribution { record, version: Version::Old }),
            [] => Err(Unattributed::unknown("文件名和图中都没有核对码或单位的名称".to_owned())),
            _ => {
                let names: Vec<&str> = named.iter().map(|record| record.name.as_str()).collect();
                Err(Unattributed::unknown(format!("文件名中有几个单位的名称：{}", names.join("、"))))
            }
        }
    }

    /// Whether a mistyped code begins with the notice of this run's codes. Other text may look like a code by chance.
    fn is_of_this_notice(&self, code: &str) -> bool {
        self.codes().any(|own| code.strip_prefix(own.notice()).is_some_and(|rest| rest.starts_with('-')))
    }

    /// The codes of all issued reports.
    fn codes(&self) -> impl Iterator<Item = &'r ReportCode> {
        self.reports.iter().filter_map(|record| Some(&record.standing_issue()?.code))
    }

    /// The report of the branch at the position in the roster that a code has; `None` when the code is of another
    /// notice.
    fn at_position_of(&self, code: &ReportCode) -> Option<&'r ReportOutcome> {
        self.codes().find(|own| own.notice() == code.notice())?;
        match code.position() {
            0 => Some(&self.run.department).filter(|record| record.standing_issue().is_some()),
            position => self.run.branches.get(position - 1),
        }
    }

    /// The reports whose branches' names the file's name contains, without those whose names are parts of another one:
    /// 国际教务处党支部 contains 教务处党支部.
    fn named_in(&self, name: &str) -> Vec<&'r ReportOutcome> {
        let text = fold(name);
        let named: Vec<&ReportOutcome> =
            self.reports.iter().copied().filter(|record| text.contains(&*fold(&record.name))).collect();
        let is_part_of_another = |record: &ReportOutcome| {
            named.iter().any(|other| other.name.len() > record.name.len() && other.name.contains(&record.name))
        };
        named.iter().copied().filter(|record| !is_part_of_another(record)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::ReportIndex;
    use crate::manifest::{Issued, ReportOutcome, RunManifest};
    use crate::report_code::ReportCode;

    fn record(name: &str, position: usize) -> ReportOutcome {
        let issued = Issued {
            code: ReportCode::for_content("20181102", position, name.as_bytes()),
            title: String::new(),
            addressee: String::new(),
            organisation: String::new(),
            date: String::new(),
            note: None,
            elements: Default::default(),
            annexes: Vec::new(),
            version: String::new(),
            ledgers: Default::default(),
            settings: Default::default(),
        };
        ReportOutcome { name: name.to_owned(), issued: Some(issued), ..ReportOutcome::default() }
    }

    #[test]
    fn codes_give_the_version_and_names_only_the_branch() {
        let draft = ReportOutcome { name: "草稿党支部".to_owned(), ..ReportOutcome::default() };
        let branches = vec![record("教务处党支部", 1), record("国际教务处党支部", 2), draft];
        let run = RunManifest { branches, ..RunManifest::default() };
        let index = ReportIndex::new(&run);
        let attribute = |name: &str, codes: &[ReportCode]| match index.attribute(name, codes) {
            Ok(found) => format!("{} {:?}", found.record.name, found.version),
            Err(refusal) => refusal.code.id.to_owned(),
        };
        let (code, old) = (
            ReportCode::for_content("20181102", 1, "教务处党支部".as_bytes()),
            ReportCode::for_content("20181102", 2, b"old"),
        );
        assert_eq!(attribute(&format!("{code}.pdf"), &[]), "教务处党支部 Current");
        assert_eq!(attribute("扫描0001.jpg", std::slice::from_ref(&code)), "教务处党支部 Current");
        assert_eq!(attribute(&format!("{old}.pdf"), &[]), "国际教务处党支部 Old");
        assert_eq!(attribute("教务处党支部.pdf", &[old]), "教务处党支部 Old");
        assert_eq!(attribute("教务处党支部 第1页.png", &[]), "教务处党支部 ByName");
        assert_eq!(attribute("国际教务处党支部.pdf", &[]), "国际教务处党支部 ByName");
        assert_eq!(attribute("草稿党支部.pdf", &[]), "草稿党支部 Old");
        assert_eq!(attribute("扫描0001.pdf", &[]), "Z401");
        assert_eq!(attribute("国际教务处党支部.pdf", std::slice::from_ref(&code)), "Z401");
        assert_eq!(attribute(&format!("{}.pdf", ReportCode::for_content("20191102", 1, b"x")), &[]), "Z401");
        let wrong = format!("{}{}.pdf", &code.as_str()[..20], if code.as_str().ends_with('0') { '1' } else { '0' });
        assert_eq!(attribute(&wrong, &[]), "Z403");
    }
}
