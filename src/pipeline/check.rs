//! All that a build would say, without writing anything: the ledgers are analyzed, the metrics computed and reconciled,
//! and every template is filled for every branch.

use std::path::Path;

use rayon::prelude::*;

use super::attachments::Attachments;
use super::compute::compute;
use super::draft::Drafts;
use super::previous_period;
use super::summary::Department;
use super::{Analysis, BuildError, Progress, Settings, analyze};
use crate::diagnostics::{Diagnostic, Findings};
use crate::ingest::Readers;
use crate::metric::Metrics;
use crate::model::Branch;
use crate::reconcile;

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
    let pairs = bound.branches.par_iter().zip(&metrics);
    let drafts = Drafts { settings, pictures: &analysis.pictures };
    let of_branches: Vec<Vec<Diagnostic>> =
        pairs.map(|(branch, metrics)| branch_objections(branch, metrics, drafts)).collect();
    findings.extend(of_branches.into_iter().flatten());
    if let Some(summary) = &notice.summary {
        let department = Department::compute(bound, &metrics, summary, settings).append_to(&mut findings);
        let draft = drafts.of_department(&department, |_| ());
        findings.extend(draft.and_then(Result::err).map(|finding| *finding));
    }
    analysis.findings = findings.into_vec();
    Ok(analysis)
}

/// What is wrong with the files of a branch's annexes, and why there can be no report of it.
fn branch_objections(branch: &Branch, metrics: &Metrics, drafts: Drafts<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let attachments = Attachments::of_branch(branch, &drafts.settings.notice).append_to(&mut findings);
    let draft = drafts.of_branch(branch, metrics, &attachments, |_| ());
    findings.extend(draft.err().map(|finding| *finding));
    findings
}
