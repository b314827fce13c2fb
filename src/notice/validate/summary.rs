//! Parts of the summary have neither ledgers nor kinds; sheets and lists refer to metrics of branches.

use super::super::error::NoticeError;
use super::super::settings::Notice;
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
    }
}
