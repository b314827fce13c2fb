//! Branches that the roster no longer lists and whose reports are still in the output folder.

use std::collections::HashSet;

use super::context::BuildContext;
use super::record::RunRecords;
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code};
use crate::manifest::ReportOutcome;
use crate::pipeline::RunScope;

/// Records of former branches whose files are still there, each of which is a finding. With `--prune` their files are
/// removed first, except those that a person edited or that a present branch has under the same path. A run that is not
/// complete removes nothing, nor does one with a ledger that could not be read: the roster may then be incomplete.
pub(super) fn branches(
    context: &BuildContext<'_>,
    records: &RunRecords,
    is_complete: bool,
) -> WithDiagnostics<Vec<ReportOutcome>> {
    if matches!(context.options.scope, RunScope::Shard { .. }) {
        return WithDiagnostics::default();
    }
    let listed: HashSet<&str> = records.branches.iter().map(|record| record.name.as_str()).collect();
    let mut former = context.previous.unlisted(|name| listed.contains(name));
    if !is_complete || former.is_empty() {
        return WithDiagnostics::new(former, Vec::new());
    }
    let mut present: HashSet<(&str, &str)> = HashSet::new();
    for record in records.branches.iter().chain([&records.department]) {
        present.extend(record.all_files().map(|(name, _)| (record.folder.as_str(), name.as_str())));
    }
    let mut findings = Vec::new();
    for record in &mut former {
        record.files.extend(std::mem::take(&mut record.earlier));
        let folder = record.folder.clone();
        record.files.retain(|name, digest| {
            let is_present = present.contains(&(folder.as_str(), name.as_str()));
            !is_present && !pruned(context, &format!("{folder}/{name}"), digest)
        });
        if !record.files.is_empty() {
            findings.push(left_behind(context, record));
        }
    }
    former.retain(|record| !record.files.is_empty());
    WithDiagnostics::new(former, findings)
}

/// Removes a file when that was asked for and is safe; whether it is gone.
fn pruned(context: &BuildContext<'_>, path: &str, digest: &crate::store::Digest) -> bool {
    context.options.prune
        && context.builder.common_errors == 0
        && context.builder.outputs.remove(path, digest).unwrap_or_default()
}

fn left_behind(context: &BuildContext<'_>, record: &ReportOutcome) -> Diagnostic {
    let is_unsure = context.options.prune && context.builder.common_errors > 0;
    let why = if is_unsure { "；有的文件没有读成，不能确定，没有删除" } else { "" };
    let (name, count) = (&record.name, record.files.len());
    let place = Location::File(context.output().join(&record.folder).display().to_string());
    let message = format!("名册中已没有“{name}”，这里还有它的 {count} 个文件{why}");
    Diagnostic::new(&code::GONE, place, message).of_branch(name)
}
