//! The choices of a column: from its drop-down list, the remark in its header, or the texts that come again and again.

use super::super::label::Label;
use super::super::observe::{ObservedColumn, ObservedLedger};
use super::super::phrase::in_quotes;
use super::super::roles::{have_states, unclear_states};
use super::branch_column::branch_word;
use super::order::put_in_order;
use super::part_of_year::{PERIOD_HEADERS, is_part_of_year_below};
use super::{Confidence, Guess};
use crate::ingest::{HintKind, RawCell, fold};

/// The most choices of a column that has no list.
const MAX_CHOICES: usize = 8;
/// The most of a list.
const MAX_LISTED: usize = 60;
/// Characters of a choice.
const MAX_LENGTH: usize = 14;
/// What a choice does not have.
const IN_SENTENCES: [char; 8] = ['，', ',', '。', '；', ';', '：', ':', '\n'];
/// Rows for each choice from which repeated texts are choices, whatever the header.
const ROWS_A_CHOICE: usize = 3;
/// Of a hundred cells that say how far something is, so many may say it in words that are not known.
const MAX_UNCLEAR: usize = 40;
/// Filled rows from which they are.
const MIN_ROWS: usize = 3;

/// The last words of headers whose columns hold choices.
const CHOICE_WORDS: [&str; 22] = [
    "状态",
    "级别",
    "等级",
    "类别",
    "类型",
    "分类",
    "种类",
    "性质",
    "层级",
    "程度",
    "进展",
    "进度情况",
    "完成情况",
    "整改情况",
    "落实情况",
    "办理情况",
    "结果",
    "结论",
    "方式",
    "形式",
    "频次",
    "来源",
];

/// The last words of headers whose columns hold texts, though rows may repeat them: names, descriptions.
const TEXT_WORDS: [&str; 23] = [
    "人", "名称", "姓名", "地点", "描述", "问题", "内容", "措施", "原因", "说明", "备注", "意见", "建议", "表现",
    "做法", "事由", "隐患", "不足", "差距", "打算", "情况", "计划", "安排",
];

/// The choices of a column; `None` when it is no choice.
pub(in crate::scaffold) fn guess(column: &ObservedColumn) -> Option<Guess<Vec<String>>> {
    // Months and quarters are others in the next period.
    let listed = match &column.hint {
        Some(HintKind::Choices(choices)) => choices.clone(),
        _ => Vec::new(),
    };
    let texts = column.distinct_texts();
    let mut all = texts.iter().chain(&listed).peekable();
    if all.peek().is_some() && all.all(|text| is_part_of_year_below(&column.label.name, text)) {
        return None;
    }
    of_list(column).or_else(|| of_remark(&column.label)).or_else(|| of_cells(column))
}

/// The unit of the rows of a ledger that has one for each month or quarter: by a column of months, or the header of one.
pub(in crate::scaffold) fn period_unit(ledger: &ObservedLedger) -> Option<&'static str> {
    let unit = |text: &str| if text.contains("季") { "个季度" } else { "个月" };
    ledger.columns.iter().find_map(|column| {
        let texts = column.distinct_texts();
        let is_named = PERIOD_HEADERS.contains(&column.label.name.as_str());
        let are_periods = !texts.is_empty() && texts.iter().all(|text| is_part_of_year_below(&column.label.name, text));
        (is_named || are_periods).then(|| unit(if is_named { &column.label.name } else { &texts[0] }))
    })
}

fn of_list(column: &ObservedColumn) -> Option<Guess<Vec<String>>> {
    let Some(HintKind::Choices(choices)) = &column.hint else { return None };
    let choices = with_texts_of_cells(choices.clone(), column);
    let is_usable = (1..=MAX_LISTED).contains(&choices.len());
    is_usable.then(|| Guess::new(choices, Confidence::Certain, "单元格有下拉选项"))
}

/// The choices with what cells hold besides.
fn with_texts_of_cells(mut choices: Vec<String>, column: &ObservedColumn) -> Vec<String> {
    let others = column.distinct_texts().into_iter().filter(|text| !choices.contains(text)).collect::<Vec<_>>();
    if others.len() <= MAX_CHOICES && others.iter().all(|text| text.chars().count() <= MAX_LENGTH) {
        choices.extend(others);
    }
    choices
}

/// 级别（重大、较大、一般）.
fn of_remark(label: &Label) -> Option<Guess<Vec<String>>> {
    let words = label.remark.trim_start_matches("填").trim_start_matches("选");
    let choices: Vec<String> = words.split(['/', '、', ',', '，', ';', '|', '或']).map(str::to_owned).collect();
    let is_choice = |text: &String| {
        let length = text.chars().count();
        (1..=MAX_LENGTH).contains(&length) && !text.contains("必填") && !text.chars().any(|c| c.is_ascii_digit())
    };
    let is_list = (2..=MAX_CHOICES).contains(&choices.len()) && choices.iter().all(is_choice);
    is_list.then(|| Guess::new(choices, Confidence::Certain, "表头括号里写着选项"))
}

/// Texts that come again and again.
fn of_cells(column: &ObservedColumn) -> Option<Guess<Vec<String>>> {
    let filled = column.filled_count();
    let mut texts = column.distinct_texts();
    put_in_order(&mut texts);
    let are_texts = column.filled().all(|raw| matches!(raw, RawCell::Text(_)));
    let are_short = texts.iter().all(|text| (1..=MAX_LENGTH).contains(&text.chars().count()));
    // 已报修，厂家排期中: what people write about a row, though others wrote the same.
    let are_written = texts.iter().any(|text| text.contains(IN_SENTENCES));
    if are_written || filled < MIN_ROWS || texts.len() > MAX_CHOICES || !are_texts || !are_short {
        return None;
    }
    let list = texts.join("、");
    let is_named = column.label.ends_with(&CHOICE_WORDS);
    let is_repeated = texts.len() > 1 && filled >= texts.len() * ROWS_A_CHOICE;
    if is_named && texts.len() < filled {
        let reason = format!("表头像是选项，{filled} 格只有 {} 种：{list}", texts.len());
        return Some(Guess::new(texts, Confidence::Likely, reason));
    }
    let reason = format!("{filled} 格只有 {} 种：{list}", texts.len());
    // 修复情况: 已修复, 正在修复, 未修复. What is said of how far something is may be under any header, and a few cells
    // may say it in other words.
    let unclear = unclear_states(&texts);
    let is_unclear = |raw: &&RawCell| unclear.iter().any(|text| fold(text) == fold(raw.to_text().trim()));
    let others = column.filled().filter(is_unclear).count();
    if texts.len() < filled && have_states(&texts) && others * 100 <= filled * MAX_UNCLEAR {
        let doubt = if unclear.is_empty() {
            String::new()
        } else {
            format!("；{}看不出算不算完成，先当作没有", in_quotes(unclear.iter().map(|text| text.as_str())))
        };
        return Some(Guess::new(texts, Confidence::Likely, format!("{reason}，写的是办到哪一步{doubt}")));
    }
    let is_text = column.label.ends_with(&TEXT_WORDS) || branch_word(&column.label.name).is_some();
    (is_repeated && !is_text).then(|| Guess::new(texts, Confidence::Likely, reason))
}
