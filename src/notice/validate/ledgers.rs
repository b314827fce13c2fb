//! Ledgers: the roster and its columns must exist; columns must be recognisable.

use super::super::error::NoticeError;
use super::super::header::sheet_header;
use super::super::ledger::{ColumnType, Ledger};
use super::super::settings::Notice;
use super::columns;
use super::message::{error_at_key, unknown};

pub(super) fn check_roster(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let roster = &notice.roster;
    let Some(ledger) = notice.ledger.get(&roster.ledger) else {
        let message = unknown("[roster] 的台账", &roster.ledger, notice.ledger.keys());
        errors.push(error_at_key(notice, &["roster", "ledger"], message));
        return;
    };
    let keys = [("name", Some(&roster.name)), ("short", roster.short.as_ref()), ("kind", Some(&roster.kind))];
    for (key, column) in keys {
        if let Some(column) = column.filter(|column| !ledger.columns.contains_key(*column)) {
            let message = unknown("[roster] 的列", column, ledger.columns.keys());
            errors.push(error_at_key(notice, &["roster", key], message));
        }
    }
}

pub(super) fn check_columns(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for (id, ledger) in &notice.ledger {
        let branch_columns = ledger.columns.values().filter(|column| column.kind == ColumnType::Branch).count();
        if id != &notice.roster.ledger && branch_columns != 1 {
            let message = format!("台账“{id}”应有且只有一列 type = \"branch\"，现有 {branch_columns} 列");
            errors.push(error_at_key(notice, &["ledger", id, "columns"], message));
        }
        let has_folder = ledger.columns.values().any(|column| column.folder.is_some());
        if ledger.picture_folders && (!has_folder || id == &notice.roster.ledger) {
            let message =
                format!("台账“{id}”写了 picture_folders，应有一列 type = \"picture\" 并写明 folder，也不能是名册");
            errors.push(error_at_key(notice, &["ledger", id, "picture_folders"], message));
        }
        for (name, column) in &ledger.columns {
            for objection in columns::objections(column) {
                let message = format!("台账“{id}”的列“{name}”{}", objection.message);
                errors.push(error_at_key(notice, &["ledger", id, "columns", name, objection.key], message));
            }
            check_headers(notice, id, name, ledger, errors);
        }
    }
}

/// A header must belong to one column only.
fn check_headers(notice: &Notice, id: &str, name: &str, ledger: &Ledger, errors: &mut Vec<NoticeError>) {
    let headers = ledger.columns.get(name).map(|column| &column.header);
    for header in headers.into_iter().flatten() {
        let is_same = |known: &String| sheet_header(known) == sheet_header(header);
        if ledger.columns.iter().any(|(other, column)| other != name && column.header.iter().any(is_same)) {
            let message = format!("“{header}”在台账 {id} 中是两列的 header，认不出是哪一列");
            errors.push(error_at_key(notice, &["ledger", id, "columns", name, "header"], message));
        }
    }
}
