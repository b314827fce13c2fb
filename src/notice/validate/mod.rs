//! Validates settings: every name must refer to something that exists, every value must be usable.
//!
//! Each check adds its errors to a list, so that all are reported at once.

mod archive;
mod ids;
mod ledgers;
mod summary;

use super::error::{NoticeError, nearest};
use super::settings::Notice;

/// Validates settings.
///
/// # Errors
/// With all errors found, each with its line.
pub fn validate(notice: &Notice) -> Result<(), NoticeError> {
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

/// An error about a name without a span, at the first line of the settings that contains it.
fn error_at_name(notice: &Notice, name: &str, message: String) -> NoticeError {
    let contains = |line: &str| !line.trim_start().starts_with('#') && line.contains(name);
    let line = notice.text.lines().position(contains).map_or(1, |index| index + 1);
    NoticeError::At { file: notice.file.clone(), line, message }
}

/// The message about an unknown name: the most similar name, and all names.
fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a String>) -> String {
    let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("，是不是“{near}”？"),
        None => "，".to_owned(),
    };
    format!("没有名为“{name}”的{what}{hint}现有：{}", known.join("、"))
}
