//! Names in the settings that must lead somewhere.

use super::{Notice, NoticeError, nearest};
use crate::notice::ColumnType;

/// Names that templates and expressions already use for something else; for a column only `n` is.
const RESERVED: [&str; 8] = ["n", "row", "branch", "notice", "letter", "calendar", "cutoff", "deadline"];

/// Checks that every name in the settings leads somewhere; collects all that do not.
pub fn validate(notice: &Notice) -> Result<(), NoticeError> {
    let mut errors = Vec::new();
    ids(notice, &mut errors);
    roster(notice, &mut errors);
    columns(notice, &mut errors);
    let ledgers = || notice.ledger.keys().map(String::as_str);
    for name in notice.section.iter().flat_map(|s| &s.part).flat_map(|p| &p.ledgers) {
        if !notice.ledger.contains_key(name.get_ref()) {
            errors.push(notice.error_at(name, unknown("台账", name.get_ref(), ledgers())));
        }
    }
    for check in &notice.check {
        match notice.ledger.get(check.ledger.get_ref()) {
            None => errors.push(notice.error_at(&check.ledger, unknown("台账", check.ledger.get_ref(), ledgers()))),
            Some(ledger) => {
                let columns = || ledger.columns.keys().map(String::as_str);
                if let Some(column) = check.column.as_deref().filter(|c| !ledger.columns.contains_key(*c)) {
                    errors.push(notice.error_at(&check.ledger, unknown("列", column, columns())));
                }
            }
        }
    }
    NoticeError::all(errors)
}

/// Ids must be names that templates and expressions can use, each for one thing.
fn ids(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let columns = notice.ledger.values().flat_map(|l| l.columns.keys()).map(|id| (id, &RESERVED[..1]));
    let tops =
        notice.ledger.keys().chain(notice.figure.keys()).chain(notice.calendar.keys()).map(|id| (id, &RESERVED[..]));
    for (id, reserved) in tops.chain(columns) {
        let mut letters = id.chars();
        let proper = letters.next().is_some_and(|c| c.is_ascii_lowercase())
            && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !proper {
            errors.push(whole(notice, format!("“{id}”不能作名称：只用小写字母、数字和下划线，以字母开头")));
        } else if reserved.contains(&id.as_str()) {
            errors.push(whole(notice, format!("“{id}”另有用处，请换一个名称（不能用：{}）", reserved.join("、"))));
        }
    }
    for id in notice.figure.keys().filter(|id| notice.ledger.contains_key(*id)) {
        errors.push(whole(notice, format!("“{id}”既是台账又是指标，请改一个名称")));
    }
}

fn roster(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let roster = &notice.roster;
    let Some(ledger) = notice.ledger.get(&roster.ledger) else {
        let known = notice.ledger.keys().map(String::as_str);
        errors.push(whole(notice, unknown("[roster] 的台账", &roster.ledger, known)));
        return;
    };
    for column in [Some(&roster.name), roster.short.as_ref(), Some(&roster.kind)].into_iter().flatten() {
        if !ledger.columns.contains_key(column) {
            let known = ledger.columns.keys().map(String::as_str);
            errors.push(whole(notice, unknown("[roster] 的列", column, known)));
        }
    }
}

fn columns(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for (id, ledger) in &notice.ledger {
        let branches = ledger.columns.values().filter(|c| c.kind == ColumnType::Branch).count();
        if id != &notice.roster.ledger && branches != 1 {
            errors.push(whole(notice, format!("台账“{id}”应有且只有一列 type = \"branch\"，现有 {branches} 列")));
        }
        for (name, column) in &ledger.columns {
            if column.header.is_empty() {
                errors.push(whole(notice, format!("台账“{id}”的列“{name}”没有写 header")));
            }
            if column.kind == ColumnType::Choice && column.values.is_empty() {
                errors.push(whole(notice, format!("台账“{id}”的列“{name}”是 choice，应写明 values")));
            }
        }
    }
}

/// An error about the settings as a whole, shown at the line where its name first stands.
fn whole(notice: &Notice, message: String) -> NoticeError {
    let name = message.split(['“', '”']).nth(1).unwrap_or_default();
    let stands = |line: &&str| !line.trim_start().starts_with('#') && line.contains(name);
    let line = notice.text.lines().position(|l| stands(&l)).map_or(1, |at| at + 1);
    NoticeError::At { file: notice.file.clone(), line, message }
}

/// The sentence about a name that leads nowhere.
fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let hint = nearest(name, known.clone()).map(|n| format!("，是不是“{n}”？")).unwrap_or_else(|| "，".to_owned());
    format!("没有名为“{name}”的{what}{hint}现有：{}", known.collect::<Vec<_>>().join("、"))
}
