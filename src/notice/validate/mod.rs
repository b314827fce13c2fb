//! Validates settings: every name must refer to something that exists, every value must be usable.
//!
//! Each check adds its errors to a list, so that all are reported at once.

mod annex;
mod archive;
mod columns;
mod ids;
mod ledgers;
mod letter;
mod message;
mod summary;
mod values;

use super::error::NoticeError;
use super::metric::CheckScope;
use super::settings::Notice;
use message::{error_at_key, unknown};

/// Validates settings.
///
/// # Errors
/// With all errors found, each with its line.
pub(super) fn validate(notice: &Notice) -> Result<(), NoticeError> {
    let mut errors = Vec::new();
    ids::check_ids(notice, &mut errors);
    ledgers::check_roster(notice, &mut errors);
    ledgers::check_columns(notice, &mut errors);
    check_parts(notice, &mut errors);
    check_checks(notice, &mut errors);
    check_kinds(notice, &mut errors);
    values::check_values(notice, &mut errors);
    letter::check_letters(notice, &mut errors);
    summary::check_summary(notice, &mut errors);
    annex::check_annexes(notice, &mut errors);
    archive::check_archive(notice, &mut errors);
    NoticeError::all(errors)
}

/// Ledgers of parts must exist; a part with a text for nothing to report needs a ledger that allows it.
fn check_parts(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for part in notice.section.iter().flat_map(|section| &section.part) {
        for name in part.ledgers.iter().filter(|name| !notice.ledger.contains_key(name.get_ref())) {
            errors.push(notice.error_at(name, unknown("台账", name.get_ref(), notice.ledger.keys())));
        }
        let mut ledgers = part.ledgers.iter().filter_map(|name| notice.ledger.get(name.get_ref()));
        if part.nil.is_some() && !ledgers.any(|ledger| ledger.allows_nil_reports() || ledger.may_be_empty()) {
            let message = "写了 nil，但这部分的 ledgers 里没有一个台账可以报零报告（nil_report = []）".to_owned();
            errors.push(notice.error_at(&part.template, message));
        }
    }
}

/// A check has the keys of its scope; its ledger and column must exist.
fn check_checks(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for (index, check) in notice.check.iter().enumerate() {
        let message = match (check.scope, &check.ledger) {
            (CheckScope::Row, None) => Some("逐行核对的 [[check]] 要写 ledger：核对哪一个台账"),
            (CheckScope::Branch | CheckScope::Department, Some(_)) => {
                Some("核对单位或部门的 [[check]] 不写 ledger；要逐行核对，不写 scope")
            }
            (CheckScope::Branch | CheckScope::Department, None) if check.column.is_some() => {
                Some("核对单位或部门的 [[check]] 不写 column；要逐行核对，不写 scope")
            }
            (CheckScope::Department, None) if notice.summary.is_none() => {
                Some("核对部门的 [[check]] 用汇总的指标，通知里没有 [summary]")
            }
            _ => None,
        };
        if let Some(message) = message {
            errors.push(notice.error_at(&check.when, message.to_owned()));
            continue;
        }
        let Some(id) = &check.ledger else { continue };
        let Some(ledger) = notice.ledger.get(id.get_ref()) else {
            errors.push(notice.error_at(id, unknown("台账", id.get_ref(), notice.ledger.keys())));
            continue;
        };
        if let Some(column) = check.column.as_ref().filter(|column| ledger.field(column).is_none()) {
            let path = ["check", &index.to_string(), "column"];
            errors.push(error_at_key(notice, &path, unknown("列", column, ledger.field_ids())));
        }
    }
}

/// Kinds of branch that parts, annexes and sheets are for must be values of the roster's column of kinds.
fn check_kinds(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let roster = notice.ledger.get(&notice.roster.ledger);
    let Some(column) = roster.and_then(|ledger| ledger.columns.get(&notice.roster.kind)) else { return };
    let parts = notice.section.iter().flat_map(|section| &section.part).filter_map(|part| part.kinds.as_ref());
    let sheets = notice.summary.iter().flat_map(|summary| &summary.sheet).filter_map(|sheet| sheet.kinds.as_ref());
    let of_summary = notice.summary.iter().flat_map(|summary| &summary.annex);
    let annexes = notice.annex.iter().chain(of_summary).filter_map(|annex| annex.kinds.as_ref());
    for kind in parts.chain(annexes).chain(sheets).flatten() {
        if !column.values.contains(kind.get_ref()) {
            errors.push(notice.error_at(kind, unknown("类别", kind.get_ref(), &column.values)));
        }
    }
}
