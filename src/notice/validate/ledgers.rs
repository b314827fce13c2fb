//! Ledgers: the roster and its columns must exist; columns must be recognisable and their values possible.

use super::super::error::NoticeError;
use super::super::ledger::{Column, ColumnType, Ledger};
use super::super::settings::Notice;
use super::message::{error_at_name, unknown};

pub(super) fn check_roster(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let roster = &notice.roster;
    let Some(ledger) = notice.ledger.get(&roster.ledger) else {
        let message = unknown("[roster] 的台账", &roster.ledger, notice.ledger.keys());
        errors.push(error_at_name(notice, &roster.ledger, message));
        return;
    };
    for column in [Some(&roster.name), roster.short.as_ref(), Some(&roster.kind)].into_iter().flatten() {
        if !ledger.columns.contains_key(column) {
            let message = unknown("[roster] 的列", column, ledger.columns.keys());
            errors.push(error_at_name(notice, column, message));
        }
    }
}

pub(super) fn check_columns(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for (id, ledger) in &notice.ledger {
        let branch_columns = ledger.columns.values().filter(|column| column.kind == ColumnType::Branch).count();
        if id != &notice.roster.ledger && branch_columns != 1 {
            let message = format!("台账“{id}”应有且只有一列 type = \"branch\"，现有 {branch_columns} 列");
            errors.push(error_at_name(notice, id, message));
        }
        for (name, column) in &ledger.columns {
            check_values(notice, id, name, column, errors);
            check_headers(notice, id, name, ledger, column, errors);
        }
    }
}

/// A choice needs values; synonyms and the value of blank cells must be among them.
fn check_values(notice: &Notice, ledger: &str, name: &str, column: &Column, errors: &mut Vec<NoticeError>) {
    if column.header.is_empty() {
        errors.push(error_at_name(notice, ledger, format!("台账“{ledger}”的列“{name}”没有写 header")));
    }
    if column.kind == ColumnType::Choice && column.values.is_empty() {
        let message = format!("台账“{ledger}”的列“{name}”是 choice，应写明 values");
        errors.push(error_at_name(notice, ledger, message));
    }
    for value in column.synonyms.values().chain(&column.blank) {
        let expected = match column.kind {
            ColumnType::Choice if !column.values.contains(value) => column.values.join("、"),
            ColumnType::Flag if !matches!(value.as_str(), "是" | "否") => "是、否".to_owned(),
            _ => continue,
        };
        let message = format!("“{value}”（台账 {ledger} 的列 {name}）应是：{expected}");
        errors.push(error_at_name(notice, value, message));
    }
}

/// A header must belong to one column only.
fn check_headers(
    notice: &Notice,
    id: &str,
    name: &str,
    ledger: &Ledger,
    column: &Column,
    errors: &mut Vec<NoticeError>,
) {
    for header in &column.header {
        if ledger.columns.iter().any(|(other, column)| other != name && column.header.contains(header)) {
            let message = format!("“{header}”在台账 {id} 中是两列的 header，认不出是哪一列");
            errors.push(error_at_name(notice, header, message));
        }
    }
}
