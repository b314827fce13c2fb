//! Reads the records of earlier runs: `run.json`, and `previous.json` beside a report.

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{EarlierBranch, EarlierFile, EarlierRun, KnownMetrics};
use crate::manifest::{PreviousRecord, RunManifest, values_of};
use crate::model::{PreviousValue, PreviousValues};
use crate::notice::{Metric, Notice};
use crate::pipeline::BuildError;
use crate::store::{Digest, parse_record};

/// The version that a record states, whatever else it holds.
#[derive(Deserialize)]
struct Stated {
    version: String,
}

/// Major and minor number of a version.
fn numbers(version: &str) -> Option<[u64; 2]> {
    let mut parts = version.split('.').map(str::parse);
    Some([parts.next()?.ok()?, parts.next().unwrap_or(Ok(0)).ok()?])
}

/// Reads the record of a run.
///
/// # Errors
/// When it is damaged, of a later version of the program, or no record.
pub(super) fn read_run(file: &EarlierFile, notice: &Notice) -> Result<EarlierRun, BuildError> {
    let stated: Stated = parse_record(&file.bytes, size_of::<Stated>())
        .map_err(|_| file.refusal("不完整或改坏了，不是 run.json 的内容"))?;
    let own = env!("CARGO_PKG_VERSION");
    if numbers(&stated.version) > numbers(own) {
        let reason = format!("由更新的版本 {} 生成，这个程序是 {own}：用那个版本，或改用汇总表.xlsx", stated.version);
        return Err(file.refusal(reason));
    }
    let run = RunManifest::parse(&file.bytes).map_err(|_| file.refusal("不完整或改坏了，不是 run.json 的内容"))?;
    let source = file.source(notice, "");
    let values =
        |labels: &IndexMap<String, String>, numbers: &[Option<Decimal>], metrics: &IndexMap<String, Metric>| {
            let value = |id: &String| {
                let value = numbers.get(labels.get_index_of(id)?).copied().flatten()?;
                Some(PreviousValue { value, source: source.clone(), cell: None })
            };
            PreviousValues::new(metrics.keys().map(value).collect())
        };
    let branch = |record: &crate::manifest::ReportOutcome| EarlierBranch {
        name: record.name.clone(),
        values: values(&run.labels, &record.metrics, &notice.metric),
    };
    let branches = run.branches.iter().filter(|record| !record.metrics.is_empty()).map(branch).collect();
    let department = match &notice.summary {
        Some(summary) => values(&run.summary_labels, &run.department.metrics, &summary.metric),
        None => PreviousValues::default(),
    };
    let summary = notice.summary.as_ref().map(|summary| known(&run.summary_labels, &summary.metric));
    Ok(EarlierRun {
        branches,
        department,
        metrics: known(&run.labels, &notice.metric),
        summary_metrics: summary.unwrap_or_default(),
        findings: Vec::new(),
    })
}

/// The metrics that have a label in an earlier run.
fn known(labels: &IndexMap<String, String>, metrics: &IndexMap<String, Metric>) -> KnownMetrics {
    let mut known = KnownMetrics::new();
    for (index, (id, metric)) in metrics.iter().enumerate() {
        if let Some(label) = labels.get(id) {
            known.insert(index, Some(label.clone()).filter(|label| *label != metric.label));
        }
    }
    known
}

/// Reads what a report used of an earlier run, with the name and the hash of that run's file.
///
/// # Errors
/// When it is damaged.
pub(super) fn read_previous(file: &EarlierFile, notice: &Notice) -> Result<(String, Digest, EarlierRun), BuildError> {
    let record =
        PreviousRecord::parse(&file.bytes).map_err(|_| file.refusal("不完整或改坏了，不是 previous.json 的内容"))?;
    let shown = EarlierFile::shown(&record.file, notice);
    let branches = record.branches.iter().map(|branch| EarlierBranch {
        name: branch.name.clone(),
        values: values_of(&branch.metrics, &notice.metric, &shown),
    });
    let branches = branches.collect();
    let department = match &notice.summary {
        Some(summary) => values_of(&record.department, &summary.metric, &shown),
        None => PreviousValues::default(),
    };
    // Which metrics the earlier file had was found when it was read.
    let all = |metrics: usize| (0..metrics).map(|index| (index, None)).collect::<KnownMetrics>();
    let metrics = all(notice.metric.len());
    let summary_metrics = all(notice.summary.as_ref().map_or(0, |summary| summary.metric.len()));
    let earlier = EarlierRun { branches, department, metrics, summary_metrics, findings: Vec::new() };
    Ok((record.file, record.digest, earlier))
}
