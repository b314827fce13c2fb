//! Parts of the summary have neither ledgers nor kinds; sheets and lists refer to metrics of branches.

use toml::Spanned;

use super::super::error::NoticeError;
use super::super::ledger::ColumnType;
use super::super::settings::Notice;
use super::super::summary::Sheet;
use super::annex::check_branch_column;
use super::message::{error_at_key, unknown};

pub(super) fn check_summary(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let Some(summary) = &notice.summary else { return };
    for part in summary.section.iter().flat_map(|section| &section.part) {
        if part.kinds.is_some() || !part.ledgers.is_empty() || part.nil.is_some() {
            let message = "汇总报告的部分不分类别，也不写 ledgers 和 nil".to_owned();
            errors.push(notice.error_at(&part.template, message));
        }
    }
    let in_sheets = summary.sheet.iter().flat_map(|sheet| sheet.metrics.iter().chain(&sheet.highlight));
    for name in in_sheets.chain(summary.list.values().filter_map(|list| list.sort.as_ref())) {
        if !notice.metric.contains_key(name.get_ref()) {
            errors.push(notice.error_at(name, unknown("指标", name.get_ref(), notice.metric.keys())));
        }
    }
    for (name, _) in summary.left_out.iter().filter(|(_, reason)| reason.trim().is_empty()) {
        let message = format!("未报送的“{name}”没有写理由：写明为什么不等它，例如 \"闭馆维修，未报送\"");
        errors.push(error_at_key(notice, &["summary", "left_out", name], message));
    }
    for (id, list) in &summary.list {
        if list.take == Some(0) || list.take.is_some() && list.sort.is_none() {
            let message = format!("名单“{id}”的 take 至少是 1，并要写明按什么排序（sort）");
            errors.push(error_at_key(notice, &["summary", "list", id, "take"], message));
        }
    }
    for id in ["name", "kind"].into_iter().filter(|id| notice.metric.contains_key(*id)) {
        let name = format!("b.{id}");
        let message = format!("汇总中 {name} 是单位的名称或类别，指标请换一个名称");
        errors.push(error_at_key(notice, &["metric", id], message));
    }
    for sheet in &summary.sheet {
        for name in sheet.highlight.iter().filter(|name| !sheet.metrics.contains(name)) {
            errors.push(notice.error_at(name, format!("“{}”不在这张表的 metrics 里", name.get_ref())));
        }
        check_sheet(notice, sheet, errors);
    }
}

/// A sheet has metrics, or lists rows; no key that belongs to the other.
fn check_sheet(notice: &Notice, sheet: &Sheet, errors: &mut Vec<NoticeError>) {
    let title = sheet.title.get_ref();
    let has_keys_of_rows = !sheet.columns.is_empty()
        || !sheet.optional.is_empty()
        || !sheet.total.is_empty()
        || sheet.when.is_some()
        || sheet.sort.is_some()
        || sheet.descending;
    let message = match &sheet.rows {
        None if has_keys_of_rows => {
            format!("“{title}”没有写 rows，columns、optional、when、sort、descending 和 total 只和 rows 一起写")
        }
        None if sheet.metrics.is_empty() => {
            format!("“{title}”没有内容：写 metrics（一个单位一行，各列是指标）或 rows（列台账的行）")
        }
        None => return,
        Some(_) if !sheet.metrics.is_empty() => format!("“{title}”的 metrics 和 rows 只写一个"),
        Some(_) if sheet.columns.is_empty() => format!("“{title}”没有写列哪几列：columns = [\"列名\", …]"),
        Some(_) if sheet.descending && sheet.sort.is_none() => {
            format!("“{title}”写了 descending，没有写按哪一列排（sort）")
        }
        Some(rows) => return check_rows(notice, sheet, rows, errors),
    };
    errors.push(notice.error_at(&sheet.title, message));
}

/// The ledger and its columns must exist, and sums are of numbers.
fn check_rows(notice: &Notice, sheet: &Sheet, rows: &Spanned<String>, errors: &mut Vec<NoticeError>) {
    let Some(ledger) = notice.ledger.get(rows.get_ref()) else {
        errors.push(notice.error_at(rows, unknown("台账", rows.get_ref(), notice.ledger.keys())));
        return;
    };
    if *rows.get_ref() == notice.roster.ledger {
        errors.push(notice.error_at(rows, "名册里一个单位只有一行：一个单位一行的表写 metrics".to_owned()));
        return;
    }
    for column in sheet.columns.iter().chain(&sheet.sort).filter(|column| ledger.field(column.get_ref()).is_none()) {
        errors.push(notice.error_at(column, unknown("列", column.get_ref(), ledger.field_ids())));
    }
    check_branch_column(notice, Some(rows), &sheet.columns, errors);
    for column in sheet.optional.iter().chain(&sheet.total).filter(|column| !sheet.columns.contains(column)) {
        errors.push(notice.error_at(column, format!("“{}”不在这张表的 columns 里", column.get_ref())));
    }
    let can_be_summed = |kind| matches!(kind, ColumnType::Integer | ColumnType::Decimal);
    for name in &sheet.total {
        if ledger.field(name.get_ref()).is_some_and(|(_, column)| !can_be_summed(column.kind)) {
            let message = format!("“{}”不是数，或是百分比，没有合计", name.get_ref());
            errors.push(notice.error_at(name, message));
        }
    }
}
