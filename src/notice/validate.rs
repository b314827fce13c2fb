//! Names in the settings that must lead somewhere.

use super::{Notice, NoticeError, nearest};
use crate::notice::ColumnType;

/// Names that templates and expressions already use for something else; for a column only `n` is.
const RESERVED: [&str; 8] = ["n", "row", "branch", "notice", "letter", "calendar", "cutoff", "deadline"];

/// The same for the names of the department's report.
const RESERVED_OVERALL: [&str; 8] = ["n", "b", "branches", "notice", "letter", "calendar", "cutoff", "deadline"];

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
    kinds(notice, &mut errors);
    letter(notice, &mut errors);
    summary(notice, &mut errors);
    super::archive::validate(notice, &mut errors);
    NoticeError::all(errors)
}

/// The kinds of branch that parts are for must be kinds the roster can hold.
fn kinds(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let ledger = notice.ledger.get(&notice.roster.ledger);
    let Some(column) = ledger.and_then(|ledger| ledger.columns.get(&notice.roster.kind)) else { return };
    let parts = notice.section.iter().flat_map(|s| &s.part).filter_map(|part| part.kinds.as_ref());
    let sheets = notice.summary.iter().flat_map(|summary| &summary.sheet).filter_map(|sheet| sheet.kinds.as_ref());
    for kind in parts.chain(sheets).flatten() {
        if !column.values.contains(kind.get_ref()) {
            let known = column.values.iter().map(String::as_str);
            errors.push(notice.error_at(kind, unknown("类别", kind.get_ref(), known)));
        }
    }
}

/// A report's file name goes behind the branch's; calendars must advance.
fn letter(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let summary = notice.summary.iter().flat_map(|summary| [&summary.letter.file_name, &summary.name]);
    for name in std::iter::once(&notice.letter.file_name).chain(summary) {
        if name.trim().is_empty() || name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']) || name.len() > 60 {
            let message = format!("“{name}”不能作文件名：不含 / \\ : * ? \" < > |，不超过 20 个字");
            errors.push(whole(notice, message));
        }
    }
    for (id, _) in notice.calendar.iter().filter(|(_, calendar)| calendar.every_days == 0) {
        errors.push(whole(notice, format!("“{id}”的 every_days 应至少是 1")));
    }
}

/// The department's report has no ledgers and no kinds of its own; its sheets and lists name branch metrics.
fn summary(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let Some(summary) = &notice.summary else { return };
    for part in summary.section.iter().flat_map(|section| &section.part) {
        if part.kinds.is_some() || !part.ledgers.is_empty() {
            let message = "汇总报告的部分不分类别，也不写 ledgers".to_owned();
            errors.push(notice.error_at(&part.template, message));
        }
    }
    let sheets = summary.sheet.iter().flat_map(|sheet| sheet.metrics.iter().chain(&sheet.highlight));
    for name in sheets.chain(summary.list.values().filter_map(|list| list.sort.as_ref())) {
        if !notice.metric.contains_key(name.get_ref()) {
            errors
                .push(notice.error_at(name, unknown("指标", name.get_ref(), notice.metric.keys().map(String::as_str))));
        }
    }
    for (id, list) in summary.list.iter().filter(|(_, list)| list.take.is_some()) {
        if list.sort.is_none() || list.take == Some(0) {
            errors.push(whole(notice, format!("名单“{id}”的 take 至少是 1，并要写明按什么排序（sort）")));
        }
    }
    for id in ["name", "kind"].iter().filter(|id| notice.metric.contains_key(**id)) {
        errors.push(whole(notice, format!("汇总中 b.{id} 是党组织的名称或类别，指标请换一个名称")));
    }
    for sheet in &summary.sheet {
        for name in sheet.highlight.iter().filter(|name| !sheet.metrics.contains(name)) {
            errors.push(notice.error_at(name, format!("“{}”不在这张表的 metrics 里", name.get_ref())));
        }
    }
}

/// Ids must be names that templates and expressions can use, each for one thing.
fn ids(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let columns = notice.ledger.values().flat_map(|l| l.columns.keys()).map(|id| (id, &RESERVED[..1]));
    let tops =
        notice.ledger.keys().chain(notice.metric.keys()).chain(notice.calendar.keys()).map(|id| (id, &RESERVED[..]));
    let summary = notice.summary.iter().flat_map(|summary| summary.list.keys().chain(summary.metric.keys()));
    let summary = summary.map(|id| (id, &RESERVED_OVERALL[..]));
    for (id, reserved) in tops.chain(columns).chain(summary) {
        let mut letters = id.chars();
        let proper = letters.next().is_some_and(|c| c.is_ascii_lowercase())
            && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !proper {
            errors.push(whole(notice, format!("“{id}”不能作名称：只用小写字母、数字和下划线，以字母开头")));
        } else if reserved.contains(&id.as_str()) {
            errors.push(whole(notice, format!("“{id}”另有用处，请换一个名称（不能用：{}）", reserved.join("、"))));
        }
    }
    for id in notice.summary.iter().flat_map(|s| s.metric.keys().filter(|id| s.list.contains_key(*id))) {
        errors.push(whole(notice, format!("“{id}”既是名单又是汇总指标，请改一个名称")));
    }
    for id in notice.metric.keys().filter(|id| notice.ledger.contains_key(*id)) {
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
            for meaning in column.synonyms.values().chain(&column.blank) {
                let fits = match column.kind {
                    ColumnType::Choice => column.values.contains(meaning),
                    ColumnType::Flag => matches!(meaning.as_str(), "是" | "否"),
                    _ => true,
                };
                if !fits {
                    let expected = if column.kind == ColumnType::Flag {
                        "是、否".to_owned()
                    } else {
                        column.values.join("、")
                    };
                    errors.push(whole(notice, format!("“{meaning}”（台账 {id} 的列 {name}）应是：{expected}")));
                }
            }
            for spelling in &column.header {
                let twice = ledger.columns.iter().any(|(other, c)| other != name && c.header.contains(spelling));
                if twice {
                    errors.push(whole(notice, format!("“{spelling}”在台账 {id} 中是两列的 header，认不出是哪一列")));
                }
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
