//! A report's draft that is not written: filled and assembled, for what only looks at it.

use jiff::civil::Date;

use super::Settings;
use super::attachments::Attachments;
use super::summary::Department;
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
