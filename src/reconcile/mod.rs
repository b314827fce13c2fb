//! Reconciles rows and sums read against rows and sums reported: every row belongs to exactly one branch or is listed
//! as unused, no branch has a row of another, and the branches' metrics sum to what the whole ledgers give.
//!
//! The two sides come from different code: a [`RowAudit`] of the rows as they were read, and the branches with the
//! metrics that are reported. A difference is a fault of the program, never of a ledger: finding Z901, and no report of
//! the run is final.

mod row_audit;
mod sums;

use serde::{Deserialize, Serialize};

pub(crate) use row_audit::{AuditResult, RowAudit};
pub(crate) use sums::Sum;

use crate::diagnostics::{Diagnostic, Location, code};
use crate::expr::Expressions;
use crate::metric::Metrics;
use crate::model::{BoundLedgers, UnboundRow};
use crate::notice::Notice;

/// What was compared, and what differs. `run.json` has it as `proof`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reconciliation {
    /// Whether nothing differs.
    pub holds: bool,
    /// Number of data rows in all ledgers.
    pub rows: usize,
    /// Number of rows that branches have.
    pub used: usize,
    /// Rows that belong to no branch.
    pub unused: Vec<Unused>,
    /// Each additive metric, summed over branches and unbound rows and computed over the whole ledger.
    pub sums: Vec<Sum>,
    /// What differs, a sentence each.
    pub faults: Vec<String>,
}

/// A row that belongs to no branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unused {
    /// Path of the file, below the input folder.
    pub file: String,
    /// Name of the sheet; empty for a text file.
    pub sheet: String,
    /// Number of the row as the spreadsheet program shows it, from 1.
    pub row: u32,
    /// Why no branch has it.
    pub reason: String,
}

/// Reconciles a run; `metrics` are the branches', in their order.
pub(crate) fn reconcile(
    audit: AuditResult,
    bound: &BoundLedgers,
    metrics: &[Metrics],
    notice: &Notice,
    expressions: &Expressions,
) -> Reconciliation {
    let mut faults = Vec::new();
    let AuditResult { rows, used, faults: row_faults, whole } = audit;
    let sums = sums::compare(whole, bound, metrics, notice, expressions);
    for sum in sums.iter().filter(|sum| !sum.holds) {
        let number = |number: &Option<String>| number.clone().unwrap_or_else(|| "无".to_owned());
        let (parts, rest, whole) = (number(&sum.branches), number(&sum.unbound), number(&sum.whole));
        faults.push(format!("“{}”各单位合计 {parts}、无主的行 {rest}，与整份台账的 {whole} 不符", sum.label));
    }
    faults.extend(row_faults);
    let mut unused_rows: Vec<Unused> = bound.unbound.iter().map(unbound_row).collect();
    unused_rows.extend(bound.unenrolled.iter().map(|(row, reason)| unused(row, reason)));
    Reconciliation { holds: faults.is_empty(), rows, used, unused: unused_rows, sums, faults }
}

impl Reconciliation {
    /// The faults as findings.
    pub fn findings(&self) -> impl Iterator<Item = Diagnostic> {
        self.faults.iter().map(|fault| Diagnostic::new(&code::PROOF, Location::Branch, fault))
    }
}

fn unbound_row(unbound: &UnboundRow) -> Unused {
    let reason = match &unbound.name {
        None => "没有写明单位".to_owned(),
        Some(name) if unbound.unusable => format!("名册不能确定“{name}”是哪个单位"),
        Some(name) => format!("名册中没有“{name}”"),
    };
    unused(&unbound.row, &reason)
}

fn unused(row: &crate::model::Row, reason: &str) -> Unused {
    let (file, sheet) = (row.source.file.clone(), row.source.sheet.clone());
    Unused { file, sheet, row: row.row + 1, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Reconciliation, RowAudit, reconcile};
    use crate::expr::Expressions;
    use crate::ingest::{self, InputContent, LedgerMatcher, ReadLimits};
    use crate::metric::{self, Metrics};
    use crate::model::{self, BoundLedgers};
    use crate::notice::Notice;

    const ROSTER: &str = "党组织名称,类别,书记,联系人,电子邮箱\n\
        甲党支部,机关党支部,许,袁,a@example.edu.cn\n乙党支部,机关党支部,林,孙,b@example.edu.cn\n";
    const STUDY: &str = "党组织,姓名,规定学时,已完成学时\n\
        甲党支部,赵,50,40\n甲党支部,钱,50,50\n乙党支部,孙,50,30\n丙党支部,李,50,20\n";

    /// Reconciles a run over the two ledgers after `spoil` has falsified it.
    fn proof(spoil: impl FnOnce(&mut BoundLedgers, &mut Vec<Metrics>, usize)) -> Reconciliation {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
        let notice = Notice::load(&file).expect("the shipped notice");
        let expressions = Expressions::compile(&notice).expect("its expressions");
        let limits =
            ReadLimits { file: 1 << 20, unpacked: 1 << 20, memory: 1 << 20, seconds: 9, cells: 999, text: 9_999 };
        let (ledger_matcher, mut content) = (LedgerMatcher::new(&notice), InputContent::default());
        for (name, text) in [("名册.csv", ROSTER), ("学习.csv", STUDY)] {
            for sheet in ingest::open(text.as_bytes(), &limits).expect("a text table") {
                content.append(ingest::read_sheet(sheet, name, &ledger_matcher));
            }
        }
        let audits = content.tables.iter().map(|table| RowAudit::of(table, &expressions));
        let audit = audits.fold(RowAudit::default(), RowAudit::joined);
        let mut bound = model::bind(content, &notice).output;
        let of = |branch| metric::compute(branch, &notice, &expressions).output;
        let mut metrics = bound.branches.iter().map(of).collect();
        let study = notice.ledger_index("study").expect("a ledger");
        spoil(&mut bound, &mut metrics, study);
        reconcile(audit.reconcile(&bound, &notice), &bound, &metrics, &notice, &expressions)
    }

    fn faults(spoil: impl FnOnce(&mut BoundLedgers, &mut Vec<Metrics>, usize)) -> String {
        let proof = proof(spoil);
        assert!(!proof.holds);
        assert_eq!(proof.findings().count(), proof.faults.len());
        proof.faults.join("\n")
    }

    #[test]
    fn an_honest_run_is_proved_and_lists_what_nobody_used() {
        let proof = proof(|_, _, _| {});
        assert!(proof.holds, "{:?}", proof.faults);
        assert_eq!((proof.rows, proof.used), (6, 5));
        let unused: Vec<(u32, &str)> = proof.unused.iter().map(|row| (row.row, row.reason.as_str())).collect();
        assert_eq!(unused, [(5, "名册中没有“丙党支部”")]);
        let gap = proof.sums.iter().find(|sum| sum.metric == "study_gap").expect("a sum");
        let parts = [&gap.branches, &gap.unbound, &gap.whole].map(|part| part.as_deref());
        assert_eq!(parts, [Some("30"), Some("30"), Some("60")]);
    }

    #[test]
    fn rows_swapped_between_two_branches_are_caught() {
        let faults = faults(|bound, _, study| {
            let [first, second] = &mut bound.branches[..] else { panic!("two branches") };
            std::mem::swap(first.rows_mut(study), second.rows_mut(study));
        });
        assert!(faults.contains("学习.csv 第4行不是甲党支部的，却在它的报告里"), "{faults}");
        assert!(faults.contains("学习.csv 第2行不是乙党支部的，却在它的报告里"), "{faults}");
    }

    #[test]
    fn a_row_lost_and_a_row_used_twice_are_caught() {
        let lost = faults(|bound, _, study| {
            bound.branches[0].rows_mut(study).pop();
        });
        assert!(lost.contains("有 1 行数据没有进入任何报告"), "{lost}");
        let twice = faults(|bound, _, study| {
            let rows = bound.branches[0].rows_mut(study);
            rows.push(rows[0].clone());
        });
        assert!(twice.contains("学习.csv 第2行用了不止一次"), "{twice}");
    }

    #[test]
    fn metrics_that_do_not_sum_to_the_whole_ledgers_are_caught() {
        let faults = faults(|_, metrics, _| metrics[1] = metrics[0].clone());
        assert!(
            faults.contains("“所缺学时”各单位合计 20、无主的行 30，与整份台账的 60 不符")
                && faults.contains("“应学干部人数”"),
            "{faults}"
        );
    }
}
