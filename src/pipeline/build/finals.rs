//! Final reports that a build of drafts finds in the output folder. They are kept, with their records, unless the options
//! say that drafts replace them; either way there is a finding for each with what would be lost or is: its report code
//! and its signed copies. A final report that a later run could not make again is kept likewise.

use super::context::BuildContext;
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code};
use crate::manifest::{Freshness, Issued, ReportOutcome};
use crate::pipeline::inputs::RecordedInputs;
use crate::store::Digest;

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

/// The record of a report that this run was asked for. Where it was stopped, the final report in its folder stays on record:
/// as it was in a run of drafts, for the findings of another run are none of it; beside the stopped one in a run of final
/// reports.
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
    record: &ReportOutcome,
    shown: Option<Digest>,
    now: &RecordedInputs,
) -> WithDiagnostics<ReportOutcome> {
    // Records of older versions do not say what the report shows.
    let outdated = record.shown != Digest::default() && shown != Some(record.shown);
    let issued = record.issued.as_ref().filter(|_| outdated);
    let changes = issued.map_or_else(String::new, |issued| changes_since(issued, now));
    let message = format!("这里是正式报告{}，没有改成草稿{changes}", what_is_lost(context, record));
    let finding = finding(context, record, message)
        .cure("要按现在的台账重新定稿，用 --final；要改回草稿，加 --redraft，核对码和签字件随即作废");
    WithDiagnostics::new(ReportOutcome { outdated, freshness: Freshness::KeptFinal, ..record.clone() }, vec![finding])
}

/// The finding for a final report that a draft replaced.
pub(super) fn replaced(context: &BuildContext<'_>, record: &ReportOutcome) -> Diagnostic {
    let message = format!("正式报告{}已改成草稿", what_is_lost(context, record));
    finding(context, record, message).cure("原来的核对码和签字件作废，重新定稿之后要重新签字")
}

fn finding(context: &BuildContext<'_>, record: &ReportOutcome, message: String) -> Diagnostic {
    let place = Location::File(context.output().join(&record.folder).display().to_string());
    Diagnostic::new(&code::FINAL, place, message).of_branch(&record.name)
}

/// Code and signed copies of a final report, in brackets.
fn what_is_lost(context: &BuildContext<'_>, record: &ReportOutcome) -> String {
    let mut parts: Vec<String> = record.issued.iter().map(|issued| format!("核对码 {}", issued.code)).collect();
    let copies: Vec<&str> = context.signed_copies.copies_of(&record.name).map(|copy| copy.name.as_str()).collect();
    if !copies.is_empty() {
        parts.push(format!("签字件 {}", copies.join("、")));
    }
    if parts.is_empty() { String::new() } else { format!("（{}）", parts.join("，")) }
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
