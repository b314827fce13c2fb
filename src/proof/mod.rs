//! Whether a run kept its promises: every row in one branch's hands or on the list of those in nobody's, no branch
//! with another's row, and figures that sum to what the whole ledgers give.
//!
//! What is compared comes from two sides: a [`Census`] taken before rows are bound, and the branches as they are
//! reported. A proof that fails is a fault of the program, never of a ledger.

mod census;
mod sums;

use serde::{Deserialize, Serialize};

pub use census::Census;
pub use sums::Sum;

use crate::diag::{Code, Diagnostic, Place, code};
use crate::expr::Expressions;
use crate::figure::Figures;
use crate::model::{Bound, Unbound};
use crate::notice::Notice;

/// What was proved, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Whether everything holds.
    pub holds: bool,
    /// Rows of data in all ledgers.
    pub rows: usize,
    /// Rows in exactly one branch's hands.
    pub used: usize,
    /// Rows that nobody used, with the reason.
    pub unused: Vec<Unused>,
    /// For each additive figure, the branches' values and the unbound rows' against the whole ledger's.
    pub sums: Vec<Sum>,
    /// What does not hold.
    pub faults: Vec<String>,
}

/// A row that belongs to no branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unused {
    /// The file.
    pub file: String,
    /// The sheet; empty for a text file.
    pub sheet: String,
    /// The row's number as the spreadsheet program shows it.
    pub row: u32,
    /// Why nobody used it.
    pub reason: String,
}

/// Proves a run; `figures` are the branches', in their order.
pub fn prove(census: Census, bound: &Bound, figures: &[Figures], notice: &Notice, expressions: &Expressions) -> Proof {
    let mut faults = Vec::new();
    let sums = sums::compare(&census, bound, figures, notice, expressions);
    for sum in sums.iter().filter(|sum| !sum.holds) {
        let number = |number: &Option<String>| number.clone().unwrap_or_else(|| "无".to_owned());
        let (parts, rest, whole) = (number(&sum.branches), number(&sum.unbound), number(&sum.whole));
        faults.push(format!("“{}”各单位合计 {parts}、无主的行 {rest}，与整份台账的 {whole} 不符", sum.label));
    }
    let rows = census.len();
    let used = census.settle(bound, notice, &mut faults);
    let mut unused: Vec<Unused> = bound.unbound.iter().map(unused_row).collect();
    unused.extend(bound.unenrolled.iter().map(|(row, reason)| of_row(row, reason)));
    Proof { holds: faults.is_empty(), rows, used, unused, sums, faults }
}

impl Proof {
    /// The faults as findings.
    pub fn findings(&self) -> impl Iterator<Item = Diagnostic> {
        self.faults.iter().map(|fault| Diagnostic::new(CODE, Place::Branch, fault))
    }
}

const CODE: Code = &code::PROOF;

fn unused_row(unbound: &Unbound) -> Unused {
    let reason = match &unbound.name {
        None => "没有写明党组织".to_owned(),
        Some(name) if unbound.unusable => format!("名册不能确定“{name}”是哪个党组织"),
        Some(name) => format!("名册中没有“{name}”"),
    };
    of_row(&unbound.row, &reason)
}

fn of_row(row: &crate::model::Row, reason: &str) -> Unused {
    let (file, sheet) = (row.source.file.clone(), row.source.sheet.clone());
    Unused { file, sheet, row: row.row + 1, reason: reason.to_owned() }
}
