//! Single values that would do harm or have no effect: file names, template paths, limits, decimal places, calendars,
//! characters that no document can have.

use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::DeValue;

use super::super::document::{Document, is_template};
use super::super::error::NoticeError;
use super::super::settings::Notice;
use super::columns::MAX_DECIMALS;
use super::message::error_at_key;
use crate::marker::is_marker;
use crate::store::{is_plain_name, is_relative_inside};

/// Characters of a word that is printed in headers and sentences.
const WORD: RangeInclusive<usize> = 1..=10;
/// Characters of a report's name, of which three letters or digits count as one: as many bytes in UTF-8.
const MAX_FILE_NAME: usize = 20;
/// Days of a series up to the cutoff: every day of ten years.
const MAX_FIXED_DAYS: i64 = 4_000;

pub(super) fn check_values(notice: &Notice, errors: &mut Vec<NoticeError>) {
    check_titles(notice, errors);
    check_words(notice, errors);
    check_file_names(notice, errors);
    check_templates(notice, errors);
    check_limits(notice, errors);
    check_metrics(notice, errors);
    check_calendars(notice, errors);
    check_texts(notice, errors);
}

/// Words fit into headers and sentences.
fn check_words(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for (key, word) in [("branch", &notice.words.branch), ("department", &notice.words.department)] {
        if word.trim() != word || !WORD.contains(&word.chars().count()) {
            errors.push(error_at_key(
                notice,
                &["words", key],
                format!("“{word}”不能用：写 {} 至 {} 个字，两头没有空格", WORD.start(), WORD.end()),
            ));
        }
    }
}

/// A report has a title.
fn check_titles(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let branches = (&["letter", "title"][..], &notice.letter);
    let summary = notice.summary.as_ref().map(|summary| (&["summary", "letter", "title"][..], &summary.letter));
    for (path, letter) in std::iter::once(branches).chain(summary) {
        if letter.title.iter().all(|word| word.get_ref().trim().is_empty()) {
            let message = "title 是空的：写标题，按词分开，如 [\"关于\", \"自查情况的\", \"报告\"]".to_owned();
            errors.push(error_at_key(notice, path, message));
        }
    }
}

/// Names of reports become parts of file names, which every system must accept.
fn check_file_names(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let mut names = vec![(&["letter", "file_name"][..], &notice.letter.file_name)];
    if let Some(summary) = &notice.summary {
        names.push((&["summary", "letter", "file_name"], &summary.letter.file_name));
        names.push((&["summary", "name"], &summary.name));
    }
    for (path, name) in names {
        let is_usable = is_plain_name(name)
            && !name.contains(['*', '?', '"', '<', '>', '|'])
            && name.trim() == name
            && !name.ends_with('.')
            && name.chars().map(|c| if c.is_ascii() { 1 } else { 3 }).sum::<usize>() <= 3 * MAX_FILE_NAME;
        if !is_usable {
            let message = format!(
                "“{name}”不能作文件名：不含 / \\ : * ? \" < > |，两头没有空格，末尾没有点，不超过 {MAX_FILE_NAME} 个字（字母、数字三个算一个）"
            );
            errors.push(error_at_key(notice, path, message));
        }
    }
}

/// Templates are files beside the settings or in folders below.
fn check_templates(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let letters = std::iter::once(&notice.letter).chain(notice.summary.as_ref().map(|summary| &summary.letter));
    let letters = letters.flat_map(|letter| [&letter.opening, &letter.closing]);
    let sections = notice.section.iter().chain(notice.summary.iter().flat_map(|summary| &summary.section));
    let parts = sections.flat_map(|section| &section.part).map(|part| &part.template);
    let annexes = notice.annex.iter().chain(notice.summary.iter().flat_map(|summary| &summary.annex));
    let annexes = annexes.filter_map(|annex| annex.template.as_ref());
    for template in letters.chain(parts).chain(annexes).filter(|template| !is_relative_inside(template.get_ref())) {
        let message = format!(
            "模板“{}”不在设置的文件夹里：只能写 notice.toml 旁边的文件，如 study.md、summary/study.md",
            template.get_ref()
        );
        errors.push(notice.error_at(template, message));
    }
}

/// Nothing could be read within a limit of 0.
fn check_limits(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let limits = &notice.limits;
    for (key, limit) in [
        ("memory_mib", limits.memory_mib),
        ("seconds", limits.seconds),
        ("file_mib", limits.file_mib),
        ("unpacked_mib", limits.unpacked_mib),
        ("cells", limits.cells as u64),
        ("run_mib", limits.run_mib.unwrap_or(1)),
        ("report_mib", limits.report_mib),
        ("picture_megapixels", limits.picture_megapixels),
    ] {
        if limit == 0 {
            let message = format!("{key} 不能是 0：什么台账都读不了，什么报告都排不出；不写就用默认的");
            errors.push(error_at_key(notice, &["limits", key], message));
        }
    }
}

/// Metrics are rounded to a number of decimal places that a report can show.
fn check_metrics(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let branches = notice.metric.iter().map(|(id, metric)| (vec!["metric", id, "decimals"], metric));
    let summary = notice.summary.iter().flat_map(|summary| &summary.metric);
    let summary = summary.map(|(id, metric)| (vec!["summary", "metric", id, "decimals"], metric));
    for (ledger, settings) in &notice.ledger {
        for (id, computed) in &settings.computed {
            if let Some(decimals) = computed.settings.decimals.filter(|decimals| *decimals > MAX_DECIMALS) {
                let message = format!("“{id}”的 decimals 不能是 {decimals}：应是 0 至 {MAX_DECIMALS}");
                errors.push(error_at_key(notice, &["ledger", ledger, "computed", id, "decimals"], message));
            }
        }
    }
    for (path, metric) in branches.chain(summary) {
        if let Some(decimals) = metric.decimals.filter(|decimals| *decimals > MAX_DECIMALS) {
            let message = format!("“{}”的 decimals 不能是 {decimals}：应是 0 至 {MAX_DECIMALS}", metric.label);
            errors.push(error_at_key(notice, &path, message));
        }
    }
}

/// Calendars must advance.
fn check_calendars(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for (id, calendar) in &notice.calendar {
        if calendar.every_days == 0 {
            errors.push(error_at_key(
                notice,
                &["calendar", id, "every_days"],
                format!("“{id}”的 every_days 应至少是 1"),
            ));
            continue;
        }
        let days = calendar.count_until(notice.facts.cutoff);
        if days > MAX_FIXED_DAYS {
            let message =
                format!("“{id}”从 first 到截止日有 {days} 天，最多 {MAX_FIXED_DAYS} 天：first 是不是写错了年份");
            errors.push(error_at_key(notice, &["calendar", id, "first"], message));
        }
    }
}

/// Texts of the settings are printed as they are: titles, labels, names. Only some texts of the letter
/// and the titles of annexes are templates.
fn check_texts(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let Ok(document) = Document::parse(&notice.source) else { return };
    let mut faults = Vec::new();
    for (key, value) in document.root.get_ref() {
        visit_texts(value, &mut vec![key.get_ref().as_ref()], &mut |offset, path, text| {
            faults.extend(text_fault(path, text).map(|message| (offset, message)));
        });
    }
    errors.extend(faults.into_iter().map(|(offset, message)| notice.source.error_at(offset, message)));
}

/// What is wrong with a text, in Chinese.
fn text_fault(path: &[&str], text: &str) -> Option<String> {
    let is_unprintable = |c: &char| {
        c.is_control() && !matches!(c, '\t' | '\n' | '\r')
            || is_marker(*c)
            || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    if let Some(c) = text.chars().find(is_unprintable) {
        let code = u32::from(c);
        return Some(format!("这里的文字有看不见的控制字符（U+{code:04X}），会进入报告，请删去"));
    }
    if is_template(&path.join(".")) {
        return None;
    }
    let tags = ["{{", "{%", "{#", "｛｛", "｛%", "{vars.", "{ vars.", "｛vars.", "｛ vars."];
    let tag = tags.into_iter().find(|tag| text.contains(tag))?;
    Some(format!("“{text}”里的“{tag}”会原样印出来：这里的文字不是模板，只能写 {{{{ vars.名称 }}}}"))
}

/// Gives `take` every text with the offset of its value and the keys above it.
fn visit_texts<'v>(
    value: &'v Spanned<DeValue<'_>>,
    path: &mut Vec<&'v str>,
    take: &mut impl FnMut(usize, &[&str], &str),
) {
    match value.get_ref() {
        DeValue::String(text) => take(value.span().start, path, text),
        DeValue::Array(items) => items.iter().for_each(|item| visit_texts(item, path, take)),
        DeValue::Table(table) => {
            for (key, value) in table {
                path.push(key.get_ref().as_ref());
                visit_texts(value, path, take);
                path.pop();
            }
        }
        _ => {}
    }
}
