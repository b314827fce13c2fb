//! The reports as the ledgers and settings on disk would make them, for archiving a report whose ledgers or settings
//! are not, byte for byte, those it was made of. A setting that no report prints, or another branch's rows in the same
//! file, are no reason to refuse it: the package then holds the present files, from which the report can be made again
//! just the same.

use indexmap::IndexMap;

use super::super::attachments::Attachments;
use super::super::compute::compute;
use super::super::draft::Drafts;
use super::super::inputs::ReportInputs;
use super::super::shown::shown;
use super::super::summary::Department;
use super::super::{Analysis, NoProgress, Settings, cached_readers, chain, check};
use crate::manifest::{METRICS, ReportOutcome, SOURCES, Sources, metrics_of};
use crate::metric::Metrics;
use crate::pipeline::Paths;
use crate::provenance::Tracer;
use crate::render::content;
use crate::report::Report;
use crate::store::{Digest, sha256};

/// The ledgers, analyzed, and the metrics of all branches.
pub(super) struct Present<'a> {
    settings: &'a Settings,
    analysis: Analysis,
    metrics: Vec<Metrics>,
}

/// The files that a report could be made of again.
pub(super) struct PresentInputs {
    /// The ledger files, with their hashes.
    pub ledgers: IndexMap<String, Digest>,
    /// Hash of settings and templates.
    pub settings: Digest,
}

/// What is compared of a report.
#[derive(PartialEq, Eq)]
struct Made {
    shown: Digest,
    sources: Digest,
    metrics: Option<Digest>,
}

impl Made {
    fn recorded(record: &ReportOutcome) -> Option<Self> {
        let file = |name: &str| record.files.get(name).copied();
        let known = record.shown.is_known();
        known.then_some(Self { shown: record.shown, sources: file(SOURCES)?, metrics: file(METRICS) })
    }
}

impl<'a> Present<'a> {
    /// Analyzes the ledgers on disk.
    ///
    /// # Errors
    /// With the reason, in Chinese, when they cannot be read.
    pub(super) fn load(settings: &'a Settings, paths: &Paths) -> Result<Self, String> {
        let readers = cached_readers(&settings.notice, &paths.machine, &paths.output);
        let analysis = check(settings, &paths.input, &readers, &NoProgress).map_err(|error| chain(&error))?;
        let metrics = compute(&analysis.bound.branches, settings, &NoProgress).output;
        Ok(Self { settings, analysis, metrics })
    }

    /// The files that `record` could be made of now, file by file the same; `None` when it would be another report.
    pub(super) fn inputs_of(&self, record: &ReportOutcome) -> Option<PresentInputs> {
        let recorded = Made::recorded(record)?;
        let Analysis { bound, files, pictures, .. } = &self.analysis;
        let inputs = ReportInputs::new(bound, files, pictures, self.settings);
        let index = bound.branches.iter().position(|branch| branch.name() == record.name);
        let (made, inputs) = match index {
            Some(index) => (self.branch(index)?, inputs.of_branch(&bound.branches[index])),
            None => (self.department()?, inputs.of_department()),
        };
        (made == recorded).then_some(PresentInputs { ledgers: inputs.ledgers, settings: inputs.settings })
    }

    fn drafts(&self) -> Drafts<'_> {
        Drafts { settings: self.settings, pictures: &self.analysis.pictures, date: None }
    }

    fn branch(&self, index: usize) -> Option<Made> {
        let Settings { notice, expressions, .. } = self.settings;
        let branch = &self.analysis.bound.branches[index];
        let metrics = &self.metrics[index];
        let attachments = Attachments::of_branch(branch, notice).output;
        let beside = attachments.key();
        let look = |report: &Report<'_>| {
            let tracer = Tracer::new(branch, notice, expressions);
            Made {
                shown: shown(&content(report), notice, &beside),
                sources: sha256(&Sources::of_branch(branch, metrics, report, &tracer, notice).to_json()),
                metrics: Some(sha256(&metrics_of(metrics, notice))),
            }
        };
        self.drafts().of_branch(branch, metrics, &attachments, look).ok()
    }

    fn department(&self) -> Option<Made> {
        let Settings { notice, expressions, .. } = self.settings;
        let summary = notice.summary.as_ref()?;
        let department = Department::compute(&self.analysis.bound, &self.metrics, summary, self.settings).output;
        let look = |report: &Report<'_>| {
            let tracer = department.tracer(notice, expressions);
            Made {
                shown: shown(&content(report), notice, &department.table_key(notice)),
                sources: sha256(&Sources::of_department(&department.metrics, report, &tracer, notice).to_json()),
                metrics: None,
            }
        };
        self.drafts().of_department(&department, look)?.ok()
    }
}
