//! A build, from settings and ledgers to files and the record of the run.

mod told;

use std::collections::HashSet;
use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;
use rust_decimal::Decimal;

use super::examine::{CACHE, cached_readers};
use super::fingerprint::Common;
use super::materials::Materials;
use super::overall::Department;
use super::press::Press;
use super::previous::{self, Previous};
use super::{
    Batch, BuildError, Built, Examined, Options, Part, Settings, Stage, Watch, chain, choose, examine, no_roster,
};
use crate::board::{self, Board};
use crate::diag::{Diagnostic, Place, Severity, code};
use crate::figure::{self, Figures};
use crate::ingest::Readers;
use crate::model::{Bound, Branch};
use crate::notice::Notice;
use crate::proof;
use crate::record::{self, FigureFacts, Run};
use crate::signed::Survey;
use crate::store::{self, Digest, Outputs, StoreError, sha256};
use crate::write::{self, Writer};

/// Builds the reports of all branches asked for. A branch that cannot be done stops no other.
///
/// # Errors
/// When nothing can be built: unusable settings, no input, no roster, an unknown branch, another run in the folder.
pub fn build(options: &Options, watch: &dyn Watch) -> Result<Batch, BuildError> {
    let settings = Settings::load(&options.notice)?;
    let notice = &settings.notice;
    let readers = cached_readers(notice, &options.worker, &options.output);
    let (writers, examined) = rayon::join(
        || write::writers(&options.formats, &notice.typography, options.trace),
        || examine(&settings, &options.input, &readers, watch),
    );
    let (writers, Examined { bound, mut findings, census, files }) = (writers?, examined?);
    if watch.is_cancelled() {
        return Err(BuildError::Cancelled);
    }
    if bound.branches.is_empty() {
        return Err(no_roster(notice, findings));
    }
    let inside = |folder: &Path| folder.ancestors().find_map(|place| place.canonicalize().ok());
    if let (Some(output), Ok(input)) = (inside(&options.output), options.input.canonicalize())
        && output.starts_with(&input)
    {
        return Err(BuildError::Inside(options.output.clone()));
    }
    let chosen = in_part(choose(&bound.branches, &options.branches)?, &bound.branches, options.part);
    let (held, (figures, settled)) = rayon::join(
        || hold(options, notice, readers),
        || rayon::join(|| compute(&bound.branches, &settings, watch, &mut findings), || census.settled(&bound, notice)),
    );
    let (outputs, previous) = held?;
    let proof = proof::prove(settled, &bound, &figures, notice, &settings.expressions);
    findings.extend(proof.findings());

    let work = Work::new(options, &settings, (&bound, &figures), &previous, (&writers, &outputs), &findings);
    let mut batch = Batch { findings, proof, ..Batch::default() };
    if work.is_whole(&batch) {
        let unusable = bound.unusable.iter();
        let unusable = unusable.map(|name| Built { branch: name.clone(), stopped: true, ..Built::default() });
        batch.reports.extend(unusable);
    }
    work.reports(&chosen, watch, &mut batch);
    outputs.almost_done();
    let mut run = work.record(&batch);
    let materials = Materials::new(&bound, &files, &settings);
    materials.tell(&mut run, &batch);
    run.gone = work.gone(&run, &mut batch);
    run.findings = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| batch.count(severity));
    let whole = work.is_whole(&batch);
    let (record, unwritten) = rayon::join(|| run.to_json(), || work.index(&run));
    unwritten.iter().for_each(|error| unrecorded(error, &mut batch));
    // What is of no more use is given back while the disk is waited for.
    rayon::join(|| conclude(options, outputs, &record, whole, &mut batch), || drop((run, figures, previous, bound)));
    Ok(batch)
}

/// Takes hold of the output folder, keeps there what was read, and reads what earlier runs left: nobody else writes
/// records from then on.
fn hold(options: &Options, notice: &Notice, readers: Readers) -> Result<(Outputs, Previous), StoreError> {
    let mut outputs = Outputs::open(&options.output, options.part.hold(), options.force)?;
    if let Some(cache) = readers.into_cache() {
        // Without it the next run reads everything again: nobody need be told.
        let _ = outputs.write_own(CACHE, &cache);
    }
    let previous = Previous::of(&options.output, notice);
    outputs.know(previous.files());
    Ok((outputs, previous))
}

/// Everything that reports are made of in one run.
struct Work<'a> {
    options: &'a Options,
    settings: &'a Settings,
    bound: &'a Bound,
    figures: &'a [Figures],
    previous: &'a Previous,
    press: Press<'a>,
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
    /// The department's figures, in the notice's order.
    figures: Vec<Option<Decimal>>,
    findings: Vec<Diagnostic>,
}

impl<'a> Work<'a> {
    fn new(
        options: &'a Options,
        settings: &'a Settings,
        (bound, figures): (&'a Bound, &'a [Figures]),
        previous: &'a Previous,
        (writers, outputs): (&'a [Box<dyn Writer>], &'a Outputs),
        findings: &[Diagnostic],
    ) -> Self {
        let Settings { notice, expressions, templates, .. } = settings;
        // The department's folder has its name whatever the branches are called.
        let own = notice.summary.as_ref().map_or("", |summary| summary.name.as_str());
        let mut folders = store::safe_names(std::iter::once(own).chain(bound.branches.iter().map(Branch::name)));
        let own_folder = folders.remove(0);
        let errors = || findings.iter().filter(|finding| finding.severity == Severity::Error);
        let common_error = errors().any(|finding| finding.branch.is_none());
        let reads = expressions.reads().iter().map(|reads| &reads.figures[..]);
        let facts = FigureFacts::of_branches(notice, reads);
        let press = Press { options, notice, expressions, templates, writers, common_error, outputs, facts };
        let wrong = errors().filter_map(|finding| finding.branch.clone()).collect();
        let common = Common::new(settings, options, bound.branches.iter().map(Branch::kind), common_error);
        let keys = vec![OnceLock::new(); bound.branches.len()];
        Self { options, settings, bound, figures, previous, press, common, folders, own_folder, wrong, keys }
    }

    /// Whether this run is over all branches, and was not cut short.
    fn is_whole(&self, batch: &Batch) -> bool {
        self.options.branches.is_empty() && !matches!(self.options.part, Part::Shard { .. }) && !batch.cancelled
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
    fn reports(&self, chosen: &[usize], watch: &dyn Watch, batch: &mut Batch) {
        watch.stage(Stage::Report, chosen.len());
        let beside = self.is_whole(batch) && !self.options.is_final;
        let draft = || if beside && !watch.is_cancelled() { self.department(false) } else { None };
        let (built, draft) = rayon::join(|| self.branches(chosen, watch), draft);
        batch.cancelled = built.iter().any(Option::is_none);
        for (report, found) in built.into_iter().flatten() {
            batch.reports.push(report);
            batch.findings.extend(found);
        }
        let last = self.is_whole(batch) && self.options.is_final;
        let overall = if last { self.department(batch.stopped() > 0) } else { draft };
        if let Some(DepartmentReport { built, figures, findings }) = overall {
            batch.findings.extend(findings);
            batch.overall_figures = figures;
            batch.overall = Some(built);
        }
    }

    /// What became of the chosen branches, in their order; nothing of one that a cancelled run did not come to.
    fn branches(&self, chosen: &[usize], watch: &dyn Watch) -> Vec<Option<(Built, Vec<Diagnostic>)>> {
        // One by one: a report takes long enough, and none is left to one core while the others have nothing to do.
        let built = chosen.par_iter().with_max_len(1).map(|at| {
            let built = (!watch.is_cancelled()).then(|| self.branch(*at));
            watch.step();
            built
        });
        built.collect()
    }

    /// What became of a branch, and what was found.
    fn branch(&self, at: usize) -> (Built, Vec<Diagnostic>) {
        let (branch, key, mut found) = (&self.bound.branches[at], self.key(at), Vec::new());
        let (outputs, is_final) = (self.press.outputs, self.options.is_final);
        let mut records = self.previous.branch(branch.name());
        let kept = records.find_map(|record| previous::reuse(record, &key, is_final, outputs, &mut found));
        let mut built = match (kept, self.options.part) {
            (Some(kept), _) => kept,
            (None, Part::Merge) => unmade(branch, &mut found),
            (None, _) => {
                let wrong = self.wrong.contains(branch.name());
                self.press.print((at + 1, branch), &self.figures[at], &self.folders[at], wrong, &mut found)
            }
        };
        // What was kept of an older run is to be looked at again.
        built.key = if built.stopped || built.kept { Digest::default() } else { key };
        self.settings.notice.weigh(&mut found);
        (built, found)
    }

    /// Makes the department's report, when the notice wants one, unless it is there already; `incomplete` when it is
    /// to be final and a branch's is not there.
    fn department(&self, incomplete: bool) -> Option<DepartmentReport> {
        let Settings { notice, expressions, overall_templates, .. } = self.settings;
        let (summary, templates) = (notice.summary.as_ref()?, overall_templates.as_ref()?);
        let branches = &self.bound.branches;
        let mut findings = Vec::new();
        let department = Department::of(branches, self.figures, (notice, summary), expressions, &mut findings);
        let keys: Vec<Digest> = (0..branches.len()).into_par_iter().map(|at| self.key(at)).collect();
        let key = self.common.of_department(keys.iter(), incomplete);
        let (outputs, is_final) = (self.press.outputs, self.options.is_final);
        let kept = previous::reuse(&self.previous.department, &key, is_final, outputs, &mut findings);
        let make =
            || self.press.overall(&department, (summary, templates), &self.own_folder, incomplete, &mut findings);
        let mut built = kept.unwrap_or_else(make);
        built.key = if built.stopped || built.kept { Digest::default() } else { key };
        notice.weigh(&mut findings);
        Some(DepartmentReport { built, figures: department.figures.values().collect(), findings })
    }

    /// Writes the department's home page, and beside it when reports last changed; what could not be written. A shard
    /// has none.
    fn index(&self, run: &Run) -> Vec<StoreError> {
        if matches!(self.options.part, Part::Shard { .. }) {
            return Vec::new();
        }
        let reports: Vec<&str> =
            run.department.files.keys().map(String::as_str).filter(|n| !n.ends_with(".json")).collect();
        let department = Some((run.department.folder.as_str(), &reports[..])).filter(|_| !reports.is_empty());
        let board = Board::of(run, &Survey::default()).dated(&self.options.output);
        let page = board::page(&board, department);
        let changed = board::changed_script(&board);
        let pages = [(board::FILE, page), (board::CHANGED_FILE, changed)];
        pages.iter().filter_map(|(name, text)| self.press.outputs.write_own(name, text.as_bytes()).err()).collect()
    }
}

/// Writes the record and gives the folder back.
fn conclude(options: &Options, outputs: Outputs, record: &[u8], whole: bool, batch: &mut Batch) {
    let name = match options.part {
        Part::Shard { at, of } => record::shard_file(at, of),
        Part::Whole | Part::Merge => record::FILE.to_owned(),
    };
    match outputs.finish(&name, record) {
        Ok(()) if whole && !batch.failed() => {
            // What shards left is in the record now.
            record::shard_files(&options.output).into_iter().for_each(|shard| drop(std::fs::remove_file(shard)));
        }
        Ok(()) => {}
        Err(error) => unrecorded(&error, batch),
    }
}

/// Notes that something of the run's own could not be written.
fn unrecorded(error: &StoreError, batch: &mut Batch) {
    let place = Place::File(error.path.display().to_string());
    batch.unrecorded = true;
    batch.findings.push(Diagnostic::new(&code::WRITE, place, chain(error)));
}

/// Those of the chosen branches whose reports a part of a run makes: by their names, so that it does not matter what
/// else the roster lists.
fn in_part(chosen: Vec<usize>, branches: &[Branch], part: Part) -> Vec<usize> {
    let Part::Shard { at, of } = part else { return chosen };
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
    findings.push(Diagnostic::new(&code::UNMADE, Place::Branch, message).of_branch(branch.name()));
    Built { branch: branch.name().to_owned(), stopped: true, ..Built::default() }
}

/// Every branch's figures, in the branches' order.
fn compute(
    branches: &[Branch],
    settings: &Settings,
    watch: &dyn Watch,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Figures> {
    watch.stage(Stage::Compute, branches.len());
    let computed = branches.par_iter().map(|branch| {
        let mut found = Vec::new();
        let figures = figure::compute(branch, &settings.notice, &settings.expressions, &mut found);
        watch.step();
        (figures, found)
    });
    let computed: Vec<(Figures, Vec<Diagnostic>)> = computed.collect();
    let keep = |(figures, mut found): (Figures, Vec<Diagnostic>)| {
        settings.notice.weigh(&mut found);
        findings.extend(found);
        figures
    };
    computed.into_iter().map(keep).collect()
}
