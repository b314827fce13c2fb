//! The compute phase: every branch's metrics from its rows.

use rayon::prelude::*;

use super::{BuildStage, Progress, Settings};
use crate::diagnostics::WithDiagnostics;
use crate::metric::{self, Metrics};
use crate::model::Branch;

/// Every branch's metrics, in the branches' order.
pub(super) fn compute(
    branches: &[Branch],
    settings: &Settings,
    progress: &dyn Progress,
) -> WithDiagnostics<Vec<Metrics>> {
    progress.stage(BuildStage::Compute, branches.len());
    settings.expressions.steps().allow_for(branches.len());
    let computed: Vec<WithDiagnostics<Metrics>> = branches
        .par_iter()
        .map(|branch| {
            let metrics = metric::compute(branch, &settings.notice, &settings.expressions);
            progress.step();
            metrics
        })
        .collect();
    let mut findings = Vec::new();
    let metrics = computed.into_iter().map(|metrics| metrics.append_to(&mut findings)).collect();
    WithDiagnostics::new(metrics, findings)
}
