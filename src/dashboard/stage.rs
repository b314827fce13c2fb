//! How far a report is, and what can be done next about it, each with what users read.

use serde::{Serialize, Serializer};

/// How far a report is, in the order of the work: from `Final` on there is a final report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ReportStage {
    /// There is no report.
    Nothing,
    /// It has gaps, and ledgers have no row of the branch.
    LedgersMissing,
    /// Errors keep it from being final.
    Errors,
    /// It has gaps, although ledgers have rows of the branch.
    Gaps,
    /// The summary leaves the branch out, because it did not report; there is no final report.
    LeftOut,
    /// Of the department's report alone: branches' final reports are missing.
    Waiting,
    /// It can be made final.
    Ready,
    /// It is final; no signed copy of this version is there.
    Final,
    /// It is final, and a signed copy of this version is there.
    Signed,
    /// This version is in a package.
    Archived,
}

impl ReportStage {
    /// All stages, in their order.
    pub(crate) const ALL: [Self; 10] = [
        Self::Nothing,
        Self::LedgersMissing,
        Self::Errors,
        Self::Gaps,
        Self::LeftOut,
        Self::Waiting,
        Self::Ready,
        Self::Final,
        Self::Signed,
        Self::Archived,
    ];

    /// The stage in JSON and markup.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::LedgersMissing => "ledgers-missing",
            Self::Errors => "errors",
            Self::Gaps => "gaps",
            Self::LeftOut => "left-out",
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Final => "final",
            Self::Signed => "signed",
            Self::Archived => "archived",
        }
    }

    /// The stage as users read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Nothing => "没有生成",
            Self::LedgersMissing => "缺台账",
            Self::Errors => "有错误",
            Self::Gaps => "有待填写",
            Self::LeftOut => "未报送",
            Self::Waiting => "等其他报告定稿",
            Self::Ready => "可以定稿",
            Self::Final => "已定稿",
            Self::Signed => "已签字",
            Self::Archived => "已归档",
        }
    }
}

impl Serialize for ReportStage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// What a user can do next about a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Make its draft, or make it again.
    Build,
    /// Put the missing ledgers into the folder of ledgers.
    PutLedgers,
    /// Correct errors in ledgers.
    Correct,
    /// Correct errors in ledgers that belong to no branch.
    CorrectLedgers,
    /// Fill what is missing in ledgers.
    Fill,
    /// Make other reports final first.
    FinalizeOthers,
    /// Make it final.
    Finalize,
    /// Make it final again, of the ledgers as they are now.
    FinalizeAgain,
    /// Put a signed copy in.
    Sign,
    /// Look whether a signed copy is of this version.
    ConfirmSigned,
    /// Put it with its signed copy into a package.
    Archive,
}

impl Action {
    /// What its button says.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Build => "生成草稿",
            Self::PutLedgers => "去放台账",
            Self::Correct | Self::CorrectLedgers => "去改正",
            Self::Fill => "去补上",
            Self::FinalizeOthers => "看进度",
            Self::Finalize => "定稿",
            Self::FinalizeAgain => "重新定稿",
            Self::Sign => "去放签字件",
            Self::ConfirmSigned => "去确认签字件",
            Self::Archive => "去归档",
        }
    }
}
