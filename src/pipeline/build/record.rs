//! The record phase: what a run leaves for programs, for the next run and for readers of the output folder.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::context::BuildContext;
use super::finals;
use super::render_phase::Reports;
use crate::dashboard::{self, Dashboard, DashboardInputs};
use crate::diagnostics::{Diagnostic, Location, SeverityCounts, code};
use crate::manifest::{self, ComparedWith, ReportOutcome, RunManifest};
use crate::metric;
use crate::model::Branch;
use crate::pipeline::{Options, RunScope, chain, folder_name};
use crate::reconcile::Reconciliation;
use crate::store::{OutputDir, StoreError};

/// The entries of the manifest (`run.json`, or a shard's): one for each report.
pub(super) struct RunRecords {
    /// Of all branches in the roster's order, then of roster rows that cannot be used.
    pub branches: Vec<ReportOutcome>,
    pub department: ReportOutcome,
}

/// The records of a run's reports, with their findings counted. A branch that was not asked for keeps its previous
/// record, and so does the department; the record of a shard has only the branches that the shard was asked for.
pub(super) fn records(context: &BuildContext<'_>, reports: &Reports, findings: &[Diagnostic]) -> RunRecords {
    let counts = counts_by_branch(findings);
    let made: HashMap<&str, &ReportOutcome> =
        reports.branches.iter().map(|report| (report.name.as_str(), report)).collect();
    let is_shard = matches!(context.options.scope, RunScope::Shard { .. });
    let recorded = |report: &ReportOutcome| {
        let standing = || context.previous.final_report(&report.name, context.builder.outputs);
        finals::recorded(context, counted(report, &counts), report.is_stopped().then(standing).flatten())
    };
    let record = |index: usize| {
        let branch = &context.branches()[index];
        if let Some(report) = made.get(branch.name()) {
            return Some(recorded(report));
        }
        if is_shard {
            return None;
        }
        context.previous.branch(branch.name()).cloned().or_else(|| {
            let (name, kind) = (branch.name().to_owned(), branch.kind().to_owned());
            Some(ReportOutcome { name, kind, folder: context.folders[index].clone(), ..ReportOutcome::default() })
        })
    };
    let mut branches: Vec<ReportOutcome> = (0..context.branches().len()).into_par_iter().filter_map(record).collect();
    let listed: HashSet<&str> = context.branches().iter().map(Branch::name).collect();
    let unusable = reports.branches.iter().filter(|report| !listed.contains(report.name.as_str()));
    branches.extend(unusable.map(recorded));
    let department = match &reports.summary {
        Some(report) => {
            let standing = context.previous.final_department(context.builder.outputs);
            finals::recorded(context, counted(report, &counts), standing)
        }
        None => context.previous.department.clone(),
    };
    RunRecords { branches, department }
}

fn counts_by_branch(findings: &[Diagnostic]) -> HashMap<&str, SeverityCounts> {
    let mut counts: HashMap<&str, SeverityCounts> = HashMap::new();
    for finding in findings {
        if let Some(branch) = &finding.branch {
            counts.entry(branch).or_default().add(finding.severity);
        }
    }
    counts
}

/// A report with its findings counted. One that was kept has those of the run that made it.
fn counted(report: &ReportOutcome, counts: &HashMap<&str, SeverityCounts>) -> ReportOutcome {
    if report.is_kept_final() {
        return report.clone();
    }
    let findings = counts.get(report.name.as_str()).copied().unwrap_or_default();
    ReportOutcome { findings, ..report.clone() }
}

/// The record of the whole run.
pub(super) fn manifest(
    context: &BuildContext<'_>,
    records: RunRecords,
    gone: Vec<ReportOutcome>,
    proof: &Reconciliation,
    findings: SeverityCounts,
) -> RunManifest {
    let notice = &context.settings.notice;
    RunManifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        notice: notice.facts.title.clone(),
        notice_folder: folder_name(notice.file()).unwrap_or_default(),
        deadline: notice.facts.deadline.to_string(),
        words: notice.words.clone(),
        previous: context
            .computed
            .bound
            .previous
            .as_ref()
            .map(|previous| ComparedWith { file: previous.file.clone(), digest: previous.digest }),
        is_final: context.options.is_final,
        severity: notice.severity_overrides(),
        findings,
        common_errors: context.builder.common_errors,
        settings: context.settings.digest(None),
        inputs: context.computed.files.iter().cloned().collect(),
        labels: metric::labels(&notice.metric),
        summary_labels: notice.summary.as_ref().map(|summary| metric::labels(&summary.metric)).unwrap_or_default(),
        proof: proof.clone(),
        department: records.department,
        branches: records.branches,
        gone,
    }
}

/// Writes the home page and the run's record, and unlocks the output folder. `is_sound` when the run made all reports:
/// the records of shards are part of its record then and are removed.
pub(super) fn write(run: &RunManifest, options: &Options, outputs: OutputDir, is_sound: bool) -> Vec<Diagnostic> {
    let (json, mut failures) = rayon::join(|| run.to_json(), || write_home_page(run, options, &outputs));
    let name = match options.scope {
        RunScope::Shard { at, of } => manifest::shard_file(at, of),
        RunScope::Whole | RunScope::Merge => manifest::FILE.to_owned(),
    };
    match outputs.finish(&name, &json) {
        Ok(()) if is_sound && failures.is_empty() => {
            for shard in manifest::shard_files(&options.output) {
                // A record that stays is older than the run's own and never preferred to it.
                let _ = std::fs::remove_file(shard);
            }
        }
        Ok(()) => {}
        Err(error) => failures.push(error),
    }
    let finding = |error: &StoreError| {
        Diagnostic::new(&code::WRITE, Location::File(error.path.display().to_string()), chain(error))
    };
    failures.iter().map(finding).collect()
}

/// Writes the department's home page and the script with the times of its reports; what could not be written. A shard
/// has none.
fn write_home_page(run: &RunManifest, options: &Options, outputs: &OutputDir) -> Vec<StoreError> {
    if matches!(options.scope, RunScope::Shard { .. }) {
        return Vec::new();
    }
    let dashboard = Dashboard::new(DashboardInputs::of_run(run)).with_change_times(&options.output);
    let page = dashboard::page(&dashboard, &run.department);
    let script = dashboard::changed_script(&dashboard);
    let files = [(dashboard::FILE, page), (dashboard::CHANGED_FILE, script)];
    files.iter().filter_map(|(name, text)| outputs.overwrite(name, text.as_bytes()).err()).collect()
}
