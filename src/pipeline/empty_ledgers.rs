//! The ledgers that a branch's report is made of and that have no row of it, and the metrics that say nothing for that.

use std::collections::HashSet;

use super::Settings;
use crate::metric::{AbsenceRule, LedgerState, MetricCell, Metrics};
use crate::model::Branch;
use crate::notice::{Annex, Notice};

/// The titles of a branch's empty ledgers.
#[derive(Debug, Default)]
pub(super) struct EmptyLedgers {
    /// Those in which it reported that it has nothing to report.
    pub nil: Vec<String>,
    /// Those that have no row of it and no such report, unless no row means that there is nothing.
    pub missing: Vec<String>,
}

/// The indices of the ledgers that reports of branches of a kind are made of.
pub(super) fn used_ledgers(notice: &Notice, kind: &str) -> HashSet<usize> {
    let parts = notice.section.iter().flat_map(|section| &section.part).filter(|part| part.is_for(kind));
    let annexes = notice.annex.iter().filter(|annex| annex.is_for(kind));
    let ids = parts.flat_map(|part| &part.ledgers).chain(annexes.flat_map(Annex::all_ledgers));
    ids.filter_map(|id| notice.ledger.get_index_of(id.get_ref().as_str())).collect()
}

impl EmptyLedgers {
    /// Those of a branch.
    pub(super) fn of(branch: &Branch, notice: &Notice) -> Self {
        let used = used_ledgers(notice, branch.kind());
        let mut empty = Self::default();
        for (index, ledger) in notice.ledger.values().enumerate() {
            if !used.contains(&index) {
                continue;
            }
            match branch.rows(index) {
                Some([]) | None if branch.has_nil_report(index) => empty.nil.push(ledger.title.clone()),
                Some([]) if ledger.may_be_empty() => {}
                Some([]) | None => empty.missing.push(ledger.title.clone()),
                Some(_) => {}
            }
        }
        empty
    }
}

/// The ids of a branch's metrics that are 0 only because it has neither rows nor a nil report.
pub(super) fn metrics_without_rows(branch: &Branch, metrics: &Metrics, settings: &Settings) -> Vec<String> {
    let notice = &settings.notice;
    let is_without_rows = |index: usize| {
        let rule = AbsenceRule::of(index, notice, &settings.expressions);
        let state = |ledger: usize| LedgerState::of(branch, ledger);
        rule.cell(metrics.value(index), branch.kind(), state, notice) == MetricCell::NoRows
    };
    let ids = notice.metric.keys().enumerate().filter(|(index, _)| is_without_rows(*index));
    ids.map(|(_, id)| id.clone()).collect()
}
