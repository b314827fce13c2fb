//! What a run leaves on record.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::BuildContext;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::manifest::{BranchRecord, ReportState, RunManifest};
use crate::metric::{self, Metrics};
use crate::model::Branch;
use crate::pipeline::{BuildOutcome, Built, RunScope};
use crate::store::Digest;

impl BuildContext<'_> {
    /// What a run leaves on record. Of a branch that nobody asked for stays what was on record.
    pub(super) fn record(&self, outcome: &BuildOutcome) -> RunManifest {
        let Self { options, previous, metrics, .. } = self;
        let (notice, branches) = (&self.settings.notice, &self.bound.branches);
        let done = if options.is_final { ReportState::Final } else { ReportState::Draft };
        let earlier = |built: &Built, before: Option<&BranchRecord>| {
            let files = before.into_iter().flat_map(|record| record.files.iter().chain(&record.earlier));
            let files = files.filter(|(name, _)| !built.files.contains_key(*name));
            files.map(|(name, digest)| (name.clone(), *digest)).collect()
        };
        let mut found: HashMap<&str, [usize; 3]> = HashMap::new();
        for (branch, severity) in outcome.findings.iter().filter_map(|f| Some((f.branch.as_deref()?, f.severity))) {
            found.entry(branch).or_default()[severity as usize] += 1;
        }
        let state = |built: &Built| if built.stopped { ReportState::Stopped } else { done };
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
        let built: HashMap<&str, &Built> = outcome.reports.iter().map(|built| (built.branch.as_str(), built)).collect();
        let known: HashSet<&str> = branches.iter().map(Branch::name).collect();
        let unusable = outcome.reports.iter().filter(|built| !known.contains(built.branch.as_str()));
        let unusable = unusable.map(|built| {
            let before = previous.branch(&built.branch).next().map(|record| record.folder.clone());
            BranchRecord { folder: before.unwrap_or_default(), ..of_built(built) }
        });
        let branch = |((branch, folder), metrics): ((&Branch, &String), &Metrics)| {
            let Some(built) = built.get(branch.name()) else {
                let asked = matches!(options.part, RunScope::Shard { .. });
                return previous.branch(branch.name()).find(|_| !asked).cloned().or_else(|| {
                    let (name, kind) = (branch.name().to_owned(), branch.kind().to_owned());
                    (!asked).then(|| BranchRecord { name, kind, folder: folder.clone(), ..BranchRecord::default() })
                });
            };
            let metrics = metrics.values().collect();
            let (kind, folder, missing) = (branch.kind().to_owned(), folder.clone(), self.missing(branch));
            Some(BranchRecord { kind, folder, missing, metrics, ..of_built(built) })
        };
        let department = match &outcome.summary {
            Some(built) => BranchRecord {
                metrics: outcome.summary_metrics.clone(),
                earlier: earlier(built, Some(&previous.department)),
                ..of_built(built)
            },
            None => previous.department.clone(),
        };
        let records = branches.par_iter().zip(&self.folders).zip(*metrics).filter_map(branch);
        let mut records: Vec<BranchRecord> = records.collect();
        records.extend(unusable);
        RunManifest {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            notice: notice.facts.title.clone(),
            deadline: notice.facts.deadline.to_string(),
            is_final: options.is_final,
            labels: metric::labels(&notice.metric),
            summary_labels: notice.summary.as_ref().map(|summary| metric::labels(&summary.metric)).unwrap_or_default(),
            proof: outcome.proof.clone(),
            department,
            branches: records,
            ..RunManifest::default()
        }
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
    pub(super) fn gone(&self, run: &RunManifest, outcome: &mut BuildOutcome) -> Vec<BranchRecord> {
        let (options, outputs) = (self.options, self.builder.outputs);
        let known: HashSet<&str> = run.branches.iter().map(|record| record.name.as_str()).collect();
        let mut gone = self.previous.gone(|name| known.contains(name));
        if !self.is_whole(outcome) {
            return if matches!(options.part, RunScope::Shard { .. }) { Vec::new() } else { gone };
        }
        if gone.is_empty() {
            return gone;
        }
        let all = run.branches.iter().chain([&run.department]);
        let theirs = |record: &BranchRecord, name: &String| (record.folder.clone(), name.clone());
        let theirs: HashSet<(String, String)> =
            all.flat_map(|r| r.files.keys().chain(r.earlier.keys()).map(move |name| theirs(r, name))).collect();
        for record in &mut gone {
            let folder = record.folder.clone();
            let (prune, unsure) = (options.prune, self.builder.common_error);
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
                let place = Location::File(options.output.join(&record.folder).display().to_string());
                let why =
                    if prune && unsure { "；有的文件没有读成，不能确定，没有删除" } else { "" };
                let message = format!("名册中已没有“{}”，这里还有它的 {} 个文件{why}", record.name, record.files.len());
                outcome.findings.push(Diagnostic::new(&code::GONE, place, message).of_branch(&record.name));
            }
        }
        gone.retain(|record| !record.files.is_empty());
        gone
    }
}
