//! Validates settings: every name must refer to something that exists, every value must be usable.
//!
//! Each check adds its errors to a list, so that all are reported at once.

mod archive;
mod ids;
mod ledgers;
mod message;
mod summary;

use super::error::NoticeError;
use super::settings::Notice;
use message::{error_at_name, unknown};

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
    check_file_names(notice, &mut errors);
    check_calendars(notice, &mut errors);
    summary::check_summary(notice, &mut errors);
    archive::check_archive(notice, &mut errors);
    NoticeError::all(errors)
}

/// Ledgers of parts must exist.
fn check_parts(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for name in notice.section.iter().flat_map(|section| &section.part).flat_map(|part| &part.ledgers) {
        if !notice.ledger.contains_key(name.get_ref()) {
            errors.push(notice.error_at(name, unknown("台账", name.get_ref(), notice.ledger.keys())));
        }
    }
}

/// Ledgers and columns of checks must exist.
fn check_checks(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for check in &notice.check {
        let Some(ledger) = notice.ledger.get(check.ledger.get_ref()) else {
            errors.push(notice.error_at(&check.ledger, unknown("台账", check.ledger.get_ref(), notice.ledger.keys())));
            continue;
        };
        if let Some(column) = check.column.as_ref().filter(|column| !ledger.columns.contains_key(*column)) {
            errors.push(notice.error_at(&check.ledger, unknown("列", column, ledger.columns.keys())));
        }
    }
}

/// Kinds of branch that parts and sheets are for must be values of the roster's column of kinds.
fn check_kinds(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let roster = notice.ledger.get(&notice.roster.ledger);
    let Some(column) = roster.and_then(|ledger| ledger.columns.get(&notice.roster.kind)) else { return };
    let parts = notice.section.iter().flat_map(|section| &section.part).filter_map(|part| part.kinds.as_ref());
    let sheets = notice.summary.iter().flat_map(|summary| &summary.sheet).filter_map(|sheet| sheet.kinds.as_ref());
    for kind in parts.chain(sheets).flatten() {
        if !column.values.contains(kind.get_ref()) {
            errors.push(notice.error_at(kind, unknown("类别", kind.get_ref(), &column.values)));
        }
    }
}

/// Names of reports become parts of file names, which every system must accept.
fn check_file_names(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let summary = notice.summary.iter().flat_map(|summary| [&summary.letter.file_name, &summary.name]);
    for name in std::iter::once(&notice.letter.file_name).chain(summary) {
        if name.trim().is_empty() || name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']) || name.len() > 60 {
            let message = format!("“{name}”不能作文件名：不含 / \\ : * ? \" < > |，不超过 20 个字");
            errors.push(error_at_name(notice, name, message));
        }
    }
}

/// Calendars must advance.
fn check_calendars(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for (id, _) in notice.calendar.iter().filter(|(_, calendar)| calendar.every_days == 0) {
        errors.push(error_at_name(notice, id, format!("“{id}”的 every_days 应至少是 1")));
    }
}
