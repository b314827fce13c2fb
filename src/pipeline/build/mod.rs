//! A build, from settings and ledgers to files and the record of the run.

mod run_manifest;

use std::collections::HashSet;
use std::sync::OnceLock;

use rayon::prelude::*;
use rust_decimal::Decimal;

use super::analyze::{CACHE, cached_readers};
use super::cache_key::Common;
use super::inputs::ReportInputs;
use super::previous_run::{self, PreviousRun};
use super::report::ReportBuilder;
use super::summary::Department;
use super::{
    Analysis, BuildError, BuildOutcome, Built, Options, Progress, RunScope, Settings, Stage, analyze, chain, choose,
    no_roster,
};
use crate::dashboard::{self, Dashboard};
use crate::diagnostics::{Diagnostic, Location, Severity, code};
use crate::ingest::Readers;
use crate::manifest::{self, MetricFacts, RunManifest};
use crate::metric::{self, Metrics};
use crate::model::{BoundLedgers, Branch};
use crate::notice::Notice;
use crate::reconcile;
use crate::render::{self, Renderer};
use crate::scans::ScanInventory;
use crate::store::{self, Digest, OutputDir, StoreError, sha256};

/// Builds the reports of all branches asked for. A branch that cannot be done stops no other.
///
/// # Errors
/// When nothing can be built: unusable settings, no input, no roster, an unknown branch, another run in the folder.
pub fn build(options: &Options, progress: &dyn Progress) -> Result<BuildOutcome, BuildError> {
    let settings = Settings::load(&options.notice)?;
    let notice = &settings.notice;
    let readers = cached_readers(notice, &options.worker, &options.output);
    let (renderers, analysis) = rayon::join(
        || render::renderers(&options.formats, &notice.typography, options.trace),
        || analyze(&settings, &options.input, &readers, progress),
    );
    let (renderers, Analysis { bound, mut findings, census, files }) = (renderers?, analysis?);
    if progress.is_cancelled() {
        return Err(BuildError::Cancelled);
    }
    if bound.branches.is_empty() {
        return Err(no_roster(notice, findings));
    }
    if store::is_below(&options.output, &options.input) {
        return Err(BuildError::Inside(options.output.clone()));
    }
    let chosen = in_part(choose(&bound.branches, &options.branches)?, &bound.branches, options.part);
    let (held, (metrics, settled)) = rayon::join(
        || hold(options, notice, readers),
        || {
            rayon::join(
                || compute(&bound.branches, &settings, progress, &mut findings),
                || census.settled(&bound, notice),
            )
        },
    );
    let (outputs, previous) = held?;
    let proof = reconcile::reconcile(settled, &bound, &metrics, notice, &settings.expressions);
    findings.extend(proof.findings());

    let work = BuildContext::new(options, &settings, (&bound, &metrics), &previous, (&renderers, &outputs), &findings);
    let mut outcome = BuildOutcome { findings, proof, ..BuildOutcome::default() };
    if work.is_whole(&outcome) {
        let unusable = bound.unusable.iter();
        let unusable = unusable.map(|name| Built { branch: name.clone(), stopped: true, ..Built::default() });
        outcome.reports.extend(unusable);
    }
    work.reports(&chosen, progress, &mut outcome);
    let mut run = work.record(&outcome);
    let materials = ReportInputs::new(&bound, &files, &settings);
    materials.tell(&mut run, &outcome);
    run.gone = work.gone(&run, &mut outcome);
    run.findings = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| outcome.count(severity));
    let whole = work.is_whole(&outcome);
    let (record, unwritten) = rayon::join(|| run.to_json(), || work.index(&run));
    for error in &unwritten {
        unrecorded(error, &mut outcome);
    }
    // What is of no more use is given back while the disk is waited for.
    rayon::join(|| conclude(options, outputs, &record, whole, &mut outcome), || drop((run, metrics, previous, bound)));
    Ok(outcome)
}

/// Takes hold of the output folder, keeps there what was read, and reads what earlier runs left: nobody else writes
/// records from then on.
fn hold(options: &Options, notice: &Notice, readers: Readers) -> Result<(OutputDir, PreviousRun), StoreError> {
    let mut outputs = OutputDir::open(&options.output, options.part.hold(), options.force)?;
    if let Some(cache) = readers.into_cache() {
        // Without it the next run reads everything again: nobody need be told.
        let _ = outputs.overwrite(CACHE, &cache);
    }
    let previous = PreviousRun::of(&options.output, notice);
    outputs.load_known_hashes(previous.files());
    Ok((outputs, previous))
}

/// Everything that reports are made of in one run.
struct BuildContext<'a> {
    options: &'a Options,
    settings: &'a Settings,
    bound: &'a BoundLedgers,
    metrics: &'a [Metrics],
    previous: &'a PreviousRun,
    builder: ReportBuilder<'a>,
    common: Common,
    /// The folders of the branches, and the department's.
    folders: Vec<String>,
    own_folder: String,
    /// The branches that have errors.
    wrong: HashSet<String>,
    /// The branches' keys, as far as they were asked for.
    keys: Vec<OnceLock<Digest>>,
}

/// What became of the department's report.
struct DepartmentReport {
    built: Built,
    /// The department's metrics, in the notice's order.
    metrics: Vec<Option<Decimal>>,
    findings: Vec<Diagnostic>,
}

impl<'a> BuildContext<'a> {
    fn new(
        options: &'a Options,
        settings: &'a Settings,
        (bound, metrics): (&'a BoundLedgers, &'a [Metrics]),
        previous: &'a PreviousRun,
        (renderers, outputs): (&'a [Box<dyn Renderer>], &'a OutputDir),
        findings: &[Diagnostic],
    ) -> Self {
        let Settings { notice, expressions, templates, .. } = settings;
        // The department's folder has its name whatever the branches are called.
        let own = notice.summary.as_ref().map_or("", |summary| summary.name.as_str());
        let mut folders = store::safe_names(std::iter::once(own).chain(bound.branches.iter().map(Branch::name)));
        let own_folder = folders.remove(0);
        let errors = || findings.iter().filter(|finding| finding.severity == Severity::Error);
        let common_error = errors().any(|finding| finding.branch.is_none());
        let reads = expressions.dependencies().iter().map(|reads| &reads.metrics[..]);
        let facts = MetricFacts::of_branches(notice, reads);
        let builder =
            ReportBuilder { options, notice, expressions, templates, renderers, common_error, outputs, facts };
        let wrong = errors().filter_map(|finding| finding.branch.clone()).collect();
        let common = Common::new(settings, options, bound.branches.iter().map(Branch::kind), common_error);
        let keys = vec![OnceLock::new(); bound.branches.len()];
        Self { options, settings, bound, metrics, previous, builder, common, folders, own_folder, wrong, keys }
    }

    /// Whether this run is over all branches, and was not cut short.
    fn is_whole(&self, outcome: &BuildOutcome) -> bool {
        self.options.branches.is_empty() && !matches!(self.options.part, RunScope::Shard { .. }) && !outcome.cancelled
    }

    /// The hash of everything that a branch's files depend on.
    fn key(&self, at: usize) -> Digest {
        let branch = &self.bound.branches[at];
        let wrong = self.wrong.contains(branch.name());
        let (place, ledgers) = (at + 1, self.settings.notice.ledger.len());
        *self.keys[at].get_or_init(|| self.common.of_branch(branch, place, ledgers, &self.folders[at], wrong))
    }

    /// Makes the reports of the chosen branches and the department's, as long as the run is not cancelled. Only a
    /// final report of the department asks what became of the others: its draft is made beside them.
    fn reports(&self, chosen: &[usize], progress: &dyn Progress, outcome: &mut BuildOutcome) {
        progress.stage(Stage::Report, chosen.len());
        let beside = self.is_whole(outcome) && !self.options.is_final;
        let draft = || if beside && !progress.is_cancelled() { self.department(false) } else { None };
        let (built, draft) = rayon::join(|| self.branches(chosen, progress), draft);
        outcome.cancelled = built.iter().any(Option::is_none);
        for (report, found) in built.into_iter().flatten() {
            outcome.reports.push(report);
            outcome.findings.extend(found);
        }
        let last = self.is_whole(outcome) && self.options.is_final;
        let summary = if last { self.department(outcome.stopped() > 0) } else { draft };
        if let Some(DepartmentReport { built, metrics, findings }) = summary {
            outcome.findings.extend(findings);
            outcome.summary_metrics = metrics;
            outcome.summary = Some(built);
        }
    }

    /// What became of the chosen branches, in their order; nothing of one that a cancelled run did not come to.
    fn branches(&self, chosen: &[usize], progress: &dyn Progress) -> Vec<Option<(Built, Vec<Diagnostic>)>> {
        // One by one: a report takes long enough, and none is left to one core while the others have nothing to do.
        let built = chosen.par_iter().with_max_len(1).map(|at| {
            let built = (!progress.is_cancelled()).then(|| self.branch(*at));
            progress.step();
            built
        });
        built.collect()
    }

    /// What became of a branch, and what was found.
    fn branch(&self, at: usize) -> (Built, Vec<Diagnostic>) {
        let (branch, key, mut found) = (&self.bound.branches[at], self.key(at), Vec::new());
        let (outputs, is_final) = (self.builder.outputs, self.options.is_final);
        let mut records = self.previous.branch(branch.name());
        let kept = records.find_map(|record| previous_run::reuse(record, &key, is_final, outputs, &mut found));
        let mut built = match (kept, self.options.part) {
            (Some(kept), _) => kept,
            (None, RunScope::Merge) => unmade(branch, &mut found),
            (None, _) => {
                let wrong = self.wrong.contains(branch.name());
                self.builder.print((at + 1, branch), &self.metrics[at], &self.folders[at], wrong, &mut found)
            }
        };
        // What was kept of an older run is to be looked at again.
        built.key = if built.stopped || built.kept { Digest::default() } else { key };
        self.settings.notice.apply_severity_overrides(&mut found);
        (built, found)
    }

    /// Makes the department's report, when the notice wants one, unless it is there already; `incomplete` when it is
    /// to be final and a branch's is not there.
    fn department(&self, incomplete: bool) -> Option<DepartmentReport> {
        let Settings { notice, expressions, summary_templates, .. } = self.settings;
        let (summary, templates) = (notice.summary.as_ref()?, summary_templates.as_ref()?);
        let branches = &self.bound.branches;
        let mut findings = Vec::new();
        let department = Department::of(branches, self.metrics, (notice, summary), expressions, &mut findings);
        let keys: Vec<Digest> = (0..branches.len()).into_par_iter().map(|at| self.key(at)).collect();
        let key = self.common.of_department(keys.iter(), incomplete);
        let (outputs, is_final) = (self.builder.outputs, self.options.is_final);
        let kept = previous_run::reuse(&self.previous.department, &key, is_final, outputs, &mut findings);
        let make =
            || self.builder.summary(&department, (summary, templates), &self.own_folder, incomplete, &mut findings);
        let mut built = kept.unwrap_or_else(make);
        built.key = if built.stopped || built.kept { Digest::default() } else { key };
        notice.apply_severity_overrides(&mut findings);
        Some(DepartmentReport { built, metrics: department.metrics.values().collect(), findings })
    }

    /// Writes the department's home page, and beside it when reports last changed; what could not be written. A shard
    /// has none.
    fn index(&self, run: &RunManifest) -> Vec<StoreError> {
        if matches!(self.options.part, RunScope::Shard { .. }) {
            return Vec::new();
        }
        let board = Dashboard::new(run, &ScanInventory::default()).with_change_times(&self.options.output);
        let page = dashboard::page(&board, &run.department);
        let changed = dashboard::changed_script(&board);
        let pages = [(dashboard::FILE, page), (dashboard::CHANGED_FILE, changed)];
        pages.iter().filter_map(|(name, text)| self.builder.outputs.overwrite(name, text.as_bytes()).err()).collect()
    }
}

/// Writes the record and gives the folder back.
fn conclude(options: &Options, outputs: OutputDir, record: &[u8], whole: bool, outcome: &mut BuildOutcome) {
    let name = match options.part {
        RunScope::Shard { at, of } => manifest::shard_file(at, of),
        RunScope::Whole | RunScope::Merge => manifest::FILE.to_owned(),
    };
    match outputs.finish(&name, record) {
        Ok(()) if whole && !outcome.failed() => {
            // What shards left is in the record now.
            for shard in manifest::shard_files(&options.output) {
                let _ = std::fs::remove_file(shard);
            }
        }
        Ok(()) => {}
        Err(error) => unrecorded(&error, outcome),
    }
}

/// Notes that something of the run's own could not be written.
fn unrecorded(error: &StoreError, outcome: &mut BuildOutcome) {
    let place = Location::File(error.path.display().to_string());
    outcome.unrecorded = true;
    outcome.findings.push(Diagnostic::new(&code::WRITE, place, chain(error)));
}

/// Those of the chosen branches whose reports a part of a run makes: by their names, so that it does not matter what
/// else the roster lists.
fn in_part(chosen: Vec<usize>, branches: &[Branch], part: RunScope) -> Vec<usize> {
    let RunScope::Shard { at, of } = part else { return chosen };
    let shard_of = |name: &str| {
        let digest = sha256(name.as_bytes());
        let head = digest.as_bytes().iter().take(7).fold(0, |head, byte| head << 8 | u64::from(*byte));
        head % u64::from(of.max(1))
    };
    chosen.into_iter().filter(|index| shard_of(branches[*index].name()) == u64::from(at)).collect()
}

/// A branch whose shard did not do its work.
fn unmade(branch: &Branch, findings: &mut Vec<Diagnostic>) -> Built {
    let message = "没有它的报告，或报告不是用现在的台账、设置和选项生成的";
    findings.push(Diagnostic::new(&code::UNMADE, Location::Branch, message).of_branch(branch.name()));
    Built { branch: branch.name().to_owned(), stopped: true, ..Built::default() }
}

/// Every branch's metrics, in the branches' order.
fn compute(
    branches: &[Branch],
    settings: &Settings,
    progress: &dyn Progress,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Metrics> {
    progress.stage(Stage::Compute, branches.len());
    let computed = branches.par_iter().map(|branch| {
        let mut found = Vec::new();
        let metrics = metric::compute(branch, &settings.notice, &settings.expressions, &mut found);
        progress.step();
        (metrics, found)
    });
    let computed: Vec<(Metrics, Vec<Diagnostic>)> = computed.collect();
    let keep = |(metrics, mut found): (Metrics, Vec<Diagnostic>)| {
        settings.notice.apply_severity_overrides(&mut found);
        findings.extend(found);
        metrics
    };
    computed.into_iter().map(keep).collect()
}
