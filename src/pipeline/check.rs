//! All that a build would say, without writing anything: the ledgers are analyzed, the metrics computed and reconciled,
//! and every template is filled for every branch.

use std::collections::HashMap;
use std::path::Path;

use rayon::prelude::*;

use super::attachments::{Attachments, strays};
use super::compute::compute;
use super::draft::Drafts;
use super::empty_ledgers::EmptyLedgers;
use super::previous_period;
use super::shown::shown;
use super::summary::Department;
use super::{Analysis, BuildError, Progress, Settings, analyze};
use crate::diagnostics::{Diagnostic, Findings, Severity, SeverityCounts, WithDiagnostics};
use crate::ingest::Readers;
use crate::manifest::CurrentReport;
use crate::metric::Metrics;
use crate::model::Branch;
use crate::notice::Notice;
use crate::reconcile;
use crate::render::content;
use crate::report::Report;

/// Analyzes the ledgers below `input` and adds to the findings what making the reports would find. The analysis'
/// account of rows is used up. A fault of a template is found for each branch whose report it stops.
///
/// # Errors
/// When the folder cannot be listed, or it takes too many steps.
pub fn check(
    settings: &Settings,
    input: &Path,
    readers: &Readers,
    progress: &dyn Progress,
) -> Result<Analysis, BuildError> {
    let Settings { notice, expressions, .. } = settings;
    expressions.steps().begin_run();
    let mut analysis = analyze(settings, input, readers, progress)?;
    let mut findings = Findings::resume(notice.severity_overrides(), std::mem::take(&mut analysis.findings));
    if !analysis.bound.branches.is_empty() {
        findings.extend(previous_period::attach(&mut analysis.bound, settings, readers)?);
    }
    let bound = &analysis.bound;
    if bound.branches.is_empty() {
        // The rule about rosters has found it.
        analysis.findings = findings.into_vec();
        return Ok(analysis);
    }
    let audited = std::mem::take(&mut analysis.audit).reconcile(bound, notice);
    let metrics = compute(&bound.branches, settings, progress).append_to(&mut findings);
    findings.extend(reconcile::reconcile(audited, bound, &metrics, notice, expressions).findings());
    findings.extend(strays(&bound.branches, notice));
    let pairs = bound.branches.par_iter().zip(&metrics);
    let drafts = Drafts { settings, pictures: &analysis.pictures, date: None };
    let of_branches: Vec<WithDiagnostics<CurrentReport>> =
        pairs.map(|(branch, metrics)| branch_report(branch, metrics, drafts)).collect();
    let mut current: Vec<CurrentReport> = of_branches.into_iter().map(|made| made.append_to(&mut findings)).collect();
    if let Some(summary) = &notice.summary {
        let department = Department::compute(bound, &metrics, summary, settings).append_to(&mut findings);
        let report = CurrentReport { name: summary.name.clone(), ..CurrentReport::default() };
        let beside = department.table_key(notice);
        let draft = drafts.of_department(&department, |made| seen(&report, made, notice, &beside));
        match draft {
            Some(Ok(report)) => current.push(report),
            Some(Err(finding)) => {
                findings.extend([*finding]);
                current.push(report);
            }
            None => {}
        }
    }
    settings.within_steps()?;
    analysis.findings = findings.into_vec();
    count_findings(&mut current, &analysis.findings);
    analysis.current = current;
    Ok(analysis)
}

/// What a branch's report would be now, with what is wrong with the files of its annexes and why there can be no
/// report.
fn branch_report(branch: &Branch, metrics: &Metrics, drafts: Drafts<'_>) -> WithDiagnostics<CurrentReport> {
    let notice = &drafts.settings.notice;
    let mut findings = Vec::new();
    let attachments = Attachments::of_branch(branch, notice).append_to(&mut findings);
    let EmptyLedgers { missing, nil } = EmptyLedgers::of(branch, notice);
    let without_value = metrics.values().enumerate().filter(|(_, value)| value.is_none()).map(|(at, _)| at).collect();
    let name = branch.name().to_owned();
    let left_out = branch.left_out().unwrap_or_default().to_owned();
    let report = CurrentReport { name, missing, nil, without_value, left_out, ..CurrentReport::default() };
    let beside = attachments.key();
    let draft = drafts.of_branch(branch, metrics, &attachments, |made| seen(&report, made, notice, &beside));
    let report = draft.unwrap_or_else(|finding| {
        findings.push(*finding);
        report
    });
    WithDiagnostics::new(report, findings)
}

/// A report that can be made, with what it would show.
fn seen(report: &CurrentReport, made: &Report<'_>, notice: &Notice, beside: &[u8]) -> CurrentReport {
    let shown = Some(shown(&content(made), notice, beside));
    CurrentReport { shown, gaps: made.gaps().to_vec(), ..report.clone() }
}

/// Counts the findings of each report, and the errors that belong to no branch.
fn count_findings(current: &mut [CurrentReport], findings: &[Diagnostic]) {
    let mut counts: HashMap<&str, SeverityCounts> = HashMap::new();
    let mut common_errors = 0;
    for finding in findings {
        match &finding.branch {
            Some(branch) => counts.entry(branch).or_default().add(finding.severity),
            None => common_errors += usize::from(finding.severity == Severity::Error),
        }
    }
    for report in current {
        report.findings = counts.get(report.name.as_str()).copied().unwrap_or_default();
        report.common_errors = common_errors;
    }
}
