//! The render and write phases: each report by itself, on all cores, rendered in memory and written at once so that no
//! more than one report a core is held.

use std::collections::HashSet;

use indexmap::IndexMap;
use rayon::prelude::*;

use super::context::BuildContext;
use super::finals;
use super::losses::Losses;
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code};
use crate::manifest::{Freshness, ReportOutcome};
use crate::model::Branch;
use crate::pipeline::attachments::leftovers;
use crate::pipeline::empty_ledgers::{EmptyLedgers, metrics_without_rows};
use crate::pipeline::selection::Selection;
use crate::pipeline::summary::{Department, SummaryOrder};
use crate::pipeline::{BuildStage, Progress, RunScope};
use crate::render::{Format, PICTURE_PREFIX};
use crate::store::Digest;

/// The outcomes of the reports of a run.
pub(super) struct Reports {
    /// First of roster rows that cannot be used, then of the chosen branches in their order.
    pub branches: Vec<ReportOutcome>,
    pub summary: Option<ReportOutcome>,
    /// Whether the run was cancelled before all were made.
    pub cancelled: bool,
}

impl Reports {
    /// Whether any report could not be made, or not be final.
    pub(super) fn any_stopped(&self) -> bool {
        self.branches.iter().chain(&self.summary).any(ReportOutcome::is_stopped)
    }

    /// Whether any final report was kept where another was asked for.
    pub(super) fn any_kept_final(&self) -> bool {
        self.branches.iter().chain(&self.summary).any(ReportOutcome::is_kept_final)
    }
}

/// Makes the reports of the chosen branches and, when all branches were asked for, the department's. The department's
/// draft does not depend on the outcomes of the branches' reports and is made at the same time; its final report does.
pub(super) fn reports(
    context: &BuildContext<'_>,
    losses: &Losses,
    selection: &Selection,
    progress: &dyn Progress,
) -> WithDiagnostics<Reports> {
    let chosen = selection.branches.as_slice();
    progress.stage(BuildStage::Report, chosen.len());
    let (is_final, covers_all) = (context.options.is_final, context.options.covers_all_branches());
    let draft = || {
        (selection.department && !is_final && !progress.is_cancelled())
            .then(|| department(context, losses, false))
            .flatten()
    };
    let (made, draft) = rayon::join(|| chosen_branches(context, losses, chosen, progress), draft);
    let cancelled = made.iter().any(Option::is_none);
    let mut findings = Vec::new();
    let mut branches = if covers_all { unusable_branches(context) } else { Vec::new() };
    branches.extend(made.into_iter().flatten().map(|report| report.append_to(&mut findings)));
    let summary = if selection.department && is_final && !cancelled {
        department(context, losses, is_incomplete(context, chosen, &branches))
    } else {
        draft
    };
    let summary = summary.map(|report| report.append_to(&mut findings));
    WithDiagnostics::new(Reports { branches, summary, cancelled }, findings)
}

/// Whether a branch's final report is missing or shows something else than it would now: of those that this run made,
/// and of the others, but for the branches that the summary leaves out.
fn is_incomplete(context: &BuildContext<'_>, chosen: &[usize], made: &[ReportOutcome]) -> bool {
    let chosen: HashSet<usize> = chosen.iter().copied().collect();
    let is_current = |index: &usize| {
        let order = context.order(*index);
        let record = context.previous.final_report(order.branch.name(), context.builder.outputs);
        record.is_some_and(|record| {
            record.key == context.key(*index) || context.shown_by_branch(&order) == Some(record.shown)
        })
    };
    let is_awaited = |index: &usize| context.branches()[*index].left_out().is_none();
    let left_out: HashSet<&str> = context.computed.bound.left_out().iter().map(|branch| branch.name()).collect();
    let others = (0..context.branches().len()).into_par_iter().filter(|index| !chosen.contains(index));
    let mut awaited = made.iter().filter(|report| !left_out.contains(report.name.as_str()));
    awaited.any(|report| report.is_stopped() || report.is_kept_final())
        || others.filter(is_awaited).any(|index| !is_current(&index))
}

/// Reports of roster rows that make no branch although they name one.
fn unusable_branches(context: &BuildContext<'_>) -> Vec<ReportOutcome> {
    let unusable = context.computed.bound.unusable.iter().map(|name| {
        let before = context.previous.branch(name);
        let report = ReportOutcome::stopped(name, before.map_or("", |record| &record.folder));
        ReportOutcome { earlier: earlier_files(context, before, &report), ..report }
    });
    unusable.collect()
}

/// The outcomes of the chosen branches, in their order; `None` for one that a cancelled run did not reach.
fn chosen_branches(
    context: &BuildContext<'_>,
    losses: &Losses,
    chosen: &[usize],
    progress: &dyn Progress,
) -> Vec<Option<WithDiagnostics<ReportOutcome>>> {
    let made = chosen.par_iter().with_max_len(1).map(|index| {
        let made = (!progress.is_cancelled()).then(|| branch(context, losses, *index));
        progress.step();
        made
    });
    made.collect()
}

/// A branch's report: a final one that is kept, reused, or made.
fn branch(context: &BuildContext<'_>, losses: &Losses, index: usize) -> WithDiagnostics<ReportOutcome> {
    let order = context.order(index);
    let before = finals::of_branch(context, order.branch.name());
    if let Some(record) = before.filter(|_| !context.options.redraft) {
        let shown = context.shown_by_branch(&order);
        return finals::kept(context, losses, record, shown, &context.inputs.of_branch(order.branch));
    }
    let key = context.key(index);
    if let Some(record) = finals::replaced_by_final(context, index).filter(|record| losses.has(record)) {
        return finals::kept_signed(context, losses, record, &context.inputs.of_branch(order.branch));
    }
    let made = match (context.previous.reuse(order.branch.name(), &context.wanted(key)), context.options.scope) {
        (Ok(reused), _) => reused,
        (Err(_), RunScope::Merge) => unmade(order.branch, order.folder),
        (Err(reason), RunScope::Whole | RunScope::Shard { .. }) => {
            let mut made = context.builder.build_branch(&order);
            made.output.freshness = Freshness::Rebuilt(reason);
            made
        }
    };
    let WithDiagnostics { output: mut report, mut findings } = made;
    if let Some(issued) = &mut report.issued {
        context.inputs.of_branch(order.branch).record_in(issued);
    }
    findings.extend(before.filter(|_| !report.is_stopped()).map(|record| finals::replaced(context, losses, record)));
    let EmptyLedgers { nil, missing } = EmptyLedgers::of(order.branch, &context.settings.notice);
    let is_complete = missing.is_empty();
    let without_rows = (!is_complete).then(|| metrics_without_rows(order.branch, order.metrics, context.settings));
    let earlier = earlier_files(context, context.previous.branch(order.branch.name()), &report);
    findings.extend(leftovers(earlier.keys(), &context.output().join(order.folder), order.branch.name()));
    let report = ReportOutcome {
        kind: order.branch.kind().to_owned(),
        left_out: order.branch.left_out().unwrap_or_default().to_owned(),
        folder: order.folder.to_owned(),
        key: key_to_record(&report, &findings, key),
        earlier,
        missing,
        nil,
        without_rows,
        metrics: order.metrics.values().collect(),
        ..report
    };
    WithDiagnostics::new(report, findings)
}

/// The department's final report that this run would replace and that is signed or archived.
fn signed_summary(
    context: &BuildContext<'_>,
    department: &Department<'_>,
    key: Digest,
) -> Option<WithDiagnostics<ReportOutcome>> {
    let record = finals::replaced_summary(context, department, key)?;
    let losses = Losses::of_scans(context.loss_source());
    losses.has(record).then(|| finals::kept_signed(context, &losses, record, &context.inputs.of_department()))
}

/// A branch whose shard did not make its report.
fn unmade(branch: &Branch, folder: &str) -> WithDiagnostics<ReportOutcome> {
    let message = "没有它的报告，或报告不是用现在的台账、设置和选项生成的";
    let finding = Diagnostic::new(&code::UNMADE, Location::Branch, message).of_branch(branch.name());
    WithDiagnostics::new(ReportOutcome::stopped(branch.name(), folder), vec![finding])
}

/// The department's report: a final one that is kept, reused, or made; `None` when the notice has none. `incomplete`
/// when it is to be final and a branch's final report is missing.
fn department(context: &BuildContext<'_>, losses: &Losses, incomplete: bool) -> Option<WithDiagnostics<ReportOutcome>> {
    let summary = context.settings.notice.summary.as_ref()?;
    let templates = context.settings.summary_templates.as_ref()?;
    let before = finals::of_department(context);
    let computed = Department::compute(context.computed.bound, context.computed.metrics, summary, context.settings);
    let mut findings = Vec::new();
    let department = computed.append_to(&mut findings);
    if let Some(record) = before.filter(|_| !context.options.redraft) {
        let shown = context.shown_by_department(&department);
        return Some(finals::kept(context, losses, record, shown, &context.inputs.of_department()));
    }
    let key = context.department_key(incomplete);
    if let Some(kept) = signed_summary(context, &department, key).filter(|_| !incomplete) {
        return Some(kept);
    }
    let made = context.wanted(key).reuse(&context.previous.department).unwrap_or_else(|reason| {
        let order = SummaryOrder { summary, templates, folder: &context.department_folder, incomplete };
        let mut made = context.builder.build_summary(&department, &order);
        made.output.freshness = Freshness::Rebuilt(reason);
        made
    });
    let mut report = made.append_to(&mut findings);
    if let Some(issued) = &mut report.issued {
        context.inputs.of_department().record_in(issued);
    }
    findings.extend(before.filter(|_| !report.is_stopped()).map(|record| finals::replaced(context, losses, record)));
    // Conditions of its table do not hold when the steps of the run are exhausted.
    let key = if context.settings.within_steps().is_ok() { key } else { Digest::NONE };
    let report = ReportOutcome {
        key: key_to_record(&report, &findings, key),
        earlier: earlier_files(context, Some(&context.previous.department), &report),
        metrics: department.metrics.values().collect(),
        ..report
    };
    Some(WithDiagnostics::new(report, findings))
}

/// The key to record: none when the next run is to look at the files again, or may find a font for what was printed as
/// □.
fn key_to_record(report: &ReportOutcome, findings: &[Diagnostic], key: Digest) -> Digest {
    let lacks_characters = findings.iter().any(|finding| finding.code == &code::MISSING_CHARACTER);
    if report.is_stopped() || report.kept_edits || lacks_characters { Digest::NONE } else { key }
}

/// Files of the previous run that this one did not write. Pictures that a Markdown file no longer links are removed,
/// unless a person changed them.
fn earlier_files(
    context: &BuildContext<'_>,
    before: Option<&ReportOutcome>,
    report: &ReportOutcome,
) -> IndexMap<String, Digest> {
    let files = before.into_iter().flat_map(ReportOutcome::all_files);
    let has_markdown = report.files.keys().any(|name| name.ends_with(Format::Md.extension()));
    let is_left = |name: &str, digest: &Digest| {
        let is_unlinked = has_markdown && name.starts_with(PICTURE_PREFIX);
        let path = format!("{}/{name}", report.folder);
        !is_unlinked || !context.builder.outputs.remove(&path, digest).unwrap_or_default()
    };
    let earlier = files.filter(|(name, digest)| !report.files.contains_key(*name) && is_left(name, digest));
    earlier.map(|(name, digest)| (name.clone(), *digest)).collect()
}
