//! A build, from settings and ledgers to files and the record of the run.
//!
//! | phase | from | to |
//! |---|---|---|
//! | load | `notice.toml`, templates | [`Settings`] |
//! | read, analyze | ledger files | [`Analysis`]: bound and checked rows |
//! | compute | rows | metrics and their [`reconcile::Reconciliation`] |
//! | render, write | rows and metrics, the previous run's record | a [`ReportOutcome`] for each report |
//! | record | outcomes and findings | `run.json`, the home page |
//!
//! Each phase is a function from values to a value with its findings; [`Findings`] collects these and applies the
//! settings' severities. Two phases run at the same time only where neither uses the other's result.
//!
//! [`ReportOutcome`]: crate::manifest::ReportOutcome

mod context;
mod finals;
mod former;
mod losses;
mod read_phase;
mod record;
mod render_phase;

use super::attachments::Attachments;
use super::compute::compute;
use super::fonts;
use super::previous_period::{self, refuse_own_output};
use super::readers::cached_readers;
use super::{Analysis, BuildError, BuildOutcome, Options, Progress, Settings};
use crate::diagnostics::{Findings, merge_equal};
use crate::reconcile;
use context::{BuildContext, Opened, RunValues};
use read_phase::InputsOfRun;

/// Builds the reports of all branches asked for. A branch that cannot be done stops no other.
///
/// # Errors
/// When nothing can be built: unusable settings, no input, no roster, an unknown branch, another run in the folder.
pub fn build(options: &Options, progress: &dyn Progress) -> Result<BuildOutcome, BuildError> {
    build_with(Settings::load(&options.notice)?, options, progress)
}

/// The same with settings that are loaded already.
///
/// # Errors
/// As for [`build`].
pub fn build_with(settings: Settings, options: &Options, progress: &dyn Progress) -> Result<BuildOutcome, BuildError> {
    // Load.
    let settings = settings.with_previous(options.previous.clone());
    refuse_own_output(&settings, &options.output)?;
    let notice = &settings.notice;
    let readers = cached_readers(notice, &options.machine, &options.output);
    // Drafts do not wait for a second reading.
    let readers = if options.is_final { readers.reading_twice() } else { readers };
    let run_budget = readers.run_budget();
    let fonts = fonts::find(options, notice)?;

    // Read and analyze.
    let inputs = read_phase::read(&settings, options, &readers, fonts.output.as_ref(), progress)?;
    let InputsOfRun { renderers, analysis, selection } = inputs;
    let Analysis { mut bound, findings, audit, files, pictures, held, .. } = analysis;
    let mut findings = Findings::resume(notice.severity_overrides(), findings);
    let fonts = fonts.append_to(&mut findings);
    findings.extend(previous_period::attach(&mut bound, &settings, &readers)?);
    let bound = bound;

    // Compute. The output folder is opened and the previous run's record read meanwhile.
    let (opened, (metrics, audited)) = rayon::join(
        || context::open(options, notice, readers),
        || rayon::join(|| compute(&bound.branches, &settings, progress), || audit.reconcile(&bound, notice)),
    );
    let Opened { outputs, previous } = opened?.append_to(&mut findings);
    let metrics = metrics.append_to(&mut findings);
    settings.within_steps()?;
    let proof = reconcile::reconcile(audited, &bound, &metrics, notice, &settings.expressions);
    findings.extend(proof.findings());

    let attachments = Attachments::of_branches(&bound.branches, notice).append_to(&mut findings);

    // Render and write.
    let computed = RunValues {
        bound: &bound,
        metrics: &metrics,
        attachments: &attachments,
        files: &files,
        pictures: &pictures,
        fonts: fonts.as_ref().map(|fonts| fonts.digest()),
        render_bytes: run_budget.saturating_sub(held),
    };
    let context = BuildContext::new(options, &settings, computed, &previous, &renderers, &outputs, findings.as_slice());
    let losses = finals::losses(&context, &selection.branches);
    let reports = render_phase::reports(&context, &losses, &selection, progress).append_to(&mut findings);

    // What was written is recorded, also when there was no end to the rest.
    let steps = settings.within_steps();

    // Record.
    let is_complete = options.covers_all_branches() && !reports.cancelled;
    let records = record::records(&context, &reports, findings.as_slice());
    let gone = former::branches(&context, &records, is_complete).append_to(&mut findings);
    let run = record::manifest(&context, records, gone, &proof, findings.counts());
    let is_sound = is_complete && proof.holds && !reports.any_stopped();
    let unrecorded = record::write(&run, options, outputs, is_sound);
    let is_unrecorded = !unrecorded.is_empty();
    findings.extend(unrecorded);
    steps?;

    let refused = (options.is_final || !options.branches.is_empty()) && reports.any_kept_final();
    Ok(BuildOutcome {
        reports: reports.branches,
        summary: reports.summary,
        findings: merge_equal(findings.into_vec()),
        proof,
        unrecorded: is_unrecorded,
        refused,
        cancelled: reports.cancelled,
    })
}
