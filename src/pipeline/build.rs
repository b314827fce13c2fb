//! A build, from settings and ledgers to files and the record of the run.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::fingerprint::Common;
use super::overall::Department;
use super::press::Press;
use super::previous::{self, Previous};
use super::{Batch, BuildError, Built, Examined, Options, Part, Settings, chain, choose, examine, no_roster};
use crate::diag::{Diagnostic, Place, Severity, code};
use crate::figure::{self, Figures};
use crate::model::Branch;
use crate::proof;
use crate::record::{self, BranchRecord, Run, State};
use crate::store::{self, Digest, Outputs, sha256};
use crate::write;

/// Builds the reports of all branches asked for. A branch that cannot be done stops no other.
///
/// # Errors
/// When nothing can be built: unusable settings, no input, no roster, an unknown branch, another run in the folder.
pub fn build(options: &Options) -> Result<Batch, BuildError> {
    let settings = Settings::load(&options.notice)?;
    let Settings { notice, expressions, templates, overall_templates } = &settings;
    let writers = write::writers(&options.formats, &notice.typography, options.trace)?;
    let Examined { bound, mut findings, census } = examine(&settings, &options.input, &options.worker)?;
    if bound.branches.is_empty() {
        return Err(no_roster(notice, findings));
    }
    let chosen = in_part(choose(&bound.branches, &options.branches)?, &bound.branches, options.part);
    let previous = match options.part {
        Part::Merge => Previous::of_shards(&options.output),
        Part::Whole | Part::Shard { .. } => Previous::of_run(&options.output),
    };
    let outputs = Outputs::open(&options.output, options.part.hold(), previous.files(), options.force)?;
    let figures = compute(&bound.branches, &settings, &mut findings);
    let proof = proof::prove(census, &bound, &figures, notice, expressions);
    findings.extend(proof.findings());

    let whole = options.branches.is_empty() && !matches!(options.part, Part::Shard { .. });
    let unusable = bound.unusable.iter().filter(|_| whole);
    let unusable = unusable.map(|name| Built { branch: name.clone(), stopped: true, ..Built::default() });
    // The department's folder has its name whatever the branches are called.
    let own = notice.summary.iter().map(|summary| summary.name.as_str());
    let mut names = store::safe_names(own.chain(bound.branches.iter().map(Branch::name)));
    let own = notice.summary.as_ref().map(|_| names.remove(0));
    let common_error = findings.iter().any(|f| f.severity == Severity::Error && f.branch.is_none());
    let common = Common::new(&settings, options, common_error);
    let press = Press { options, notice, expressions, templates, writers: &writers, common_error, outputs: &outputs };
    let wrong: HashSet<String> =
        findings.iter().filter(|f| f.severity == Severity::Error).filter_map(|f| f.branch.clone()).collect();
    let key = |at: usize| {
        let branch = &bound.branches[at];
        common.of_branch(branch, notice.ledger.len(), &names[at], wrong.contains(branch.name()))
    };
    let built: Vec<(Built, Vec<Diagnostic>)> = chosen
        .par_iter()
        .map(|at| {
            let (branch, key, mut found) = (&bound.branches[*at], key(*at), Vec::new());
            let kept = previous.branch(branch.name());
            let kept = kept.and_then(|record| previous::reuse(record, &key, &outputs, &mut found));
            let mut built = match (kept, options.part) {
                (Some(kept), _) => kept,
                (None, Part::Merge) => unmade(branch, &mut found),
                (None, _) => press.print(branch, &figures[*at], &names[*at], wrong.contains(branch.name()), &mut found),
            };
            built.key = if built.stopped { Digest::default() } else { key };
            (built, found)
        })
        .collect();
    let mut reports: Vec<Built> = unusable.collect();
    for (report, mut found) in built {
        notice.weigh(&mut found);
        reports.push(report);
        findings.extend(found);
    }
    let mut batch = Batch { reports, findings, proof, ..Batch::default() };
    if let (Some(folder), Some(summary), Some(templates), true) = (own, &notice.summary, overall_templates, whole) {
        let mut found = Vec::new();
        let department = Department::of(&bound.branches, &figures, (notice, summary), expressions, &mut found);
        let keys: Vec<Digest> = (0..bound.branches.len()).into_par_iter().map(key).collect();
        let incomplete = batch.stopped() > 0;
        let key = common.of_department(keys.iter(), incomplete);
        let kept = previous::reuse(&previous.department, &key, &outputs, &mut found);
        let make = || press.overall(&department, (summary, templates), &folder, incomplete, &mut found);
        let mut built = kept.map_or_else(make, Ok)?;
        built.key = if built.stopped { Digest::default() } else { key };
        notice.weigh(&mut found);
        batch.findings.extend(found);
        batch.overall_figures = figure::texts(&department.figures, &summary.figure);
        batch.overall = Some(built);
    }
    let mut run = record(&batch, &bound.branches, &names, &figures, &settings, options, &previous);
    if whole {
        run.gone = gone(previous, &run, options, &outputs, &mut batch);
    }
    run.findings = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| batch.count(severity));
    let name = match options.part {
        Part::Shard { at, of } => record::shard_file(at, of),
        Part::Whole | Part::Merge => record::FILE.to_owned(),
    };
    match outputs.finish(&name, &run.to_json()) {
        Ok(()) if whole && !batch.failed() => {
            // What shards left is in the record now.
            record::shard_files(&options.output).into_iter().for_each(|shard| drop(std::fs::remove_file(shard)));
        }
        Ok(()) => {}
        Err(error) => {
            let place = Place::File(error.path.display().to_string());
            batch.unrecorded = true;
            batch.findings.push(Diagnostic::new(&code::WRITE, place, chain(&error)));
        }
    }
    Ok(batch)
}

/// Those of the chosen branches whose reports a part of a run makes: by their names, so that it does not matter what
/// else the roster lists.
fn in_part(chosen: Vec<usize>, branches: &[Branch], part: Part) -> Vec<usize> {
    let Part::Shard { at, of } = part else { return chosen };
    let shard_of = |name: &str| {
        let digest = sha256(name.as_bytes());
        let head = digest.as_str().get(..15).and_then(|head| u64::from_str_radix(head, 16).ok());
        head.unwrap_or_default() % u64::from(of.max(1))
    };
    chosen.into_iter().filter(|index| shard_of(branches[*index].name()) == u64::from(at)).collect()
}

/// A branch whose shard did not do its work.
fn unmade(branch: &Branch, findings: &mut Vec<Diagnostic>) -> Built {
    let message = "没有它的报告，或报告不是用现在的台账、设置和选项生成的";
    findings.push(Diagnostic::new(&code::UNMADE, Place::Branch, message).of_branch(branch.name()));
    Built { branch: branch.name().to_owned(), stopped: true, ..Built::default() }
}

/// The branches that are on no roster any more: their files are told, or removed when that is asked for.
fn gone(previous: Previous, run: &Run, options: &Options, outputs: &Outputs, batch: &mut Batch) -> Vec<BranchRecord> {
    let known: HashSet<&str> = run.branches.iter().map(|record| record.name.as_str()).collect();
    let mut gone = previous.gone(|name| known.contains(name));
    for record in &mut gone {
        if options.prune {
            let folder = &record.folder;
            let stays = |name: &String, digest: &mut Digest| {
                !outputs.remove(&format!("{folder}/{name}"), digest).unwrap_or_default()
            };
            record.files.retain(stays);
            record.earlier.retain(stays);
        }
        record.files.extend(std::mem::take(&mut record.earlier));
        if !record.files.is_empty() {
            let folder = options.output.join(&record.folder);
            let message = format!("名册中已没有“{}”，这里还有它的 {} 个文件", record.name, record.files.len());
            let place = Place::File(folder.display().to_string());
            batch.findings.push(Diagnostic::new(&code::GONE, place, message).of_branch(&record.name));
        }
    }
    gone.retain(|record| !record.files.is_empty());
    gone
}

/// Every branch's figures, in the branches' order.
fn compute(branches: &[Branch], settings: &Settings, findings: &mut Vec<Diagnostic>) -> Vec<Figures> {
    let computed: Vec<(Figures, Vec<Diagnostic>)> = branches
        .par_iter()
        .map(|branch| {
            let mut found = Vec::new();
            (figure::compute(branch, &settings.notice, &settings.expressions, &mut found), found)
        })
        .collect();
    let keep = |(figures, mut found): (Figures, Vec<Diagnostic>)| {
        settings.notice.weigh(&mut found);
        findings.extend(found);
        figures
    };
    computed.into_iter().map(keep).collect()
}

/// What a run leaves on record. Of a branch that nobody asked for stays what was on record.
fn record(
    batch: &Batch,
    branches: &[Branch],
    folders: &[String],
    figures: &[Figures],
    settings: &Settings,
    options: &Options,
    previous: &Previous,
) -> Run {
    let notice = &settings.notice;
    let done = if options.is_final { State::Final } else { State::Draft };
    let earlier = |built: &Built, before: Option<&BranchRecord>| {
        let files = before.into_iter().flat_map(|record| record.files.iter().chain(&record.earlier));
        let files = files.filter(|(name, _)| !built.files.contains_key(*name));
        files.map(|(name, digest)| (name.clone(), digest.clone())).collect()
    };
    let state = |built: &Built| if built.stopped { State::Stopped } else { done };
    let of_built = |built: &Built| BranchRecord {
        name: built.branch.clone(),
        folder: built.folder.clone(),
        state: state(built),
        key: built.key.clone(),
        files: built.files.clone(),
        earlier: earlier(built, previous.branch(&built.branch)),
        gaps: built.gaps.clone(),
        ..BranchRecord::default()
    };
    let built: HashMap<&str, &Built> = batch.reports.iter().map(|built| (built.branch.as_str(), built)).collect();
    let known: HashSet<&str> = branches.iter().map(Branch::name).collect();
    let unusable = batch.reports.iter().filter(|built| !known.contains(built.branch.as_str())).map(of_built);
    let branch = |((branch, folder), figures): ((&Branch, &String), &Figures)| {
        let Some(built) = built.get(branch.name()) else {
            let asked = matches!(options.part, Part::Shard { .. });
            return previous.branch(branch.name()).filter(|_| !asked).cloned().or_else(|| {
                let (name, kind) = (branch.name().to_owned(), branch.kind().to_owned());
                (!asked).then(|| BranchRecord { name, kind, folder: folder.clone(), ..BranchRecord::default() })
            });
        };
        let figures = figure::texts(figures, &notice.figure);
        Some(BranchRecord { kind: branch.kind().to_owned(), folder: folder.clone(), figures, ..of_built(built) })
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
        is_final: options.is_final,
        labels: figure::labels(&notice.figure),
        summary_labels: notice.summary.as_ref().map(|summary| figure::labels(&summary.figure)).unwrap_or_default(),
        proof: batch.proof.clone(),
        department,
        branches: branches.iter().zip(folders).zip(figures).filter_map(branch).chain(unusable).collect(),
        ..Run::default()
    }
}
