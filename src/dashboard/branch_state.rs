//! The state of a report in one value, with its reason and what to do next: the same on every page, in `zicha status`
//! and in `index.html`.
//!
//! A report passes the stages in the order of [`ReportStage`], from nothing to archived. Beside its stage it may be
//! *stale*: what is in its folder shows something else than the ledgers and settings give now. Only what a report shows
//! counts (`pipeline::shown`): a setting that no report prints, or another branch's rows in the same file, make none
//! stale. A signature and a package count only for the version whose code they have.

use serde::Serialize;

use super::stage::{Action, ReportStage};
use crate::archive::PackageInPlace;
use crate::archive::register::RegisterEntry;
use crate::manifest::{CurrentReport, ReportOutcome};
use crate::scans::{SignedCopy, Version};
use crate::store::Digest;

/// How far a report is, why, and what to do next: the answer that all pages and commands give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct BranchState {
    /// The stage, by what is in the output folder and what ledgers give now.
    pub stage: ReportStage,
    /// Whether what is in its folder shows something else than ledgers and settings give now.
    #[serde(rename = "stale")]
    pub is_stale: bool,
    /// Why it is in this state, in a sentence or two.
    pub reason: String,
    /// What to do next, in a sentence; empty when nothing is to be done.
    pub next: String,
    /// The action behind the button for it; `None` when nothing is to be done.
    #[serde(skip)]
    pub action: Option<Action>,
    /// Whether this version is in a package that is damaged.
    #[serde(skip)]
    pub is_package_damaged: bool,
}

/// What the state of a report follows from.
#[derive(Clone, Debug)]
pub(crate) struct StateInputs<'e> {
    /// What the last run recorded.
    pub record: &'e ReportOutcome,
    /// Errors of the last run that belong to no branch.
    pub common_errors: usize,
    /// What the report would be now; `None` when the ledgers were not looked at.
    pub current: Option<&'e CurrentReport>,
    /// The ledger files that it is made of and that are not as they were when it was made final; known with `current`.
    pub changed_ledgers: Vec<&'e str>,
    /// Whether the scans were looked at.
    pub are_scans_known: bool,
    /// The scans that belong to it.
    pub copies: Vec<&'e SignedCopy>,
    /// The last package with this version of it.
    pub package: Option<&'e RegisterEntry>,
    /// What is in its place; `None` when that was not looked at.
    pub in_place: Option<PackageInPlace>,
    /// Of the department's report, how many branches have no final report that is up to date.
    pub waiting: usize,
}

impl BranchState {
    /// The state that follows from the evidence.
    pub(crate) fn of(evidence: &StateInputs<'_>) -> Self {
        let record = evidence.record;
        match record.final_report() {
            Some(report) => evidence.of_final(report),
            None if !evidence.left_out().is_empty() => evidence.of_left_out(),
            None => evidence.of_draft(),
        }
    }

    /// The stage in words, with a word when it is stale.
    pub(crate) fn label(&self) -> String {
        let stale = if self.is_stale { "，之后有改动" } else { "" };
        format!("{}{stale}", self.stage.label())
    }

    fn new(stage: ReportStage, is_stale: bool, reason: impl Into<String>) -> Self {
        let (reason, next) = (reason.into(), String::new());
        Self { stage, is_stale, reason, next, action: None, is_package_damaged: false }
    }

    fn then(self, action: Action, next: impl Into<String>) -> Self {
        Self { next: next.into(), action: Some(action), ..self }
    }
}

/// What a report lacks to be final.
struct Lacks<'e> {
    errors: usize,
    /// Whether all errors are in ledgers and belong to no branch.
    is_common: bool,
    gaps: usize,
    missing: &'e [String],
}

impl Lacks<'_> {
    fn nothing(&self) -> bool {
        self.errors == 0 && self.gaps == 0
    }

    /// Errors, gaps and ledgers without a row, in a clause.
    fn clause(&self) -> String {
        let mut parts = Vec::new();
        if self.errors > 0 {
            let whose = if self.is_common { "不属于哪一份报告的" } else { "" };
            parts.push(format!("有{whose}错误 {} 项", self.errors));
        }
        if self.gaps > 0 {
            parts.push(format!("有 {} 处待填写", self.gaps));
            if !self.missing.is_empty() {
                parts.push(format!("《{}》里没有记录", self.missing.join("》《")));
            }
        }
        parts.join("，")
    }

    /// The stage of a report that lacks something.
    fn stage(&self) -> ReportStage {
        match self {
            _ if self.gaps > 0 && !self.missing.is_empty() => ReportStage::LedgersMissing,
            _ if self.errors > 0 => ReportStage::Errors,
            _ => ReportStage::Gaps,
        }
    }

    /// What to do about it.
    fn next(&self) -> (Action, &'static str) {
        match self.stage() {
            ReportStage::LedgersMissing => (Action::PutLedgers, "放入缺的台账；确实没有的，在台账里写明“无”"),
            ReportStage::Errors if self.is_common => {
                (Action::CorrectLedgers, "在“台账”页上看不属于哪一份报告的错误，改正台账")
            }
            ReportStage::Errors => (Action::Correct, "按提示改正台账"),
            _ => (Action::Fill, "在台账里补上待填写的内容"),
        }
    }
}

impl StateInputs<'_> {
    fn lacks(&self) -> Lacks<'_> {
        match self.current {
            Some(now) => Lacks {
                // A report that cannot be made has an error, whatever severity the settings give its finding.
                errors: (now.findings.errors + now.common_errors).max(usize::from(now.shown.is_none())),
                is_common: now.findings.errors == 0 && now.common_errors > 0,
                gaps: now.gaps.len(),
                missing: &now.missing,
            },
            None => Lacks {
                errors: self.record.findings.errors + self.common_errors,
                is_common: self.record.findings.errors == 0 && self.common_errors > 0,
                gaps: self.record.gaps.len(),
                missing: &self.record.missing,
            },
        }
    }

    /// Whether a report with that hash shows something else than it would now; `None` when that is not known.
    fn differs(&self, shown: Digest) -> Option<bool> {
        let current = self.current.filter(|_| shown.is_known())?;
        Some(current.shown != Some(shown))
    }

    /// Why the summary leaves the branch out; empty when it does not.
    pub(crate) fn left_out(&self) -> &str {
        self.current.map_or(&self.record.left_out, |now| &now.left_out)
    }

    fn of_left_out(&self) -> BranchState {
        let reason = format!("设置里写明它未报送，不计入汇总：{}", self.left_out());
        let state = BranchState::new(ReportStage::LeftOut, false, reason);
        state.then(Action::PutLedgers, "报送齐了的，从设置“部门汇总”的“未报送、不计入汇总的单位”里删去")
    }

    fn of_draft(&self) -> BranchState {
        let record = self.record;
        let lacks = self.lacks();
        if record.is_stopped() {
            return self.of_stopped(&lacks);
        }
        if record.files.is_empty() {
            let state = BranchState::new(ReportStage::Nothing, false, "还没有生成过报告");
            return state.then(Action::Build, "生成草稿");
        }
        let is_stale = self.differs(record.shown).unwrap_or_default();
        let changed = if is_stale { "生成草稿之后，台账、设置或模板有改动；" } else { "" };
        if !lacks.nothing() {
            let (action, next) = lacks.next();
            let reason = format!("{changed}{}", lacks.clause());
            return BranchState::new(lacks.stage(), is_stale, reason).then(action, next);
        }
        if self.waiting > 0 {
            let reason = format!("{changed}还有 {} 份报告没有定稿，或者定稿之后有改动", self.waiting);
            return BranchState::new(ReportStage::Waiting, is_stale, reason)
                .then(Action::FinalizeOthers, "先给这些报告定稿");
        }
        if is_stale {
            let reason = "生成草稿之后，台账、设置或模板有改动，草稿还是以前的；按现在的内容没有错误，没有待填写";
            return BranchState::new(ReportStage::Ready, true, reason).then(Action::Build, "重新生成草稿，看过再定稿");
        }
        let ready = BranchState::new(ReportStage::Ready, false, "没有错误，没有待填写");
        ready.then(Action::Finalize, "看过草稿，就可以定稿")
    }

    /// A report that the last run could not make, or not make final.
    fn of_stopped(&self, lacks: &Lacks<'_>) -> BranchState {
        if !lacks.nothing() {
            let (action, next) = lacks.next();
            return BranchState::new(lacks.stage(), false, format!("上次没有生成成：{}", lacks.clause()))
                .then(action, next);
        }
        let reason = if self.record.retry.is_empty() { "上次没有生成成" } else { "上次有文件没有写成" };
        BranchState::new(ReportStage::Nothing, false, reason).then(Action::Build, "重新生成草稿")
    }

    fn of_final(&self, report: &ReportOutcome) -> BranchState {
        let standing_alone = self.record.is_stopped();
        let is_stale = self.differs(report.shown).unwrap_or(report.outdated || standing_alone);
        let (stage, mut reason) = self.stage_of_final();
        if !is_stale {
            return self.damaged(stage, &reason).unwrap_or_else(|| self.up_to_date(stage, reason));
        }
        let lacks = self.lacks();
        let what = match self.changed_ledgers[..] {
            [] => "定稿之后台账、设置或模板改过".to_owned(),
            _ => format!("定稿之后台账改过：{}", self.changed_ledgers.join("、")),
        };
        reason.push_str(&format!("；{what}，报告还是定稿时的内容"));
        if !lacks.nothing() {
            reason.push_str(&format!("；现在{}", lacks.clause()));
            let (action, next) = lacks.next();
            return BranchState::new(stage, true, reason).then(action, format!("{next}，再重新定稿"));
        }
        if self.waiting > 0 {
            let next = format!("还有 {} 份报告没有定稿，或者定稿之后有改动：先给它们定稿，再重新定稿", self.waiting);
            return BranchState::new(stage, true, reason).then(Action::FinalizeOthers, next);
        }
        let lost = match stage {
            ReportStage::Signed => "；原来的签字随即作废，要重新签字",
            ReportStage::Archived => "；原来的签字和归档的不再是现在这一版",
            _ => "",
        };
        BranchState::new(stage, true, reason).then(Action::FinalizeAgain, format!("按现在的内容重新定稿{lost}"))
    }

    /// Final, signed or archived, and why.
    fn stage_of_final(&self) -> (ReportStage, String) {
        if let Some(entry) = self.package.filter(|_| self.damage().is_none()) {
            let remark = self.in_place.as_ref().map(PackageInPlace::remark).unwrap_or_default();
            return (ReportStage::Archived, format!("这一版已归档，档号 {}{remark}", entry.archive_number));
        }
        let current: Vec<&str> = self.named(Version::Current);
        if !current.is_empty() {
            return (ReportStage::Signed, format!("签字件 {} 签的是这一版", current.join("、")));
        }
        let (unsure, old) = (self.named(Version::ByName), self.named(Version::Old));
        let reason = match (&unsure[..], &old[..]) {
            ([], []) if !self.are_scans_known => "签字件还没有看完".to_owned(),
            ([], []) => "还没有签字件".to_owned(),
            ([], old) => format!("签字件 {} 签的是旧版", old.join("、")),
            (unsure, _) => format!("签字件 {} 上没有看到核对码，不知道签的是不是这一版", unsure.join("、")),
        };
        (ReportStage::Final, reason)
    }

    /// Why the package with this version is none any more.
    fn damage(&self) -> Option<&str> {
        match self.in_place.as_ref()? {
            PackageInPlace::Damaged(reason) => Some(reason),
            PackageInPlace::Whole | PackageInPlace::Gone => None,
        }
    }

    /// The state of a final report, up to date, whose package is damaged.
    fn damaged(&self, stage: ReportStage, reason: &str) -> Option<BranchState> {
        let (damage, entry) = (self.damage()?, self.package?);
        let reason = format!("归档包 {} 坏了：{damage}；{reason}", entry.archive_number);
        let next = "用另存的副本换下坏了的归档包，校验一遍".to_owned();
        Some(BranchState { next, is_package_damaged: true, ..BranchState::new(stage, false, reason) })
    }

    fn named(&self, version: Version) -> Vec<&str> {
        self.copies.iter().filter(|copy| copy.version == version).map(|copy| copy.name.as_str()).collect()
    }

    /// A final report that shows what it would show now.
    fn up_to_date(&self, stage: ReportStage, reason: String) -> BranchState {
        let state = BranchState::new(stage, false, reason);
        let unsure = self.named(Version::ByName);
        match stage {
            ReportStage::Archived => state,
            // A report is not archived while one of its scans may be of another version.
            ReportStage::Signed if !unsure.is_empty() => {
                let next = format!("看一下签字件 {}，确认或者移走，再归档", unsure.join("、"));
                state.then(Action::ConfirmSigned, next)
            }
            ReportStage::Signed => state.then(Action::Archive, "归档"),
            _ if !unsure.is_empty() => state.then(Action::ConfirmSigned, "看一下签字件，确认签的是这一版"),
            _ if !self.are_scans_known => state,
            _ => state.then(Action::Sign, "打印出来签字，扫描后放进来"),
        }
    }
}
