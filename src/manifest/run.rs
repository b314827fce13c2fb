//! `run.json`: the record of a run, for the next run, for other programs and for comparing runs. It has no times: the
//! same input gives the same bytes.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::ReportOutcome;
use super::layout::Layout;
use crate::diagnostics::{SeverityCounts, SeverityOverrides};
use crate::notice::Words;
use crate::reconcile::Reconciliation;
use crate::store::{Digest, parse_record};

/// Name of the record in an output folder.
pub(crate) const FILE: &str = "run.json";

/// Name of the record of shard `at`, from 0, of `of`.
pub(crate) fn shard_file(at: u32, of: u32) -> String {
    format!("run-{at}-{of}.json")
}

fn is_shard_file(name: &str) -> bool {
    let parts =
        name.strip_prefix("run-").and_then(|rest| rest.strip_suffix(".json")).and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(at, of)| [at, of].iter().all(|n| n.parse::<u32>().is_ok()))
}

/// Whether a file of that name in an output folder is the record of a run or of a shard.
pub(crate) fn is_record(name: &str) -> bool {
    name == FILE || is_shard_file(name)
}

/// Paths of the shards' records in an output folder, in the order of their names.
pub(crate) fn shard_files(output: &Path) -> Vec<PathBuf> {
    let is_shard = |path: &PathBuf| is_shard_file(&path.file_name().unwrap_or_default().to_string_lossy());
    let entries = std::fs::read_dir(output).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_shard).collect();
    files.sort();
    files
}

/// What a run over an output folder leaves (`run.json`); a shard's has the branches of the shard alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunManifest {
    /// The version of the program that wrote the record; a record without one is refused.
    pub version: String,
    /// Title of the notice.
    pub notice: String,
    /// Name of the folder with the notice's settings.
    pub notice_folder: String,
    /// Deadline of the reports, as 2018-11-02.
    pub deadline: String,
    /// What the notice calls branches and the department.
    #[serde(skip_serializing_if = "Words::is_default")]
    pub words: Words,
    /// The earlier run that it compares with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<ComparedWith>,
    /// Whether final reports were asked for.
    pub is_final: bool,
    /// The severities that the settings gave to codes in place of their own.
    #[serde(skip_serializing_if = "SeverityOverrides::is_empty")]
    pub severity: SeverityOverrides,
    /// Findings of the run, by severity.
    pub findings: SeverityCounts,
    /// How many of the errors belong to no branch: they keep every report from being final.
    pub common_errors: usize,
    /// The hash of settings and templates.
    pub settings: Digest,
    /// The ledger files that the run read, by their paths below the input folder, with their hashes.
    pub inputs: IndexMap<String, Digest>,
    /// Labels of the branches' metrics, by id: their order is that of the metrics in `branches`.
    pub labels: IndexMap<String, String>,
    /// Labels of the department's metrics, by id.
    pub summary_labels: IndexMap<String, String>,
    /// The account of rows and sums read against rows and sums reported.
    pub proof: Reconciliation,
    /// The department's report, with the metrics over all branches.
    pub department: ReportOutcome,
    /// Every branch, in the roster's order.
    pub branches: Vec<ReportOutcome>,
    /// Branches that the roster no longer lists and whose files are still there.
    pub gone: Vec<ReportOutcome>,
}

/// The file of an earlier run that a run compares with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedWith {
    /// Its name, without its folder.
    pub file: String,
    /// The hash of its bytes.
    pub digest: Digest,
}

const LAYOUT: Layout =
    Layout { records: &["proof", "inputs"], lists: &["unused", "sums", "faults", "branches", "gone"] };

impl RunManifest {
    /// The run that a file records.
    ///
    /// # Errors
    /// When it is no record of a run, or takes more memory than any.
    pub fn parse(json: &[u8]) -> serde_json::Result<Self> {
        parse_record(json, size_of::<ReportOutcome>())
    }

    /// The file's bytes.
    pub fn to_json(&self) -> Vec<u8> {
        // About as much as a branch's record takes.
        LAYOUT.to_bytes(self, 1024 * (self.branches.len() + 2))
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::RunManifest;
    use crate::diagnostics::{Severity, SeverityCounts};
    use crate::manifest::elements::Elements;
    use crate::manifest::tests::{assert_is_populated, lines};
    use crate::manifest::{Freshness, Issued, ReportOutcome, ReportState};
    use crate::notice::Words;
    use crate::reconcile::{Reconciliation, Sum, Unused};
    use crate::report::Gap;
    use crate::report_code::ReportCode;
    use crate::store::sha256;

    fn report(name: &str) -> ReportOutcome {
        let file = |name: &str| [(name.to_owned(), sha256(name.as_bytes()))].into_iter().collect();
        let issued = Issued {
            code: ReportCode::for_content("20181102", 1, name.as_bytes()),
            title: "自查报告".to_owned(),
            addressee: "党委".to_owned(),
            organisation: name.to_owned(),
            date: "2018-11-02".to_owned(),
            note: Some("联系人".to_owned()),
            elements: Elements {
                copy_number: Some("000001".to_owned()),
                secrecy: Some("机密★1年".to_owned()),
                urgency: Some("特急".to_owned()),
                mark: Some("组织人事处文件".to_owned()),
                number: Some("校组字〔2018〕12号".to_owned()),
                signers: Some("张三".to_owned()),
                copy_to: Some("学院党委".to_owned()),
                printer: Some("组织人事处".to_owned()),
                printed: Some("2018-11-05".to_owned()),
            },
            annexes: vec!["1.明细".to_owned()],
            version: "1".to_owned(),
            ledgers: file("学习.xlsx"),
            settings: sha256(b"settings"),
        };
        ReportOutcome {
            name: name.to_owned(),
            kind: "机关党支部".to_owned(),
            left_out: "未报送".to_owned(),
            folder: name.to_owned(),
            state: ReportState::Final,
            key: sha256(b"key"),
            shown: sha256(b"shown"),
            files: file("报告.md"),
            earlier: file("报告.docx"),
            retry: vec!["报告.html".to_owned()],
            findings: SeverityCounts { errors: 1, warnings: 2, notes: 3 },
            missing: vec!["在线学习".to_owned()],
            nil: vec!["获奖情况".to_owned()],
            gaps: vec![Gap { what: "学时".to_owned(), part: "一、学习".to_owned() }],
            without_rows: Some(vec!["gap".to_owned()]),
            metrics: vec![Some(Decimal::new(400, 2))],
            issued: Some(issued),
            standing_final: None,
            outdated: true,
            freshness: Freshness::default(),
            kept_edits: false,
        }
    }

    fn run() -> RunManifest {
        let label = |id: &str, label: &str| [(id.to_owned(), label.to_owned())].into_iter().collect();
        let sum = Sum {
            metric: "gap".to_owned(),
            label: "所缺学时".to_owned(),
            branches: Some("1".to_owned()),
            unbound: Some("2".to_owned()),
            whole: Some("3".to_owned()),
            holds: true,
        };
        let unused =
            Unused { file: "学习.xlsx".to_owned(), sheet: "一月".to_owned(), row: 3, reason: "没有".to_owned() };
        RunManifest {
            version: "1".to_owned(),
            notice: "通知".to_owned(),
            notice_folder: "2018".to_owned(),
            deadline: "2018-11-02".to_owned(),
            words: Words {
                branch: "科室".to_owned(), department: "医务处".to_owned(), previous: "上季度".to_owned()
            },
            previous: Some(super::ComparedWith { file: "run.json".to_owned(), digest: sha256(b"run") }),
            is_final: true,
            severity: [("Z101".to_owned(), Severity::Note)].into_iter().collect(),
            findings: SeverityCounts { errors: 1, warnings: 2, notes: 3 },
            common_errors: 1,
            settings: sha256(b"settings"),
            inputs: [("学习.xlsx".to_owned(), sha256(b"ledger"))].into_iter().collect(),
            labels: label("gap", "所缺学时"),
            summary_labels: label("total", "合计"),
            proof: Reconciliation {
                holds: true,
                rows: 5,
                used: 4,
                unused: vec![unused],
                sums: vec![sum],
                faults: vec!["不符".to_owned()],
            },
            department: report("组织部"),
            branches: vec![report("教务处\"党支部\"")],
            gone: vec![report("原党支部")],
        }
    }

    #[test]
    fn every_field_of_a_run_is_read_as_it_was_written() {
        let json = run().to_json();
        assert_is_populated(&json);
        assert_eq!(serde_json::from_slice::<RunManifest>(&json).ok(), Some(run()));
    }

    #[test]
    fn a_field_is_a_line_and_so_is_a_branch() {
        let json = run().to_json();
        let starts: Vec<&str> = lines(&json).iter().map(|line| line.split(": ").next().unwrap_or_default()).collect();
        assert_eq!(
            starts[..10],
            [
                "{",
                "\"version\"",
                "\"notice\"",
                "\"notice_folder\"",
                "\"deadline\"",
                "\"words\"",
                "\"previous\"",
                "\"is_final\"",
                "\"severity\"",
                "\"findings\""
            ]
        );
        assert!(lines(&json).contains(&"\"findings\": [1,2,3],"));
        let name = "{\"name\":\"教务处\\\"党支部\\\"\",\"kind\":\"机关党支部\",\"folder\":";
        assert_eq!(lines(&json).iter().filter(|line| line.starts_with(name)).count(), 1);
    }

    #[test]
    fn a_record_of_version_0_1_is_read() {
        let json = String::from_utf8(run().to_json()).unwrap();
        let old = json.replace("\"metrics\":", "\"figures\":").replace("\"metric\":", "\"figure\":");
        assert!(old.contains("\"figures\":") && old.contains("\"figure\":"));
        assert_eq!(serde_json::from_str::<RunManifest>(&old).ok(), Some(run()));
    }

    /// Records of older runs lack fields, and drafts have no values in some.
    #[test]
    fn a_record_without_a_field_has_its_default() {
        let draft = ReportOutcome { metrics: vec![Some(Decimal::new(400, 2)), None], ..ReportOutcome::default() };
        let run = RunManifest { version: "1".to_owned(), branches: vec![draft], ..RunManifest::default() };
        assert_eq!(serde_json::from_slice::<RunManifest>(&run.to_json()).ok(), Some(run.clone()));
        let short =
            serde_json::from_str::<RunManifest>("{\"version\": \"1\", \"branches\": [{\"metrics\":[\"4.00\",null]}]}");
        assert_eq!(short.ok(), Some(run));
    }
}
