//! A report's draft that is not written: filled and assembled, for what only looks at it.

use jiff::civil::Date;

use super::attachments::Attachments;
use super::compute::compute;
use super::summary::Department;
use super::{Analysis, NoProgress, Settings};
use crate::diagnostics::Diagnostic;
use crate::metric::Metrics;
use crate::model::Branch;
use crate::picture::Pictures;
use crate::provenance::Tracer;
use crate::report::{self, Report};
use crate::template::{BranchValues, ReportStructure};

/// Why there can be no report.
pub(super) type DraftError = Box<Diagnostic>;

/// What the drafts of a run have in common.
#[derive(Clone, Copy)]
pub(super) struct Drafts<'a> {
    pub settings: &'a Settings,
    /// The pictures that reports may print.
    pub pictures: &'a Pictures,
    /// 成文日期 in place of the settings'.
    pub date: Option<Date>,
}

impl Drafts<'_> {
    /// Looks at one draft: that of the branch at a place among those of the ledgers, or the department's. `look` also
    /// gets what identifies the documents that belong to it, as `shown` takes it.
    ///
    /// # Errors
    /// With why there can be none, in Chinese.
    pub(super) fn of_one<T>(
        &self,
        analysis: &Analysis,
        branch: Option<usize>,
        look: impl FnOnce(&Report<'_>, &[u8]) -> T,
    ) -> Result<T, String> {
        let (settings, branches) = (self.settings, &analysis.bound.branches);
        settings.expressions.steps().begin_run();
        let looked = match branch {
            Some(at) => {
                let branch = branches.get(at).ok_or("没有这个单位，名册可能刚刚换过")?;
                let metrics = compute(std::slice::from_ref(branch), settings, &NoProgress).output;
                let metrics = metrics.first().ok_or("程序内部出错")?;
                let attachments = Attachments::of_branch(branch, &settings.notice).output;
                let beside = attachments.key();
                Some(self.of_branch(branch, metrics, &attachments, |report| look(report, &beside)))
            }
            None => settings.notice.summary.as_ref().and_then(|summary| {
                let metrics = compute(branches, settings, &NoProgress).output;
                let department = Department::compute(&analysis.bound, &metrics, summary, settings).output;
                let beside = department.table_key(&settings.notice);
                self.of_department(&department, |report| look(report, &beside))
            }),
        };
        let looked = looked.ok_or("这份通知没有汇总报告")?;
        looked.map_err(|finding| format!("{}：{}", finding.location, finding.message))
    }

    /// Looks at a branch's draft.
    ///
    /// # Errors
    /// With why there can be none.
    pub(super) fn of_branch<T>(
        &self,
        branch: &Branch,
        metrics: &Metrics,
        attachments: &Attachments,
        look: impl FnOnce(&Report<'_>) -> T,
    ) -> Result<T, DraftError> {
        let Settings { notice, expressions, templates, .. } = self.settings;
        let tracer = Tracer::new(branch, notice, expressions);
        let values = BranchValues { branch, metrics, expressions, keys: tracer.keys(), attached: &attachments.names };
        let letter = ReportStructure::for_branches(notice).letter;
        let filled = templates.fill_branch(values, notice);
        let report = filled.and_then(|filled| {
            report::assemble(&filled, letter, notice, self.date, self.pictures, &|key| tracer.origin(key))
        });
        report.map(|report| look(&report)).map_err(|finding| Box::new(finding.of_branch(branch.name())))
    }

    /// Looks at the department's draft; `None` when the notice has none.
    ///
    /// # Errors
    /// With why there can be none.
    pub(super) fn of_department<T>(
        &self,
        department: &Department<'_>,
        look: impl FnOnce(&Report<'_>) -> T,
    ) -> Option<Result<T, DraftError>> {
        let Settings { notice, expressions, summary_templates, .. } = self.settings;
        let (summary, templates) = (notice.summary.as_ref()?, summary_templates.as_ref()?);
        let tracer = department.tracer(notice, expressions);
        let letter = ReportStructure::for_summary(summary).letter;
        let filled = department.fill(templates, summary, notice, &tracer);
        let report = filled.and_then(|filled| {
            report::assemble(&filled, letter, notice, self.date, self.pictures, &|key| tracer.origin(key))
        });
        Some(report.map(|report| look(&report)).map_err(|finding| Box::new(finding.of_branch(&summary.name))))
    }
}
