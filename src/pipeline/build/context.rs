//! What the reports of one run are made of, and what is decided before the first is made.

use std::collections::HashSet;
use std::path::Path;
use std::sync::OnceLock;

use super::losses::LossSource;
use crate::dashboard;
use crate::diagnostics::{Diagnostic, Severity, WithDiagnostics};
use crate::ingest::Readers;
use crate::manifest;
use crate::metric::Metrics;
use crate::model::{BoundLedgers, Branch};
use crate::notice::Notice;
use crate::picture::Pictures;
use crate::pipeline::attachments::Attachments;
use crate::pipeline::cache_key::{BranchKey, CommonKey};
use crate::pipeline::draft::Drafts;
use crate::pipeline::inputs::ReportInputs;
use crate::pipeline::previous_run::{PreviousRun, WantedReport};
use crate::pipeline::readers::CACHE;
use crate::pipeline::render_budget::RenderBudget;
use crate::pipeline::report::{BranchOrder, ReportBuilder};
use crate::pipeline::shown::shown;
use crate::pipeline::summary::Department;
use crate::pipeline::{BuildError, Options, RunScope, Settings, folder_name};
use crate::render::{Renderer, content};
use crate::report::Report;
use crate::report_code::ReportCode;
use crate::store::{self, Digest, OutputDir, sha256};

/// Those of the chosen branches whose reports this run makes. Shards are chosen by the hashes of names, so that a
/// branch's shard does not depend on what else the roster lists.
pub(super) fn of_scope(chosen: Vec<usize>, branches: &[Branch], scope: RunScope) -> Vec<usize> {
    let RunScope::Shard { at, of } = scope else { return chosen };
    let shard_of = |name: &str| {
        let digest = sha256(name.as_bytes());
        let head = digest.as_bytes().iter().take(7).fold(0, |head, byte| head << 8 | u64::from(*byte));
        head % u64::from(of.max(1))
    };
    chosen.into_iter().filter(|index| shard_of(branches[*index].name()) == u64::from(at)).collect()
}

/// The output folder of a run, locked, and what earlier runs recorded in it.
pub(super) struct Opened {
    pub outputs: OutputDir,
    pub previous: PreviousRun,
}

/// Locks the output folder, reads what earlier runs left, and writes the read cache into it. No other run writes
/// records from then on.
///
/// # Errors
/// When the folder cannot be used, or holds the reports of another notice.
pub(super) fn open(
    options: &Options,
    notice: &Notice,
    readers: Readers,
) -> Result<WithDiagnostics<Opened>, BuildError> {
    let mut outputs = OutputDir::open(&options.output, options.scope.lock_scope(), options.force)?;
    let mut findings = Vec::new();
    let previous = PreviousRun::load(&options.output, notice).append_to(&mut findings);
    if let Some(title) = previous.of_other_notice(&options.notice) {
        let name = folder_name(&options.notice).unwrap_or_default();
        return Err(BuildError::OtherNotice { folder: options.output.clone(), title, name });
    }
    if let Some(cache) = readers.into_cache() {
        // Without it the next run reads every file again, which costs time and nothing else.
        let _ = outputs.overwrite(CACHE, &cache);
    }
    outputs.load_known_hashes(previous.files());
    Ok(WithDiagnostics::new(Opened { outputs, previous }, findings))
}

/// The values of the phases before rendering.
#[derive(Clone, Copy)]
pub(super) struct RunValues<'a> {
    pub bound: &'a BoundLedgers,
    /// The branches' metrics, in the branches' order.
    pub metrics: &'a [Metrics],
    /// The files of the branches' annexes, in the branches' order.
    pub attachments: &'a [Attachments],
    /// The ledger files that were read, with their hashes.
    pub files: &'a [(String, Digest)],
    /// The pictures that reports may print.
    pub pictures: &'a Pictures,
    /// The hash of the faces that PDF is set in; `None` when none is made.
    pub fonts: Option<Digest>,
    /// Bytes that reports under way may take.
    pub render_bytes: u64,
}

/// Everything that the reports of one run are made of.
pub(super) struct BuildContext<'a> {
    pub options: &'a Options,
    pub settings: &'a Settings,
    pub computed: RunValues<'a>,
    pub previous: &'a PreviousRun,
    pub builder: ReportBuilder<'a>,
    pub inputs: ReportInputs<'a>,
    /// Names of the branches' folders, in the branches' order.
    pub folders: Vec<String>,
    /// Name of the department's folder.
    pub department_folder: String,
    common_key: CommonKey,
    /// Names of the branches that have errors.
    with_errors: HashSet<String>,
    /// The branches' keys, as far as they were asked for: a report's own and the department's need them.
    keys: Vec<OnceLock<Digest>>,
}

impl<'a> BuildContext<'a> {
    /// Decides from the findings so far which final reports errors stop, and names the folders.
    pub(super) fn new(
        options: &'a Options,
        settings: &'a Settings,
        computed: RunValues<'a>,
        previous: &'a PreviousRun,
        renderers: &'a [Box<dyn Renderer>],
        outputs: &'a OutputDir,
        findings: &[Diagnostic],
    ) -> Self {
        let Settings { notice, expressions, templates, .. } = settings;
        let branches = &computed.bound.branches;
        // The department's folder comes first: it has its name whatever the branches are called.
        let department = notice.summary.as_ref().map_or("", |summary| summary.name.as_str());
        let names = std::iter::once(department).chain(branches.iter().map(Branch::name));
        let mut folders = store::safe_names(names, &|name| manifest::is_record(name) || dashboard::is_own_file(name));
        let department_folder = folders.remove(0);
        let errors = || findings.iter().filter(|finding| finding.severity == Severity::Error);
        let common_errors = errors().filter(|finding| finding.branch.is_none()).count();
        let (pictures, budget) = (computed.pictures, RenderBudget::new(computed.render_bytes));
        let builder = ReportBuilder {
            options,
            notice,
            expressions,
            templates,
            renderers,
            outputs,
            pictures,
            budget,
            common_errors,
            previous: computed.bound.previous.as_ref(),
        };
        Self {
            options,
            settings,
            computed,
            previous,
            builder,
            inputs: ReportInputs::new(computed.bound, computed.files, computed.pictures, settings),
            folders,
            department_folder,
            common_key: CommonKey::new(settings, options, computed.bound, computed.fonts, common_errors > 0),
            with_errors: errors().filter_map(|finding| finding.branch.clone()).collect(),
            keys: vec![OnceLock::new(); branches.len()],
        }
    }

    /// The branches, in the roster's order.
    pub(super) fn branches(&self) -> &'a [Branch] {
        &self.computed.bound.branches
    }

    /// What to make for a branch.
    pub(super) fn order(&self, index: usize) -> BranchOrder<'_> {
        let branch = &self.branches()[index];
        BranchOrder {
            branch,
            place: index + 1,
            metrics: &self.computed.metrics[index],
            attachments: &self.computed.attachments[index],
            folder: &self.folders[index],
            has_error: self.with_errors.contains(branch.name()),
        }
    }

    /// The hash of everything that a branch's files depend on; computed once.
    pub(super) fn key(&self, index: usize) -> Digest {
        let compute = || {
            let BranchOrder { branch, place, attachments, folder, has_error, .. } = self.order(index);
            let ledgers = self.settings.notice.ledger.len();
            self.common_key.of_branch(&BranchKey { branch, place, attachments, ledgers, folder, has_error })
        };
        *self.keys[index].get_or_init(compute)
    }

    /// The same for the department's files.
    pub(super) fn department_key(&self, incomplete: bool) -> Digest {
        use rayon::prelude::*;
        let keys: Vec<Digest> = (0..self.keys.len()).into_par_iter().map(|index| self.key(index)).collect();
        self.common_key.of_department(keys.iter(), incomplete)
    }

    /// Where what is lost with final reports is looked for.
    pub(super) fn loss_source(&self) -> LossSource<'a> {
        LossSource { options: self.options, previous: self.previous, branches: self.branches() }
    }

    fn drafts(&self) -> Drafts<'a> {
        Drafts { settings: self.settings, pictures: self.computed.pictures, date: None }
    }

    /// What a branch's report would show now; `None` when it cannot be made.
    pub(super) fn shown_by_branch(&self, order: &BranchOrder<'_>) -> Option<Digest> {
        let notice = &self.settings.notice;
        let beside = order.attachments.key();
        let look = |report: &Report<'_>| shown(&content(report), notice, &beside);
        self.drafts().of_branch(order.branch, order.metrics, order.attachments, look).ok()
    }

    /// The same of the department's.
    pub(super) fn shown_by_department(&self, department: &Department<'_>) -> Option<Digest> {
        let notice = &self.settings.notice;
        let look = |report: &Report<'_>| shown(&content(report), notice, &department.table_key(notice));
        self.drafts().of_department(department, look)?.ok()
    }

    /// The report code that a branch's report would have now as a final one; `None` when it could not be final.
    pub(super) fn code_of_branch(&self, order: &BranchOrder<'_>) -> Option<ReportCode> {
        let drafts = Drafts { date: self.options.date, ..self.drafts() };
        let look = |report: &Report<'_>| self.code_of(order.place, report);
        let code = drafts.of_branch(order.branch, order.metrics, order.attachments, look).ok().flatten();
        code.filter(|_| !order.has_error)
    }

    /// The same of the department's.
    pub(super) fn code_of_department(&self, department: &Department<'_>) -> Option<ReportCode> {
        let drafts = Drafts { date: self.options.date, ..self.drafts() };
        drafts.of_department(department, |report| self.code_of(0, report))?.ok().flatten()
    }

    fn code_of(&self, place: usize, report: &Report<'_>) -> Option<ReportCode> {
        let can_be_final = report.gaps().is_empty() && self.builder.common_errors == 0;
        let code = || ReportCode::for_content(&self.settings.notice.code(), place, content(report).as_bytes());
        can_be_final.then(code)
    }

    /// A report with this key, to be looked for in the previous run.
    pub(super) fn wanted(&self, key: Digest) -> WantedReport<'a> {
        WantedReport { key, is_final: self.options.is_final, outputs: self.builder.outputs }
    }

    /// The folder of reports, for findings.
    pub(super) fn output(&self) -> &'a Path {
        &self.options.output
    }
}
