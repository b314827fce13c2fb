//! Ids are names in templates and expressions: each must be usable there, and refer to one thing only.

use super::super::error::NoticeError;
use super::super::id::is_name;
use super::super::settings::Notice;
use super::message::error_at_key;

/// Names that templates and expressions define themselves. Of these, columns may not be called `n` only.
const RESERVED: [&str; 15] = [
    "n", "row", "branch", "notice", "letter", "annex", "prev", "change", "calendar", "vars", "cutoff", "deadline",
    "and", "or", "not",
];

/// Words of templates: tera takes them for something else, or refuses a template with them in a way that says nothing
/// of ids.
const TEMPLATE_WORDS: [&str; 14] =
    ["true", "false", "none", "null", "in", "is", "if", "elif", "else", "for", "set", "loop", "break", "continue"];

/// Names that the summary's templates and expressions define themselves.
const RESERVED_IN_SUMMARY: [&str; 17] = [
    "n",
    "b",
    "branches",
    "all",
    "reporting",
    "notice",
    "letter",
    "annex",
    "prev",
    "change",
    "calendar",
    "vars",
    "cutoff",
    "deadline",
    "and",
    "or",
    "not",
];

pub(super) fn check_ids(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let ledgers = notice.ledger.keys().map(|id| vec!["ledger", id]);
    let metrics = notice.metric.keys().map(|id| vec!["metric", id]);
    let calendars = notice.calendar.keys().map(|id| vec!["calendar", id]);
    for path in ledgers.chain(metrics).chain(calendars) {
        check_id(notice, &path, &RESERVED, errors);
    }
    for (ledger, settings) in &notice.ledger {
        for id in settings.columns.keys() {
            check_id(notice, &["ledger", ledger, "columns", id], &RESERVED[..1], errors);
        }
        for id in settings.computed.keys() {
            let path = ["ledger", ledger, "computed", id];
            check_id(notice, &path, &["n", "row"], errors);
            if settings.columns.contains_key(id) {
                errors.push(error_at_key(notice, &path, format!("“{id}”既是台账的列又是算出的列，请改一个名称")));
            }
        }
    }
    for id in notice.vars.keys() {
        check_id(notice, &["vars", id], &RESERVED[..1], errors);
    }
    if let Some(summary) = &notice.summary {
        for id in summary.list.keys() {
            check_id(notice, &["summary", "list", id], &RESERVED_IN_SUMMARY, errors);
        }
        for id in summary.metric.keys() {
            let path = ["summary", "metric", id];
            check_id(notice, &path, &RESERVED_IN_SUMMARY, errors);
            if summary.list.contains_key(id) {
                errors.push(error_at_key(notice, &path, format!("“{id}”既是名单又是汇总指标，请改一个名称")));
            }
        }
    }
    for id in notice.metric.keys().filter(|id| notice.ledger.contains_key(*id)) {
        errors.push(error_at_key(notice, &["metric", id], format!("“{id}”既是台账又是指标，请改一个名称")));
    }
}

/// Why a text cannot be a name in templates and expressions.
pub(super) fn name_fault(id: &str) -> Option<String> {
    (!is_name(id)).then(|| format!("“{id}”不能作名称：只用汉字、字母、数字和下划线，以汉字或字母开头"))
}

/// Checks the last part of a path.
fn check_id(notice: &Notice, path: &[&str], reserved: &[&str], errors: &mut Vec<NoticeError>) {
    let id = path.last().copied().unwrap_or_default();
    let message = if let Some(message) = name_fault(id) {
        message
    } else if TEMPLATE_WORDS.contains(&id) {
        format!("“{id}”是模板里的词，不能作名称，请换一个")
    } else if reserved.contains(&id) {
        format!("“{id}”另有用处，请换一个名称（不能用：{}）", reserved.join("、"))
    } else {
        return;
    };
    errors.push(error_at_key(notice, path, message));
}
