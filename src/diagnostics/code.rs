//! The catalogue of diagnostic codes that the stages use; the code of a check is in the file of its rule.
//!
//! Z0…: files, sheets and headers; Z1…: cells and rows; Z2…: branches; Z3…: reports; Z4…: signed copies and archives;
//! Z9…: faults of the program. A code keeps its number for good: run records, settings (`[severity]`) and people refer
//! to it. The texts are what `zicha explain` prints.

mod archives;
mod ledgers;
mod reports;

pub use archives::*;
pub use ledgers::*;
pub use reports::*;

use super::Severity;

/// A diagnostic code with the texts and the severity that all its findings share. The texts are Chinese.
#[derive(Debug)]
pub struct CodeInfo {
    /// The number, such as `Z101`.
    pub id: &'static str,
    /// The kind of finding, in a few words.
    pub title: &'static str,
    /// The severity, unless `[severity]` of the settings overrides it.
    pub severity: Severity,
    /// What the program looks for.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What the reader can do; empty when each finding has a cure of its own or none is needed.
    pub cure: &'static str,
}

/// A code of the catalogue.
pub type Code = &'static CodeInfo;

impl PartialEq for CodeInfo {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for CodeInfo {}

/// All codes of the catalogue.
pub static ALL: &[Code] = &[
    &BRANCH_CHECK,
    &DEPARTMENT_CHECK,
    &UNREADABLE,
    &READ_ONCE,
    &SKIPPED,
    &UNREACHED,
    &INVISIBLE_NAME,
    &REPEATED_CELL,
    &OVER_BUDGET,
    &BROKEN_RECORD,
    &ROSTER,
    &TWICE,
    &PREVIOUS_METRIC,
    &PREVIOUS_BRANCH,
    &NO_PREVIOUS,
    &PREVIOUS_VALUE,
    &NO_METRIC,
    &GAP,
    &REPORT,
    &WRITE,
    &STALE,
    &COMPUTED,
    &EDITED,
    &GONE,
    &UNMADE,
    &FINAL,
    &SIGNED_FINAL,
    &NO_ATTACHMENT,
    &BROKEN_ATTACHMENT,
    &OTHER_ATTACHMENT,
    &FORMER_ATTACHMENT,
    &STRAY_ATTACHMENT,
    &NO_FONTS,
    &SUBSTITUTE_FONT,
    &FORBIDDEN_FONT,
    &MISSING_CHARACTER,
    &NOT_PRINTED,
    &ANNEX_NOT_BOUND,
    &SIGNED_UNKNOWN,
    &SIGNED_OLD,
    &CODE_MISTYPED,
    &SIGNED_BY_NAME,
    &SIGNED_UNREADABLE,
    &NOT_ARCHIVED,
    &UNSIGNED,
    &PAGES,
    &UNCONFIRMED,
    &DAMAGED,
    &CHANGED,
    &MISSING,
    &EXTRA,
    &METADATA,
    &SAME_NUMBER,
    &SIGNATURE,
    &REBUILT,
    &SEAL,
    &ABSENT_PACKAGE,
    &PROOF,
];

/// Why a notice's `[severity]` table cannot change a code; `None` when it can. A notice must not make a fault of the
/// program look harmless, and whether a package is sound does not depend on any settings.
pub fn fixed_severity(code: Code) -> Option<&'static str> {
    const PACKAGE: [Code; 10] =
        [&DAMAGED, &CHANGED, &MISSING, &EXTRA, &METADATA, &SAME_NUMBER, &SIGNATURE, &REBUILT, &SEAL, &ABSENT_PACKAGE];
    if code == &PROOF {
        return Some("是程序的错误，总是“错误”");
    }
    PACKAGE.contains(&code).then_some("校验归档包不看通知设置，总是“错误”")
}
