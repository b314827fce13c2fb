//! What of an earlier run does not fit this notice: metrics that it lacks or calls otherwise, branches that either run
//! lacks.

use std::collections::HashSet;

use super::{EarlierFile, EarlierRun};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::pipeline::Settings;
use crate::template::mentions_of_previous;

/// Names that a finding lists; of more it gives the number.
const NAMED: usize = 10;

/// Branches that only one of the two runs has, or the earlier one several times.
pub(super) struct Unmatched {
    /// Branches of this run without values in the earlier one.
    pub without: Vec<String>,
    /// Branches that the earlier run has more than once.
    pub twice: Vec<String>,
    /// Branches of the earlier run that the roster does not list.
    pub gone: Vec<String>,
}

/// The metrics whose values in the previous period expressions or templates use, and other words in such places.
fn used(settings: &Settings) -> HashSet<&str> {
    let templates = [Some(&settings.templates), settings.summary_templates.as_ref()].into_iter().flatten();
    let texts = std::iter::once(settings.notice.text()).chain(templates.flat_map(|templates| templates.all_sources()));
    texts.flat_map(mentions_of_previous).collect()
}

/// A finding when values of the previous period are used and none is given.
pub(super) fn of_use_without_previous(settings: &Settings) -> Vec<Diagnostic> {
    let notice = &settings.notice;
    let summary = notice.summary.iter().flat_map(|summary| summary.metric.keys());
    let used = used(settings);
    let Some(id) = notice.metric.keys().chain(summary).find(|id| used.contains(id.as_str())) else { return Vec::new() };
    let place = Location::File(notice.file().display().to_string());
    let message =
        format!("用到{}的“{id}”，没有给出{}的结果，都按没有数据写", notice.words.previous, notice.words.previous);
    let finding = Diagnostic::new(&code::NO_PREVIOUS, place, message);
    vec![finding.cure("在 [notice] 里写 previous = \"上一期的输出文件夹、run.json 或汇总表.xlsx\"，或用 --previous")]
}

/// Findings for used metrics that the previous period lacks, or calls otherwise.
pub(super) fn of_metrics(earlier: &EarlierRun, file: &str, settings: &Settings) -> Vec<Diagnostic> {
    let notice = &settings.notice;
    let place = || Location::File(EarlierFile::shown(file, notice));
    let mut findings = Vec::new();
    let of_branches = notice.metric.iter().enumerate().map(|(index, metric)| (earlier.metrics.get(&index), metric));
    let of_summary = notice.summary.iter().flat_map(|summary| summary.metric.iter().enumerate());
    let of_summary = of_summary.map(|(index, metric)| (earlier.summary_metrics.get(&index), metric));
    let used = used(settings);
    for (known, (id, metric)) in of_branches.chain(of_summary).filter(|(_, (id, _))| used.contains(id.as_str())) {
        let label = &metric.label;
        match known {
            None => {
                let message = format!("里面没有指标“{label}”（{id}），都按没有数据写");
                findings.push(Diagnostic::new(&code::PREVIOUS_METRIC, place(), message));
            }
            Some(Some(other)) => {
                let message = format!("指标 {id} 那时叫“{other}”，现在叫“{label}”");
                let finding = Diagnostic::new(&code::PREVIOUS_METRIC, place(), message);
                findings.push(finding.cure("核对是不是同一个数；不是的，换一个指标名称"));
            }
            Some(None) => {}
        }
    }
    findings
}

/// Findings for branches that do not match.
pub(super) fn of_branches(unmatched: &Unmatched, file: &str) -> Vec<Diagnostic> {
    let Unmatched { without, twice, gone } = unmatched;
    let mut findings = Vec::new();
    let mut push = |names: &[String], message: &str| {
        if !names.is_empty() {
            let message = format!("{message}：{}", listed(names));
            findings.push(Diagnostic::new(&code::PREVIOUS_BRANCH, Location::File(file.to_owned()), message));
        }
    };
    push(without, "里面没有这些单位，都按没有数据写");
    push(twice, "这些单位在里面不止一行，不知道用哪一行，都按没有数据写");
    push(gone, "里面有、现在的名册没有的单位");
    findings
}

fn listed(names: &[String]) -> String {
    let rest = if names.len() > NAMED { format!("等 {} 个", names.len()) } else { String::new() };
    format!("{}{rest}", names.iter().take(NAMED).cloned().collect::<Vec<_>>().join("、"))
}
