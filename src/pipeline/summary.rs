//! The department's metrics, report and table, computed from all branches' metrics.

use std::fmt::Write as _;

use rayon::prelude::*;
use rust_decimal::Decimal;

use super::Settings;
use super::report::{Destination, Failure, Objection, ReportBuilder, render};
use crate::diagnostics::{Diagnostic, Location, Severity, WithDiagnostics, code};
use crate::expr::{BranchMetrics, Expressions, MetricResult, SummaryValues};
use crate::manifest::{PREVIOUS, PreviousBranch, PreviousRecord, ReportOutcome, SOURCES, Sources, recorded_values};
use crate::metric::{self, Metrics, WithoutValue};
use crate::model::{BoundLedgers, Branch};
use crate::notice::{Notice, Summary};
use crate::provenance::SummaryTracer;
use crate::store::{RenderedFile, ReportDir};
use crate::template::{DepartmentValues, FilledTemplates, ReportStructure, Templates};
use crate::workbook::{self, SummaryContent, WorkbookError};

/// The metrics of all branches together, but for those that the settings leave out.
#[derive(Debug)]
pub(super) struct Department<'a> {
    bound: &'a BoundLedgers,
    /// The branches that it is about.
    branches: Vec<&'a Branch>,
    /// The branches that are left out.
    left_out: Vec<&'a Branch>,
    /// Each branch's metrics, as reported, in the order of `branches`.
    values: Vec<Vec<Option<Decimal>>>,
    /// Lists and metrics over them, before rounding.
    summary_values: SummaryValues,
    /// The department's metrics.
    pub metrics: Metrics,
    /// Whether a check of the department finds an error.
    has_error: bool,
}

impl<'a> Department<'a> {
    /// Computes the department's lists and metrics; findings name the metrics without a value.
    pub(super) fn compute(
        bound: &'a BoundLedgers,
        metrics: &[Metrics],
        summary: &Summary,
        settings: &Settings,
    ) -> WithDiagnostics<Self> {
        let (branches, left_out) = (bound.reporting(), bound.left_out());
        let reported = bound.branches.iter().zip(metrics).filter(|(branch, _)| branch.left_out().is_none());
        let values: Vec<Vec<Option<Decimal>>> = reported.map(|(_, metrics)| metrics.values().collect()).collect();
        let of_branches = branch_metrics(&branches, &values);
        let previous = bound.department_previous();
        let summary_values = settings.expressions.summary_values(&settings.notice, &of_branches, previous);
        let mut without = WithoutValue::default();
        for (metric, outcome) in summary.metric.values().zip(&summary_values.metrics) {
            let reason = match outcome {
                MetricResult::Number(_) => continue,
                MetricResult::Missing(_) => "有的单位缺少需要的指标",
                MetricResult::Failed(reason) => reason,
            };
            without.add(&metric.label, Location::Branch, reason);
        }
        let findings = without.findings(&summary.name).into_iter();
        let mut findings: Vec<Diagnostic> =
            findings.map(|finding| finding.cure("补齐各单位的待填写，汇总就有这些数")).collect();
        let metrics = Metrics::new(&summary_values.metrics, summary.metric.values());
        let overrides = settings.notice.severity_overrides();
        // Zeros over no branch at all would be no summary.
        let mut has_error = branches.is_empty();
        for held in &summary_values.held_checks {
            let notice = &settings.notice;
            let finding = metric::held_check(&code::DEPARTMENT_CHECK, held, &metrics, &summary.metric, notice);
            has_error |= finding.iter().any(|finding| overrides.severity_of(finding) == Severity::Error);
            findings.extend(finding.map(|finding| finding.of_branch(&summary.name)));
        }
        WithDiagnostics::new(Self { bound, branches, left_out, values, summary_values, metrics, has_error }, findings)
    }
}

fn branch_metrics<'s>(branches: &[&'s Branch], values: &'s [Vec<Option<Decimal>>]) -> Vec<BranchMetrics<'s>> {
    let pairs = branches.iter().zip(values);
    let pairs = pairs.map(|(branch, metrics)| BranchMetrics {
        name: branch.name(),
        kind: branch.kind(),
        metrics,
        previous: branch.previous(),
    });
    pairs.collect()
}

impl<'a> Department<'a> {
    /// A tracer of what its report prints.
    pub(super) fn tracer<'t>(&'t self, notice: &'t Notice, expressions: &'t Expressions) -> SummaryTracer<'t> {
        SummaryTracer::new(&self.branches, notice, expressions, self.bound.department_previous())
    }

    /// Identifies the contents of its table: every branch's metrics, the ledgers in which it has no rows, and the
    /// branches that are left out.
    pub(super) fn table_key(&self, notice: &Notice) -> Vec<u8> {
        let mut text = String::new();
        for (branch, values) in self.branches.iter().zip(&self.values) {
            let is_empty = |ledger: &usize| branch.rows(*ledger).is_some_and(<[_]>::is_empty);
            let empty = (0..notice.ledger.len()).filter(is_empty).map(|ledger| (ledger, branch.has_nil_report(ledger)));
            // Writing into a string does not fail.
            let _ = writeln!(text, "{:?} {values:?} {:?}", branch.name(), empty.collect::<Vec<_>>());
        }
        for branch in &self.left_out {
            let _ = writeln!(text, "{:?} left out", branch.name());
        }
        text.into_bytes()
    }

    /// The bytes of its table.
    ///
    /// # Errors
    /// As for [`workbook::summary`].
    pub(super) fn table(&self, notice: &Notice, expressions: &Expressions) -> Result<Vec<u8>, WorkbookError> {
        let (branches, left_out) = (&self.branches, &self.left_out);
        let metrics = branch_metrics(branches, &self.values);
        workbook::summary(&SummaryContent { branches, left_out, metrics: &metrics, expressions, notice })
    }

    /// What its report uses of an earlier run; `None` when the run compares with none.
    fn previous(&self, notice: &Notice) -> Option<PreviousRecord> {
        let period = self.bound.previous.as_ref()?;
        let branch = |branch: &Branch| PreviousBranch {
            name: branch.name().to_owned(),
            metrics: recorded_values(branch.previous(), &notice.metric),
        };
        let branches = self.bound.branches.iter().filter(|branch| !branch.previous().is_empty());
        Some(PreviousRecord {
            file: period.file.clone(),
            digest: period.digest,
            department: notice
                .summary
                .as_ref()
                .map(|summary| recorded_values(&period.department, &summary.metric))
                .unwrap_or_default(),
            branches: branches.map(branch).collect(),
            reporting: period.reporting,
        })
    }

    /// Fills the department's templates. The template context of all branches is large: it ends here.
    ///
    /// # Errors
    /// As for [`Templates::fill_department`].
    pub(super) fn fill(
        &self,
        templates: &Templates,
        summary: &Summary,
        notice: &Notice,
        tracer: &SummaryTracer<'_>,
    ) -> Result<FilledTemplates, Box<Diagnostic>> {
        let values = DepartmentValues {
            branches: &self.branches,
            left_out: &self.left_out,
            branch_metrics: &branch_metrics(&self.branches, &self.values),
            previous: self.bound.department_previous(),
            previous_reporting: self.bound.previous.as_ref().and_then(|previous| previous.reporting),
            overview: &self.summary_values,
            metrics: &self.metrics,
            expressions: tracer.expressions(),
            keys: tracer.keys(),
        };
        templates.fill_department(values, notice, summary)
    }
}

/// What to do about a summary that waits for others.
const FINALIZE_OTHERS: &str = "先给这些单位定稿，改正列出的错误，再重新生成；到期不等的单位，在设置“部门汇总”的\
                               “未报送、不计入汇总的单位”（summary.left_out）里写上它和理由";

/// The order for the department's report.
pub(super) struct SummaryOrder<'a> {
    pub summary: &'a Summary,
    pub templates: &'a Templates,
    /// The name of its folder.
    pub folder: &'a str,
    /// Whether it is to be final and a branch's final report is missing.
    pub incomplete: bool,
}

impl ReportBuilder<'_> {
    /// Makes the department's report and table and writes their files.
    pub(super) fn build_summary(
        &self,
        department: &Department<'_>,
        order: &SummaryOrder<'_>,
    ) -> WithDiagnostics<ReportOutcome> {
        let SummaryOrder { summary, templates, folder, incomplete } = *order;
        let tracer = department.tracer(self.notice, self.expressions);
        let outline = ReportStructure::for_summary(summary);
        let filled = department.fill(templates, summary, self.notice, &tracer);
        let objection = incomplete.then_some("有的单位还没有正式报告，或者定稿之后有改动，未生成正式的汇总");
        let objection = objection.or(department.has_error.then_some("汇总的核对有错误，未生成正式的汇总"));
        let objection = objection.map(|message| Objection { message, cure: FINALIZE_OTHERS });
        let beside = department.table_key(self.notice);
        let destination = Destination { name: &summary.name, place: 0, folder, beside: &beside, objection };
        let assembled = match self.assemble(filled, outline, &|key| tracer.origin(key), &destination) {
            Ok(assembled) => assembled,
            Err(refusal) => return refusal.into_outcome(&destination),
        };
        let report = &assembled.report;
        let dir = ReportDir::new(self.outputs, folder);
        // No other report keeps the remaining cores busy, so its files are made in parallel; each is written as soon as
        // it is made, for those of a large department take much memory.
        let write_one = |made| dir.write::<Failure>(vec![made]);
        let sources = || {
            let sources = Sources::of_department(&department.metrics, report, &tracer, self.notice);
            write_one(RenderedFile { name: SOURCES.to_owned(), bytes: Ok(sources.to_json()) })
        };
        let documents = || {
            let renderers = self.renderers.par_iter();
            renderers
                .map(|renderer| dir.write::<Failure>(render(&**renderer, report, outline, &dir)))
                .flatten_iter()
                .collect()
        };
        let table = || department.table(self.notice, self.expressions);
        let ((sources, documents), table): ((_, Vec<_>), _) = rayon::join(|| rayon::join(sources, documents), table);
        let name = format!("{}表.xlsx", dir.name());
        let table = write_one(RenderedFile { name, bytes: table.map_err(Failure::from) });
        let previous = department
            .previous(self.notice)
            .map(|record| write_one(RenderedFile { name: PREVIOUS.to_owned(), bytes: Ok(record.to_json()) }));
        let previous = previous.unwrap_or_default();
        let stored: Vec<_> = [sources, table, documents, previous].into_iter().flatten().collect();
        self.record(assembled, stored, &dir, &destination)
    }
}
