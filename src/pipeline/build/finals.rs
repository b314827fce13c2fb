//! Final reports that a build finds in the output folder. A build of drafts keeps them, with their records, unless the
//! options say that drafts replace them; a build of final reports keeps those that are signed or archived and would
//! show something else, unless the options say so. Either way there is a finding for each with what would be lost or is
//! (`losses`). A final report that a later run could not make again is kept likewise.

use rayon::prelude::*;

use super::context::BuildContext;
use super::losses::{Losses, is_another};
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code};
use crate::manifest::{Freshness, Issued, ReportOutcome};
use crate::pipeline::inputs::RecordedInputs;
use crate::pipeline::summary::Department;
use crate::store::Digest;

/// What is lost with the final reports that a run over the chosen branches would replace. Scans are looked into only
/// when a final report would replace another.
pub(super) fn losses(context: &BuildContext<'_>, chosen: &[usize]) -> Losses {
    let (is_final, source) = (context.options.is_final, context.loss_source());
    if !is_final {
        return Losses::by_names(source);
    }
    let is_replaced = |index: &usize| replaced_by_final(context, *index).is_some();
    let any = !context.options.replace_signed && chosen.par_iter().any(is_replaced);
    if any { Losses::of_scans(source) } else { Losses::default() }
}

/// The final report of a branch that a run of final reports would replace by one that shows something else, unless it
/// may.
pub(super) fn replaced_by_final<'a>(context: &BuildContext<'a>, index: usize) -> Option<&'a ReportOutcome> {
    if !context.options.is_final || context.options.replace_signed {
        return None;
    }
    let order = context.order(index);
    let record = context.previous.final_report(order.branch.name(), context.builder.outputs)?;
    let is_replaced = record.key != context.key(index) && is_another(record, context.code_of_branch(&order).as_ref());
    is_replaced.then_some(record)
}

/// The department's, likewise; `key` is that of the one to be made.
pub(super) fn replaced_summary<'a>(
    context: &BuildContext<'a>,
    department: &Department<'_>,
    key: Digest,
) -> Option<&'a ReportOutcome> {
    if !context.options.is_final || context.options.replace_signed {
        return None;
    }
    let record = context.previous.final_department(context.builder.outputs)?;
    let is_replaced = record.key != key && is_another(record, context.code_of_department(department).as_ref());
    is_replaced.then_some(record)
}

/// The final report of a branch that is in the output folder while the run makes drafts.
pub(super) fn of_branch<'a>(context: &BuildContext<'a>, name: &str) -> Option<&'a ReportOutcome> {
    if context.options.is_final {
        return None;
    }
    context.previous.final_report(name, context.builder.outputs)
}

/// The department's, likewise.
pub(super) fn of_department<'a>(context: &BuildContext<'a>) -> Option<&'a ReportOutcome> {
    if context.options.is_final {
        return None;
    }
    context.previous.final_department(context.builder.outputs)
}

/// The record of a report that this run was asked for. Where it was stopped, the final report in its folder stays on
/// record: as it was in a run of drafts, for the findings of another run are none of it; beside the stopped one in a
/// run of final reports.
pub(super) fn recorded(
    context: &BuildContext<'_>,
    report: ReportOutcome,
    standing: Option<&ReportOutcome>,
) -> ReportOutcome {
    match standing.filter(|_| report.is_stopped()) {
        Some(standing) if context.options.is_final => {
            ReportOutcome { standing_final: Some(Box::new(standing.clone())), ..report }
        }
        Some(standing) => standing.clone(),
        None => report,
    }
}

/// A final report that is kept; `shown` is what it would show if it was made now.
pub(super) fn kept(
    context: &BuildContext<'_>,
    losses: &Losses,
    record: &ReportOutcome,
    shown: Option<Digest>,
    now: &RecordedInputs,
) -> WithDiagnostics<ReportOutcome> {
    // Records of older versions do not say what the report shows.
    let outdated = record.shown.is_known() && shown != Some(record.shown);
    let issued = record.issued.as_ref().filter(|_| outdated);
    let changes = issued.map_or_else(String::new, |issued| changes_since(issued, now));
    let message = format!("这里是正式报告{}，没有改成草稿{changes}", losses.describe(record));
    let finding = finding(context, record, message);
    WithDiagnostics::new(ReportOutcome { outdated, freshness: Freshness::KeptFinal, ..record.clone() }, vec![finding])
}

/// A signed or archived final report that is kept although it would show something else.
pub(super) fn kept_signed(
    context: &BuildContext<'_>,
    losses: &Losses,
    record: &ReportOutcome,
    now: &RecordedInputs,
) -> WithDiagnostics<ReportOutcome> {
    let changes = record.issued.as_ref().map_or_else(String::new, |issued| changes_since(issued, now));
    let message = format!("这里的正式报告{}已经签字或归档，没有换成新的{changes}", losses.describe(record));
    let place = Location::File(context.output().join(&record.folder).display().to_string());
    let finding = Diagnostic::new(&code::SIGNED_FINAL, place, message).of_branch(&record.name);
    let report = ReportOutcome { outdated: true, freshness: Freshness::KeptFinal, ..record.clone() };
    WithDiagnostics::new(report, vec![finding])
}

/// The finding for a final report that a draft replaced.
pub(super) fn replaced(context: &BuildContext<'_>, losses: &Losses, record: &ReportOutcome) -> Diagnostic {
    let message = format!("正式报告{}已改成草稿", losses.describe(record));
    finding(context, record, message).cure("原来的核对码和签字件作废，重新定稿之后要重新签字")
}

fn finding(context: &BuildContext<'_>, record: &ReportOutcome, message: String) -> Diagnostic {
    let place = Location::File(context.output().join(&record.folder).display().to_string());
    Diagnostic::new(&code::FINAL, place, message).of_branch(&record.name)
}

/// What changed since a report was made final: nothing, or a clause for ledgers and one for settings.
fn changes_since(issued: &Issued, now: &RecordedInputs) -> String {
    let mut clauses = String::new();
    let added = now.ledgers.keys().filter(|name| !issued.ledgers.contains_key(*name));
    let names = issued.ledgers.keys().chain(added);
    let changed = names.filter(|name| issued.ledgers.get(*name) != now.ledgers.get(*name));
    let changed: Vec<&str> = changed.map(String::as_str).collect();
    if !changed.is_empty() {
        clauses.push_str(&format!("；定稿之后台账改过：{}", changed.join("、")));
    }
    if issued.settings != now.settings {
        clauses.push_str("；定稿之后设置或模板改过");
    }
    clauses
}
