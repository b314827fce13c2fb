//! Reads the records of earlier runs: `run.json`, and `previous.json` beside a report. A metric that was 0 only because a
//! branch had no rows has no value, as in 汇总表.xlsx.

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{EarlierBranch, EarlierFile, EarlierRun, KnownMetrics};
use crate::manifest::{PreviousRecord, ReportOutcome, RunManifest, values_of};
use crate::metric::{AbsenceRule, LedgerState, MetricCell};
use crate::model::{PreviousValue, PreviousValues};
use crate::notice::{Metric, Notice};
use crate::pipeline::{BuildError, Settings};
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
pub(super) fn read_run(file: &EarlierFile, settings: &Settings) -> Result<EarlierRun, BuildError> {
    let notice = &settings.notice;
    let stated: Stated = parse_record(&file.bytes, size_of::<Stated>())
        .map_err(|_| file.refusal("不完整或改坏了，不是 run.json 的内容"))?;
    let own = env!("CARGO_PKG_VERSION");
    if numbers(&stated.version) > numbers(own) {
        let reason = format!("由更新的版本 {} 生成，这个程序是 {own}：用那个版本，或改用汇总表.xlsx", stated.version);
        return Err(file.refusal(reason));
    }
    let run = RunManifest::parse(&file.bytes).map_err(|_| file.refusal("不完整或改坏了，不是 run.json 的内容"))?;
    let is_damaged = |record: &ReportOutcome, labels: &IndexMap<String, String>| {
        !labels.is_empty() && !record.metrics.is_empty() && record.metrics.len() != labels.len()
    };
    let has_damaged = run.branches.iter().any(|record| is_damaged(record, &run.labels));
    if has_damaged || is_damaged(&run.department, &run.summary_labels) {
        return Err(file.refusal("改坏了：有的单位，数和指标不是一样多，不知道哪个数是哪个指标的"));
    }
    let source = file.source(notice, "");
    let values =
        |labels: &IndexMap<String, String>, numbers: &[Option<Decimal>], metrics: &IndexMap<String, Metric>| {
            let value = |id: &String| {
                let value = numbers.get(labels.get_index_of(id)?).copied().flatten()?;
                Some(PreviousValue { value, source: source.clone(), cell: None })
            };
            PreviousValues::new(metrics.keys().map(value).collect())
        };
    let branch = |record: &ReportOutcome| {
        let says_nothing =
            |(id, value): (&String, &Option<Decimal>)| value.is_some() && is_without_rows(record, id, *value, settings);
        let numbers = run.labels.keys().zip(&record.metrics);
        let numbers: Vec<Option<Decimal>> =
            numbers.map(|metric| if says_nothing(metric) { None } else { *metric.1 }).collect();
        EarlierBranch { name: record.name.clone(), values: values(&run.labels, &numbers, &notice.metric) }
    };
    let branches: Vec<EarlierBranch> =
        run.branches.iter().filter(|record| !record.metrics.is_empty()).map(branch).collect();
    let reported = run.branches.iter().filter(|record| record.left_out.is_empty() && record.has_values());
    let department = match &notice.summary {
        Some(summary) => values(&run.summary_labels, &run.department.metrics, &summary.metric),
        None => PreviousValues::default(),
    };
    let summary = notice.summary.as_ref().map(|summary| known(&run.summary_labels, &summary.metric));
    Ok(EarlierRun {
        branches,
        department,
        reporting: Some(reported.count()),
        metrics: known(&run.labels, &notice.metric),
        summary_metrics: summary.unwrap_or_default(),
        findings: Vec::new(),
    })
}

/// Whether a branch's metric was 0 only because it had neither rows nor a nil report. A record that does not say it has
/// the titles of the ledgers, which the settings of today have to fit.
fn is_without_rows(record: &ReportOutcome, id: &str, value: Option<Decimal>, settings: &Settings) -> bool {
    if let Some(without_rows) = &record.without_rows {
        return without_rows.iter().any(|known| known == id);
    }
    let notice = &settings.notice;
    let Some(index) = notice.metric.get_index_of(id).filter(|_| !record.missing.is_empty()) else { return false };
    let state = |ledger: usize| match notice.ledger.get_index(ledger).map(|(_, ledger)| &ledger.title) {
        Some(title) if record.missing.contains(title) => LedgerState::Nothing,
        Some(title) if record.nil.contains(title) => LedgerState::NilReport,
        _ => LedgerState::Rows,
    };
    let rule = AbsenceRule::of(index, notice, &settings.expressions);
    rule.cell(value, &record.kind, state, notice) == MetricCell::NoRows
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
    let earlier = EarlierRun {
        branches,
        department,
        reporting: record.reporting,
        metrics,
        summary_metrics,
        findings: Vec::new(),
    };
    Ok((record.file, record.digest, earlier))
}
