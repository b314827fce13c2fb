//! A build, from settings and ledgers to files and the record of the run.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;

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
use crate::model::{Bound, Branch};
use crate::proof;
use crate::record::{self, BranchRecord, Run, State};
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
    let writers = write::writers(&options.formats, &notice.typography, options.trace)?;
    let Examined { bound, mut findings, census, files } = examine(&settings, &options.input, &options.worker, watch)?;
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
    let mut outputs = Outputs::open(&options.output, options.part.hold(), options.force)?;
    // Nobody else writes records from here on.
    let previous = Previous::of(&options.output, notice);
    outputs.know(previous.files());
    let figures = compute(&bound.branches, &settings, watch, &mut findings);
    let proof = proof::prove(census, &bound, &figures, notice, &settings.expressions);
    findings.extend(proof.findings());

    let work = Work::new(options, &settings, (&bound, &figures), &previous, (&writers, &outputs), &findings);
    let mut batch = Batch { findings, proof, ..Batch::default() };
    if work.is_whole(&batch) {
        let unusable = bound.unusable.iter();
        let unusable = unusable.map(|name| Built { branch: name.clone(), stopped: true, ..Built::default() });
        batch.reports.extend(unusable);
    }
    work.branches(&chosen, watch, &mut batch);
    if work.is_whole(&batch) {
        work.department(&mut batch);
    }
    let mut run = work.record(&batch);
    let materials = Materials::new(&bound, &files, &settings);
    materials.tell(&mut run, &batch);
    run.gone = work.gone(&run, &mut batch);
    run.findings = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| batch.count(severity));
    let whole = work.is_whole(&batch);
    let (record, unwritten) = rayon::join(|| run.to_json(), || work.index(&run));
    unwritten.iter().for_each(|error| unrecorded(error, &mut batch));
    conclude(options, outputs, &record, whole, &mut batch);
    Ok(batch)
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
        let press = Press { options, notice, expressions, templates, writers, common_error, outputs };
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

    /// Makes the reports of the chosen branches, each unless it is there already, until the run is cancelled.
    fn branches(&self, chosen: &[usize], watch: &dyn Watch, batch: &mut Batch) {
        watch.stage(Stage::Report, chosen.len());
        let built = chosen.par_iter().map(|at| {
            let built = (!watch.is_cancelled()).then(|| self.branch(*at));
            watch.step();
            built
        });
        let built: Vec<Option<(Built, Vec<Diagnostic>)>> = built.collect();
        batch.cancelled = built.iter().any(Option::is_none);
        let built = built.into_iter().flatten();
        for (report, mut found) in built {
            self.settings.notice.weigh(&mut found);
            batch.reports.push(report);
            batch.findings.extend(found);
        }
    }

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
        (built, found)
    }

    /// Makes the department's report, when the notice wants one, unless it is there already.
    fn department(&self, batch: &mut Batch) {
        let Settings { notice, expressions, overall_templates, .. } = self.settings;
        let (Some(summary), Some(templates)) = (&notice.summary, overall_templates) else { return };
        let branches = &self.bound.branches;
        let mut found = Vec::new();
        let department = Department::of(branches, self.figures, (notice, summary), expressions, &mut found);
        let keys: Vec<Digest> = (0..branches.len()).into_par_iter().map(|at| self.key(at)).collect();
        let incomplete = batch.stopped() > 0;
        let key = self.common.of_department(keys.iter(), incomplete);
        let (outputs, is_final) = (self.press.outputs, self.options.is_final);
        let kept = previous::reuse(&self.previous.department, &key, is_final, outputs, &mut found);
        let make = || self.press.overall(&department, (summary, templates), &self.own_folder, incomplete, &mut found);
        let mut built = kept.unwrap_or_else(make);
        built.key = if built.stopped || built.kept { Digest::default() } else { key };
        notice.weigh(&mut found);
        batch.findings.extend(found);
        batch.overall_figures = department.figures.values().collect();
        batch.overall = Some(built);
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

    /// The ledgers that a branch's report is made of and that have no row of it, by their titles.
    fn missing(&self, branch: &Branch) -> Vec<String> {
        let notice = &self.settings.notice;
        let parts = notice.section.iter().flat_map(|section| &section.part);
        let parts = parts.filter(|part| part.is_for(branch.kind()));
        let wanted: HashSet<&str> = parts.flat_map(|part| &part.ledgers).map(|id| id.get_ref().as_str()).collect();
        let ledgers = notice.ledger.iter().enumerate().filter(|(_, (id, _))| wanted.contains(id.as_str()));
        let missing = ledgers.filter(|(at, _)| branch.rows(*at).is_none_or(<[_]>::is_empty));
        missing.map(|(_, (_, ledger))| ledger.title.clone()).collect()
    }

    /// The branches that are on no roster any more: their files are told, or removed when that is asked for and the
    /// roster can be relied on. What this run's branches have there is nobody else's.
    fn gone(&self, run: &Run, batch: &mut Batch) -> Vec<BranchRecord> {
        let (options, outputs) = (self.options, self.press.outputs);
        let known: HashSet<&str> = run.branches.iter().map(|record| record.name.as_str()).collect();
        let all = run.branches.iter().chain([&run.department]);
        let theirs = |record: &BranchRecord, name: &String| (record.folder.clone(), name.clone());
        let theirs: HashSet<(String, String)> =
            all.flat_map(|r| r.files.keys().chain(r.earlier.keys()).map(move |name| theirs(r, name))).collect();
        let mut gone = self.previous.gone(|name| known.contains(name));
        if !self.is_whole(batch) {
            return if matches!(options.part, Part::Shard { .. }) { Vec::new() } else { gone };
        }
        for record in &mut gone {
            let folder = record.folder.clone();
            let (prune, unsure) = (options.prune, self.press.common_error);
            let stays = |name: &String, digest: &mut Digest| {
                if theirs.contains(&(folder.clone(), name.clone())) {
                    return false;
                }
                let path = format!("{folder}/{name}");
                let removed = prune && !unsure && outputs.remove(&path, digest).unwrap_or_default();
                !removed
            };
            record.files.extend(std::mem::take(&mut record.earlier));
            record.files.retain(stays);
            if !record.files.is_empty() {
                let place = Place::File(options.output.join(&record.folder).display().to_string());
                let why =
                    if prune && unsure { "；有的文件没有读成，不能确定，没有删除" } else { "" };
                let message = format!("名册中已没有“{}”，这里还有它的 {} 个文件{why}", record.name, record.files.len());
                batch.findings.push(Diagnostic::new(&code::GONE, place, message).of_branch(&record.name));
            }
        }
        gone.retain(|record| !record.files.is_empty());
        gone
    }

    /// What a run leaves on record. Of a branch that nobody asked for stays what was on record.
    fn record(&self, batch: &Batch) -> Run {
        let Self { options, previous, figures, .. } = self;
        let (notice, branches) = (&self.settings.notice, &self.bound.branches);
        let done = if options.is_final { State::Final } else { State::Draft };
        let earlier = |built: &Built, before: Option<&BranchRecord>| {
            let files = before.into_iter().flat_map(|record| record.files.iter().chain(&record.earlier));
            let files = files.filter(|(name, _)| !built.files.contains_key(*name));
            files.map(|(name, digest)| (name.clone(), *digest)).collect()
        };
        let mut found: HashMap<&str, [usize; 3]> = HashMap::new();
        for (branch, severity) in batch.findings.iter().filter_map(|f| Some((f.branch.as_deref()?, f.severity))) {
            found.entry(branch).or_default()[severity as usize] += 1;
        }
        let state = |built: &Built| if built.stopped { State::Stopped } else { done };
        let of_built = |built: &Built| BranchRecord {
            name: built.branch.clone(),
            folder: built.folder.clone(),
            state: state(built),
            key: built.key,
            files: built.files.clone(),
            earlier: earlier(built, previous.branch(&built.branch).next()),
            retry: built.unwritten.clone(),
            findings: found.get(built.branch.as_str()).copied().unwrap_or_default(),
            gaps: built.gaps.clone(),
            issued: built.issued.clone().filter(|_| !built.stopped),
            ..BranchRecord::default()
        };
        let built: HashMap<&str, &Built> = batch.reports.iter().map(|built| (built.branch.as_str(), built)).collect();
        let known: HashSet<&str> = branches.iter().map(Branch::name).collect();
        let unusable = batch.reports.iter().filter(|built| !known.contains(built.branch.as_str()));
        let unusable = unusable.map(|built| {
            let before = previous.branch(&built.branch).next().map(|record| record.folder.clone());
            BranchRecord { folder: before.unwrap_or_default(), ..of_built(built) }
        });
        let branch = |((branch, folder), figures): ((&Branch, &String), &Figures)| {
            let Some(built) = built.get(branch.name()) else {
                let asked = matches!(options.part, Part::Shard { .. });
                return previous.branch(branch.name()).find(|_| !asked).cloned().or_else(|| {
                    let (name, kind) = (branch.name().to_owned(), branch.kind().to_owned());
                    (!asked).then(|| BranchRecord { name, kind, folder: folder.clone(), ..BranchRecord::default() })
                });
            };
            let figures = figures.values().collect();
            let (kind, folder, missing) = (branch.kind().to_owned(), folder.clone(), self.missing(branch));
            Some(BranchRecord { kind, folder, missing, figures, ..of_built(built) })
        };
        let department = match &batch.overall {
            Some(built) => BranchRecord {
                figures: batch.overall_figures.clone(),
                earlier: earlier(built, Some(&previous.department)),
                ..of_built(built)
            },
            None => previous.department.clone(),
        };
        Run {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            notice: notice.notice.title.clone(),
            deadline: notice.notice.deadline.to_string(),
            is_final: options.is_final,
            labels: figure::labels(&notice.figure),
            summary_labels: notice.summary.as_ref().map(|summary| figure::labels(&summary.figure)).unwrap_or_default(),
            proof: batch.proof.clone(),
            department,
            branches: branches.iter().zip(&self.folders).zip(*figures).filter_map(branch).chain(unusable).collect(),
            ..Run::default()
        }
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
