//! The department's metrics, report and table, from all branches' metrics.

use rayon::prelude::*;
use rust_decimal::Decimal;

use super::Built;
use super::report::{Failure, ReportBuilder, write};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::expr::{BranchMetrics, Expressions, MetricResult, SummaryValues};
use crate::manifest::{self, Issued, SOURCES};
use crate::metric::Metrics;
use crate::model::Branch;
use crate::notice::{Notice, Summary};
use crate::provenance::SummaryTracer;
use crate::store::{RenderedFile, ReportDir};
use crate::template::{Outline, Templates};
use crate::{report, workbook};

/// What all branches come to together.
#[derive(Debug)]
pub struct Department<'a> {
    branches: &'a [Branch],
    values: Vec<Vec<Option<Decimal>>>,
    overview: SummaryValues,
    /// The metrics over all branches.
    pub metrics: Metrics,
}

impl<'a> Department<'a> {
    /// The department's lists and metrics; one that comes to nothing is a finding.
    pub fn of(
        branches: &'a [Branch],
        metrics: &[Metrics],
        (notice, summary): (&Notice, &Summary),
        expressions: &Expressions,
        findings: &mut Vec<Diagnostic>,
    ) -> Self {
        let values: Vec<Vec<Option<Decimal>>> = metrics.iter().map(|metrics| metrics.values().collect()).collect();
        let overview = expressions.summary_values(notice, &branch_metrics(branches, &values));
        for (metric, outcome) in summary.metric.values().zip(&overview.metrics) {
            let reason = match outcome {
                MetricResult::Number(_) => continue,
                MetricResult::Missing(_) => "有的党组织缺少需要的指标",
                MetricResult::Failed(reason) => reason,
            };
            let message = format!("“{}”无法计算：{reason}", metric.label);
            findings.push(Diagnostic::new(&code::NO_METRIC, Location::Branch, message).of_branch(&summary.name));
        }
        let metrics = Metrics::new(&overview.metrics, summary.metric.values());
        Self { branches, values, overview, metrics }
    }
}

fn branch_metrics<'s>(branches: &'s [Branch], values: &'s [Vec<Option<Decimal>>]) -> Vec<BranchMetrics<'s>> {
    let pairs = branches.iter().zip(values);
    pairs.map(|(branch, metrics)| BranchMetrics { name: branch.name(), kind: branch.kind(), metrics }).collect()
}

impl ReportBuilder<'_> {
    /// Makes the department's report and table and writes their files; `incomplete` when a branch has no report.
    pub fn summary(
        &self,
        department: &Department<'_>,
        (summary, templates): (&Summary, &Templates),
        folder: &str,
        incomplete: bool,
        findings: &mut Vec<Diagnostic>,
    ) -> Built {
        let (name, own_folder) = (summary.name.clone(), folder.to_owned());
        let mut built = Built { branch: name, folder: own_folder, stopped: true, ..Built::default() };
        let branch_metrics = branch_metrics(department.branches, &department.values);
        let tracer = SummaryTracer::new(department.branches, self.notice, self.expressions);
        let outline = Outline::for_summary(summary);
        let context = templates.summary_context(
            &branch_metrics,
            &department.overview,
            &department.metrics,
            self.notice,
            summary,
            tracer.keys(),
        );
        let filled = templates.fill(&context, outline, self.notice);
        // What the templates were given is large and of no more use.
        drop(context);
        let find = |key| tracer.origin(key);
        let made =
            filled.and_then(|filled| report::assemble(&filled, outline.letter, self.notice, self.options.date, &find));
        let mut report = match made {
            Ok(report) => report,
            Err(finding) => {
                findings.push(finding.of_branch(&summary.name));
                return built;
            }
        };
        built.gaps = report.gaps();
        let why = incomplete.then_some("有的党组织还没有正式报告，未生成正式的汇总");
        if self.options.is_final && self.refuses(&summary.name, folder, &built.gaps, why, findings) {
            return built;
        }
        self.stamp(&mut report, 0);
        built.issued = Issued::of(&report);
        let folder = ReportDir::new(self.outputs, folder);
        // The one report that has no other beside it to keep all cores at work. Each file is written as soon as it is
        // made: of a large department they are large.
        let write_one = |made| folder.write::<Failure>(vec![made]);
        let sources = || {
            let sources = manifest::sources_of_department(&department.metrics, &report, &tracer, self.notice);
            write_one(RenderedFile { name: SOURCES.to_owned(), bytes: Ok(sources) })
        };
        let reports = || {
            let reports = self.renderers.par_iter();
            reports.map(|renderer| write_one(write(&**renderer, &report, outline, &folder))).flatten_iter().collect()
        };
        let ((sources, reports), table): ((_, Vec<_>), _) =
            rayon::join(|| rayon::join(sources, reports), || workbook::summary(&branch_metrics, self.notice));
        let table =
            write_one(RenderedFile { name: format!("{}表.xlsx", folder.name()), bytes: table.map_err(Failure::from) });
        self.issue([sources, table, reports].into_iter().flatten(), &folder, &mut built, findings);
        built
    }
}
