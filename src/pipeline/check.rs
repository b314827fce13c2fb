//! All that a build would say, without writing anything: the ledgers are analyzed, the metrics computed and reconciled,
//! and every template is filled for every branch.

use std::path::Path;

use rayon::prelude::*;

use super::attachments::Attachments;
use super::compute::compute;
use super::summary::Department;
use super::{Analysis, BuildError, Progress, Settings, analyze};
use crate::diagnostics::{Diagnostic, Findings};
use crate::ingest::Readers;
use crate::metric::Metrics;
use crate::model::Branch;
use crate::notice::Summary;
use crate::picture::Pictures;
use crate::provenance::{SummaryTracer, Tracer};
use crate::reconcile;
use crate::report;
use crate::template::{BranchValues, Outline, Templates};

/// Analyzes the ledgers below `input` and adds to the findings what making the reports would find. The analysis' account
/// of rows is used up. A fault of a template is found for each branch whose report it stops.
///
/// # Errors
/// When the folder cannot be listed.
pub fn check(
    settings: &Settings,
    input: &Path,
    readers: &Readers,
    progress: &dyn Progress,
) -> Result<Analysis, BuildError> {
    let Settings { notice, expressions, .. } = settings;
    let mut analysis = analyze(settings, input, readers, progress)?;
    let mut findings = Findings::resume(notice.severity_overrides(), std::mem::take(&mut analysis.findings));
    let bound = &analysis.bound;
    if bound.branches.is_empty() {
        // The rule about rosters has found it.
        analysis.findings = findings.into_vec();
        return Ok(analysis);
    }
    let audited = std::mem::take(&mut analysis.audit).reconcile(bound, notice);
    let metrics = compute(&bound.branches, settings, progress).append_to(&mut findings);
    findings.extend(reconcile::reconcile(audited, bound, &metrics, notice, expressions).findings());
    let pairs = bound.branches.par_iter().zip(&metrics);
    let of_branches: Vec<Vec<Diagnostic>> =
        pairs.map(|(branch, metrics)| branch_objections(branch, metrics, &analysis.pictures, settings)).collect();
    findings.extend(of_branches.into_iter().flatten());
    if let (Some(summary), Some(templates)) = (&notice.summary, &settings.summary_templates) {
        let department = Department::compute(&bound.branches, &metrics, summary, settings).append_to(&mut findings);
        findings.extend(department_objection(&department, &analysis.pictures, summary, templates, settings));
    }
    analysis.findings = findings.into_vec();
    Ok(analysis)
}

/// What is wrong with the files of a branch's annexes, and why there can be no report of it.
fn branch_objections(branch: &Branch, metrics: &Metrics, pictures: &Pictures, settings: &Settings) -> Vec<Diagnostic> {
    let Settings { notice, expressions, templates, .. } = settings;
    let mut findings = Vec::new();
    let attachments = Attachments::of_branch(branch, notice).append_to(&mut findings);
    let outline = Outline::for_branches(notice);
    let tracer = Tracer::new(branch, notice, expressions);
    let values = BranchValues { branch, metrics, expressions, keys: tracer.keys(), attached: &attachments.names };
    let report = templates.fill_branch(values, notice).and_then(|filled| {
        report::assemble(&filled, outline.letter, notice, None, pictures, &|key| tracer.origin(key))
    });
    findings.extend(report.err().map(|finding| finding.of_branch(branch.name())));
    findings
}

/// Why there can be no report of the department.
fn department_objection(
    department: &Department<'_>,
    pictures: &Pictures,
    summary: &Summary,
    templates: &Templates,
    settings: &Settings,
) -> Option<Diagnostic> {
    let Settings { notice, expressions, .. } = settings;
    let outline = Outline::for_summary(summary);
    let tracer = SummaryTracer::new(department.branches(), notice, expressions);
    let filled = department.fill(templates, summary, notice, &tracer);
    let report = filled.and_then(|filled| {
        report::assemble(&filled, outline.letter, notice, None, pictures, &|key| tracer.origin(key))
    });
    report.err().map(|finding| finding.of_branch(&summary.name))
}
