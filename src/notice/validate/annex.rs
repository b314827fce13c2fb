//! An annex is a ledger's rows, a template or files, and has the keys of that one only.

use std::collections::HashSet;

use toml::Spanned;

use super::super::annex::Annex;
use super::super::error::NoticeError;
use super::super::ledger::ColumnType;
use super::super::settings::Notice;
use super::ids::name_fault;
use super::message::unknown;
use crate::store::is_relative_inside;

pub(super) fn check_annexes(notice: &Notice, errors: &mut Vec<NoticeError>) {
    check_ids(notice, &notice.annex, errors);
    check_ids(notice, notice.summary.as_ref().map_or(&[], |summary| &summary.annex), errors);
    for annex in &notice.annex {
        check_title(notice, annex, errors);
        check_content(notice, annex, errors);
        check_ledgers(notice, annex, errors);
    }
    for annex in notice.summary.iter().flat_map(|summary| &summary.annex) {
        check_title(notice, annex, errors);
        if !annex.ledgers.is_empty() || annex.files.is_some() || annex.template.is_some() && annex.kinds.is_some() {
            let message = "汇总报告的附件列台账的行（ledger）或用模板（template），不写 files 和 ledgers，\
                           kinds 只和 ledger 一起写";
            errors.push(notice.error_at(&annex.title, message.to_owned()));
            continue;
        }
        check_content(notice, annex, errors);
        check_ledgers(notice, annex, errors);
        check_branch_column(notice, annex.ledger.as_ref(), &annex.columns, errors);
    }
}

/// Lists of all branches' rows have the branch as a column of their own.
pub(super) fn check_branch_column(
    notice: &Notice,
    ledger: Option<&Spanned<String>>,
    columns: &[Spanned<String>],
    errors: &mut Vec<NoticeError>,
) {
    let Some(ledger) = ledger.and_then(|id| notice.ledger.get(id.get_ref())) else { return };
    let is_branch = |id: &&Spanned<String>| {
        ledger.columns.get(id.get_ref()).is_some_and(|column| column.kind == ColumnType::Branch)
    };
    for column in columns.iter().filter(is_branch) {
        let message = format!("“{}”不用写：{}自动是第一列，写全称", column.get_ref(), notice.words.branch);
        errors.push(notice.error_at(column, message));
    }
}

/// Ids are names in templates, each of one annex.
fn check_ids(notice: &Notice, annexes: &[Annex], errors: &mut Vec<NoticeError>) {
    let mut known = HashSet::new();
    for id in annexes.iter().filter_map(|annex| annex.id.as_ref()) {
        let twice = || (!known.insert(id.get_ref())).then(|| format!("有两个附件的 id 是“{}”，请改一个", id.get_ref()));
        errors.extend(name_fault(id.get_ref()).or_else(twice).map(|message| notice.error_at(id, message)));
    }
}

fn check_title(notice: &Notice, annex: &Annex, errors: &mut Vec<NoticeError>) {
    if annex.title.get_ref().trim().is_empty() {
        errors.push(notice.error_at(&annex.title, "附件的 title 是空的：写附件的名称".to_owned()));
    }
}

/// Exactly one of `ledger`, `template` and `files`, and no key that belongs to another.
fn check_content(notice: &Notice, annex: &Annex, errors: &mut Vec<NoticeError>) {
    let title = annex.title.get_ref();
    let has_columns = !annex.columns.is_empty() || !annex.optional.is_empty();
    let has_keys_of_ledger = has_columns || annex.when.is_some() || annex.serial;
    let message = match (&annex.ledger, &annex.template, &annex.files) {
        (None, None, None) => {
            format!("附件“{title}”没有内容：写 ledger（列台账的行）、template（用模板）或 files（附上文件）")
        }
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            format!("附件“{title}”的 ledger、template 和 files 只写一个")
        }
        (Some(_), None, None) if annex.columns.is_empty() => {
            format!("附件“{title}”没有写列哪几列：columns = [\"列名\", …]")
        }
        (Some(_), None, None) if !annex.ledgers.is_empty() => format!("附件“{title}”写了 ledger，不再写 ledgers"),
        (None, ..) if has_keys_of_ledger => {
            format!("附件“{title}”没有写 ledger，columns、optional、when 和 serial 只和 ledger 一起写")
        }
        (None, None, Some(_)) if !annex.ledgers.is_empty() => {
            format!("附件“{title}”写了 files，不写 ledgers")
        }
        (None, None, Some(folder)) if !is_relative_inside(folder.get_ref()) => {
            format!("附件的 files“{}”不在设置的文件夹里：只能写 notice.toml 旁边的文件夹", folder.get_ref())
        }
        _ => return,
    };
    errors.push(notice.error_at(&annex.title, message));
}

/// Ledgers and columns must exist; the roster has one row of a branch, and is no list.
fn check_ledgers(notice: &Notice, annex: &Annex, errors: &mut Vec<NoticeError>) {
    let mut unknown_ledger = |name: &Spanned<String>| {
        errors.push(notice.error_at(name, unknown("台账", name.get_ref(), notice.ledger.keys())));
    };
    annex.all_ledgers().filter(|name| !notice.ledger.contains_key(name.get_ref())).for_each(&mut unknown_ledger);
    let Some(name) = &annex.ledger else { return };
    if *name.get_ref() == notice.roster.ledger {
        errors.push(notice.error_at(name, "名册里一个单位只有一行，不能作附件的台账".to_owned()));
        return;
    }
    let Some(ledger) = notice.ledger.get(name.get_ref()) else { return };
    for column in annex.columns.iter().filter(|column| ledger.field(column.get_ref()).is_none()) {
        errors.push(notice.error_at(column, unknown("列", column.get_ref(), ledger.field_ids())));
    }
    for column in annex.optional.iter().filter(|column| !annex.columns.contains(column)) {
        errors.push(notice.error_at(column, format!("“{}”不在这个附件的 columns 里", column.get_ref())));
    }
}
